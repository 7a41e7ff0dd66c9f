//! Reflections of a shoebox by image sources: the first, and those of two walls that meet.

use cupola_model::Room;

/// Speed of sound in metres a second.
const SOUND_M_S: f64 = 343.0;

/// Share of the length behind the listener, and the height of the ears in metres.
const BEHIND: f64 = 0.45;
const EARS_M: f64 = 1.2;

/// A source may come this near to a wall, in parts of the listener's own distance to it: a source in
/// the wall would be its own image.
const NEAREST: f64 = 0.7;

/// A reflection as the listener hears it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Image {
    /// Unit vector, x right, y front, z up.
    pub(super) direction: [f64; 3],
    /// Time after the sound that comes straight, in seconds.
    pub(super) later_s: f64,
    /// Amplitude against that sound, from distance and walls.
    pub(super) gain: f64,
    /// Walls it has touched, 1 or 2.
    pub(super) order: u32,
}

/// The reflections of a source in a direction at a distance. Where the room ends earlier the source
/// stands before the wall.
pub(super) fn images(room: &Room, direction: [f64; 3], distance_m: f64) -> Vec<Image> {
    let walls = walls(room);
    let free = (0..3).map(|axis| {
        let to_wall = walls[axis][usize::from(direction[axis] > 0.0)];
        NEAREST * to_wall / direction[axis].abs().max(1e-9)
    });
    let distance = free.fold(distance_m, f64::min);
    let source = direction.map(|c| c * distance);
    let reflection = |axis: usize| if axis == 2 { room.floor } else { room.walls };
    // Mirrored at the lower or at the upper wall of an axis.
    let mirrored = |axis: usize, upper: usize| {
        let wall = if upper == 1 { walls[axis][1] } else { -walls[axis][0] };
        2.0 * wall - source[axis]
    };
    let mut all = Vec::with_capacity(18);
    for axis in 0..3 {
        for upper in 0..2 {
            let mut image = source;
            image[axis] = mirrored(axis, upper);
            all.push(heard(image, distance, reflection(axis), 1));
            for other in axis + 1..3 {
                for other_upper in 0..2 {
                    let mut image = image;
                    image[other] = mirrored(other, other_upper);
                    let gain = reflection(axis) * reflection(other);
                    all.push(heard(image, distance, gain, 2));
                }
            }
        }
    }
    all
}

/// Distances from the listener to the lower and the upper wall of each axis: left and right, back and
/// front, floor and ceiling.
fn walls(room: &Room) -> [[f64; 2]; 3] {
    let [length, width, height] = room.size_m;
    let ears = EARS_M.min(height / 2.0);
    [[width / 2.0, width / 2.0], [BEHIND * length, (1.0 - BEHIND) * length], [ears, height - ears]]
}

fn heard(image: [f64; 3], straight_m: f64, reflection: f64, order: u32) -> Image {
    let way = image.iter().map(|c| c * c).sum::<f64>().sqrt();
    Image {
        direction: image.map(|c| c / way),
        later_s: (way - straight_m) / SOUND_M_S,
        gain: reflection * straight_m / way,
        order,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_reflections_of_the_default_room_arrive_when_geometry_says() {
        // From the figures of reference/binaural, section 4, for a source ahead.
        for (distance, first, last) in
            [(0.5, (5.7, -17.6), (16.3, -24.2)), (1.5, (3.9, -9.3), (15.7, -15.8))]
        {
            let mut found: Vec<_> = images(&Room::default(), [0.0, 1.0, 0.0], distance)
                .into_iter()
                .filter(|image| image.order == 1)
                .map(|image| (image.later_s * 1e3, 20.0 * image.gain.log10()))
                .collect();
            found.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert_eq!(found.len(), 6);
            println!("{distance} m: {found:.1?}");
            for ((ms, db), (wanted_ms, wanted_db)) in [(found[0], first), (found[5], last)] {
                assert!((ms - wanted_ms).abs() < 0.06, "{distance} m: {ms} ms");
                assert!((db - wanted_db).abs() < 0.06, "{distance} m: {db} dB");
            }
        }
    }

    #[test]
    fn every_direction_has_eighteen_reflections_after_the_source_itself() {
        for i in 0..100 {
            let (azimuth, height) = (f64::from(i) * 2.4, f64::from(i) / 50.0 - 0.99);
            let flat = (1.0 - height * height).sqrt();
            let direction = [flat * azimuth.sin(), flat * azimuth.cos(), height];
            for distance in [0.5, 1.5, 3.0] {
                let all = images(&Room::default(), direction, distance);
                assert_eq!(all.len(), 18);
                for image in all {
                    assert!(image.later_s > 2e-4 && image.gain < 0.75, "{direction:?}: {image:?}");
                }
            }
        }
    }
}
