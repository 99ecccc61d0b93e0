//! Objects with fields in a `RefCell`.

use std::cell::RefCell;

use bumpalo::Bump;

use crate::workloads::interpreter::{FIELDS, Interpreter, Machine, Program};

#[derive(Clone, Copy)]
pub(crate) struct Value {
    number: u64,
    object: Option<&'static Object>,
}

pub(crate) struct Object(RefCell<[Value; FIELDS]>);

pub(super) struct Vm(&'static Bump, Option<&'static Object>);

impl Machine for Vm {
    type Object = &'static Object;
    type Value = Value;

    fn value(number: u64, object: Option<Self::Object>) -> Self::Value {
        Value { number, object }
    }

    fn number(value: &Self::Value) -> u64 {
        value.number
    }

    fn object(value: &Self::Value) -> Option<&Self::Object> {
        value.object.as_ref()
    }

    fn make(&self) -> Self::Object {
        self.0.alloc(Object(RefCell::new([Value { number: 0, object: None }; FIELDS])))
    }

    fn get(&self, object: &Self::Object, field: usize) -> Self::Value {
        object.0.borrow()[field]
    }

    fn set(&self, object: &Self::Object, field: usize, value: Self::Value) {
        object.0.borrow_mut()[field] = value;
    }
}

impl Interpreter for Vm {
    fn new() -> Self {
        Self(super::bump(), None)
    }

    fn batch(&mut self, program: &mut Program) {
        self.1 = Some(program.go_on(self, self.1));
    }
}
