#!/usr/bin/env python3
"""Scores pairs made to be hard with our PESQ and with the `pesq` package, and counts where the two disagree.

    pesq_stress.py TOOL SPEECH_FOLDER WORK_FOLDER [--runs N] [--seed S] [--jobs J] [--only NUMBER]

TOOL is the built tavse-eval; SPEECH_FOLDER holds 8 and 16 kHz mono WAV files of speech named ref*.wav
(fixtures/metrics/wav, or a larger set). Run number n of seed s is always the same pair. Writes WORK_FOLDER/runs.csv
(one line a run; a run that is there already is skipped, so an interrupted call is resumed) and prints a summary.

Both read the same 16-bit samples. A run on which the two differ by more than 0.001 is scored by the package again with
noise below half a step of 16 bits added to the estimate (dithers, seeded): `peer_moves` is how far its own score moves.
A number that moves as much under noise nobody can hear has no more digits to agree on.

Needs numpy and pesq 0.0.4 (pip).
"""
import argparse
import csv
import json
import multiprocessing
import multiprocessing.pool
import os
import subprocess
import wave

import numpy as np

LIMIT = 1e-3
DITHERS = 20
MANY = 30  # stretches of speech by our rough count; the package overruns its arrays above 50 utterances
COLUMNS = ["run", "rate", "mode", "seconds", "stretches", "steps", "peer", "ours", "difference", "peer_moves"]


def read(path):
    with wave.open(path) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        return file.getframerate(), data.astype(np.float64) / 32768


def write(path, rate, samples):
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(to_int16(samples).tobytes())


def to_int16(samples):
    return np.clip(np.round(samples * 32768), -32768, 32767).astype(np.int16)


def speech(pool, rng, count):
    """Speech of `count` samples: recordings in random order, with pauses between them."""
    parts, have = [], 0
    while have < count:
        part = pool[rng.integers(len(pool))]
        if len(part) > count - have:
            start = rng.integers(len(part) - (count - have) + 1)
            part = part[start : start + count - have]
        parts.append(part)
        have += len(part)
        if rng.random() < 0.6 and have < count:
            pause = 1e-4 * rng.standard_normal(int(rng.uniform(0.05, 1.5) * 8000))
            parts.append(pause)
            have += len(pause)
    return np.concatenate(parts)[:count]


def at_positions(x, positions):
    return np.interp(positions, np.arange(len(x)), x, left=0, right=0)


def drift(x, rate, rng):
    return at_positions(x, np.arange(len(x)) * (1 + rng.uniform(2e-5, 4e-3) * rng.choice([-1, 1])))


def jumps(x, rate, rng):
    shift = np.zeros(len(x))
    for _ in range(rng.integers(1, 6)):
        shift[rng.integers(len(x)) :] += int(rng.uniform(-0.12, 0.12) * rate)
    return at_positions(x, np.arange(len(x)) + shift)


def delay(x, rate, rng):
    return at_positions(x, np.arange(len(x)) - int(rng.uniform(-0.25, 0.25) * rate))


def pauses(x, rate, rng):
    y = x.copy()
    for _ in range(rng.integers(1, 8)):
        start = rng.integers(len(y))
        y[start : start + int(rng.uniform(0.02, 0.8) * rate)] *= rng.choice([0.0, 1e-3])
    return y


def noise(x, rate, rng):
    n = rng.standard_normal(len(x))
    if rng.random() < 0.5:
        n = np.convolve(n, np.ones(8) / 8, "same")
    return x + n * np.sqrt(np.mean(x**2) / np.mean(n**2) / 10 ** (rng.uniform(-5, 40) / 10))


def level(x, rate, rng):
    return x * 10 ** (rng.uniform(-40, 40) / 20)


def offset(x, rate, rng):
    return x + rng.uniform(-0.3, 0.3)


def clip(x, rate, rng):
    limit = np.max(np.abs(x)) * rng.uniform(0.05, 0.7)
    return np.clip(x, -limit, limit)


