"""The EBU ADM Renderer plays the features of objects in our master as `--panner bs2127` plays the scene.

Still objects on 7.1.4, each alone in its own part of the programme: snap, the sets of zones, size, and a
diffuse share of 1, which passes the decorrelators of both.
"""
import json
import re

import numpy as np

from common import RATE, arguments, decode, demand, run, write_scene, write_stem

SLOT = RATE // 20
SETS = [None, "no-back", "no-sides", "centre-back", "screen-only", "surround-only"]
cupola, folder = arguments()
rng = np.random.default_rng(2127)
objects = []
for k in range(96):
    x, y, z = rng.uniform(-1, 1), rng.uniform(-1, 1), rng.choice([0, rng.uniform(0, 1)])
    zones = [name for name in (SETS[k % 6], "no-heights" if k % 4 == 0 else None) if name]
    objects.append({"name": f"Object {k}", "stem": "stem", "channel": k + 1, "zones": zones, "snap": k % 5 == 0,
                    "diffuse": k % 3 // 2, "size": float(rng.choice([0, rng.uniform(0, 1)])),
                    "position": {"x": x, "y": y, "z": float(z)}})
stem = np.zeros((len(objects) * SLOT, len(objects)))
for k in range(len(objects)):
    # The second half of a slot is left to the decorrelators. 24 bits hold every sample.
    burst = 0.2 * rng.standard_normal(SLOT // 2).clip(-4, 4)
    stem[k * SLOT:k * SLOT + SLOT // 2, k] = np.round(burst * 2 ** 23) / 2 ** 23
write_stem(folder / "stem.wav", stem)
scene = folder / "scene.yaml"
write_scene(scene, {"title": "features", "stems": {"stem": {"file": "stem.wav"}}, "objects": objects,
                    "outputs": [{"speakers": "7.1.4", "bits": 32}, {"master": "adm-bwf"}]})
made = json.loads(run(cupola, "build", scene, "--panner", "bs2127", "--json", "--quiet", "--force"))
ours_path, master = (o["path"] for o in made["outputs"])

# The profile wants a pack reference in every stream format; BS.2076 forbids it beside the channel's.
axml = run("ear-utils", "dump_axml", master)
repaired = re.sub(r"(<audioStreamFormat .*?)<audioPackFormatIDRef>.*?</audioPackFormatIDRef>(.*?</audioStreamFormat>)",
                  r"\1\2", axml, flags=re.S)
demand(repaired.count("<zone ") > 96 and "<channelLock>" in repaired, "the master lacks the features")
(folder / "axml.xml").write_text(repaired)
run("ear-utils", "replace_axml", master, folder / "repaired.wav", "-a", folder / "axml.xml")
run("ear-render", "-s", "4+7+0", folder / "repaired.wav", folder / "theirs.wav")
ours, _ = decode(ours_path)
theirs, _ = decode(folder / "theirs.wav")
demand(ours.shape == theirs.shape, f"{ours.shape} against {theirs.shape}")
# Half a step of 24 bits, and what single precision leaves.
allowed = 4e-7 + 2 ** -24
difference = np.abs(ours.astype(float) - theirs).reshape(len(objects), SLOT, -1).max(axis=(1, 2))
worst = int(difference.argmax())
demand(difference[worst] <= allowed, f"{difference[worst]:.2e} in {objects[worst]}")
print(f"{len(objects)} objects with features, largest difference {difference[worst]:.2e}")
