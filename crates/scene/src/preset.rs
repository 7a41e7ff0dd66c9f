//! Presets and defaults: what parts of a scene take over that do not say otherwise.
//!
//! Both are worked into the document before it is read, as merge keys are: the readers see objects, beds
//! and routes with all their keys, and a finding about one that came from a preset stands in the preset.

use crate::place::{Findings, Spot};
use crate::read::{Cursor, did_you_mean, join, list_words, shorten};
use crate::rules;
use crate::spec::{self, MapSpec};
use crate::yaml::{Entry, Kind, Node, entry_of};
use cupola_model::Finding;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Most presets that extend each other in a row.
const MAX_CHAIN: usize = 64;
/// Most entries that presets add to a scene.
const MAX_ADDED: usize = 500_000;
/// Keys of which an item has one: who writes one of them takes none of the others from a preset.
const ALTERNATIVES: [&[&str]; 2] = [&["channel", "fold", "pair"], &["position", "path"]];

/// The document with every preset and default in its place.
pub(crate) fn apply(root: &Rc<Node>, findings: &mut Findings) -> Rc<Node> {
    let presets = entry_of(root, "presets").map(|entry| Cursor::at(&entry.value, "presets"));
    let defaults = entry_of(root, "defaults").map(|entry| &entry.value);
    let curve = defaults.and_then(|node| entry_of(node, "curve"));
    let size = defaults.and_then(|node| entry_of(node, "size"));
    let mut presets = Presets::read(presets.as_ref(), findings);
    let document = map_entries(root, |entry| match &*entry.key {
        "objects" => map_items(&entry.value, "objects", |item, path| {
            let item = presets.extend(item, path, User::Object, findings);
            with_defaults(&item, size, curve)
        }),
        "beds" => map_items(&entry.value, "beds", |bed, path| {
            let bed = presets.extend(bed, path, User::Bed, findings);
            map_entries(&bed, |entry| match &*entry.key {
                "routes" => map_items(&entry.value, &join(path, "routes"), |route, path| {
                    presets.extend(route, path, User::Route, findings)
                }),
                _ => Rc::clone(&entry.value),
            })
        }),
        "groups" => map_entries(&entry.value, |group| with_defaults(&group.value, None, curve)),
        _ => Rc::clone(&entry.value),
    });
    presets.note_unused(findings);
    document
}

/// A mapping with other values; anything else as it is.
fn map_entries(node: &Rc<Node>, mut change: impl FnMut(&Entry) -> Rc<Node>) -> Rc<Node> {
    let Kind::Map { entries, repeats } = &node.kind else { return Rc::clone(node) };
    let entries = entries.iter().map(|entry| Entry { value: change(entry), ..entry.clone() });
    let kind = Kind::Map { entries: entries.collect(), repeats: repeats.clone() };
    Rc::new(Node { mark: node.mark, kind })
}

/// A list with other items; anything else as it is.
fn map_items(
    node: &Rc<Node>,
    path: &str,
    mut change: impl FnMut(&Rc<Node>, &str) -> Rc<Node>,
) -> Rc<Node> {
    let Kind::List(items) = &node.kind else { return Rc::clone(node) };
    let items = items.iter().enumerate().map(|(i, item)| change(item, &format!("{path}[{i}]")));
    Rc::new(Node { mark: node.mark, kind: Kind::List(items.collect()) })
}

/// A mapping with entries it does not have yet.
fn with_entries(node: &Rc<Node>, more: impl Iterator<Item = Entry>) -> Rc<Node> {
    let Kind::Map { entries, repeats } = &node.kind else { return Rc::clone(node) };
    let mut known: HashSet<Rc<str>> = entries.iter().map(|entry| Rc::clone(&entry.key)).collect();
    let mut entries = entries.clone();
    entries.extend(more.filter(|entry| known.insert(Rc::clone(&entry.key))));
    Rc::new(Node { mark: node.mark, kind: Kind::Map { entries, repeats: repeats.clone() } })
}

