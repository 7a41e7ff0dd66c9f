//! The words of the command line, as typed.

use clap::{Args, Parser, Subcommand, ValueEnum};
use cupola_jobs::{BinauralQuality, ChannelOrder, PannerChoice};
use std::path::PathBuf;

/// Turns music stems and a scene into immersive masters.
#[derive(Debug, Parser)]
#[command(name = "cupola", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Examples:
  cupola build scenes/ode-to-joy/scene.yaml            everything the scene asks for
  cupola render scene.yaml --to 7.1.4 --to binaural    chosen renders, one pass over the stems
  cupola master scene.yaml -o song.wav                 the ADM BWF master alone
  cupola render song.wav --to 5.1                      anybody's master, rendered straight away
  cupola diff song_v1.wav song_v2.wav                  what tells two masters apart
  cupola check scene.yaml                              every finding at once, nothing written

Exit codes: 0 done, 1 internal, 2 usage, 3 input unreadable, 4 scene invalid, 5 stems unfit,
6 output not written, 7 done but a check failed (clipping included), 130 stopped by Ctrl-C")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options every command knows.
#[derive(Args, Debug)]
pub(crate) struct Common {
    /// One JSON document on stdout; human words go to stderr
    #[arg(long, global = true, overrides_with = "json")]
    pub(crate) json: bool,
    /// Say nothing but errors
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more: the peak of every channel
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make every output the scene asks for, in one pass over the stems
    #[command(after_help = "Example:
  cupola build scenes/ode-to-joy/scene.yaml

Files go to `out` beside the scene unless -o names a folder. A second run replaces what the first
one wrote; any other file is left alone unless --force is given.")]
    Build {
        /// The scene
        scene: PathBuf,
        /// Folder for the outputs
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
        /// The scene as it is, and each of its versions
        #[arg(long, conflicts_with = "version")]
        all_versions: bool,
        #[command(flatten)]
        part: Part,
        #[command(flatten)]
        work: Work,
    },
    /// Render chosen outputs, in one pass over the stems
    #[command(after_help = "Examples:
  cupola render scene.yaml --to 7.1.4
  cupola render scene.yaml --to 5.1 --to 2.0 --to binaural --bits 16
  cupola render scene.yaml --to 7.1.4 --group drums
  cupola render scene.yaml --to 7.1.4 --group drums --group vocals
  cupola render scene.yaml --to my-room.yaml --panner vbap -o renders
  cupola render scene.yaml --to 7.1.4 --from 'bar 9' --until '+8 bars'
  cupola render scene.yaml --to 7.1.4 --version radio --from 0:30
  cupola render song.wav --to 7.1.4 --to binaural      a master, ADM BWF or DAMF of any tool
  cupola render --walk 7.1.4 --order protools     noise from each loudspeaker in turn, no scene

`cupola layouts` lists the layouts known by name. `stereo:` mixes a 5.1 render down, 2.0 pans to two
loudspeakers. AmbiX has ACN order and SN3D scale. A master is read as `cupola import` reads it; what had
to be repaired is listed.")]
    Render {
        /// The scene or master
        #[arg(required_unless_present = "walk")]
        scene: Option<PathBuf>,
        /// A layout by name, a layout file (.yaml), `binaural`, `stereo:loro`, `stereo:ltrt`,
        /// `stereo:ltrt90`, `ambix1` to `ambix7` or `fuma`; may be given more than once
        #[arg(long = "to", value_name = "LAYOUT", required_unless_present = "walk")]
        to: Vec<String>,
        /// Instead of a scene, a file to check loudspeakers by: each channel of this layout plays noise
        /// in turn
        #[arg(long, value_name = "LAYOUT", conflicts_with_all = ["scene", "to", "group", "version", "from",
              "until", "importance", "panner", "hrtf", "hrtf_eq", "orientation", "via", "compare", "headphone_eq", "quality",
              "threads", "io_frames"])]
        walk: Option<String>,
        /// Folder for the outputs
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
        /// Render one group alone; everything else is silent, length and channels stay. Given more than
        /// once: a file for each group and one for the rest, which add up to the whole
        #[arg(long, value_name = "NAME")]
        group: Vec<String>,
        /// Sample depth: 16 and 24 bit integer, 32 bit float
        #[arg(long, default_value = "24")]
        bits: Bits,
        /// Channel order of loudspeaker files: as the layout lists them (sides before backs), or as
        /// others count. An order that does not describe the layout is refused
        #[arg(long, default_value = "bs2051", value_name = "ORDER", value_parser = order())]
        order: ChannelOrder,
        #[command(flatten)]
        part: Part,
        #[command(flatten)]
        work: Work,
    },
    /// Write the master alone
    #[command(after_help = "Examples:
  cupola master scene.yaml -o song.wav
  cupola master scene.yaml -o song.atmos         DAMF: song.atmos, .atmos.metadata, .atmos.audio
  cupola master scene.yaml -o song.wav --format adm-itu      plain BS.2076-2, as EBU tools read it
  cupola master song.wav -o song.atmos           an ADM BWF of any tool as DAMF")]
    Master {
        /// The scene, or a master to convert
        scene: PathBuf,
        /// The file to write
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// Kind of master; when it is not given, `.atmos` means damf and anything else adm-bwf
        #[arg(long)]
        format: Option<Format>,
        #[command(flatten)]
        part: Part,
        #[command(flatten)]
        work: Work,
    },
    /// List every finding about a scene and its stems, or about a master; write nothing
    #[command(after_help = "Examples:
  cupola check scene.yaml
  cupola check song.wav          against the profile of Atmos masters; exit 7 when it fails

