//! Every rule a scene or layout is checked against. An id never changes its meaning.

// Name, id, severity (error, warning, note, or varies), what is found, what to do about it.
cupola_model::rules! {
    YAML_SYNTAX = "scene.yaml.syntax", error, "The text is not one YAML document.",
        "Look at the place and the line above: indentation, colons, brackets and quotation marks.";
    YAML_LIMIT = "scene.yaml.limit", error, "The file is too large, too deep or holds too many values.",
        "Check that it is the right file; write fewer aliases and levels.";
    YAML_TAG = "scene.yaml.tag", error, "YAML tags (`!word`) are not used.",
        "Remove the word that starts with `!`.";
    FORMAT = "scene.format", error, "The formatter cannot lay out a text without changing what it says.",
        "Write the part in a simpler way, and report the text; it was left as it is.";
    MORE = "scene.findings.more", warning, "Further findings were left out of the list.",
        "Mend those that are listed first.";
    VERSION = "scene.version", error, "The format version is one this program does not read.",
        "Write `cupola: 1`, or use a newer Cupola.";
    INCLUDE_UNREADABLE = "scene.include.unreadable", error, "An included file that cannot be read.",
        "Correct the path; it counts from the file that includes.";
    INCLUDE_OUTSIDE = "scene.include.outside", error, "An included file outside the project folder.",
        "Put an empty `.cupola-project` into the folder that holds both files, or move the file.";
    INCLUDE_CYCLE = "scene.include.cycle", error, "Files that include each other.",
        "Take one `include` out of the circle.";
    INCLUDE_LIMIT = "scene.include.limit", error, "Too many included files, or too deep ones.",
        "Include fewer files, and fewer from each other.";
    INCLUDE_KEY = "scene.include.key", error, "A key that included files may not have.",
        "Move the key to the scene.";
    INCLUDE_NOTHING = "scene.include.nothing", error, "Something is removed that no file includes.",
        "Correct the name, or remove `remove`.";
    PRESET_UNKNOWN = "scene.preset.unknown", error, "A preset that the scene does not have.",
        "Correct the name, or write the preset under `presets`.";
    PRESET_CYCLE = "scene.preset.cycle", error, "Presets that extend each other.",
        "Take one `extends` out of the circle.";
    PRESET_UNUSED = "scene.preset.unused", note, "A preset, or a key of one, that nothing uses.",
        "Write `preset` where it is meant, or remove it.";
    KEY_UNKNOWN = "scene.key.unknown", error, "A key that does not exist here.",
        "Correct the spelling; the finding lists the keys that exist here.";
    KEY_MISSING = "scene.key.missing", error, "A key that is needed is not there.",
        "Add the key as the finding shows.";
    KEY_DUPLICATE = "scene.key.duplicate", error, "A key is written twice in one mapping.",
        "Keep one of them.";
    KEY_CONFLICT = "scene.key.conflict", error, "Keys that exclude each other.",
        "Keep the one that is meant.";
    VALUE_EMPTY = "scene.value.empty", error, "A key without a value, or an empty name.",
        "Write a value, or remove the key.";
    VALUE_TYPE = "scene.value.type", error, "A text where a list is needed, and the like.",
        "Write it in the form the finding shows.";
    VALUE_NUMBER = "scene.value.number", error, "Not a number.",
        "Write a number, with a point for decimals.";
    VALUE_TIME = "scene.value.time", error, "Not a time.",
        "Write it as `12.5 s`, `0:12.5`, `600000 samples`, `bar 9 beat 2.5` or `01:00:12:08`.";
    VALUE_TIMECODE = "scene.value.timecode", error, "Not a timecode at the frame rate.",
        "Write hours, minutes, seconds and frames that exist at `frame_rate`.";
    VALUE_RANGE = "scene.value.range", error, "A number or time out of its range.",
        "Choose a value in the range the finding shows.";
    VALUE_WORD = "scene.value.word", error, "Not one of the words allowed here.",
        "Choose one of the words the finding lists.";
    VALUE_TEXT = "scene.value.text", error, "A text with control characters, or far too long.",
        "Write it on one line of at most 1000 characters, without tabs.";
    TIME_NO_TEMPO = "scene.time.no_tempo", error, "Bars or beats without a tempo.",
        "Add `tempo: {bpm: 120, meter: 4/4}` at the top.";
    TIME_RELATIVE = "scene.time.relative", error, "A time after another one where none stands before.",
        "Write a time from the start of the programme.";
    TEMPO_ORDER = "scene.tempo.order", error, "Tempo changes are not in order of time.",
        "Sort the entries; the first one holds from bar 1.";
    TEMPO_METER = "scene.tempo.meter", error, "Not a meter, or a meter that changes inside a bar.",
        "Write it as `6/8`, and change it at a bar line.";
    NAME_DUPLICATE = "scene.name.duplicate", warning, "Two objects share a name.",
        "Give one of them a `name` of its own.";
    NAME_LONG = "scene.name.long", warning, "A name longer than the 64 characters a master carries.",
        "Shorten it.";
    STEM_UNKNOWN = "scene.stem.unknown", error, "A stem that the scene does not list.",
        "Correct the name, or list the stem under `stems`.";
    STEM_WET_DRY = "scene.stem.wet_dry", warning, "Two versions of one part, with and without effects, both sound.",
        "Use one of them; effects alone (`FX return`) go with the dry one.";
    STEM_REFERENCE = "scene.stem.reference", warning, "The stereo reference is used as a stem.",
        "Take it out; the reference is for comparison and never rendered.";
    BED_FULL_MIX = "scene.bed.full_mix", warning, "A bed that holds a full mix beside single parts.",
        "Take the mix out, or the parts that are in it.";
    OBJECT_SILENT = "scene.object.silent", warning, "An object below -100 dB from start to end.",
        "Raise its gain, or remove it.";
    OBJECT_TWICE = "scene.object.twice", warning, "Two objects play the same sound at the same place all the time.",
        "Remove one of them, or move it.";
    STEM_UNUSED = "scene.stem.unused", warning, "A stem that nothing uses.",
        "Add it to a bed or an object, or remove it.";
    STEM_CHANNEL = "scene.stem.channel", error, "A channel the stem does not have.",
        "Choose a channel the stem has; a mono stem needs no `channel`.";
    STEM_OUTSIDE = "scene.stem.outside", warning, "The offset puts the stem outside the programme.",
        "Correct `offset` or `end`.";
    PLAY_OUTSIDE = "scene.play.outside", error, "A placement takes what the stem does not have.",
        "Correct `in`, `out` or `length`; the stem may be shorter than you think.";
    PLAY_FADE = "scene.play.fade", error, "Fades or repeats of a placement that do not fit into it.",
        "Shorten the fades, or lengthen what they fade.";
    GROUP_EMPTY = "scene.group.empty", warning, "A group that nothing belongs to.",
        "Add the group to the `groups` of a bed, route or object, or remove it.";
    ROUTE_SPLIT = "scene.route.split", varies, "What becomes of the channels of a surround stem, or why nothing does.",
        "Check the layout and `order` of the stem against its channels.";
    NAME_UNKNOWN = "scene.name.unknown", error, "A group, object or bed that the scene does not have.",
        "Choose one of the names the finding lists.";
    VERSION_SILENT = "scene.version.silent", warning, "A version in which nothing is heard.",
        "Name what is heard in `solo`, or remove `solo`.";
    EDIT_REGION = "scene.edit.region", error, "A region that ends before it starts, or is the whole song.",
        "Correct `from` or `to`.";
    EDIT_OVERLAP = "scene.edit.overlap", error, "Edits that want different things of the same place.",
        "Move one of the regions, or make them one.";
    EDIT_OUTSIDE = "scene.edit.outside", error, "An edit reaches beyond the end of the song.",
        "Correct the time; edits are written in times of the whole song.";
    EDIT_SHORT = "scene.edit.short", error, "Less is left between two joints than their cross-fades take.",
        "Shorten the cross-fades, or move the edits apart.";
    REGION = "scene.region", error, "The part of the programme that was asked for is not in it.",
        "Choose times inside the programme.";
    ROUTE_TARGET = "scene.route.target", error, "It cannot be told which bed channels a stem feeds.",
        "Name as many channels in `to` as the stem has, or choose one with `channel`.";
    ROUTE_SIDES = "scene.route.sides", warning, "A stereo stem is listed as if its sides were swapped.",
        "To swap the sides, write two routes with `channel`.";
    ROUTE_IN_ORDER = "scene.route.in_order", note, "The channels of a stem feed those of the bed in order.",
        "If the file has another order, list it in `to`.";
    BED_LABEL = "scene.bed.label", error, "A channel the bed does not have.",
        "Choose a channel the finding lists, or a larger `format`.";
    BED_PADDED = "scene.bed.padded", note, "Padding moves channels to those of 7.1.2 at the same place.",
        "Nothing, if that is what you want.";
    LFE_NO_LOWPASS = "scene.lfe.no_lowpass", warning, "A full-range signal is sent to the LFE.",
        "Give the LFE a route of its own with `lowpass: 120`.";
    OBJECT_STEREO = "scene.object.stereo", error, "An object needs one channel, or two as a pair.",
        "Add `pair`, `channel` or `fold` for a stereo stem; remove it for a mono one.";
    POSITION_MIXED = "scene.position.mixed", error, "Polar and room coordinates in one object.",
        "Use directions or room coordinates throughout one object.";
    PAIR_CLIPPED = "scene.pair.clipped", note, "A pair is wider than the room and stops at its walls.",
        "Make the pair narrower, or move it to the middle.";
    KEYFRAME_ORDER = "scene.keyframe.order", error, "Keyframes are not in order of time.",
        "Sort the keyframes by time.";
    KEYFRAME_TWICE = "scene.keyframe.twice", error, "Two keyframes at one time.",
        "Put their values into one keyframe.";
    KEYFRAME_EMPTY = "scene.keyframe.empty", error, "A keyframe that changes nothing.",
        "Give it a position, a gain or a size, or remove it.";
    KEYFRAME_JUMP = "scene.keyframe.jump", note, "A value jumps at its first keyframe.",
        "Add a keyframe before it, if no jump is meant.";
    KEYFRAME_AFTER_END = "scene.keyframe.after_end", warning, "A keyframe, or a part of a path, after the end of the programme.",
        "Correct its time, or `end`.";
    PATH_END = "scene.path.end", error, "A path that ends before it starts.",
        "Put `until` after `start`.";
    PATH_OUTSIDE = "scene.path.outside", error, "A path that leaves the room.",
        "Make it smaller, or move it to the middle.";
    PATH_OPPOSITE = "scene.path.opposite", error, "An arc between opposite directions.",
        "Move one end a little, or write `line`.";
    OUTPUT_TWICE = "scene.output.twice", error, "Two outputs that would have one name.",
        "Give one of them a `name`.";
    MASTER_RATE = "scene.master.sample_rate", error, "Masters are made at 48 or 96 kHz.",
        "Set `sample_rate: 48000`, or ask for no master.";
    MASTER_BED = "scene.master.bed", note, "Some players expect ten bed tracks.",
        "Add `pad_bed: 7.1.2`, if the player wants it.";
    LIMIT_OBJECTS = "scene.limit.objects", varies, "More than 118 objects.",
        "Move what stands still into a bed; pairs count twice.";
    LIMIT_STEMS = "scene.limit.stems", error, "More stems than any song has.",
        "Check that this is the right file.";
    LIMIT_TRACKS = "scene.limit.tracks", varies, "More than 128 tracks.",
        "Move what stands still into a bed; pairs count twice.";
    LIMIT_CLIPS = "scene.limit.clips", error, "Stems in more pieces than fit into memory.",
        "Loop less, or bounce the loop to a stem.";
    FADE_NOTHING = "scene.fade.nothing", warning, "A cross-fade with no sound beyond the joint to blend with.",
        "Leave `crossfade` away, or join where the stem goes on behind the joint.";
    LIMIT_OVERLAP = "scene.limit.overlap", error, "More pieces of one stem at once than can be read.",
        "Shorten them, or list the file as several stems.";
    LIMIT_POINTS = "scene.limit.points", error, "More movement than fits into memory.",
        "Slow the movement down, or end it earlier.";
    PROGRAMME_EMPTY = "scene.programme.empty", error, "Nothing to hear.",
        "Add a stem to `beds` or `objects`.";
    PROGRAMME_LENGTH = "scene.programme.length", error, "The programme has no length, or more than a day.",
        "Correct `end`, or the stems.";
    SCREEN_EDGES = "scene.screen", error, "A screen reaches behind the listener or overhead.",
        "Make it narrower, or move its middle to the front.";
    LAYOUT_DISTANCE = "layout.distance", error, "Some loudspeakers of a layout have a distance and some have none.",
        "Measure all of them, or leave `distance` out and write `delay`.";
    LAYOUT_SPEAKERS = "layout.speakers", error, "The loudspeakers do not make a layout.",
        "Mend the list as the finding says.";
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_rule_is_listed_twice_and_every_rule_has_a_meaning_and_a_remedy() {
        for (i, rule) in super::RULES.iter().enumerate() {
            let id = rule.id;
            assert!(rule.meaning.ends_with('.') && rule.remedy.ends_with('.'), "{id}: sentences");
            assert!(super::RULES[..i].iter().all(|other| other.id != id), "{id} is listed twice");
        }
    }
}
