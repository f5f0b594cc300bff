#!/bin/sh
# Our metrics and the Python peers on the same files in one run, alternating, one thread each; medians of processor time in ms.
#
#     Benchmarks/peers/metrics.sh REFERENCE ESTIMATE [NOISY]      PYTHON=… for a venv with the peers
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
reference=$1
estimate=$2
noisy=${3:-$2}
benchmark=${BENCHMARK:-}
if [ -z "$benchmark" ]; then
    swift build -c release --package-path "$here/.." --product metrics-benchmark >&2
    benchmark=$(swift build -c release --package-path "$here/.." --show-bin-path)/metrics-benchmark
fi
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
results=$(mktemp)
trap 'rm -f "$results"' EXIT
# Alternating rounds: a busy machine slows both sides alike.
for round in 1 2 3 4 5; do
    "$benchmark" "$reference" "$estimate" "$noisy" 0.25 >> "$results"
    "$python" "$here/metrics_peers.py" "$reference" "$estimate" "$noisy" 0.5 >> "$results"
done
"$python" "$here/metrics_table.py" "$results"
