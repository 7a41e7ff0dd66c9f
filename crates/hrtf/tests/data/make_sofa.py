#!/usr/bin/env python3
"""Makes the SOFA files of the tests, and the values h5py reads from them.

usage: make_sofa.py MIT_KEMAR_normal_pinna.sofa
needs: numpy, h5py

The responses are a part of the MIT KEMAR measurement (free for any use, the authors are cited in
../../data/LICENSE-MIT-KEMAR.txt), written as different laboratories lay out their files. values.txt
has one line a number: file, name, value.
"""
import sys
import numpy as np
import h5py

TAPS = 192
source = h5py.File(sys.argv[1], "r")
position = source["SourcePosition"][...]
response = source["Data.IR"][...]
# Every ring, thinned: about 30 degrees apart.
chosen = []
for elevation in np.unique(position[:, 1])[::2]:
    ring = np.where(position[:, 1] == elevation)[0]
    step = max(1, int(round(len(ring) / max(1, 12 * np.cos(np.radians(elevation))))))
    chosen += list(ring[::step])
chosen.append(int(np.where(position[:, 1] == 90)[0][0]))
chosen = sorted(set(chosen))
position, response = position[chosen], response[chosen, :, :TAPS]
M = len(chosen)
rate = 44100.0


def create(name, **options):
    return h5py.File(name, "w", **options)


def attributes(f, convention="SimpleFreeFieldHRIR", version="1.0", data="FIR", as_bytes=True):
    for key, value in {"Conventions": "SOFA", "Version": "1.0", "SOFAConventions": convention,
                       "SOFAConventionsVersion": version, "DataType": data, "RoomType": "reverberant",
                       "DatabaseName": "MIT", "ListenerShortName": "KEMAR"}.items():
        f.attrs[key] = np.bytes_(value) if as_bytes else value


def geometry(f, kind="spherical", source=None, receivers=((0, 0.09, 0), (0, -0.09, 0))):
    values = position if source is None else source
    d = f.create_dataset("SourcePosition", data=values)
    d.attrs["Type"] = kind
    d.attrs["Units"] = "degree, degree, metre" if kind == "spherical" else "meter"
    r = f.create_dataset("ReceiverPosition", data=np.array(receivers, float)[:, :, None])
    r.attrs["Type"] = "cartesian"
    e = f.create_dataset("EmitterPosition", data=np.zeros((1, 3, 1)))
    e.attrs["Type"] = "cartesian"


def cartesian(p):
    a, e = np.radians(p[:, 0]), np.radians(p[:, 1])
    return p[:, 2:] * np.stack([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)], 1)


