//! What goes wrong: a [`Fault`] on its way out of a procedure of the host, and the [`Condition`] that the program sees.

use gc::{Gc, GcCell, Mutation, Trace};

use super::Value;
use super::list;
use super::object::Object;
use crate::text::position::Position;

/// An error object.
#[derive(Trace)]
pub(crate) struct Condition<'gc> {
    pub(crate) kind: Kind,
    pub(crate) message: Value<'gc>,
    pub(crate) irritants: Value<'gc>,
    /// Where in the program it was raised.
    pub(crate) place: GcCell<Option<Place<'gc>>>,
}

/// A pointer, as a cell holds one word.
pub(crate) type Place<'gc> = Gc<'gc, Position>;

/// Which of the predicates it answers to.
#[derive(Clone, Copy, PartialEq, Eq, Trace)]
pub(crate) enum Kind {
    Plain,
    File,
    Read,
}

/// Why a procedure of the host returns no value.
pub(crate) struct Fault<'gc>(Box<Cause<'gc>>);

enum Cause<'gc> {
    Raised(Value<'gc>),
    Error { kind: Kind, message: String, irritants: Vec<Value<'gc>>, place: Option<Position> },
}

/// What a procedure of the host returns.
pub(crate) type Answer<'gc, T = Value<'gc>> = Result<T, Fault<'gc>>;

impl<'gc> Fault<'gc> {
    pub(crate) fn new(message: impl Into<String>, irritants: &[Value<'gc>]) -> Self {
        Self::of(Kind::Plain, message, irritants)
    }

    pub(crate) fn of(kind: Kind, message: impl Into<String>, irritants: &[Value<'gc>]) -> Self {
        Self(Box::new(Cause::Error {
            kind,
            message: message.into(),
            irritants: irritants.into(),
            place: None,
        }))
    }

    /// What a program raises itself.
    pub(crate) fn raised(value: Value<'gc>) -> Self {
        Self(Box::new(Cause::Raised(value)))
    }

    /// An argument is of the wrong kind.
    #[cold]
    pub(crate) fn expected(what: &str, found: Value<'gc>) -> Self {
        Self::new(format!("expected {what}, but got"), &[found])
    }

    /// The error with its place, unless it knows a closer one.
    pub(crate) fn at(mut self, position: Position) -> Self {
        if let Cause::Error { place: place @ None, .. } = &mut *self.0 {
            *place = Some(position);
        }
        self
    }

    /// Whether a text has ended where more of it was expected.
    pub(crate) fn is_end_of_text(&self) -> bool {
        matches!(&*self.0, Cause::Error { kind: Kind::Read, message, .. } if message.contains("text ends"))
    }

    /// The object that is raised.
    pub(crate) fn into_value(self, mc: &Mutation<'gc>, here: Option<Position>) -> Value<'gc> {
        match *self.0 {
            Cause::Raised(value) => value,
            Cause::Error { kind, message, irritants, place } => {
                let message = Value::text(mc, &message);
                let irritants = list::from_iter(mc, irritants);
                let place = GcCell::new(place.or(here).map(|position| Gc::new(mc, position)));
                let condition = Gc::new(mc, Condition { kind, message, irritants, place });
                Value::object(mc, Object::Condition(condition))
            }
        }
    }
}
