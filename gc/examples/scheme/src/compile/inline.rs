//! Calls of the commonest procedures, as instructions of their own. It is an error in the language to change what a name of a
//! library means; who defines the name anew, for himself, gets calls of what he has defined.

use super::code::{Binary, Op, Unary};
use super::generate::{Generator, number};
use super::node::{Call, Node};
use crate::text::position::Position;
use crate::value::Value;
use crate::value::condition::Answer;

/// What takes the place of a call.
enum Inline {
    Unary(Unary),
    Binary(Binary),
    /// Of any two of several, from the left on.
    Chain(Binary),
    VectorSet,
}

/// The instruction of a procedure, called with so many arguments.
fn of(callee: &Node<'_>, count: usize) -> Option<Inline> {
    let Node::Global(global) = callee else { return None };
    if global.changed.get() || !matches!(global.value.get(), Value::Native(_)) {
        return None;
    }
    let unary = |op| (count == 1).then_some(Inline::Unary(op));
    let binary = |op| (count == 2).then_some(Inline::Binary(op));
    let chain = |op| if count > 2 { Some(Inline::Chain(op)) } else { binary(op) };
    match &*global.name {
        "car" => unary(Unary::Car),
        "cdr" => unary(Unary::Cdr),
        "cadr" => unary(Unary::Cadr),
        "cddr" => unary(Unary::Cddr),
        "not" => unary(Unary::Not),
        "pair?" => unary(Unary::IsPair),
        "null?" => unary(Unary::IsNull),
        "zero?" => unary(Unary::IsZero),
        "+" => chain(Binary::Add),
        "-" => chain(Binary::Subtract),
        "*" => chain(Binary::Multiply),
        "=" => binary(Binary::Equal),
        "<" => binary(Binary::Less),
        ">" => binary(Binary::Greater),
        "<=" => binary(Binary::AtMost),
        ">=" => binary(Binary::AtLeast),
        "quotient" => binary(Binary::Quotient),
        "remainder" => binary(Binary::Remainder),
        "modulo" => binary(Binary::Modulo),
        "cons" => binary(Binary::Cons),
        "eq?" => binary(Binary::IsEq),
        "eqv?" => binary(Binary::IsEqv),
        "vector-ref" => binary(Binary::VectorRef),
        "set-car!" => binary(Binary::SetCar),
        "set-cdr!" => binary(Binary::SetCdr),
        "vector-set!" => (count == 3).then_some(Inline::VectorSet),
        _ => None,
    }
}

/// Whether it is the procedure `not`.
pub(super) fn is_not(callee: &Node<'_>) -> bool {
    matches!(of(callee, 1), Some(Inline::Unary(Unary::Not)))
}

fn small(node: &Node<'_>) -> Option<i32> {
    match node {
        Node::Constant(value) => value.as_small().and_then(|value| i32::try_from(value).ok()),
        _ => None,
    }
}

impl<'gc> Generator<'_, 'gc> {
    /// Compiles a call as an instruction, if there is one. The value is there then.
    pub(super) fn inlined(&mut self, call: &Call<'gc>) -> Answer<'gc, bool> {
        match (of(&call.callee, call.arguments.len()), &call.arguments[..]) {
            (Some(Inline::Unary(op)), [argument]) => {
                let op = match self.plain_slot(argument) {
                    Some(slot) => Op::UnaryLocal(op, number(slot)?),
                    None => {
                        self.value(argument)?;
                        Op::Unary(op)
                    }
                };
                self.place(call.position);
                self.emit(op);
            }
            (Some(Inline::Binary(op)), [a, b]) => self.binary(op, a, b, call.position)?,
            (Some(Inline::Chain(op)), [a, b, rest @ ..]) => {
                self.binary(op, a, b, call.position)?;
                for next in rest {
                    match small(next) {
                        Some(number) => {
                            self.place(call.position);
                            self.emit(Op::BinaryInt(op, number));
                        }
                        None => {
                            self.push();
                            self.with_pushed(op, next, call.position)?;
                        }
                    }
                }
            }
            (Some(Inline::VectorSet), [vector, index, value]) => {
                for part in [vector, index] {
                    self.value(part)?;
                    self.push();
                }
                self.value(value)?;
                self.place(call.position);
                self.emit(Op::VectorSet);
                self.used(2);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn binary(
        &mut self,
        op: Binary,
        a: &Node<'gc>,
        b: &Node<'gc>,
        place: Option<Position>,
    ) -> Answer<'gc, ()> {
        // Of a sum or a product the number may come second.
        let (a, b) = match op {
            Binary::Add | Binary::Multiply if small(a).is_some() => (b, a),
            _ => (a, b),
        };
        let slot = self.plain_slot(a);
        match (slot, small(b)) {
            (Some(slot), Some(number)) if u16::try_from(slot).is_ok() => {
                self.place(place);
                self.emit(Op::BinaryLocalInt(op, u16::try_from(slot).unwrap_or(0), number));
            }
            (_, Some(number)) => {
                self.value(a)?;
                self.place(place);
                self.emit(Op::BinaryInt(op, number));
            }
            (Some(slot), None) => {
                self.value(b)?;
                self.place(place);
                self.emit(Op::BinaryLocal(op, number(slot)?));
            }
            (None, None) => {
                self.value(a)?;
                self.push();
                self.with_pushed(op, b, place)?;
            }
        }
        Ok(())
    }

    /// An operation on what was pushed and a value.
    fn with_pushed(&mut self, op: Binary, b: &Node<'gc>, place: Option<Position>) -> Answer<'gc, ()> {
        self.value(b)?;
        self.place(place);
        self.emit(Op::Binary(op));
        self.used(1);
        Ok(())
    }
}
