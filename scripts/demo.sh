#!/usr/bin/env bash
# Scores and compares real recordings: three classical enhancers on noisy speech, from fixtures/demo.
#
#   scripts/demo.sh [OUTPUT_FOLDER]     default reports/demo; `make demo` builds first
set -euo pipefail
cd "$(dirname "$0")/.."
out="${1:-reports/demo}"
bin="$(swift build -c release --show-bin-path)"
db="$out/results.sqlite"

mkdir -p "$out"
rm -f "$db" "$db-journal"
for system in spectral_subtraction wiener log_mmse; do
    "$bin/tavse-eval" wavs --items "fixtures/demo/$system.csv" --system "$system" --split demo \
        --db "$db" --output-dir "$out/eval/$system" --save-samples 4
done
"$bin/tavse-report" --db "$db" --metrics pesq_wb,stoi,si_snr,sdr,covl --out "$out"
echo
"$bin/tavse-report" --db "$db" --metrics pesq_wb,stoi,si_snr,sdr,covl
echo "The report is in $out/: open $out/report.html in a browser."
