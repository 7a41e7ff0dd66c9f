//! The formatter: what it does to texts written out here, and that it changes nothing but layout.

use cupola_scene::{format_scene, parse_scene};

/// The formatted text, which formatting again must not change.
fn formatted(text: &str) -> String {
    let checked = format_scene(text, "s.yaml");
    let shown: Vec<_> = checked.findings.iter().map(ToString::to_string).collect();
    let once = checked.value.unwrap_or_else(|| panic!("{text}\n{shown:#?}"));
    assert_eq!(shown, Vec::<String>::new(), "{text}");
    let twice = format_scene(&once, "s.yaml").value;
    assert_eq!(twice.as_deref(), Some(once.as_str()), "formatted again, from\n{text}");
    once
}

fn assert_becomes(text: &str, expected: &str) {
    assert_eq!(formatted(text), expected, "from\n{text}");
}

#[test]
fn indentation_blanks_and_line_breaks_are_normalised() {
    assert_becomes("\u{feff}cupola:   1\r\ntitle :  Ode  \r\n", "cupola: 1\ntitle: Ode\n");
    assert_becomes("\n\n\na: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n");
    assert_becomes("a:\n- 1\n-   2\n", "a:\n  - 1\n  - 2\n");
    assert_becomes(
        "a:\n     b:\n      -   c: 1\n          d: 2\n",
        "a:\n  b:\n    - c: 1\n      d: 2\n",
    );
    assert_becomes("-\n  a: 1\n  b: 2\n- - x\n  - y\n", "- a: 1\n  b: 2\n- - x\n  - y\n");
    assert_becomes("a: {b: 1,c: [1,2 , 3] , }\n", "a: {b: 1, c: [1, 2, 3]}\n");
    assert_becomes("a: { 'b':1, \"c\":  [ ] }", "a: {'b': 1, \"c\": []}\n");
    assert_becomes("a:\n  {b: 1,\n   c: 2}\n", "a: {b: 1, c: 2}\n");
    assert_becomes("a:\tb\nc:\n\nd: ~\n", "a: b\nc:\n\nd: ~\n");
    assert_becomes("? a\n: b\n", "a: b\n");
    assert_becomes("[a: 1, {b, c: }]\n", "[{a: 1}, {b, c:}]\n");
}

#[test]
fn scalars_keep_their_spelling() {
    for line in [
        "format: 7.1",
        "at: 5.10",
        "gain: -1.50",
        "gain: +.5e1",
        "name: 'it''s'",
        "name: \"tab\\t # no comment\"",
        "time: 01:00:00;12",
        "at: bar 9 beat 2.5",
        "on: yes",
        "url: a#b:c",
        "nothing: ~",
        "empty: ''",
        "name: Été – 東京",
        "value: &x a",
    ] {
        assert_becomes(&format!("{line}\n"), &format!("{line}\n"));
    }
    assert_becomes(
        "z: &z {p: 1}\na: &x   1\n*x : 2\nb:  *x\n\nc: {<<:   *z}\n",
        "z: &z {p: 1}\na: &x 1\n*x : 2\nb: *x\n\nc: {<<: *z}\n",
    );
}

#[test]
fn anchors_stand_before_what_they_name() {
    assert_becomes("a: &x\n    b: 1\n", "a: &x\n  b: 1\n");
    assert_becomes("a: &x\n    {b: 1}\n", "a: &x {b: 1}\n");
    assert_becomes("- &x   b: 1\n  c: 2\n", "- &x b: 1\n  c: 2\n");
    assert_becomes("- &x\n  b: 1\n  c: 2\n", "- &x\n  b: 1\n  c: 2\n");
    assert_becomes("a: &x\nb: *x\n", "a: &x\nb: *x\n");
}

#[test]
fn a_flow_collection_becomes_a_block_when_it_is_too_wide() {
    let wide = |n: usize| format!("key: [{}]\n", vec!["abcdefgh"; n].join(", "));
    // `key: [` and `]` take 7 columns, every word 10 but for the last blank and comma.
    assert_becomes(&wide(9), &wide(9));
    let exact = wide(9).replace(']', ", z]");
    assert_eq!(exact.trim_end().len(), 98);
    let exact = exact.replace('z', "xyz");
    assert_becomes(&exact, &exact);
    let broken = exact.replace("xyz", "wxyz");
    let lines = ["  - abcdefgh\n"; 9].concat();
    assert_becomes(&broken, &format!("key:\n{lines}  - wxyz\n"));
    assert_becomes(
        "- {name: Lead vocal, stem: lead, position: {azimuth: 0, elevation: 0}, automation: [{at: 7 s, elevation: 0}, {at: bar 5, elevation: 15}]}\n",
        "- name: Lead vocal\n  stem: lead\n  position: {azimuth: 0, elevation: 0}\n  automation: [{at: 7 s, elevation: 0}, {at: bar 5, elevation: 15}]\n",
    );
    assert_becomes(
        &format!("- {{a, \"b\": &x {{c: 1, d: {}}}}}\n", "e".repeat(90)),
        &format!("- a:\n  \"b\": &x\n    c: 1\n    d: {}\n", "e".repeat(90)),
    );
}