/// A keyframe whose lanes go by the default curve where it names no other.
fn with_curve(keyframe: &Rc<Node>, curve: &Entry) -> Rc<Node> {
    let keyframe = with_entries(keyframe, std::iter::once(curve.clone()));
    map_entries(&keyframe, |entry| match &*entry.key {
        "curve" => {
            let lane = |key| Entry { key: Rc::from(key), ..curve.clone() };
            with_entries(&entry.value, spec::CURVES.words().map(lane))
        }
        _ => Rc::clone(&entry.value),
    })
}

/// An object or group with the default size, and its keyframes with the default curve.
fn with_defaults(item: &Rc<Node>, size: Option<&Entry>, curve: Option<&Entry>) -> Rc<Node> {
    let item = match size {
        Some(size) => with_entries(item, std::iter::once(size.clone())),
        None => Rc::clone(item),
    };
    let Some(curve) = curve else { return item };
    map_entries(&item, |entry| match &*entry.key {
        "automation" => map_items(&entry.value, "", |keyframe, _| with_curve(keyframe, curve)),
        _ => Rc::clone(&entry.value),
    })
}

/// Who takes a preset over.
#[derive(Clone, Copy)]
enum User {
    Object,
    Bed,
    Route,
}

impl User {
    const ALL: [Self; 3] = [Self::Object, Self::Bed, Self::Route];

    /// Its keys; of those of a preset it takes these alone.
    fn spec(self) -> &'static MapSpec {
        match self {
            Self::Object => &spec::OBJECT,
            Self::Bed => &spec::BED,
            Self::Route => &spec::ROUTE,
        }
    }
}

/// What is known of a preset.
enum State {
    Unread,
    /// Its parents are being read.
    Open,
    /// All its entries, those of its parents included.
    Read(Rc<[Entry]>),
}

struct Preset<'n> {
    name: &'n str,
    spot: Spot,
    cursor: Cursor<'n>,
    state: State,
    parents: Vec<usize>,
    used: bool,
    /// Which of [`User::ALL`] name it.
    users: [bool; 3],
}

#[derive(Default)]
struct Presets<'n> {
    list: Vec<Preset<'n>>,
    indices: HashMap<&'n str, usize>,
    added: usize,
}

impl<'n> Presets<'n> {
    fn read(cursor: Option<&Cursor<'n>>, findings: &mut Findings) -> Self {
        let mut presets = Self::default();
        let Some(cursor) = cursor else { return presets };
        for (name, spot, cursor) in cursor.named_entries(findings, "a mapping of names to presets")
        {
            presets.indices.insert(name.trim(), presets.list.len());
            let state = State::Unread;
            let (name, parents, users) = (name.trim(), Vec::new(), [false; 3]);
            presets.list.push(Preset { name, spot, cursor, state, parents, used: false, users });
        }
        for i in 0..presets.list.len() {
            check_keys(&presets.list[i].cursor, findings);
            presets.entries(i, &mut Vec::new(), findings);
        }
        presets
    }

