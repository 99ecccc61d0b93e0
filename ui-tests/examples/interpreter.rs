//! A virtual machine holds the mutation; traits are implemented for types with a brand; values are packed
//! words.
use std::collections::HashMap;
use std::fmt::{Display, Formatter, Result};

use gc::{Gc, GcCell, GcRefCell, Heap, Mutation, Root, Trace, Word};

struct Vm<'gc> {
    mc: &'gc Mutation<'gc>,
    globals: Gc<'gc, GcRefCell<HashMap<String, Value<'gc>>>>,
    stack: Vec<Value<'gc>>,
}

#[derive(Trace, Word, Clone, Copy)]
enum Value<'gc> {
    Nil,
    Bool(bool),
    Int(i32),
    Text(Gc<'gc, String>),
    Pair(Gc<'gc, Pair<'gc>>),
    Native(Gc<'gc, Native<'gc>>),
}
#[derive(Trace)]
struct Pair<'gc> {
    head: GcCell<Value<'gc>>,
    tail: GcCell<Value<'gc>>,
}
#[derive(Trace)]
struct Native<'gc> {
    call: for<'vm> fn(&'vm mut Vm<'gc>, &[Value<'gc>]) -> Value<'gc>,
}

impl<'gc> Display for Value<'gc> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Value::Nil => f.write_str("nil"),
            Value::Bool(value) => value.fmt(f),
            Value::Int(value) => value.fmt(f),
            Value::Text(text) => text.fmt(f),
            Value::Pair(pair) => write!(f, "({} . {})", pair.head.get(), pair.tail.get()),
            Value::Native(_) => f.write_str("native"),
        }
    }
}
impl<'gc> From<i32> for Value<'gc> {
    fn from(value: i32) -> Self {
        Value::Int(value)
    }
}

impl<'gc> Vm<'gc> {
    fn cons(&mut self, head: Value<'gc>, tail: Value<'gc>) -> Value<'gc> {
        let pair = Pair { head: GcCell::new(head), tail: GcCell::new(tail) };
        Value::Pair(Gc::new(self.mc, pair))
    }
    fn define(&self, name: &str, value: Value<'gc>) {
        self.globals.borrow_mut(self.mc).insert(name.into(), value);
    }
    fn call(&mut self, name: &str, arguments: &[Value<'gc>]) -> Value<'gc> {
        let function = self.globals.borrow(self.mc).get(name).copied();
        match function {
            Some(Value::Native(native)) => (native.call)(self, arguments),
            other => other.unwrap_or(Value::Nil),
        }
    }
}

fn list<'gc>(vm: &mut Vm<'gc>, items: &[Value<'gc>]) -> Value<'gc> {
    items.iter().rev().fold(Value::Nil, |tail, head| vm.cons(*head, tail))
}

fn main() {
    let heap = Heap::new();
    let globals: Root<GcRefCell<HashMap<String, Value<'static>>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())));
    heap.mutate(|mc| {
        let mut vm = Vm { mc, globals: globals.get(mc), stack: vec![] };
        vm.define("list", Value::Native(Gc::new(mc, Native { call: list })));
        vm.define("yes", Value::Bool(true));
        let items = [1.into(), Value::Text(Gc::new(mc, "two".into())), vm.call("yes", &[])];
        let list = vm.call("list", &items);
        vm.stack.push(list);
        vm.define("result", vm.stack[0]);
    });
    heap.collect().unwrap();
    heap.mutate(|mc| {
        let result: Value<'_> = globals.get(mc).borrow(mc)["result"];
        assert_eq!(result.to_string(), "(1 . (two . (true . nil)))");
    });
}
