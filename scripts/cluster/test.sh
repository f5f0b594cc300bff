#!/usr/bin/env bash
# Tests the job scripts on a real one-node Slurm of this machine: time limit, requeue, cancel, arrays, shards.
#
#   scripts/cluster/test.sh      as root (it installs slurm-wlm and munge and starts daemons on the loopback interface)
#
# Prints a line per check and a closing line "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
home="$PWD"
work="$(mktemp -d)"
export TAVSE_SLURM_DIR="$work/slurm" TAVSE_SLURM_FAKE_GPUS=0 SLURM_CONF="$work/slurm/slurm.conf"
bin="${TAVSE_BIN:-$home/.build/release}"
export TAVSE_BIN="$bin"
passed=0
failed=0

check() {
    local name="$1"
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok    $name"
    else
        failed=$((failed + 1))
        echo "FAIL  $name"
    fi
}
field() { scontrol show job -o "$1" | head -n 1 | tr ' ' '\n' | sed -n "s/^$2=//p" | head -n 1; }
wait_state() { # JOB PATTERN SECONDS
    local i
    for ((i = 0; i < $3 * 2; i++)); do
        if [[ "$(field "$1" JobState)" =~ $2 ]]; then return 0; fi
        sleep 0.5
    done
    return 1
}
wait_file() { # FILE SECONDS
    local i
    for ((i = 0; i < $2 * 2; i++)); do
        if [ -e "$1" ]; then return 0; fi
        sleep 0.5
    done
    return 1
}
finish() {
    scripts/cluster/one-node-slurm.sh down >/dev/null 2>&1
    rm -rf "$work"
}
trap finish EXIT

command -v sbatch >/dev/null && command -v munged >/dev/null ||
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq slurm-wlm munge >/dev/null; } || exit 73
scripts/cluster/one-node-slurm.sh up || exit 1

data="$work/data"
"$bin/tavse-data" synth --out "$data" --speakers 8 --utterances 2 --seed 1 --quiet >/dev/null || exit 1
mkdir -p "$work/a folder"
cat >"$work/a folder/tiny.yaml" <<YAML
experiment_name: tiny
model: {active_modalities: [audio], channels: [1, 4, 8, 8, 8, 8], heads: 2, ffn_dim: 16}
training: {batch_size: 2, max_epochs: 40, patience: 40, warmup_steps: 5, val_interval: 20, threads: 1}
audio: {segment_seconds: 1.0}
data: {root: $data}
YAML
cd "$work/a folder" || exit 1
submit=(sbatch --parsable --cpus-per-task=1 --mem=1G)
endless=(--set training.max_epochs=100000 --set training.patience=100000 --set training.val_interval=100000)
state() { echo "$data/checkpoints/$1/state.safetensors"; }

# An uninterrupted run, from another folder than the repository's.
job="$("${submit[@]}" "$home/scripts/train.sh" tiny.yaml)"
check "a job submitted from another folder trains to its end" wait_state "$job" COMPLETED 120
check "the job has its experiment's name" test "$(field "$job" JobName)" = tiny
check "the log has a time in front of every line" grep -qE '^[0-9-]{10} [0-9:]{8} tavse-train' "$data/logs/tiny/train.log"

# scontrol requeue: one restart, the same weights.
job="$("${submit[@]}" "$home/scripts/train.sh" tiny.yaml -- --set experiment_name=requeued)"
wait_file "$(state requeued)" 60
sleep 1
scontrol requeue "$job"
check "a requeued job resumes and ends" wait_state "$job" COMPLETED 120
check "it was queued again once" test "$(field "$job" Restarts)" = 1
tensors() { tail -c 20000 "$data/checkpoints/$1/latest.safetensors" | sha256sum; }
check "its weights are bit-identical to the uninterrupted run's" test "$(tensors tiny)" = "$(tensors requeued)"

# scancel: saved, ended, not queued again.
job="$("${submit[@]}" "$home/scripts/train.sh" tiny.yaml -- --set experiment_name=cancelled "${endless[@]}")"
wait_file "$(state cancelled)" 60
sleep 2
scancel "$job"
check "a cancelled job ends" wait_state "$job" CANCELLED 30
sleep 2
check "a cancelled job is not queued again" test "$(field "$job" Restarts)" = 0
check "a cancelled job saves its state" grep -q "state saved" "tavse-train-$job.log"
job="$("${submit[@]}" "$home/scripts/train.sh" tiny.yaml --resume -- --set experiment_name=cancelled "${endless[@]}")"
sleep 5
check "a cancelled training resumes" grep -q "step" "tavse-train-$job.log"
scancel "$job"

# The time limit.
job="$("${submit[@]}" --time=1 --signal=B:USR1@50 "$home/scripts/train.sh" tiny.yaml -- --set experiment_name=limited "${endless[@]}")"
sleep 25
check "a job near its time limit is queued again" test "$(field "$job" Restarts)" -ge 1
scancel "$job"

# An array from another first index.
job="$("${submit[@]}" --array=5-6 "$home/scripts/train.sh" tiny.yaml tiny.yaml -- --set experiment_name=array --dry-run)"
check "array tasks may begin at any index" wait_state "${job}_6" 'COMPLETED' 90

# Shards and their merge.
"$home/scripts/evaluate.sh" tiny.yaml --shards 2 --cpus-per-task=1 --mem=1G -- --metrics si_snr,stoi
for ((i = 0; i < 180; i++)); do
    if [ -f "$data/checkpoints/tiny/eval/eval_metrics.json" ] && [ -z "$(squeue -h -n tavse-tiny-merge,tiny)" ]; then break; fi
    sleep 0.5
done
check "shards are merged and eval/ is written" test -f "$data/checkpoints/tiny/eval/eval_metrics.json"
check "nothing of the shards is left" test -z "$(ls "$data/shards")"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
