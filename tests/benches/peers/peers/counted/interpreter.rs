//! Objects with fields in a cell, for peers of [`counted!`](super::counted).

macro_rules! interpreter {
    (derive: [$($derive:path),*], trace: $trace:ident, rest: $rest:path) => {
        use $crate::workloads::interpreter;

        #[derive($($derive),*)]
        struct Value {
            number: u64,
            object: Option<Ptr<Object>>,
        }
        $trace! { Value: object }

        impl Clone for Value {
            fn clone(&self) -> Self {
                Self { number: self.number, object: self.object.clone() }
            }
        }

        #[derive($($derive),*)]
        struct Object {
            fields: Mutable<[Value; interpreter::FIELDS]>,
        }
        $trace! { Object: fields }

        struct Vm(Option<Ptr<Object>>);

        impl interpreter::Machine for Vm {
            type Object = Ptr<Object>;
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
                let zeros = [(); interpreter::FIELDS].map(|()| Value { number: 0, object: None });
                Ptr::new(Object { fields: Mutable::made(zeros) })
            }

            fn get(&self, object: &Self::Object, field: usize) -> Self::Value {
                object.fields.look(|fields| fields[field].clone())
            }

            fn set(&self, object: &Self::Object, field: usize, value: Self::Value) {
                // The old one is dropped when the cell is not borrowed any more.
                drop(object.fields.change(|fields| std::mem::replace(&mut fields[field], value)));
            }
        }

        impl interpreter::Interpreter for Vm {
            fn new() -> Self {
                Self(None)
            }

            fn batch(&mut self, program: &mut interpreter::Program) {
                let frame = self.0.take();
                self.0 = Some(program.go_on(self, frame));
                $rest();
            }
        }
    };
}
pub(in crate::peers) use interpreter;
