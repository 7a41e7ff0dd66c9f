//! Files a scene includes: finding them, reading each once, and laying the scene over them.
//!
//! This room opens nothing, so an [`IncludeSource`] finds and reads the files. What a file includes
//! lies below the file itself, and of two files the one that is included later lies above. A file
//! that is reached by several ways is read once and lies where it was reached first.

use crate::overlay::overlay;
use crate::place::{FileId, Findings, Spot};
use crate::read::{Cursor, shorten};
use crate::yaml::{self, Budget, Entry, Kind, Node, entry_of};
use crate::{preset, rules, spec, version};
use cupola_model::Finding;
use std::collections::HashSet;
use std::rc::Rc;

/// Most files a scene may include, directly or through others.
const MAX_FILES: usize = 64;
/// Most files on the way from the scene to an included one, that one counted.
const MAX_DEPTH: usize = 8;

/// Where the text of included files comes from.
///
/// Files go by numbers that the source gives out: 0 is the scene itself, and one file has one
/// number, whatever it is called.
pub trait IncludeSource {
    /// Finds the file that the file number `from` calls `path`.
    fn locate(&mut self, path: &str, from: usize) -> Result<Located, IncludeRefusal>;
    /// The text of a file that was found.
    fn read(&mut self, number: usize) -> Result<String, IncludeRefusal>;
}

/// An included file that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// Its number.
    pub number: usize,
    /// Its name for people, shown in findings.
    pub name: String,
}

/// Why a file cannot be included.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum IncludeRefusal {
    /// It lies outside the folder that the scene may read.
    Outside {
        /// That folder.
        folder: String,
        /// How to mend it.
        hint: String,
    },
    /// It is not there, or cannot be read.
    Unreadable {
        /// Why, as a sentence.
        reason: String,
        /// How to mend it; may be empty.
        hint: String,
    },
}

/// A source without files, for scenes that stand alone: every include is refused.
#[derive(Clone, Copy, Debug)]
pub struct NoIncludes;

impl IncludeSource for NoIncludes {
    fn locate(&mut self, _: &str, _: usize) -> Result<Located, IncludeRefusal> {
        Err(IncludeRefusal::Unreadable {
            reason: "no other file is read here".to_owned(),
            hint: "write what is needed into the scene itself".to_owned(),
        })
    }

    fn read(&mut self, number: usize) -> Result<String, IncludeRefusal> {
        self.locate("", number).map(|located| located.name)
    }
}

/// Reads a scene and all it includes to one document.
pub(crate) fn read(
    text: &str,
    source: &mut dyn IncludeSource,
    findings: &mut Findings,
) -> Option<Rc<Node>> {
    let mut budget = Budget::new();
    let scene = yaml::parse_file(text, FileId::SCENE, &mut budget, findings)?;
    if entry_of(&scene, "include").is_none() {
        return Some(preset::apply(&scene, findings));
    }
    let mut reader = Reader {
        source,
        budget,
        findings,
        chain: Vec::new(),
        read: HashSet::new(),
        layers: vec![],
    };
    reader.includes_of(&scene, 0);
    let mut layers = reader.layers;
    layers.push(scene);
    let document = overlay(&layers, findings);
    Some(preset::apply(&document, findings))
}

/// A file that is being read, and where it is asked for.
struct Step {
    number: usize,
    asked_at: Spot,
}

struct Reader<'r> {
    source: &'r mut dyn IncludeSource,
    budget: Budget,
    findings: &'r mut Findings,
    /// From the first included file to the one that is being read.
    chain: Vec<Step>,
    read: HashSet<usize>,
    /// Undermost first.
    layers: Vec<Rc<Node>>,
}

