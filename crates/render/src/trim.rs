//! Gains and delays of loudspeakers.

use cupola_model::{Layout, SampleRate};

/// What a layout says of its loudspeakers' signals, done last: gain, then delay to the nearest frame.
#[derive(Debug)]
pub(crate) struct Trims {
    channels: Vec<Trim>,
}

#[derive(Debug)]
struct Trim {
    gain: f32,
    /// What went in last, the oldest at `next`; as long as the delay.
    held: Vec<f32>,
    next: usize,
}

impl Trims {
    /// `None` when the layout asks for nothing.
    pub(crate) fn new(layout: &Layout, rate: SampleRate) -> Option<Self> {
        let channels = 0..layout.speakers().len();
        let trim = |channel| {
            let trim = layout.trim(channel);
            // Delays have a limit that holds in a usize.
            let frames = (trim.delay_s * f64::from(rate.hz())).round() as usize;
            Trim { gain: trim.gain.0 as f32, held: vec![0.0; frames], next: 0 }
        };
        let channels: Vec<Trim> = channels.map(trim).collect();
        let idle = |trim: &Trim| trim.gain == 1.0 && trim.held.is_empty();
        (!channels.iter().all(idle)).then_some(Self { channels })
    }

    /// The next frames, in place. Does not allocate.
    pub(crate) fn process(&mut self, out: &mut [&mut [f32]]) {
        for (trim, samples) in self.channels.iter_mut().zip(out) {
            for sample in &mut **samples {
                *sample *= trim.gain;
            }
            let Trim { held, next, .. } = trim;
            if held.is_empty() {
                continue;
            }
            for sample in &mut **samples {
                std::mem::swap(sample, &mut held[*next]);
                *next = if *next + 1 == held.len() { 0 } else { *next + 1 };
            }
        }
    }
}
