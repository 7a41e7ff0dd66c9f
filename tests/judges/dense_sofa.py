#!/usr/bin/env python3
"""Makes a SOFA file as dense as those of artificial heads: 2,354 directions, for times and accuracy.

usage: dense_sofa.py OUT.sofa

The head is computed: a rigid sphere by its series of spherical harmonics (Rayleigh; Duda and Martens
1998), ears at 100 degrees, and an outer ear as two echoes whose delays follow elevation and
azimuth. 384 samples at 48 kHz, as large as a measured file of that kind.

    python3 tests/judges/dense_sofa.py target/dense.sofa
    CUPOLA_SOFA=$PWD/target/dense.sofa cargo test --release -p cupola-hrtf --test sofa any_file -- \\
        --ignored --nocapture
    CUPOLA_SOFA=$PWD/target/dense.sofa cargo test --release -p cupola-render --lib user_file -- \\
        --ignored --nocapture
"""
import sys
import h5py
import numpy as np

RATE, TAPS, COUNT = 48_000.0, 384, 2354
RADIUS, SPEED, DISTANCE = 0.0875, 343.0, 1.4
EARS = np.radians(100.0)


def sphere(cosine):
    """Pressure on a rigid sphere for a plane wave, over that in free field: angles x frequencies."""
    points = 1024
    hz = np.fft.rfftfreq(points, 1 / RATE)
    out = np.ones((len(cosine), len(hz)), complex)
    ka = 2 * np.pi * hz[1:] * RADIUS / SPEED
    order = int(ka.max()) + 24
    # Spherical Hankel functions of the second kind over their first values, upwards; stable for them.
    h = [np.exp(-1j * ka) * 1j / ka, -np.exp(-1j * ka) * (1 / ka - 1j / ka ** 2)]
    for n in range(1, order + 1):
        h.append((2 * n + 1) / ka * h[n] - h[n - 1])
    p, before = np.ones_like(cosine), np.zeros_like(cosine)
    total = np.zeros((len(cosine), len(ka)), complex)
    for n in range(order):
        slope = (n / ka) * h[n] - h[n + 1]
        term = (1j ** n) * (2 * n + 1) / slope
        total += p[:, None] * np.nan_to_num(term, nan=0.0, posinf=0.0, neginf=0.0)
        p, before = ((2 * n + 1) * cosine * p - n * before) / (n + 1), p
    out[:, 1:] = -1j / ka ** 2 * total
    return hz, out


def main():
    golden = np.pi * (3 - 5 ** 0.5)
    i = np.arange(COUNT)
    z = 1 - (2 * i + 1) / COUNT
    azimuth = (golden * i) % (2 * np.pi)
    u = np.stack([np.sqrt(1 - z * z) * np.cos(azimuth), np.sqrt(1 - z * z) * np.sin(azimuth), z], 1)
    angles = np.linspace(0, np.pi, 721)
    hz, table = sphere(np.cos(angles))
    # Between two angles magnitude and unwrapped phase are close to straight.
    turned = np.unwrap(np.angle(table), axis=1)
    level = np.log(np.abs(table))
    response = np.zeros((COUNT, 2, TAPS))
    for ear, side in enumerate((1, -1)):
        axis = np.array([np.cos(EARS), side * np.sin(EARS), 0.0])
        away = np.arccos(np.clip(u @ axis, -1, 1))
        place = away / np.pi * 720
        lower = np.minimum(place.astype(int), 719)
        part = (place - lower)[:, None]
        mix = lambda t: (1 - part) * t[lower] + part * t[lower + 1]
        spectrum = np.exp(mix(level) + 1j * mix(turned))
        front = (1 + u[:, :1]) / 2
        echo = 60e-6 + 40e-6 * z[:, None] + 25e-6 * front
        spectrum *= 1 + 0.35 * front * np.exp(-2j * np.pi * hz * echo)
        spectrum *= 1 + 0.2 * np.exp(-2j * np.pi * hz * (130e-6 - 50e-6 * z[:, None]))
        spectrum *= np.exp(-2j * np.pi * hz * 1.2e-3) / (1 + (hz / 20_500) ** 8)
        response[:, ear] = np.fft.irfft(spectrum, axis=1)[:, :TAPS]
    with h5py.File(sys.argv[1], "w", libver="latest") as f:
        for key, value in {"Conventions": "SOFA", "Version": "2.1", "SOFAConventions": "SimpleFreeFieldHRIR",
                           "SOFAConventionsVersion": "1.0", "DataType": "FIR", "RoomType": "free field",
                           "DatabaseName": "computed", "ListenerShortName": "sphere"}.items():
            f.attrs[key] = value
        degrees = np.stack([np.degrees(azimuth), np.degrees(np.arcsin(z)), np.full(COUNT, DISTANCE)], 1)
        position = f.create_dataset("SourcePosition", data=degrees)
        position.attrs["Type"], position.attrs["Units"] = "spherical", "degree, degree, metre"
        ears = f.create_dataset("ReceiverPosition", data=np.array([[[0], [0.09], [0]], [[0], [-0.09], [0]]]))
        ears.attrs["Type"] = "cartesian"
        f.create_dataset("EmitterPosition", data=np.zeros((1, 3, 1))).attrs["Type"] = "cartesian"
        f.create_dataset("Data.IR", data=response, chunks=(64, 2, TAPS), compression="gzip", shuffle=True)
        f.create_dataset("Data.SamplingRate", data=np.array([RATE])).attrs["Units"] = "hertz"
        f.create_dataset("Data.Delay", data=np.zeros((1, 2)))


if __name__ == "__main__":
    main()
