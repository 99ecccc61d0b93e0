//! Where a reader's characters come from: a text, or a port that gives one at a time.

use std::io;

use super::position::{File, Position};

/// Characters, of which the next two can be looked at.
pub(crate) trait Source {
    /// The next character.
    fn peek(&mut self) -> io::Result<Option<char>>;
    /// Takes the next character.
    fn next(&mut self) -> io::Result<Option<char>>;
    /// Where the next character stands.
    fn position(&self) -> Position;
}

/// A text, and how far it has been read.
#[derive(Debug)]
pub(crate) struct TextSource<'a> {
    rest: std::str::Chars<'a>,
    place: Position,
}

impl<'a> TextSource<'a> {
    pub(crate) fn new(file: File, text: &'a str) -> Self {
        Self { rest: text.chars(), place: Position { file, line: 1, column: 1 } }
    }
}

impl Source for TextSource<'_> {
    fn peek(&mut self) -> io::Result<Option<char>> {
        Ok(self.rest.clone().next())
    }

    fn next(&mut self) -> io::Result<Option<char>> {
        let next = self.rest.next();
        if let Some(char) = next {
            advance(&mut self.place, char);
        }
        Ok(next)
    }

    fn position(&self) -> Position {
        self.place
    }
}

/// The position behind a character.
pub(crate) fn advance(place: &mut Position, char: char) {
    if char == '\n' {
        place.line += 1;
        place.column = 1;
    } else {
        place.column += 1;
    }
}
