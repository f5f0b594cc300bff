#!/usr/bin/env bash
# The study: what each camera brings, with five training runs per variant, and the controls that make the answer hold.
#
#   scripts/study.sh [OUTPUT_FOLDER]    default reports/study; `make study` builds first. Hours on two cores.
#
#   variants      audio_only, audio_rgb, audio_thermal, audio_rgb_thermal
#   controls      audio_only_matched (audio alone with the parameters of A+R); the video of another utterance, black, half a
#                 second late, a still picture
#   fusions       cross-attention (audio_rgb_thermal), concat_mlp, film
#   missing       modality_dropout, tested with every set of cameras
#
# All runs of all experiments are tested on the same items. Everything resumes: stop it and start it again at any step. What is
# finished is not done again. A part of the plan:
#
#   STUDY_EXPERIMENTS="audio_only audio_rgb" STUDY_SEEDS="1 2" scripts/study.sh
#   STUDY_OPTIONS="--set training.max_epochs=1" STUDY_SPEAKERS=8 scripts/study.sh /tmp/slice       the smallest slice
#
# The corpus is made in OUTPUT_FOLDER/work/data, or is that of TAVSE_DATA_ROOT when it is set. TAVSE_BIN is the folder of the tools.
set -euo pipefail
cd "$(dirname "$0")/.."
out="${1:-reports/study}"
bin="${TAVSE_BIN:-.build/release}"
work="$out/work"
read -r -a experiments <<<"${STUDY_EXPERIMENTS:-audio_only audio_only_matched audio_rgb audio_thermal audio_rgb_thermal
    fusion_concat_mlp fusion_film modality_dropout}"
read -r -a seeds <<<"${STUDY_SEEDS:-1 2 3 4 5}"
read -r -a options <<<"${STUDY_OPTIONS:-}"
metrics="${STUDY_METRICS:-pesq_wb,stoi,si_snr}"
db="$work/study.sqlite"
mkdir -p "$work"

say() { printf 'study: %s\n' "$*" >&2; }
[ -x "$bin/tavse-train" ] || { say "no tools in $bin: make build, or set TAVSE_BIN"; exit 66; }

if [ -z "${TAVSE_DATA_ROOT:-}" ]; then
    export TAVSE_DATA_ROOT="$work/data"
    "$bin/tavse-data" synth --out "$TAVSE_DATA_ROOT" --speakers "${STUDY_SPEAKERS:-148}" --utterances "${STUDY_UTTERANCES:-8}"
fi
"$bin/tavse-data" verify "$TAVSE_DATA_ROOT"

arguments=()
select_run() {
    arguments=(--config "configs/study/$1.yaml" --set "training.seed=$2" --set "experiment_name=study_${1}_seed$2"
        --set "training.checkpoint_dir=$work/checkpoints" --set "training.log_dir=$work/logs" ${options[@]+"${options[@]}"})
}

# Evaluates the run at hand; arguments are options of tavse-eval. Nothing that is scored is scored again.
evaluate() {
    "$bin/tavse-eval" "${arguments[@]}" --checkpoint best --metrics "$metrics" --db "$db" "$@"
}

# All variants with their first seed, then with the second: what there is after some hours can be compared already.
for seed in "${seeds[@]}"; do
    for experiment in "${experiments[@]}"; do
        say "training $experiment, seed $seed"
        select_run "$experiment" "$seed"
        resume=()
        [ -f "$work/checkpoints/study_${experiment}_seed$seed/state.safetensors" ] && resume=(--resume)
        "$bin/tavse-train" "${arguments[@]}" ${resume[@]+"${resume[@]}"}
        say "evaluating $experiment, seed $seed"
        samples=0
        [ "$seed" = "${seeds[0]}" ] && samples=4
        evaluate --save-samples "$samples" --quiet
        case "$experiment" in
            audio_rgb | audio_thermal | audio_rgb_thermal)
                for control in shuffle zero shift freeze; do
                    evaluate --control "$control" --save-samples 0 --quiet >/dev/null
                done
                ;;
            modality_dropout)
                for subset in audio audio,rgb audio,thermal; do
                    evaluate --modalities "$subset" --save-samples 0 --quiet >/dev/null
                done
                ;;
        esac
    done
done

# Systems of some experiments, with all their seeds: names EXPERIMENT or EXPERIMENT+CONTROL or EXPERIMENT@MODALITIES.
systems() {
    local names="" name seed stem
    for name in "$@"; do
        stem="${name%%[+@]*}"
        case " ${experiments[*]} " in *" $stem "*) ;; *) continue ;; esac
        for seed in "${seeds[@]}"; do names="$names${names:+,}study_${stem}_seed$seed${name#"$stem"}"; done
    done
    printf '%s\n' "$names"
}

# A report on those of the systems that were asked for, where there are two or more.
report() {
    local folder="$1" names
    shift
    names="$(systems "$@")"
    case "$names" in *,*) ;; *) return ;; esac
    "$bin/tavse-report" --db "$db" --metrics "$metrics" --systems "$names" --listen "${listen:-0}" --format md,csv,html --out "$out/$folder"
}
listen=1 report variants audio_only audio_only_matched audio_rgb audio_thermal audio_rgb_thermal
report fusions audio_rgb_thermal fusion_concat_mlp fusion_film
report missing audio_only modality_dropout@audio modality_dropout@audio+rgb modality_dropout@audio+thermal modality_dropout \
    audio_rgb_thermal
for variant in audio_rgb audio_thermal audio_rgb_thermal; do
    report "controls_$variant" audio_only "$variant" "$variant+shuffle" "$variant+zero" "$variant+shift" "$variant+freeze"
    case " ${experiments[*]} " in *" $variant "*) ;; *) continue ;; esac
    select_run "$variant" "${seeds[0]}"
    "$bin/tavse-gates" "${arguments[@]}" --checkpoint best --db "$db" --out "$out/gates/$variant" --quiet >/dev/null
done
say "reports: $out"
