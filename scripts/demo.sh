#!/usr/bin/env bash
# The whole workflow with the built tools, from nothing to a compared and explained result:
#   1. three classical enhancers on real noisy speech (fixtures/demo), scored and compared;
#   2. a synthetic audio-visual corpus; the four variants of a small network trained on it, evaluated, compared;
#   3. what the gates of the variants with cameras did.
#
#   scripts/demo.sh [OUTPUT_FOLDER]     default reports/demo; `make demo` builds first
#
# Reports go to OUTPUT_FOLDER, everything else to OUTPUT_FOLDER/work. Run again after an interruption: training and
# evaluation resume. `rm -r OUTPUT_FOLDER/work` starts from scratch.
set -euo pipefail
cd "$(dirname "$0")/.."
out="${1:-reports/demo}"
bin="$(swift build -c release --show-bin-path)"
work="$out/work"
export TAVSE_DATA_ROOT="$work/data"
variants=(audio_only audio_rgb audio_thermal audio_rgb_thermal)
metrics=pesq_wb,stoi,si_snr,sdr
mkdir -p "$work"

echo "== 1. Three enhancers on real noisy speech"
for system in spectral_subtraction wiener log_mmse; do
    "$bin/tavse-eval" wavs --items "fixtures/demo/$system.csv" --system "$system" --split demo \
        --db "$work/recordings.sqlite" --output-dir "$work/eval/$system" --save-samples 22 --quiet >/dev/null
done
"$bin/tavse-report" --db "$work/recordings.sqlite" --metrics "$metrics,covl" \
    --systems wiener,log_mmse,spectral_subtraction --listen 1 --format md,csv,html --out "$out/recordings"

echo "== 2. A synthetic audio-visual corpus: speech, mouth video in colour and heat, noises"
if [ ! -f "$work/data/complete" ]; then
    rm -rf "$work/data"
    "$bin/tavse-data" synth --out "$work/data" --speakers 40 --utterances 8 --seed 42
    touch "$work/data/complete"
fi
"$bin/tavse-data" verify "$work/data"
first="$(sed -n '2s/,.*//p' "$work/data/processed/metadata/train_manifest.csv")"
"$bin/tavse-data" inspect "$work/data" "$first" --out "$work/contact_sheet.png"

for variant in "${variants[@]}"; do
    config="configs/demo/$variant.yaml"
    echo "== Training $variant"
    resume=()
    [ -f "$work/data/checkpoints/demo_$variant/state.safetensors" ] && resume=(--resume)
    "$bin/tavse-train" --config "$config" ${resume[@]+"${resume[@]}"}
done
db="$work/variants.sqlite"
systems=""
for variant in "${variants[@]}"; do
    echo "== Evaluating $variant"
    "$bin/tavse-eval" --config "configs/demo/$variant.yaml" --checkpoint best --db "$db" --save-samples 4
    systems="$systems${systems:+,}demo_$variant"
done
"$bin/tavse-report" --db "$db" --metrics "$metrics" --systems "$systems" --listen 0 --format md,csv,html --out "$out/variants"

echo "== 3. What the gates did"
for variant in audio_rgb audio_thermal audio_rgb_thermal; do
    "$bin/tavse-gates" --config "configs/demo/$variant.yaml" --checkpoint best --db "$db" --out "$out/gates/$variant" --quiet >/dev/null
    sed -n "2,/^## /p" "$out/gates/$variant/gates.md" | sed "\$d"
done

"$bin/tavse-report" --db "$db" --metrics "$metrics" --systems "$systems" |
    sed -n '/^# /,/^\*\*Scores of every system/p' | sed '$d'
echo "Reports: $out/recordings, $out/variants and $out/gates; open the report.html in each with a browser."
