"""When `cupola render --panner bs2127` reaches the gains of ADM blocks, against `ear-render`.

    timing.py CUPOLA WORK_FOLDER

Jumps with and without interpolation, by direction and in the room; blocks of any length that are drawn as straight
lines of gains; gaps between blocks, late starts, early ends; objects that start late and end early; blocks whose
times are not on frames; a mixture of it all at random. Every sample of every channel is compared.
"""
import random
from fractions import Fraction

import numpy as np

from common import RATE, arguments
from documents import compare_renders, write_document
from ear.fileio.adm.builder import ADMBuilder
from ear.fileio.adm.elements import (
    AudioBlockFormatObjects,
    JumpPosition,
    ObjectCartesianPosition,
    ObjectPolarPosition,
)

SECONDS = 2
LAYOUTS = {"0+2+0": "2.0", "4+7+0": "7.1.4"}
# One object alone lies in a part of the file, so that nothing clips.
LEVEL = 0.03
dice = random.Random(2127)


def place(kind):
    if kind == "polar":
        return ObjectPolarPosition(round(dice.uniform(-180, 180), 3), round(dice.uniform(-30, 90), 3), 1)
    return ObjectCartesianPosition(*(round(dice.uniform(low, 1), 3) for low in (-1, -1, 0)))


def block(kind, start, length, jump=None, gain=1.0):
    """Milliseconds; jump is the length of the interpolation, 0 for none at all."""
    ms = lambda time: Fraction(time) / 1000
    flag = JumpPosition(flag=jump is not None, interpolationLength=ms(jump) if jump else None)
    return AudioBlockFormatObjects(rtime=ms(start), duration=ms(length), position=place(kind), gain=gain,
                                   cartesian=kind == "room", jumpPosition=flag)


def row(kind, lengths, jumps=(None,), gap=0, start=0, until=SECONDS * 1000):
    blocks, at = [], Fraction(start)
    while True:
        length = Fraction(dice.choice(lengths))
        if at + length > until:
            return blocks
        jump = dice.choice(jumps)
        jump = min(Fraction(jump), length) if jump is not None else None
        blocks.append(block(kind, at, length, jump, round(dice.uniform(0.2, 1), 3)))
        at += length + (dice.choice(gap) if gap else 0)


def objects():
    """Name to blocks, start and length of the object."""
    fine = [Fraction(n, 100) for n in range(511, 9000, 997)]
    for kind in ("polar", "room"):
        yield f"{kind}: 10 ms", row(kind, [10]), None, None
        yield f"{kind}: long lines", row(kind, [80, 150, 700]), None, None
        yield f"{kind}: jumps", row(kind, [10, 50], [0]), None, None
        yield f"{kind}: interpolated jumps", row(kind, [40, 90], [5, 10, 40, Fraction("5.208")]), None, None
        yield f"{kind}: lines and jumps", row(kind, [10, 40], [None, 0, 10]), None, None
        yield f"{kind}: gaps", row(kind, [10, 40], [None, 0, 10], gap=[0, 10, 100]), None, None
        yield f"{kind}: late and over early", row(kind, [20], start=130, until=1500), None, None
        yield f"{kind}: late object", row(kind, [10, 30], [None, 5], until=900), Fraction(3, 10), Fraction(1)
        yield f"{kind}: between frames", row(kind, fine, [None, 0, Fraction("3.33")]), None, None
        yield f"{kind}: one block", [AudioBlockFormatObjects(position=place(kind), cartesian=kind == "room")], None, None


def write(path):
    builder = ADMBuilder()
    builder.create_programme(audioProgrammeName="Judge")
    builder.create_content(audioContentName="Judge")
    rows = list(objects())
    for track, (name, blocks, start, length) in enumerate(rows):
        item = builder.create_item_objects(track_index=track, name=name, block_formats=blocks)
        item.audio_object.start, item.audio_object.duration = start, length
    signal = np.random.default_rng(2127).uniform(-LEVEL, LEVEL, (SECONDS * RATE, len(rows)))
    write_document(path, builder, signal)
    return len(rows)


cupola, folder = arguments()
source = folder / "judge.wav"
count = write(source)
worst = compare_renders(cupola, folder, source, LAYOUTS, audible=0.05)
print(f"{count} objects on {len(LAYOUTS)} layouts, largest difference {worst:.2e}")