impl Reader<'_> {
    fn includes_of(&mut self, node: &Node, number: usize) {
        let Some(entry) = entry_of(node, "include") else { return };
        let cursor = Cursor::at(&entry.value, "include");
        let items = if cursor.is_list() {
            cursor.items(self.findings, "a list of files")
        } else {
            vec![cursor]
        };
        for item in &items {
            let named = item.scalar(self.findings, "a file such as ../album.yaml");
            let path = named.and_then(|_| item.text(self.findings));
            if path.and_then(|path| self.include(&path, &item.spot(), number)).is_none() {
                self.findings.expect_gaps();
            }
        }
    }

    /// `None` when something is missing, with a finding.
    fn include(&mut self, path: &str, spot: &Spot, from: usize) -> Option<()> {
        let located = self.source.locate(path, from);
        let Located { number, name } = self.accept(located, path, spot)?;
        if number == 0 || self.chain.iter().any(|step| step.number == number) {
            self.refuse_cycle(number, spot);
            return None;
        }
        if self.read.contains(&number) {
            return Some(());
        }
        self.check_counts(spot)?;
        let text = self.source.read(number);
        let text = self.accept(text, path, spot)?;
        self.read.insert(number);
        let file = self.findings.add_file(name)?;
        let node = yaml::parse_file(&text, file, &mut self.budget, self.findings)?;
        self.chain.push(Step { number, asked_at: spot.clone() });
        self.includes_of(&node, number);
        self.chain.pop();
        let layer = self.layer(&node)?;
        self.layers.push(layer);
        Some(())
    }

    fn accept<T>(
        &mut self,
        answer: Result<T, IncludeRefusal>,
        path: &str,
        spot: &Spot,
    ) -> Option<T> {
        let finding = match answer {
            Ok(value) => return Some(value),
            Err(IncludeRefusal::Outside { folder, hint }) => {
                let message = "the included file lies outside the project folder";
                Finding::error(rules::INCLUDE_OUTSIDE, message)
                    .allowed(format!("files in {folder}"))
                    .hint(hint)
            }
            Err(IncludeRefusal::Unreadable { reason, hint }) => {
                let message = format!("the file cannot be included: {reason}");
                Finding::error(rules::INCLUDE_UNREADABLE, message).hint(hint)
            }
        };
        self.findings.push(spot, finding.found(shorten(path)));
        None
    }

    fn check_counts(&mut self, spot: &Spot) -> Option<()> {
        let (found, allowed) = if self.chain.len() >= MAX_DEPTH {
            ("files are included too deeply", format!("{MAX_DEPTH} levels"))
        } else if self.read.len() >= MAX_FILES {
            ("too many files are included", format!("{MAX_FILES} files"))
        } else {
            return Some(());
        };
        let finding = Finding::error(rules::INCLUDE_LIMIT, found);
        let finding = finding.allowed(format!("at most {allowed}"));
        self.findings.push(spot, finding.hint("put what belongs together into one file"));
        None
    }

    fn refuse_cycle(&mut self, number: usize, spot: &Spot) {
        let first = self.chain.iter().position(|step| step.number == number);
        // The scene itself is no step of the chain; what follows it is the whole chain.
        let inside = first.map_or(&self.chain[..], |first| &self.chain[first + 1..]);
        let spots = inside.iter().map(|step| &step.asked_at).chain([spot]);
        let places = spots.map(|spot| {
            let place = self.findings.place(spot);
            format!("{}:{}:{}", place.file, place.line, place.column)
        });
        let ways = places.collect::<Vec<_>>().join(" → ");
        let finding = Finding::error(rules::INCLUDE_CYCLE, "the files include each other")
            .found(ways)
            .hint("remove one of these includes, or move what both need to a third file");
        self.findings.push(spot, finding);
    }

    /// What an included file adds: all its keys but those that speak of the file itself.
    fn layer(&mut self, node: &Rc<Node>) -> Option<Rc<Node>> {
        let Kind::Map { entries, repeats } = &node.kind else {
            Cursor::root(node).fields(self.findings, &spec::SCENE)?;
            return None;
        };
        if let Some(entry) = entry_of(node, "cupola") {
            version::check_value(&Cursor::at(&entry.value, "cupola"), self.findings);
        }
        if let Some(entry) = entry_of(node, "outputs") {
            let spot = Spot { mark: entry.mark, path: "outputs".to_owned() };
            let finding = Finding::error(rules::INCLUDE_KEY, "an included file asks for outputs")
                .hint("move `outputs` into the scene");
            self.findings.push(&spot, finding);
        }
        let own = |entry: &&Entry| !["cupola", "include", "outputs"].contains(&&*entry.key);
        let entries = entries.iter().filter(own).cloned().collect();
        let kind = Kind::Map { entries, repeats: repeats.clone() };
        Some(Rc::new(Node { mark: node.mark, kind }))
    }
}
