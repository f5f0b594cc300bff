"""What the campaign interrupts: commands on small inputs, and what they leave behind, in a form that can be compared."""
import hashlib
import os
import shutil
import sqlite3
import struct
import subprocess
import wave
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def tree(folder):
    """Relative path → content hash of every regular file."""
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            found[os.path.relpath(path, folder)] = digest(path) if os.path.isfile(path) else "link"
    return found


def scores(database):
    """Every score of a store by what it is about; times, hosts and row numbers are left out."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as store:
        columns = [row[1] for row in store.execute("pragma table_info(v_scores)")]
        kept = [c for c in columns if not any(word in c for word in ("run", "milli", "_at", "started", "finished", "host"))]
        return sorted(map(repr, store.execute(f"select distinct {', '.join(kept)} from v_scores")))


def check_store(database):
    """Complaints of SQLite about a store; a journal left by a killed process is rolled back first, as any reader does."""
    store = sqlite3.connect(database)
    try:
        bad = [row[0] for row in store.execute("pragma integrity_check") if row[0] != "ok"]
        bad += [f"foreign key: {row}" for row in store.execute("pragma foreign_key_check")]
        return bad
    finally:
        store.close()


class Scenario:
    name = ""
    stores = []  # results stores, relative to the work folder
    state = ()  # names that hold times or hosts: compared by existence alone

    def __init__(self, tools, shared):
        self.tools, self.shared = tools, shared

    def tool(self, name):
        return os.path.join(self.tools, name)

    def prepare(self):
        """Makes what all runs of the scenario read, once, under self.shared."""

    def begin(self, work):
        """Puts what a run changes into its own folder."""

    def command(self, work, again):
        raise NotImplementedError

    def outcome(self, work):
        return {name: scores(os.path.join(work, name)) for name in self.stores}

    def run(self, *arguments, **options):
        done = subprocess.run(arguments, capture_output=True, text=True, **options)
        if done.returncode:
            raise SystemExit(f"{self.name}: {' '.join(arguments)}: exit {done.returncode}: {done.stderr}")


class Wavs(Scenario):
    name, stores = "wavs", ["results.sqlite"]

    def command(self, work, again):
        return [self.tool("tavse-eval"), "wavs", "--items", f"{ROOT}/fixtures/demo/wiener.csv", "--system", "wiener", "--metrics",
                "stoi,si_snr,sdr", "--db", f"{work}/results.sqlite", "--output-dir", f"{work}/eval", "--jobs", "2", "--quiet"]


class Import(Scenario):
    name, stores = "import", ["results.sqlite"]

    def prepare(self):
        with open(f"{self.shared}/table.csv", "w") as file:
            file.write("utterance,speaker,system,snr_db,noise_type,si_snr,stoi\n")
            for item in range(6000):
                for system in "AB":
                    file.write(f"u{item},s{item % 20},{system},{item % 4 * 5},white,{item % 37 * 0.25},{item % 91 / 100}\n")

    def command(self, work, again):
        return [self.tool("tavse-report"), "import", f"{self.shared}/table.csv", "--db", f"{work}/results.sqlite"]


class Merge(Scenario):
    name, stores = "merge", ["all.sqlite"]

    def prepare(self):
        for shard in (1, 2):
            self.run(self.tool("tavse-eval"), "wavs", "--items", f"{ROOT}/fixtures/demo/wiener.csv", "--system", "wiener", "--shard",
                     f"{shard}/2", "--metrics", "stoi,si_snr", "--db", f"{self.shared}/{shard}.sqlite", "--output-dir",
                     f"{self.shared}/eval{shard}", "--quiet")

    def command(self, work, again):
        return [self.tool("tavse-report"), "merge", f"{self.shared}/1.sqlite", f"{self.shared}/2.sqlite", "--db", f"{work}/all.sqlite"]


class Synth(Scenario):
    name = "synth"

    def command(self, work, again):
        return [self.tool("tavse-data"), "synth", "--out", f"{work}/data", "--speakers", "5", "--utterances", "2", "--noise-seconds", "5",
                "--quiet"]

    def outcome(self, work):
        return {name: value for name, value in tree(f"{work}/data").items() if not name.endswith("lock.mdb")}


def png(width, height, seed):
    """A picture of noise-like texture."""
    rows = bytearray()
    state = seed
    for _ in range(height):
        rows.append(0)
        for _ in range(width * 3):
            state = (state * 1103515245 + 12345) & 0x7FFFFFFF
            rows.append(state >> 23)

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows), 1)) + chunk(b"IEND", b"")


class Ingest(Scenario):
    name, subjects = "ingest", [1, 2, 3, 101, 121]

    def prepare(self):
        picture = png(464, 348, 1)
        boxes = ["sub,trial,pos,cmd,frame,x,y,w,h,score"]
        for subject in self.subjects:
            base = f"{self.shared}/corpus/sub_{subject}_ia/trial_1"
            for name in ("thr_image_cmd", "rgb_image_cmd_aligned", "mic1_audio_cmd_trim"):
                os.makedirs(f"{base}/{name}")
            for command in (1, 2):
                stem = f"{subject}_1_2_1_{command}"
                with wave.open(f"{base}/mic1_audio_cmd_trim/{stem}_1.wav", "wb") as file:
                    file.setnchannels(1), file.setsampwidth(2), file.setframerate(44100)
                    file.writeframes(b"".join(struct.pack("<h", (n * 7919 * subject) % 9001 - 4500) for n in range(22050)))
                for frame in range(1, 15):
                    for path in (f"thr_image_cmd/{stem}_{frame}_1.png", f"rgb_image_cmd_aligned/{stem}_{frame}_3.png"):
                        with open(f"{base}/{path}", "wb") as file:
                            file.write(picture)
                    boxes.append(f"{subject},1,1,{command},{frame},150,180,90,60,1")
        with open(f"{self.shared}/boxes.csv", "w") as file:
            file.write("\n".join(boxes) + "\n")

    def command(self, work, again):
        resume = ["--resume"] if again and os.path.exists(f"{work}/data/processed") else []
        return [self.tool("tavse-data"), "ingest", "--source", f"{self.shared}/corpus", "--out", f"{work}/data", "--boxes",
                f"{self.shared}/boxes.csv", "--subjects", "1-3,101,121", "--workers", "1", "--quiet", *resume]

    def outcome(self, work):
        # The pages of an LMDB file depend on where its writer stopped: what it holds is compared by `verify`.
        found = tree(f"{work}/data")
        verified = subprocess.run([self.tool("tavse-data"), "verify", f"{work}/data"], capture_output=True, text=True)
        kept = {n: v for n, v in found.items() if n.endswith((".wav", "manifest.csv"))}
        return {**kept, "verify": verified.stdout.replace(work, "")}


class Train(Scenario):
    name = "train"
    settings = ["training.max_epochs=2", "training.val_interval=1", "training.batch_size=4", "audio.segment_seconds=0.5",
                "model.channels=[1,8,8,8,8,16]", "data.val_snr_levels=[0]"]

    def prepare(self):
        self.run(self.tool("tavse-data"), "synth", "--out", f"{self.shared}/data", "--speakers", "5", "--utterances", "2",
                 "--noise-seconds", "5", "--quiet")

    def begin(self, work):
        shutil.copytree(f"{self.shared}/data", f"{work}/data")

    def command(self, work, again):
        folder = f"{work}/data/checkpoints/demo_audio_only"
        resume = ["--resume"] if again and os.path.exists(f"{folder}/state.safetensors") else []
        options = [part for setting in [*self.settings, f"data.root={work}/data"] for part in ("--set", setting)]
        return ["env", f"TAVSE_DATA_ROOT={work}/data", "OPENBLAS_NUM_THREADS=1", self.tool("tavse-train"), "--config",
                f"{ROOT}/configs/demo/audio_only.yaml", *options, "--quiet", *resume]

    def weights(self, path):
        """The tensors of a safetensors file; its metadata holds paths and times."""
        with open(path, "rb") as file:
            length = struct.unpack("<Q", file.read(8))[0]
            file.seek(8 + length)
            return hashlib.sha256(file.read()).hexdigest()

    def outcome(self, work):
        base = f"{work}/data/checkpoints"
        return {n: self.weights(os.path.join(base, n)) for n in tree(base)
                if n.endswith(".safetensors") and "state" not in os.path.basename(n)}


class Checkpoint(Train):
    name, stores = "checkpoint", ["results.sqlite"]

    def prepare(self):
        super().prepare()
        self.run(*Train.command(self, self.shared, again=False))

    def command(self, work, again):
        options = [part for setting in [*self.settings, f"data.root={work}/data"] for part in ("--set", setting)]
        return ["env", f"TAVSE_DATA_ROOT={work}/data", "OPENBLAS_NUM_THREADS=1", self.tool("tavse-eval"), "--config",
                f"{ROOT}/configs/demo/audio_only.yaml", "--checkpoint", f"{work}/data/checkpoints/demo_audio_only/best.safetensors",
                *options, "--db", f"{work}/results.sqlite", "--output-dir", f"{work}/eval", "--quiet"]

    def outcome(self, work):
        return Scenario.outcome(self, work)


ALL = [Wavs, Import, Merge, Synth, Ingest, Train, Checkpoint]
