//! 7.1.4, written out so that the benches measure the renderer alone.

use cupola_model::{Layout, PolarPosition, RoomPosition, Speaker};

/// 4+7+0 in the order of [BS.2051-3 System J].
pub(crate) fn seven_one_four() -> Layout {
    let rows = [
        ("L", 30.0, 0.0, [-1.0, 1.0, 0.0]),
        ("R", -30.0, 0.0, [1.0, 1.0, 0.0]),
        ("C", 0.0, 0.0, [0.0, 1.0, 0.0]),
        ("LFE", 45.0, -30.0, [-1.0, 1.0, -1.0]),
        ("Lss", 90.0, 0.0, [-1.0, 0.0, 0.0]),
        ("Rss", -90.0, 0.0, [1.0, 0.0, 0.0]),
        ("Lrs", 135.0, 0.0, [-1.0, -1.0, 0.0]),
        ("Rrs", -135.0, 0.0, [1.0, -1.0, 0.0]),
        ("Ltf", 45.0, 30.0, [-1.0, 1.0, 1.0]),
        ("Rtf", -45.0, 30.0, [1.0, 1.0, 1.0]),
        ("Ltr", 135.0, 30.0, [-1.0, -1.0, 1.0]),
        ("Rtr", -135.0, 30.0, [1.0, -1.0, 1.0]),
    ];
    let speakers = rows.map(|(name, azimuth, elevation, [x, y, z])| Speaker {
        name: name.to_owned(),
        label: name.to_owned(),
        direction: PolarPosition::on_sphere(azimuth, elevation),
        room: RoomPosition { x, y, z },
        lfe: name == "LFE",
    });
    Layout::new("7.1.4", speakers.into()).expect("a legal layout")
}
