#!/usr/bin/env bash
#SBATCH --job-name=tavse-evaluate
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --mem=16G
#SBATCH --time=08:00:00
#SBATCH --output=%x-%A_%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@120
#
# Evaluates trained experiments on the test set and compares them.
#
#   scripts/04_evaluate.sh audio_rgb
#   scripts/04_evaluate.sh audio_thermal audio_rgb                     scores both, then compares the first with the second
#   scripts/04_evaluate.sh audio_rgb -- --checkpoint latest --save-samples 20     after "--": options of tavse-eval
#   sbatch scripts/04_evaluate.sh audio_thermal audio_rgb
#
# Scores go to the results store TAVSE_DB (default: results.sqlite below the data root). What is scored is not scored again, so
# that a stopped run goes on by the same command. Not for arrays: one job writes the store. TAVSE_DATA_ROOT, from the
# environment or .env, is the data root, TAVSE_BIN the folder of the tools (default: .build/release).
set -euo pipefail

say() { printf '04_evaluate: %s\n' "$*" >&2; }
usage() { say "$1"; say "usage: 04_evaluate.sh EXPERIMENT… [-- OPTION…]"; exit 64; }

root="${SLURM_SUBMIT_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}"
if [ ! -d "$root/configs" ] && [ -d "$root/../configs" ]; then root="$(cd "$root/.." && pwd)"; fi
[ -d "$root/configs" ] || usage "no configs/ in $root: submit from the repository's folder"
cd "$root"
. scripts/support/job.sh

experiments=()
options=()
while [ $# -gt 0 ]; do
    case "$1" in
        --) shift; options+=("$@"); break ;;
        -h | --help) usage "evaluates and compares experiments" ;;
        -*) usage "unknown option $1 (options of tavse-eval go behind --)" ;;
        *) experiments+=("$1") ;;
    esac
    shift
done
need_experiments ${experiments[@]+"${experiments[@]}"}
if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then usage "an array would write one store from several jobs; submit without --array"; fi

bin="${TAVSE_BIN:-.build/release}"
for tool in tavse-eval tavse-report; do
    need_tool "$bin/$tool"
done
if [ -z "${TAVSE_DATA_ROOT:-}" ] && [ -f .env ]; then
    TAVSE_DATA_ROOT="$(sed -nE "s/^ *(export +)?TAVSE_DATA_ROOT=[\"']?([^\"'#]*[^\"'# ])[\"']?.*/\2/p" .env | tail -n 1)"
    # shellcheck disable=SC2016  # the words ${HOME}, as .env may have them
    TAVSE_DATA_ROOT="${TAVSE_DATA_ROOT//'${HOME}'/$HOME}"
fi
if [ -n "${TAVSE_DB:-}" ]; then
    db="$TAVSE_DB"
elif [ -n "${TAVSE_DATA_ROOT:-}" ]; then
    db="$TAVSE_DATA_ROOT/results.sqlite"
else
    usage "where is the data? Set TAVSE_DATA_ROOT (or TAVSE_DB, the results store)"
fi

# The evaluation stops at TERM with everything saved.
trap 'forward TERM' USR1 TERM
trap 'forward INT' INT

names=()
for experiment in "${experiments[@]}"; do
    config="$(configuration "$experiment")"
    name="$(sed -nE 's/^experiment_name: *"?([A-Za-z0-9._+=-]+)"?.*/\1/p' "$config")"
    if [ -z "$name" ]; then
        say "$config has no line 'experiment_name: NAME'"
        exit 64
    fi
    names+=("$name")
    say "$config"
    status=0
    run "$bin/tavse-eval" --config "$config" --db "$db" ${options[@]+"${options[@]}"} || status=$?
    if [ "$status" -eq 75 ] && [ -n "${SLURM_JOB_ID:-}" ]; then
        say "scores saved; queueing job $SLURM_JOB_ID again"
        scontrol requeue "$SLURM_JOB_ID" && exit 0
    fi
    if [ "$status" -ne 0 ]; then
        if [ "$status" -eq 75 ] || [ "$status" -eq 130 ]; then say "stopped with scores saved: the same command goes on"; fi
        exit "$status"
    fi
done

# Every later experiment is what the first is compared with.
for other in "${names[@]:1}"; do
    run "$bin/tavse-report" compare "${names[0]}" "$other" --db "$db"
done
