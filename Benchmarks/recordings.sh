#!/bin/sh
# Throughput of `tavse-eval wavs` on a folder of many pairs: one thread against all, and peak memory.
#
#     Benchmarks/recordings.sh [PAIRS] [METRICS]      default: 1000 seed;  TOOL=… for another binary
set -eu
here=$(cd "$(dirname "$0")" && pwd)
pairs=${1:-1000}
metrics=${2:-seed}
tool=${TOOL:-}
if [ -z "$tool" ]; then
    swift build -c release --package-path "$here/.." --product tavse-eval >&2
    tool=$(swift build -c release --package-path "$here/.." --show-bin-path)/tavse-eval
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/clean" "$work/noisy" "$work/enhanced"
# The demo's real recordings over and over, under new names.
manifest="$here/../fixtures/demo/wiener.csv"
count=0
while [ "$count" -lt "$pairs" ]; do
    tail -n +2 "$manifest" | while IFS=, read -r utterance _ _ _ clean noisy enhanced; do
        name="${utterance}_$count.flac"
        ln -s "$here/../fixtures/demo/$clean" "$work/clean/$name"
        ln -s "$here/../fixtures/demo/$noisy" "$work/noisy/$name"
        ln -s "$here/../fixtures/demo/$enhanced" "$work/enhanced/$name"
    done
    count=$((count + $(tail -n +2 "$manifest" | wc -l)))
done
export OPENBLAS_NUM_THREADS=1
for jobs in 1 "$(getconf _NPROCESSORS_ONLN)"; do
    start=$(date +%s.%N)
    "$tool" wavs --clean "$work/clean" --noisy "$work/noisy" --enhanced "$work/enhanced" --system wiener \
        --metrics "$metrics" --jobs "$jobs" --db "$work/$jobs.sqlite" --quiet > "$work/out" &
    process=$!
    peak=0
    while kill -0 "$process" 2> /dev/null; do
        now=$(awk '/^VmHWM/ {print $2}' "/proc/$process/status" 2> /dev/null || echo 0)
        [ "${now:-0}" -gt "$peak" ] && peak=$now
        sleep 0.2
    done
    wait "$process"
    end=$(date +%s.%N)
    echo "$count $start $end $jobs $peak" |
        awk '{printf "%d pairs, %s threads: %.1f s, %.1f pairs per second, peak %d MiB\n", $1, $4, $3-$2, $1/($3-$2), $5/1024}'
done
