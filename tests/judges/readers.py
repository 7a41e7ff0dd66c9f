"""ffprobe, ffmpeg and sox read the WAV files: channels, length, and one tone per loudspeaker."""
import json

import numpy as np

from common import RATE, arguments, decode, demand, run, write_scene, write_stem

# Ascending bits of a WAVE speaker mask, by the names Cupola gives its loudspeakers.
MASK_BITS = {"L": 0, "R": 1, "C": 2, "LFE": 3, "Lrs": 4, "Rrs": 5, "Lss": 9, "Rss": 10,
             "Ltf": 12, "Rtf": 14, "Ltr": 15, "Rtr": 17}
SECONDS = 1
AMPLITUDE = 0.25
cupola, folder = arguments()
time = np.arange(SECONDS * RATE) / RATE


def tone(hertz):
    return AMPLITUDE * np.sin(2 * np.pi * hertz * time)


def level(signal, hertz):
    """Amplitude of one frequency; every tone fits a whole number of periods into the file."""
    return 2 * abs(np.mean(signal * np.exp(-2j * np.pi * hertz * time)))


def check(path, names, expected_bits):
    audio, stream = decode(path)
    soxi = run("sox", "--i", path)
    demand(stream["channels"] == len(names), f"{path}: ffprobe sees {stream['channels']} channels")
    demand(f"Channels       : {len(names)}" in soxi, f"{path}: {soxi}")
    demand(f"= {SECONDS * RATE} samples" in soxi, f"{path}: {soxi}")
    demand(len(audio) == SECONDS * RATE, f"{path}: {len(audio)} frames")
    demand(int(stream.get("bits_per_raw_sample") or stream["bits_per_sample"]) == expected_bits, f"{path}: {stream}")
    for channel, name in enumerate(names):
        levels = [level(audio[:, channel], TONES[other]) for other in TONES]
        for other, got in zip(TONES, levels):
            want = AMPLITUDE if other == name else 0
            demand(abs(got - want) < 2e-4, f"{path}: channel {channel + 1} ({name}) holds {got} of {other}")


for layout in ["2.0", "5.1", "7.1", "5.1.2", "5.1.4", "7.1.2", "7.1.4", "9.1.4", "9.1.6", "22.2"]:
    speakers = json.loads(run(cupola, "layouts", layout, "--json"))["layouts"][0]["speakers"]
    names = [s["name"] for s in speakers]
    # Whole hertz that survive the low-pass of no route; LFE channels carry low tones.
    TONES = {s["name"]: 30 + 10 * k if s["lfe"] else 400 + 70 * k for k, s in enumerate(speakers)}
    stems, objects, routes = {}, [], []
    for speaker in speakers:
        name = speaker["name"]
        write_stem(folder / f"{name}.wav", tone(TONES[name]))
        stems[name] = {"file": f"{name}.wav"}
        if speaker["lfe"]:
            continue
        position = {"azimuth": speaker["azimuth"], "elevation": speaker["elevation"]}
        objects.append({"name": name, "stem": name, "position": position})
    lfes = [s["name"] for s in speakers if s["lfe"]]
    if len(lfes) > 1:
        # A bed has one LFE channel, and it feeds the first: the second stays silent.
        TONES = {k: v for k, v in TONES.items() if k != lfes[1]}
    if lfes:
        routes = [{"name": "Bed", "format": "5.1", "routes": [{"stem": lfes[0], "to": "LFE"}]}]
    scene = folder / f"{layout}.yaml"
    write_scene(scene, {"title": layout, "stems": stems, "beds": routes, "objects": objects})
    for bits in [24, 16, 32]:
        out = folder / f"{layout}-{bits}"
        made = json.loads(run(cupola, "render", scene, "--to", layout, "--bits", bits, "-o", out, "--json", "--quiet"))
        demand(made["outputs"][0]["channels"] == names, f"{layout}: reported order {made['outputs'][0]['channels']}")
        check(made["outputs"][0]["path"], names, bits)
    if layout in ("7.1", "7.1.4"):
        made = json.loads(run(cupola, "render", scene, "--to", layout, "--order", "wave",
                              "-o", folder / f"{layout}-wave", "--json", "--quiet"))
        wave = made["outputs"][0]["channels"]
        demand(wave == sorted(names, key=MASK_BITS.get), f"{layout}: wave order {wave}")
        check(made["outputs"][0]["path"], wave, 24)
        header = open(made["outputs"][0]["path"], "rb").read(300)
        at = header.index(b"fmt ") + 8
        mask = int.from_bytes(header[at + 20:at + 24], "little")
        demand(mask == sum(1 << MASK_BITS[n] for n in names), f"{layout}: mask {mask:#x}")
    print(f"{layout}: {len(names)} channels agree")