def silent_end(x, rate, rng):
    y = x.copy()
    y[len(y) - int(rng.uniform(0.1, 0.5) * len(y)) :] = 0
    return y


def coarse(x, rate, rng):
    step = max(np.max(np.abs(x)), 1e-4) / 2 ** rng.integers(3, 8)
    return np.round(x / step) * step


def lowpass(x, rate, rng):
    width = rng.integers(2, 10)
    return np.convolve(x, np.ones(width) / width, "same")


ESTIMATE_STEPS = [drift, jumps, delay, pauses, noise, level, offset, clip, silent_end, coarse, lowpass]
BOTH_STEPS = {"both_silent_end": silent_end, "both_level": level, "both_offset": offset}


def make(run, seed, pools):
    rng = np.random.default_rng([seed, run])
    rate, mode = [(8000, "nb"), (16000, "nb"), (16000, "wb"), (8000, "nb")][run % 4]
    kind = rng.random()
    if kind < 0.15:
        seconds = rng.uniform(0.26, 1.2)
    elif kind < 0.80:
        seconds = rng.uniform(1.2, 20)
    elif kind < 0.88:
        seconds = rng.uniform(20, 60)
    else:
        seconds = rng.uniform(60, 200)
    reference = speech(pools[rate], rng, int(seconds * rate))
    steps = []
    for name, step in BOTH_STEPS.items():
        if rng.random() < 0.1:
            reference = step(reference, rate, rng)
            steps.append(name)
    estimate = reference
    for index in rng.choice(len(ESTIMATE_STEPS), size=rng.integers(1, 4), replace=False):
        estimate = ESTIMATE_STEPS[index](estimate, rate, rng)
        steps.append(ESTIMATE_STEPS[index].__name__)
    return rate, mode, reference, estimate, steps


def call(sender, rate, reference, estimate, mode):
    from pesq import pesq

    try:
        value = float(pesq(rate, reference, estimate, mode))
        sender.send(value if np.isfinite(value) else "nan")
    except Exception as error:  # its own classes and ValueError for a score that is not a number
        sender.send(type(error).__name__)


