//! Objects with fields in a `RefLock`.

use gc_arena::{Arena, Collect, Gc, Mutation, RefLock, Rootable};

use crate::workloads::interpreter::{FIELDS, Interpreter, Machine, Program};

#[derive(Clone, Copy, Collect)]
#[collect(no_drop)]
struct Value<'gc> {
    number: u64,
    object: Option<Object<'gc>>,
}

#[derive(Clone, Copy, Collect)]
#[collect(no_drop)]
struct Object<'gc>(Gc<'gc, RefLock<[Value<'gc>; FIELDS]>>);

struct Open<'m, 'gc>(&'m Mutation<'gc>);

impl<'gc> Machine for Open<'_, 'gc> {
    type Object = Object<'gc>;
    type Value = Value<'gc>;

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
        Object(Gc::new(self.0, RefLock::new([Value { number: 0, object: None }; FIELDS])))
    }

    fn get(&self, object: &Self::Object, field: usize) -> Self::Value {
        object.0.borrow()[field]
    }

    fn set(&self, object: &Self::Object, field: usize, value: Self::Value) {
        object.0.borrow_mut(self.0)[field] = value;
    }
}

type Frame = Rootable![Option<Object<'_>>];

pub(super) struct Vm(Arena<Frame>);

impl Interpreter for Vm {
    fn new() -> Self {
        Self(Arena::new(|_| None))
    }

    fn batch(&mut self, program: &mut Program) {
        self.0.mutate_root(|mc, frame| *frame = Some(program.go_on(&Open(mc), *frame)));
        self.0.collect_debt();
    }
}
