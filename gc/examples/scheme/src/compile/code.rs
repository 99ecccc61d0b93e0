//! Instructions, and what belongs to them.
//!
//! There is an accumulator, called *it* here, for the value of the latest expression, and a stack, on which the variables
//! of a procedure lie from its frame's base on.

use gc::{Gc, GcSlice, Trace};

use super::scope::Global;
use crate::text::position::Position;
use crate::value::{Value, Word};

/// A procedure without the values that it takes from around it.
#[derive(Trace)]
pub(crate) struct Code<'gc> {
    pub(crate) ops: GcSlice<'gc, Op>,
    pub(crate) constants: GcSlice<'gc, Word<'gc>>,
    pub(crate) globals: GcSlice<'gc, Gc<'gc, Global<'gc>>>,
    /// Where the instructions stand in the text, as far as it matters; in the order of instructions.
    pub(crate) places: GcSlice<'gc, (u32, Position)>,
    /// A symbol, or false.
    pub(crate) name: Value<'gc>,
    pub(crate) required: u32,
    /// Whether it takes more arguments, as a list.
    pub(crate) rest: bool,
}

impl Code<'_> {
    /// The place of an instruction.
    pub(crate) fn place(&self, at: usize) -> Option<Position> {
        let after = self.places.partition_point(|(start, _)| *start as usize <= at);
        self.places[..after].last().map(|(_, place)| *place)
    }

    /// Whether a number of arguments is right.
    pub(crate) fn takes(&self, count: usize) -> bool {
        let required = self.required as usize;
        count == required || self.rest && count > required
    }
}

/// An instruction. Numbers of variables count from the base of the frame, those of constants, globals and captured
/// variables from the first of the code; targets of jumps are absolute.
#[derive(Clone, Copy, Debug, Trace)]
pub(crate) enum Op {
    Constant(u32),
    Int(i32),
    Local(u32),
    Free(u32),
    Global(u32),
    /// The value of the shared variable that is in the local one.
    LocalShared(u32),
    FreeShared(u32),
    Push,
    PushLocal(u32),
    PushFree(u32),
    PushConstant(u32),
    PushInt(i32),
    SetLocal(u32),
    SetLocalShared(u32),
    SetFreeShared(u32),
    SetGlobal(u32),
    Define(u32),
    /// Puts a local variable's value into a shared variable, and that in its place.
    Share(u32),
    /// Pushes a new shared variable without a value.
    PushShared,
    Jump(u32),
    JumpIfFalse(u32),
    JumpIfTrue(u32),
    /// Calls it with so many arguments.
    Call(u32),
    TailCall(u32),
    /// Calls the value of a local variable, and below of a global one, with so many arguments.
    CallLocal(u16, u32),
    CallGlobal(u16, u32),
    TailCallGlobal(u16, u32),
    Return,
    /// Takes so many values off the stack.
    Drop(u32),
    /// Makes a procedure of the code among the constants and so many captured values, which are on the stack.
    Closure(u32, u16),
    /// In the closure in a local variable, sets a captured value to it.
    Patch(u32, u16),
    /// As `Patch`, where the local variable is a shared one.
    PatchShared(u32, u16),
    /// Begins a loop anew: so many values on top become the variables from there on.
    Loop(u16, u32),
    /// An operation on it.
    Unary(Unary),
    /// An operation on a local variable.
    UnaryLocal(Unary, u32),
    /// An operation on a local variable, and its value is pushed.
    PushUnaryLocal(Unary, u32),
    /// Jumps if the operation on it gives false. What is in the accumulator afterwards is of no use, here and below.
    JumpUnless(Unary, u32),
    /// Jumps if the operation on a local variable gives false.
    JumpUnlessLocal(Unary, u16, u32),
    /// An operation on what is taken off the stack, and it.
    Binary(Binary),
    /// An operation on it and a number.
    BinaryInt(Binary, i32),
    /// An operation on a local variable and it.
    BinaryLocal(Binary, u32),
    /// Jumps if the operation on a local variable and it gives false.
    JumpUnlessBinaryLocal(Binary, u16, u32),
    /// An operation on a local variable and a small number.
    BinaryLocalInt(Binary, u16, i32),
    /// `vector-set!`: vector and index are on the stack.
    VectorSet,
}

/// Procedures of one argument that have an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Trace)]
pub(crate) enum Unary {
    Car,
    Cdr,
    Cadr,
    Cddr,
    Not,
    IsPair,
    IsNull,
    IsZero,
}

/// Procedures of two arguments that have an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Trace)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Equal,
    Less,
    Greater,
    AtMost,
    AtLeast,
    Quotient,
    Remainder,
    Modulo,
    Cons,
    IsEq,
    IsEqv,
    VectorRef,
    SetCar,
    SetCdr,
}
