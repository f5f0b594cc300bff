#!/bin/sh
# Training steps and inference, ours and PyTorch's, alternating in one run: best ms, median ms, peak MiB per case.
# Peaks are tensor memory for ours and resident memory of the process for PyTorch.
#
#     Benchmarks/peers/training.sh SPECIFICATION_FOLDER [case ...]      PYTHON=… for a venv with PyTorch, THREADS=…
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
threads=${THREADS:-2}
specification=$1
shift
benchmark=${BENCHMARK:-}
if [ -z "$benchmark" ]; then
    swift build -c release --package-path "$here/.." --product training-benchmark >&2
    benchmark=$(swift build -c release --package-path "$here/.." --show-bin-path)/training-benchmark
fi
[ $# -gt 0 ] || set -- tower32-step tower32-infer tower64-step audio-step audio-infer audio-rgb-step audio-rgb-infer
for case in "$@"; do
    for round in 1 2 3; do
        TAVSE_THREADS=$threads "$benchmark" "$case" --repeats 5 | sed -n '/^threads/!s/^/ours    /p'
        "$python" "$here/training.py" "$specification" "$threads" "$case" --repeats 5 | sed 's/^/pytorch /'
    done
done
