"""Masters that nobody here wrote: made with the builders of the EBU ADM Renderer, imported, and played by both.

Every channel sounds alone in a slot of its own, so that its energy can be followed from the master to the
loudspeakers. Objects have to come out as the EBU's renderer plays them, to 0.1 dB a loudspeaker; loudspeaker
beds keep their energy and its direction, for other loudspeakers than the bed's take it."""
import json
from fractions import Fraction

import numpy as np

from common import RATE, arguments, decode, demand, run
from documents import write_document
from ear.core import bs2051
from ear.fileio.adm.builder import ADMBuilder
from ear.fileio.adm.elements import (AudioBlockFormatDirectSpeakers, AudioBlockFormatObjects, BoundCoordinate,
                                     DirectSpeakerPolarPosition, ObjectCartesianPosition, ObjectPolarPosition,
                                     TypeDefinition)

SLOT = RATE // 20
LAYOUT = bs2051.get_layout("4+7+0")
LFE = [channel.is_lfe for channel in LAYOUT.channels]
DIRECTIONS = np.array([channel.polar_position.as_cartesian_array() for channel in LAYOUT.channels])
cupola, folder = arguments()
rng = np.random.default_rng(76)


def write(path, builder, channels):
    """A BW64 of this ADM, each channel sounding alone for a slot; the sound of a slot is the same noise."""
    sound = np.zeros((channels * SLOT, channels))
    for k in range(channels):
        sound[k * SLOT:(k + 1) * SLOT, k] = 0.1 * np.random.default_rng(k).standard_normal(SLOT).clip(-4, 4)
    write_document(path, builder, sound)
    return sound


def programme(length):
    builder = ADMBuilder()
    builder.create_programme(audioProgrammeName="Foreign", start=Fraction(0), end=Fraction(length, RATE))
    builder.create_content(audioContentName="Main")
    return builder


def energies(path, channels):
    """Energy of every loudspeaker in every slot."""
    sound, _ = decode(path)
    demand(sound.shape == (channels * SLOT, len(LFE)), f"{path} has the shape {sound.shape}")
    return np.square(sound.astype(float)).reshape(channels, SLOT, -1).sum(axis=1)


def come_back(name, builder, channels):
    """Imports a master strictly and plays what comes of it."""
    path = folder / f"{name}.wav"
    sound = write(path, builder, channels)
    made = json.loads(run(cupola, "import", path, "-o", folder / name, "--strict", "--json", "--quiet"))
    demand(not [f for f in made["findings"] if f["severity"] != "note"], f"{name}: {made['findings']}")
    scene = folder / name / "scene.yaml"
    checked = json.loads(run(cupola, "check", scene, "--json", "--quiet"))
    demand(not [f for f in checked["findings"] if f["severity"] == "error"], f"{name}: {checked['findings']}")
    made = {}
    for panner in ("auto", "bs2127"):
        words = [] if panner == "auto" else ["--panner", panner]
        out = run(cupola, "render", scene, "--to", "7.1.4", "--bits", "32", *words, "--json", "--quiet",
                  "-o", folder / name / panner)
        made[panner] = energies(json.loads(out)["outputs"][0]["path"], channels)
    return path, np.square(sound).sum(axis=0), made


def objects(name, positions, cartesian):
    """Objects that stand still: one master, both renderers."""
    count = len(positions)
    builder = programme(count * SLOT)
    for k, position in enumerate(positions):
        place = ObjectCartesianPosition(*position) if cartesian else ObjectPolarPosition(*position)
        block = AudioBlockFormatObjects(position=place, cartesian=cartesian, gain=0.5 if k % 3 == 0 else 1.0)
        builder.create_item_objects(track_index=k, name=f"Object {k}", block_formats=[block])
    path, _, made = come_back(name, builder, count)
    run("ear-render", "-s", "4+7+0", path, folder / f"{name}_ear.wav")
    theirs = energies(folder / f"{name}_ear.wav", count)
    worst = 0.0
    for k in range(count):
        for a, b in zip(made["bs2127"][k], theirs[k]):
            if max(a, b) > 1e-6 * theirs[k].sum():
                worst = max(worst, abs(10 * np.log10(a / b)) if min(a, b) > 0 else np.inf)
    demand(worst < 0.1, f"{name}: {worst:.3f} dB between the renderers")
    return worst


def angle(a, b):
    return np.degrees(np.arccos(np.clip(np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b), -1, 1)))


def bed(layout_name, nested):
    """A bed of a BS.2051 layout, its channels in one pack or in a pack of two."""
    layout = bs2051.get_layout(layout_name)
    channels = layout.channels
    name = f"bed_{layout_name}{'_nested' if nested else ''}"

    def block(channel):
        position = channel.polar_nominal_position
        bound = BoundCoordinate
        place = DirectSpeakerPolarPosition(bounded_azimuth=bound(float(position.azimuth)),
                                           bounded_elevation=bound(float(position.elevation)),
                                           bounded_distance=bound(1.0))
        return [AudioBlockFormatDirectSpeakers(position=place, speakerLabel=[channel.name])]

    builder = programme(len(channels) * SLOT)
    form = builder.create_format_multichannel(type=TypeDefinition.DirectSpeakers, name="Bed",
                                              block_formats=[block(channel) for channel in channels])
    if nested:
        # An outer pack that holds the first half itself and the rest in a pack inside it.
        half = len(channels) // 2
        inner = builder.create_pack(parent=None, audioPackFormatName="Inner",
                                    type=TypeDefinition.DirectSpeakers)
        inner.audioChannelFormats = form.pack_format.audioChannelFormats[half:]
        form.pack_format.audioChannelFormats = form.pack_format.audioChannelFormats[:half]
        form.pack_format.audioPackFormats.append(inner)
    builder.create_item_multichannel_from_format(form, track_indices=list(range(len(channels))), name="Bed")
    _, sent, made = come_back(name, builder, len(channels))
    worst = 0.0
    for k, channel in enumerate(channels):
        found = made["auto"][k]
        if channel.is_lfe:
            demand(found[LFE].sum() > 0.999 * found.sum() > 0, f"{name}: {channel.name} is not in the LFE")
            continue
        level = abs(10 * np.log10(found.sum() / sent[k]))
        demand(level < 0.1, f"{name}: {channel.name} comes out {level:.2f} dB off")
        position = channel.polar_nominal_position
        # Below the ears 7.1.4 has nobody.
        wanted = position.as_cartesian_array() * [1, 1, position.elevation >= 0]
        worst = max(worst, angle(found @ DIRECTIONS, wanted))
    return name, worst


polar = np.column_stack([rng.uniform(-180, 180, 40), rng.uniform(0, 90, 40), np.ones(40)])
room = np.column_stack([rng.uniform(-1, 1, (40, 2)), rng.uniform(0, 1, 40)])
print(f"40 polar objects: {objects('polar', polar, False):.4f} dB")
print(f"40 cartesian objects: {objects('cartesian', room, True):.4f} dB")
for layout_name in ("0+2+0", "0+5+0", "2+5+0", "4+5+0", "0+7+0", "4+7+0", "9+10+3"):
    for nested in (False, True):
        name, worst = bed(layout_name, nested)
        print(f"{name}: energy at most {worst:.1f}° off")
        # The surrounds of a 5.x bed stand in the rear corners of the room, 25° behind the 110° of BS.2051.
        demand(worst < 25.5, f"{name}: the energy comes from elsewhere")