A file that starts as RIFF, RF64 or BW64 is checked as a master, whatever it is called.")]
    Check {
        /// The scene or master
        file: PathBuf,
        /// Check this version of the song alone; otherwise the scene as it is and every version
        #[arg(long, value_name = "NAME")]
        version: Option<String>,
    },
    /// Turn a master back into stems and a scene
    #[command(after_help = "Examples:
  cupola import song.wav -o song
  cupola import song.wav -o song --strict        refuse a master that has to be repaired
  cupola build song/scene.yaml

The folder gets `scene.yaml` and one WAV for every object and bed under `stems`; it appears whole or not
at all. Read is ADM BWF of any tool: RIFF, RF64 or BW64 with `axml`. What is written wrongly but clearly
meant is repaired and listed; what scenes cannot hold is listed by name. Movement in steps that nobody
wrote by hand becomes keyframes within the angle of --thin.")]
    Import {
        /// The master
        master: PathBuf,
        /// The folder to make
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
        /// Refuse a master that has to be repaired
        #[arg(long)]
        strict: bool,
        /// Write into a folder that is not empty, over files of the same names
        #[arg(long)]
        force: bool,
        /// Keyframes stay within this many degrees of the master; 0 keeps every point
        #[arg(long, value_name = "DEG", default_value_t = 0.1)]
        thin: f64,
    },
    /// Say what tells two masters or scenes apart
    #[command(after_help = "Examples:
  cupola diff song_v1.wav song_v2.wav
  cupola diff scene.yaml song.wav                is the master what the scene says?
  cupola diff old.yaml new.yaml --json
  cupola diff a.wav b.wav --tolerance 0          every bit counts

Beds and objects are paired by name; those without a partner by sound, which a gain does not change;
the rest by number. Told is what was added, removed, renamed, moved (by how many degrees at most, and
when), gain, size, modes, snap, zones and groups, and for every track from when on and by how much its
sound differs. The order of objects does not count. Exit code 0 when they are alike, 7 when not.")]
    Diff {
        /// A scene or master
        a: PathBuf,
        /// Another one
        b: PathBuf,
        /// How much may differ: 1 is 0.1 degrees, 0.01 dB, 0.001 of size and -100 dBFS of sound, 10
        /// ten times as much of each, 0 nothing
        #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
        tolerance: f64,
        /// Worker threads; 0 means one a core. Never changes the result
        #[arg(long, default_value_t = 0, value_name = "N",
              value_parser = clap::value_parser!(u16).range(0..=256))]
        threads: u16,
    },
    /// Cut a part out of a master, sample-exact, into a new one
    #[command(after_help = "Examples:
  cupola trim song.wav --from 10 -o short.wav
  cupola trim song.wav --from 0:12.5 --until 1:30 -o part.wav
  cupola trim song.wav --until '96000 samples' -o start.wav

No sample is changed, and metadata follows: movement, names, groups, headphone modes, downmix, trims.
Nothing is faded. What had to be repaired to read the master is listed.")]
    Trim {
        /// The master
        master: PathBuf,
        /// Start here; as times are written in scenes
        #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
        from: Option<String>,
        /// Stop here; `+10 s` counts from --from
        #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
        until: Option<String>,
        /// The file to write; `.atmos` means DAMF
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// Overwrite existing files
        #[arg(long)]
        force: bool,
    },
    /// Show or change the settings of a master: start, downmix, trims, headphone modes, frame rate
    #[command(after_help = "Examples:
  cupola set song.wav                                            show them all
  cupola set song.wav binaural=mid 'binaural.Lead vocal=near' -o new.wav
  cupola set song.wav trim.5.1=0/0/0 downmix.5.1=direct -o new.wav
  cupola set song.wav first_action=none -o song.wav --force      in place
  cupola set song.atmos start=01:00:00:00 -o reel.atmos          a DAMF, its three files

