# shellcheck shell=bash
# What the scripts that may be Slurm jobs share. A script sources it in the repository's folder, after it has defined
# `say` (a message on standard error) and `usage` (a message, then exit 64).

# MARK: Signals

child=""
pending=""
caller="${caller:-$PWD}"

# Keeps the first signal and passes every signal on to the tool that runs.
on_signal() {
    pending="${pending:-$1}"
    if [ -n "$child" ]; then kill -s "$1" "$child" 2>/dev/null || true; fi
}
for signal in USR1 TERM INT; do
    # shellcheck disable=SC2064  # the signal's name as it is now
    trap "on_signal $signal" "$signal"
done

# Runs a command so that signals reach it at once, and waits until it has ended. A signal that came before the command
# could be started prevents the start. The status is the command's, or 75 (130 after Ctrl-C) when a signal ended it.
run() {
    local status=0
    if [ -z "$pending" ]; then
        "$@" &
        child=$!
        # A signal between the start and the line above.
        if [ -n "$pending" ]; then kill -s "$pending" "$child" 2>/dev/null || true; fi
        wait "$child" || status=$?
        # A trapped signal ends `wait` before the tool has saved its state.
        while kill -0 "$child" 2>/dev/null; do
            status=0
            wait "$child" || status=$?
        done
        child=""
        # Ended by the signal itself, before the tool had begun to watch for signals.
        case "$pending,$status" in
            USR1,138 | TERM,143) status=75 ;;
            INT,130) status=130 ;;
        esac
    elif [ "$pending" = INT ]; then
        status=130
    else
        status=75
    fi
    return "$status"
}

# MARK: Slurm

# The identity by which Slurm knows this job or array task.
job_id() {
    if [ -n "${SLURM_ARRAY_JOB_ID:-}" ]; then
        printf '%s_%s\n' "$SLURM_ARRAY_JOB_ID" "$SLURM_ARRAY_TASK_ID"
    else
        printf '%s\n' "$SLURM_JOB_ID"
    fi
}

# Prints one field of `scontrol show job` of this job, e.g. JobState.
job_field() {
    scontrol show job -o "$(job_id)" 2>/dev/null | head -n 1 | tr ' ' '\n' | sed -n "s/^$1=//p" | head -n 1
}

# Decides what follows a stop with state saved (status 75): queues the job again after the warning before its time limit and
# after a preemption, and leaves a job alone that was cancelled or that Slurm itself has queued again. Ends the script.
#   after_stop WHAT COMMAND      what was saved; the command that resumes
after_stop() {
    local what="$1" command="$2"
    if [ -z "${SLURM_JOB_ID:-}" ]; then
        say "stopped, $what: $command resumes"
        exit 75
    fi
    local state preempted="" requeue=no
    state="$(job_field JobState)"
    preempted="$(job_field PreemptTime)"
    case "${pending:-USR1},$state" in
        USR1,RUNNING | *,TIMEOUT | *,PREEMPTED) requeue=yes ;;
        TERM,RUNNING) case "$preempted" in "" | None | N/A | Unknown) ;; *) requeue=yes ;; esac ;;
    esac
    if [ "$requeue" = yes ]; then
        say "$what; queueing job $(job_id) again"
        if scontrol requeue "$(job_id)"; then exit 75; fi
        say "the job could not be queued again; submit it again: $command resumes"
        exit 75
    fi
    if [ "${pending:-}" = TERM ]; then
        say "stopped by TERM (Slurm: job state ${state:-unknown}), $what."
        say "a job that Slurm has queued again resumes by itself; a cancelled one resumes with: $command"
        exit 143
    fi
    say "stopped, $what: $command resumes"
    exit 75
}

# The processors this job may use; nothing outside of Slurm.
job_processors() {
    local count="${SLURM_CPUS_PER_TASK:-${SLURM_CPUS_ON_NODE:-}}"
    if [ -n "$count" ]; then printf '%s\n' "$count"; fi
}

# Gives the job the name of its experiment, unless it was submitted under a name of its own.
name_job() {
    case "${SLURM_JOB_NAME:-}" in
        tavse-* | train.sh | evaluate.sh | 03_train.sh | 04_evaluate.sh)
            scontrol update "JobId=$(job_id)" "JobName=$1" 2>/dev/null || true
            ;;
    esac
}

