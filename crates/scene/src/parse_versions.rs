//! The key `versions`.

use crate::edits::Edit;
use crate::parse::read_end;
use crate::parse_edits::{GroupNames, read_edits};
use crate::place::{Findings, Mark, Spot};
use crate::read::{Cursor, Fields, check_text, did_you_mean, list_words, shorten};
use crate::rules;
use crate::scene::Scene;
use crate::spec;
use crate::versions::Version;
use cupola_model::Finding;
use std::collections::{HashMap, HashSet};

/// Most names listed in a finding.
const LISTED: usize = 20;

/// The names that edits and versions may use.
struct Names<'s> {
    scene: &'s Scene,
    groups: GroupNames<'s>,
    /// Groups first, then beds and objects.
    all: Vec<&'s str>,
    known: HashSet<&'s str>,
}

/// `edits` and `versions`, read last since they name what the scene has.
pub(crate) fn read_edits_and_versions(
    fields: &mut Fields<'_>,
    scene: &Scene,
    findings: &mut Findings,
) -> (Vec<Edit>, Vec<Version>) {
    let (edits, versions) = (fields.get("edits"), fields.get("versions"));
    if edits.is_none() && versions.is_none() {
        return Default::default();
    }
    let names = Names::new(scene);
    let edits = edits.map_or_else(Vec::new, |c| names.edits(&c, findings));
    let Some(cursor) = versions else { return (edits, Vec::new()) };
    let mut versions: Vec<Version> = Vec::new();
    let mut labels: HashMap<String, Mark> = HashMap::new();
    for (name, spot, cursor) in cursor.named_entries(findings, "a mapping of names to versions") {
        if findings.is_enough() {
            break;
        }
        check_text(name, &spot, "the name of the version", findings);
        let Some(version) = names.version(name.trim(), spot, &cursor, findings) else { continue };
        if let Some(mark) = labels.get(&version.label().to_lowercase()) {
            let line = findings.line_of(*mark, version.spot.mark);
            let message = "another version is called the same in file names";
            let finding = Finding::error(rules::OUTPUT_TWICE, message)
                .found(shorten(version.label()))
                .hint(format!("that one is on {line}; give one of them another `label`"));
            findings.push(&version.spot, finding);
        }
        labels.entry(version.label().to_lowercase()).or_insert(version.spot.mark);
        versions.push(version);
    }
    (edits, versions)
}

impl<'s> Names<'s> {
    fn new(scene: &'s Scene) -> Self {
        let groups = scene.groups();
        let routes = scene.beds.iter().flat_map(|bed| {
            let own = bed.groups.iter().map(String::as_str);
            bed.routes.iter().map(move |route| {
                own.clone().chain(route.groups.iter().map(String::as_str)).collect::<HashSet<_>>()
            })
        });
        let objects = scene.objects.iter();
        let objects = objects.map(|object| object.groups.iter().map(String::as_str).collect());
        let beds = scene.beds.iter().map(|bed| bed.name.as_str());
        let items = beds.chain(scene.objects.iter().map(|object| object.name.as_str()));
        let all: Vec<&str> = groups.iter().copied().chain(items).collect();
        let mut members: Vec<HashSet<&str>> = routes.chain(objects).collect();
        let parts = members.len();
        let mut seen = HashSet::new();
        members.retain(|set| {
            let mut names: Vec<_> = set.iter().copied().collect();
            names.sort_unstable();
            seen.insert(names)
        });
        let known = all.iter().copied().collect();
        let groups =
            GroupNames { known: groups.iter().copied().collect(), all: groups, members, parts };
        Self { scene, groups, all, known }
    }

    fn edits(&self, list: &Cursor<'_>, findings: &mut Findings) -> Vec<Edit> {
        read_edits(list, &self.scene.clock, &self.groups, findings)
    }

    fn version(
        &self,
        name: &str,
        spot: Spot,
        cursor: &Cursor<'_>,
        findings: &mut Findings,
    ) -> Option<Version> {
        let mut fields = cursor.fields(findings, &spec::VERSION)?;
        let label = fields.get("label").and_then(|c| c.text(findings));
        let title = fields.get("title").and_then(|c| c.text(findings));
        let solo = fields.get("solo").map(|c| self.solo(&c, findings));
        let mute = fields.get("mute").map_or_else(Vec::new, |c| self.list(&c, findings));
        let mut gains = Vec::new();
        if let Some(cursor) = fields.get("gain") {
            for (name, spot, cursor) in
                cursor.named_entries(findings, "a mapping such as {vocals: -3}")
            {
                self.check(name.trim(), &spot, findings);
                gains.extend(cursor.gain(findings).map(|db| (name.trim().to_owned(), db)));
            }
        }
        let edits = fields.get("edits").map(|c| self.edits(&c, findings));
        let end = fields.get("end").and_then(|c| read_end(&c, &self.scene.clock, findings));
        fields.finish(findings);
        let name = name.to_owned();
        Some(Version { name, label, title, solo, mute, gains, edits, end, spot })
    }

    /// What is heard alone; nothing is legal and probably not meant.
    fn solo(&self, cursor: &Cursor<'_>, findings: &mut Findings) -> Vec<String> {
        let errors = findings.errors();
        let solo = self.list(cursor, findings);
        if solo.is_empty() && findings.errors() == errors {
            let finding = Finding::warning(rules::VERSION_SILENT, "this version is silent")
                .found("a `solo` of nothing")
                .hint("name what is heard alone, or remove `solo` to hear everything");
            cursor.report(findings, finding);
        }
        solo
    }

    /// A list of groups, objects and beds.
    fn list(&self, cursor: &Cursor<'_>, findings: &mut Findings) -> Vec<String> {
        let items = cursor.items(findings, "a list such as [vocals]");
        let name = |item: &Cursor<'_>| {
            let name = item.text(findings)?;
            self.check(&name, &item.spot(), findings);
            Some(name)
        };
        items.iter().filter_map(name).collect()
    }

    fn check(&self, name: &str, spot: &Spot, findings: &mut Findings) {
        if self.known.contains(name) {
            return;
        }
        let message = "there is no group, object or bed of this name";
        let mut finding = Finding::error(rules::NAME_UNKNOWN, message).found(shorten(name));
        if !findings.is_full() {
            finding = finding
                .allowed(list_words(self.all.iter().copied().take(LISTED)))
                .hint(did_you_mean(name, self.all.iter().copied().take(1000)));
        }
        findings.push(spot, finding);
    }
}
