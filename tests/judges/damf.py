"""DAMF masters, read by other people's programs: YAML by PyYAML, sound by ffmpeg. Events and sound are
those of the ADM master of the same scene."""
import struct
import xml.etree.ElementTree as ET

import numpy as np
import yaml

from common import RATE, arguments, decode, demand, run, write_scene, write_stem

cupola, folder = arguments()
rng = np.random.default_rng(11)
write_stem(folder / "a.wav", 0.1 * rng.standard_normal((RATE, 2)))
write_stem(folder / "b.wav", 0.1 * rng.standard_normal(RATE))
write_scene(folder / "scene.yaml", {
    "title": "Día: \"one\"", "frame_rate": 23.976,
    "stems": {"a": {"file": "a.wav"}, "b": {"file": "b.wav"}},
    "beds": [{"name": "Bed", "format": "7.1.2", "routes": [{"stem": "a"}]}],
    "objects": [
        {"name": "off", "stem": "b", "groups": ["no"], "position": {"azimuth": 10}, "binaural": "near",
         "automation": [{"at": 0.2, "azimuth": 120}, {"at": 0.9, "azimuth": -100, "elevation": 60}]},
        {"name": "a: b # c", "stem": "b", "position": {"x": 0.5, "y": 0.25, "z": 1}, "size": 0.25,
         "automation": [{"at": 0.1, "gain": -6}, {"at": 0.6, "x": -1, "gain": -60}]},
        {"name": "Ünï\"", "stem": "b", "position": {"x": -1, "y": -1, "z": 0}, "binaural": "off"}],
    "outputs": [{"master": "damf"}, {"master": "adm-bwf"}]})
run(cupola, "build", folder / "scene.yaml", "-o", folder / "out", "--quiet")
root_path, = (folder / "out").glob("*.atmos")
adm_path, = (folder / "out").glob("*.wav")

root = yaml.safe_load(root_path.read_text("utf-8"))
only, = root["presentations"]
demand(root["version"] == "0.5.1" and only["type"] == "home", root)
demand(only["metadata"] == root_path.name + ".metadata" and only["audio"] == root_path.name + ".audio", only)
demand(only["fps"] == 23.976 and only["scBedConfiguration"] == [3] and only["trimMode"] == {}, only)
demand([c["ID"] for c in only["bedInstances"][0]["channels"]] == list(range(10)), only["bedInstances"])
demand([c["channel"] for c in only["bedInstances"][0]["channels"]] ==
       "L R C LFE Lss Rss Lrs Rrs Lts Rts".split(), only["bedInstances"])
demand([(o["ID"], o["description"], o.get("groupName")) for o in only["objects"]] ==
       [(10, "off", "no"), (11, "a: b # c", None), (12, "Ünï\"", None)], only["objects"])

# The sound: as ffmpeg reads the CAF, and as it reads the ADM master.
damf, stream = decode(root_path.with_name(only["audio"]))
adm, _ = decode(adm_path)
demand(stream["codec_name"] == "pcm_s24le" and stream["sample_rate"] == "48000", stream)
demand(damf.shape == (RATE, 13) and np.array_equal(damf, adm), f"the sound differs: {damf.shape} {adm.shape}")

# The events against the blocks of the ADM master.
data = yaml.safe_load(root_path.with_name(only["metadata"]).read_text("utf-8"))
demand(data["sampleRate"] == RATE, "sample rate")
frames = [e["samplePos"] for e in data["events"]]
demand(frames == sorted(frames) and frames[-1] < RATE, "the events are out of order")
blob = adm_path.read_bytes()
at = blob.index(b"axml", blob.index(b"data") + 4)
text = blob[at + 8:at + 8 + struct.unpack_from("<I", blob, at + 4)[0]]
channels = [c for c in ET.fromstring(text).iter() if c.tag.endswith("audioChannelFormat")
            and c.get("typeLabel") == "0003"]
compared = 0
for number, channel in enumerate(channels):
    state, mine = {}, {}
    for event in data["events"]:
        if event["ID"] == 10 + number:
            state = {**state, **event}
            mine[event["samplePos"]] = state
    demand(mine[0]["zones"] == "all" and mine[0]["snap"] is False and mine[0]["rampLength"] == 0, mine[0])
    current = None
    for block in channel:
        h, m, s = block.get("rtime").split(":")
        start = round((int(h) * 3600 + int(m) * 60 + float(s)) * RATE)
        current = mine.get(start, current)
        where = {p.get("coordinate"): float(p.text) for p in block if p.tag.endswith("position")}
        gain = next((float(g.text) for g in block if g.tag.endswith("gain")), 1.0)
        width = next((float(g.text) for g in block if g.tag.endswith("width")), 0.0)
        demand(np.allclose(current["pos"], [where["X"], where["Y"], where.get("Z", 0)], atol=1e-9),
               f"object {number} at {start}: {current['pos']} {where}")
        demand(abs(10 ** (float(current["gain"]) / 20) - gain) < 1e-9 and abs(current["size"] - width) < 1e-9,
               f"object {number} at {start}: {current} {gain} {width}")
        compared += 1
modes = {e["ID"]: e["binauralRenderMode"] for e in data["events"] if e["samplePos"] == 0}
# A bare `off` is false to readers of YAML 1.1.
demand(modes[3] is False and modes[10] == "near" and modes[11] == "mid" and modes[12] is False, modes)
print(f"{compared} blocks agree, {damf.size} samples are equal")
