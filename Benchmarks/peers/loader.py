"""The loader benchmark's work in PyTorch: DataLoader over LMDB, OpenCV decoding, the same crops and mixes.

usage: loader.py DATA_ROOT [WORKERS]      needs: torch numpy lmdb opencv-python-headless soundfile
"""
import csv, multiprocessing, os, random, statistics, sys, time

import cv2, lmdb, numpy as np, soundfile, torch

ROOT, WORKERS = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2
FPS, FRAMES, SAMPLES = 28, 70, 40000


class Crops(torch.utils.data.Dataset):
    def __init__(self, modalities):
        self.modalities, self.stores = modalities, None
        folder = os.path.join(ROOT, "processed")
        self.rows = list(csv.DictReader(open(os.path.join(folder, "metadata/train_manifest.csv"))))
        noise = os.path.join(folder, "noise/train")
        self.noise = [soundfile.read(os.path.join(noise, n), dtype="float32")[0] for n in sorted(os.listdir(noise))]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        cv2.setNumThreads(0)
        if self.stores is None:  # opened in the worker, as LMDB must not cross a fork
            self.stores = {
                m: lmdb.open(os.path.join(ROOT, f"processed/{m}_mouth.lmdb"), readonly=True, lock=False, readahead=False).begin()
                for m in self.modalities
            }
        row = self.rows[index]
        speech = soundfile.read(os.path.join(ROOT, "processed", row["audio"]), dtype="float32")[0]
        noise = random.choice(self.noise)
        noise = np.take(noise, range(offset := random.randrange(len(noise)), offset + len(speech)), mode="wrap")
        gain = np.sqrt((speech**2).mean() / ((noise**2).mean() * 10 ** (random.choice([-5, 0, 5]) / 10)))
        frames = int(row["frames"])
        first = random.randrange(max(frames - FRAMES, 0) + 1)
        start = round(first * 16000 / FPS)
        out = {}
        for name, signal in (("clean", speech), ("noisy", speech + gain * noise)):
            part = signal[start : start + SAMPLES]
            out[name] = torch.from_numpy(np.pad(part, (0, SAMPLES - len(part))))
        mirrored, gain = random.random() < 0.5, 1 + 0.2 * (2 * random.random() - 1)
        dx, dy = random.randint(-4, 4), random.randint(-4, 4)
        for m in self.modalities:
            channels = 3 if m == "rgb" else 1
            video = np.zeros((FRAMES, channels, 96, 96), np.float32)
            for n in range(min(FRAMES, frames - first)):
                value = self.stores[m].get(f"{row['utterance']}/{first + n:06d}".encode())
                image = cv2.imdecode(np.frombuffer(value, np.uint8), cv2.IMREAD_COLOR if m == "rgb" else cv2.IMREAD_UNCHANGED)
                if m == "rgb":
                    image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
                image = cv2.warpAffine(image, np.float32([[1, 0, -dx], [0, 1, -dy]]), (96, 96), flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
                if mirrored:
                    image = image[:, ::-1]
                image = image.reshape(96, 96, channels).transpose(2, 0, 1)
                video[n] = np.minimum(image * np.float32((gain if m == "rgb" else 1) / 255), 1)
            out[m] = torch.from_numpy(video)
        return out


def processor_seconds():
    """Processor time of this process and its living workers so far, user and system."""
    total = time.process_time()
    for child in multiprocessing.active_children():
        with open(f"/proc/{child.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


for modalities in (["rgb"], ["thermal"], ["rgb", "thermal"]):
    data = Crops(modalities)
    lengths = [min(FRAMES, int(r["frames"])) for r in data.rows]
    loader = torch.utils.data.DataLoader(
        data, batch_size=8, shuffle=True, num_workers=WORKERS, persistent_workers=True, prefetch_factor=2
    )
    rates, costs = [], []
    for epoch in range(6):
        start, start_time = time.perf_counter(), processor_seconds()
        for batch in loader:
            pass
        if epoch:  # the first epoch starts the workers
            frames = sum(lengths) * len(modalities)
            rates.append(frames / (time.perf_counter() - start))
            costs.append((processor_seconds() - start_time) / frames)
    print(f"torch  {'+'.join(modalities):12s} {WORKERS} workers  {statistics.median(rates):.0f} frames/s (median of 5; {min(rates):.0f} … {max(rates):.0f}), processor time per frame {1e6 * statistics.median(costs):.1f} µs")
