//! Every rule a SOFA file is read by.

cupola_model::rules! {
    EARS_SWAPPED = "hrtf.ears.swapped", warning, "The responses say that the ears are stored the other way round.",
        "Nothing, if left is heard on the left; else tell whoever made the file.";
    EARS_CONTRADICT = "hrtf.ears.contradict", warning, "Time and level disagree about which ear is the left one.",
        "Listen to it, and ask whoever made the file.";
    EARS_UNKNOWN = "hrtf.ears.unknown", warning, "Neither time nor level tells the ears apart.",
        "Use measured responses; these have no head between the ears.";
    EARS_MISDECLARED = "hrtf.ears.declared", note, "The stated positions of the receivers and the responses disagree.",
        "Nothing; the responses are believed.";
    ITD_RANGE = "hrtf.itd.range", warning, "The largest interaural time difference is not that of a head.",
        "Check the sampling rate that the file states.";
    DIRECTIONS_FEW = "hrtf.directions.few", warning, "Very few directions.",
        "Use a set with about 200 directions or more.";
    DIRECTIONS_HOLE = "hrtf.directions.hole", warning, "A wide hole between the directions.",
        "Use another set, if something is to be heard from there.";
    DIRECTIONS_SYNTHETIC = "hrtf.directions.synthetic", note, "Directions were made up where none was measured.",
        "Nothing, unless something is to be heard from there.";
    DIRECTIONS_DUPLICATE = "hrtf.directions.duplicate", note, "Measurements of a direction that was there already were left out.",
        "Nothing; the first one of each direction is used.";
    RESPONSE_SILENT = "hrtf.response.silent", warning, "Measurements without sound were left out.",
        "Ask whoever made the file.";
    LOW_END = "hrtf.low_end", note, "The low end, which the loudspeaker of the measurement had rolled off, was extended.",
        "Nothing; what was measured is kept.";
}
