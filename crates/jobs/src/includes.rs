//! Files that scenes include: where they may lie, and reading them.
//!
//! A scene may include what lies in its project folder: the nearest folder above it, its own counted,
//! that holds a file [`MARKER`], or else its own folder. Links are followed before that is decided, so
//! a shared scene cannot read what its author has no business with.

use crate::JobError;
use crate::project::{read_text, similar_file};
use cupola_scene::{IncludeRefusal, IncludeSource, Located};
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Makes the folder it lies in a project folder; its contents do not matter.
pub(crate) const MARKER: &str = ".cupola-project";

/// First bytes of sound files, which are often named by mistake.
const SOUND: [&[u8]; 7] = [b"RIFF", b"RF64", b"BW64", b"fLaC", b"OggS", b"FORM", b"ID3"];

/// The files of one scene, by the number they are known by; the scene itself is number 0.
#[derive(Debug)]
pub(crate) struct Includes {
    /// The project folder, as the system knows it.
    project: PathBuf,
    files: Vec<KnownFile>,
}

#[derive(Debug)]
struct KnownFile {
    /// As the system knows it; one file has one of these.
    canonical: PathBuf,
    /// The folder its own includes count from, as the system knows it.
    folder: PathBuf,
    /// That folder in the words of the user.
    shown_folder: PathBuf,
}

impl Includes {
    /// For a scene file.
    pub(crate) fn of(scene: &Path) -> Self {
        let shown_folder = scene.parent().map(Path::to_path_buf).unwrap_or_default();
        let folder = canonical_folder(&shown_folder);
        let project = folder.ancestors().find(|folder| folder.join(MARKER).is_file());
        let project = project.unwrap_or(&folder).to_path_buf();
        let canonical = scene.canonicalize().unwrap_or_else(|_| scene.to_path_buf());
        Self { project, files: vec![KnownFile { canonical, folder, shown_folder }] }
    }

    /// The files included so far, as the system knows them.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files[1..].iter().map(|file| file.canonical.as_path())
    }

    fn outside(&self) -> IncludeRefusal {
        IncludeRefusal::Outside {
            folder: self.project.display().to_string(),
            hint: format!(
                "put an empty file `{MARKER}` into the folder that holds everything to be shared"
            ),
        }
    }

    fn linked_outside(&self) -> IncludeRefusal {
        IncludeRefusal::Outside {
            folder: self.project.display().to_string(),
            hint: format!(
                "a link on this path leads out of the folder; put the file itself there, or a `{MARKER}` \
                 into the folder that holds everything to be shared"
            ),
        }
    }
}

fn canonical_folder(folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf())
}

/// A path without `.` and `..`, as far as that can be told from its words.
fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        let steps_back = part == Component::ParentDir
            && matches!(tidied.components().next_back(), Some(Component::Normal(_)));
        match part {
            Component::CurDir => {}
            Component::ParentDir if steps_back => {
                tidied.pop();
            }
            part => tidied.push(part),
        }
    }
    tidied
}

fn unreadable(reason: impl Into<String>, hint: impl Into<String>) -> IncludeRefusal {
    IncludeRefusal::Unreadable { reason: reason.into(), hint: hint.into() }
}

impl IncludeSource for Includes {
    fn locate(&mut self, path: &str, from: usize) -> Result<Located, IncludeRefusal> {
        let from = &self.files[from];
        let wanted = from.folder.join(path);
        let Ok(canonical) = wanted.canonicalize() else {
            let tidied = tidy(&wanted);
            if !tidied.starts_with(&self.project) {
                return Err(self.outside());
            }
            let hint = similar_file(&tidied, "the file that includes it");
            return Err(unreadable("it is not there", hint));
        };
        if !canonical.starts_with(&self.project) {
            // What the words say is inside is outside by a link.
            let linked = tidy(&wanted).starts_with(&self.project);
            return Err(if linked { self.linked_outside() } else { self.outside() });
        }
        let written = from.shown_folder.join(path);
        // Behind a link, a step back leads elsewhere than the words say.
        let tidied =
            Some(tidy(&written)).filter(|p| p.canonicalize().is_ok_and(|c| c == canonical));
        let shown = tidied.unwrap_or(written);
        let name = shown.display().to_string();
        let known = self.files.iter().position(|file| file.canonical == canonical);
        let number = known.unwrap_or_else(|| {
            let folder = wanted.parent().map(canonical_folder).unwrap_or_default();
            let shown_folder = shown.parent().map(Path::to_path_buf).unwrap_or_default();
            self.files.push(KnownFile { canonical, folder, shown_folder });
            self.files.len() - 1
        });
        Ok(Located { number, name })
    }

