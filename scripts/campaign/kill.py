#!/usr/bin/env python3
"""Kills commands at random moments and checks that nothing is lost.

    kill.py TOOLS_FOLDER [--kills N] [--seed S] [--only wavs,import,…] [--work FOLDER]

For every command: one run to its end gives the expected outcome and its duration. Then N times: start in a fresh folder,
SIGKILL after a random part of that duration (every fourth time a second kill follows on the rerun), check every results
store (integrity_check, foreign_key_check), run again to the end, and compare: the same rows (stores) or bytes (weights,
data), and no file that the uninterrupted run does not leave. Needs only Python's own library.
"""
import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import scenarios


def start(scenario, work, again):
    # In a session of its own: the signal reaches everything the command started.
    return subprocess.Popen(
        scenario.command(work, again), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def finish(scenario, work, again):
    process = start(scenario, work, again)
    output, _ = process.communicate(timeout=600)
    return process.returncode, output


def stores_are_sound(scenario, work):
    problems = []
    for name in scenario.stores:
        path = os.path.join(work, name)
        if os.path.exists(path) and os.path.getsize(path):
            problems += [f"{name}: {problem}" for problem in scenarios.check_store(path)]
    return problems


def one(scenario, work, duration, expected, files, rng, twice):
    os.makedirs(work)
    scenario.begin(work)
    killed = 0
    for attempt in range(2 if twice else 1):
        process = start(scenario, work, again=attempt > 0)
        time.sleep(rng.uniform(0, duration))
        if process.poll() is None:
            killed += 1
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        problems = stores_are_sound(scenario, work)
        if problems:
            return killed, problems
    code, output = finish(scenario, work, again=True)
    if code:
        return killed, [f"rerun: exit {code}: {output[-500:]}"]
    problems = stores_are_sound(scenario, work)
    found = scenario.outcome(work)
    if found != expected:
        names = [n for n in sorted(set(found) | set(expected)) if found.get(n) != expected.get(n)]
        problems.append(f"differs from an uninterrupted run: {', '.join(names)[:300]}")
    # Every process of a training writes a TensorBoard log of its own, as TensorBoard's format asks.
    left = sorted(n for n in set(scenarios.tree(work)) - files if "events.out.tfevents" not in n)
    if left:
        problems.append(f"left behind: {', '.join(left)[:300]}")
    return killed, problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools")
    parser.add_argument("--kills", type=int, default=150, help="kills of each command")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--work", default="")
    arguments = parser.parse_args()
    base = arguments.work or tempfile.mkdtemp(prefix="tavse-kill-")
    failed = 0
    print("| command | duration, s | runs | killed | wrong |\n|---|---|---|---|---|", flush=True)
    for kind in scenarios.ALL:
        if arguments.only and kind.name not in arguments.only.split(","):
            continue
        rng = random.Random(f"{arguments.seed} {kind.name}")
        shared = os.path.join(base, kind.name)
        shutil.rmtree(shared, ignore_errors=True)
        os.makedirs(shared)
        scenario = kind(os.path.abspath(arguments.tools), shared)
        scenario.prepare()
        # One folder name for all runs, so that nothing depends on where they stand.
        work = os.path.join(shared, "work")
        os.makedirs(work)
        scenario.begin(work)
        begin = time.monotonic()
        code, output = finish(scenario, work, again=False)
        duration = time.monotonic() - begin
        if code:
            raise SystemExit(f"{kind.name}: exit {code}: {output}")
        expected, files = scenario.outcome(work), set(scenarios.tree(work))
        kills = wrong = 0
        for run in range(arguments.kills):
            shutil.rmtree(work)
            killed, problems = one(scenario, work, duration, expected, files, rng, twice=run % 4 == 3)
            kills += killed
            if problems:
                wrong += 1
                print(f"{kind.name} run {run}: " + "; ".join(problems), file=sys.stderr, flush=True)
        failed += wrong
        print(f"| {kind.name} | {duration:.2f} | {arguments.kills} | {kills} | {wrong} |", flush=True)
        shutil.rmtree(shared)
    if not arguments.work:
        shutil.rmtree(base, ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
