# shellcheck shell=bash
# What the scripts that may be Slurm jobs share; read by them, in the repository's folder, after their `say` and `usage`.

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

# Prints the file of an experiment: itself, or one in configs/.
configuration() {
    local file="$1"
    [ -f "$file" ] || file="configs/$1.yaml"
    if [ ! -f "$file" ]; then
        say "no experiment $1: neither that file nor $file exists"
        exit 66
    fi
    printf '%s\n' "$file"
}

child=""
# Passes a signal on to the tool that runs.
forward() { if [ -n "$child" ]; then kill -s "$1" "$child" 2>/dev/null || true; fi; }

# Runs a command so that signals reach it at once, and waits until it has ended.
run() {
    "$@" &
    child=$!
    local status=0
    wait "$child" || status=$?
    # A trapped signal ends `wait` before the tool has saved its state.
    while kill -0 "$child" 2>/dev/null; do
        status=0
        wait "$child" || status=$?
    done
    child=""
    return "$status"
}
