"""PyTorch beside kernels-benchmark: the same layers, visual tower and U-Net, the same rows.

    python torch_kernels.py layers|tower|unet [--width 32] [--threads 2] [--batch 140] [--stem 2] [--runs 7] [--cpu]

Every figure is the best of the runs, for contiguous and for channels_last memory. `--cpu` reports processor time.
"""
import argparse
import resource
import time

import torch
from torch import nn
from torch.nn import functional as F


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["layers", "tower", "unet"])
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--stem", type=int, default=2)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--cpu", action="store_true")
    return parser.parse_args()


def best(runs, body, clock):
    body()
    result = float("inf")
    for _ in range(runs):
        start = clock()
        body()
        result = min(result, clock() - start)
    return result


class Block(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False), nn.BatchNorm2d(cout)
        self.conv2, self.bn2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False), nn.BatchNorm2d(cout)
        self.down = None
        if stride != 1 or cin != cout:
            self.down = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.down is None else self.down(x)))


class Tower(nn.Module):
    def __init__(self, width, stem):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, width, 7, stem, 3, bias=False), nn.BatchNorm2d(width)
        blocks, cin = [], width
        for stage in range(4):
            for index in range(2):
                cout = width << stage
                blocks.append(Block(cin, cout, 2 if stage and not index else 1))
                cin = cout
        self.blocks = nn.Sequential(*blocks)

    def forward(self, x):
        return self.blocks(F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)).mean((2, 3))


class UNet(nn.Module):
    channels = (1, 32, 64, 128, 256, 512)
    time_strides = (2, 2, 1, 1, 1)  # along frequency every level halves

    def __init__(self):
        super().__init__()
        c, s = self.channels, self.time_strides
        self.down = nn.ModuleList(nn.Sequential(nn.Conv2d(c[i - 1], c[i], 3, (2, s[i - 1]), 1), nn.BatchNorm2d(c[i]), nn.LeakyReLU(0.2))
                                  for i in range(1, 6))
        self.up = nn.ModuleList(nn.ConvTranspose2d(c[i] * (1 if i == 5 else 2), c[i - 1], 3, (2, s[i - 1]), 1)
                                for i in range(5, 0, -1))
        self.norm = nn.ModuleList(nn.BatchNorm2d(c[i - 1]) if i > 1 else nn.Identity() for i in range(5, 0, -1))

    def forward(self, x):
        skips = [x]
        for layer in self.down:
            x = layer(x)
            skips.append(x)
        for i, (layer, norm) in enumerate(zip(self.up, self.norm)):
            skip = skips[-2 - i]
            x = norm(layer(x, output_size=skip.shape[2:]))
            x = torch.cat([F.relu(x), skip], 1) if i < 4 else torch.sigmoid(x)
        return x


def step(network, x):
    network.zero_grad(set_to_none=True)
    y = network(x)
    y.backward(torch.ones_like(y))


def networks(args, clock):
    tower = args.what == "tower"
    name = "tower" if tower else "U-Net"
    for layout in (torch.contiguous_format, torch.channels_last):
        torch.manual_seed(1)
        network = (Tower(args.width, args.stem) if tower else UNet()).to(memory_format=layout)
        shape = (args.batch or 140, 3, 96, 96) if tower else (args.batch or 8, 1, 257, 251)
        x = torch.randn(shape).to(memory_format=layout)
        label = "channels_last" if layout == torch.channels_last else "contiguous"
        print(f"{name} training step {label} (ms),{1000 * best(args.runs, lambda: step(network, x), clock):.1f}", flush=True)
        network.eval()
        with torch.inference_mode():
            print(f"{name} inference {label} (ms),{1000 * best(args.runs, lambda: network(x), clock):.1f}", flush=True)
    print(f"peak memory (MiB),{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")


def layers(args, clock):
    batch, w = args.batch or 140, args.width
    rows = [(f"tower stem 3→{w}, 7×7/2", batch, 96, 96, 3, w, 7, 2), (f"tower stem 3→{w}, 7×7/1", batch, 96, 96, 3, w, 7, 1),
            (f"tower {w}→{w} at 48²", batch, 48, 48, w, w, 3, 1)]
    size = 24
    for stage in range(4):
        c = w << stage
        rows.append((f"tower {c}→{c} at {size}²", batch, size, size, c, c, 3, 1))
        if stage < 3:
            rows.append((f"tower {c}→{2 * c}/2 at {size}²", batch, size, size, c, 2 * c, 3, 2))
            rows.append((f"tower 1×1 {c}→{2 * c}/2", batch, size, size, c, 2 * c, 1, 2))
        size //= 2
    h, v, channels = 257, 251, UNet.channels
    for i in range(1, 6):
        time_stride = UNet.time_strides[i - 1]
        for cin, cout in [(channels[i - 1], channels[i])] + ([(channels[i - 1], 2 * channels[i])] if i < 5 else []):
            rows.append((f"U-Net {cin}→{cout}/(2, {time_stride})", 8, h, v, cin, cout, 3, (2, time_stride)))
        h, v = (h - 1) // 2 + 1, (v - 1) // time_stride + 1
    print("layer,layout,forward,input gradient,weight gradient")
    for name, b, height, width, cin, cout, kernel, stride in rows:
        stride = stride if isinstance(stride, tuple) else (stride, stride)
        for layout in (torch.contiguous_format, torch.channels_last):
            x = torch.randn(b, cin, height, width).to(memory_format=layout)
            weight = torch.randn(cout, cin, kernel, kernel).to(memory_format=layout)
            convolve = lambda: F.conv2d(x, weight, None, stride, kernel // 2)
            dy = torch.randn_like(convolve())
            gradient = lambda dx, dw: torch.ops.aten.convolution_backward(
                dy, x, weight, None, list(stride), [kernel // 2] * 2, [1, 1], False, [0, 0], 1, [dx, dw, False])
            flops = 2 * dy.numel() * cin * kernel * kernel
            figures = [flops / best(args.runs, body, clock) * 1e-9 for body in
                       (convolve, lambda: gradient(True, False), lambda: gradient(False, True))]
            label = "channels_last" if layout == torch.channels_last else "contiguous"
            print(name, label, *(f"{figure:.0f}" for figure in figures), sep=",", flush=True)


def main():
    args = options()
    torch.set_num_threads(args.threads)
    clock = time.process_time if args.cpu else time.perf_counter
    layers(args, clock) if args.what == "layers" else networks(args, clock)


main()
