//! One document laid over others.
//!
//! The keys of the document above win. What is a mapping in both is joined key by key: the document
//! itself, its mappings (`tempo`, `defaults` …), and in those whose keys are names (`stems`, `presets`,
//! `groups`, `versions`) also the named values. Beds and objects of one name are joined key by key,
//! others are added at the end. Everything else is replaced whole. A key without a value, and a bed or
//! object with `remove: true`, takes away what lies below.

use crate::place::{Findings, Mark, Spot};
use crate::read::{Cursor, Fields, did_you_mean, join, shorten};
use crate::rules;
use crate::yaml::{Entry, Kind, Node, Repeat, entry_of};
use cupola_model::Finding;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// Most names that are searched for the one a wrong name may have meant.
const SEARCHED: usize = 1000;

/// How a value is laid over another one.
#[derive(Clone, Copy)]
enum Rule {
    /// The document.
    Document,
    /// A mapping whose values are joined by [`Rule::Keys`].
    Named,
    /// A mapping whose values are replaced.
    Keys,
    /// A list whose items go by this name when they have none.
    Items(UsualName),
    Replace,
}

/// The name of a bed or object that has none of its own.
type UsualName = fn(&Node) -> Option<&str>;

impl Rule {
    fn of(self, key: &str) -> Self {
        match (self, key) {
            (Self::Document, "stems" | "presets" | "groups" | "versions") => Self::Named,
            (Self::Document, "beds") => Self::Items(|_| Some(crate::parse_bed::BED_NAME)),
            (Self::Document, "objects") => Self::Items(|object| text_of(object, "stem")),
            (Self::Document, _) | (Self::Named, _) => Self::Keys,
            _ => Self::Replace,
        }
    }
}

/// Lays documents over each other, each over the ones before it.
pub(crate) fn overlay(layers: &[Rc<Node>], findings: &mut Findings) -> Rc<Node> {
    let mut document = Layered::Map(LayeredMap::default());
    for layer in layers {
        document.lay(layer, Rule::Document, "", findings);
    }
    document.finish()
}

/// A value that others may have been laid over. Indices keep the work proportional to what is laid.
enum Layered {
    Whole(Rc<Node>),
    Map(LayeredMap),
    List(LayeredList),
}

#[derive(Default)]
struct LayeredMap {
    mark: Mark,
    entries: Vec<Option<LayeredEntry>>,
    indices: HashMap<Rc<str>, usize>,
    repeats: Vec<Repeat>,
}

struct LayeredEntry {
    key: Rc<str>,
    mark: Mark,
    value: Layered,
}

#[derive(Default)]
struct LayeredList {
    mark: Mark,
    items: Vec<Option<Layered>>,
    /// The items of each name.
    indices: BTreeMap<String, Vec<usize>>,
}

impl Layered {
    fn lay(&mut self, over: &Rc<Node>, rule: Rule, path: &str, findings: &mut Findings) {
        if let Self::Whole(under) = self {
            *self = match (&under.kind, &over.kind, rule) {
                (Kind::Map { .. }, Kind::Map { .. }, Rule::Document | Rule::Named | Rule::Keys) => {
                    Self::Map(LayeredMap::of(under))
                }
                (Kind::List(items), Kind::List(_), Rule::Items(usual_name)) => {
                    Self::List(LayeredList::of(under.mark, items, usual_name))
                }
                _ => Self::Whole(Rc::clone(over)),
            };
        }
        match (self, &over.kind) {
            (Self::Map(map), Kind::Map { entries, repeats }) => {
                map.mark = over.mark;
                map.repeats.extend(repeats.iter().cloned());
                for entry in entries {
                    map.lay(entry, rule, path, findings);
                }
            }
            (Self::List(list), Kind::List(items)) => {
                list.mark = over.mark;
                if let Rule::Items(usual_name) = rule {
                    list.lay(items, usual_name, path, findings);
                }
            }
            (Self::Whole(_), _) => {}
            (this, _) => *this = Self::Whole(Rc::clone(over)),
        }
    }

    fn finish(self) -> Rc<Node> {
        match self {
            Self::Whole(node) => node,
            Self::Map(map) => {
                let entries = map.entries.into_iter().flatten();
                let finish = |LayeredEntry { key, mark, value }| Entry {
                    key,
                    mark,
                    value: Self::finish(value),
                };
                let entries = entries.map(finish).collect();
                Rc::new(Node { mark: map.mark, kind: Kind::Map { entries, repeats: map.repeats } })
            }
            Self::List(list) => {
                let items = list.items.into_iter().flatten().map(Self::finish).collect();
                Rc::new(Node { mark: list.mark, kind: Kind::List(items) })
            }
        }
    }
}

impl LayeredMap {
    fn of(node: &Node) -> Self {
        let mut map = Self { mark: node.mark, ..Self::default() };
        if let Kind::Map { entries, repeats } = &node.kind {
            map.repeats.clone_from(repeats);
            for Entry { key, mark, value } in entries.iter().cloned() {
                map.push(LayeredEntry { key, mark, value: Layered::Whole(value) });
            }
        }
        map
    }

