"""Every fault that the conformance checker plants in its own self-test, and more of the same kind, is
found by `cupola check` as well, under the rule that means it; the sound files it makes are clean."""
import importlib.util
import json
import os
import re
import struct
import sys

from common import arguments, demand, run

cupola, folder = arguments()
spec = importlib.util.spec_from_file_location("oracle", os.environ["CUPOLA_ADM_ORACLE"])
oracle = importlib.util.module_from_spec(spec)
sys.modules["oracle"] = oracle
spec.loader.exec_module(oracle)
swap, flip, RAMP = oracle.swap, oracle.flip, oracle.RAMP

# What the checker's own cases are about, in our words.
MEANT = {
    "BW64 form id": "master.container.form",
    "wrong interpolationLength": "master.block.jump",
    "position outside the room": "master.block.position",
    "unknown speaker label": "master.bed.channel",
    "importance on an object": "master.attribute.unknown",
    "programme longer than the objects": "master.object.time",
    "bed channels out of order": "master.bed.channels",
    "dangling track reference": "master.reference.dangling",
    "unequal sizes": "master.block.size",
    "object divergence": "master.element.unknown",
    "no dbmd": "master.chunk.count",
    "other programme name": "master.programme.name",
    "gap between blocks": "master.block.gap",
    "last block too short": "master.block.end",
    "jumpPosition 0": "master.block.jump",
    "four-digit fraction": "master.time",
    "half a zone set": "master.block.zones",
    "axml cut off": "master.axml.syntax",
    "chna points at another track format": "master.chna.axml",
    "dbmd checksum": "master.dbmd.checksum",
    "dbmd for another channel count": "master.dbmd.tracks",
    "16-bit audio": "master.fmt.bits",
}


def chna_row(number, at, text):
    """Replaces text inside a row of chna."""
    def edit(table):
        where = 4 + 40 * number + at
        return table[:where] + text + table[where + len(text):]
    return edit


def segment_byte(segment, at, value):
    """A byte of a segment of dbmd, with the checksum made to fit."""
    def edit(blob):
        blob, pos = bytearray(blob), 4
        while blob[pos] != segment:
            pos += 4 + struct.unpack_from("<H", blob, pos + 1)[0]
        size = struct.unpack_from("<H", blob, pos + 1)[0]
        blob[pos + 3 + at] = value
        blob[pos + 3 + size] = -(size + sum(blob[pos + 3:pos + 3 + size])) & 0xFF
        return bytes(blob)
    return edit


