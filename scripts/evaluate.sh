#!/usr/bin/env bash
#SBATCH --job-name=tavse-evaluate
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --mem=16G
#SBATCH --time=08:00:00
#SBATCH --output=%x-%j.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@120
#
# Evaluates trained experiments on the test set and compares them.
#
#   scripts/evaluate.sh audio_rgb
#   scripts/evaluate.sh audio_thermal audio_rgb            scores both, then compares the first with the second
#   scripts/evaluate.sh audio_rgb -- --checkpoint latest --save-samples 20        after "--": options of tavse-eval
#   scripts/evaluate.sh audio_rgb -- --modalities audio + audio_only              "+" begins experiments with options of their own
#   sbatch scripts/evaluate.sh audio_thermal audio_rgb
#   sbatch --array=0-3 scripts/evaluate.sh audio_only audio_rgb audio_thermal audio_rgb_thermal     one experiment per task
#   scripts/evaluate.sh audio_rgb --shards 8 [SBATCH OPTION…]     submits 8 tasks, and a job that merges and writes eval/
#
# Scores go to the results store TAVSE_DB (default: results.sqlite below the data root). What is scored is not scored again: a
# stopped run resumes by the same command. Messages are also kept, with times, in evaluate.log in the experiment's log folder.
# TAVSE_DATA_ROOT, from the environment or .env, is the data root, TAVSE_BIN the folder of the tools (default: .build/release),
# TAVSE_HOME that of the repository (default: found).
set -euo pipefail

say() { printf 'evaluate: %s\n' "$*" >&2; }
usage() {
    say "$1"
    say "usage: evaluate.sh EXPERIMENT… [--shards N [SBATCH OPTION…]] [-- OPTION…] [+ EXPERIMENT… [-- OPTION…]]…"
    exit 64
}

# The repository's folder. Under sbatch this file is a copy, and Slurm knows the original (its command, which holds arguments, too).
find_repository() {
    local place command
    place="${TAVSE_HOME:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}"
    command="$(scontrol show job -o "${SLURM_JOB_ID:-0}" 2>/dev/null | head -n 1 | sed -nE 's/.* Command=(.*) WorkDir=.*/\1/p')"
    for place in "$place" "${command%%/scripts/*}" "${SLURM_SUBMIT_DIR:-.}" "${SLURM_SUBMIT_DIR:-.}/.."; do
        if [ -f "$place/scripts/support/job.sh" ]; then (cd "$place" && pwd) && return; fi
    done
}
root="$(find_repository)"
[ -n "$root" ] || usage "the repository was not found: set TAVSE_HOME to its folder"
# Where relative names of files start.
# shellcheck disable=SC2034  # used by job.sh
caller="$PWD"
cd "$root"
. scripts/support/job.sh

shards=""
share=""
merges=no
sbatch_options=()
script_option() {
    case "$1" in
        --shards)
            [[ "$2" =~ ^[1-9][0-9]*$ ]] || usage "--shards $2: expected a whole number, 1 or more"
            shards="$2"
            return 2
            ;;
        # How the jobs that --shards submits call this script.
        --share) share="$2"; return 2 ;;
        --merge) merges=yes ;;
        -h | --help) usage "evaluates and compares experiments" ;;
        --*=*) sbatch_options+=("$1") ;;
        *) usage "unknown option $1 (options of tavse-eval go behind --; options of sbatch are written --name=value)" ;;
    esac
}
parse_experiments "$@"
need_experiments ${experiments[@]+"${experiments[@]}"}
if [ -z "$shards" ] && [ "${#sbatch_options[@]}" -gt 0 ]; then usage "${sbatch_options[0]} is for sbatch, with --shards"; fi

bin="${TAVSE_BIN:-.build/release}"
for tool in tavse-eval tavse-report; do
    need_tool "$bin/$tool"
done

# Prints a value of an experiment's resolved configuration, or its system's name.
ask() { "$bin/tavse-eval" --config "$config" ${options[@]+"${options[@]}"} --print "$1"; }

