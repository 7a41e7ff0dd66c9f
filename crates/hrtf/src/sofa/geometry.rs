//! From the positions of a file to directions as the listener sees them.

use super::container::{Array, Container};
use crate::HrtfError;

/// A point in SOFA's axes: x front, y left, z up, in metres.
type Point = [f64; 3];

/// Most positions of one kind.
const MOST_POSITIONS: usize = 3 * super::MOST_DIRECTIONS;

/// Unit vectors (x right, y front, z up) from the listener's head to the source, one a measurement,
/// and the distances. The listener may stand anywhere and look anywhere.
pub(super) fn directions(
    file: &Container,
    count: usize,
) -> Result<(Vec<[f64; 3]>, Vec<f64>), HrtfError> {
    let sources = Positions::read(file, "SourcePosition", [1.0, 0.0, 0.0])?;
    if !sources.stored {
        return Err(HrtfError::NotSofa { what: "it has no SourcePosition".into() });
    }
    let heads = Positions::read(file, "ListenerPosition", [0.0; 3])?;
    let views = Positions::read(file, "ListenerView", [1.0, 0.0, 0.0])?;
    let ups = Positions::read(file, "ListenerUp", [0.0, 0.0, 1.0])?;
    let mut directions = Vec::with_capacity(count);
    let mut distances = Vec::with_capacity(count);
    for i in 0..count {
        let of = |positions: &Positions| positions.at(i, count);
        let (source, head) = (of(&sources)?, of(&heads)?);
        let away = [source[0] - head[0], source[1] - head[1], source[2] - head[2]];
        let (front, up) = (unit(of(&views)?), unit(of(&ups)?));
        let left = front.zip(up).and_then(|(front, up)| unit(cross(up, front)));
        let (Some(direction), Some(front), Some(left)) = (unit(away), front, left) else {
            return Err(HrtfError::sofa(
                format!("measurement {i} has no direction"),
                format!("source {source:?}, listener {head:?}"),
                "a source away from the listener, and a view that is not straight up",
            ));
        };
        let up = cross(front, left);
        directions.push([-dot(direction, left), dot(direction, front), dot(direction, up)]);
        distances.push(dot(away, away).sqrt());
    }
    Ok((directions, distances))
}

/// Which receiver the file says is on the left; nothing when it does not say.
pub(super) fn declared_left(file: &Container) -> Option<usize> {
    let array = file.numbers("ReceiverPosition", MOST_POSITIONS).ok()??;
    if array.shape.first() != Some(&2) || array.shape.get(1) != Some(&3) {
        return None;
    }
    // [R, C] or [R, C, I or M]: the first of the last index.
    let stride = array.shape.get(2).copied().unwrap_or(1);
    let spherical = is_spherical(file, "ReceiverPosition");
    let left_of_centre = |receiver: usize| {
        let value = |c: usize| array.values.get((receiver * 3 + c) * stride).copied();
        let point = [value(0)?, value(1)?, value(2)?];
        Some(if spherical { from_spherical(point)[1] } else { point[1] })
    };
    match (left_of_centre(0)?, left_of_centre(1)?) {
        (a, b) if a > b => Some(0),
        (a, b) if b > a => Some(1),
        _ => None,
    }
}

/// The rows of a position array: one for all measurements, or one each.
struct Positions {
    rows: Vec<Point>,
    name: &'static str,
    stored: bool,
}

impl Positions {
    fn read(file: &Container, name: &'static str, absent: Point) -> Result<Self, HrtfError> {
        let Some(array) = file.numbers(name, MOST_POSITIONS)? else {
            return Ok(Self { rows: vec![absent], name, stored: false });
        };
        let Array { shape, values } = &array;
        let flat = shape.len() == 2 && shape[1] == 3 && shape[0] > 0;
        if !flat {
            return Err(HrtfError::sofa(
                format!("{name} has an unusual shape"),
                format!("{shape:?}"),
                "one row of three numbers a measurement",
            ));
        }
        let spherical = is_spherical(file, name);
        if spherical {
            degrees(file, name)?;
        }
        let (rows, _) = values.as_chunks::<3>();
        let point = |&row: &Point| if spherical { from_spherical(row) } else { row };
        Ok(Self { rows: rows.iter().map(point).collect(), name, stored: true })
    }

    fn at(&self, measurement: usize, count: usize) -> Result<Point, HrtfError> {
        match self.rows.as_slice() {
            [one] => Ok(*one),
            rows if rows.len() == count => Ok(rows[measurement]),
            rows => Err(HrtfError::sofa(
                format!("{} does not fit the measurements", self.name),
                format!("{} rows", rows.len()),
                format!("1 or {count}"),
            )),
        }
    }
}

fn is_spherical(file: &Container, name: &str) -> bool {
    file.text_of(name, "Type").is_some_and(|t| t.eq_ignore_ascii_case("spherical"))
}

fn degrees(file: &Container, name: &str) -> Result<(), HrtfError> {
    match file.text_of(name, "Units") {
        Some(units) if !units.to_lowercase().starts_with("degree") => Err(HrtfError::sofa(
            format!("the angles of {name} are not in degrees"),
            units,
            "degree, degree, metre",
        )),
        _ => Ok(()),
    }
}

fn from_spherical([azimuth, elevation, distance]: Point) -> Point {
    let (sin_a, cos_a) = azimuth.to_radians().sin_cos();
    let (sin_e, cos_e) = elevation.to_radians().sin_cos();
    [distance * cos_e * cos_a, distance * cos_e * sin_a, distance * sin_e]
}

fn unit(v: Point) -> Option<Point> {
    let length = dot(v, v).sqrt();
    (length > 1e-6 && length.is_finite()).then(|| v.map(|c| c / length))
}

fn dot(a: Point, b: Point) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Point, b: Point) -> Point {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
