//! Ports: opened, closed and read.

use std::io::{self, Cursor};

use super::arguments::{bytes, index, string};
use super::ports::{Port, State};
use super::{Native, native};
use crate::machine::Context;
use crate::text::reader;
use crate::text::source::Source as _;
use crate::value::Value;
use crate::value::condition::{Answer, Fault, Kind};
use crate::value::object::Object;

pub(super) const NATIVES: &[Native] = &[
    native("%standard-input", 0, 0, |cx, _| Ok(cx.world.input)),
    native("%standard-output", 0, 0, |cx, _| Ok(cx.world.output)),
    native("%standard-error", 0, 0, |cx, _| Ok(cx.world.error)),
    native("open-input-file", 1, 1, |cx, args| open(cx, args[0], |path| Port::open_input(path, true))),
    native("open-binary-input-file", 1, 1, |cx, args| {
        open(cx, args[0], |path| Port::open_input(path, false))
    }),
    native("open-output-file", 1, 1, |cx, args| open(cx, args[0], |path| Port::open_output(path, true))),
    native("open-binary-output-file", 1, 1, |cx, args| {
        open(cx, args[0], |path| Port::open_output(path, false))
    }),
    native("open-input-string", 1, 1, |cx, args| {
        let text = Cursor::new(string(cx.mc, args[0])?.into_bytes());
        Ok(Value::object(cx.mc, Object::Port(Port::input(true, Box::new(text)))))
    }),
    native("open-input-bytevector", 1, 1, |cx, args| {
        let bytes = Cursor::new(bytes(cx.mc, args[0])?.to_vec());
        Ok(Value::object(cx.mc, Object::Port(Port::input(false, Box::new(bytes)))))
    }),
    native("open-output-string", 0, 0, |cx, _| {
        Ok(Value::object(cx.mc, Object::Port(Port::collecting(true))))
    }),
    native("open-output-bytevector", 0, 0, |cx, _| {
        Ok(Value::object(cx.mc, Object::Port(Port::collecting(false))))
    }),
    native("get-output-string", 1, 1, |cx, args| match &*port(args[0])?.state() {
        State::Text(text) => Ok(Value::text(cx.mc, text)),
        _ => Err(Fault::expected("a port that writes to a string", args[0])),
    }),
    native("get-output-bytevector", 1, 1, |cx, args| match &*port(args[0])?.state() {
        State::Bytes(bytes) => Ok(super::bytes::new(cx.mc, bytes.iter().copied())),
        _ => Err(Fault::expected("a port that writes to a bytevector", args[0])),
    }),
    native("port?", 1, 1, |_, args| Ok(Value::bool(port(args[0]).is_ok()))),
    native("input-port?", 1, 1, |_, args| Ok(Value::bool(port(args[0]).is_ok_and(|port| port.is_input)))),
    native("output-port?", 1, 1, |_, args| Ok(Value::bool(port(args[0]).is_ok_and(|port| !port.is_input)))),
    native("textual-port?", 1, 1, |_, args| Ok(Value::bool(port(args[0]).is_ok_and(|port| port.is_textual)))),
    native("binary-port?", 1, 1, |_, args| Ok(Value::bool(port(args[0]).is_ok_and(|port| !port.is_textual)))),
    native("input-port-open?", 1, 1, |_, args| Ok(Value::bool(input(args[0])?.is_open()))),
    native("output-port-open?", 1, 1, |_, args| Ok(Value::bool(output(args[0])?.is_open()))),
    native("close-port", 1, 1, |_, args| close(port(args[0])?)),
    native("close-input-port", 1, 1, |_, args| close(input(args[0])?)),
    native("close-output-port", 1, 1, |_, args| close(output(args[0])?)),
    native("eof-object", 0, 0, |_, _| Ok(Value::EOF)),
    native("eof-object?", 1, 1, |_, args| {
        Ok(Value::bool(matches!(args[0], Value::Special(crate::value::Special::Eof))))
    }),
    native("%read", 1, 1, |cx, args| {
        let port = input(args[0])?;
        let mut state = port.state();
        let State::Input(input) = &mut *state else {
            return Err(failed(&io::Error::other("the port is closed")));
        };
        Ok(reader::read(cx.mc, cx.world, input)?.unwrap_or(Value::EOF))
    }),
    native("%read-char", 1, 1, |_, args| {
        let char = input(args[0])?.read(|input| input.next()).map_err(|error| failed(&error))?;
        Ok(char.map_or(Value::EOF, Value::Char))
    }),
    native("%peek-char", 1, 1, |_, args| {
        let char = input(args[0])?.read(|input| input.peek()).map_err(|error| failed(&error))?;
        Ok(char.map_or(Value::EOF, Value::Char))
    }),
    native("%read-line", 1, 1, |cx, args| {
        let line = input(args[0])?.read(|input| {
            let mut line = String::new();
            while let Some(char) = input.next()? {
                if char == '\n' {
                    return Ok(Some(line));
                }
                line.push(char);
            }
            Ok(Some(line).filter(|line| !line.is_empty()))
        });
        let line = line.map_err(|error| failed(&error))?;
        Ok(line.map_or(Value::EOF, |line| Value::text(cx.mc, &line)))
    }),
    native("%read-string", 2, 2, |cx, args| {
        let count = index(args[1])?;
        let text = input(args[0])?.read(|input| {
            let mut text = String::new();
            for _ in 0..count {
                match input.next()? {
                    Some(char) => text.push(char),
                    None => break,
                }
            }
            Ok(text)
        });
        let text = text.map_err(|error| failed(&error))?;
        Ok(if text.is_empty() && count > 0 { Value::EOF } else { Value::text(cx.mc, &text) })
    }),
    native("%read-u8", 1, 1, |_, args| next_byte(args[0], true)),
    native("%peek-u8", 1, 1, |_, args| next_byte(args[0], false)),
    native("%read-bytevector", 2, 2, |cx, args| {
        let count = index(args[1])?;
        let bytes = input(args[0])?.read(|input| input.bytes(count)).map_err(|error| failed(&error))?;
        Ok(if bytes.is_empty() && count > 0 { Value::EOF } else { super::bytes::new(cx.mc, bytes) })
    }),
    native("file-exists?", 1, 1, |cx, args| {
        Ok(Value::bool(std::path::Path::new(&string(cx.mc, args[0])?).exists()))
    }),
    native("delete-file", 1, 1, |cx, args| match std::fs::remove_file(string(cx.mc, args[0])?) {
        Ok(()) => Ok(Value::UNSPECIFIED),
        Err(error) => Err(Fault::of(Kind::File, format!("cannot delete: {error}:"), &[args[0]])),
    }),
];

