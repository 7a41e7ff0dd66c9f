"""What `cupola render --panner bs2127` plays of ADM files made with the EBU's library, against `ear-render`.

    rendered.py CUPOLA WORK_FOLDER

Objects in blocks of 10 ms that move by direction and in the room, change their gain, are wide, diverge and are
diffuse; blocks of 50 ms whose values are reached after 10 ms; fields of first to third order on three scales. Every
sample of every channel is compared.

When blocks begin, end and jump is judged by `timing.py`.
"""
import math
import sys
import warnings
from fractions import Fraction

import lxml.etree
import numpy as np

warnings.filterwarnings("ignore")
from ear.fileio import openBw64
from ear.fileio.adm.builder import ADMBuilder
from ear.fileio.adm.chna import populate_chna_chunk
from ear.fileio.adm.elements import (
    AudioBlockFormatObjects,
    JumpPosition,
    ObjectCartesianPosition,
    ObjectDivergence,
    ObjectPolarPosition,
)
from ear.fileio.adm.generate_ids import generate_ids
from ear.fileio.adm.xml import adm_to_xml
from ear.fileio.bw64.chunks import ChnaChunk, FormatInfoChunk

from common import RATE, arguments, decode, demand, run

BLOCKS = 40
LAYOUTS = {"0+2+0": "2.0", "4+7+0": "7.1.4", "9+10+3": "22.2"}
# The rounding of 24 bits, and that of sums of f32.
TOLERANCE = 4e-7 + 0.5 / 2**23


def block(place, n, length_ms=10, jump=None, **more):
    cartesian = isinstance(place, ObjectCartesianPosition)
    jump = JumpPosition(flag=jump is not None, interpolationLength=jump)
    return AudioBlockFormatObjects(rtime=Fraction(n * length_ms, 1000), duration=Fraction(length_ms, 1000), position=place,
                                   cartesian=cartesian, jumpPosition=jump, **more)


def polar(n):
    # Round the listener and through the back, up and down.
    return ObjectPolarPosition((7.3 * n + 180) % 360 - 180, 80 * math.sin(n / 9), 1)


def room(n):
    return ObjectCartesianPosition(math.sin(n / 7), math.cos(n / 5), abs(math.sin(n / 11)))


def objects():
    each = range(BLOCKS)
    return {
        "direction": [block(polar(n), n) for n in each],
        "room": [block(room(n), n) for n in each],
        "gain": [block(polar(3 * n), n, gain=(n % 7) / 6) for n in each],
        "size": [block(room(2 * n), n, width=n / 40, height=n / 40, depth=n / 40) for n in each],
        "extent": [block(polar(2 * n), n, width=3 * n, height=3 * n) for n in each],
        "divergence": [block(polar(n + 30), n, objectDivergence=ObjectDivergence(0.5, azimuthRange=30.0)) for n in each],
        "diffuse": [block(polar(n), n, diffuse=0.4) for n in each],
        "reached": [block(room(9 * n), n, length_ms=50, jump=Fraction(10, 1000)) for n in range(BLOCKS // 5)],
    }


def fields():
    whole = lambda order: [(n, m) for n in range(order + 1) for m in range(-n, n + 1)]
    return {"SN3D": whole(1), "N3D": whole(3), "FuMa": whole(2)}


def write(path, seed):
    builder = ADMBuilder()
    builder.create_programme(audioProgrammeName="Judge")
    builder.create_content(audioContentName="Judge")
    track = 0
    for name, blocks in objects().items():
        builder.create_item_objects(track_index=track, name=name, block_formats=blocks)
        track += 1
    for scale, parts in fields().items():
        tracks = list(range(track, track + len(parts)))
        orders, degrees = zip(*parts)
        builder.create_item_hoa(track_indices=tracks, orders=orders, degrees=degrees, name=scale, normalization=scale)
        track += len(parts)
    generate_ids(builder.adm)
    chna = ChnaChunk()
    populate_chna_chunk(chna, builder.adm)
    axml = lxml.etree.tostring(adm_to_xml(builder.adm))
    form = FormatInfoChunk(formatTag=1, channelCount=track, sampleRate=RATE, bitsPerSample=24)
    signal = np.random.default_rng(seed).uniform(-0.04, 0.04, (BLOCKS * RATE // 100, track))
    with openBw64(str(path), "w", chna=chna, formatInfo=form, axml=axml) as file:
        file.write(signal)


cupola, folder = arguments()
source = folder / "judge.wav"
write(source, 2127)
to = [word for name in LAYOUTS.values() for word in ("--to", name)]
run(cupola, "render", source, *to, "--panner", "bs2127", "--bits", 32, "-o", folder / "ours", "--quiet")
worst = 0.0
for standard, name in LAYOUTS.items():
    run("ear-render", "-s", standard, source, folder / "theirs.wav")
    ours, _ = decode(next((folder / "ours").glob(f"*_{name}.wav")))
    theirs, _ = decode(folder / "theirs.wav")
    demand(ours.shape == theirs.shape, f"{standard}: {ours.shape} against {theirs.shape}")
    demand(np.abs(theirs).max() > 0.1, f"{standard}: hardly anything is heard")
    difference = np.abs(ours - theirs)
    frame, channel = np.unravel_index(difference.argmax(), difference.shape)
    demand(difference.max() <= TOLERANCE, f"{standard}: {difference.max():.2e} at frame {frame}, channel {channel + 1}")
    worst = max(worst, difference.max())
print(f"{len(objects())} objects and {len(fields())} fields on {len(LAYOUTS)} layouts, largest difference {worst:.2e}")
