#!/usr/bin/env python3
"""Conditions a machine can be in: several processes on one store, a jumping clock, a full TMPDIR, a read-only mount, 10,000
files in a folder, a recording of four hours.

    conditions.py TOOLS_FOLDER [--files N] [--hours H]

The mounts need root (unshare); without it those two are left out and said so. Needs gcc and Python's own library.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import wave

import scenarios

results = []


def note(name, wrong, detail):
    results.append(bool(wrong))
    print(f"| {name} | {'; '.join(wrong) if wrong else 'as it should'} | {detail} |", flush=True)


def measured(arguments, **options):
    """Runs a command; returns exit code, standard error, seconds and the greatest memory of it, MB."""
    begin = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, errors, time.monotonic() - begin, usage.ru_maxrss / 1024


def wavs(tools, work, system="wiener"):
    return [os.path.join(tools, "tavse-eval"), "wavs", "--items", f"{scenarios.ROOT}/fixtures/demo/wiener.csv", "--system", system,
            "--metrics", "stoi,si_snr,sdr", "--db", f"{work}/results.sqlite", "--output-dir", f"{work}/eval/{system}", "--quiet"]


def by_system(database):
    rows = {}
    for row in scenarios.scores(database):
        for name in [f"s{n}" for n in range(8)] + ["wiener"]:
            if f"'{name}'" in row:
                rows.setdefault(name, []).append(row.replace(f"'{name}'", "'system'"))
    return {name: sorted(found) for name, found in rows.items()}


def processes(tools, base, count, expected):
    work = os.path.join(base, f"processes{count}")
    os.makedirs(work)
    running = [subprocess.Popen(wavs(tools, work, f"s{n}") + ["--jobs", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
               for n in range(count)]
    wrong = []
    for process in running:
        errors = process.communicate(timeout=600)[1]
        if process.returncode:
            wrong.append(f"exit {process.returncode}: {errors[-200:]}")
    wrong += scenarios.check_store(f"{work}/results.sqlite")
    found = by_system(f"{work}/results.sqlite")
    if any(found.get(f"s{n}") != expected for n in range(count)):
        wrong.append("scores differ from those of one process alone")
    note(f"{count} processes on one store", wrong, f"{sum(map(len, found.values()))} scores")


def clock(tools, base, expected):
    library = os.path.join(base, "clock.so")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    work = os.path.join(base, "clock")
    os.makedirs(work)
    code, errors, _, _ = measured(wavs(tools, work), env=dict(os.environ, LD_PRELOAD=library))
    wrong = [f"exit {code}: {errors[-200:]}"] if code else []
    if not code and by_system(f"{work}/results.sqlite")["wiener"] != expected:
        wrong.append("other scores")
    report = subprocess.run([os.path.join(tools, "tavse-report"), "list", "--db", f"{work}/results.sqlite"], capture_output=True, text=True,
                            env=dict(os.environ, LD_PRELOAD=library))
    if report.returncode:
        wrong.append(f"list: exit {report.returncode}")
    note("a wall clock that jumps by up to ten days at every call", wrong, "same scores, listed")


def mounts(tools, base, expected):
    if os.geteuid() != 0:
        print("| full TMPDIR, read-only mount | left out | need root |")
        return
    work = os.path.join(base, "full")
    os.makedirs(f"{work}/tmp")
    script = 'mount -t tmpfs -o size=64k none "$0/tmp" && (head -c 1000000 /dev/zero > "$0/tmp/fill" 2>/dev/null; TMPDIR="$0/tmp" "$@")'
    code, errors, _, _ = measured(["unshare", "-m", "bash", "-c", script, work, *wavs(tools, work)])
    wrong = [f"exit {code}: {errors[-300:]}"] if code not in (0, 73) or (code and work not in errors) else []
    if code == 0 and by_system(f"{work}/results.sqlite")["wiener"] != expected:
        wrong.append("other scores")
    note("no space in TMPDIR", wrong, f"exit {code}")

    work = os.path.join(base, "readonly")
    os.makedirs(work)
    subprocess.run(wavs(tools, work), check=True, stdout=subprocess.DEVNULL)
    script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && "$@"'
    listed = subprocess.run(["unshare", "-m", "bash", "-c", script, work, os.path.join(tools, "tavse-report"), "list", "--db",
                             f"{work}/results.sqlite"], capture_output=True, text=True)
    wrong = [] if listed.returncode == 0 and "wiener" in listed.stdout else [f"list: exit {listed.returncode}: {listed.stderr[-200:]}"]
    code, errors, _, _ = measured(["unshare", "-m", "bash", "-c", script, work, *wavs(tools, work, "s1")])
    if code != 73 or work not in errors:
        wrong.append(f"writing: exit {code}: {errors[-200:]}")
    note("a store on a read-only mount", wrong, f"list: exit {listed.returncode}; wavs: exit {code}")


def many_files(tools, base, count):
    work = os.path.join(base, "many")
    for name in ("clean", "enhanced"):
        os.makedirs(f"{work}/{name}")
        with wave.open(f"{work}/{name}.wav", "wb") as file:
            file.setnchannels(1), file.setsampwidth(2), file.setframerate(16000)
            step = 7919 if name == "clean" else 7907
            file.writeframes(b"".join(((n * step) % 9001 - 4500).to_bytes(2, "little", signed=True) for n in range(8000)))
        for item in range(count):
            os.link(f"{work}/{name}.wav", f"{work}/{name}/u{item:05d}.wav")
    command = [os.path.join(tools, "tavse-eval"), "wavs", "--clean", f"{work}/clean", "--enhanced", f"{work}/enhanced", "--system", "many",
               "--metrics", "si_snr", "--db", f"{work}/results.sqlite", "--output-dir", f"{work}/eval", "--quiet"]
    code, errors, seconds, memory = measured(command)
    wrong = [f"exit {code}: {errors[-200:]}"] if code else []
    if not code and len(scenarios.scores(f"{work}/results.sqlite")) != count:
        wrong.append(f"{len(scenarios.scores(f'{work}/results.sqlite'))} scores")
    note(f"{count} files in one folder", wrong, f"{seconds:.1f} s, {memory:.0f} MB")
    shutil.rmtree(work)


def long_recording(tools, base, hours):
    work = os.path.join(base, "long")
    os.makedirs(work)
    minute = b"".join(((n * n // 7) % 9001 - 4500).to_bytes(2, "little", signed=True) for n in range(960000))
    for name in ("clean", "enhanced"):
        with wave.open(f"{work}/{name}.wav", "wb") as file:
            file.setnchannels(1), file.setsampwidth(2), file.setframerate(16000)
            shift = minute if name == "clean" else minute[1000:] + minute[:1000]
            for _ in range(int(hours * 60)):
                file.writeframesraw(shift)
    for metrics in ("si_snr", "stoi", "sdr"):
        code, errors, seconds, memory = measured([os.path.join(tools, "tavse-eval"), "pair", f"{work}/clean.wav", f"{work}/enhanced.wav",
                                                  "--metrics", metrics])
        note(f"a recording of {hours:g} h, {metrics}", [f"exit {code}: {errors[-200:]}"] if code else [], f"{seconds:.1f} s, {memory:.0f} MB")
    shutil.rmtree(work)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools")
    parser.add_argument("--files", type=int, default=10000)
    parser.add_argument("--hours", type=float, default=4)
    arguments = parser.parse_args()
    base = tempfile.mkdtemp(prefix="tavse-conditions-")
    print("| condition | found | detail |\n|---|---|---|", flush=True)
    alone = os.path.join(base, "alone")
    os.makedirs(alone)
    subprocess.run(wavs(arguments.tools, alone), check=True, stdout=subprocess.DEVNULL)
    expected = by_system(f"{alone}/results.sqlite")["wiener"]
    for count in (2, 8):
        processes(arguments.tools, base, count, expected)
    clock(arguments.tools, base, expected)
    mounts(arguments.tools, base, expected)
    many_files(arguments.tools, base, arguments.files)
    long_recording(arguments.tools, base, arguments.hours)
    shutil.rmtree(base, ignore_errors=True)
    sys.exit(1 if any(results) else 0)


if __name__ == "__main__":
    main()
