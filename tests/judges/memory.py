"""118 moving objects from one shared stem: memory does not grow with the programme."""
import subprocess
import sys

import numpy as np
import soundfile

from common import RATE, arguments, demand, write_scene

cupola, folder = arguments()


def peak_mb(minutes):
    """Peak resident memory of a render to 7.1.4, in MB."""
    stem = folder / f"{minutes}.flac"
    second = 0.05 * np.random.default_rng(1).standard_normal(RATE)
    with soundfile.SoundFile(stem, "w", RATE, 1, "PCM_16") as file:
        for _ in range(minutes * 60):
            file.write(second)
    objects = []
    for k in range(118):
        turns = [{"at": t, "azimuth": (120 * n + 3 * k) % 360 - 180} for n, t in enumerate(range(0, minutes * 60, 5))]
        objects.append({"name": f"{k}", "stem": "stem", "position": {"azimuth": 0, "elevation": k % 60},
                        "automation": turns, "gain": -40})
    scene = folder / f"{minutes}.yaml"
    write_scene(scene, {"stems": {"stem": {"file": stem.name}}, "objects": objects})
    code = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    printed = subprocess.run(
        [sys.executable, "-c", code, cupola, "render", str(scene), "--to", "7.1.4", "--quiet", "-o",
         str(folder / f"out{minutes}")], check=True, capture_output=True, text=True).stdout
    return int(printed.split()[-1]) * 1024 / 1e6


short, long = peak_mb(2), peak_mb(20)
print(f"2 minutes: {short:.1f} MB, 20 minutes: {long:.1f} MB")
demand(abs(long - short) < 20, "memory grows with the programme")
demand(max(short, long) < 300, "too much memory")
