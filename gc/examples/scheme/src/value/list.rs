//! Lists: pairs to sequences of Rust and back.

use gc::{Gc, GcCell, Mutation};

use super::condition::{Answer, Fault};
use super::{Pair, Value};

/// Makes a list.
pub(crate) fn from_iter<'gc>(
    mc: &Mutation<'gc>,
    items: impl IntoIterator<Item = Value<'gc>, IntoIter: DoubleEndedIterator>,
) -> Value<'gc> {
    with_tail(mc, items, Value::NIL)
}

/// Makes a list that ends in `tail`.
pub(crate) fn with_tail<'gc>(
    mc: &Mutation<'gc>,
    items: impl IntoIterator<Item = Value<'gc>, IntoIter: DoubleEndedIterator>,
    tail: Value<'gc>,
) -> Value<'gc> {
    items.into_iter().rfold(tail, |tail, item| Value::cons(mc, item, tail))
}

/// A copy of a proper list that ends in `tail`.
pub(crate) fn append<'gc>(mc: &Mutation<'gc>, list: Value<'gc>, tail: Value<'gc>) -> Answer<'gc> {
    let Some(length) = length(list) else { return Err(Fault::expected("a list", list)) };
    // Another thread may make it longer meanwhile.
    let mut items = Items(list).take(length);
    let Some(first) = items.next() else { return Ok(tail) };
    let pair = |item| Gc::new(mc, Pair { car: GcCell::new(item), cdr: GcCell::new(tail) });
    let first = pair(first);
    items.fold(first, |last, item| {
        let next = pair(item);
        last.cdr.set(mc, Value::Pair(next));
        next
    });
    Ok(Value::Pair(first))
}

/// The items of the pairs that follow each other, which never end if the list is a ring.
pub(crate) struct Items<'gc>(pub(crate) Value<'gc>);

impl<'gc> Iterator for Items<'gc> {
    type Item = Value<'gc>;

    #[inline]
    fn next(&mut self) -> Option<Value<'gc>> {
        let pair = self.0.as_pair()?;
        self.0 = pair.cdr();
        Some(pair.car())
    }
}

/// The items of a proper list.
pub(crate) fn to_vec(list: Value<'_>) -> Answer<'_, Vec<Value<'_>>> {
    match length(list) {
        Some(length) => {
            let mut items = Vec::with_capacity(length);
            items.extend(Items(list).take(length));
            Ok(items)
        }
        None => Err(Fault::expected("a list", list)),
    }
}

/// The length of a proper list.
pub(crate) fn length(list: Value<'_>) -> Option<usize> {
    let (mut slow, mut fast) = (list, list);
    for length in 0.. {
        match fast {
            Value::Pair(pair) => fast = pair.cdr(),
            _ => return fast.is_nil().then_some(length),
        }
        if length % 2 == 1 {
            slow = slow.as_pair()?.cdr();
            if super::equality::is_eq(slow, fast) && !fast.is_nil() {
                return None;
            }
        }
    }
    None
}
