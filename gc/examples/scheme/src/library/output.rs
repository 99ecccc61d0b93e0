//! Ports: written to. The port is always given; procedures in Scheme take the current one where none is.

use super::arguments::{bytes, char, chars, range};
use super::bytes::byte;
use super::input::{failed, output};
use super::{Native, native};
use crate::machine::Context;
use crate::text::writer::{Style, to_text};
use crate::value::Value;
use crate::value::condition::Answer;

pub(super) const NATIVES: &[Native] = &[
    native("%write", 2, 2, |cx, args| written(cx, args, Style::Write)),
    native("%display", 2, 2, |cx, args| written(cx, args, Style::Display)),
    native("%write-shared", 2, 2, |cx, args| written(cx, args, Style::Shared)),
    native("%write-simple", 2, 2, |cx, args| written(cx, args, Style::Simple)),
    native("%write-char", 2, 2, |_, args| {
        let mut buffer = [0; 4];
        put(args[1], char(args[0])?.encode_utf8(&mut buffer).as_bytes())
    }),
    native("%write-string", 2, 4, |cx, args| {
        let chars = chars(cx.mc, args[0])?;
        let text: String = chars[range(args, 2, chars.len())?].iter().collect();
        put(args[1], text.as_bytes())
    }),
    native("%write-u8", 2, 2, |_, args| put(args[1], &[byte(args[0])?])),
    native("%write-bytevector", 2, 4, |cx, args| {
        let bytes = bytes(cx.mc, args[0])?;
        put(args[1], &bytes[range(args, 2, bytes.len())?])
    }),
    native("%flush", 1, 1, |_, args| {
        output(args[0])?.flush();
        Ok(Value::UNSPECIFIED)
    }),
];

fn written<'gc>(cx: &Context<'_, 'gc>, args: &[Value<'gc>], style: Style) -> Answer<'gc> {
    put(args[1], to_text(cx.mc, args[0], style).as_bytes())
}

fn put<'gc>(port: Value<'gc>, bytes: &[u8]) -> Answer<'gc> {
    output(port)?.write(bytes).map_err(|error| failed(&error))?;
    Ok(Value::UNSPECIFIED)
}