    /// The entries of a preset with those of its parents; `chain` are the presets that wait for it.
    fn entries(
        &mut self,
        index: usize,
        chain: &mut Vec<usize>,
        findings: &mut Findings,
    ) -> Rc<[Entry]> {
        match &self.list[index].state {
            State::Read(entries) => return Rc::clone(entries),
            State::Open => {
                self.refuse_cycle(index, chain, findings);
                return Rc::default();
            }
            State::Unread if chain.len() == MAX_CHAIN => {
                let finding =
                    Finding::error(rules::YAML_LIMIT, "presets extend each other too far")
                        .allowed(format!("at most {MAX_CHAIN} in a row"))
                        .hint("put what belongs together into one preset");
                findings.push(&self.list[index].spot, finding);
                return Rc::default();
            }
            State::Unread => {}
        }
        self.list[index].state = State::Open;
        chain.push(index);
        let cursor = self.list[index].cursor.clone();
        let parents = entry_of(cursor.node(), "extends")
            .map(|entry| Cursor::at(&entry.value, join(&self.list[index].spot.path, "extends")));
        let parents = parents.map_or_else(Vec::new, |c| self.named(&c, findings));
        let mut entries: Vec<Entry> = own_entries(cursor.node());
        // What no item has is refused already; to hand it down would only repeat that.
        entries.retain(|entry| &*entry.key != "extends" && spec::PRESET.has(&entry.key));
        self.list[index].parents.clone_from(&parents);
        for parent in parents.into_iter().rev() {
            self.list[parent].used = true;
            let more = self.entries(parent, chain, findings);
            entries = inherit(entries, &more);
        }
        chain.pop();
        let entries: Rc<[Entry]> = entries.into();
        self.list[index].state = State::Read(Rc::clone(&entries));
        entries
    }

    fn refuse_cycle(&self, index: usize, chain: &[usize], findings: &mut Findings) {
        let from = chain.iter().position(|i| *i == index).unwrap_or(0);
        let names = chain[from..].iter().chain([&index]).map(|i| self.list[*i].name);
        let finding = Finding::error(rules::PRESET_CYCLE, "presets extend each other")
            .found(shorten(&names.collect::<Vec<_>>().join(" extends ")))
            .hint("take one `extends` out of the circle");
        findings.push(&self.list[index].spot, finding);
    }

    /// The presets a name or list of names means, in its order.
    fn named(&self, cursor: &Cursor<'_>, findings: &mut Findings) -> Vec<usize> {
        let names = match cursor.is_list() {
            true => cursor.items(findings, "a list of presets"),
            false => vec![cursor.clone()],
        };
        let index = |cursor: &Cursor<'_>, findings: &mut Findings| {
            let name = cursor.scalar(findings, "the name of a preset, or a list of them")?;
            let index = self.indices.get(name).copied();
            if index.is_none() {
                let known = || self.list.iter().map(|preset| preset.name).take(100);
                let mut hint = did_you_mean(name, known());
                if hint.is_empty() {
                    hint = "write it under `presets`".to_owned();
                }
                let finding = Finding::error(rules::PRESET_UNKNOWN, "there is no such preset")
                    .found(shorten(name))
                    .allowed(list_words(known()))
                    .hint(hint);
                cursor.report(findings, finding);
            }
            index
        };
        names.iter().filter_map(|cursor| index(cursor, findings)).collect()
    }

    /// An item with what its presets say and it does not. A preset may hold keys for others than this
    /// kind of item, which are none of its business.
    fn extend(
        &mut self,
        item: &Rc<Node>,
        path: &str,
        user: User,
        findings: &mut Findings,
    ) -> Rc<Node> {
        let Some(key) = entry_of(item, "preset") else { return Rc::clone(item) };
        let cursor = Cursor::at(&key.value, join(path, "preset"));
        let mut entries = own_entries(item);
        let errors = findings.errors();
        let named = self.named(&cursor, findings);
        if findings.errors() > errors {
            findings.expect_gap_at(item.mark);
        }
        for index in named.into_iter().rev() {
            let preset = &mut self.list[index];
            (preset.used, preset.users[user as usize]) = (true, true);
            let more = self.entries(index, &mut Vec::new(), findings);
            let more: Vec<Entry> =
                more.iter().filter(|entry| user.spec().has(&entry.key)).cloned().collect();
            entries = inherit(entries, &more);
        }
        self.added += entries.len();
        if self.added > MAX_ADDED {
            let finding = Finding::error(rules::YAML_LIMIT, "presets make the scene too large")
                .allowed(format!("at most {MAX_ADDED} keys"))
                .hint("use presets with fewer keys");
            cursor.report(findings, finding);
            return Rc::clone(item);
        }
        let Kind::Map { repeats, .. } = &item.kind else { return Rc::clone(item) };
        Rc::new(Node { mark: item.mark, kind: Kind::Map { entries, repeats: repeats.clone() } })
    }

    /// Who takes a preset over takes its parents over.
    fn hand_users_on(&mut self) {
        for user in 0..User::ALL.len() {
            let named = |i: &usize| self.list[*i].users[user];
            let mut open: Vec<usize> = (0..self.list.len()).filter(named).collect();
            while let Some(index) = open.pop() {
                for parent in self.list[index].parents.clone() {
                    if !std::mem::replace(&mut self.list[parent].users[user], true) {
                        open.push(parent);
                    }
                }
            }
        }
    }

    /// Presets of an album serve other songs; those of the scene itself should be used, whole.
    fn note_unused(&mut self, findings: &mut Findings) {
        self.hand_users_on();
        for preset in self.list.iter().filter(|p| !p.spot.mark.is_included()) {
            if preset.used {
                preset.note_unused_keys(findings);
                continue;
            }
            let message = format!("nothing uses the preset {}", shorten(preset.name));
            let finding = Finding::note(rules::PRESET_UNUSED, message)
                .subject(preset.name.to_owned())
                .hint("write `preset` where it is meant, or remove it");
            findings.push(&preset.spot, finding);
        }
    }
}