    fn read(&mut self, number: usize) -> Result<String, IncludeRefusal> {
        let path = &self.files[number].canonical;
        if path.is_dir() {
            return Err(unreadable("this is a folder", "name a file in it"));
        }
        // A pipe would be waited for.
        if !path.is_file() {
            return Err(unreadable("this is no ordinary file", "copy it into the project folder"));
        }
        if is_sound(path) {
            return Err(unreadable(
                "this is sound",
                "sound is listed under `stems`; what is included is a YAML file",
            ));
        }
        read_text(path, "what is included is a YAML file").map_err(|error| match error {
            JobError::InputUnreadable { reason, .. } => unreadable(reason, ""),
            other => unreadable(other.to_string(), ""),
        })
    }
}

fn is_sound(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(4).read_to_end(&mut head));
    read.is_ok() && SOUND.iter().any(|start| head.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    /// `album/song/scene.yaml` in a folder of its own, with a file in every folder.
    fn album() -> (TempDir, Includes) {
        let folder = tempfile::tempdir().unwrap();
        let song = folder.path().join("album/song");
        std::fs::create_dir_all(song.join("parts")).unwrap();
        for file in ["secret.yaml", "album/album.yaml", "album/song/scene.yaml"] {
            std::fs::write(folder.path().join(file), "title: x\n").unwrap();
        }
        std::fs::write(song.join("parts/part.yaml"), "title: part\n").unwrap();
        let includes = Includes::of(&song.join("scene.yaml"));
        (folder, includes)
    }

    fn shared_album() -> (TempDir, Includes) {
        let (folder, _) = album();
        std::fs::write(folder.path().join("album").join(MARKER), "").unwrap();
        let includes = Includes::of(&folder.path().join("album/song/scene.yaml"));
        (folder, includes)
    }

    fn refusal(includes: &mut Includes, path: &str) -> IncludeRefusal {
        let located = includes.locate(path, 0);
        let read = located.and_then(|located| includes.read(located.number));
        read.expect_err(path)
    }

    fn is_outside(refusal: &IncludeRefusal) -> bool {
        matches!(refusal, IncludeRefusal::Outside { hint, .. } if hint.contains(MARKER))
    }

    #[test]
    fn a_scene_reads_its_own_folder_and_with_a_marker_the_folder_above() {
        let (_folder, mut includes) = album();
        let part = includes.locate("parts/part.yaml", 0).unwrap();
        assert_eq!(includes.read(part.number).unwrap(), "title: part\n");
        assert!(is_outside(&refusal(&mut includes, "../album.yaml")));
        let (folder, mut includes) = shared_album();
        let shared = includes.locate("../album.yaml", 0).unwrap();
        assert_eq!(includes.read(shared.number).unwrap(), "title: x\n");
        assert_eq!(shared.name, folder.path().join("album/album.yaml").display().to_string());
        // From there on, paths count from that file.
        let scene = includes.locate("song/scene.yaml", shared.number).unwrap();
        assert_eq!(scene.number, 0, "the scene is known by any name");
        let part = includes.locate("song/./parts/../parts/part.yaml", shared.number).unwrap();
        assert_eq!(part, includes.locate("parts/part.yaml", 0).unwrap());
        assert!(includes.paths().eq([
            folder.path().join("album/album.yaml").canonicalize().unwrap(),
            folder.path().join("album/song/parts/part.yaml").canonicalize().unwrap(),
        ]));
    }

    #[test]
    fn nothing_outside_the_project_folder_is_read() {
        let (folder, mut includes) = shared_album();
        let absolute = folder.path().join("secret.yaml").display().to_string();
        for path in ["../../secret.yaml", "parts/../../../secret.yaml", &absolute, "/etc/passwd"] {
            let refused = refusal(&mut includes, path);
            assert!(is_outside(&refused), "{path}: {refused:?}");
        }
        // What is not there is not told from what is.
        assert!(is_outside(&refusal(&mut includes, "../../nothing.yaml")));
        let inside = folder.path().join("album/album.yaml").display().to_string();
        assert!(includes.locate(&inside, 0).is_ok(), "an absolute path may lead inside");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_before_it_is_decided() {
        use std::os::unix::fs::symlink;
        let (folder, mut includes) = shared_album();
        let song = folder.path().join("album/song");
        symlink(folder.path().join("secret.yaml"), song.join("link.yaml")).unwrap();
        symlink(folder.path(), song.join("up")).unwrap();
        for path in ["link.yaml", "up/secret.yaml"] {
            let refused = refusal(&mut includes, path);
            assert!(
                is_outside(&refused) && format!("{refused:?}").contains("a link"),
                "{refused:?}"
            );
        }
        let refused = format!("{:?}", refusal(&mut includes, "../../secret.yaml"));
        assert!(!refused.contains("a link"), "{refused}");
        // A link that leads back inside is as good as the file, and is the same file.
        let album = includes.locate("../album.yaml", 0).unwrap();
        let linked = includes.locate("up/album/album.yaml", 0).unwrap();
        assert_eq!(
            (linked.number, includes.read(linked.number)),
            (album.number, Ok("title: x\n".into()))
        );
        symlink("nowhere.yaml", song.join("broken.yaml")).unwrap();
        let refused = refusal(&mut includes, "broken.yaml");
        assert!(format!("{refused:?}").contains("leads nowhere"), "{refused:?}");
        symlink("loop.yaml", song.join("loop.yaml")).unwrap();
        assert!(matches!(refusal(&mut includes, "loop.yaml"), IncludeRefusal::Unreadable { .. }));
    }

    #[test]
    fn what_is_no_text_is_refused_with_a_word_of_why() {
        let (folder, mut includes) = album();
        let song = folder.path().join("album/song");
        std::fs::write(song.join("kick.wav"), b"RIFF....WAVE").unwrap();
        std::fs::write(song.join("latin.yaml"), b"a: 1\ntitle: caf\xe9\n").unwrap();
        std::fs::write(song.join("huge.yaml"), "#".repeat((10 << 20) + 1)).unwrap();
        for (path, words) in [
            ("parts", "folder"),
            ("kick.wav", "sound"),
            ("latin.yaml", "latin.yaml:2:11 on"),
            ("huge.yaml", "larger than 10 MiB"),
            ("parts/prt.yaml", "did you mean `part.yaml`"),
            // Nothing is like it but the ending, or the name of sound.
            ("parts/kick.yaml", "check the path"),
            ("kik.yaml", "check the path"),
            ("prats/part.yaml", "paths count from the file that includes it"),
            ("", "folder"),
            ("a\0b", "not there"),
        ] {
            let refused = format!("{:?}", refusal(&mut includes, path));
            assert!(refused.contains(words), "{path}: {refused}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_is_not_waited_for() {
        let (folder, mut includes) = album();
        let pipe = folder.path().join("album/song/pipe.yaml");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let refused = format!("{:?}", refusal(&mut includes, "pipe.yaml"));
        assert!(refused.contains("no ordinary file"), "{refused}");
    }

    #[test]
    fn steps_back_are_taken_out_of_paths() {
        for (path, tidied) in [
            ("a/../b", "b"),
            ("../a/./b", "../a/b"),
            ("../../a", "../../a"),
            ("/a/../../b", "/../b"),
            ("a/b/../../c", "c"),
        ] {
            assert_eq!(tidy(Path::new(path)), Path::new(tidied), "{path}");
        }
    }
}
