//! Completion scripts and manual pages, read by what will read them.

use crate::suite::support::{Project, cupola};
use std::path::Path;
use std::process::{Command, Stdio};

/// The commands, from the help of the program.
fn commands() -> Vec<String> {
    let help = cupola(Path::new("."), &["--help"]).expect(0).stdout;
    let listed = help.split("Commands:\n").nth(1).expect("a list of commands");
    let lines = listed.lines().take_while(|line| line.starts_with("  "));
    let names = lines.filter(|line| !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next().map(str::to_owned));
    let names: Vec<_> = names.filter(|name| name != "help").collect();
    assert!(names.len() >= 12, "{names:?}");
    names
}

fn exists(program: &str) -> bool {
    let status = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

#[test]
fn every_shell_gets_a_script_that_knows_every_command() {
    let here = Path::new(".");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = cupola(here, &["completions", shell]).expect(0);
        assert!(run.stderr.is_empty(), "{}", run.stderr);
        for command in commands() {
            assert!(run.stdout.contains(&command), "{shell} does not know {command}");
        }
        assert!(run.stdout.contains("panner"), "{shell} knows no options");
    }
    assert!(cupola(here, &["completions", "tcsh"]).expect(2).stderr.contains("powershell"));
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_options_and_values() {
    if !exists("bash") {
        return;
    }
    let project = Project::new("");
    project.write("cupola.bash", &project.run(&["completions", "bash"]).expect(0).stdout);
    let complete = |words: &[&str]| {
        let script = format!(
            "set -e; source cupola.bash; COMP_WORDS=({}); COMP_CWORD={}; \
             _cupola cupola '{}' '{}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.join(" "),
            words.len() - 1,
            words[words.len() - 1],
            words[words.len() - 2],
        );
        let output = Command::new("bash")
            .current_dir(project.path(""))
            .args(["--noprofile", "--norc", "-c", &script])
            .output()
            .expect("bash starts");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let syntax = Command::new("bash").args(["-n"]).arg(project.path("cupola.bash")).status();
    assert!(syntax.expect("bash starts").success(), "bash -n refuses the script");
    assert_eq!(complete(&["cupola", "bu"]).trim(), "build");
    assert_eq!(complete(&["cupola", "fmt", "--ch"]).trim(), "--check");
    assert_eq!(complete(&["cupola", "render", "--bits", "2"]).trim(), "24");
}

#[test]
fn a_manual_page_is_written_for_every_command() {
    let project = Project::new("");
    let run = project.run(&["man", "-o", "man1", "--json"]).expect(0);
    let mut expected: Vec<_> = commands().iter().map(|c| format!("cupola-{c}.1")).collect();
    expected.push("cupola.1".to_owned());
    expected.sort();
    assert_eq!(project.files("man1"), expected);
    assert_eq!(run.json()["files"].as_array().map(Vec::len), Some(expected.len()));
    let page = std::fs::read_to_string(project.path("man1/cupola-fmt.1")).expect("a page");
    for part in [".TH cupola-fmt 1", ".SH EXAMPLES", "\\-\\-check", "cupola fmt \\-\\-check"] {
        assert!(page.contains(part), "{part} is missing:\n{page}");
    }
    project.run(&["man", "-o", "man1"]).expect(0);
    project.write("man1/cupola.1", "precious");
    assert!(project.run(&["man", "-o", "man1"]).expect(6).stderr.contains("--force"));
    project.run(&["man", "-o", "man1", "--force"]).expect(0);
}

#[test]
fn groff_has_nothing_to_say_about_the_pages_and_keeps_examples_on_their_lines() {
    if !exists("groff") {
        return;
    }
    let project = Project::new("");
    project.run(&["man", "-o", "man1"]).expect(0);
    for name in project.files("man1") {
        let output = Command::new("groff")
            .args(["-man", "-Tutf8", "-ww", "-z"])
            .arg(project.path(&format!("man1/{name}")))
            .output()
            .expect("groff starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{name}: {said}");
    }
    let shown = Command::new("groff")
        .args(["-man", "-Tascii", "-P-c", "-P-b", "-P-u"])
        .arg(project.path("man1/cupola-fmt.1"))
        .output()
        .expect("groff starts");
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    let line = shown.lines().find(|line| line.contains("cupola fmt scenes/*/scene.yaml"));
    assert_eq!(line.map(str::trim), Some("cupola fmt scenes/*/scene.yaml"), "{shown}");
}
