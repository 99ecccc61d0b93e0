//! Arguments of procedures of the host: what kind they are of, and which part of a sequence they name.

use std::ops::Range;

use gc::{Gc, GcVec, Mutation, Ref, RefMut, Trace};

use crate::value::condition::{Answer, Fault};
use crate::value::object::Object;
use crate::value::{Cells, Symbol, Text, Value};

pub(crate) fn index(value: Value<'_>) -> Answer<'_, usize> {
    value.as_index().ok_or_else(|| Fault::expected("an index", value))
}

/// The length of a new sequence of items of this size: it may take half of the room that there is, as the program goes on
/// when it has been made.
pub(crate) fn new_length<'gc>(
    mc: &Mutation<'gc>,
    length: Value<'gc>,
    item_bytes: usize,
) -> Answer<'gc, usize> {
    let count = index(length)?;
    if count.saturating_mul(item_bytes) > mc.bytes_left() / 2 { Err(too_long(length)) } else { Ok(count) }
}

pub(crate) fn too_long(length: Value<'_>) -> Fault<'_> {
    Fault::new("there is no room for so long a sequence:", &[length])
}

/// A sequence of as many equal items as an argument says, if there is room.
pub(crate) fn filled<'gc, T: Trace<'gc> + Clone>(
    mc: &Mutation<'gc>,
    item: T,
    length: Value<'gc>,
) -> Answer<'gc, GcVec<'gc, T>> {
    let count = new_length(mc, length, size_of::<T>())?;
    let mut items = GcVec::try_with_capacity(mc, count).map_err(|_| too_long(length))?;
    items.extend(mc, std::iter::repeat_n(item, count));
    Ok(items)
}

pub(crate) fn char(value: Value<'_>) -> Answer<'_, char> {
    match value {
        Value::Char(char) => Ok(char),
        _ => Err(Fault::expected("a character", value)),
    }
}

pub(crate) fn symbol(value: Value<'_>) -> Answer<'_, Symbol<'_>> {
    match value {
        Value::Symbol(symbol) => Ok(symbol),
        _ => Err(Fault::expected("a symbol", value)),
    }
}

pub(crate) fn text(value: Value<'_>) -> Answer<'_, Gc<'_, Text<'_>>> {
    match value {
        Value::Text(text) => Ok(text),
        _ => Err(Fault::expected("a string", value)),
    }
}

pub(crate) fn vector(value: Value<'_>) -> Answer<'_, Cells<'_>> {
    match value {
        Value::Vector(items) => Ok(items),
        _ => Err(Fault::expected("a vector", value)),
    }
}

pub(crate) fn procedure(value: Value<'_>) -> Answer<'_> {
    if value.is_procedure() { Ok(value) } else { Err(Fault::expected("a procedure", value)) }
}

/// The characters of a string, to be read.
pub(crate) fn chars<'a, 'gc>(
    mc: &'a Mutation<'gc>,
    value: Value<'gc>,
) -> Answer<'gc, Ref<'a, GcVec<'gc, char>>>
where
    'gc: 'a,
{
    Gc::as_ref(text(value)?).chars.try_borrow(mc).map_err(|_| in_use(value))
}

/// The characters of a string, to be changed.
pub(crate) fn chars_mut<'a, 'gc>(
    mc: &'a Mutation<'gc>,
    value: Value<'gc>,
) -> Answer<'gc, RefMut<'a, GcVec<'gc, char>>>
where
    'gc: 'a,
{
    Gc::as_ref(text(value)?).chars.try_borrow_mut(mc).map_err(|_| in_use(value))
}

/// A string of Rust with the characters of one of Scheme.
pub(crate) fn string<'gc>(mc: &Mutation<'gc>, value: Value<'gc>) -> Answer<'gc, String> {
    Ok(chars(mc, value)?.iter().collect())
}

/// The bytes of a bytevector, to be read.
pub(crate) fn bytes<'a, 'gc>(mc: &'a Mutation<'gc>, value: Value<'gc>) -> Answer<'gc, Ref<'a, GcVec<'gc, u8>>>
where
    'gc: 'a,
{
    match value.as_object() {
        Some(Object::Bytes(bytes)) => bytes.try_borrow(mc).map_err(|_| in_use(value)),
        _ => Err(Fault::expected("a bytevector", value)),
    }
}

/// The bytes of a bytevector, to be changed.
pub(crate) fn bytes_mut<'a, 'gc>(
    mc: &'a Mutation<'gc>,
    value: Value<'gc>,
) -> Answer<'gc, RefMut<'a, GcVec<'gc, u8>>>
where
    'gc: 'a,
{
    match value.as_object() {
        Some(Object::Bytes(bytes)) => bytes.try_borrow_mut(mc).map_err(|_| in_use(value)),
        _ => Err(Fault::expected("a bytevector", value)),
    }
}

fn in_use(value: Value<'_>) -> Fault<'_> {
    Fault::new("another thread is changing this:", &[value])
}

/// The part of a sequence that a start and an end name, if they are there.
pub(crate) fn range<'gc>(arguments: &[Value<'gc>], from: usize, length: usize) -> Answer<'gc, Range<usize>> {
    let end = match arguments.get(from + 1) {
        Some(end) => index(*end)?,
        None => length,
    };
    let start = match arguments.get(from) {
        Some(start) => index(*start)?,
        None => 0,
    };
    if start <= end && end <= length {
        return Ok(start..end);
    }
    let wrong = if end > length { Value::index(end) } else { Value::index(start) };
    Err(Fault::new("the index is out of range:", &[wrong]))
}

/// The part of a sequence that a copy goes to.
pub(crate) fn target<'gc>(at: Value<'gc>, length: usize, count: usize) -> Answer<'gc, usize> {
    let start = index(at)?;
    match start.checked_add(count) {
        Some(end) if end <= length => Ok(start),
        _ => Err(Fault::new("there is no room for the copy from here on:", &[at])),
    }
}