# Further faults: what the reference says no checker of others sees, and places the cases leave out.
MORE = [
    ("startTime", "master.attribute.unknown", {"edit": swap(' start="00:00:00.00000" duration', ' startTime="00:00:00.00000" duration')}),
    ("late first block", "master.block.start", {"edit": swap('rtime="00:00:00.00000" duration="00:00:00.05000"', 'rtime="00:00:00.01000" duration="00:00:00.04000"')}),
    ("overlap of blocks", "master.block.gap", {"edit": swap('rtime="00:00:00.00000" duration="00:00:00.05000"', 'rtime="00:00:00.00000" duration="00:00:00.05100"')}),
    ("times with samples", "master.time", {"edit": swap('rtime="00:00:00.05000"', 'rtime="00:00:00.2400S48000"')}),
    ("programme starts late", "master.programme.start", {"edit": swap('start="00:00:00.00000" end="00:00:00.10000"', 'start="00:00:01.00000" end="00:00:01.10000"')}),
    ("importance 5 on a block", "master.block.gain", {"edit": swap(RAMP, "<importance>5</importance>" + RAMP)}),
    ("importance 0 without gain", "master.block.gain", {"edit": swap(RAMP, "<importance>0</importance>" + RAMP)}),
    ("gain in decibels", "master.attribute.unknown", {"edit": swap(RAMP, '<gain gainUnit="dB">-6</gain>' + RAMP)}),
    ("negative gain", "master.block.gain", {"edit": swap(RAMP, "<gain>-1.0</gain>" + RAMP)}),
    ("object in no content", "master.reference.count", {"edit": swap("<audioObjectIDRef>AO_100b</audioObjectIDRef>", "")}),
    ("UID in no object", "master.reference.count", {"edit": swap("<audioTrackUIDRef>ATU_0000000a</audioTrackUIDRef>", "")}),
    ("upper-case identifiers", "master.id.case", {"edit": swap("AO_100b", "AO_100B")}),
    ("number of the bed's tracks", "master.id.twice", {"edit": swap("AO_100b", "AO_1005")}),
    ("object outside the numbers", "master.id.number", {"edit": swap("AO_100b", "AO_2000")}),
    ("bed not numbered by its track", "master.id.number", {"edit": swap("AO_1001", "AO_1000")}),
    ("other programme number", "master.id.number", {"edit": swap("APR_1001", "APR_1002")}),
    ("other content number", "master.id.number", {"edit": swap("ACO_1001", "ACO_1005")}),
    ("tracks not in order", "master.id.number", {"edit": swap("ATU_0000000b", "ATU_0000000c"), "chna": lambda t: t.replace(b"ATU_0000000b", b"ATU_0000000c")}),
    ("long name", "master.name.length", {"edit": swap('audioObjectName="Atmos_Obj_1"', 'audioObjectName="' + 65 * "a" + '"')}),
    ("no name", "master.name.length", {"edit": swap('audioObjectName="Atmos_Obj_1"', 'audioObjectName=""')}),
    ("channel with a frequency", "master.element.unknown", {"edit": swap('typeDefinition="Objects"><audioBlock', 'typeDefinition="Objects"><frequency typeDefinition="lowPass">120</frequency><audioBlock')}),
    ("other bed name", "master.bed.channel", {"edit": swap('audioChannelFormatName="RoomCentricLeft"', 'audioChannelFormatName="FrontLeft"')}),
    ("diffuse 0.5", "master.value", {"edit": swap(RAMP, "<diffuse>0.5</diffuse>" + RAMP)}),
    ("channelLock 2", "master.value", {"edit": swap(RAMP, "<channelLock>2</channelLock>" + RAMP)}),
    ("width alone", "master.block.size", {"edit": swap(RAMP, "<width>0.5</width>" + RAMP)}),
    ("cartesian 0", "master.value", {"edit": swap("<cartesian>1</cartesian>", "<cartesian>0</cartesian>")}),
    ("no Y", "master.block.position", {"edit": swap('<position coordinate="Y">-0.2500000000</position>', "")}),
    ("two Z", "master.block.position", {"edit": swap(RAMP, '<position coordinate="Z">0.0</position>' + RAMP)}),
    ("bounds", "master.attribute.unknown", {"edit": swap('coordinate="X">0.5', 'coordinate="X" bound="max">0.5')}),
    ("track of another stream", "master.reference.chain", {"edit": swap("<audioStreamFormatIDRef>AS_00031001", "<audioStreamFormatIDRef>AS_00011001")}),
    ("format of another kind", "master.value", {"edit": swap('formatLabel="0001"', 'formatLabel="0002"')}),
    ("a version attribute", "master.attribute.unknown", {"edit": swap("<audioFormatExtended>", '<audioFormatExtended version="ITU-R_BS.2076-2">')}),
    ("an alternative value set", "master.element.unknown", {"edit": swap("<audioTrackUIDRef>ATU_0000000b", '<alternativeValueSet alternativeValueSetID="AVS_1001_0001"/><audioTrackUIDRef>ATU_0000000b')}),
    ("two programmes", "master.count", {"edit": lambda x: x.replace("<audioContent ", '<audioProgramme audioProgrammeID="APR_1002" audioProgrammeName="Two" start="00:00:00.00000" end="00:00:00.10000"><audioContentIDRef>ACO_1001</audioContentIDRef></audioProgramme><audioContent ', 1)}),
    ("two packs of one object", "master.element.count", {"edit": swap("<audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef><audioTrackUIDRef>", "<audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef><audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef><audioTrackUIDRef>")}),
    ("no interpolationLength", "master.attribute.missing", {"edit": swap(' interpolationLength="0.005208"', "")}),
    ("ituADM root", "master.axml.root", {"edit": lambda x: x.replace("<ebuCoreMain", "<ituADM").replace("</ebuCoreMain", "</ituADM")}),
    ("other namespace", "master.axml.root", {"edit": swap("ebuCore_2016", "ebuCore_2014")}),
    ("48 kHz sound, 44.1 kHz tracks", "master.track.format", {"edit": swap('sampleRate="48000"', 'sampleRate="44100"')}),
    ("16 bits in the tracks", "master.track.format", {"edit": swap('bitDepth="24"', 'bitDepth="16"')}),
    ("an element of BS.2076-2", "master.element.unknown", {"edit": swap(RAMP, "<headLocked>1</headLocked>" + RAMP)}),
    ("polar coordinates", "master.block.position", {"edit": swap('coordinate="X">0.5', 'coordinate="azimuth">0.5')}),
    ("speaker in another place", "master.bed.channel", {"edit": swap('RC_Lss</speakerLabel><cartesian>1</cartesian><position coordinate="X">-1.0', 'RC_Lss</speakerLabel><cartesian>1</cartesian><position coordinate="X">-0.9')}),
    ("times on a bed", "master.attribute.unknown", {"edit": swap('"AB_00011001_00000001"', '"AB_00011001_00000001" rtime="00:00:00.00000"')}),
    ("block numbered twice", "master.block.id", {"edit": swap("AB_00031001_00000002", "AB_00031001_00000001")}),
    ("pack of another type", "master.value", {"edit": swap('typeDefinition="Objects"', 'typeDefinition="HOA"', 1)}),
    ("no dialogue", "master.element.count", {"edit": swap('<dialogue mixedContentKind="0">2</dialogue>', "")}),
    ("other dialogue", "master.value", {"edit": swap('mixedContentKind="0">2', 'mixedContentKind="0">1')}),
    ("stream of another channel", "master.reference.chain", {"edit": swap("<audioChannelFormatIDRef>AC_00031001</audioChannelFormatIDRef><audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef><audioTrackFormatIDRef>", "<audioChannelFormatIDRef>AC_00011001</audioChannelFormatIDRef><audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef><audioTrackFormatIDRef>")}),
    ("two elements of one identifier", "master.id.twice", {"edit": swap('UID="ATU_0000000b"', 'UID="ATU_0000000a"')}),
    ("zone of another size", "master.block.zones", {"edit": swap(RAMP, '<zoneExclusion><zone minX="-1.0" maxX="1.0" minY="-1.0" maxY="-0.4" minZ="-0.499" maxZ="0.499">ZM1</zone></zoneExclusion>' + RAMP)}),
    ("programme ends early", "master.programme.length", {"edit": swap("00:00:00.10000", "00:00:00.09000")}),
    ("not well-formed", "master.axml.syntax", {"edit": swap("</audioProgramme>", "</audioContent>")}),
    ("a row of chna out of order", "master.chna.order", {"chna": chna_row(4, 0, b"\7\0")}),
    ("a track chna alone knows", "master.chna.axml", {"chna": chna_row(4, 2, b"ATU_00000099")}),
    ("one row too few", "master.chna.count", {"chna": lambda t: struct.pack("<HH", 10, 10) + t[4:-40]}),
    ("no chna", "master.chunk.count", {"drop": ("chna",)}),
    ("no axml", "master.chunk.count", {"drop": ("axml",)}),
    ("dbmd without end", "master.dbmd", {"dbmd": lambda b: b[:524 - 1]}),
    ("dbmd without tracks", "master.dbmd.segment", {"dbmd": lambda b: b[:356] + b"\0\0"}),
    ("dbmd frame rate 9", "master.dbmd.frame_rate", {"dbmd": segment_byte(9, 111, 0x29)}),
    ("dbmd warp mode 7", "master.dbmd.downmix", {"dbmd": segment_byte(9, 152, 0x87)}),
    ("dbmd mode 6", "master.dbmd.binaural", {"dbmd": segment_byte(10, 142 + 11 + 3, 0x86)}),
    ("dbmd sync word", "master.dbmd.segment", {"dbmd": segment_byte(10, 0, 0)}),
    ("rubbish behind dbmd", "master.dbmd", {"dbmd": lambda b: b + b"\1\1"}),
]