Sound and all else are copied byte by byte; nothing is rendered. `start` is the timecode of the first
sample, `first_action` a time from there. Trims are `auto`, or the decibels of
centre/surrounds/heights and, if wanted, the shares of overhead and front, -1 to 1. Where several objects
have one name, `binaural.#12` is the one with track 12.")]
    Set {
        /// The master, an ADM BWF or DAMF
        master: PathBuf,
        /// A setting to make
        #[arg(value_name = "KEY=VALUE")]
        changes: Vec<String>,
        /// The file to write
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Overwrite an existing file
        #[arg(long)]
        force: bool,
    },
    /// Give a master another frame rate, start timecode or first frame of action
    #[command(after_help = "Examples:
  cupola retime song.wav --fps 25 -o song25.wav
  cupola retime song.atmos --start 01:00:00:00 -o reel.atmos
  cupola retime song.wav --first-action 00:00:02 -o new.wav

Sound and movement stay where they are, to the sample: a frame rate is a word that importers of pictures
ask for.")]
    Retime {
        /// The master, an ADM BWF or DAMF
        master: PathBuf,
        /// Frames of picture a second: 23.976, 24, 25, 29.97df, 29.97 or 30
        #[arg(long, value_name = "RATE", required_unless_present_any = ["start", "first_action"])]
        fps: Option<String>,
        /// When the first sample is: a timecode at the new frame rate, or a time such as 3600 s
        #[arg(long, value_name = "TIME")]
        start: Option<String>,
        /// First frame of action, counted from the start, as hh:mm:ss or hh:mm:ss.fffff, or `none`
        #[arg(long, value_name = "TIME")]
        first_action: Option<String>,
        /// The file to write
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// Overwrite an existing file
        #[arg(long)]
        force: bool,
    },
    /// Say where everything is at an instant, and how loud
    #[command(after_help = "Examples:
  cupola show scene.yaml --at \"bar 9\"
  cupola show scene.yaml --at 12.5 --at 01:00:12:08 --json

