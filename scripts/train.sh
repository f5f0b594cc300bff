#!/usr/bin/env bash
#SBATCH --job-name=tavse-train
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --mem=32G
#SBATCH --time=24:00:00
#SBATCH --output=%x-%j.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR1@120
#
# Trains experiments: plain bash runs them one after another, a Slurm array one per task.
#
#   scripts/train.sh audio_rgb                             configs/audio_rgb.yaml
#   scripts/train.sh audio_rgb --resume                    resumes from the saved state
#   scripts/train.sh audio_only audio_rgb -- --set training.batch_size=8      after "--": options of tavse-train
#   scripts/train.sh audio_only -- --set training.lr=1e-3 + audio_rgb         "+" begins experiments with options of their own
#   sbatch scripts/train.sh audio_rgb
#   sbatch --array=0-3 scripts/train.sh audio_only audio_rgb audio_thermal audio_rgb_thermal
#
# An experiment is a name in configs/ (also ablations/fusion_film) or a YAML file. The data root is TAVSE_DATA_ROOT, from the
# environment or .env. Messages are also kept, with times, in train.log in the experiment's log folder. Two minutes before its
# time limit, or when preempted, the job saves its state and is queued again; a job that was queued again resumes. A cancelled
# job (scancel) saves its state and ends. TAVSE_BIN is the folder of the tools (default: .build/release), TAVSE_HOME that of the
# repository (default: found).
set -euo pipefail

say() { printf 'train: %s\n' "$*" >&2; }
usage() {
    say "$1"
    say "usage: train.sh EXPERIMENT… [--resume] [-- OPTION…] [+ EXPERIMENT… [-- OPTION…]]…"
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

resumes=no
script_option() {
    case "$1" in
        --resume) resumes=yes ;;
        -h | --help) usage "trains experiments" ;;
        *) usage "unknown option $1 (options of tavse-train go behind --)" ;;
    esac
}
parse_experiments "$@"
need_experiments ${experiments[@]+"${experiments[@]}"}

tool="${TAVSE_BIN:-.build/release}/tavse-train"
need_tool "$tool"

indices=("${!experiments[@]}")
if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
    position="$(array_position "${#experiments[@]}")"
    indices=("$position")
fi
restarted="${SLURM_RESTART_COUNT:-0}"

for index in "${indices[@]}"; do
    experiment="${experiments[$index]}"
    config="$(configuration "$experiment")"
    eval "options=(${experiment_options[$index]})"
    arguments=(--config "$config")
    processors="$(job_processors)"
    if [ -n "$processors" ]; then arguments+=(--set "training.threads=$processors"); fi
    arguments+=(${options[@]+"${options[@]}"})
    if [ "$resumes" = yes ]; then arguments+=(--resume); fi
    name="$("$tool" "${arguments[@]}" --print experiment_name)"
    logs="$("$tool" "${arguments[@]}" --print log_folder)"
    if [ -n "${SLURM_JOB_ID:-}" ]; then name_job "$name"; fi
    say "$config${SLURM_JOB_ID:+ (job $(job_id), start $((restarted + 1)))}"
    status=0
    if [ "$restarted" -gt 0 ] && [ "$resumes" = no ]; then
        run_logged "$logs" train "$tool" "${arguments[@]}" --resume || status=$?
        # 66: nothing was saved before the job was stopped. The tool refuses to start over saved states.
        if [ "$status" -eq 66 ]; then
            say "nothing is saved yet: $experiment starts from the beginning"
            status=0
            run_logged "$logs" train "$tool" "${arguments[@]}" || status=$?
        fi
    else
        run_logged "$logs" train "$tool" "${arguments[@]}" || status=$?
    fi
    case "$status" in
        0) ;;
        75) after_stop "state saved" "scripts/train.sh $experiment --resume" ;;
        130) say "interrupted, state saved: scripts/train.sh $experiment --resume resumes"; exit 130 ;;
        *) exit "$status" ;;
    esac
done
