//! What the profile refuses or only notes, before anything is written.

use crate::programmes::{Programme, room};
use cupola_adm::{AdmError, check_limits, write_axml};
use cupola_model::{BedFormat, SampleRate, Timeline};

#[test]
fn what_the_profile_refuses_is_refused_by_name() {
    let still = || vec![room(0, 0.0, 1.0, 0.0)];
    let new = |hz| Programme::new(SampleRate::new(hz).unwrap(), 48_000);
    let rules = |timeline: &Timeline| {
        let mut text = Vec::new();
        let Err(AdmError::Unfit(findings)) = write_axml(timeline, &mut text) else {
            panic!("accepted")
        };
        assert!(text.is_empty(), "nothing is written of what is refused");
        let hints = findings.iter().all(|finding| !finding.hint.is_empty());
        assert!(hints, "{findings:?}");
        findings.iter().map(|f| f.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules(&new(44_100).object("O", still()).done()), ["master.sample_rate"]);
    assert_eq!(rules(&new(48_000).done()), ["master.tracks"]);
    let crowd = (0..119).fold(new(48_000), |p, i| p.object(&format!("Object {i}"), still())).done();
    assert_eq!(rules(&crowd), ["master.objects"]);
    let finding = &check_limits(&crowd)[0];
    assert_eq!(finding.subject, "Object 118");
    assert!(finding.found == "119" && finding.message.contains("Object 118"), "{finding}");
    let beds = (0..6).fold(new(48_000), |p, i| p.bed(&format!("Bed {i}"), BedFormat::F2_0)).done();
    assert_eq!(rules(&beds), ["master.beds"]);
    let tracks = (0..109).fold(
        new(48_000).bed("Bed", BedFormat::F7_1_2).bed("Second", BedFormat::F7_1_2),
        |p, i| p.object(&format!("Object {i}"), still()),
    );
    assert_eq!(rules(&tracks.done()), ["master.tracks"]);
    let mut long = new(48_000).object("O", still()).done();
    long.length.0 = 48_000 * 3600 * 100;
    assert_eq!(rules(&long), ["master.length"]);
    let mut loud = still();
    loud[0].state.gain.0 = 16.1;
    assert_eq!(rules(&new(48_000).object("O", loud).done()), ["master.gain"]);
    let mut broken = new(48_000).object("O", still()).done();
    broken.lanes.clear();
    assert_eq!(rules(&broken), ["master.timeline"]);
}

#[test]
fn points_too_close_for_blocks_are_told_and_holds_are_not() {
    let notes = |points| {
        let timeline = Programme::new(SampleRate::HZ_48000, 48_000).object("O", points).done();
        let findings = check_limits(&timeline).into_iter();
        findings.filter(|f| f.rule == "master.points.close").map(|f| f.found).collect::<Vec<_>>()
    };
    let hold =
        vec![room(0, 0.0, 1.0, 0.0), room(23_750, 0.0, 1.0, 0.0), room(24_000, 1.0, 1.0, 0.0)];
    assert_eq!(notes(hold.clone()), Vec::<String>::new());
    let close = [hold, vec![room(24_100, 0.0, 1.0, 0.0)]].concat();
    assert_eq!(notes(close), ["1 points less than 250 frames after the one before"]);
}