    fn push(&mut self, entry: LayeredEntry) {
        self.indices.insert(Rc::clone(&entry.key), self.entries.len());
        self.entries.push(Some(entry));
    }

    fn lay(&mut self, over: &Entry, rule: Rule, path: &str, findings: &mut Findings) {
        let index = self.indices.get(&over.key).copied();
        let path = join(path, &shorten(&over.key));
        match index {
            Some(index) if over.value.is_null() => {
                self.indices.remove(&over.key);
                self.entries[index] = None;
            }
            Some(index) => {
                if let Some(entry) = &mut self.entries[index] {
                    entry.mark = over.mark;
                    entry.value.lay(&over.value, rule.of(&over.key), &path, findings);
                }
            }
            None if over.value.is_null() => {
                let known = self.entries.iter().flatten().map(|entry| &*entry.key);
                refuse_removal(&over.key, known, &Spot { mark: over.mark, path }, findings);
            }
            None => {
                let Entry { key, mark, value } = over.clone();
                // What is to be removed is told from what is new by laying it over nothing.
                let value = match (&over.value.kind, rule.of(&key)) {
                    (Kind::Map { .. }, Rule::Named) => Layered::Map(Self::default()),
                    (Kind::List(_), Rule::Items(_)) => Layered::List(LayeredList::default()),
                    _ => Layered::Whole(value),
                };
                self.push(LayeredEntry { key, mark, value });
                if let Some(Some(entry)) = self.entries.last_mut() {
                    entry.value.lay(&over.value, rule.of(&over.key), &path, findings);
                }
            }
        }
    }
}

/// Refuses `remove` in a bed or object that lies over none.
pub(crate) fn refuse_idle_removal(fields: &mut Fields<'_>, findings: &mut Findings) {
    if let Some(cursor) = fields.get("remove") {
        let finding = Finding::error(rules::INCLUDE_NOTHING, "no file is included to remove from")
            .hint("remove the whole entry");
        cursor.report(findings, finding);
    }
}

fn refuse_removal<'k>(
    name: &str,
    known: impl Iterator<Item = &'k str>,
    spot: &Spot,
    findings: &mut Findings,
) {
    let mut hint = did_you_mean(name, known.take(SEARCHED));
    if hint.is_empty() {
        hint = "write a value, or remove this too".to_owned();
    }
    let finding = Finding::error(rules::INCLUDE_NOTHING, "nothing of this name is included")
        .found(shorten(name))
        .hint(hint);
    findings.push(spot, finding);
}

fn text_of<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    match &entry_of(node, key)?.value.kind {
        Kind::Scalar { text, .. } => Some(text.trim()),
        _ => None,
    }
}

fn name_of(item: &Node, usual_name: UsualName) -> Option<&str> {
    text_of(item, "name").or_else(|| usual_name(item))
}

impl LayeredList {
    fn of(mark: Mark, items: &[Rc<Node>], usual_name: UsualName) -> Self {
        let mut list = Self { mark, ..Self::default() };
        for item in items {
            let name = name_of(item, usual_name);
            list.add(item, name);
        }
        list
    }

    fn add(&mut self, item: &Rc<Node>, name: Option<&str>) {
        if let Some(name) = name {
            self.indices.entry(name.to_owned()).or_default().push(self.items.len());
        }
        self.items.push(Some(Layered::Whole(Rc::clone(item))));
    }

    /// The second item of a name is laid over the second item of that name below.
    fn lay(
        &mut self,
        items: &[Rc<Node>],
        usual_name: UsualName,
        path: &str,
        findings: &mut Findings,
    ) {
        let mut met: HashMap<&str, usize> = HashMap::new();
        let (mut new, mut thinned) = (Vec::new(), BTreeSet::new());
        for (i, item) in items.iter().enumerate() {
            let name = name_of(item, usual_name);
            let turn = met.entry(name.unwrap_or_default()).or_default();
            let index = name.and_then(|name| self.indices.get(name)?.get(*turn)).copied();
            *turn += 1;
            let path = format!("{path}[{i}]");
            let removal = entry_of(item, "remove").filter(|entry| entry.value.is_scalar());
            match (removal, index.and_then(|index| self.items[index].as_mut())) {
                (None, Some(under)) => under.lay(item, Rule::Keys, &path, findings),
                (None, None) => new.push((item, name)),
                (Some(removal), _) => {
                    self.remove(index, name, removal, path, findings);
                    thinned.extend(name);
                }
            }
        }
        for name in thinned {
            if let Some(indices) = self.indices.get_mut(name) {
                indices.retain(|index| self.items[*index].is_some());
            }
        }
        for (item, name) in new {
            self.add(item, name);
        }
    }

    fn remove(
        &mut self,
        index: Option<usize>,
        name: Option<&str>,
        removal: &Entry,
        path: String,
        findings: &mut Findings,
    ) {
        let cursor = Cursor::at(&removal.value, join(&path, "remove"));
        if cursor.word(findings, &[("true", ())]).is_none() {
            return;
        }
        match index {
            Some(index) => self.items[index] = None,
            None => {
                let spot = Spot { mark: removal.mark, path };
                let known = self.indices.keys().map(String::as_str);
                refuse_removal(name.unwrap_or_default(), known, &spot, findings);
            }
        }
    }
}
