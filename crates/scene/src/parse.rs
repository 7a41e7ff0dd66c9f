//! The top of a scene, its stems and its outputs.

use crate::curve::Curve;
use crate::include::{self, IncludeSource, NoIncludes};
use crate::layouts::LayoutRequest;
use crate::parse_groups::read_groups;
use crate::parse_room::read_room;
use crate::parse_screen::read_screen;
use crate::parse_versions::read_edits_and_versions;
use crate::place::Findings;
use crate::read::{Cursor, Fields, check_text, did_you_mean, list_words, shorten};
use crate::scene::{
    BitDepth, HeadRequest, MasterKind, OutputKind, OutputRequest, Scene, StemRequest, StemSettings,
};
use crate::time::{self, Clock, Timecode};
use crate::value::SIZE;
use crate::{limits, parse_bed, parse_object, parse_play, rules, spec, split, version};
use cupola_model::{
    AmbisonicFormat, BinauralMode, ChannelOrder, Checked, Downmix, Finding, FrameCount, FrameRate,
    Place, SampleRate, Screen, StemOffset,
};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The session rates a scene may choose, in Hz.
pub(crate) const SAMPLE_RATES_HZ: [u32; 6] = [44_100, 48_000, 88_200, 96_000, 176_400, 192_000];
/// The formats a first bed may be padded to.
pub(crate) const PAD_BED: [(&str, bool); 1] = [("7.1.2", true)];
/// The heads of binaural outputs.
pub(crate) const HEADS: [(&str, ()); 1] = [("default", ())];
/// The kinds of master.
pub(crate) const MASTERS: [(&str, MasterKind); 3] = MasterKind::ALL;
/// The sample formats of outputs.
pub(crate) const BITS: [(&str, BitDepth); 3] =
    [("16", BitDepth::Int16), ("24", BitDepth::Int24), ("32", BitDepth::Float32)];
/// The ways to make stereo from a 5.1 mix.
pub(crate) const DOWNMIXES: [(&str, Downmix); 3] = [
    (Downmix::LoRo.name(), Downmix::LoRo),
    (Downmix::LtRt.name(), Downmix::LtRt),
    (Downmix::LtRt90.name(), Downmix::LtRt90),
];
/// The formats of ambisonic outputs.
pub(crate) const AMBISONICS: [&str; 8] =
    ["ambix1", "ambix2", "ambix3", "ambix4", "ambix5", "ambix6", "ambix7", "fuma"];
/// The channel orders of loudspeaker outputs.
pub(crate) const ORDERS: [(&str, ChannelOrder); 6] = {
    let mut words = [("", ChannelOrder::Bs2051); 6];
    let mut i = 0;
    while i < words.len() {
        words[i] = (ChannelOrder::ALL[i].name(), ChannelOrder::ALL[i]);
        i += 1;
    }
    words
};

/// Reads a scene. `file` is the name shown in findings; nothing is opened.
///
/// All findings come at once, in the order of the document. There is a value when none of them is
/// an error.
///
/// ```
/// let text = "cupola: 1\nstems:\n  kick: {file: kick.wav}\nobjects:\n  - {stem: kick, position: {azimut: 30}}\n";
/// let checked = cupola_scene::parse_scene(text, "song.yaml");
/// assert_eq!(checked.findings[0].to_string(),
///     "song.yaml:5:29 objects[0].position.azimut: error: there is no such key here: found azimut, \
///      allowed azimuth, elevation, distance, x, y, z, speaker; did you mean `azimuth`? [scene.key.unknown]");
/// ```
pub fn parse_scene(text: &str, file: &str) -> Checked<Scene> {
    parse_scene_with(text, file, &mut NoIncludes)
}

/// [`parse_scene`] for a scene that may include other files, which `source` finds and reads.
pub fn parse_scene_with(text: &str, file: &str, source: &mut dyn IncludeSource) -> Checked<Scene> {
    let Draft { scene, findings } = draft_scene(text, file, source);
    Checked { value: scene.filter(|scene| scene.complete), findings }
}

/// A scene as far as it could be read, and all findings on the way.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The scene, right or wrong; `None` when the text is no mapping at all.
    pub scene: Option<Scene>,
    /// All findings, in the order of the documents.
    pub findings: Vec<Finding>,
}

