//! Bytevectors.

use gc::{GcRefCell, GcVec, Mutation};

use super::arguments::{bytes, bytes_mut, chars, filled, index, range, target};
use super::{MANY, Native, native};
use crate::machine::Context;
use crate::value::Value;
use crate::value::condition::{Answer, Fault};
use crate::value::object::Object;

/// Makes a bytevector.
pub(crate) fn new<'gc>(mc: &Mutation<'gc>, bytes: impl IntoIterator<Item = u8>) -> Value<'gc> {
    Value::object(mc, Object::Bytes(GcRefCell::new(GcVec::from_iter(mc, bytes))))
}

pub(super) const NATIVES: &[Native] = &[
    native("bytevector?", 1, 1, |_, args| {
        Ok(Value::bool(matches!(args[0].as_object(), Some(Object::Bytes(_)))))
    }),
    native("make-bytevector", 1, 2, |cx, args| {
        let fill = args.get(1).map_or(Ok(0), |fill| byte(*fill))?;
        let bytes = GcRefCell::new(filled(cx.mc, fill, args[0])?);
        Ok(Value::object(cx.mc, Object::Bytes(bytes)))
    }),
    native("bytevector", 0, MANY, |cx, args| {
        let bytes: Answer<'_, Vec<u8>> = args.iter().map(|arg| byte(*arg)).collect();
        Ok(new(cx.mc, bytes?))
    }),
    native("bytevector-length", 1, 1, |cx, args| Ok(Value::index(bytes(cx.mc, args[0])?.len()))),
    native("bytevector-u8-ref", 2, 2, |cx, args| match bytes(cx.mc, args[0])?.get(index(args[1])?) {
        Some(byte) => Ok(Value::index(usize::from(*byte))),
        None => Err(Fault::new("the index is outside of the bytevector:", &[args[1]])),
    }),
    native("bytevector-u8-set!", 3, 3, |cx, args| {
        let new = byte(args[2])?;
        match bytes_mut(cx.mc, args[0])?.get_mut(index(args[1])?) {
            Some(byte) => *byte = new,
            None => return Err(Fault::new("the index is outside of the bytevector:", &[args[1]])),
        }
        Ok(Value::UNSPECIFIED)
    }),
    native("bytevector-copy", 1, 3, |cx, args| Ok(new(cx.mc, part(cx, args, 0)?))),
    native("bytevector-copy!", 3, 5, |cx, args| {
        let part = part(cx, args, 2)?;
        let mut to = bytes_mut(cx.mc, args[0])?;
        let start = target(args[1], to.len(), part.len())?;
        to[start..start + part.len()].copy_from_slice(&part);
        Ok(Value::UNSPECIFIED)
    }),
    native("bytevector-append", 0, MANY, |cx, args| {
        let mut all = Vec::new();
        for arg in args {
            all.extend_from_slice(&bytes(cx.mc, *arg)?);
        }
        Ok(new(cx.mc, all))
    }),
    native("bytevector-fill!", 2, 4, |cx, args| {
        let mut bytes = bytes_mut(cx.mc, args[0])?;
        let range = range(args, 2, bytes.len())?;
        bytes[range].fill(byte(args[1])?);
        Ok(Value::UNSPECIFIED)
    }),
    native("utf8->string", 1, 3, |cx, args| match String::from_utf8(part(cx, args, 0)?) {
        Ok(text) => Ok(Value::text(cx.mc, &text)),
        Err(_) => Err(Fault::new("these bytes are no text:", &[args[0]])),
    }),
    native("string->utf8", 1, 3, |cx, args| {
        let chars = chars(cx.mc, args[0])?;
        let text: String = chars[range(args, 1, chars.len())?].iter().collect();
        Ok(new(cx.mc, text.into_bytes()))
    }),
];

/// The part of a bytevector that arguments name: the bytevector itself, a start and an end.
fn part<'gc>(cx: &Context<'_, 'gc>, args: &[Value<'gc>], at: usize) -> Answer<'gc, Vec<u8>> {
    let bytes = bytes(cx.mc, args[at])?;
    Ok(bytes[range(args, at + 1, bytes.len())?].to_vec())
}

/// A byte.
pub(super) fn byte(value: Value<'_>) -> Answer<'_, u8> {
    let byte = value.as_index().and_then(|byte| u8::try_from(byte).ok());
    byte.ok_or_else(|| Fault::expected("a byte", value))
}
