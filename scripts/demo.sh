#!/usr/bin/env bash
# The whole workflow with the built tools, from nothing to a compared and explained result:
#   1. three classical enhancers on real noisy speech (fixtures/demo), scored and compared;
#   2. a synthetic audio-visual corpus; the four variants of a small network, two training runs each, tested on unseen speakers
#      in noise and among other talkers, and compared;
#   3. controls: what happens to the networks with cameras when the video is another utterance's, or black;
#   4. what the gates did.
#
#   scripts/demo.sh [OUTPUT_FOLDER]     default reports/demo; `make demo` builds first
#
# Reports go to OUTPUT_FOLDER, everything else to OUTPUT_FOLDER/work. Run again after an interruption: training and
# evaluation resume where they stopped. `rm -r OUTPUT_FOLDER/work` starts from the beginning.
#
# For a quick look at whether all steps work: DEMO_SPEAKERS=8 DEMO_OPTIONS="--set training.max_epochs=1" scripts/demo.sh FOLDER.
# TAVSE_BIN is the folder of the tools.
set -euo pipefail
cd "$(dirname "$0")/.."
out="${1:-reports/demo}"
bin="${TAVSE_BIN:-$(swift build -c release --show-bin-path)}"
work="$out/work"
export TAVSE_DATA_ROOT="${TAVSE_DATA_ROOT:-$work/data}"
variants=(audio_only audio_rgb audio_thermal audio_rgb_thermal)
cameras=(audio_rgb audio_thermal audio_rgb_thermal)
seeds=(1 2)
read -r -a options <<<"${DEMO_OPTIONS:-}"
metrics=pesq_wb,stoi,si_snr
mkdir -p "$work"

# Options of an experiment's training run.
run_options=()
select_run() {
    run_options=(--config "configs/demo/$1.yaml" --set "training.seed=$2" --set "experiment_name=demo_${1}_seed$2"
        --set "training.checkpoint_dir=$work/checkpoints" --set "training.log_dir=$work/logs"
        ${options[@]+"${options[@]}"})
}

echo "== 1. Three enhancers on real noisy speech"
for system in spectral_subtraction wiener log_mmse; do
    "$bin/tavse-eval" wavs --items "fixtures/demo/$system.csv" --system "$system" --split demo \
        --db "$work/recordings.sqlite" --output-dir "$work/eval/$system" --save-samples 22 --quiet >/dev/null
done
"$bin/tavse-report" --db "$work/recordings.sqlite" --metrics "$metrics,sdr,covl" \
    --systems wiener,log_mmse,spectral_subtraction --listen 1 --format md,csv,html --out "$out/recordings"

echo "== 2. A synthetic audio-visual corpus: speech, mouth video in colour and heat, noises"
"$bin/tavse-data" synth --out "$TAVSE_DATA_ROOT" --speakers "${DEMO_SPEAKERS:-148}" --utterances 5 --seed 42
"$bin/tavse-data" verify "$TAVSE_DATA_ROOT"
first="$(sed -n '2s/,.*//p' "$TAVSE_DATA_ROOT/processed/metadata/train_manifest.csv")"
"$bin/tavse-data" inspect "$TAVSE_DATA_ROOT" "$first" --out "$work/contact_sheet.png"

for variant in "${variants[@]}"; do
    for seed in "${seeds[@]}"; do
        echo "== Training $variant, seed $seed"
        select_run "$variant" "$seed"
        resume=()
        [ -f "$work/checkpoints/demo_${variant}_seed$seed/state.safetensors" ] && resume=(--resume)
        "$bin/tavse-train" "${run_options[@]}" ${resume[@]+"${resume[@]}"}
    done
done
db="$work/variants.sqlite"
systems=""
for variant in "${variants[@]}"; do
    for seed in "${seeds[@]}"; do
        echo "== Evaluating $variant, seed $seed"
        select_run "$variant" "$seed"
        "$bin/tavse-eval" "${run_options[@]}" --checkpoint best --metrics "$metrics" --db "$db" --save-samples 4
        systems="$systems${systems:+,}demo_${variant}_seed$seed"
    done
done
"$bin/tavse-report" --db "$db" --metrics "$metrics" --systems "$systems" --listen 0 --format md,csv,html --out "$out/variants"

echo "== 3. Controls: another utterance's video, and no picture"
controlled="demo_audio_only_seed1"
for variant in "${cameras[@]}"; do
    select_run "$variant" 1
    controlled="$controlled,demo_${variant}_seed1"
    for control in shuffle zero; do
        "$bin/tavse-eval" "${run_options[@]}" --checkpoint best --control "$control" --metrics si_snr --db "$db" \
            --save-samples 0 --quiet >/dev/null
        controlled="$controlled,demo_${variant}_seed1+$control"
    done
done
"$bin/tavse-report" --db "$db" --metrics si_snr --systems "$controlled" --listen 0 --format md,csv --out "$out/controls"

echo "== 4. What the gates did"
for variant in "${cameras[@]}"; do
    select_run "$variant" 1
    "$bin/tavse-gates" "${run_options[@]}" --checkpoint best --limit 200 --db "$db" --out "$out/gates/$variant" --quiet >/dev/null
    sed -n "2,/^## /p" "$out/gates/$variant/gates.md" | sed "\$d"
done

"$bin/tavse-report" --db "$db" --metrics "$metrics" --systems "$systems" |
    sed -n '/^# /,/^\*\*Scores of every system/p' | sed '$d'
echo "Reports: $out/recordings, $out/variants, $out/controls and $out/gates; open the report.html in each with a browser."
