"""The cases of training-benchmark in PyTorch, channels last where that is faster: one line per case.

    python training.py <folder of the network's PyTorch specification> <threads> [case ...] [--repeats N]
"""
import resource
import sys
import time

import torch
from torch import nn

sys.path.insert(0, sys.argv[1])
import tavse_reference as reference  # noqa: E402

torch.set_num_threads(int(sys.argv[2]))
arguments = sys.argv[3:]
repeats = 7
if "--repeats" in arguments:
    at = arguments.index("--repeats")
    repeats = int(arguments[at + 1])
    del arguments[at:at + 2]


def tower(width, frames, trains):
    spec = reference.Spec(modalities=("audio", "rgb"), visual_width=width)
    model = reference.VisualEncoder(spec, 3).to(memory_format=torch.channels_last)
    images = torch.rand(2 * frames // 2, 3, 96, 96).contiguous(memory_format=torch.channels_last).view(2, frames // 2, 3, 96, 96)
    model.train(trains)

    def run():
        if not trains:
            with torch.inference_mode():
                model(images)
            return
        model(images).square().mean().backward()
        model.zero_grad()
    return run


def network(modalities, batch, trains):
    model = reference.TAVSE(reference.Spec(modalities=modalities)).to(memory_format=torch.channels_last).train(trains)
    clean = torch.rand(batch, 40000) * 0.1
    noisy = clean + torch.rand(batch, 40000) * 0.1
    frames = {m: torch.rand(batch, 70, 3, 96, 96) for m in modalities[1:]}
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, weight_decay=0.01)

    def run():
        if not trains:
            with torch.inference_mode():
                model(noisy, frames)
            return
        loss = reference.loss(model, model(noisy, frames), clean)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5)
        optimizer.step()
        optimizer.zero_grad()
    return run


CASES = {
    "tower32-step": lambda: tower(32, 140, True), "tower32-infer": lambda: tower(32, 140, False),
    "tower64-step": lambda: tower(64, 140, True), "audio-step": lambda: network(("audio",), 8, True),
    "audio-infer": lambda: network(("audio",), 8, False), "audio-rgb-step": lambda: network(("audio", "rgb"), 2, True),
    "audio-rgb-infer": lambda: network(("audio", "rgb"), 2, False),
}
for name in arguments or sorted(CASES):
    run = CASES[name]()
    run()
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - start))
    times.sort()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:20s}{times[0]:10.2f}{times[len(times) // 2]:10.2f}{peak:10.2f}", flush=True)
