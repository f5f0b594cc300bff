#!/usr/bin/env bash
#SBATCH --job-name=tavse-train
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --mem=32G
#SBATCH --time=24:00:00
#SBATCH --output=%x-%A_%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@120
#
# Trains experiments: plain bash runs them one after another, a Slurm array one per task.
#
#   scripts/03_train.sh audio_rgb                          configs/audio_rgb.yaml
#   scripts/03_train.sh audio_rgb --resume                 goes on where it stopped
#   scripts/03_train.sh audio_only audio_rgb -- --set training.batch_size=8      after "--": options of tavse-train
#   sbatch scripts/03_train.sh audio_rgb
#   sbatch --array=0-3 scripts/03_train.sh audio_only audio_rgb audio_thermal audio_rgb_thermal
#
# An experiment is a name in configs/ (ablations/fusion_film, too) or a YAML file. The data root is TAVSE_DATA_ROOT, from the
# environment or .env. Two minutes before its time is up, or when preempted, the job saves its state and is queued again;
# a job that was queued again resumes. TAVSE_BIN is the folder of the tools (default: .build/release).
set -euo pipefail

say() { printf '03_train: %s\n' "$*" >&2; }
usage() { say "$1"; say "usage: 03_train.sh EXPERIMENT… [--resume] [-- OPTION…]"; exit 64; }

# Under sbatch the script runs from a copy: the repository is where it was submitted from.
root="${SLURM_SUBMIT_DIR:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}"
if [ ! -d "$root/configs" ] && [ -d "$root/../configs" ]; then root="$(cd "$root/.." && pwd)"; fi
[ -d "$root/configs" ] || usage "no configs/ in $root: submit from the repository's folder"
cd "$root"
. scripts/support/job.sh

experiments=()
options=()
resumes=no
while [ $# -gt 0 ]; do
    case "$1" in
        --resume)
            resumes=yes
            options+=(--resume)
            ;;
        --) shift; options+=("$@"); break ;;
        -h | --help) usage "trains experiments" ;;
        -*) usage "unknown option $1 (options of tavse-train go behind --)" ;;
        *) experiments+=("$1") ;;
    esac
    shift
done
need_experiments ${experiments[@]+"${experiments[@]}"}

tool="${TAVSE_BIN:-.build/release}/tavse-train"
need_tool "$tool"

if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
    # The N-th experiment of this array, whatever its first index.
    index=$((SLURM_ARRAY_TASK_ID - ${SLURM_ARRAY_TASK_MIN:-0}))
    [ "$index" -lt "${#experiments[@]}" ] || usage "array task $SLURM_ARRAY_TASK_ID has no experiment: ${#experiments[@]} were named"
    experiments=("${experiments[$index]}")
fi

# What Slurm lends is what is used.
if [ -n "${SLURM_CPUS_PER_TASK:-}" ]; then options+=(--set "training.threads=$SLURM_CPUS_PER_TASK"); fi
# A job that was queued again goes on with what it saved; before the first saved state it starts anew.
restarted="${SLURM_RESTART_COUNT:-0}"

trap 'forward USR1' USR1
trap 'forward TERM' TERM
trap 'forward INT' INT

for experiment in "${experiments[@]}"; do
    config="$(configuration "$experiment")"
    arguments=(--config "$config" ${options[@]+"${options[@]}"})
    say "$config${SLURM_JOB_ID:+ (job $SLURM_JOB_ID, start $((restarted + 1)))}"
    status=0
    if [ "$restarted" -gt 0 ] && [ "$resumes" = no ]; then
        run "$tool" "${arguments[@]}" --resume || status=$?
        # 66: nothing was saved before the job was stopped. A start over saved states is refused by the tool.
        if [ "$status" -eq 66 ]; then
            say "nothing saved yet: starting $experiment anew"
            status=0
            run "$tool" "${arguments[@]}" || status=$?
        fi
    else
        run "$tool" "${arguments[@]}" || status=$?
    fi
    if [ "$status" -eq 75 ] && [ -n "${SLURM_JOB_ID:-}" ]; then
        job="$SLURM_JOB_ID"
        if [ -n "${SLURM_ARRAY_JOB_ID:-}" ]; then job="${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"; fi
        say "state saved; queueing job $job again"
        scontrol requeue "$job" && exit 0
        say "could not be queued again; submit it with --resume"
    fi
    if [ "$status" -ne 0 ]; then
        if [ "$status" -eq 75 ] || [ "$status" -eq 130 ]; then
            say "stopped with state saved: scripts/03_train.sh $experiment --resume goes on"
        fi
        exit "$status"
    fi
done
