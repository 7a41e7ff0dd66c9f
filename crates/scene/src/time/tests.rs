use super::*;

fn seconds(text: &str) -> Option<Form> {
    Ratio::decimal(text).map(Form::Seconds)
}

#[test]
fn times_are_read_in_every_form_of_the_format() {
    for (text, wanted) in [
        ("12.5 s", "12.5"),
        ("12.5s", "12.5"),
        ("12.5", "12.5"),
        ("0", "0"),
        ("0:12.5", "12.5"),
        ("90:00", "5400"),
        ("1:02:03.5", "3723.5"),
        ("-0:01", "-1"),
        ("-2 s", "-2"),
    ] {
        assert_eq!(Form::parse(text), seconds(wanted), "{text}");
    }
    assert_eq!(Form::parse("600000 samples"), Some(Form::Samples(600_000)));
    assert_eq!(Form::parse("-1 sample"), Some(Form::Samples(-1)));
    assert_eq!(Form::parse("bar 9"), Some(Form::Bar(9, Ratio::ONE)));
    assert_eq!(Form::parse("bar  9  beat 2.5"), Some(Form::Bar(9, Ratio::new(5, 2))));
    let bars = |n, d| Some(Form::After(Span::Music(MusicUnit::Bars, Ratio::new(n, d))));
    assert_eq!((Form::parse("+2 bars"), Form::parse("+ .5 bar")), (bars(2, 1), bars(1, 2)));
    let beats = Span::Music(MusicUnit::Beats, Ratio::new(3, 2));
    assert_eq!(Form::parse("+1.5 beats"), Some(Form::After(beats)));
    assert_eq!(Form::parse("+0.5 s"), Some(Form::After(Span::Seconds(Ratio::new(1, 2)))));
    assert_eq!(Form::parse("+0:01"), Some(Form::After(Span::Seconds(Ratio::ONE))));
    assert_eq!(Form::parse("+48 samples"), Some(Form::After(Span::Samples(48))));
}

#[test]
fn what_is_not_a_time_is_refused() {
    for text in [
        "",
        "s",
        "samples",
        "1.5 samples",
        "1:60",
        "1:60:00",
        "1:2:3:4",
        ":5",
        "5:",
        "1:-5",
        "--5",
        "12,5",
        "1e400",
        "inf",
        "nan",
        "0x10",
        "1:5e1",
        "- 5",
        "bar",
        "bar9",
        "bar x",
        "bar 9.5",
        "bar -1",
        "bar 9 2",
        "bar 9 beat",
        "bar 9 beat -1",
        "beat 3",
        "8 bars",
        "+",
        "++5",
        "+-5",
        "+bar 9",
        "+bars",
        "+-1 bars",
        "+-1 samples",
    ] {
        assert_eq!(Form::parse(text), None, "{text}");
    }
}
