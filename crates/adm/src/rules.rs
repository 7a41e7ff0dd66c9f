//! Every rule a finished master is checked against. An id never changes its meaning.
//!
//! The rules of the container and of `dbmd` stand here too, so that one table tells everything a
//! master has to be; `masters` applies them.

use cupola_model::Rule;

macro_rules! rules {
    ($(#[$doc:meta])* $table:ident: $($name:ident = $id:literal, $meaning:literal, $remedy:literal;)*) => {
        $(#[doc = $meaning] pub const $name: &str = $id;)*

        $(#[$doc])*
        pub const $table: &[Rule] =
            &[$(Rule { id: $id, severity: None, meaning: $meaning, remedy: $remedy }),*];
    };
}

rules! {
    /// Every rule of a finished master.
    RULES:
    MORE = "master.findings.more",
        "Further findings of a rule were left out of the list.",
        "mend those shown and check again";

    CONTAINER = "master.container",
        "The file is no whole WAVE file.",
        "export the file again";
    CONTAINER_FORM = "master.container.form",
        "The form id is one that Dolby's tools do not open.",
        "write RIFF, or RF64 above 4 GiB";
    CONTAINER_SIZE = "master.container.size",
        "A size in the container is not that of what is there.",
        "export the file again, on a disk with room";
    CONTAINER_PAD = "master.container.pad",
        "A chunk of odd size is not followed by a zero byte.",
        "write a zero byte after every chunk of odd size, not counted in it";
    CONTAINER_RESERVE = "master.container.reserve",
        "The first chunk is not the room for 64-bit sizes.",
        "reserve a JUNK chunk of 28 bytes or more before `fmt `";
    CHUNK_COUNT = "master.chunk.count",
        "A chunk is missing, or is there more than once.",
        "export the file again as an Atmos master";
    CHUNK_ORDER = "master.chunk.order",
        "A chunk stands where no real master has it.",
        "write fmt, data, axml, chna, dbmd in this order";
    DS64 = "master.ds64",
        "The 64-bit sizes are missing or contradict the sound.",
        "write `ds64` as the first chunk, with the sizes that are true";
    FMT_FORM = "master.fmt.form",
        "The format chunk is not the plain PCM one of 16 bytes.",
        "write format tag 1 and no extension";
    FMT_RATE = "master.fmt.sample_rate",
        "The sample rate is not one of a master.",
        "make the master at 48 kHz";
    FMT_BITS = "master.fmt.bits",
        "The sound does not have 24 bits.",
        "export with 24 bits";
    FMT_CHANNELS = "master.fmt.channels",
        "The number of channels is not one of a master.",
        "use at most 128 tracks";
    FMT_SIZES = "master.fmt.sizes",
        "Frame size or byte rate do not fit channels, bits and rate.",
        "export the file again";

    CHNA = "master.chna",
        "The chna chunk cannot be read.",
        "write rows of 40 bytes, as many as the chunk promises";
    CHNA_COUNT = "master.chna.count",
        "There is not one row a channel.",
        "write one row a channel, and no spare ones";
    CHNA_ORDER = "master.chna.order",
        "The rows are not in the order of the tracks.",
        "write the rows in track order, counted from 1";
    CHNA_AXML = "master.chna.axml",
        "A row differs from what axml says of its track.",
        "write `chna` from the same track list as `axml`";

    AXML_SYNTAX = "master.axml.syntax",
        "The text is not one well-formed XML document.",
        "export the file again; the text may be cut off";
    AXML_LIMIT = "master.axml.limit",
        "The text asks for more than a reader should give.",
        "this is no usable master; export it again";
    AXML_ROOT = "master.axml.root",
        "The root element is not the one readers look for.",
        "nest ebuCoreMain (ebuCore_2016), coreMetadata, format, audioFormatExtended";
    AXML_SIZE = "master.axml.size",
        "The text is larger than some readers read.",
        "state movement every 20 ms instead of every 10, or split the programme";
    ELEMENT = "master.element.unknown",
        "An element the profile does not know in this place.",
        "leave it out; the profile forbids what it does not list";
    ELEMENT_COUNT = "master.element.count",
        "An element is missing, or is there too often.",
        "write it as often as the profile says";
    ELEMENT_ORDER = "master.element.order",
        "Elements are not in the order of real masters.",
        "write programme, contents, objects, packs, channels, streams, tracks, UIDs";
    ATTRIBUTE = "master.attribute.unknown",
        "An attribute the profile does not know in this place.",
        "leave it out; the profile forbids what it does not list";
    ATTRIBUTE_MISSING = "master.attribute.missing",
        "An attribute the profile asks for is missing.",
        "write it";
    VALUE = "master.value",
        "A text or attribute has a value the profile does not allow.",
        "write the value the profile allows";
    NAME = "master.name.length",
        "A name is empty or longer than 64 characters.",
        "choose a shorter name";
    ID_FORM = "master.id.form",
        "An identifier does not have the form of its kind.",
        "number the elements again";
    ID_CASE = "master.id.case",
        "An identifier has upper-case hexadecimal digits.",
        "write hexadecimal digits in lower case";
    ID_TWICE = "master.id.twice",
        "Two elements have one identifier, or their ranges overlap.",
        "number the elements again; a bed of n tracks takes n object numbers";
    ID_NUMBER = "master.id.number",
        "An identifier is not numbered as real masters number it.",
        "number beds by their first track, objects from AO_100b, all else from 1001";
    REFERENCE = "master.reference.dangling",
        "A reference to an element that is not there.",
        "refer to an element of this document";
    REFERENCE_COUNT = "master.reference.count",
        "An element is not referred to exactly once.",
        "refer to every element once, or leave it out";
    REFERENCE_CHAIN = "master.reference.chain",
        "References of a track contradict each other.",
        "let object, pack, channel, stream, track and UID tell one story";

    PROGRAMME_NAME = "master.programme.name",
        "The programme's name does not switch the profile on.",
        "call the programme Atmos_Master";
    PROGRAMME_START = "master.programme.start",
        "The programme does not start at zero.",
        "start at 00:00:00.00000; a timecode belongs into `dbmd`";
    PROGRAMME_LENGTH = "master.programme.length",
        "Programme and sound differ in length.",
        "let end minus start be the length of the sound";
    OBJECT_TIME = "master.object.time",
        "An object does not last as long as the programme.",
        "start every object at 00:00:00.00000 and end it with the programme";
    COUNT = "master.count",
        "There are more or fewer of something than the profile allows.",
        "merge objects, or route them to the bed";
    TIME = "master.time",
        "A time is not written as hh:mm:ss.fffff.",
        "write five decimals";
    TRACK_FORMAT = "master.track.format",
        "A track states another rate or depth than the sound has.",
        "copy sampleRate and bitDepth from the sound";

    BED_CHANNELS = "master.bed.channels",
        "The channels of a bed are no set of the profile, in its order.",
        "use 2.0, 3.0, 5.0, 5.1, 7.0, 7.1, 7.0.2 or 7.1.2; put other speakers into objects";
    BED_CHANNEL = "master.bed.channel",
        "A bed channel has another place or name than its label.",
        "write the name and place that belong to the label";
    BED_TRACKS = "master.bed.tracks",
        "The tracks of a bed are not where importers expect them.",
        "put the bed first, on tracks that follow each other";

    BLOCK_ID = "master.block.id",
        "The blocks of a channel are not numbered from 1 on.",
        "number blocks from 00000001, with the digits of their channel";
    BLOCK_START = "master.block.start",
        "The first block does not start at zero.",
        "hold the first value from 00:00:00.00000 on";
    BLOCK_GAP = "master.block.gap",
        "Two blocks overlap, or leave a gap.",
        "round the ends of blocks, then subtract";
    BLOCK_ROUNDING = "master.block.rounding",
        "Blocks miss each other by the rounding of their times.",
        "round the ends of blocks, then subtract; strict readers refuse this";
    BLOCK_END = "master.block.end",
        "The last block does not end with the programme.",
        "let the last block end where the programme does";
    BLOCK_SHORT = "master.block.short",
        "A block is shorter than its interpolation.",
        "merge it into the block before; strict readers stop here";
    BLOCK_SPARSE = "master.block.sparse",
        "Movement in steps so far apart that importers make stairs of it.",
        "state movement every 10 ms, at least every 20";
    BLOCK_POSITION = "master.block.position",
        "A coordinate is missing, double or outside the room.",
        "write X, Y and Z once each, from -1 to 1 (an object may leave Z out)";
    BLOCK_JUMP = "master.block.jump",
        "Jump and interpolation are not the constants of the profile.",
        "write 1 with interpolationLength 0.000000 first and 0.005208 then";
    BLOCK_GAIN = "master.block.gain",
        "The gain of a block is no linear gain, or contradicts importance.",
        "write a linear gain, or gain 0.0 with importance 0 for an inactive object";
    BLOCK_GAIN_ACTIVE = "master.block.gain.active",
        "Active blocks carry a gain.",
        "nothing has to change: Dolby's converters write it, though version 1.0 of the profile does not";
    BLOCK_SIZE = "master.block.size",
        "Width, height and depth are not all there and equal.",
        "write one size, from 0 to 1, in all three";
    BLOCK_ZONES = "master.block.zones",
        "The excluded zones are no set of the profile.",
        "write whole sets, and ZB and ZT together";

    DBMD = "master.dbmd",
        "The dbmd chunk cannot be read.",
        "write the chunk again";
    DBMD_VERSION = "master.dbmd.version",
        "The dbmd chunk has a version nobody knows.",
        "write version 1.0.0.6";
    DBMD_CHECKSUM = "master.dbmd.checksum",
        "The checksum of a segment does not fit.",
        "write the chunk again; something has changed its bytes";
    DBMD_SEGMENT = "master.dbmd.segment",
        "A segment is missing, double, unknown or of a wrong size.",
        "write segments 7, 9 (248 bytes) and 10 (142 bytes and two a track)";
    DBMD_ORIGIN = "master.dbmd.origin",
        "The origin text is one that some encoders refuse.",
        "for Dolby's encoders write DAMF, or pass the file through Dolby's converter once";
    DBMD_FRAME_RATE = "master.dbmd.frame_rate",
        "The frame rate is not indicated, or no frame rate.",
        "state the frame rate; music is delivered at 24";
    DBMD_DOWNMIX = "master.dbmd.downmix",
        "The downmix or warp mode has no meaning.",
        "write 0 to 4";
    DBMD_TRACKS = "master.dbmd.tracks",
        "There is not one entry a channel.",
        "write one entry a track, bed channels included";
    DBMD_TRIM = "master.dbmd.trim",
        "A trim or its bypass has no meaning.",
        "write automatic trims, and 0 to 2 as bypass";
    DBMD_BINAURAL = "master.dbmd.binaural",
        "Headphone modes have no meaning, or are unset throughout.",
        "choose near, mid, far or off for every bed channel and object";
}

/// What reading other people's masters has to say.
pub mod import {
    use cupola_model::Rule;

    /// Rules whose ids start like this are repairs: what was meant is clear, what is written is not.
    pub const REPAIR: &str = "import.repair.";

    rules! {
        /// Every rule of an import.
        RULES:
        REFERENCE_TWICE = "import.repair.reference.twice",
            "An element refers to the same element twice.",
            "nothing has to change here: the second reference was passed over";
        ID_TWICE = "import.repair.id.twice",
            "Two elements have the same identifier.",
            "only one of them can be meant, so that an object may be missing or have the path of another; \
             mend the identifiers in the master";
        TRACK_PACK = "import.repair.track.pack",
            "The track of an object is of a channel that is not in the object's pack.",
            "the track was followed: listen whether sound and place belong together";
        OBJECT_POSITION = "import.repair.object.position",
            "An object has no position that can be read.",
            "the object and its sound were left out; mend its blocks in the master";
        REFERENCE_DANGLING = "import.repair.reference.dangling",
            "A reference to an element that is not there.",
            "the reference was passed over; look whether something is missing in the scene";
        STREAM_DOUBLE = "import.repair.stream.double_reference",
            "A stream refers to a channel and to a pack, which BS.2076 forbids.",
            "nothing has to change here: the channel was followed";
        OBJECT_START_TIME = "import.repair.object.start_time",
            "An object states its start as startTime, as drafts of BS.2076 had it.",
            "nothing has to change here: it was read as start";
        OBJECT_UNLISTED = "import.repair.object.unlisted",
            "An object belongs to no content of the programme.",
            "it was imported nevertheless; mute it in the scene if it was left out on purpose";
        OBJECT_TIME = "import.repair.object.time",
            "An object lasts beyond the sound, or its times cannot be read.",
            "it was taken to last as long as the sound; check its start in the scene";
        TIME_FORM = "import.repair.time",
            "A time cannot be read.",
            "the time was taken from what stands beside it; check the movement there";
        CHNA_MISSING = "import.repair.chna.missing",
            "There is no chna chunk that can be read.",
            "tracks were taken in the order of the audioTrackUIDs; listen whether names and sounds agree";
        CHNA_ROW = "import.repair.chna.row",
            "A track of axml has no row in chna.",
            "the track was told from its number; listen whether name and sound agree";
        TRACK_RANGE = "import.repair.chna.range",
            "A row of chna names a channel that the file does not have.",
            "what uses it is silent; export the master again";
        TRACK_FORMAT = "import.repair.track.format",
            "A track states another rate than the sound has.",
            "the rate of the sound was taken; if it plays too fast or too slow, mend its header";
        PROGRAMME_LENGTH = "import.repair.programme.length",
            "Programme and sound differ in length.",
            "the scene is as long as the sound; write `end` into it if the programme was right";
        SCREEN = "import.repair.programme.screen",
            "The reference screen of a programme is incomplete, or none that stands in front.",
            "the usual screen was taken, 58 degrees wide and straight ahead; set `screen` in the scene";
        PROGRAMME_START = "import.repair.programme.start",
            "A programme starts at another time of its session than the file says.",
            "nothing has to change here: the time in bext was taken, or without one that of the programme";
        BLOCK_ROUNDING = "import.repair.block.rounding",
            "Blocks miss each other by the rounding of their times.",
            "nothing has to change here: each block was taken to end where the next one starts";
        BLOCK_GAP = "import.repair.block.gap",
            "Two blocks overlap, or leave a gap.",
            "each block was taken to end where the next one starts; `--panner bs2127` is silent in a gap";
        BLOCKS_CROWDED = "import.repair.block.crowded",
            "Blocks are too many and too irregular to be kept one by one.",
            "nothing has to change here: `--panner bs2127` moves these objects every 10 ms, not block by block";
        BLOCK_POSITION = "import.repair.block.position",
            "A block has no position that can be read.",
            "the position before was kept; check the movement there";
        BLOCK_RANGE = "import.repair.block.range",
            "A value of a block is out of its range.",
            "the nearest value in range was taken";
        BED_BLOCKS = "import.repair.bed.blocks",
            "A bed channel has more than one block.",
            "the first one was taken: loudspeakers do not move";
        LABEL_POSITION = "import.repair.label.position",
            "A bed channel has a label and no position.",
            "nothing has to change here: the position is that of the label";
        CHANNEL_UNKNOWN = "import.repair.channel.unknown",
            "A track leads to no channel, or to one without label and position.",
            "it was taken from its place in the pack; listen whether name and sound agree";
        CONTAINER = "import.repair.container",
            "The container had to be mended.",
            "nothing has to change here; the copy that is written is whole";
        DBMD = "import.repair.dbmd",
            "The dbmd chunk is damaged.",
            "check the headphone modes in the scene";

        TYPE = "import.type",
            "An object of a type that scenes do not have, or HOA of unknown components.",
            "it was left out; render it with the tool it comes from, and use the sound as a stem";
        FEATURE = "import.feature",
            "Something of an object has no key in scenes.",
            "it was left out; see whether the object can do without";
        FEATURE_VARIES = "import.feature.varies",
            "Snap, zones, divergence, diffuse, importance, head lock or screen change over time; a scene has one for an object.",
            "what holds longest was taken; check the object";
        SIZE = "import.size",
            "An object has different extents, a scene has one size.",
            "their mean was taken; set `size` if another one suits better";
        PROGRAMMES = "import.programmes",
            "There is more than one programme.",
            "the first one was imported";
        COMPLEMENTARY = "import.complementary",
            "Objects stand for each other; only one of them is to be heard.",
            "all were imported; mute those that are not wanted";
        BED_SPLIT = "import.bed.split",
            "The channels of a bed are no set that an Atmos bed can have.",
            "nothing has to change: what does not fit became objects that stand still, missing channels are silent";
        DOLBY_SETTINGS = "import.dbmd.settings",
            "Downmix or trims of the master have no key in scenes.",
            "they were left out; set them again in the tool that makes the next master";
        START = "import.start",
            "The time of the first frame is none of a day.",
            "it was left out; set `start_timecode`";
        BINAURAL_BED = "import.bed.binaural",
            "The channels of a bed have different headphone modes.",
            "the one most of them have was taken";
    }
}

/// What helps against a rule; empty for an id that is in no table.
pub fn remedy(id: &str) -> &'static str {
    let mut rules = RULES.iter().chain(import::RULES);
    rules.find(|rule| rule.id == id).map_or("", |rule| rule.remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rule_is_listed_twice_and_every_rule_has_a_meaning_and_a_remedy() {
        let rules = [RULES, import::RULES].concat();
        for (i, rule) in rules.iter().enumerate() {
            assert!(rule.meaning.ends_with('.'), "{} has no sentence", rule.id);
            assert!(!rule.remedy.is_empty() && !rule.remedy.ends_with('.'), "{}", rule.id);
            assert!(rules[..i].iter().all(|other| other.id != rule.id), "{} twice", rule.id);
            assert_eq!(remedy(rule.id), rule.remedy);
        }
    }
}
