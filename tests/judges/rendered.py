"""What `cupola render --panner bs2127` plays of ADM files made with the EBU's library, against `ear-render`.

    rendered.py CUPOLA WORK_FOLDER

Objects in blocks of 10 ms that move by direction and in the room, change their gain, are wide, diverge and are
diffuse; blocks of 50 ms whose values are reached after 10 ms; fields of first to third order on three scales. Every
sample of every channel is compared.

When blocks begin, end and jump is judged by `timing.py`.
"""
import math
from fractions import Fraction

import numpy as np

from common import RATE, arguments
from documents import compare_renders, write_document
from ear.fileio.adm.builder import ADMBuilder
from ear.fileio.adm.elements import (
    AudioBlockFormatObjects,
    JumpPosition,
    ObjectCartesianPosition,
    ObjectDivergence,
    ObjectPolarPosition,
)

BLOCKS = 40
LAYOUTS = {"0+2+0": "2.0", "4+7+0": "7.1.4", "9+10+3": "22.2"}


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
    signal = np.random.default_rng(seed).uniform(-0.04, 0.04, (BLOCKS * RATE // 100, track))
    write_document(path, builder, signal)


cupola, folder = arguments()
source = folder / "judge.wav"
write(source, 2127)
worst = compare_renders(cupola, folder, source, LAYOUTS, audible=0.1)
print(f"{len(objects())} objects and {len(fields())} fields on {len(LAYOUTS)} layouts, largest difference {worst:.2e}")
