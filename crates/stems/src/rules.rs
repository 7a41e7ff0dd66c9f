//! Every rule a stem is read by.

cupola_model::rules! {
    EMPTY = "stems.empty", warning, "The file holds no sound.",
        "Export the stem again, or leave it out.";
    LOSSY = "stems.lossy", warning, "The codec has thrown sound away.",
        "Ask for the stem as WAV or FLAC.";
    TRUNCATED = "stems.truncated", warning, "The file ends in the middle of a packet.",
        "Export the stem again.";
    WAV_TRUNCATED = "stems.wav.truncated", error, "The file ends before the sound its header announces.",
        "Export or copy the stem again.";
    WAV_RIFF_SIZE = "stems.wav.riff_size", note, "The size of the whole file in its header is wrong; it was worked out.",
        "Nothing; another program may want the file saved again.";
    WAV_STREAMED = "stems.wav.streamed", note, "The length of the sound was never written; it was worked out.",
        "Nothing; another program may want the file saved again.";
    WAV_PARTIAL_FRAME = "stems.wav.partial_frame", note, "The sound ends in the middle of a frame, which is left out.",
        "Export the stem again, if its end matters.";
    WAV_MISSING_PAD = "stems.wav.missing_pad", note, "A chunk of odd size is not padded; it was read all the same.",
        "Nothing; another program may want the file saved again.";
    WAV_CHUNK_CUT = "stems.wav.chunk_cut", note, "A chunk beside the sound is cut; it was left out.",
        "Nothing, if the sound is whole.";
    WAV_TRAILING_BYTES = "stems.wav.trailing_bytes", note, "Bytes behind the last chunk were left out.",
        "Nothing, if the sound is whole.";
    WAV_NO_DS64 = "stems.wav.no_ds64", note, "A file of more than 4 GiB lacks its 64-bit sizes; they were worked out.",
        "Nothing; another program may want the file saved again.";
    WAV_REPAIRED = "stems.wav.repaired", note, "A fault of the file was mended while reading.",
        "Nothing, if the sound is whole.";
}
