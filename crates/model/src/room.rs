//! The room around the listener of a headphone render.

use crate::BinauralMode;

/// A shoebox with a listener in it, who looks along its length.
///
/// Only what the room adds is described here: the sound that comes straight from a source is that of
/// its head-related transfer function and has the level the mixer gave it, whatever the distance.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    /// Length, width and height in metres, each within [`Self::SIZE_M`].
    pub size_m: [f64; 3],
    /// Share of the amplitude that a wall throws back, 0 to 0.95.
    pub walls: f64,
    /// The same for floor and ceiling.
    pub floor: f64,
    /// Time in seconds in which the tail loses 60 dB at 1 kHz, 0.05 to 2; at 125 Hz it takes a fifth
    /// longer and at 8 kHz a good quarter less.
    pub decay_s: f64,
    /// Gain of the LFE in decibels, at most 40. It goes to both ears alike and never into the room.
    pub lfe_db: f64,
    /// What near sources excite.
    pub near: RoomMode,
    /// What sources at the usual distance excite.
    pub mid: RoomMode,
    /// What far sources excite.
    pub far: RoomMode,
}

/// How a mode excites the room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoomMode {
    /// Distance of the source in metres for the first reflections, 0.1 to 20.
    pub distance_m: f64,
    /// Energy that comes straight over energy from the room, in decibels, −20 to 60.
    pub ratio_db: f64,
    /// Share of the first reflections in the energy from the room, 0 to 1; the rest is the tail.
    pub early: f64,
}

impl Default for Room {
    /// A living room with loudspeakers.
    fn default() -> Self {
        Self {
            size_m: [6.0, 4.8, 2.8],
            walls: 0.75,
            floor: 0.65,
            decay_s: 0.25,
            lfe_db: 0.0,
            near: RoomMode { distance_m: 0.5, ratio_db: 18.0, early: 2.0 / 3.0 },
            mid: RoomMode { distance_m: 1.5, ratio_db: 9.0, early: 0.5 },
            far: RoomMode { distance_m: 3.0, ratio_db: 3.0, early: 1.0 / 3.0 },
        }
    }
}

impl Room {
    /// The smallest and the largest side of a room in metres.
    pub const SIZE_M: [f64; 2] = [2.0, 20.0];

    /// How a headphone mode excites the room; `None` for a source that is not spatialised.
    pub fn mode(&self, mode: BinauralMode) -> Option<&RoomMode> {
        match mode {
            BinauralMode::Off => None,
            BinauralMode::Near => Some(&self.near),
            BinauralMode::Mid => Some(&self.mid),
            BinauralMode::Far => Some(&self.far),
        }
    }

    /// Whether every number is in its range.
    pub fn is_usable(&self) -> bool {
        let within = |value: f64, from: f64, to: f64| (from..=to).contains(&value);
        let mode = |m: &RoomMode| {
            within(m.distance_m, 0.1, 20.0)
                && within(m.ratio_db, -20.0, 60.0)
                && within(m.early, 0.0, 1.0)
        };
        self.size_m.iter().all(|&m| within(m, Self::SIZE_M[0], Self::SIZE_M[1]))
            && within(self.walls, 0.0, 0.95)
            && within(self.floor, 0.0, 0.95)
            && within(self.decay_s, 0.05, 2.0)
            && self.lfe_db <= 40.0
            && [&self.near, &self.mid, &self.far].into_iter().all(mode)
    }
}

impl RoomMode {
    /// Gains of the amplitude that comes straight, of the first reflections and of the tail; their
    /// squares sum to 1.
    ///
    /// ```
    /// let [direct, early, tail] = cupola_model::Room::default().mid.gains();
    /// assert!((direct * direct - 0.888).abs() < 0.001 && early == tail);
    /// ```
    pub fn gains(&self) -> [f64; 3] {
        let ratio = 10_f64.powf(self.ratio_db / 10.0);
        let room = 1.0 / (1.0 + ratio);
        [ratio * room, room * self.early, room * (1.0 - self.early)].map(f64::sqrt)
    }
}