def judged(name, arguments_):
    """The findings of both on one made file."""
    path = folder / (re.sub(r"\W+", "-", name) + ".wav")
    oracle.sample_file(path, **arguments_)
    _, _, theirs = oracle.examine(str(path))
    ours = json.loads(run(cupola, "check", path, "--json", "--quiet", codes=(0, 7)))["findings"]
    return [f for f in theirs if f.level == "ERROR"], [f for f in theirs if f.level == "WARNING"], ours


count = 0
for name, expected, case in oracle.CASES:
    errors, warnings, ours = judged(name, case)
    ours_wrong = [f for f in ours if f["severity"] == "error"]
    if expected is None:
        demand(not ours_wrong, f"{name}: called wrong: {ours_wrong}")
        continue
    count += 1
    demand(ours_wrong, f"{name}: nothing found")
    demand(MEANT[name] in {f["rule"] for f in ours}, f"{name}: {MEANT[name]} is not among {ours_wrong}")
failures = []
for name, rule, case in MORE:
    errors, warnings, ours = judged(name, case)
    count += 1
    if rule not in {f["rule"] for f in ours}:
        failures.append(f"{name}: {rule} is not among {[f['rule'] for f in ours]}; theirs {errors}")
    if errors and not any(f["severity"] == "error" for f in ours):
        failures.append(f"{name}: the checker has errors, we have none: {errors}")
    for f in ours:
        whole = f["hint"] and (f["place"]["path"] or f["rule"] == "master.findings.more")
        demand(whole, f"{name}: a finding lacks place or hint: {f}")
demand(not failures, "\n".join(failures))
print(f"{count} planted faults found")
