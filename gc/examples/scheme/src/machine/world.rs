//! What all machines of a heap share: names, the variables of the top level, where things stand in the text.

use std::collections::HashMap;

use gc::{Gc, GcRefCell, GcRwLock, Interner, Mutation, Thin, Trace, WeakMap};

use crate::compile::form::FORMS;
use crate::compile::libraries::Names;
use crate::compile::scope::{Binding, Environment, Global, Scope};
use crate::library;
use crate::library::ports::Port;
use crate::text::position::{Files, Position};
use crate::value::object::Object;
use crate::value::{Pair, Symbol, Value};

/// What is shared.
#[derive(Trace)]
pub(crate) struct World<'gc> {
    /// Keeps no symbol that nobody uses.
    symbols: Interner<'gc, Thin<str>>,
    /// The names of the language.
    pub(crate) system: Gc<'gc, Environment<'gc>>,
    /// Those of the program.
    pub(crate) user: Gc<'gc, Environment<'gc>>,
    /// What the libraries export that the program has defined.
    pub(crate) libraries: GcRwLock<HashMap<String, Names<'gc>>>,
    pub(crate) files: Files,
    /// Where the lists of programs stand, as long as somebody has them.
    places: GcRwLock<WeakMap<'gc, Pair<'gc>, Position>>,
    /// The procedure `raise`.
    pub(crate) raise: Gc<'gc, Global<'gc>>,
    /// What enters and leaves `dynamic-wind`s on the way to a continuation.
    pub(crate) rewind: Gc<'gc, Global<'gc>>,
    pub(crate) input: Value<'gc>,
    pub(crate) output: Value<'gc>,
    pub(crate) error: Value<'gc>,
    /// The arguments of the program.
    pub(crate) arguments: GcRefCell<Vec<String>>,
}

impl<'gc> World<'gc> {
    /// A world that knows what is written in Rust.
    pub(crate) fn new(mc: &Mutation<'gc>, output: Port) -> Gc<'gc, Self> {
        let symbols = Interner::new();
        let system = Environment::new(mc, None);
        let port = |port| Value::object(mc, Object::Port(port));
        let global = |name| system.define(mc, symbols.intern_str(mc, name));
        let (raise, rewind) = (global("raise"), global("%rewind"));
        for (name, form) in FORMS {
            system.bind(mc, symbols.intern_str(mc, name), Binding::Form(*form));
        }
        for (number, native) in (0..).zip(library::natives()) {
            let global = system.define(mc, symbols.intern_str(mc, native.name));
            global.value.set(mc, Value::Native(number));
        }
        let world = Self {
            symbols,
            system,
            user: Environment::new(mc, Some(system)),
            libraries: GcRwLock::default(),
            files: Files::new(),
            places: GcRwLock::default(),
            raise,
            rewind,
            input: port(Port::standard_input()),
            output: port(output),
            error: port(Port::standard_error()),
            arguments: GcRefCell::default(),
        };
        Gc::new(mc, world)
    }

    /// The symbol of a name.
    pub(crate) fn intern(&self, mc: &Mutation<'gc>, name: &str) -> Symbol<'gc> {
        self.symbols.intern_str(mc, name)
    }

    /// How many symbols there are.
    pub(crate) fn symbols(&self, mc: &Mutation<'gc>) -> usize {
        self.symbols.count(mc)
    }

    /// The scope of the language's own names.
    pub(crate) fn top(&self, mc: &Mutation<'gc>) -> Gc<'gc, Scope<'gc>> {
        Scope::top(mc, self.system)
    }

    /// Where a list stands.
    pub(crate) fn place(&self, mc: &Mutation<'gc>, datum: Value<'gc>) -> Option<Position> {
        match datum {
            Value::Pair(pair) => self.places.read(mc).get(pair).copied(),
            _ => None,
        }
    }

    /// Notes where a list stands.
    pub(crate) fn note(&self, mc: &Mutation<'gc>, datum: Value<'gc>, place: Position) {
        if let Value::Pair(pair) = datum {
            self.places.write(mc).insert(mc, pair, place);
        }
    }
}
