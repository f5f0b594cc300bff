#!/usr/bin/env python3
"""Prints the table of metrics.sh: medians over the rounds and the ratios between peers and TAVSE."""
import json
import statistics
import sys

rounds = [json.loads(line) for line in open(sys.argv[1])]
ours, peers = rounds[0::2], rounds[1::2]


def median(side, name):
    return statistics.median(r[name] for r in side)


def peer_sum(names):
    return statistics.median(sum(r[n] for n in names) for r in peers)


rows = [
    ("PESQ wide-band", "pesq_wb", "pesq", ["pesq_wb"]),
    ("PESQ narrow-band", "pesq_nb", "pesq", ["pesq_nb"]),
    ("STOI", "stoi", "pystoi", ["stoi"]),
    ("ESTOI", "estoi", "pystoi", ["estoi"]),
    ("SDR", "sdr", "mir_eval", ["sdr_mir_eval"]),
    ("SDR", "sdr", "fast_bss_eval", ["sdr_fast_bss_eval"]),
    ("SI-SNR", "si_snr", "NumPy", ["si_snr"]),
    ("five seed metrics", "seed", "pesq + pystoi + mir_eval", ["pesq_wb", "stoi", "si_snr", "si_snri", "sdr_mir_eval"]),
    ("five seed metrics", "seed", "pesq + pystoi + fast_bss_eval",
     ["pesq_wb", "stoi", "si_snr", "si_snri", "sdr_fast_bss_eval"]),
]
print("| metric | TAVSE ms | peer | peer ms | ratio |\n| --- | ---: | --- | ---: | ---: |")
for title, name, peer, names in rows:
    a, b = median(ours, name), peer_sum(names)
    print(f"| {title} | {a:.3f} | {peer} | {b:.2f} | {b / a:.1f} |")
print("\n| metric alone | TAVSE ms |\n| --- | ---: |")
for name in ours[0]:
    print(f"| {name} | {median(ours, name):.3f} |")
