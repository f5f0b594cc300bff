#!/usr/bin/env bash
# Two demonstrations, from the built tools: a synthetic audio-visual corpus made and verified, then three classical
# enhancers on real noisy speech (fixtures/demo) scored and compared.
#
#   scripts/demo.sh [OUTPUT_FOLDER]     default reports/demo; `make demo` builds first
set -euo pipefail
cd "$(dirname "$0")/.."
out="${1:-reports/demo}"
bin="$(swift build -c release --show-bin-path)"
db="$out/results.sqlite"

mkdir -p "$out"
# Scratch beside the output: made anew, so that the demo shows a first run.
rm -rf "$db" "$db-journal" "$out/data"

echo "== A synthetic audio-visual corpus: speech, mouth video in colour and heat, noises"
"$bin/tavse-data" synth --out "$out/data" --speakers 6 --utterances 4 --seed 42
"$bin/tavse-data" verify "$out/data"
first="$(sed -n '2s/,.*//p' "$out/data/processed/metadata/train_manifest.csv")"
"$bin/tavse-data" inspect "$out/data" "$first" --out "$out/contact_sheet.png"

echo "== Three enhancers on real noisy speech"
for system in spectral_subtraction wiener log_mmse; do
    "$bin/tavse-eval" wavs --items "fixtures/demo/$system.csv" --system "$system" --split demo \
        --db "$db" --output-dir "$out/eval/$system" --save-samples 22
done
metrics=pesq_wb,stoi,si_snr,sdr,covl
systems=wiener,log_mmse,spectral_subtraction
"$bin/tavse-report" --db "$db" --metrics "$metrics" --systems "$systems" --out "$out"
"$bin/tavse-report" --db "$db" --metrics "$metrics" --systems "$systems" | sed -n '/^# /,/^\*\*Scores of every system/p' | sed '$d'
echo "The whole report is in $out/: open $out/report.html in a browser."
