"""Every master passes the checker of the Dolby Atmos Master ADM profile; a 119th object is refused."""
import json
import os

import numpy as np

from common import RATE, SCENES, arguments, demand, run, write_scene, write_stem

cupola, folder = arguments()
rng = np.random.default_rng(7)
write_stem(folder / "mono.wav", 0.1 * rng.standard_normal(2 * RATE))
write_stem(folder / "stereo.wav", 0.1 * rng.standard_normal((2 * RATE, 2)))
STEMS = {"mono": {"file": "mono.wav"}, "stereo": {"file": "stereo.wav"}}
BED = {"name": "Bed", "format": "7.1.2", "routes": [{"stem": "stereo"}]}


def mover(k):
    """Object k: every third one polar, every third one in the room, every third one still."""
    where = ({"azimuth": (37 * k) % 360 - 180, "elevation": (11 * k) % 90} if k % 3 == 0 else
             {"x": np.cos(k), "y": np.sin(k), "z": (k % 10) / 10})
    item = {"name": f"Object {k} & <co>", "stem": "mono", "position": where, "size": (k % 5) / 5,
            "binaural": ["off", "near", "mid", "far"][k % 4]}
    if k % 3 == 0:
        item["automation"] = [{"at": 0.1, "azimuth": 0}, {"at": 0.7, "azimuth": 170, "gain": -6},
                              {"at": 1.1, "azimuth": -20, "gain": 0, "curve": "hold"}]
    elif k % 3 == 1:
        item["automation"] = [{"at": 0.123, "x": -1, "y": 0, "z": 0}, {"at": 1.987, "x": 1, "y": -1, "z": 1}]
    return item


PAIRS = [{"name": f"Pair {k}", "stem": "stereo", "pair": {"width": 30}, "position": {"azimuth": k}}
         for k in range(2)]
SCENES_MADE = {
    "one object, no bed": {"objects": [mover(0)]},
    "bed only": {"beds": [BED]},
    "full house": {"beds": [BED], "objects": [mover(k) for k in range(118)]},
    "every bed": {"beds": [{"name": f"Bed {n}", "format": f, "routes": [{"stem": "stereo"}]}
                           for n, f in enumerate(["2.0", "3.0", "5.0", "5.1", "7.1"])],
                  "objects": [mover(1)]},
    "padded": {"pad_bed": "7.1.2", "objects": [mover(3)], "frame_rate": 25},
    "96 kHz": {"sample_rate": 96000, "beds": [BED], "objects": [mover(k) for k in range(5)]},
    "awkward length": {"end": "47321 samples", "beds": [BED], "objects": [mover(k) for k in range(7)]},
    "a tenth of a second": {"end": "4801 samples", "objects": [mover(1)]},
}
masters = []
for name, document in SCENES_MADE.items():
    scene = folder / f"{name}.yaml"
    write_scene(scene, {"title": name, "stems": STEMS, **document, "outputs": [{"master": "adm-bwf"}]})
    masters.append(folder / f"{name}.wav")
    run(cupola, "master", scene, "-o", masters[-1], "--quiet")
for scene in sorted(SCENES.glob("*/scene.yaml")):
    masters.append(folder / f"{scene.parent.name}.wav")
    run(cupola, "master", scene, "-o", masters[-1], "--quiet", codes=(0, 7))

print(run("python3", os.environ["CUPOLA_ADM_ORACLE"], *masters).strip() or "no finding")
print(f"{len(masters)} masters conform")

too_many = folder / "too many.yaml"
write_scene(too_many, {"stems": STEMS, "objects": [mover(k) for k in range(115)] + PAIRS,
                       "outputs": [{"master": "adm-bwf"}]})
refusal = json.loads(run(cupola, "check", too_many, "--json", codes=(4,)))
text = json.dumps([f for f in refusal["findings"] if f["severity"] == "error"])
demand("119" in text and "118" in text and "Pair 0" in text and "Pair 1" in text,
       f"the 119th object is refused without numbers or pairs: {text}")
