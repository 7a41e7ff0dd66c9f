//! Every rule a DAMF master is read by.

cupola_model::rules! {
    TEXT = "damf.text", error, "A text of the master is not YAML of the kind DAMF is written in.",
        "Export the master again; the text may be cut off.";
    KEY_UNKNOWN = "damf.key.unknown", warning, "A key that nobody knows.",
        "Correct its spelling, or leave it out.";
    KEY_TWICE = "damf.key.twice", warning, "A key is there twice; the first one counts.",
        "Leave one of them out.";
    KEY_MISSING = "damf.key.missing", error, "A key that every master has is missing.",
        "Write it; what was taken instead is in the finding.";
    VALUE = "damf.value", error, "A value is none that its key can have.",
        "Write a value that the key can have; what was taken instead is in the finding.";
    RANGE = "damf.range", error, "A number is out of its range; the nearest one in it was taken.",
        "Write a number in the range.";
    PRESENTATIONS = "damf.presentations", error, "There is not exactly one presentation.",
        "Write one presentation; the first one was taken.";
    COMPANION = "damf.companion", warning, "A file is not where the root says, but where its name leads.",
        "Correct the name in the root, or give the file its old name back.";
    IDS = "damf.ids", error, "Two channels or objects have one ID, or one has an ID of the other kind.",
        "Number bed channels from 0 to 9 and objects from 10, each once.";
    BED_CHANNEL = "damf.bed.channel", error, "A bed channel has another name or ID than DAMF gives it.",
        "Write L 0, R 1, C 2, LFE 3, Lss 4, Rss 5, Lrs 6, Rrs 7, Lts 8, Rts 9.";
    BED_ORDER = "damf.bed.order", warning, "The channels of a bed are not in the order of their IDs.",
        "List them as L R C LFE Lss Rss Lrs Rrs Lts Rts, in the order of the sound.";
    COUNT = "damf.count", error, "There are more objects or tracks than a master may have.",
        "Use at most 118 objects and 128 tracks.";
    EVENTS_RATE = "damf.events.rate", error, "The events count in another sample rate than the sound has.",
        "Write the rate of the sound; the events were converted to it.";
    EVENTS_ID = "damf.events.id", error, "An event is about an ID that the root does not list.",
        "List it in the root; the event was passed over.";
    EVENTS_FIRST = "damf.events.first", error, "Nothing says at the start what a channel or object is like.",
        "Write an event at samplePos 0 that says everything; the first that is known was held.";
    EVENTS_ORDER = "damf.events.order", error, "Events are out of order.",
        "Write them in the order of samplePos; they were sorted.";
    EVENTS_TWICE = "damf.events.twice", warning, "Two events of one ID are at the same frame.",
        "Leave one of them out; the later one counts.";
    EVENTS_END = "damf.events.end", warning, "An event lies beyond the end of the sound.",
        "Leave it out; nothing is heard of it.";
    AUDIO = "damf.audio", error, "The file of sound is not whole.",
        "Export the master again, on a disk with room.";
    AUDIO_FORMAT = "damf.audio.format", warning, "The sound is not in the format of masters.",
        "Write integers of 24 bits at 48 or 96 kHz.";
    AUDIO_CHANNELS = "damf.audio.channels", error, "There is not one channel of sound for each channel and object of the root.",
        "Write one channel each, in the order of the root; what has none is silent.";

    SETTINGS = "import.damf.settings", note, "Settings of the master have no key in scenes.",
        "Nothing, or set them again in the tool that makes the next master.";
    FEATURE = "import.damf.feature", note, "Something of an object has no key in scenes.",
        "Nothing, if the object can do without; it was left out.";
    VARIES = "import.damf.varies", warning, "Something changes over time that a scene has once for an object.",
        "Check the object; the value that holds longest was taken.";
    BED_SILENT = "import.damf.bed", note, "The channels of a bed are no set that an Atmos bed has.",
        "Nothing has to change: the channels that are missing are silent.";
}

/// The rules about the files themselves, which whoever opens them applies.
pub mod files {
    /// A text is no YAML of the kind DAMF is written in.
    pub const TEXT: &str = super::TEXT;
    /// A file is not where the root says.
    pub const COMPANION: &str = super::COMPANION;
    /// The file of sound is not whole.
    pub const AUDIO: &str = super::AUDIO;
    /// The sound is not in the format of masters.
    pub const AUDIO_FORMAT: &str = super::AUDIO_FORMAT;

    /// What helps against one of them.
    pub fn remedy(id: &str) -> &'static str {
        super::RULES.iter().find(|rule| rule.id == id).map_or("", |rule| rule.remedy)
    }
}
