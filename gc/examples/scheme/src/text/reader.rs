//! Text to values. What is open is on a stack of the reader's own, so that no text is nested too deeply for it.

use std::collections::{HashMap, HashSet};

use gc::{Gc, GcCell, Mutation, Word};

use super::datum::{self, Token};
use super::position::Position;
use super::source::Source;
use crate::machine::world::World;
use crate::value::condition::{Answer, Fault, Kind};
use crate::value::object::Object;
use crate::value::{Pair, Value, list};

/// What has been begun and not ended.
enum Open<'gc> {
    List {
        items: Vec<Value<'gc>>,
        tail: Tail<'gc>,
        at: Position,
    },
    Vector(Vec<Value<'gc>>, Position),
    Bytes(Vec<Value<'gc>>, Position),
    /// `'` and its like, by the name of the form.
    Prefix(&'static str, Position),
    /// `#;`
    Comment,
    /// `#n=`
    Label(usize),
}

/// What comes behind the dot of a list.
enum Tail<'gc> {
    None,
    Dot,
    Read(Value<'gc>),
}

/// Reads the next datum, or nothing at the end.
pub(crate) fn read<'gc>(
    mc: &Mutation<'gc>,
    world: &World<'gc>,
    source: &mut dyn Source,
) -> Answer<'gc, Option<Value<'gc>>> {
    Reader { mc, world, open: Vec::new(), labels: HashMap::new() }.read(source)
}

struct Reader<'a, 'gc> {
    mc: &'a Mutation<'gc>,
    world: &'a World<'gc>,
    open: Vec<Open<'gc>>,
    /// Labels, and the data that have them: a stand-in as long as that is being read.
    labels: HashMap<usize, Value<'gc>>,
}

impl<'gc> Reader<'_, 'gc> {
    fn read(mut self, source: &mut dyn Source) -> Answer<'gc, Option<Value<'gc>>> {
        loop {
            datum::skip_space(source)?;
            let at = source.position();
            let Some(token) = datum::token(source).map_err(|fault| fault.at(at))? else {
                return match self.open.iter().rev().find_map(Open::place) {
                    None if self.open.is_empty() => Ok(None),
                    place => Err(fault("the text ends inside a datum").at(place.unwrap_or(at))),
                };
            };
            let complete = self.take(token, at).map_err(|fault| fault.at(at))?;
            if let Some(value) = complete
                && let Some(value) = self.completed(value).map_err(|fault| fault.at(at))?
            {
                return Ok(Some(if self.labels.is_empty() { value } else { self.resolved(value) }));
            }
        }
    }

    /// Takes one more token; gives the datum that it ends.
    fn take(&mut self, token: Token, at: Position) -> Answer<'gc, Option<Value<'gc>>> {
        let mc = self.mc;
        Ok(Some(match token {
            Token::Open => {
                self.open.push(Open::List { items: Vec::new(), tail: Tail::None, at });
                return Ok(None);
            }
            Token::OpenVector => {
                self.open.push(Open::Vector(Vec::new(), at));
                return Ok(None);
            }
            Token::OpenBytes => {
                self.open.push(Open::Bytes(Vec::new(), at));
                return Ok(None);
            }
            Token::Prefix(name) => {
                self.open.push(Open::Prefix(name, at));
                return Ok(None);
            }
            Token::Comment => {
                self.open.push(Open::Comment);
                return Ok(None);
            }
            Token::Label(label) => {
                // No datum that is read is one of several values, so this one is not mistaken for any.
                let stand_in = Object::Values(crate::value::cells(mc, [Value::index(label)]));
                self.labels.insert(label, Value::object(mc, stand_in));
                self.open.push(Open::Label(label));
                return Ok(None);
            }
            Token::Dot => match self.open.last_mut() {
                Some(Open::List { items, tail: tail @ Tail::None, .. }) if !items.is_empty() => {
                    *tail = Tail::Dot;
                    return Ok(None);
                }
                _ => return Err(fault("a `.` has no place here")),
            },
            Token::Close => self.close()?,
            Token::Reference(label) => {
                let known = self.labels.get(&label);
                *known.ok_or_else(|| fault(format!("there is no label #{label}=")))?
            }
            Token::Name(name) => Value::Symbol(self.world.intern(mc, &name)),
            Token::Text(text) => Value::text(mc, &text),
            Token::Char(char) => Value::Char(char),
            Token::Bool(value) => Value::bool(value),
            Token::Number(number) => number.into_value(mc),
        }))
    }

    fn close(&mut self) -> Answer<'gc, Value<'gc>> {
        match self.open.pop() {
            Some(Open::List { tail: Tail::Dot, .. }) => Err(fault("nothing follows the `.`")),
            Some(Open::List { items, tail, at }) => {
                let tail = if let Tail::Read(tail) = tail { tail } else { Value::NIL };
                let value = list::with_tail(self.mc, items, tail);
                self.world.note(self.mc, value, at);
                Ok(value)
            }
            Some(Open::Vector(items, _)) => Ok(Value::vector(self.mc, items)),
            Some(Open::Bytes(items, _)) => {
                let bytes =
                    items.into_iter().map(|item| item.as_index().and_then(|byte| u8::try_from(byte).ok()));
                let bytes: Option<Vec<u8>> = bytes.collect();
                let bytes = bytes.ok_or_else(|| fault("a bytevector holds numbers from 0 to 255"))?;
                Ok(crate::library::bytes::new(self.mc, bytes))
            }
            _ => Err(fault("there is a `)` too many")),
        }
    }

    /// Puts a datum where it belongs; gives it back if it is the outermost.
    fn completed(&mut self, mut value: Value<'gc>) -> Answer<'gc, Option<Value<'gc>>> {
        loop {
            match self.open.last_mut() {
                None => return Ok(Some(value)),
                Some(Open::List { items, tail, .. }) => {
                    match tail {
                        Tail::None => items.push(value),
                        Tail::Dot => *tail = Tail::Read(value),
                        Tail::Read(_) => return Err(fault("more than one datum follows the `.`")),
                    }
                    return Ok(None);
                }
                Some(Open::Vector(items, _) | Open::Bytes(items, _)) => {
                    items.push(value);
                    return Ok(None);
                }
                Some(Open::Comment) => {
                    self.open.pop();
                    return Ok(None);
                }
                Some(Open::Prefix(name, at)) => {
                    let name = Value::Symbol(self.world.intern(self.mc, name));
                    value = list::from_iter(self.mc, [name, value]);
                    self.world.note(self.mc, value, *at);
                    self.open.pop();
                }
                Some(Open::Label(label)) => {
                    self.labels.insert(*label, value);
                    self.open.pop();
                }
            }
        }
    }

    /// The datum with each stand-in of a label replaced by what has the label.
    fn resolved(&self, value: Value<'gc>) -> Value<'gc> {
        let mut known = HashSet::new();
        let mut pending: Vec<Value<'gc>> = vec![value];
        while let Some(part) = pending.pop() {
            if !part.object_address().is_some_and(|address| known.insert(address)) {
                continue;
            }
            let mut fix = |cell: &GcCell<Value<'gc>>| {
                if let Some(label) = label_of(cell.get()) {
                    cell.set(self.mc, self.labels[&label]);
                }
                pending.push(cell.get());
            };
            match part {
                Value::Pair(pair) => {
                    let Pair { car, cdr } = Gc::as_ref(pair);
                    fix(car);
                    fix(cdr);
                }
                Value::Vector(items) => items.iter().for_each(fix),
                _ => {}
            }
        }
        value
    }
}

/// The label that a value stands in for.
fn label_of(value: Value<'_>) -> Option<usize> {
    let Some(Object::Values(content)) = value.as_object() else { return None };
    content.first()?.get().as_index()
}

impl Open<'_> {
    fn place(&self) -> Option<Position> {
        match self {
            Self::List { at, .. } | Self::Vector(_, at) | Self::Bytes(_, at) | Self::Prefix(_, at) => {
                Some(*at)
            }
            Self::Comment | Self::Label(_) => None,
        }
    }
}

fn fault<'gc>(message: impl Into<String>) -> Fault<'gc> {
    Fault::of(Kind::Read, message, &[])
}
