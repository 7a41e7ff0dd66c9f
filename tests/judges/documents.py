"""What judges share that make ADM files with the EBU's library and compare renders of them with `ear-render`."""
import warnings

warnings.filterwarnings("ignore")

import lxml.etree
import numpy as np
from ear.fileio import openBw64
from ear.fileio.adm.chna import populate_chna_chunk
from ear.fileio.adm.generate_ids import generate_ids
from ear.fileio.adm.xml import adm_to_xml
from ear.fileio.bw64.chunks import ChnaChunk, FormatInfoChunk

from common import RATE, decode, demand, run

# The rounding of 24 bits, and that of sums of f32.
TOLERANCE = 4e-7 + 0.5 / 2**23


def write_document(path, builder, sound):
    """A BW64 of this ADM and these frames x channels, in 24 bits."""
    generate_ids(builder.adm)
    chna = ChnaChunk()
    populate_chna_chunk(chna, builder.adm)
    axml = lxml.etree.tostring(adm_to_xml(builder.adm), pretty_print=True)
    form = FormatInfoChunk(formatTag=1, channelCount=sound.shape[1], sampleRate=RATE, bitsPerSample=24)
    with openBw64(str(path), "w", chna=chna, formatInfo=form, axml=axml) as file:
        file.write(sound)


def compare_renders(cupola, folder, source, layouts, audible):
    """The largest difference of any sample of `cupola render --panner bs2127` from `ear-render`, within tolerance.

    `layouts` are names of the standard and of Cupola; some sample has to be louder than `audible`."""
    to = [word for name in layouts.values() for word in ("--to", name)]
    run(cupola, "render", source, *to, "--panner", "bs2127", "--bits", 32, "-o", folder / "ours", "--quiet")
    worst = 0.0
    for standard, name in layouts.items():
        run("ear-render", "-s", standard, source, folder / "theirs.wav")
        ours, _ = decode(next((folder / "ours").glob(f"*_{name}.wav")))
        theirs, _ = decode(folder / "theirs.wav")
        demand(ours.shape == theirs.shape, f"{standard}: {ours.shape} against {theirs.shape}")
        demand(np.abs(theirs).max() > audible, f"{standard}: hardly anything is heard")
        difference = np.abs(ours - theirs)
        frame, channel = np.unravel_index(difference.argmax(), difference.shape)
        place = f"at frame {frame}, channel {channel + 1}"
        demand(difference.max() <= TOLERANCE, f"{standard}: {difference.max():.2e} {place}")
        worst = max(worst, difference.max())
    return worst
