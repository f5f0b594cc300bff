"""Full training steps, ours and PyTorch's in both memory formats, alternating in one run.

    python training_steps.py SPECIFICATION_FOLDER BENCHMARK [--variants A,A+R,A+T,A+R+T] [--batches 4,16]
                             [--rounds 7] [--threads 2] [--cpu] [--amp]

A step is forward, loss, backward, clipping of the gradient and AdamW (PyTorch's fused one) on 2.5 s of audio and 70
frames of 96x96 per example. Times are medians in ms; PyTorch's is that of its faster format. GFLOPS counts the same
operations for both, by PyTorch's counter; the share is that of OpenBLAS's sgemm, measured between the steps. Peak
memory is the resident memory of a fresh process that does nothing but steps; ours also that of tensors alone.

With --cpu processor time is compared instead, for machines that do other work: with more than one thread it counts
PyTorch's waiting, so combine it with --threads 1. With --amp ours trains as with training.use_amp, PyTorch under
torch.autocast in bfloat16.
"""
import argparse
import resource
import statistics
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("specification")
parser.add_argument("benchmark")
parser.add_argument("--variants", default="A,A+R,A+T,A+R+T")
parser.add_argument("--batches", default="4,16")
parser.add_argument("--rounds", type=int, default=7)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--cpu", action="store_true")
parser.add_argument("--amp", action="store_true")
parser.add_argument("--memory-of", nargs=3, metavar=("VARIANT", "BATCH", "FORMAT"))
options = parser.parse_args()
MODALITIES = {"A": "audio", "R": "rgb", "T": "thermal"}
CHANNELS = {"rgb": 3, "thermal": 1}


def torch_step(variant, batch, memory_format):
    """A function that runs one step, and its model's operations counted once."""
    import torch
    sys.path.insert(0, options.specification)
    import tavse_reference as reference
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    modalities = tuple(MODALITIES[letter] for letter in variant.split("+"))
    layout = getattr(torch, memory_format)
    model = reference.TAVSE(reference.Spec(modalities=modalities)).to(memory_format=layout).train()
    clean = torch.rand(batch, 40000) * 0.1
    noisy = clean + torch.rand(batch, 40000) * 0.1
    frames = {}
    for m in modalities[1:]:
        images = torch.rand(batch * 70, CHANNELS[m], 96, 96).contiguous(memory_format=layout)
        frames[m] = images.view(batch, 70, CHANNELS[m], 96, 96)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, weight_decay=0.01, fused=True)

    def run():
        with torch.autocast("cpu", torch.bfloat16, enabled=options.amp):
            output = model(noisy, frames)
        loss = reference.loss(model, output, clean)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5)
        optimizer.step()
        optimizer.zero_grad()
    return run


def operations(run):
    from torch.utils.flop_counter import FlopCounterMode
    with FlopCounterMode(display=False) as counter:
        run()
    return counter.get_total_flops()


def torch_memory(variant, batch, memory_format):
    command = [sys.executable, __file__, options.specification, options.benchmark, "--threads", str(options.threads),
               "--memory-of", variant, str(batch), memory_format]
    command += ["--amp"] if options.amp else []
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


class Ours:
    """The benchmark as a server of single steps."""

    def __init__(self, case):
        self.process = subprocess.Popen([options.benchmark, "--serve", case], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=environment())
        assert self.process.stdout.readline().strip() == "ready", case

    def ask(self, what):
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        wall, processor = map(float, self.process.stdout.readline().split())
        return processor if options.cpu else wall

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def environment():
    import os
    return dict(os.environ, TAVSE_THREADS=str(options.threads), OPENBLAS_NUM_THREADS=str(options.threads))


def our_memory(case):
    output = subprocess.run([options.benchmark, case, "--repeats", "1"], check=True, capture_output=True, text=True,
                            env=environment()).stdout
    return [float(x) for x in output.splitlines()[-1].split()[-2:]]


def compare(variant, batch):
    case = "-".join(MODALITIES[letter] for letter in variant.split("+")) + f"-step-b{batch}" + ("-amp" if options.amp else "")
    ours, flops = Ours(case), None
    clock = time.process_time if options.cpu else time.perf_counter
    steps = {name: torch_step(variant, batch, name) for name in ("contiguous_format", "channels_last")}
    for run in steps.values():
        flops = flops or operations(run)
        run()
    times = {name: [] for name in ("ours", *steps)}
    sgemm = []
    for _ in range(options.rounds):
        times["ours"].append(ours.ask("step"))
        for name, run in steps.items():
            start = clock()
            run()
            times[name].append(1e3 * (clock() - start))
        sgemm.append(2 * 2048**3 / ours.ask("sgemm") / 1e6)
    ours.close()
    best = min(steps, key=lambda name: statistics.median(times[name]))
    ratios = sorted(p / o for p, o in zip(times[best], times["ours"]))
    mine, theirs = statistics.median(times["ours"]), statistics.median(times[best])
    peak = statistics.median(sgemm)
    tensors, resident = our_memory(case)
    torch_resident = min(torch_memory(variant, batch, name) for name in steps)
    print(f"| {variant} | {batch} | {mine:.0f} | {theirs:.0f} ({best.split('_')[0]}) | {statistics.median(ratios):.2f} "
          f"({ratios[0]:.2f}-{ratios[-1]:.2f}) | {1e3 * batch / mine:.1f} / {1e3 * batch / theirs:.1f} "
          f"| {flops / mine / 1e6:.0f} / {flops / theirs / 1e6:.0f} | {100 * flops / mine / 1e6 / peak:.0f} % of {peak:.0f} "
          f"| {tensors:.0f} | {resident:.0f} / {torch_resident:.0f} |", flush=True)


if options.memory_of:
    run = torch_step(options.memory_of[0], int(options.memory_of[1]), options.memory_of[2])
    for _ in range(3):
        run()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
else:
    print("| variant | batch | TAVSE ms | PyTorch ms | ratio | examples/s | GFLOPS | of sgemm's GFLOPS | tensors MiB "
          "| resident MiB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for batch in options.batches.split(","):
        for variant in options.variants.split(","):
            compare(variant, int(batch))
