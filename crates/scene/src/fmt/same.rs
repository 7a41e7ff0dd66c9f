//! Whether two texts say the same, in the same order, with the same comments.

use super::tree::options;
use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StructureStyle};

/// Line and column, from 1.
type Place = (u32, u32);

/// The place in the first text of the first difference, layout apart.
pub(super) fn first_difference(before: &str, after: &str) -> Option<Place> {
    let mut comments = [Vec::new(), Vec::new()];
    let [mut ours, mut theirs] =
        [before, after].map(|text| Parser::new_from_str_with_options(text, options()));
    loop {
        let a = next(&mut ours, &mut comments[0]);
        let b = next(&mut theirs, &mut comments[1]);
        match (a, b) {
            (None, None) => break,
            (Some(Ok((a, _))), Some(Ok((b, _)))) if a == b => {}
            (Some(Ok((_, place))), _) => return Some(place),
            _ => return Some((1, 1)),
        }
    }
    // The comment beside the indicator of a block scalar comes after the scalar.
    for list in &mut comments {
        list.sort_by_key(|(place, _)| *place);
    }
    let [ours, theirs] = &comments;
    let differs = ours.iter().zip(theirs).find(|((_, a), (_, b))| a != b);
    let missing = (ours.len() != theirs.len()).then(|| ours.last().map_or((1, 1), |c| c.0));
    differs.map(|((place, _), _)| *place).or(missing)
}

/// The next event, without what is only layout; comments are put aside.
fn next<'t>(
    parser: &mut impl Iterator<Item = Result<(Event<'t>, Span), ScanError>>,
    comments: &mut Vec<(Place, String)>,
) -> Option<Result<(Event<'t>, Place), ScanError>> {
    loop {
        let (event, span) = match parser.next()? {
            Ok(next) => next,
            Err(error) => return Some(Err(error)),
        };
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let place = (number(span.start.line()), number(span.start.col()).saturating_add(1));
        let event = match event {
            Event::Comment(text, _) => {
                comments.push((place, text.trim_end_matches([' ', '\t']).to_owned()));
                continue;
            }
            // The parser writes `~` for a value that is not there.
            Event::Scalar(_, ScalarStyle::Plain, anchor, tag) if span.is_empty() => {
                Event::Scalar("".into(), ScalarStyle::Plain, anchor, tag)
            }
            Event::SequenceStart(_, anchor, tag) => {
                Event::SequenceStart(StructureStyle::Block, anchor, tag)
            }
            Event::MappingStart(_, anchor, tag) => {
                Event::MappingStart(StructureStyle::Block, anchor, tag)
            }
            other => other,
        };
        return Some(Ok((event, place)));
    }
}
