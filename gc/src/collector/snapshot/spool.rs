//! A spool: text that is written first and read once, later. In memory as long as it is short, then in a temporary file.
//!
//! The file has no name: it is removed as soon as it is open, which every system does that this crate runs on (on Windows when it
//! is closed), so nothing is left behind however the process ends. Nobody else can have made or can open it.

use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek, Write};

use crate::error::SnapshotError;

/// Bytes that are kept in memory.
const BUFFER_BYTES: usize = 1 << 20;
/// Bytes that are read at once.
const READ_BYTES: usize = 64 << 10;
/// Names that are tried for a file, of which each is one of 2^64.
const TRIES: usize = 16;

/// Rows of numbers, to be read later.
#[derive(Debug, Default)]
pub(super) struct Spool {
    buffer: Vec<u8>,
    /// Whether there is a row.
    is_begun: bool,
    file: Option<File>,
}

impl Spool {
    /// Appends a row of numbers.
    pub(super) fn row(&mut self, numbers: &[u64]) -> io::Result<()> {
        if self.buffer.len() >= BUFFER_BYTES {
            self.spill()?;
        }
        for (at, &number) in numbers.iter().enumerate() {
            match (at, self.is_begun) {
                (0, false) => self.is_begun = true,
                (0, true) => self.buffer.extend_from_slice(b",\n"),
                _ => self.buffer.push(b','),
            }
            self.number(number);
        }
        Ok(())
    }

    fn number(&mut self, mut number: u64) {
        let (mut digits, mut first) = ([0; 20], 20);
        loop {
            first -= 1;
            digits[first] = b'0' + u8::try_from(number % 10).expect("a digit");
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.buffer.extend_from_slice(&digits[first..]);
    }

    /// Writes what is in memory to the file.
    #[cold]
    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(temporary_file()?),
        };
        file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Writes all of it.
    pub(super) fn copy_to(self, writer: &mut dyn Write) -> Result<(), SnapshotError> {
        if let Some(mut file) = self.file {
            file.rewind().map_err(SnapshotError::Temporary)?;
            let mut piece = vec![0; READ_BYTES];
            loop {
                let n = match file.read(&mut piece) {
                    Ok(0) => break,
                    Ok(n) => n,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => return Err(SnapshotError::Temporary(error)),
                };
                writer.write_all(&piece[..n]).map_err(SnapshotError::Writer)?;
            }
        }
        writer.write_all(&self.buffer).map_err(SnapshotError::Writer)
    }
}

/// A file without a name, for this user alone.
fn temporary_file() -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut tries = 0;
    loop {
        let path = std::env::temp_dir().join(format!("gc-snapshot-{:016x}", RandomState::new().hash_one(())));
        match options.open(&path) {
            Ok(file) => return std::fs::remove_file(&path).map(|()| file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < TRIES => tries += 1,
            Err(error) => return Err(error),
        }
    }
}
