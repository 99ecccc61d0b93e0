//! `eq?`, `eqv?` and `equal?`, and hashes that go with them.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, Hash, Hasher as _};

use foldhash::fast::FixedState;
use gc::{Gc, Mutation, Word};

use super::Value;
use super::condition::Answer;
use super::object::Object;

/// Whether they are the same object, small number or character.
#[inline]
pub(crate) fn is_eq<'gc>(a: Value<'gc>, b: Value<'gc>) -> bool {
    a.into_word() == b.into_word()
}

/// As `is_eq`, and numbers are compared by value and exactness.
pub(crate) fn is_eqv<'gc>(a: Value<'gc>, b: Value<'gc>) -> bool {
    is_eq(a, b)
        || match (a, b) {
            (Value::Big(a), Value::Big(b)) => *a == *b,
            (Value::Object(a), Value::Object(b)) => match (&*a, &*b) {
                (Object::Ratio(a), Object::Ratio(b)) => a == b,
                _ => false,
            },
            _ => false,
        }
}

/// Whether they look the same. It ends for rings, too.
pub(crate) fn is_equal<'gc>(mc: &Mutation<'gc>, a: Value<'gc>, b: Value<'gc>) -> Answer<'gc, bool> {
    // Most have one part only.
    let (mut next, mut pending) = (Some((a, b)), Vec::new());
    // What is being compared is taken to be equal. Few comparisons are so long that it matters.
    let mut assumed = HashSet::with_hasher(FixedState::default());
    let mut steps = 0_u32;
    while let Some((a, b)) = next.take().or_else(|| pending.pop()) {
        if is_eqv(a, b) {
            continue;
        }
        steps = steps.saturating_add(1);
        if steps > 10_000 && !assumed.insert((a.into_word().addr(), b.into_word().addr())) {
            continue;
        }
        match (a, b) {
            (Value::Pair(a), Value::Pair(b)) => {
                pending.extend([(a.cdr(), b.cdr()), (a.car(), b.car())]);
            }
            (Value::Text(a), Value::Text(b)) => {
                if **a.chars.borrow(mc) != **b.chars.borrow(mc) {
                    return Ok(false);
                }
            }
            (Value::Vector(a), Value::Vector(b)) if a.len() == b.len() => {
                pending.extend(a.iter().zip(b.iter()).map(|(a, b)| (a.get(), b.get())).rev());
            }
            (Value::Object(a), Value::Object(b)) => match (&*a, &*b) {
                (Object::Bytes(a), Object::Bytes(b)) if **a.borrow(mc) == **b.borrow(mc) => {}
                _ => return Ok(false),
            },
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// How keys of a table are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, gc::Trace)]
pub(crate) enum Comparison {
    Eqv,
    Equal,
}

/// A hash that is the same for values that are equal.
pub(crate) fn hash<'gc>(mc: &Mutation<'gc>, comparison: Comparison, value: Value<'gc>) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    let (mut next, mut pending) = (Some(value), Vec::new());
    // A few parts tell most values apart.
    for _ in 0..64 {
        let Some(value) = next.take().or_else(|| pending.pop()) else { break };
        match value {
            Value::Big(big) => big.hash(&mut hasher),
            Value::Pair(pair) if comparison == Comparison::Equal => {
                pending.extend([pair.cdr(), pair.car()]);
            }
            Value::Text(text) if comparison == Comparison::Equal => text.chars.borrow(mc).hash(&mut hasher),
            Value::Vector(items) if comparison == Comparison::Equal => {
                items.len().hash(&mut hasher);
                pending.extend(items.iter().take(64).map(gc::GcCell::get));
            }
            Value::Object(object) => match &*object {
                Object::Ratio(ratio) => ratio.hash(&mut hasher),
                Object::Bytes(bytes) if comparison == Comparison::Equal => bytes.borrow(mc).hash(&mut hasher),
                _ => Gc::as_ptr(object).addr().hash(&mut hasher),
            },
            _ => value.into_word().addr().hash(&mut hasher),
        }
    }
    hasher.finish()
}