RMS and peak are in dBFS over the 400 ms around the instant, with every gain at that instant.")]
    Show {
        /// The scene
        scene: PathBuf,
        /// An instant in the words of the scene; may be given more than once
        #[arg(long, value_name = "TIME", required = true)]
        at: Vec<String>,
        #[command(flatten)]
        voice: Voice,
    },
    /// Draw where every object is and goes: an SVG for notes, or an HTML page that plays
    #[command(after_help = "Examples:
  cupola view scene.yaml                               a page in `out` beside the scene
  cupola view scene.yaml -o song.svg
  cupola view scene.yaml -o bar9.svg --at \"bar 9\"")]
    View {
        /// The scene
        scene: PathBuf,
        /// The file to write; its ending decides: .svg or .html
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// One instant in the words of the scene: 12.5 s, "bar 9 beat 2", 01:00:12:08
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// The loudspeakers drawn: a layout by name, or a layout file (.yaml)
        #[arg(long, value_name = "LAYOUT", default_value = "7.1.4")]
        layout: String,
        #[command(flatten)]
        voice: Voice,
        /// Overwrite existing files
        #[arg(long)]
        force: bool,
    },
    /// Lay scenes out in one style; comments and what they say stay
    #[command(after_help = "Examples:
  cupola fmt scene.yaml                  rewrite the scene in place
  cupola fmt scenes/*/scene.yaml
  cupola fmt --check scene.yaml          write nothing; exit code 7 if something would change
  cupola fmt - < scene.yaml              from stdin to stdout

Values, their spelling and quotation marks, the order of keys, anchors and every comment stay as
they are. Indentation and blanks become uniform; `{flow: style}` stays on its line up to 100 columns.
Columns that you have lined up stay lined up; lines end with LF. The result is read again before it is
written: a scene whose meaning would change is left alone. If one of the files cannot be laid out, none
is written; files are written one after the other.")]
    Fmt {
        /// Scenes, or `-` for stdin
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Write nothing; list what would change
        #[arg(long)]
        check: bool,
    },
    /// Say what a file holds: a master, a WAV or any other stem
    Info {
        /// The file
        file: PathBuf,
    },
    /// Say what a SOFA file holds: directions, ears, differences, colour, and what is odd about it
    #[command(after_help = "Examples:
  cupola hrtf subject_003.sofa
  cupola hrtf subject_003.sofa --plot subject_003.svg
  cupola render scene.yaml --to binaural --hrtf subject_003.sofa

Read are the conventions SimpleFreeFieldHRIR and GeneralFIR with two receivers. Which receiver is the
left ear is decided from the responses. A converted set is kept for the next run in the user's cache
folder; CUPOLA_CACHE names another, and none when it is empty.")]
    Hrtf {
        /// The SOFA file
        file: PathBuf,
        /// Draw directions, time and level differences and the mean response into this .svg file
        #[arg(long, value_name = "FILE")]
        plot: Option<PathBuf>,
        /// Overwrite existing files
        #[arg(long)]
        force: bool,
    },
    /// List the loudspeaker layouts, or show one
    #[command(after_help = "Examples:
  cupola layouts
  cupola layouts 7.1.4
  cupola layouts my-room.yaml                        check it; how well it reaches all directions
  cupola layouts my-room.yaml --plot my-room.svg

Errors are the angles between where a sound is panned by direction and where its energy comes from.")]
    Layouts {
        /// A layout by name, or a layout file
        name: Option<String>,
        /// Draw it from above and from the side, with its errors, into this .svg file
        #[arg(long, value_name = "FILE", requires = "name")]
        plot: Option<PathBuf>,
        /// Overwrite existing files
        #[arg(long)]
        force: bool,
    },
    /// Print the JSON Schema of scenes or layouts, for editors and other programs
    #[command(after_help = "Example:
  cupola schema > scene.schema.json

An editor with a YAML language server then completes and explains the keys of a scene that starts with
  # yaml-language-server: $schema=scene.schema.json")]
    Schema {
        /// The kind of file
        #[arg(default_value = "scene")]
        of: Of,
    },
    /// Explain the rules that findings name
    #[command(after_help = "Examples:
  cupola rules                       all of them, as a Markdown table
  cupola rules scene.value.range     one
  cupola rules scene.value           all whose ids start with it")]
    Rules {
        /// The id of a rule, or how it starts
        id: Option<String>,
    },
    /// Print the gains of a list of objects, to compare with other renderers
    #[command(after_help = "Examples:
  cupola gains 7.1.4 objects.json
  cupola gains 4+7+0 objects.json --panner room

The file is a JSON list of objects, or a map with the list `objects`, for example
  [{\"position\": {\"azimuth\": 30, \"elevation\": 10}, \"width\": 45, \"diffuse\": 0.3},
   {\"position\": {\"x\": -1, \"y\": 0.2, \"z\": 1}, \"channelLock\": true}]
Keys: position, width, height, depth, gain, diffuse, divergence, channelLock, zoneExclusion,
screenRef, referenceScreen, screenEdgeLock, cartesian. The screen of the room is that of the layout
file. Printed is one JSON document with the direct and the diffuse gain of every object in every channel; a refused object says why instead, and the exit code is 7.")]
    Gains {
        /// A layout by name, or a layout file (.yaml)
        layout: String,
        /// The objects, a JSON file
        objects: PathBuf,
        /// The panning law
        #[arg(long, default_value = "bs2127", value_name = "LAW", value_parser = panner())]
        panner: PannerChoice,
    },
    /// Print a script that lets a shell complete commands, options and their values
    #[command(after_help = "Examples:
  cupola completions bash > ~/.local/share/bash-completion/completions/cupola
  cupola completions zsh > ~/.zfunc/_cupola
  cupola completions fish > ~/.config/fish/completions/cupola.fish
  cupola completions powershell >> $PROFILE
  cupola completions elvish >> ~/.config/elvish/rc.elv

zsh looks for scripts in the folders of `fpath`; name the folder there before `compinit` runs.")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write manual pages: one for the program, one for every command
    #[command(after_help = "Example:
  cupola man -o ~/.local/share/man/man1

Then `man cupola` and `man cupola-build` show them.")]
    Man {
        /// Folder for the pages
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
        /// Overwrite files with another text
        #[arg(long)]
        force: bool,
    },
}

/// Which part of a scene is made.
#[derive(Args, Debug)]
pub(crate) struct Part {
    /// A version of the song that the scene describes
    #[arg(long, value_name = "NAME")]
    pub(crate) version: Option<String>,
    /// Start at this time of the programme, written as in a scene; in bars unless edits have moved them
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) from: Option<String>,
    /// Stop at this time of the programme; `+2 bars` counts from --from
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) until: Option<String>,
    /// Leave out objects whose `importance` in the scene is less than this, 0 to 10
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true,
          value_parser = clap::value_parser!(u8).range(0..=10))]
    pub(crate) importance: u8,
}

/// What of a scene is shown.
#[derive(Args, Debug)]
pub(crate) struct Voice {
    /// A version of the song that the scene describes
    #[arg(long, value_name = "NAME")]
    pub(crate) version: Option<String>,
    /// One group alone
    #[arg(long, value_name = "NAME")]
    pub(crate) group: Option<String>,
}

/// Options of the commands that write audio.
#[derive(Args, Debug)]
pub(crate) struct Work {
    /// How loudspeaker renders pan objects: each by its kind of position, all by direction, all by
    /// place in the room, or everything as the ITU renderer does
    #[arg(long, default_value = "by-position", value_name = "LAW", value_parser = panner())]
    pub(crate) panner: PannerChoice,
    /// A SOFA file whose ears headphone renders are heard with, instead of what the scene says
    #[arg(long, value_name = "FILE")]
    pub(crate) hrtf: Option<PathBuf>,
    /// Take the mean colour over all directions out of SOFA files: loudspeaker and ear canal
    #[arg(long)]
    pub(crate) hrtf_eq: bool,
    /// Where the head of headphone renders looks: YAW,PITCH,ROLL in degrees (left, up, right ear down),
    /// or a .csv file of lines SECONDS,YAW,PITCH,ROLL
    #[arg(long, value_name = "ANGLES|FILE", allow_hyphen_values = true)]
    pub(crate) orientation: Option<String>,
    /// How headphone renders are computed: standard; high, with delay lines that move frame by frame,
    /// shorter steps and longer responses of a SOFA file; or fast, twelve filters for all sources, right to
    /// about 1 dB
    #[arg(long, default_value = "standard", value_name = "QUALITY", value_parser = quality())]
    pub(crate) quality: BinauralQuality,
    /// A correction of the headphones behind headphone renders: parametric filters (.txt: Preamp,
    /// Filter, Channel lines), or a response of one or two channels (.wav)
    #[arg(long, value_name = "FILE")]
    pub(crate) headphone_eq: Option<PathBuf>,
    /// Pan to this layout first and let headphone renders hear its loudspeakers, as many services do;
    /// the modes near, far and off then mean nothing
    #[arg(long, value_name = "LAYOUT")]
    pub(crate) via: Option<String>,
    /// Print how --via differs from hearing the sources directly, in octaves
    #[arg(long, requires = "via")]
    pub(crate) compare: bool,
    /// Overwrite existing files
    #[arg(long)]
    pub(crate) force: bool,
    /// Worker threads; 0 means one a core. Never changes the result
    #[arg(long, default_value_t = 0, value_name = "N",
          value_parser = clap::value_parser!(u16).range(0..=256))]
    pub(crate) threads: u16,
    /// Frames read or written at once. Never changes the result
    #[arg(long, default_value_t = 16_384, value_name = "N", hide = true,
          value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    pub(crate) io_frames: u32,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Bits {
    /// 16-bit integer with dither
    #[value(name = "16")]
    Sixteen,
    /// 24-bit integer
    #[value(name = "24")]
    TwentyFour,
    /// 32-bit float; never clips
    #[value(name = "32")]
    ThirtyTwo,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Of {
    /// Scenes
    Scene,
    /// Loudspeaker layouts
    Layout,
}

/// The panning laws by their own names, so that a new one needs no word here.
fn quality() -> impl clap::builder::TypedValueParser<Value = BinauralQuality> {
    use clap::builder::TypedValueParser;
    clap::builder::PossibleValuesParser::new(BinauralQuality::ALL.map(BinauralQuality::name))
        .map(|name| BinauralQuality::from_name(&name).unwrap_or_default())
}

fn panner() -> impl clap::builder::TypedValueParser<Value = PannerChoice> {
    use clap::builder::TypedValueParser;
    let names = PannerChoice::ALL.map(PannerChoice::name);
    clap::builder::PossibleValuesParser::new(names)
        .map(|name| PannerChoice::from_name(&name).unwrap_or_default())
}

/// The channel orders by their own names.
fn order() -> impl clap::builder::TypedValueParser<Value = ChannelOrder> {
    use clap::builder::TypedValueParser;
    let names = ChannelOrder::ALL.map(ChannelOrder::name);
    clap::builder::PossibleValuesParser::new(names)
        .map(|name| ChannelOrder::from_name(&name).unwrap_or_default())
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// ADM BWF in the Dolby Atmos Master profile, one file
    AdmBwf,
    /// DAMF, three files, as Dolby's encoders read them
    Damf,
    /// Plain ADM by BS.2076-2 in one file, for tools that know no profile
    AdmItu,
}
