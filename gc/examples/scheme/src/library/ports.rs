//! Ports. A port owns what it reads from or writes to, and holds no pointer; so its destructor closes it when the program has
//! lost it, and writes what is left. That is the simplest of the three ways to have something done at an object's end, and
//! enough here.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gc::Trace;

use crate::text::position::{File, Position};
use crate::text::source::{Source, advance};

/// A port. Threads wait for each other.
#[derive(Trace)]
pub(crate) struct Port {
    pub(crate) is_input: bool,
    pub(crate) is_textual: bool,
    #[trace(static)]
    state: Mutex<State>,
}

/// What a port reads from or writes to.
pub(crate) enum State {
    Closed,
    Input(Input),
    Output(Box<dyn Write + Send>),
    /// What has been written to a string.
    Text(String),
    /// What has been written to a bytevector.
    Bytes(Vec<u8>),
}

/// What is read, and which character comes next, if that has been looked at.
pub(crate) struct Input {
    reader: Box<dyn BufRead + Send>,
    peeked: Option<char>,
    place: Position,
}

impl Port {
    fn new(is_input: bool, is_textual: bool, state: State) -> Self {
        Self { is_input, is_textual, state: Mutex::new(state) }
    }

    /// A port that reads.
    pub(crate) fn input(is_textual: bool, reader: Box<dyn BufRead + Send>) -> Self {
        let place = Position { file: File::BUILT_IN, line: 1, column: 1 };
        Self::new(true, is_textual, State::Input(Input { reader, peeked: None, place }))
    }

    pub(crate) fn standard_input() -> Self {
        Self::input(true, Box::new(BufReader::new(io::stdin())))
    }

    pub(crate) fn standard_error() -> Self {
        Self::output(Box::new(io::stderr()))
    }

    /// A port that writes text.
    pub(crate) fn output(writer: Box<dyn Write + Send>) -> Self {
        Self::new(false, true, State::Output(writer))
    }

    /// A file to be read.
    pub(crate) fn open_input(path: &str, is_textual: bool) -> io::Result<Self> {
        Ok(Self::input(is_textual, Box::new(BufReader::new(std::fs::File::open(path)?))))
    }

    /// A file to be written.
    pub(crate) fn open_output(path: &str, is_textual: bool) -> io::Result<Self> {
        let writer = BufWriter::new(std::fs::File::create(path)?);
        Ok(Self::new(false, is_textual, State::Output(Box::new(writer))))
    }

    /// A port that collects what is written.
    pub(crate) fn collecting(is_textual: bool) -> Self {
        let state = if is_textual { State::Text(String::new()) } else { State::Bytes(Vec::new()) };
        Self::new(false, is_textual, state)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_open(&self) -> bool {
        !matches!(*self.state(), State::Closed)
    }

    /// Writes what is left, and reads and writes nothing more.
    pub(crate) fn close(&self) {
        self.flush();
        *self.state() = State::Closed;
    }

    /// Writes what is left. What cannot be written is lost, as nobody is there to be told.
    pub(crate) fn flush(&self) {
        if let State::Output(writer) = &mut *self.state() {
            let _ = writer.flush();
        }
    }

    /// Writes bytes, which are text if the port is one for text.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        match &mut *self.state() {
            State::Output(writer) => writer.write_all(bytes),
            State::Text(text) => {
                text.push_str(&String::from_utf8_lossy(bytes));
                Ok(())
            }
            State::Bytes(all) => {
                all.extend_from_slice(bytes);
                Ok(())
            }
            State::Closed | State::Input(_) => Err(io::Error::other("the port is closed")),
        }
    }

    /// Does something with what is read.
    pub(crate) fn read<R>(&self, f: impl FnOnce(&mut Input) -> io::Result<R>) -> io::Result<R> {
        match &mut *self.state() {
            State::Input(input) => f(input),
            _ => Err(io::Error::other("the port is closed")),
        }
    }
}

impl Input {
    /// The next byte, which stays or is taken.
    pub(crate) fn byte(&mut self, take: bool) -> io::Result<Option<u8>> {
        let byte = self.reader.fill_buf()?.first().copied();
        if take && byte.is_some() {
            self.reader.consume(1);
        }
        Ok(byte)
    }

    /// Up to so many bytes.
    pub(crate) fn bytes(&mut self, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.reader.by_ref().take(count as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Decodes a character.
    fn decode(&mut self) -> io::Result<Option<char>> {
        let Some(first) = self.byte(true)? else { return Ok(None) };
        let length = match first {
            0..0x80 => return Ok(Some(char::from(first))),
            0xC0..0xE0 => 2,
            0xE0..0xF0 => 3,
            _ => 4,
        };
        let mut bytes = vec![first];
        while bytes.len() < length {
            match self.byte(false)? {
                Some(byte) if byte & 0xC0 == 0x80 => {
                    bytes.push(byte);
                    self.byte(true)?;
                }
                _ => break,
            }
        }
        let text = std::str::from_utf8(&bytes).ok();
        Ok(Some(text.and_then(|text| text.chars().next()).unwrap_or(char::REPLACEMENT_CHARACTER)))
    }
}

impl Source for Input {
    fn peek(&mut self) -> io::Result<Option<char>> {
        if self.peeked.is_none() {
            self.peeked = self.decode()?;
        }
        Ok(self.peeked)
    }

    fn next(&mut self) -> io::Result<Option<char>> {
        let next = self.peek()?;
        self.peeked = None;
        if let Some(char) = next {
            advance(&mut self.place, char);
        }
        Ok(next)
    }

    fn position(&self) -> Position {
        self.place
    }
}