# Sets config, options, system, logs and db for the experiment at an index.
select_experiment() {
    config="$(configuration "${experiments[$1]}")"
    eval "options=(${experiment_options[$1]})"
    system="$(ask system)"
    logs="$(ask log_folder)"
    db="${TAVSE_DB:-$(ask data.root)/results.sqlite}"
}

# Scores an experiment; further arguments are options of tavse-eval.
evaluate() {
    local status=0 processors
    local jobs=()
    processors="$(job_processors)"
    if [ -n "$processors" ]; then jobs=(--jobs "$processors"); fi
    if [ -n "${SLURM_JOB_ID:-}" ]; then name_job "$system"; fi
    say "$config${SLURM_JOB_ID:+ (job $(job_id))}"
    run_logged "$logs" evaluate "$bin/tavse-eval" --config "$config" ${jobs[@]+"${jobs[@]}"} \
        ${options[@]+"${options[@]}"} "$@" || status=$?
    case "$status" in
        0) ;;
        75) after_stop "scores saved" "scripts/evaluate.sh ${experiments[$index]}" ;;
        130) say "interrupted, scores saved: the same command resumes"; exit 130 ;;
        *) exit "$status" ;;
    esac
}

# A shard has a store of its own: file systems of clusters need not have sound locks.
shard_store() { printf '%s/shards/%s.%sof%s.sqlite\n' "$(dirname "$db")" "${system//\//_}" "$1" "$2"; }

if [ -n "$share" ]; then
    # A task of --shards: "N", its own number from Slurm.
    index=0
    select_experiment 0
    k=$((SLURM_ARRAY_TASK_ID + 1))
    file="$(shard_store "$k" "$share")"
    mkdir -p "$(dirname "$file")"
    evaluate --shard "$k/$share" --db "$file" --save-samples 0
    exit 0
fi
if [ "$merges" = yes ]; then
    index=0
    select_experiment 0
    files=()
    for ((k = 1; k <= shards; k++)); do
        file="$(shard_store "$k" "$shards")"
        if [ -f "$file" ]; then files+=("$file"); else say "shard $k of $shards is missing: $file"; fi
    done
    [ "${#files[@]}" -gt 0 ] || { say "no shard of $system is there"; exit 66; }
    run "$bin/tavse-report" merge --db "$db" "${files[@]}"
    # Everything is scored by now: this writes the files in eval/ and keeps the recordings.
    evaluate --db "$db"
    rm -f "${files[@]}"
    for ((k = 1; k <= shards; k++)); do rm -rf "$(ask checkpoint_folder)/eval/shard${k}of$shards"; done
    exit 0
fi
if [ -n "$shards" ]; then
    command -v sbatch >/dev/null || usage "--shards submits jobs, and there is no sbatch here; without --shards this machine scores all"
    [ "${#experiments[@]}" -eq 1 ] || usage "--shards takes one experiment at a time"
    index=0
    select_experiment 0
    export TAVSE_HOME="$root"
    script="$root/scripts/evaluate.sh"
    tasks="$(cd "$caller" && sbatch --parsable "--array=0-$((shards - 1))" "--job-name=tavse-$system" \
        ${sbatch_options[@]+"${sbatch_options[@]}"} "$script" "${experiments[0]}" --share "$shards" \
        -- ${options[@]+"${options[@]}"})"
    tasks="${tasks%%;*}"
    merge="$(cd "$caller" && sbatch --parsable "--dependency=afterany:$tasks" "--job-name=tavse-$system-merge" \
        ${sbatch_options[@]+"${sbatch_options[@]}"} "$script" "${experiments[0]}" --merge --shards "$shards" \
        -- ${options[@]+"${options[@]}"})"
    say "submitted $shards tasks (job $tasks) and their merge (job ${merge%%;*}); scores go to $db"
    exit 0
fi

indices=("${!experiments[@]}")
if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
    position="$(array_position "${#experiments[@]}")"
    indices=("$position")
fi
names=()
for index in "${indices[@]}"; do
    select_experiment "$index"
    names+=("$system")
    evaluate --db "$db"
done

# Every later experiment is what the first is compared with.
for other in "${names[@]:1}"; do
    run "$bin/tavse-report" compare "${names[0]}" "$other" --db "$db"
done
