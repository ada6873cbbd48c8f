//! A file that grows, is cut short or is replaced, read as `tail -F` reads one.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

/// What a look at the file found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum News {
    /// So many bytes were read.
    Bytes(usize),
    /// What was there has been read to its end, and another content stands in its place.
    Replaced,
    Nothing,
}

/// A file under a name, whatever the name means in a moment.
pub(super) struct Followed {
    path: PathBuf,
    file: File,
    /// How much of it was read.
    read: u64,
    /// What the name means now, until the file that it meant before has been read to its end.
    next: Option<File>,
}

impl Followed {
    pub(super) fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref().to_owned();
        Ok(Self { file: File::open(&path)?, path, read: 0, next: None })
    }

    /// Reads what is new.
    pub(super) fn look(&mut self, into: &mut [u8]) -> io::Result<News> {
        let read = self.file.read(into)?;
        if read > 0 {
            self.read = self.read.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
            return Ok(News::Bytes(read));
        }
        if let Some(next) = self.next.take() {
            (self.file, self.read) = (next, 0);
            return Ok(News::Replaced);
        }
        let here = self.file.metadata()?;
        // Between two names of a rotation there may be no file: then it comes in a moment.
        if let Ok(other) = File::open(&self.path)
            && !is_same(&here, &other.metadata()?)
        {
            // Its writer may have said more since the end was met: that is read first.
            self.next = Some(other);
            return self.look(into);
        }
        if here.len() < self.read {
            self.file.rewind()?;
            self.read = 0;
            return Ok(News::Replaced);
        }
        Ok(News::Nothing)
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Where files have no number, the moment when they were made tells them apart.
#[cfg(not(unix))]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    match (one.created(), other.created()) {
        (Ok(one), Ok(other)) => one == other,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A file of this test alone, and what was read of it until nothing was new.
    struct Bed {
        folder: PathBuf,
        followed: Followed,
    }

    impl Bed {
        fn with(name: &str, text: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("klamm-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("log"), text).unwrap();
            let followed = Followed::open(folder.join("log")).unwrap();
            Self { folder, followed }
        }

        fn file(&self) -> PathBuf {
            self.folder.join("log")
        }

        fn append(&self, to: &str, text: &str) {
            use std::io::Write;
            let path = self.folder.join(to);
            fs::OpenOptions::new()
                .append(true)
                .open(path)
                .unwrap()
                .write_all(text.as_bytes())
                .unwrap();
        }

        /// What is new; `|` stands where one content ends and the other begins.
        fn news(&mut self) -> String {
            let (mut all, mut bytes) = (String::new(), [0; 4]);
            loop {
                match self.followed.look(&mut bytes).unwrap() {
                    News::Bytes(read) => all.push_str(std::str::from_utf8(&bytes[..read]).unwrap()),
                    News::Replaced => all.push('|'),
                    News::Nothing => return all,
                }
            }
        }
    }

    impl Drop for Bed {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }

    #[test]
    fn what_is_appended_is_read() {
        let mut bed = Bed::with("appended", "one\ntwo\n");
        assert_eq!(bed.news(), "one\ntwo\n");
        assert_eq!(bed.news(), "");
        bed.append("log", "three\n");
        assert_eq!(bed.news(), "three\n");
    }

    #[test]
    fn a_file_that_takes_the_name_is_read_after_the_old_one_has_been() {
        let mut bed = Bed::with("replaced", "one\n");
        assert_eq!(bed.news(), "one\n");
        fs::rename(bed.file(), bed.folder.join("log.1")).unwrap();
        assert_eq!(bed.news(), "", "there is no file of this name yet");
        bed.append("log.1", "last words\n");
        fs::write(bed.file(), "two\n").unwrap();
        assert_eq!(bed.news(), "last words\n|two\n");
    }

    #[test]
    fn a_file_that_is_cut_short_is_read_from_its_beginning() {
        let mut bed = Bed::with("cut", "one and two\n");
        assert_eq!(bed.news(), "one and two\n");
        fs::write(bed.file(), "three\n").unwrap();
        assert_eq!(bed.news(), "|three\n");
    }

    #[test]
    fn a_file_that_is_not_there_cannot_be_followed() {
        assert!(Followed::open("/nowhere/at/all").is_err());
    }
}
