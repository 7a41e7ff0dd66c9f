"""The EBU ADM Renderer plays our plain ADM, unrepaired and strict, as `--panner bs2127` plays the scene.

Beds, polar and room objects with features, still and moving, on four layouts. Blocks lead to their values on
the grid on which our gains are computed, and both draw straight lines between gains: the timing rules are the
same, so that what moves is compared like what stands still.
"""
import json

import numpy as np

from common import RATE, arguments, decode, demand, run, write_scene, write_stem

LAYOUTS = {"2.0": "0+2+0", "5.1": "0+5+0", "7.1.4": "4+7+0", "22.2": "9+10+3"}
SETS = ["no-back", "no-sides", "centre-back", "screen-only", "surround-only"]
SECONDS, ALLOWED_DB = 3, -80
cupola, folder = arguments()
rng = np.random.default_rng(2076)


def stem(name, channels):
    # 24 bits hold every sample, and the sum of many does not clip.
    sound = 0.02 * rng.standard_normal((SECONDS * RATE, channels)).clip(-4, 4)
    write_stem(folder / f"{name}.wav", np.round(sound * 2 ** 23) / 2 ** 23)
    return {"file": f"{name}.wav"}


def bed(name, labels):
    routes = [{"stem": f"s{k}", "to": label} for k, label in enumerate(labels.split())]
    return {"name": f"Bed {name}", "format": name, "routes": routes}


def polar():
    return {"azimuth": float(rng.uniform(-180, 180)), "elevation": float(rng.uniform(-40, 90))}


def room():
    return dict(zip("xyz", map(float, (rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0, 1)))))


def still(k):
    features = {"size": float(rng.uniform(0, 1)) if k % 3 == 0 else 0, "snap": k % 5 == 1, "head_locked": k % 7 == 3}
    if k % 2 == 0:
        features["zones"] = [SETS[k % 5]]
    return {"name": f"Still {k}", "stem": f"s{k % 10}", "gain": -12, "position": polar() if k % 4 < 2 else room(),
            **features}


def moving(k):
    place = polar if k % 2 == 0 else room
    times = np.sort(rng.uniform(0, SECONDS, 5)).round(4)
    keys = [{"at": float(at), **place(), "gain": float(rng.uniform(-12, 0))} for at in times]
    return {"name": f"Moving {k}", "stem": f"s{k % 10}", "gain": -12, "position": place(), "automation": keys}


stems = {f"s{k}": stem(f"s{k}", 1) for k in range(10)}
five, seven = bed("5.1", "L R C LFE Ls Rs"), bed("7.1", "L R C LFE Lss Rss Lrs Rrs")
tops = bed("7.1.2", "L R C LFE Lss Rss Lrs Rrs Lts Rts")
scenes = {
    "beds": ([five, seven, bed("2.0", "L R"), bed("5.0", "L R C Ls Rs"), bed("7.0", "L R C Lss Rss Lrs Rrs")], [],
             LAYOUTS),
    "tops": ([tops], [], LAYOUTS),
    "still": ([], [still(k) for k in range(40)], LAYOUTS),
    "moving": ([five], [moving(k) for k in range(20)], LAYOUTS),
}
for name, (beds, objects, layouts) in scenes.items():
    scene, master = folder / f"{name}.yaml", folder / f"{name}.wav"
    write_scene(scene, {"title": name, "stems": stems, "beds": beds, "objects": objects})
    run(cupola, "master", scene, "--format", "adm-itu", "-o", master, "--quiet")
    to = [word for layout in layouts for word in ("--to", layout)]
    made = json.loads(run(cupola, "render", scene, *to, "--panner", "bs2127", "--bits", "32", "--json", "--quiet",
                          "-o", folder / "ours"))
    for layout, output in zip(layouts, made["outputs"]):
        theirs_path = folder / f"{name}_{layout}.wav"
        run("ear-render", "--strict", "-s", LAYOUTS[layout], master, theirs_path)
        ours, _ = decode(output["path"])
        theirs, _ = decode(theirs_path)
        demand(ours.shape == theirs.shape, f"{name} {layout}: {ours.shape} against {theirs.shape}")
        residual = np.sqrt(np.mean(np.square(ours.astype(float) - theirs)) / np.mean(np.square(ours.astype(float))))
        residual_db = 20 * np.log10(max(residual, 1e-12))
        print(f"{name} on {layout}: residual {residual_db:.1f} dB")
        demand(residual_db <= ALLOWED_DB, f"{name} {layout}")