# Prints the position of this array task among COUNT things. As many tasks as things: in order, from any first index.
# Otherwise the task's number is the position, counted from 0 (so that single tasks can be submitted again).
array_position() {
    local count="$1" id="$SLURM_ARRAY_TASK_ID" first="${SLURM_ARRAY_TASK_MIN:-0}" step="${SLURM_ARRAY_TASK_STEP:-1}"
    local position="$id"
    if [ "${SLURM_ARRAY_TASK_COUNT:-0}" = "$count" ]; then position=$(((id - first) / step)); fi
    if [ "$position" -ge "$count" ]; then
        usage "array task $id has nothing to do: $count were named; use --array=0-$((count - 1))"
    fi
    printf '%s\n' "$position"
}

# MARK: Log

# Copies lines to standard error and to a file, each with the time in front; progress is thinned to one line a minute.
log_lines() {
    trap '' USR1 TERM INT
    local file="$1" line now last=-60
    while IFS= read -r line || [ -n "$line" ]; do
        printf -v now '%(%s)T' -1
        if [[ "$line" =~ ^[0-9]+/[0-9]+\  ]]; then
            if [ $((now - last)) -lt 60 ]; then continue; fi
            last=$now
        fi
        printf -v line '%(%Y-%m-%d %H:%M:%S)T %s' "$now" "$line"
        printf '%s\n' "$line" >&2
        printf '%s\n' "$line" >>"$file" 2>/dev/null || true
    done
}

# Runs a command like `run`, its messages (standard error) through `log_lines` into a file under the experiment's log folder.
run_logged() {
    local folder="$1" name="$2" status=0 log writer
    shift 2
    if ! mkdir -p "$folder" 2>/dev/null; then
        say "no log: $folder cannot be made"
        run "$@" || status=$?
        return "$status"
    fi
    log="$folder/$name.log"
    exec 3> >(log_lines "$log")
    writer=$!
    run "$@" 2>&3 || status=$?
    exec 3>&-
    wait "$writer" 2>/dev/null || true
    return "$status"
}

# MARK: Experiments

# Ends the script unless experiments were named.
need_experiments() {
    [ $# -gt 0 ] || usage "which experiment? There are: $(cd configs && echo ./*.yaml | sed 's|\./||g; s|\.yaml||g')"
}

# Ends the script unless a tool has been built.
need_tool() {
    [ -x "$1" ] && return
    say "$1 is not there: run 'make build' first, or set TAVSE_BIN to the tools' folder"
    exit 66
}

# Prints the file of an experiment: itself (seen from `caller`, where the script was called), or one in configs/.
configuration() {
    local file="$1"
    case "$file" in /*) ;; *) if [ -f "$caller/$file" ]; then file="$caller/$file"; fi ;; esac
    [ -f "$file" ] || file="configs/$1.yaml"
    if [ ! -f "$file" ]; then
        say "no experiment $1: neither that file nor $file exists"
        exit 66
    fi
    printf '%s\n' "$file"
}

# Splits the command line into groups: EXPERIMENT… [-- OPTION…], separated by "+". Fills `experiments` and, under the same
# index, `experiment_options` (quoted for eval). Words before "--" that begin with "-" go to `script_option`, which is told
# the word and the next one and returns 2 when it took both.
experiments=()
experiment_options=()
parse_experiments() {
    local group=() options="" taken
    close_group() {
        local name
        for name in ${group[@]+"${group[@]}"}; do
            experiments+=("$name")
            experiment_options+=("$options")
        done
        group=()
        options=""
    }
    while [ $# -gt 0 ]; do
        case "$1" in
            +) close_group ;;
            --)
                shift
                while [ $# -gt 0 ] && [ "$1" != + ]; do
                    options+="${options:+ }$(printf '%q' "$1")"
                    shift
                done
                continue
                ;;
            -*)
                taken=1
                script_option "$1" "${2:-}" || taken=$?
                if [ "$taken" -eq 2 ]; then shift; fi
                ;;
            *) group+=("$1") ;;
        esac
        shift
    done
    close_group
}
