//! Text to lists of lists. Nothing here is in the heap.

use std::fmt;

/// What a program consists of.
#[derive(Debug)]
pub(crate) enum Datum {
    Number(i64),
    Name(String),
    List(Vec<Datum>),
}

/// Reads a whole program.
pub(crate) fn read(text: &str) -> Result<Vec<Datum>, String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let (mut list, mut outer) = (Vec::new(), Vec::new());
    for word in spaced.split_whitespace() {
        match word {
            "(" => outer.push(std::mem::take(&mut list)),
            ")" => {
                let around = outer.pop().ok_or("there is a `)` too many")?;
                let inner = std::mem::replace(&mut list, around);
                list.push(Datum::List(inner));
            }
            _ => list.push(word.parse().map_or_else(|_| Datum::Name(word.to_owned()), Datum::Number)),
        }
    }
    if outer.is_empty() { Ok(list) } else { Err(format!("{} times `)` is missing", outer.len())) }
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Name(name) => name.fmt(f),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(ToString::to_string).collect();
                write!(f, "({})", items.join(" "))
            }
        }
    }
}
