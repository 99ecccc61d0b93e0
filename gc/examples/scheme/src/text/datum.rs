//! Characters to tokens.

use std::io;

use super::source::Source;
use crate::number::Number;
use crate::number::parse;
use crate::value::condition::{Answer, Fault, Kind};

/// A piece of a text.
pub(crate) enum Token {
    Open,
    OpenVector,
    OpenBytes,
    Close,
    Dot,
    Prefix(&'static str),
    /// `#;`
    Comment,
    /// `#n=`
    Label(usize),
    /// `#n#`
    Reference(usize),
    Name(String),
    Text(String),
    Char(char),
    Bool(bool),
    Number(Number),
}

/// The names of characters.
pub(crate) const CHARS: &[(&str, char)] = &[
    ("alarm", '\x07'),
    ("backspace", '\x08'),
    ("delete", '\x7f'),
    ("escape", '\x1b'),
    ("newline", '\n'),
    ("null", '\0'),
    ("return", '\r'),
    ("space", ' '),
    ("tab", '\t'),
    ("nul", '\0'),
    ("altmode", '\x1b'),
    ("linefeed", '\n'),
    ("rubout", '\x7f'),
];

/// Skips space and comments, but for those of a datum.
pub(crate) fn skip_space<'gc>(source: &mut dyn Source) -> Answer<'gc, ()> {
    while let Some(char) = peek(source)? {
        match char {
            ';' => while next(source)?.is_some_and(|char| char != '\n') {},
            char if char.is_whitespace() => _ = next(source)?,
            _ => break,
        }
    }
    Ok(())
}

/// The next token.
pub(crate) fn token<'gc>(source: &mut dyn Source) -> Answer<'gc, Option<Token>> {
    let Some(char) = peek(source)? else { return Ok(None) };
    Ok(Some(match char {
        '(' | '[' => one(source, Token::Open)?,
        ')' | ']' => one(source, Token::Close)?,
        '\'' => one(source, Token::Prefix("quote"))?,
        '`' => one(source, Token::Prefix("quasiquote"))?,
        ',' => {
            next(source)?;
            if peek(source)? == Some('@') {
                one(source, Token::Prefix("unquote-splicing"))?
            } else {
                Token::Prefix("unquote")
            }
        }
        '"' => {
            next(source)?;
            Token::Text(quoted(source, '"')?)
        }
        '|' => Token::Name(word(source)?.0),
        '#' => {
            next(source)?;
            return hash(source);
        }
        _ => match word(source)? {
            (word, true) => Token::Name(word),
            (word, false) if word == "." => Token::Dot,
            (word, false) => parse::number(&word, 10).map_or_else(|| Token::Name(word), Token::Number),
        },
    }))
}

fn one<'gc>(source: &mut dyn Source, token: Token) -> Answer<'gc, Token> {
    next(source)?;
    Ok(token)
}

/// What follows a `#`.
fn hash<'gc>(source: &mut dyn Source) -> Answer<'gc, Option<Token>> {
    Ok(Some(match peek(source)? {
        Some('(') => one(source, Token::OpenVector)?,
        Some(';') => one(source, Token::Comment)?,
        Some('|') => {
            next(source)?;
            skip_block(source)?;
            skip_space(source)?;
            return token(source);
        }
        Some('!') => {
            word(source)?;
            skip_space(source)?;
            return token(source);
        }
        Some('\\') => {
            next(source)?;
            Token::Char(char(source)?)
        }
        Some(digit) if digit.is_ascii_digit() => {
            let mut label = String::new();
            while let Some(digit) = peek(source)?.filter(char::is_ascii_digit) {
                label.push(digit);
                next(source)?;
            }
            let label = label.parse().ok().filter(|label| *label < 1 << 32);
            let label = label.ok_or_else(|| fault("the label is too large"))?;
            match next(source)? {
                Some('=') => Token::Label(label),
                Some('#') => Token::Reference(label),
                _ => return Err(fault("a label ends in `=` or `#`")),
            }
        }
        _ => match word(source)?.0.as_str() {
            "t" | "true" => Token::Bool(true),
            "f" | "false" => Token::Bool(false),
            "u8" if peek(source)? == Some('(') => one(source, Token::OpenBytes)?,
            word => match parse::number(&format!("#{word}"), 10) {
                Some(number) => Token::Number(number),
                None => return Err(fault(format!("`#{word}` is not known"))),
            },
        },
    }))
}

/// A character behind `#\`.
fn char<'gc>(source: &mut dyn Source) -> Answer<'gc, char> {
    let first = next(source)?.ok_or_else(|| fault("the text ends in a character"))?;
    let mut name = String::from(first);
    if !is_delimiter(first) {
        name.push_str(&word(source)?.0);
    }
    let mut chars = name.chars();
    if let (Some(char), None) = (chars.next(), chars.next()) {
        return Ok(char);
    }
    if let Some((_, char)) = CHARS.iter().find(|(known, _)| *known == name) {
        return Ok(*char);
    }
    let code = name.strip_prefix(['x', 'U', 'u']).and_then(|code| u32::from_str_radix(code, 16).ok());
    code.and_then(char::from_u32).ok_or_else(|| fault(format!("`#\\{name}` is not known")))
}

/// Everything up to a delimiter, and whether a part of it was between bars, and so is a name.
fn word<'gc>(source: &mut dyn Source) -> Answer<'gc, (String, bool)> {
    let (mut word, mut bars) = (String::new(), false);
    while let Some(char) = peek(source)? {
        if char == '|' {
            next(source)?;
            word.push_str(&quoted(source, '|')?);
            bars = true;
        } else if is_delimiter(char) {
            break;
        } else {
            word.push(char);
            next(source)?;
        }
    }
    Ok((word, bars))
}

fn is_delimiter(char: char) -> bool {
    char.is_whitespace() || "()[]\";'`,".contains(char)
}

/// A string, or a name between bars, up to its end.
fn quoted<'gc>(source: &mut dyn Source, end: char) -> Answer<'gc, String> {
    let mut text = String::new();
    loop {
        match next(source)?.ok_or_else(|| fault("the text ends inside a string"))? {
            char if char == end => return Ok(text),
            '\\' => match next(source)?.ok_or_else(|| fault("the text ends inside a string"))? {
                'a' => text.push('\x07'),
                'b' => text.push('\x08'),
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                't' => text.push('\t'),
                'x' | 'X' => {
                    let mut code = String::new();
                    while let Some(digit) = next(source)?.filter(|digit| *digit != ';') {
                        code.push(digit);
                    }
                    let char = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
                    text.push(char.ok_or_else(|| fault(format!("`\\x{code};` is no character")))?);
                }
                space if space.is_whitespace() => {
                    let mut at = Some(space);
                    while at.is_some_and(|char| char != '\n' && char.is_whitespace()) {
                        at = next(source)?;
                    }
                    while peek(source)?.is_some_and(|char| char == ' ' || char == '\t') {
                        next(source)?;
                    }
                }
                char => text.push(char),
            },
            char => text.push(char),
        }
    }
}

/// Skips a comment that was opened by `#|`, with those in it.
fn skip_block<'gc>(source: &mut dyn Source) -> Answer<'gc, ()> {
    let mut depth = 1;
    while depth > 0 {
        match next(source)?.ok_or_else(|| fault("the text ends inside a comment"))? {
            '|' if peek(source)? == Some('#') => {
                next(source)?;
                depth -= 1;
            }
            '#' if peek(source)? == Some('|') => {
                next(source)?;
                depth += 1;
            }
            _ => {}
        }
    }
    Ok(())
}

fn peek<'gc>(source: &mut dyn Source) -> Answer<'gc, Option<char>> {
    source.peek().map_err(|error| failed(&error))
}

fn next<'gc>(source: &mut dyn Source) -> Answer<'gc, Option<char>> {
    source.next().map_err(|error| failed(&error))
}

fn failed<'gc>(error: &io::Error) -> Fault<'gc> {
    Fault::of(Kind::File, error.to_string(), &[])
}

fn fault<'gc>(message: impl Into<String>) -> Fault<'gc> {
    Fault::of(Kind::Read, message, &[])
}