/// [`parse_scene_with`] for a check that goes on after an error: what could be read of a wrong scene
/// names stems to look at.
///
/// ```
/// let text = "cupola: 1\nstems:\n  kick: {file: kick.wav}\nobjets: []\n";
/// assert!(cupola_scene::parse_scene(text, "song.yaml").value.is_none());
/// let draft = cupola_scene::draft_scene(text, "song.yaml", &mut cupola_scene::NoIncludes);
/// assert_eq!(draft.scene.expect("this is a mapping").stems()[0].path, "kick.wav");
/// ```
pub fn draft_scene(text: &str, file: &str, source: &mut dyn IncludeSource) -> Draft {
    let mut findings = Findings::new(file);
    let scene = include::read(text, source, &mut findings)
        .and_then(|node| read_scene(&Cursor::root(&node), &mut findings));
    Draft { scene, findings: findings.into_list() }
}

/// What the parts of a scene need to know of the whole while they are read.
pub(crate) struct Context {
    pub(crate) clock: Clock,
    pub(crate) stems: Vec<StemRequest>,
    binaural: BinauralMode,
    stem_indices: HashMap<String, usize>,
}

impl Context {
    /// Most stems that are searched for the one a wrong name may have meant.
    const SEARCHED: usize = 1000;
    /// Most stems that are listed in a finding.
    const LISTED: usize = 20;

    fn new(clock: Clock, binaural: BinauralMode, stems: Vec<StemRequest>) -> Self {
        let stem_indices = stems.iter().enumerate().map(|(i, stem)| (stem.name.clone(), i));
        let stem_indices = stem_indices.collect();
        Self { clock, stems, binaural, stem_indices }
    }

    /// The stem a part names, marked as used.
    pub(crate) fn stem(&mut self, cursor: &Cursor<'_>, findings: &mut Findings) -> Option<usize> {
        let name = cursor.scalar(findings, "the name of a stem")?;
        let index = self.stem_indices.get(name).copied();
        match index {
            Some(i) => self.stems[i].used = true,
            None => {
                let mut finding = Finding::error(rules::STEM_UNKNOWN, "there is no such stem");
                if !findings.is_full() {
                    finding = self.explain_unknown(finding, name);
                }
                cursor.report(findings, finding);
            }
        }
        index
    }

    fn explain_unknown(&self, finding: Finding, name: &str) -> Finding {
        let names = || self.stems.iter().map(|stem| stem.name.as_str()).take(Self::SEARCHED);
        let short = self.stems.len() <= Self::LISTED;
        let known = if short { list_words(names()) } else { String::new() };
        let mut hint = did_you_mean(name, names());
        if hint.is_empty() {
            hint = "list the stem under `stems`".to_owned();
        }
        finding.subject(shorten(name)).found(shorten(name)).allowed(known).hint(hint)
    }

    /// `binaural`, or what `defaults` say.
    pub(crate) fn binaural(
        &self,
        fields: &mut Fields<'_>,
        findings: &mut Findings,
    ) -> BinauralMode {
        fields.get("binaural").and_then(|c| binaural(&c, findings)).unwrap_or(self.binaural)
    }
}