def peer(rate, reference, estimate, mode):
    """The package's score, or the name of its error; in a process of its own, because it may crash."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=call, args=(sender, rate, reference, estimate, mode))
    child.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        return "crash"
    finally:
        child.join()
        receiver.close()


def stretches(x, rate):
    """About how many utterances PESQ finds: stretches of 0.2 s or more above the noise, 0.2 s or more apart."""
    x = np.diff(x)
    frame = rate // 250
    power = np.mean(x[: len(x) // frame * frame].reshape(-1, frame) ** 2, axis=1)
    power = np.maximum(power, 1e-4 * power.max())
    threshold = power.mean()
    for _ in range(12):
        below = power[power <= threshold]
        if len(below):
            threshold = 1.001 * (below.mean() + 2 * below.std())
    count, run, gap = 0, 0, 51
    for active in power > threshold:
        gap = 0 if active else gap + 1
        run = run + 1 if gap <= 50 else 0
        count += run == 50
    return count


def ours(tool, reference, estimate, mode):
    answer = subprocess.run(
        [tool, "pair", reference, estimate, "--metrics", f"pesq_{mode}", "--json"], capture_output=True, text=True
    )
    if answer.returncode:
        raise SystemExit(f"{tool} pair {reference} {estimate}: exit {answer.returncode}: {answer.stderr}")
    score = json.loads(answer.stdout)["scores"][f"pesq_{mode}"]
    return score["status"] if score["value"] is None else float(score["value"])


def one(job):
    run, args, pools = job
    rate, mode, reference, estimate, steps = make(run, args.seed, pools)
    paths = [os.path.join(args.work, f"{run:05d}_{name}.wav") for name in ("ref", "deg")]
    for path, samples in zip(paths, (reference, estimate)):
        write(path, rate, samples)
    reference, estimate = (to_int16(s).astype(np.float64) / 32768 for s in (reference, estimate))
    theirs = peer(rate, reference, estimate, mode)
    mine = ours(args.tool, *paths, mode)
    row = dict(zip(COLUMNS, [
        run, rate, mode, f"{len(reference) / rate:.3f}", stretches(reference, rate), "+".join(steps), theirs, mine, "", "",
    ]))
    differs = False
    if isinstance(theirs, float) and isinstance(mine, float):
        row["difference"] = f"{mine - theirs:.7f}"
        differs = abs(mine - theirs) > LIMIT
    if differs:
        rng = np.random.default_rng([args.seed, run, 1])
        moved = []
        for dither in range(DITHERS):
            size = (0.5 if dither % 2 else 0.02) / 32768
            noisy = estimate + rng.uniform(-size, size, len(estimate))
            value = peer(rate, reference, noisy, mode)
            moved.append(abs(value - theirs) if isinstance(value, float) else np.inf)
        row["peer_moves"] = f"{max(moved):.7f}"
    if not differs and not args.keep:
        for path in paths:
            os.remove(path)
    return row


def summary(rows):
    many = [r for r in rows if int(r["stretches"]) > MANY]
    rows = [r for r in rows if int(r["stretches"]) <= MANY]
    print(f"{len(many)} runs with more than {MANY} stretches of speech, not counted: the package's arrays hold 50"
          f" utterances, and it crashed on {sum(r['peer'] == 'crash' for r in many)} of these")
    scored = [r for r in rows if r["difference"] != ""]
    differences = np.sort(np.abs([float(r["difference"]) for r in scored]))
    off = [r for r in scored if abs(float(r["difference"])) > LIMIT]
    explained = [r for r in off if float(r["peer_moves"]) >= 0.5 * abs(float(r["difference"]))]
    one_sided = [r for r in rows if r["difference"] == "" and (numeric(r["peer"]) or numeric(r["ours"]))]
    print(f"{len(rows)} runs, {len(scored)} scored by both, {len(one_sided)} by one alone")
    if len(scored):
        print(f"median difference {np.median(differences):.1e}, 99 % within {differences[int(0.99 * len(differences))]:.1e},"
              f" greatest {differences[-1]:.4f}")
    print(f"{len(off)} differ by more than {LIMIT} ({100 * len(off) / max(1, len(scored)):.2f} %); in {len(explained)} of"
          " them the package moves at least half as much under inaudible noise")
    for row in off + one_sided:
        print("  " + " ".join(f"{key}={row[key]}" for key in COLUMNS))


def numeric(text):
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("speech")
    parser.add_argument("work")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", type=int, help="one run by number; keeps its files")
    args = parser.parse_args()
    args.keep = args.only is not None
    os.makedirs(args.work, exist_ok=True)
    pools = {8000: [], 16000: []}
    for name in sorted(os.listdir(args.speech)):
        if not name.startswith("ref") or any(part in name for part in ("allzero", "tone", "silen", "quiet")):
            continue
        rate, samples = read(os.path.join(args.speech, name))
        if rate in pools and len(samples) >= rate:
            pools[rate].append(samples)
            if rate == 16000:  # every second sample of a smoothed copy: more speech at 8 kHz
                pools[8000].append(np.convolve(samples, [0.25, 0.5, 0.25], "same")[::2])
    path = os.path.join(args.work, "runs.csv")
    done = {}
    if os.path.exists(path):
        with open(path, newline="") as file:
            done = {int(row["run"]): row for row in csv.DictReader(file)}
    wanted = [args.only] if args.keep else [n for n in range(args.runs) if n not in done]
    with open(path, "a", newline="") as file, multiprocessing.pool.ThreadPool(args.jobs) as pool:
        writer = csv.DictWriter(file, COLUMNS)
        if not done and file.tell() == 0:
            writer.writeheader()
        for row in pool.imap_unordered(one, [(n, args, pools) for n in wanted]):
            if args.keep:
                print(row)
                continue
            writer.writerow(row)
            file.flush()
            done[row["run"]] = row
    summary([row for number, row in sorted(done.items()) if number in range(args.runs)])


if __name__ == "__main__":
    main()
