#!/usr/bin/env python3
"""Times the Python peers on one pair, one thread; prints one line of JSON: medians of processor
time, ms (the wall clock of a busy machine measures its other users).

    metrics_peers.py REFERENCE ESTIMATE NOISY [SECONDS PER MEASUREMENT]

Needs pesq, pystoi, mir_eval, fast_bss_eval and soundfile (pip). Run through scripts in this folder, which fix
the number of threads to one.
"""
import json
import sys
import time
import warnings

import fast_bss_eval
import mir_eval
import numpy as np
import soundfile
from pesq import pesq
from pystoi import stoi

warnings.filterwarnings("ignore")


def median(function, budget):
    function()
    times, start = [], time.perf_counter()
    while len(times) < 5 or (time.perf_counter() - start < budget and len(times) < 2000):
        begin = time.process_time()
        function()
        times.append(1e3 * (time.process_time() - begin))
    return sorted(times)[len(times) // 2]


def si_snr(x, y):
    x, y = x - x.mean(), y - y.mean()
    t = (x @ y) / (x @ x) * x
    return 10 * np.log10((t @ t) / ((t - y) @ (t - y)))


def main():
    (x, rate), (y, _), (z, _) = (soundfile.read(f) for f in sys.argv[1:4])
    budget = float(sys.argv[4]) if len(sys.argv) > 4 else 0.5
    cases = {
        "pesq_wb": lambda: pesq(rate, x, y, "wb"),
        "pesq_nb": lambda: pesq(rate, x, y, "nb"),
        "stoi": lambda: stoi(x, y, rate),
        "estoi": lambda: stoi(x, y, rate, extended=True),
        "si_snr": lambda: si_snr(x, y),
        "si_snri": lambda: si_snr(x, y) - si_snr(x, z),
        "sdr_mir_eval": lambda: mir_eval.separation.bss_eval_sources(x[None], y[None], compute_permutation=False),
        "sdr_fast_bss_eval": lambda: fast_bss_eval.sdr(x[None], y[None]),
    }
    print(json.dumps({name: round(median(function, budget), 4) for name, function in cases.items()}))


main()
