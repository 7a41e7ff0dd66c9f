"""The EBU ADM Renderer plays our master as we play the scene: 200 random room positions on 7.1.4."""
import json
import re

import numpy as np

from common import RATE, arguments, decode, demand, run, write_scene, write_stem

OBJECTS = 100
SLOT = RATE // 20
LFE = 3
cupola, folder = arguments()
rng = np.random.default_rng(20)
worst = 0.0
for batch in range(2):
    # One channel an object, each sounding alone in its own twentieth of a second.
    stem = np.zeros((OBJECTS * SLOT, OBJECTS))
    for k in range(OBJECTS):
        stem[k * SLOT:(k + 1) * SLOT, k] = 0.2 * rng.standard_normal(SLOT).clip(-4, 4)
    write_stem(folder / "stem.wav", stem)
    objects = []
    for k in range(OBJECTS):
        x, y = rng.uniform(-1, 1, 2)
        position = {"x": x, "y": y, "z": rng.uniform(0, 1)}
        objects.append({"name": f"Object {k}", "stem": "stem", "channel": k + 1, "position": position})
    scene = folder / f"batch{batch}.yaml"
    write_scene(scene, {"title": f"batch {batch}", "stems": {"stem": {"file": "stem.wav"}}, "objects": objects,
                        "outputs": [{"speakers": "7.1.4", "bits": 32}, {"master": "adm-bwf"}]})
    made = json.loads(run(cupola, "build", scene, "--json", "--quiet", "--force"))
    ours_path, master = (o["path"] for o in made["outputs"])

    # The profile wants a pack reference in every stream format; BS.2076 forbids it beside the channel's.
    axml = run("ear-utils", "dump_axml", master)
    repaired = re.sub(r"(<audioStreamFormat .*?)<audioPackFormatIDRef>.*?</audioPackFormatIDRef>(.*?</audioStreamFormat>)",
                      r"\1\2", axml, flags=re.S)
    demand(repaired != axml, "nothing to repair: the master no longer has what the profile wants")
    (folder / "axml.xml").write_text(repaired)
    run("ear-utils", "replace_axml", master, folder / "repaired.wav", "-a", folder / "axml.xml")
    run("ear-render", "-s", "4+7+0", folder / "repaired.wav", folder / "theirs.wav")

    ours, _ = decode(ours_path)
    theirs, _ = decode(folder / "theirs.wav")
    demand(ours.shape == theirs.shape, f"{ours.shape} against {theirs.shape}")
    for k in range(OBJECTS):
        slot = slice(k * SLOT, (k + 1) * SLOT)
        a, b = (np.sum(np.square(side[slot].astype(float)), axis=0) for side in (ours, theirs))
        a[LFE] = b[LFE] = 1
        total = a.sum() - 1
        for channel in range(len(a)):
            # Below -70 dB of the object the master's 24 bits are all that is left.
            if max(a[channel], b[channel]) > 1e-7 * total:
                difference = abs(10 * np.log10(a[channel] / b[channel]))
                worst = max(worst, difference)
                demand(difference <= 0.1, f"batch {batch} object {k} channel {channel + 1}: {difference:.3f} dB, "
                                          f"{objects[k]['position']}")
print(f"200 positions, largest difference {worst:.4f} dB")
