//! Every rule a scene or layout is checked against. An id never changes its meaning.

macro_rules! rules {
    ($($name:ident = $id:literal, $meaning:literal;)*) => {
        $(pub(crate) const $name: &str = $id;)*

        /// Every rule id this room reports, with one line of meaning.
        pub const RULES: &[(&str, &str)] = &[$(($id, $meaning)),*];
    };
}

rules! {
    YAML_SYNTAX = "scene.yaml.syntax", "The text is not one YAML document.";
    YAML_LIMIT = "scene.yaml.limit", "The file is too large, too deep or holds too many values.";
    YAML_TAG = "scene.yaml.tag", "YAML tags (`!word`) are not used.";
    MORE = "scene.findings.more", "Further findings were left out of the list.";
    VERSION = "scene.version", "The format version is one this program does not read.";
    INCLUDE_UNREADABLE = "scene.include.unreadable", "An included file that cannot be read.";
    INCLUDE_OUTSIDE = "scene.include.outside", "An included file outside the project folder.";
    INCLUDE_CYCLE = "scene.include.cycle", "Files that include each other.";
    INCLUDE_LIMIT = "scene.include.limit", "Too many included files, or too deep ones.";
    INCLUDE_KEY = "scene.include.key", "A key that included files may not have.";
    INCLUDE_NOTHING = "scene.include.nothing", "Something is removed that no file includes.";
    KEY_UNKNOWN = "scene.key.unknown", "A key that does not exist here.";
    KEY_MISSING = "scene.key.missing", "A key that is needed is not there.";
    KEY_DUPLICATE = "scene.key.duplicate", "A key is written twice in one mapping.";
    KEY_CONFLICT = "scene.key.conflict", "Keys that exclude each other.";
    VALUE_EMPTY = "scene.value.empty", "A key without a value, or an empty name.";
    VALUE_TYPE = "scene.value.type", "A text where a list is needed, and the like.";
    VALUE_NUMBER = "scene.value.number", "Not a number.";
    VALUE_TIME = "scene.value.time", "Not a time.";
    VALUE_TIMECODE = "scene.value.timecode", "Not a timecode at the frame rate.";
    VALUE_RANGE = "scene.value.range", "A number or time out of its range.";
    VALUE_WORD = "scene.value.word", "Not one of the words allowed here.";
    VALUE_TEXT = "scene.value.text", "A text with control characters, or far too long.";
    TIME_NO_TEMPO = "scene.time.no_tempo", "Bars or beats without a tempo.";
    TIME_RELATIVE = "scene.time.relative", "A time after another one where none stands before.";
    TEMPO_ORDER = "scene.tempo.order", "Tempo changes are not in order of time.";
    TEMPO_METER = "scene.tempo.meter", "Not a meter, or a meter that changes inside a bar.";
    NAME_DUPLICATE = "scene.name.duplicate", "Two objects share a name.";
    NAME_LONG = "scene.name.long", "A name longer than the 64 characters a master carries.";
    STEM_UNKNOWN = "scene.stem.unknown", "A stem that the scene does not list.";
    STEM_UNUSED = "scene.stem.unused", "A stem that nothing uses.";
    STEM_CHANNEL = "scene.stem.channel", "A channel the stem does not have.";
    STEM_OUTSIDE = "scene.stem.outside", "The offset puts the stem outside the programme.";
    PLAY_OUTSIDE = "scene.play.outside", "A placement takes what the stem does not have.";
    PLAY_FADE = "scene.play.fade", "Fades or repeats of a placement that do not fit into it.";
    GROUP_EMPTY = "scene.group.empty", "A group that nothing belongs to.";
    ROUTE_SPLIT = "scene.route.split", "What becomes of the channels of a surround stem, or why nothing does.";
    NAME_UNKNOWN = "scene.name.unknown", "A group, object or bed that the scene does not have.";
    EDIT_REGION = "scene.edit.region", "A region that ends before it starts, or is the whole song.";
    EDIT_OVERLAP = "scene.edit.overlap", "Edits that want different things of the same place.";
    EDIT_OUTSIDE = "scene.edit.outside", "An edit reaches beyond the end of the song.";
    EDIT_SHORT = "scene.edit.short", "Less is left between two joints than their cross-fades take.";
    REGION = "scene.region", "The part of the programme that was asked for is not in it.";
    ROUTE_TARGET = "scene.route.target", "It cannot be told which bed channels a stem feeds.";
    ROUTE_SIDES = "scene.route.sides", "A stereo stem is listed as if its sides were swapped.";
    ROUTE_IN_ORDER = "scene.route.in_order", "The channels of a stem feed those of the bed in order.";
    BED_LABEL = "scene.bed.label", "A channel the bed does not have.";
    BED_PADDED = "scene.bed.padded", "Padding moves channels to those of 7.1.2 at the same place.";
    LFE_NO_LOWPASS = "scene.lfe.no_lowpass", "A full-range signal is sent to the LFE.";
    OBJECT_STEREO = "scene.object.stereo", "An object needs one channel, or two as a pair.";
    POSITION_MIXED = "scene.position.mixed", "Polar and room coordinates in one object.";
    PAIR_CLIPPED = "scene.pair.clipped", "A pair is wider than the room and stops at its walls.";
    KEYFRAME_ORDER = "scene.keyframe.order", "Keyframes are not in order of time.";
    KEYFRAME_TWICE = "scene.keyframe.twice", "Two keyframes at one time.";
    KEYFRAME_EMPTY = "scene.keyframe.empty", "A keyframe that changes nothing.";
    KEYFRAME_JUMP = "scene.keyframe.jump", "A value jumps at its first keyframe.";
    KEYFRAME_AFTER_END = "scene.keyframe.after_end", "A keyframe after the end of the programme.";
    PATH_END = "scene.path.end", "A path that ends before it starts.";
    PATH_OUTSIDE = "scene.path.outside", "A path that leaves the room.";
    PATH_OPPOSITE = "scene.path.opposite", "An arc between opposite directions.";
    OUTPUT_TWICE = "scene.output.twice", "Two outputs that would have one name.";
    MASTER_RATE = "scene.master.sample_rate", "Masters are made at 48 or 96 kHz.";
    MASTER_BED = "scene.master.bed", "Some players expect ten bed tracks.";
    LIMIT_OBJECTS = "scene.limit.objects", "More than 118 objects.";
    LIMIT_TRACKS = "scene.limit.tracks", "More than 128 tracks.";
    LIMIT_CLIPS = "scene.limit.clips", "Stems in more pieces than fit into memory.";
    LIMIT_POINTS = "scene.limit.points", "More movement than fits into memory.";
    PROGRAMME_EMPTY = "scene.programme.empty", "Nothing to hear.";
    PROGRAMME_LENGTH = "scene.programme.length", "The programme has no length, or more than a day.";
    LAYOUT_SPEAKERS = "layout.speakers", "The loudspeakers do not make a layout.";
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_rule_is_listed_twice_and_every_rule_has_a_meaning() {
        for (i, (id, meaning)) in super::RULES.iter().enumerate() {
            assert!(meaning.ends_with('.'), "{id} has no sentence");
            assert!(super::RULES[..i].iter().all(|(other, _)| other != id), "{id} is listed twice");
        }
    }
}
