"""What the judges share: running Cupola, writing scenes, reading audio through ffmpeg."""
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile

RATE = 48000
SCENES = Path(__file__).resolve().parents[2] / "scenes"


def arguments():
    """The program under judgement and a folder to work in."""
    cupola, folder = sys.argv[1:3]
    folder = Path(folder) / Path(sys.argv[0]).stem
    folder.mkdir(parents=True)
    return cupola, folder


def run(*command, codes=(0,)):
    """Runs a program and returns what it printed; stops when it fails."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode not in codes:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def write_stem(path, samples):
    """A 32-bit float WAV; samples are frames, or frames x channels."""
    soundfile.write(path, samples.astype(np.float32), RATE, subtype="FLOAT")


def write_scene(path, document):
    """A scene as JSON, which is YAML."""
    path.write_text(json.dumps({"cupola": 1, **document}, indent=1))


def decode(path):
    """Frames x channels of a file, as ffmpeg reads it."""
    probe = json.loads(run("ffprobe", "-v", "error", "-print_format", "json", "-show_streams", path))
    stream = probe["streams"][0]
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-c:a", "pcm_f32le", "-"],
        check=True, capture_output=True).stdout
    return np.frombuffer(raw, "<f4").reshape(-1, stream["channels"]), stream


def demand(condition, text):
    """Stops with a message unless the condition holds."""
    if not condition:
        sys.exit("FAILED: " + text)
