#!/usr/bin/env bash
# Import and full report at scale: 4 systems × 10 metrics × 100,000 items, and 4 × 5 × 3,000.
#
#   Benchmarks/report_scale.sh [FOLDER]      needs a release build (make build) and /usr/bin/time
#
# Targets on two cores: the full report of 4 million scores under 60 s and 2 GiB, the 30-test comparison under 2 s.
set -euo pipefail
cd "$(dirname "$0")/.."
tool="$(swift build -c release --show-bin-path)/tavse-report"
folder="${1:-$(mktemp -d)}"
mkdir -p "$folder"

# Scores with a speaker effect per system: base + effect + noise, drawn by awk's seeded generator.
table() { # items metrics speakers
    awk -v items="$1" -v metrics="$2" -v speakers="$3" 'BEGIN {
        srand(1)
        split("A A+R A+T A+R+T", systems, " ")
        split("pesq_wb stoi si_snr si_snri sdr estoi seg_snr csig cbak covl", names, " ")
        split("babble car white", noises, " ")
        printf "system,speaker,utterance,snr_db,noise_type"
        for (m = 1; m <= metrics; m++) printf ",%s", names[m]
        printf "\n"
        for (s = 1; s <= 4; s++) for (i = 0; i < items; i++) {
            speaker = int(i / 3) % speakers
            if (!((s, speaker) in effect)) effect[s, speaker] = 0.05 * s + 0.2 * (rand() - 0.5)
            printf "%s,s%03d,u%06d,%d,%s", systems[s], speaker, int(i / 3), 5 * (i % 3) - 5, noises[i % 7 % 3 + 1]
            for (m = 1; m <= metrics; m++)
                printf ",%.4f", 2 + effect[s, speaker] + (i * 7919 % 1000) / 1000 + 0.7 * (rand() - 0.5)
            printf "\n"
        }
    }'
}

measure() { # label command…
    local label="$1"
    shift
    /usr/bin/time -f "$label: %e s, %M KiB" "$@" > /dev/null
}

for shape in "100000 10 60" "3000 5 28"; do
    read -r items metrics speakers <<< "$shape"
    csv="$folder/$items.csv"
    db="$folder/$items.sqlite"
    table "$items" "$metrics" "$speakers" > "$csv"
    rm -f "$db"
    echo "4 systems x $metrics metrics x $items items, $speakers speakers"
    measure "  import" "$tool" import "$csv" --db "$db"
    measure "  comparison (JSON)" "$tool" --db "$db" --format json
    measure "  full report, every format and picture" "$tool" --db "$db" --out "$folder/report-$items"
done
