//! A program as a tree, once its macros are gone.

use gc::Gc;

use super::scope::{Global, Local};
use crate::text::position::Position;
use crate::value::Value;

/// An expression.
pub(crate) enum Node<'gc> {
    Constant(Value<'gc>),
    Local(Gc<'gc, Local<'gc>>),
    Global(Gc<'gc, Global<'gc>>),
    SetLocal(Gc<'gc, Local<'gc>>, Box<Node<'gc>>),
    SetGlobal(Gc<'gc, Global<'gc>>, Box<Node<'gc>>),
    Define(Gc<'gc, Global<'gc>>, Box<Node<'gc>>),
    If(Box<[Node<'gc>; 3]>),
    Or(Vec<Node<'gc>>),
    Lambda(Box<Lambda<'gc>>),
    Sequence(Vec<Node<'gc>>),
    Call(Box<Call<'gc>>),
    Let(Vec<(Gc<'gc, Local<'gc>>, Node<'gc>)>, Box<Node<'gc>>),
    /// Procedures that know each other.
    Fix(Box<Fix<'gc>>),
}

/// A procedure.
pub(crate) struct Lambda<'gc> {
    /// A symbol, or false.
    pub(crate) name: Value<'gc>,
    pub(crate) parameters: Vec<Gc<'gc, Local<'gc>>>,
    /// Whether the last parameter is the list of all further arguments.
    pub(crate) rest: bool,
    pub(crate) body: Node<'gc>,
}

/// A call.
pub(crate) struct Call<'gc> {
    pub(crate) callee: Node<'gc>,
    pub(crate) arguments: Vec<Node<'gc>>,
    pub(crate) position: Option<Position>,
}

/// Procedures by name, and where they are known.
pub(crate) struct Fix<'gc> {
    pub(crate) procedures: Vec<(Gc<'gc, Local<'gc>>, Lambda<'gc>)>,
    pub(crate) body: Node<'gc>,
    /// Whether its one procedure is a loop, which is entered by the body: all calls of it jump.
    pub(crate) is_loop: bool,
}