#[test]
fn block_scalars_stay() {
    assert_becomes(
        "a: |\n      one\n        two\n\n      # three\nb: >-\n c\n d\n\n  e\n",
        "a: |\n  one\n    two\n\n  # three\nb: >-\n  c\n  d\n\n    e\n"
            .replace("    e", "   e")
            .as_str(),
    );
    assert_becomes("a: |2\n    one\n  two\n", "a: |2\n    one\n  two\n");
    assert_becomes("a: |+\n one\n\n\nb: 1\n", "a: |+\n  one\n\n\nb: 1\n");
    assert_becomes("a: |-   # why\n one\n\n\nb: 1\n", "a: |-  # why\n  one\n\nb: 1\n");
    assert_becomes("- |\n  one  \n   \n- >\n\n  two\n", "- |\n  one  \n   \n- >\n\n  two\n");
    assert_becomes(
        "a: \"one\n    two\n\n    three \\\n    four\"\n",
        "a: \"one\n  two\n\n  three \\\n  four\"\n",
    );
}

#[test]
fn comments_stay_with_what_they_stand_beside() {
    assert_becomes("#!x\n\n\n# y\na: 1 #z\n# end", "#!x\n\n# y\na: 1  #z\n# end\n");
    assert_becomes(
        "stems: # all\n    # first\n    a: 1\n    # last\n\n# next\nb: 2\n",
        "stems:  # all\n  # first\n  a: 1\n  # last\n\n# next\nb: 2\n",
    );
    assert_becomes("a:\n- 1\n# of b\nb: 2\n", "a:\n  - 1\n# of b\nb: 2\n");
    assert_becomes("a:\n  - 1\n  # of a\nb: 2\n", "a:\n  - 1\n  # of a\nb: 2\n");
    assert_becomes("a:\n    # - {b: 1}\n# c\nb: 2\n", "a:\n  # - {b: 1}\n# c\nb: 2\n");
    assert_becomes("a: # why\n  # so\n    b\n", "a:  # why\n  # so\n  b\n");
    assert_becomes("-  # why\n  a: 1\n", "-  # why\n  a: 1\n");
    assert_becomes(
        "a: 1  # goes\n      # on\n\n# other\nb: 2\n",
        "a: 1  # goes\n      # on\n\n# other\nb: 2\n",
    );
    assert_becomes("a: [ # none\n]\n", "a: []\n# none\n");
}

#[test]
fn a_flow_collection_with_comments_becomes_a_block() {
    assert_becomes(
        "tempo: {bpm: 128, # fast\n   # then\n   meter: 4/4} # common\nb: 1\n",
        "tempo:\n  bpm: 128  # fast\n  # then\n  meter: 4/4  # common\nb: 1\n",
    );
    assert_becomes(
        "a: [ # all\n  {b: 1},\n  # done\n] # closed\n",
        "a:  # all\n  - {b: 1}\n  # done\n  # closed\n",
    );
    let long = "x".repeat(60);
    assert_becomes(
        &format!("\na: 1\n\nb: [{long}, {long}] # long\n"),
        &format!("a: 1\n\n# long\nb:\n  - {long}\n  - {long}\n"),
    );
}

#[test]
fn markers_and_directives_stay() {
    assert_becomes(
        "%YAML 1.2 # version\n---   # start\na: 1\n...\n# end\n",
        "%YAML 1.2  # version\n---  # start\na: 1\n# end\n",
    );
    assert_becomes("# head\n--- {a: 1}\n", "# head\n---\n{a: 1}\n");
}

