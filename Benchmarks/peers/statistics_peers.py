"""Our statistics and SciPy on the same kind of data, alternating in one run; medians in milliseconds.

    swift build -c release --package-path Benchmarks --product statistics-benchmark
    python3 Benchmarks/peers/statistics_peers.py [path of the statistics-benchmark binary] [rounds]

Needs numpy and scipy. The data are uniform on (-0.45, 0.55); timings do not depend on the exact draws.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import time

import numpy
import scipy
from scipy import stats

HERE = pathlib.Path(__file__).resolve().parent
BINARY = sys.argv[1] if len(sys.argv) > 1 else HERE.parent / ".build/release/statistics-benchmark"
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
generator = numpy.random.default_rng(1)
d = generator.random(3000) - 0.45
small = d[:50]


def bca(function, batch):
    return stats.bootstrap(
        (d,), function, n_resamples=10_000, method="BCa", vectorized=True, batch=batch, rng=generator
    ).confidence_interval.low


def hodges_lehmann():
    walsh = (d[:, None] + d[None, :])[numpy.triu_indices(len(d))] / 2
    walsh.sort()
    return numpy.median(walsh), walsh[len(walsh) // 3]


def sign_flip():
    sums = numpy.add.reduceat(numpy.sort(d), numpy.arange(0, 3000, 108)[:28])
    return stats.permutation_test(
        (sums,), numpy.sum, permutation_type="samples", n_resamples=99_999, vectorized=True, rng=generator
    ).pvalue


# (our task, what the peer does, the peer). SciPy's bootstrap is shown as called by default, all resamples in one array,
# and in batches of 100, which keeps it in the cache: its best.
TASKS = [
    ("bca_mean_3000x10000", "default", lambda: bca(numpy.mean, None)),
    ("bca_mean_3000x10000", "batch=100", lambda: bca(numpy.mean, 100)),
    ("bca_median_3000x10000", "batch=100", lambda: bca(numpy.median, 100)),
    ("wilcoxon_3000", "asymptotic", lambda: stats.wilcoxon(d, method="asymptotic").pvalue),
    ("wilcoxon_exact_50", "exact", lambda: stats.wilcoxon(small, method="exact").pvalue),
    ("hodges_lehmann_3000", "all Walsh averages", hodges_lehmann),
    ("sign_flip_28_speakers", "99,999 random signs", sign_flip),
]


def milliseconds(function):
    start = time.perf_counter()
    function()
    return 1000 * (time.perf_counter() - start)


ours = [[] for _ in TASKS]
peers = [[] for _ in TASKS]
for _ in range(ROUNDS):
    for index, (name, _, function) in enumerate(TASKS):
        line = subprocess.run([BINARY, name], check=True, capture_output=True, text=True).stdout
        ours[index].append(json.loads(line)["ms"])
        peers[index].append(milliseconds(function))

print(f"SciPy {scipy.__version__}, NumPy {numpy.__version__}, medians of {ROUNDS} alternating rounds")
print(f"{'task':26}{'SciPy does':22}{'ours ms':>12}{'SciPy ms':>12}{'ratio':>10}")
for index, (name, variant, _) in enumerate(TASKS):
    mine, other = statistics.median(ours[index]), statistics.median(peers[index])
    print(f"{name:26}{variant:22}{mine:12.3f}{other:12.2f}{other / mine:10.1f}")
for arguments in (["bca_mean_3000x10000_one_thread"], ["comparison_4x5x3000"], ["--large"]):
    print(subprocess.run([BINARY, *arguments], check=True, capture_output=True, text=True).stdout.strip())