fn binaural(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<BinauralMode> {
    cursor.word(findings, &BinauralMode::ALL.map(|mode| (mode.name(), mode)))
}

/// The groups of a part.
pub(crate) fn groups(fields: &mut Fields<'_>, findings: &mut Findings) -> Vec<String> {
    let Some(cursor) = fields.get("groups") else { return Vec::new() };
    let items = cursor.items(findings, "a list such as [vocals]");
    items.iter().filter_map(|item| item.text(findings)).collect()
}

fn read_scene(root: &Cursor<'_>, findings: &mut Findings) -> Option<Scene> {
    let mut fields = root.fields(findings, &spec::SCENE)?;
    version::check_scene(root, &mut fields, findings);
    // What is included has been laid under this document already.
    fields.get("include");
    let title = fields.get("title").and_then(|c| c.text(findings)).unwrap_or_default();
    let artist = fields.get("artist").and_then(|c| c.text(findings)).unwrap_or_default();
    let rate = fields.get("sample_rate").and_then(|c| sample_rate(&c, findings));
    let rate = rate.unwrap_or(SampleRate::HZ_48000);
    let frame_rate = fields
        .get("frame_rate")
        .and_then(|c| c.word(findings, &FrameRate::ALL.map(|rate| (rate.name(), rate))))
        .unwrap_or(FrameRate::Fps24);
    let clock = read_clock(&mut fields, rate, frame_rate, findings);
    let reference = fields.get("reference").and_then(|c| {
        let path = c.text(findings)?;
        Some((path, findings.place(&c.spot())))
    });
    let default_binaural = fields.get("defaults").and_then(|c| {
        let mut defaults = c.fields(findings, &spec::DEFAULTS)?;
        let mode = defaults.get("binaural").and_then(|c| binaural(&c, findings));
        // These two are in the objects already, but perhaps there are none.
        defaults.get("size").and_then(|c| c.number(findings, &SIZE));
        defaults.get("curve").and_then(|c| c.word(findings, &Curve::WORDS));
        defaults.finish(findings);
        mode
    });
    let end = fields.get("end").and_then(|c| read_end(&c, &clock, findings));
    let pad_bed = fields.get("pad_bed").and_then(|c| c.word(findings, &PAD_BED));
    let room = read_room(&mut fields, findings);
    let screen = fields.get("screen").and_then(|c| read_screen(&c, findings));
    let (stems, stem_settings) = read_stems(&mut fields, &clock, findings);
    let binaural = default_binaural.unwrap_or_default();
    let mut context = Context::new(clock, binaural, stems);
    let beds = parse_bed::read_beds(&mut fields, &mut context, findings);
    let mut objects = parse_object::read_objects(&mut fields, &mut context, findings);
    objects.extend(split::objects(&beds, &context.stems));
    let groups = read_groups(&mut fields, &context.clock, findings);
    fields.get("presets");
    let outputs = read_outputs(&mut fields, findings);
    let mut scene = Scene {
        files: findings.files().to_vec(),
        title,
        artist,
        sample_rate: rate,
        frame_rate,
        room,
        screen: screen.unwrap_or(Screen::USUAL),
        clock: context.clock,
        reference,
        end,
        pad_bed: pad_bed.unwrap_or(false),
        stems: context.stems,
        stem_settings,
        groups,
        beds,
        objects,
        edits: Vec::new(),
        versions: Vec::new(),
        chosen: None,
        region: None,
        outputs,
        complete: false,
    };
    (scene.edits, scene.versions) = read_edits_and_versions(&mut fields, &scene, findings);
    fields.finish(findings);
    limits::check(&scene, root, findings);
    scene.complete = findings.errors() == 0;
    Some(scene)
}

fn read_clock(
    fields: &mut Fields<'_>,
    rate: SampleRate,
    frame_rate: FrameRate,
    findings: &mut Findings,
) -> Clock {
    let start = fields.get("start_timecode").and_then(|c| c.timecode(findings, frame_rate));
    let tempo = fields.get("tempo");
    let has_tempo = tempo.is_some();
    let tempo = tempo.and_then(|c| time::read_tempo(&c, findings)).map(Arc::new);
    let start = start.unwrap_or(Timecode::zero(frame_rate));
    Clock { rate, frame_rate, start, has_tempo, tempo }
}

fn sample_rate(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<SampleRate> {
    let text = cursor.scalar(findings, "a rate in Hz such as 48000")?;
    let bare = text.strip_suffix("Hz").unwrap_or(text).trim_end();
    let rate =
        bare.parse().ok().filter(|hz| SAMPLE_RATES_HZ.contains(hz)).and_then(SampleRate::new);
    if rate.is_none() {
        let allowed = SAMPLE_RATES_HZ.map(|hz| hz.to_string());
        let khz: Option<f64> = text.strip_suffix("kHz").unwrap_or(text).trim_end().parse().ok();
        let meant = khz.and_then(|khz| {
            SAMPLE_RATES_HZ.into_iter().find(|hz| (f64::from(*hz) - khz * 1000.0).abs() < 0.5)
        });
        let hint = meant.map_or_else(
            || "stems of other rates are converted to the session's".to_owned(),
            |hz| format!("did you mean {hz}?"),
        );
        let finding = Finding::error(rules::VALUE_WORD, "this session rate is not supported")
            .found(shorten(text))
            .allowed(format!("{} Hz", list_words(allowed.iter().map(String::as_str))))
            .hint(hint);
        cursor.report(findings, finding);
    }
    rate
}

pub(crate) fn read_end(
    cursor: &Cursor<'_>,
    clock: &Clock,
    findings: &mut Findings,
) -> Option<FrameCount> {
    let end = cursor.instant(findings, clock)?;
    if end.0 == 0 {
        let finding = Finding::error(rules::PROGRAMME_LENGTH, "the programme would have no length")
            .found(cursor.found())
            .hint("write the time at which it ends, or remove `end` to end with the longest stem");
        cursor.report(findings, finding);
        return None;
    }
    Some(FrameCount(end.0))
}

/// Most stems of a scene; one of 128 tracks rarely has more than some hundred.
const MAX_STEMS: usize = 10_000;

fn read_stems(
    fields: &mut Fields<'_>,
    clock: &Clock,
    findings: &mut Findings,
) -> (Vec<StemRequest>, Vec<StemSettings>) {
    let Some(cursor) = fields.get("stems") else { return (Vec::new(), Vec::new()) };
    let mut stems = (Vec::new(), Vec::new());
    for (name, spot, cursor) in cursor.named_entries(findings, "a mapping of names to files") {
        if findings.is_enough() {
            break;
        }
        if stems.0.len() == MAX_STEMS {
            let finding = Finding::error(rules::LIMIT_STEMS, "there are too many stems")
                .allowed(format!("at most {MAX_STEMS}"))
                .hint("is this the right file?");
            findings.push(&spot, finding);
            findings.expect_gaps();
            break;
        }
        check_text(name, &spot, "the name of the stem", findings);
        let mut path = None;
        let mut place = findings.place(&cursor.spot());
        let mut settings =
            StemSettings { gain_db: 0.0, offset: StemOffset::NONE, plays: None, spot };
        if cursor.is_scalar() && cursor.found() != "nothing" {
            let finding = Finding::error(rules::VALUE_TYPE, "a stem is a mapping")
                .found(cursor.found())
                .hint(format!("write `{{file: {}}}`", cursor.found()));
            cursor.report(findings, finding);
        } else if let Some(mut fields) = cursor.fields(findings, &spec::STEM) {
            if let Some(file_cursor) = fields.need("file", findings, "file: stems/drums.wav") {
                path = file_cursor.text(findings);
                place = findings.place(&file_cursor.spot());
            }
            if let Some(gain) = fields.get("gain").and_then(|c| c.gain(findings)) {
                settings.gain_db = gain;
            }
            let offset = fields.get("offset");
            let play = fields.get("play");
            if let (Some(offset), Some(_)) = (&offset, &play) {
                let message = "`offset` and `play` exclude each other";
                let finding = Finding::error(rules::KEY_CONFLICT, message);
                offset.report(findings, finding.hint("each entry of `play` has a time of its own"));
            }
            if let Some(offset) = offset.and_then(|c| c.offset(findings, clock)) {
                settings.offset = offset;
            }
            settings.plays = play.map(|list| parse_play::read_plays(&list, clock, findings));
            fields.finish(findings);
        }
        // A stem whose file is wrong is still a name that others may use.
        let path = path.unwrap_or_default();
        stems.0.push(StemRequest { name: name.trim().to_owned(), path, place, used: false });
        stems.1.push(settings);
    }
    stems
}

fn read_outputs(fields: &mut Fields<'_>, findings: &mut Findings) -> Vec<OutputRequest> {
    let Some(list) = fields.get("outputs") else { return default_outputs(&findings.files()[0]) };
    let items = list.items(findings, "a list such as [{speakers: 7.1.4}]");
    let mut outputs: Vec<OutputRequest> = Vec::new();
    let mut names = HashSet::new();
    for item in &items {
        let Some((kind, name)) = read_output(item, findings) else { continue };
        let name = name.unwrap_or_else(|| kind.usual_name());
        if !names.insert(name.to_lowercase()) {
            let finding =
                Finding::error(rules::OUTPUT_TWICE, format!("two outputs would be called {name}"))
                    .subject(name.clone())
                    .hint("give one of them a name, for example `name: preview`");
            item.report(findings, finding);
        }
        outputs.push(OutputRequest { kind, name, place: findings.place(&item.spot()) });
    }
    outputs
}

/// What a scene makes that asks for nothing.
fn default_outputs(file: &str) -> Vec<OutputRequest> {
    let layout = crate::find_layout("7.1.4").expect("7.1.4 is one of our layouts");
    let speakers = OutputKind::Speakers {
        layout: LayoutRequest::Standard(layout),
        bits: BitDepth::default(),
        order: ChannelOrder::default(),
    };
    let binaural = OutputKind::Binaural { head: HeadRequest::Default, bits: BitDepth::default() };
    let place = Place { file: file.to_owned(), ..Place::default() };
    [speakers, binaural, OutputKind::Master(MasterKind::AdmBwf)]
        .map(|kind| OutputRequest { name: kind.usual_name(), kind, place: place.clone() })
        .into()
}

impl OutputKind {
    fn usual_name(&self) -> String {
        match self {
            Self::Speakers { layout: LayoutRequest::Standard(layout), .. } => layout.name.clone(),
            Self::Speakers { layout: LayoutRequest::File(path), .. } => file_stem(path).to_owned(),
            Self::Binaural { head: HeadRequest::Default, .. } => "binaural".to_owned(),
            Self::Binaural { head: HeadRequest::Sofa(path), .. } => {
                format!("binaural_{}", file_stem(path))
            }
            Self::Stereo { downmix, .. } => format!("stereo-{}", downmix.name()),
            Self::Ambisonics { format, .. } => format.to_string(),
            Self::Master(kind) => kind.name().to_owned(),
        }
    }
}

/// The name of a file without its folder and ending.
fn file_stem(path: &str) -> &str {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

impl HeadRequest {
    /// Reads a head's name, or a file name ending in `.sofa`.
    fn read(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<Self> {
        let text = cursor.scalar(findings, "a head such as default")?;
        if text.to_ascii_lowercase().ends_with(".sofa") {
            return check_text(text, &cursor.spot(), "binaural", findings)
                .then(|| Self::Sofa(text.to_owned()));
        }
        if HEADS.iter().any(|(word, ())| *word == text) {
            return Some(Self::Default);
        }
        let finding = Finding::error(rules::VALUE_WORD, "there is no such head")
            .found(cursor.found())
            .allowed("default or a file")
            .hint("a head of your own is a SOFA file ending in .sofa");
        cursor.report(findings, finding);
        None
    }
}

fn read_output(item: &Cursor<'_>, findings: &mut Findings) -> Option<(OutputKind, Option<String>)> {
    if findings.is_enough() {
        return None;
    }
    let mut fields = item.fields(findings, &spec::OUTPUT)?;
    let speakers = fields.get("speakers");
    let binaural = fields.get("binaural");
    let stereo = fields.get("stereo");
    let ambisonics = fields.get("ambisonics");
    let master = fields.get("master");
    let bits = fields.get("bits");
    let order = fields.get("order");
    let name = fields.get("name").and_then(|c| c.text(findings));
    let spot = fields.spot().clone();
    fields.finish(findings);
    refuse_extras(speakers.is_some(), master.is_some(), &bits, &order, findings);
    let bits = bits.and_then(|c| c.word(findings, &BITS)).unwrap_or_default();
    let order = order.and_then(|c| c.word(findings, &ORDERS)).unwrap_or_default();
    let kind = match (speakers, binaural, stereo, ambisonics, master) {
        (Some(c), None, None, None, None) => {
            OutputKind::Speakers { layout: LayoutRequest::read(&c, findings)?, bits, order }
        }
        (None, Some(c), None, None, None) => {
            OutputKind::Binaural { head: HeadRequest::read(&c, findings)?, bits }
        }
        (None, None, Some(c), None, None) => {
            OutputKind::Stereo { downmix: c.word(findings, &DOWNMIXES)?, bits }
        }
        (None, None, None, Some(c), None) => {
            let words = AMBISONICS.map(|word| (word, word));
            let format = AmbisonicFormat::from_name(c.word(findings, &words)?)?;
            OutputKind::Ambisonics { format, bits }
        }
        (None, None, None, None, Some(c)) => OutputKind::Master(c.word(findings, &MASTERS)?),
        (None, None, None, None, None) => {
            let finding = Finding::error(rules::KEY_MISSING, "it is not said what this output is")
                .allowed("speakers, binaural, stereo, ambisonics or master")
                .hint("add for example `speakers: 7.1.4`");
            findings.push(&spot, finding);
            return None;
        }
        _ => {
            let finding = Finding::error(rules::KEY_CONFLICT, "an output is one thing")
                .allowed("one of speakers, binaural, stereo, ambisonics, master")
                .hint("write one list item for each output");
            findings.push(&spot, finding);
            return None;
        }
    };
    Some((kind, name))
}

/// `bits` and `order` where they would mean nothing.
fn refuse_extras(
    speakers: bool,
    master: bool,
    bits: &Option<Cursor<'_>>,
    order: &Option<Cursor<'_>>,
    findings: &mut Findings,
) {
    if let (true, Some(bits)) = (master, bits) {
        let finding = Finding::error(rules::KEY_CONFLICT, "a master is always 24-bit");
        bits.report(findings, finding.found(bits.found()).hint("remove `bits`"));
    }
    if let (false, Some(order)) = (speakers, order) {
        let finding = Finding::error(rules::KEY_CONFLICT, "`order` belongs to `speakers`");
        order.report(findings, finding.hint("remove `order`"));
    }
}