#[test]
fn columns_that_are_lined_up_stay_lined_up() {
    assert_becomes("a:   1\nbcd: 2\n", "a:   1\nbcd: 2\n");
    assert_becomes("a:     1\nbcd:   2\n", "a:   1\nbcd: 2\n");
    assert_becomes("a:   1\nbc: 2\n", "a: 1\nbc: 2\n");
    // A longer key is written below: the column moves.
    assert_becomes("a:   1\nbcd: 2\nefghi: 3\n", "a:     1\nbcd:   2\nefghi: 3\n");
    // A blank line ends the table.
    assert_becomes("a:   1\nbcd: 2\n\nefghi: 3\n", "a:   1\nbcd: 2\n\nefghi: 3\n");
    assert_becomes(
        "- {at:  7 s,   gain: -3,  size: 1}\n- {at: 12 s,   gain: -12, size: 2}\n- {at: 100 s, gain: 0, size: 3}\n",
        "- {at:   7 s, gain: -3,  size: 1}\n- {at:  12 s, gain: -12, size: 2}\n- {at: 100 s, gain: 0,   size: 3}\n",
    );
    assert_becomes(
        "- {at: 7 s,  gain: -3}\n- {at: 12 s,gain: -12}\n",
        "- {at: 7 s, gain: -3}\n- {at: 12 s, gain: -12}\n",
    );
    assert_becomes("- [  -1,  0.5]\n- [0.25,   10]\n", "- [  -1, 0.5]\n- [0.25,  10]\n");
}

#[test]
fn comments_that_are_lined_up_stay_lined_up() {
    assert_becomes("a: 1   # x\nbcd: 2 # y\n", "a: 1    # x\nbcd: 2  # y\n");
    assert_becomes("a: 1     # x\nbcd: 2 # y\n", "a: 1  # x\nbcd: 2  # y\n");
    let long = "x".repeat(40);
    assert_becomes(
        &format!("a: 1        # x\nbcd: 2      # y\ne: {long} # z\n"),
        &format!("a: 1    # x\nbcd: 2  # y\ne: {long}  # z\n"),
    );
}

#[test]
fn a_comment_below_a_key_without_a_name_settles_at_once() {
    for text in ["a: 1\n:\n# long\n# deep end\nb: 2\n", ":\n# x\n", "a:\n  :\n  # x\n  c: 1\n"] {
        let once = format_scene(text, "s.yaml").value.unwrap();
        let twice = format_scene(&once, "s.yaml").value;
        assert_eq!(twice.as_ref(), Some(&once), "{text:?}");
    }
}

#[test]
fn what_is_not_yaml_is_refused_as_by_the_reader_of_scenes() {
    for text in [
        "",
        "a: [",
        "a: \"",
        "a:\n\tb: 1\n",
        "a: 1\n---\nb: 2\n",
        "a: *x\n",
        "a: !t 1\n",
        "[a]: 1\n",
        "a: \0\n",
    ] {
        let checked = format_scene(text, "s.yaml");
        assert!(checked.value.is_none() && checked.has_errors(), "{text}");
        let expected = parse_scene(text, "s.yaml").findings;
        for finding in &checked.findings {
            assert!(expected.contains(finding), "{text}\n{finding}\n{expected:#?}");
        }
    }
    // What the words mean does not matter here.
    assert_becomes("objets: 1\nobjets: 2\n", "objets: 1\nobjets: 2\n");
}

#[test]
fn large_texts_are_laid_out_or_refused_quickly() {
    let started = std::time::Instant::now();
    let rows = "  - {at: 1 s, azimuth: -30,   gain: 5} # c\n".repeat(25_000);
    formatted(&format!("automation:\n{rows}"));
    formatted(&format!("{}a: 1\n{}", "# c\n".repeat(100_000), "\n".repeat(100_000)));
    formatted(&format!("[{}]", "a, ".repeat(300_000)));
    formatted(&format!("{}a", "- ".repeat(60)));
    formatted(&format!("{}[{}a{}]", "- ".repeat(30), "{a: [".repeat(14), "]}".repeat(14)));
    formatted(&format!(
        "{}[{}a{}, {}]",
        "- ".repeat(30),
        "{a: [".repeat(14),
        "]}".repeat(14),
        "b, ".repeat(1000)
    ));
    formatted(&format!("a: \"{}\"\n", "x\n\n".repeat(100_000)));
    assert!(format_scene(&"a".repeat(11 << 20), "s.yaml").has_errors());
    assert!(format_scene(&"[".repeat(1 << 20), "s.yaml").has_errors());
    assert!(started.elapsed().as_secs() < 60, "took {:?}", started.elapsed());
}