impl Preset<'_> {
    /// Notes keys that nobody has who names this preset. A preset that is a parent alone may have heirs
    /// that nothing uses, which is noted already.
    fn note_unused_keys(&self, findings: &mut Findings) {
        let users = || User::ALL.into_iter().filter(|user| self.users[*user as usize]);
        if users().next().is_none() {
            return;
        }
        for entry in own_entries(self.cursor.node()) {
            let foreign = users().all(|user| !user.spec().has(&entry.key));
            if &*entry.key == "extends" || !spec::PRESET.has(&entry.key) || !foreign {
                continue;
            }
            let having = User::ALL.into_iter().filter(|user| user.spec().has(&entry.key));
            let having: Vec<_> = having.map(|user| format!("{}s", user.spec().name)).collect();
            let names: Vec<_> = users().map(|user| format!("{}s", user.spec().name)).collect();
            let finding = Finding::note(rules::PRESET_UNUSED, "nothing takes this key over")
                .subject(self.name.to_owned())
                .found(format!("{}, in a preset of {}", entry.key, names.join(" and ")))
                .hint(format!(
                    "{} have it; name the preset there, or remove it",
                    having.join(" and ")
                ));
            let path = join(&self.spot.path, &entry.key);
            findings.push(&Spot { mark: entry.mark, path }, finding);
        }
    }
}

fn own_entries(node: &Node) -> Vec<Entry> {
    let Kind::Map { entries, .. } = &node.kind else { return Vec::new() };
    entries.clone()
}

/// Entries, and those of `more` that they neither have nor exclude.
fn inherit(mut entries: Vec<Entry>, more: &[Entry]) -> Vec<Entry> {
    let excluded: Vec<&str> = ALTERNATIVES
        .iter()
        .filter(|keys| entries.iter().any(|entry| keys.contains(&&*entry.key)))
        .flat_map(|keys| keys.iter().copied())
        .collect();
    let known: HashSet<Rc<str>> = entries.iter().map(|entry| Rc::clone(&entry.key)).collect();
    let new = more.iter().filter(|e| !known.contains(&e.key) && !excluded.contains(&&*e.key));
    entries.extend(new.cloned());
    entries
}

/// Refuses keys that no object, bed or route has, whether the preset is used or not. The values are
/// read where they are used.
fn check_keys(cursor: &Cursor<'_>, findings: &mut Findings) {
    let Some(mut fields) = cursor.fields(findings, &spec::PRESET) else { return };
    for key in spec::PRESET.words() {
        fields.get(key);
    }
    fields.finish(findings);
}
