//! Objects with fields in a `GcRefCell`.

use gc::{Gc, GcRefCell, Mutation, Mutator, Root, Trace};

use crate::workloads::interpreter::{FIELDS, Interpreter, Machine, Program};

#[derive(Clone, Copy, Trace)]
struct Value<'gc> {
    number: u64,
    object: Option<Gc<'gc, Object<'gc>>>,
}

#[derive(Trace)]
struct Object<'gc> {
    fields: GcRefCell<[Value<'gc>; FIELDS]>,
}

struct Open<'m, 'gc>(&'m Mutation<'gc>);

impl<'gc> Machine for Open<'_, 'gc> {
    type Object = Gc<'gc, Object<'gc>>;
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
        let fields = GcRefCell::new([Value { number: 0, object: None }; FIELDS]);
        Gc::new(self.0, Object { fields })
    }

    fn get(&self, object: &Self::Object, field: usize) -> Self::Value {
        object.fields.borrow(self.0)[field]
    }

    fn set(&self, object: &Self::Object, field: usize, value: Self::Value) {
        object.fields.borrow_mut(self.0)[field] = value;
    }
}

pub(super) struct Vm {
    heap: Mutator,
    frame: Option<Root<Object<'static>>>,
}

impl Interpreter for Vm {
    fn new() -> Self {
        Self { heap: super::heap(), frame: None }
    }

    fn batch(&mut self, program: &mut Program) {
        self.heap.mutate(|mc| {
            let known = self.frame.as_ref().map(|frame| frame.get(mc));
            let frame = program.go_on(&Open(mc), known);
            if known.is_none() {
                self.frame = Some(mc.root(frame));
            }
        });
    }
}
