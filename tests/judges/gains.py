"""The gains of `cupola gains --panner bs2127` against those of the EBU ADM Renderer, object by object.

    gains.py CUPOLA WORK_FOLDER                  200 fresh objects a layout, ten layouts
    gains.py CUPOLA --full N SEED [SEED ...]     N objects a seed and layout; 5000 take minutes
    gains.py --store FILE                        the subset kept with the tests of `cupola-jobs`

The oracle script is not part of this repository; CUPOLA_EAR_ORACLE names it. Every feature of an
object is drawn by the oracle itself; those it never draws (screen, crossed paths, loudspeaker
channels, ambisonic sets) are drawn here.
"""
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

ORACLE = os.environ.get("CUPOLA_EAR_ORACLE") or Path(__file__).resolve().parents[3] / "shared/oracles/ear_gains.py"
# In f64; the f32 gains of a mix are these, rounded.
TOLERANCE = 1e-9


def load_oracle():
    spec = importlib.util.spec_from_file_location("ear_gains", ORACLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def unusual_objects(n, seed):
    """What the oracle's own list never has."""
    r = random.Random(seed)
    objects = []
    for _ in range(n):
        if r.random() < 0.5:
            position = {"azimuth": r.uniform(-180, 180), "elevation": r.uniform(-90, 90), "distance": r.uniform(0, 1)}
        else:
            position = {k: r.uniform(-1, 1) for k in "xyz"}
        o = {"position": position, "cartesian": r.random() < 0.5}
        if r.random() < 0.5:
            o["screenRef"] = True
        if r.random() < 0.5:
            o["screenEdgeLock"] = {"horizontal": r.choice([None, "left", "right"]),
                                   "vertical": r.choice([None, "top", "bottom"])}
        if r.random() < 0.3:
            top = 1 if o["cartesian"] else 360
            o.update(width=r.uniform(0, top), height=r.uniform(0, top), depth=r.uniform(0, 1))
        if r.random() < 0.3:
            x, y, z = (sorted(r.uniform(-1.1, 1.1) for _ in range(2)) for _ in range(3))
            o["zoneExclusion"] = [dict(minX=x[0], maxX=x[1], minY=y[0], maxY=y[1], minZ=z[0], maxZ=z[1]),
                                  dict(minAzimuth=r.choice([-180, 0, 30, 90]), maxAzimuth=r.choice([180, 30, -30]),
                                       minElevation=r.choice([-90, 0, 30]), maxElevation=r.choice([0, 30, 90]))]
        if r.random() < 0.2:
            o["channelLock"] = {"maxDistance": r.uniform(0, 2)}
        if r.random() < 0.2:
            o["divergence"] = r.random()
        objects.append(o)
    return objects


PACKS = {
    "AP_00010002": ["M+030", "M-030"],
    "AP_00010003": ["M+030", "M-030", "M+000", "LFE1", "M+110", "M-110"],
    "AP_00010009": ["M+060", "M-060", "M+000", "LFE1", "M+135", "M-135", "M+030", "M-030", "M+180", "LFE2", "M+090",
                    "M-090", "U+045", "U-045", "U+000", "T+000", "U+135", "U-135", "U+090", "U-090", "U+180", "B+000",
                    "B+045", "B-045"],
    "AP_00010017": ["M+030", "M-030", "M+000", "LFE1", "M+090", "M-090", "M+135", "M-135", "U+045", "U-045", "U+135",
                    "U-135"],
    "AP_00010004": ["U+030", "U-030"],
    "AP_00010005": ["U+110", "U-110"],
    "AP_00010007": ["UH+180", "LFE1", "LFE2"],
}


def speakers():
    """Loudspeaker channels: all of some common packs, and by label, band and position alone."""
    front = {"azimuth": 0, "elevation": 0}
    channels = [{"type": "DirectSpeakers", "speakerLabel": [label], "position": front, "pack": pack}
                for pack, labels in PACKS.items() for label in labels]
    for label in ("U-135", "LFE", "LFER", "urn:itu:bs:2051:0:speaker:M+110", "urn:itu:bs:2051:x:speaker:M+110", "none"):
        channels.append({"type": "DirectSpeakers", "speakerLabel": [label], "position": {"azimuth": 100, "elevation": 20}})
    for position in ({"azimuth": 30, "elevation": 0}, {"azimuth": 20, "elevation": 10, "azimuthMin": 10, "azimuthMax": 31,
                                                       "elevationMin": 0}, {"azimuth": -170, "azimuthMin": 120,
                                                                            "azimuthMax": -100, "distanceMin": 0.5},
                     {"azimuth": 60, "elevation": 10}, {"x": -1, "y": -1, "z": 0}, {"x": 0.3, "y": 0.1, "z": 0.4},
                     {"x": 0.9, "xMin": 0.5, "xMax": 1, "y": 1, "yMin": 0.5, "z": 0, "zMax": 1}):
        channels.append({"type": "DirectSpeakers", "position": position})
        channels.append({"type": "DirectSpeakers", "position": position, "lowPass": 120})
        channels.append({"type": "DirectSpeakers", "position": position, "lowPass": 120, "highPass": 20})
    return channels


def fields():
    """Ambisonic sets: whole orders on every scale, and one that is not whole."""
    whole = lambda order: [(n, m) for n in range(order + 1) for m in range(-n, n + 1)]
    sets = [("SN3D", whole(1)), ("FuMa", whole(3)), ("N3D", [(0, 0), (1, -1), (3, 3), (5, -2), (7, 7), (7, 0)])]
    return [{"type": "HOA", "orders": [n for n, _ in parts], "degrees": [m for _, m in parts], "normalization": scale}
            for scale, parts in sets]


class Answers:
    """The oracle's answers on a layout; decoders are designed by `ear` itself."""

    def __init__(self, oracle, name):
        layout = oracle.bs2051.get_layout(name)
        self.objects = oracle.Oracle(name)
        self.lfe = layout.is_lfe
        self.design = oracle.HOADecoderDesign(layout.without_lfe).design
        self.metadata = oracle.metadata_input.HOATypeMetadata

    def all(self, objects):
        plain = [o for o in objects if o.get("type") != "HOA"]
        answer = self.objects.all(plain)
        answer["objects"] += [{"matrix": self.matrix(o)} for o in objects if o.get("type") == "HOA"]
        return answer

    def matrix(self, o):
        """For each component the gains of all channels."""
        keys = {key: o[key] for key in ("orders", "degrees", "normalization")}
        rows = []
        for column in self.design(self.metadata(**keys)).T:
            gains = iter(column)
            rows.append([0.0 if lfe else float(next(gains)) for lfe in self.lfe])
        return rows


def flat(bus):
    return [gain for row in bus for gain in row] if bus and isinstance(bus[0], list) else bus


def compare(cupola, oracle, name, objects, folder):
    """The largest difference on a layout."""
    path = folder / "objects.json"
    path.write_text(json.dumps(objects))
    done = subprocess.run([cupola, "gains", name, path, "--panner", "bs2127"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"FAILED: {name}: exit code {done.returncode}\n{done.stderr[:2000]}")
    ours, theirs = json.loads(done.stdout), Answers(oracle, name).all(objects)
    for key in ("layout", "channels", "is_lfe"):
        if ours[key] != theirs[key]:
            sys.exit(f"FAILED: {name}: {key}: {ours[key]} against {theirs[key]}")
    worst, culprit = 0.0, None
    for o, a, b in zip(objects, ours["objects"], theirs["objects"], strict=True):
        if a.keys() != b.keys() or "error" in b:
            sys.exit(f"FAILED: {name}: {o}\nours   {a}\ntheirs {b}")
        for bus in b:
            difference = max(abs(p - q) for p, q in zip(flat(a[bus]), flat(b[bus]), strict=True))
            if not difference <= worst:
                worst, culprit = difference, (o, bus, a[bus], b[bus])
    if not worst <= TOLERANCE:
        o, bus, a, b = culprit
        print(f"{name}: {worst:.2e} in {bus} of\n  {json.dumps(o)}\n  ours   {a}\n  theirs {b}")
    return worst


def store(path):
    """Objects and the oracle's answers, which the tests of the program hold without Python."""
    oracle = load_oracle()
    objects = oracle.random_objects(36, 2127) + unusual_objects(12, 2127) + speakers() + fields()
    answers = {}
    for name in oracle.LAYOUTS:
        answers[name] = [[[round(g, 11) for g in flat(bus)] for bus in one.values()] for one in Answers(oracle, name).all(objects)["objects"]]
    lines = [json.dumps("tests/judges/gains.py --store " + Path(path).name), *(json.dumps(o) for o in objects)]
    text = '{"command": ' + lines[0] + ',\n"objects": [\n' + ",\n".join(lines[1:]) + '],\n"answers": {\n'
    text += ",\n".join(f'"{name}": [\n' + ",\n".join(json.dumps(one, separators=(",", ":")) for one in answers[name]) + "]"
                       for name in answers)
    Path(path).write_text(text.replace("0.0,", "0,").replace("0.0]", "0]") + "}}\n")


def main(cupola, full, numbers):
    oracle = load_oracle()
    count, seeds = (numbers[0], numbers[1:]) if full else (200, [int(time.time())])
    names = os.environ.get("CUPOLA_LAYOUTS", "").split() or oracle.LAYOUTS
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            for seed in seeds:
                objects = oracle.random_objects(count, seed) + unusual_objects(count // 4, seed) + speakers() + fields()
                difference = compare(cupola, oracle, name, objects, Path(folder))
                worst = max(worst, difference)
                if full:
                    print(f"{name:7} seed {seed}: {len(objects)} objects, largest difference {difference:.2e}", flush=True)
    if not worst <= TOLERANCE:
        sys.exit(f"FAILED: seeds {seeds}: largest difference {worst:.2e}, allowed {TOLERANCE:.0e}")
    print(f"{len(objects)} objects and channels on each of {len(names)} layouts, seed {seeds}: largest difference {worst:.2e}")


if __name__ == "__main__":
    program, second, *rest = sys.argv[1:]
    if program == "--store":
        sys.exit(store(second))
    main(program, second == "--full", [int(n) for n in rest] if second == "--full" else [])