/// A port.
pub(super) fn port(value: Value<'_>) -> Answer<'_, &Port> {
    match value.as_object() {
        Some(Object::Port(port)) => Ok(port),
        _ => Err(Fault::expected("a port", value)),
    }
}

fn input(value: Value<'_>) -> Answer<'_, &Port> {
    match port(value) {
        Ok(port) if port.is_input => Ok(port),
        _ => Err(Fault::expected("an input port", value)),
    }
}

/// A port that is written to.
pub(super) fn output(value: Value<'_>) -> Answer<'_, &Port> {
    match port(value) {
        Ok(port) if !port.is_input => Ok(port),
        _ => Err(Fault::expected("an output port", value)),
    }
}

fn open<'gc>(
    cx: &Context<'_, 'gc>,
    path: Value<'gc>,
    open: impl FnOnce(&str) -> io::Result<Port>,
) -> Answer<'gc> {
    match open(&string(cx.mc, path)?) {
        Ok(port) => Ok(Value::object(cx.mc, Object::Port(port))),
        Err(error) => Err(Fault::of(Kind::File, format!("cannot open: {error}:"), &[path])),
    }
}

fn close<'gc>(port: &Port) -> Answer<'gc> {
    port.close();
    Ok(Value::UNSPECIFIED)
}

fn next_byte(port: Value<'_>, take: bool) -> Answer<'_> {
    let byte = input(port)?.read(|input| input.byte(take)).map_err(|error| failed(&error))?;
    Ok(byte.map_or(Value::EOF, |byte| Value::index(usize::from(byte))))
}

/// An error of the system.
pub(super) fn failed<'gc>(error: &io::Error) -> Fault<'gc> {
    Fault::of(Kind::File, error.to_string(), &[])
}
