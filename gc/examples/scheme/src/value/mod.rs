//! What a program of the language computes with. A [`Value`] is one word in the heap: a number, a character or a pointer,
//! told apart by a tag. On Rust's stack it is an ordinary enum, so the machine matches on it.
//!
//! What is common and has to be quick has a variant of its own; all else is an [`Object`].

pub(crate) mod condition;
pub(crate) mod equality;
pub(crate) mod list;
pub(crate) mod object;
pub(crate) mod table;
pub(crate) mod weak;

use gc::{Gc, GcCell, GcRefCell, GcSlice, GcStr, GcVec, Mutation, Tagged, Trace};

use crate::compile::code::Code;
use crate::number::big::Big;
use object::Object;

/// A value. There is no room for a sixteenth variant beside an `f64`.
#[derive(Clone, Copy, Trace, gc::Word)]
pub(crate) enum Value<'gc> {
    Special(Special),
    Int(Int),
    Real(f64),
    Char(char),
    /// A procedure of the host, by its place in the table of all.
    Native(u16),
    Symbol(Symbol<'gc>),
    Pair(Gc<'gc, Pair<'gc>>),
    Text(Gc<'gc, Text<'gc>>),
    Vector(Cells<'gc>),
    /// The type, and the fields.
    Record(Cells<'gc>),
    /// The code, and the values of the variables that it takes from around it.
    Closure(Cells<'gc>),
    Code(Gc<'gc, Code<'gc>>),
    /// A variable that is assigned to, which so is shared by all that know it. Programs do not see it.
    Variable(Gc<'gc, GcCell<Value<'gc>>>),
    Big(Big<'gc>),
    Object(Gc<'gc, Object<'gc>>),
}

/// Values that there is one of each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Trace, gc::Word)]
pub(crate) enum Special {
    Nil,
    False,
    True,
    Unspecified,
    /// Of a variable that has none yet.
    Unassigned,
    Eof,
}

/// An integer of 48 bits: what a variant has room for beside its tag. The low half comes first.
type Int = (u32, i16);

/// A sequence of a fixed length whose elements change.
pub(crate) type Cells<'gc> = GcSlice<'gc, GcCell<Value<'gc>>>;

/// A name: one string for equal names, but for names that are made to be equal to no other one.
pub(crate) type Symbol<'gc> = GcStr<'gc>;

/// A value as one word, which is what the machine moves about.
pub(crate) type Word<'gc> = Tagged<Value<'gc>>;

/// Two values.
#[derive(Trace)]
pub(crate) struct Pair<'gc> {
    pub(crate) car: GcCell<Value<'gc>>,
    pub(crate) cdr: GcCell<Value<'gc>>,
}

/// A string: characters, so that each of them is found and changed in no time.
#[derive(Trace)]
pub(crate) struct Text<'gc> {
    pub(crate) chars: GcRefCell<GcVec<'gc, char>>,
}

impl<'gc> Value<'gc> {
    pub(crate) const NIL: Self = Self::Special(Special::Nil);
    pub(crate) const FALSE: Self = Self::Special(Special::False);
    pub(crate) const TRUE: Self = Self::Special(Special::True);
    pub(crate) const UNSPECIFIED: Self = Self::Special(Special::Unspecified);
    pub(crate) const UNASSIGNED: Self = Self::Special(Special::Unassigned);
    pub(crate) const EOF: Self = Self::Special(Special::Eof);

    pub(crate) const fn bool(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }

    #[inline]
    pub(crate) fn is_false(self) -> bool {
        matches!(self, Self::Special(Special::False))
    }

    #[inline]
    pub(crate) fn is_true(self) -> bool {
        !self.is_false()
    }

    pub(crate) fn is_nil(self) -> bool {
        matches!(self, Self::Special(Special::Nil))
    }

    pub(crate) fn is_unassigned(self) -> bool {
        matches!(self, Self::Special(Special::Unassigned))
    }

    /// An integer of at most 48 bits.
    #[inline(always)]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the halves are cut out on purpose, and put together to compare"
    )]
    pub(crate) fn small(value: i64) -> Option<Self> {
        let high = (value >> 32) as i16;
        (i64::from(high) == value >> 32).then_some(Self::Int((value.cast_unsigned() as u32, high)))
    }

    /// An integer for a length or an index.
    pub(crate) fn index(value: usize) -> Self {
        Self::small(i64::try_from(value).expect("no length has 64 bits")).expect("no length has 48 bits")
    }

    /// The small integer that it is.
    #[inline(always)]
    pub(crate) fn as_small(self) -> Option<i64> {
        match self {
            Self::Int(int) => Some(number_of(int)),
            _ => None,
        }
    }

    /// The non-negative small integer that it is.
    #[inline(always)]
    pub(crate) fn as_index(self) -> Option<usize> {
        self.as_small().and_then(|value| usize::try_from(value).ok())
    }

    #[inline]
    pub(crate) fn cons(mc: &Mutation<'gc>, car: Self, cdr: Self) -> Self {
        Self::Pair(Gc::new(mc, Pair { car: GcCell::new(car), cdr: GcCell::new(cdr) }))
    }

    pub(crate) fn text(mc: &Mutation<'gc>, text: &str) -> Self {
        Self::chars(mc, text.chars())
    }

    pub(crate) fn chars(mc: &Mutation<'gc>, chars: impl IntoIterator<Item = char>) -> Self {
        Self::Text(Gc::new(mc, Text { chars: GcRefCell::new(GcVec::from_iter(mc, chars)) }))
    }

    pub(crate) fn vector(mc: &Mutation<'gc>, items: impl IntoIterator<Item = Self>) -> Self {
        Self::Vector(cells(mc, items))
    }

    pub(crate) fn object(mc: &Mutation<'gc>, object: Object<'gc>) -> Self {
        Self::Object(Gc::new(mc, object))
    }

    /// The object that it is, for the rarer kinds of values.
    pub(crate) fn as_object(self) -> Option<&'gc Object<'gc>> {
        match self {
            Self::Object(object) => Some(Gc::as_ref(object)),
            _ => None,
        }
    }

    pub(crate) fn as_pair(self) -> Option<&'gc Pair<'gc>> {
        match self {
            Self::Pair(pair) => Some(Gc::as_ref(pair)),
            _ => None,
        }
    }

    /// A symbol, or what stands for one that a macro has brought in.
    pub(crate) fn is_identifier(self) -> bool {
        matches!(self, Self::Symbol(_)) || matches!(self.as_object(), Some(Object::Alias { .. }))
    }

    pub(crate) fn is_procedure(self) -> bool {
        match self {
            Self::Native(_) | Self::Closure(_) => true,
            Self::Object(object) => object.is_procedure(),
            _ => false,
        }
    }
}

/// The number whose halves these are.
#[inline]
pub(crate) fn number_of((low, high): Int) -> i64 {
    i64::from(high) << 32 | i64::from(low)
}

/// Makes a sequence of cells of words.
pub(crate) fn cells_of_words<'gc>(
    mc: &Mutation<'gc>,
    words: impl IntoIterator<Item = Word<'gc>>,
) -> Cells<'gc> {
    Cells::from_iter(mc, words.into_iter().map(GcCell::new_tagged))
}

/// Makes a sequence of cells.
pub(crate) fn cells<'gc>(mc: &Mutation<'gc>, items: impl IntoIterator<Item = Value<'gc>>) -> Cells<'gc> {
    Cells::from_iter(mc, items.into_iter().map(GcCell::new))
}

impl<'gc> Pair<'gc> {
    #[inline]
    pub(crate) fn car(&self) -> Value<'gc> {
        self.car.get()
    }

    #[inline]
    pub(crate) fn cdr(&self) -> Value<'gc> {
        self.cdr.get()
    }
}