# Old object headers, deflate in many chunks without shuffle, azimuths beyond 180 and below 0.
with create("plain.sofa", libver="earliest") as f:
    attributes(f)
    wrapped = position.copy()
    wrapped[::2, 0] = np.where(wrapped[::2, 0] > 180, wrapped[::2, 0] - 360, wrapped[::2, 0])
    geometry(f, source=wrapped)
    f.create_dataset("Data.IR", data=response, chunks=(M // 3 + 1, 1, 100), compression="gzip")
    f.create_dataset("Data.SamplingRate", data=np.array([rate])).attrs["Units"] = "hertz"
    f.create_dataset("Data.Delay", data=np.zeros((1, 2)))

# New object headers, singles in one piece, cartesian positions, the right ear declared first though
# the left one is stored first, and the time before each onset taken out into fractional delays,
# some of them negative.
with create("delays.sofa", libver="latest") as f:
    attributes(f, version="0.4", as_bytes=False)
    geometry(f, "cartesian", cartesian(position), receivers=((0, -0.09, 0), (0, 0.09, 0)))
    trimmed, delay = np.zeros((M, 2, 160), "<f4"), np.zeros((M, 2))
    for m in range(M):
        for r in range(2):
            h = response[m, r]
            onset = max(0, int(np.argmax(np.abs(h) > 0.1 * np.abs(h).max())) - 8)
            part = h[onset:onset + 160]
            trimmed[m, r, :len(part)] = part
            delay[m, r] = onset - 40.25
    f.create_dataset("Data.IR", data=trimmed)
    f.create_dataset("Data.SamplingRate", data=rate)
    f.create_dataset("Data.Delay", data=delay)

# Big-endian, shuffled, with checksums; the loudspeaker stands still and the listener turns; the ears
# really are the other way round, and the convention is the general one.
with create("turning.sofa") as f:
    attributes(f, "GeneralFIR", "1.0")
    geometry(f, "cartesian", np.array([[2.0, 1.0, 0.5]]), receivers=((0, 0.09, 0), (0, -0.09, 0)))
    # The listener's axes so that the fixed loudspeaker is seen where the measurement had it.
    to_source = np.array([1.4, 0.0, 0.0])
    seen = cartesian(np.concatenate([position[:, :2], np.ones((M, 1))], 1))
    view, up = np.zeros((M, 3)), np.zeros((M, 3))
    for m in range(M):
        # An orthogonal matrix whose transpose takes (1, 0, 0) to `seen`.
        a = seen[m]
        b = np.cross([0, 0, 1.0], a) if abs(a[2]) < 0.99 else np.cross([0, 1.0, 0], a)
        b /= np.linalg.norm(b)
        basis = np.stack([a, b, np.cross(a, b)])
        view[m], up[m] = basis[:, 0], basis[:, 2]
    f["SourcePosition"][...] = np.array([[2.0, 1.0, 0.5]])
    f.create_dataset("ListenerPosition", data=np.array([[2.0, 1.0, 0.5]]) - to_source).attrs["Type"] = "cartesian"
    f.create_dataset("ListenerView", data=view).attrs["Type"] = "cartesian"
    f.create_dataset("ListenerUp", data=up).attrs["Type"] = "cartesian"
    f.create_dataset("Data.IR", data=response[:, ::-1].astype(">f8"), dtype=">f8", chunks=(8, 2, TAPS),
                     compression="gzip", shuffle=True, fletcher32=True)
    f.create_dataset("Data.SamplingRate", data=np.array([rate], ">f4"))
    f.create_dataset("Data.Delay", data=np.zeros((1, 2), ">f8"))

# Pulses: nothing to tell the ears apart by, few directions, one of them twice and one silent; a text
# that is not UTF-8, a whole-numbered rate.
with create("pulses.sofa") as f:
    attributes(f)
    f.attrs["Title"] = np.bytes_("K\u00f6ln".encode("latin-1"))
    places = [[0, 0, 1], [90, 0, 1], [180, 0, 1], [270, 0, 1], [0, 90, 1], [77, 90, 1], [45, -30, 1]]
    geometry(f, source=np.array(places, float))
    pulses = np.zeros((7, 2, 32))
    pulses[:6, :, 4] = 0.5
    f.create_dataset("Data.IR", data=pulses)
    f.create_dataset("Data.SamplingRate", data=np.array([48000], "<i4"))

# What is not for two ears and one loudspeaker.
with create("spectra.sofa") as f:
    attributes(f, "SimpleFreeFieldHRTF", "1.0", "TF")
    geometry(f)
    f.create_dataset("Data.Real", data=np.ones((4, 2, 3)))
    f.create_dataset("Data.Imag", data=np.zeros((4, 2, 3)))
with create("emitters.sofa") as f:
    attributes(f, "GeneralFIR", "1.0")
    geometry(f)
    del f["EmitterPosition"]
    f.create_dataset("EmitterPosition", data=np.zeros((5, 3, 1)))
    f.create_dataset("Data.IR", data=np.ones((4, 2, 8)))
    f.create_dataset("Data.SamplingRate", data=np.array([rate]))
with create("array.sofa") as f:
    attributes(f, "GeneralFIR", "1.0")
    geometry(f)
    f.create_dataset("Data.IR", data=np.ones((4, 32, 8)))
    f.create_dataset("Data.SamplingRate", data=np.array([rate]))
# Little on the disk, 64 GB unpacked.
with create("bomb.sofa") as f:
    attributes(f)
    f.create_dataset("SourcePosition", data=position)
    f.create_dataset("Data.IR", shape=(100000, 2, 32768), dtype="f8", chunks=(100, 2, 32768), compression="gzip")
    f.create_dataset("Data.SamplingRate", data=np.array([rate]))

with open("values.txt", "w") as out:
    for name in ("plain", "delays", "turning", "pulses"):
        with h5py.File(f"{name}.sofa", "r") as f:
            ir = f["Data.IR"][...].astype(float)
            delay = f["Data.Delay"][...].astype(float) if "Data.Delay" in f else np.zeros((1, 2))
            delay = np.broadcast_to(delay, (ir.shape[0], 2))
            def say(key, value):
                out.write(f"{name} {key} {float(value)!r}\n")
            say("measurements", ir.shape[0])
            say("taps", ir.shape[2])
            say("rate", np.ravel(f["Data.SamplingRate"][...])[0])
            flat = ir.ravel()
            say("sum", flat.sum())
            say("squares", (flat ** 2).sum())
            say("weighted", (flat * np.cos(np.arange(flat.size))).sum())
            say("delays", (delay.ravel() * np.cos(np.arange(2 * ir.shape[0]))).sum())
    # Where the sources of the three measured files are, whatever their axes: x right, y front, z up.
    p = cartesian(np.concatenate([position[:, :2], np.ones((M, 1))], 1))
    for axis, values in (("x", -p[:, 1]), ("y", p[:, 0]), ("z", p[:, 2])):
        out.write(f"measured {axis} {float((values * np.cos(np.arange(M))).sum())!r}\n")
