#!/usr/bin/env python3
"""Lets writes, fsyncs, renames, ftruncates and mmaps of commands fail in turn and checks what the commands do.

    faults.py TOOLS_FOLDER [--most N] [--only wavs,import,…] [--errors ENOSPC,EIO,EDQUOT,EROFS]

faults.c is compiled and loaded into the command. A first run counts the calls on files of the work folder; then call after call
fails (all of them, or --most evenly spaced ones). The command must say so: an exit code other than 0 (1, 3, 65, 66, 73 or
75, no signal), a message that names a path below the work folder, no temporary file in its final place, and a rerun
without the fault ends as an undisturbed run does. Needs gcc and Python's own library.
"""
import argparse
import collections
import errno
import os
import shutil
import subprocess
import sys
import tempfile

import kill
import scenarios

CALLS = ["write", "fsync", "rename", "ftruncate", "mmap"]
EXPECTED = {1, 3, 65, 66, 73, 75}


def run(scenario, work, library, **fault):
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")
    if fault:
        environment.update({f"FAULT_{key.upper()}": str(value) for key, value in fault.items()}, FAULT_FOLDER=work)
        environment["LD_PRELOAD"] = library
    return subprocess.run(scenario.command(work, again=os.path.exists(os.path.join(work, ".again"))), capture_output=True,
                          text=True, env=environment, timeout=300)


def one(scenario, work, library, call, at, code, expected):
    os.makedirs(work)
    scenario.begin(work)
    done = run(scenario, work, library, call=call, at=at, errno=getattr(errno, code), sticky=1)
    problems = []
    if done.returncode == 0:
        if scenario.outcome(work) == expected:
            return "unharmed", []
        problems.append("exit 0 with another outcome")
    elif done.returncode not in EXPECTED:
        problems.append(f"exit {done.returncode}: {done.stderr[-300:]}")
    elif work not in done.stderr:
        problems.append(f"exit {done.returncode}, and no path in the message: {done.stderr[-300:]}")
    problems += kill.stores_are_sound(scenario, work)
    with open(os.path.join(work, ".again"), "w"):
        pass
    again = run(scenario, work, library)
    os.remove(os.path.join(work, ".again"))
    if again.returncode:
        problems.append(f"rerun: exit {again.returncode}: {again.stderr[-300:]}")
    elif scenario.outcome(work) != expected:
        problems.append("the rerun differs from an undisturbed run")
    return f"exit {done.returncode}", problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools")
    parser.add_argument("--most", type=int, default=0, help="faults tried of each call and error; 0 tries all")
    parser.add_argument("--only", default="")
    parser.add_argument("--errors", default="ENOSPC,EIO,EDQUOT,EROFS")
    arguments = parser.parse_args()
    base = tempfile.mkdtemp(prefix="tavse-faults-")
    library = os.path.join(base, "faults.so")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "faults.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    print("| command | call | calls | faults | ends | wrong |\n|---|---|---|---|---|---|", flush=True)
    failed = 0
    for kind in scenarios.ALL:
        if arguments.only and kind.name not in arguments.only.split(","):
            continue
        shared = os.path.join(base, kind.name)
        os.makedirs(shared)
        scenario = kind(os.path.abspath(arguments.tools), shared)
        scenario.prepare()
        work = os.path.join(shared, "work")
        expected = None
        for call in CALLS:
            shutil.rmtree(work, ignore_errors=True)
            os.makedirs(work)
            scenario.begin(work)
            counter = os.path.join(shared, f"{call}.count")
            done = run(scenario, work, library, call=call, at=0, count=counter)
            if done.returncode:
                raise SystemExit(f"{kind.name}: exit {done.returncode}: {done.stderr}")
            with open(counter) as file:
                total = max(int(line) for line in file)
            expected = expected or scenario.outcome(work)
            count = min(total, arguments.most or total)
            ends, wrong, faults = collections.Counter(), 0, 0
            for code in arguments.errors.split(","):
                for number in sorted({1 + index * total // count for index in range(count)}) if count else []:
                    shutil.rmtree(work, ignore_errors=True)
                    end, problems = one(scenario, work, library, call, number, code, expected)
                    ends[end] += 1
                    faults += 1
                    if problems:
                        wrong += 1
                        print(f"{kind.name} {call} {number} {code}: " + "; ".join(problems), file=sys.stderr, flush=True)
            failed += wrong
            text = ", ".join(f"{end}: {number}" for end, number in sorted(ends.items()))
            print(f"| {kind.name} | {call} | {total} | {faults} | {text} | {wrong} |", flush=True)
        shutil.rmtree(shared)
    shutil.rmtree(base, ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
