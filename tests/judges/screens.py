"""Objects that belong to a picture: gains and audio against the EBU ADM Renderer, whatever the screens.

Screens of productions and of rooms, by direction and by place, or none; objects by direction and by place,
scaled, held by edges, both. The gains are those of `--panner bs2127`; the audio is our plain ADM through
`ear-render` with a room that has a screen, against our render to a layout file with the same.
"""
import json
import random

import attr
import numpy as np
from ear import common as ear_common

import gains
from common import RATE, SCENES, arguments, decode, demand, run, write_scene, write_stem

LAYOUTS = {"5.1": "0+5+0", "7.1.4": "4+7+0", "22.2": "9+10+3"}
ALLOWED_GAIN, ALLOWED_DB = 1e-9, -80
cupola, folder = arguments()
oracle = gains.load_oracle()
dice = random.Random(7330)


def screen():
    """As the gains window has it."""
    aspect = dice.choice([1.0, 1.78, 2.39])
    if dice.random() < 0.5:
        centre = {"azimuth": dice.uniform(-40, 40), "elevation": dice.uniform(-25, 25), "distance": 1}
        return {"aspectRatio": aspect, "centre": centre, "width": dice.uniform(5, 90)}
    centre = {"x": dice.uniform(-0.4, 0.4), "y": dice.uniform(0.5, 1), "z": dice.uniform(-0.2, 0.3)}
    return {"aspectRatio": aspect, "centre": centre, "width": dice.uniform(0.1, 1.5)}


def theirs_of(screen):
    """As `ear` has it."""
    aspect, at, width = screen["aspectRatio"], screen["centre"], float(screen["width"])
    if "x" in at:
        return ear_common.CartesianScreen(aspect, ear_common.CartesianPosition(at["x"], at["y"], at["z"]), width)
    return ear_common.PolarScreen(aspect, ear_common.PolarPosition(at["azimuth"], at["elevation"], 1.0), width)


def ours_of(screen):
    """As scenes and layout files have it."""
    at = {key: value for key, value in screen["centre"].items() if key != "distance"}
    return {"position": at, "width": screen["width"], "aspect": screen["aspectRatio"]}


def room(name, screen):
    """A layout file with a screen, or with none."""
    text = (SCENES.parent / "layouts" / f"{name}.yaml").read_text()
    value = "none" if screen is None else json.dumps(ours_of(screen))
    path = folder / f"room_{name}.yaml"
    path.write_text(text.replace("\nspeakers:", f"\nscreen: {value}\nspeakers:"))
    return path


def compare_gains(name, system, reproduction, objects):
    """The largest difference of a gain in a room."""
    path = folder / "objects.json"
    path.write_text(json.dumps(objects))
    ours = json.loads(run(cupola, "gains", room(name, reproduction), path, "--panner", "bs2127"))["objects"]
    layout = attr.evolve(oracle.bs2051.get_layout(system), screen=reproduction and theirs_of(reproduction))
    law, worst = oracle.GainCalc(layout), 0.0
    for o, own in zip(objects, ours, strict=True):
        extra = oracle.metadata_input.ExtraData(reference_screen=theirs_of(o["referenceScreen"]))
        block = oracle.object_block(o)
        answer = law.render(oracle.metadata_input.ObjectTypeMetadata(block_format=block, extra_data=extra))
        difference = max(np.abs(np.array(own[bus]) - getattr(answer, bus)).max() for bus in ("direct", "diffuse"))
        demand(difference <= ALLOWED_GAIN, f"{name} {reproduction}: {difference:.2e} in {o}: {own}")
        worst = max(worst, difference)
    return worst


worst, compared = 0.0, 0
for name, system in LAYOUTS.items():
    for reproduction in (None, *(screen() for _ in range(4))):
        objects = gains.unusual_objects(60, dice.randrange(10 ** 6))
        for o in objects:
            o["referenceScreen"] = screen()
        worst = max(worst, compare_gains(name, system, reproduction, objects))
        compared += len(objects)
print(f"{compared} objects in {5 * len(LAYOUTS)} rooms: largest difference of a gain {worst:.2e}")

rng = np.random.default_rng(7330)
SECONDS, EDGES = 2, ["left", ["right", "top"], ["bottom"], []]


def place(polar):
    if polar:
        return {"azimuth": float(rng.uniform(-180, 180)), "elevation": float(rng.uniform(-40, 80))}
    return dict(zip("xyz", map(float, (rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0, 1)))))


def thing(k):
    polar = k % 2 == 0
    keys = [{"at": at, **place(polar)} for at in (0.3, 0.9, 1.6)] if k % 3 == 0 else []
    return {"name": f"Thing {k}", "stem": f"s{k}", "gain": -12, "position": place(polar), "automation": keys,
            "screen_ref": k % 4 != 1, "screen_edge": EDGES[k % 4] if k % 5 == 0 else []}


things = [thing(k) for k in range(24)]
for k in range(len(things)):
    write_stem(folder / f"s{k}.wav", 0.02 * rng.standard_normal(SECONDS * RATE).clip(-4, 4))
stems = {f"s{k}": {"file": f"s{k}.wav"} for k in range(len(things))}
production, reproduction = screen(), {"aspectRatio": 1.78, "width": 30.0,
                                      "centre": {"azimuth": 4.0, "elevation": 5.0, "distance": 1}}
scene, master = folder / "scene.yaml", folder / "scene.wav"
write_scene(scene, {"title": "screens", "screen": ours_of(production), "stems": stems, "objects": things})
run(cupola, "master", scene, "--format", "adm-itu", "-o", master, "--quiet")
speakers = {"screen": {"type": "polar", "aspectRatio": 1.78, "widthAzimuth": 30.0,
                       "centrePosition": {"az": 4.0, "el": 5.0, "r": 1.0}}}
(folder / "speakers.yaml").write_text(json.dumps(speakers))
for name in ("5.1", "7.1.4"):
    made = json.loads(run(cupola, "render", scene, "--to", room(name, reproduction), "--panner", "bs2127", "--bits", "32",
                          "--json", "--quiet", "--force", "-o", folder / "ours"))
    run("ear-render", "--strict", "-s", LAYOUTS[name], "-l", folder / "speakers.yaml", master, folder / "theirs.wav")
    ours, _ = decode(made["outputs"][0]["path"])
    theirs, _ = decode(folder / "theirs.wav")
    demand(ours.shape == theirs.shape, f"{name}: {ours.shape} against {theirs.shape}")
    residual = np.sqrt(np.mean(np.square(ours.astype(float) - theirs)) / np.mean(np.square(ours.astype(float))))
    residual_db = 20 * np.log10(max(residual, 1e-12))
    print(f"{len(things)} objects on {name}: residual {residual_db:.1f} dB")
    demand(residual_db <= ALLOWED_DB, name)
