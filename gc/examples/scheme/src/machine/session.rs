//! A heap with a program in it, and what drives the program from one mutation to the next.

use std::io::Write;
use std::ops::ControlFlow;

use gc::{Heap, Root};

use super::run::{Why, run};
use super::shortage::make_room;
use super::world::World;
use super::{Machine, Stop};
use crate::compile;
use crate::library;
use crate::library::ports::Port;
use crate::text::position::{File, Position};
use crate::text::reader;
use crate::text::source::TextSource;
use crate::text::writer::{Style, describe, to_text};
use crate::value::condition::Fault;
use crate::value::object::Object;
use crate::value::{Value, cells, list};

/// How a computation has ended.
#[derive(Debug)]
pub(crate) enum Finish {
    Done,
    Uncaught(Option<Position>),
    Exit(i32),
}

/// Why a program has not reached its end.
#[derive(Debug)]
pub enum Failure {
    /// It has raised what nobody handles, or is no program: the place, and the message.
    Error(String),
    /// It wants to end the process, with this code.
    Exit(i32),
}

/// A Scheme: what it has defined stays from one text to the next.
#[derive(Debug)]
pub struct Session {
    heap: Heap,
    machine: Root<Machine<'static>>,
}

impl Session {
    /// A Scheme in a heap, which writes to `output`.
    ///
    /// # Panics
    ///
    /// What is built in does not compile, or the heap is too small for it.
    pub fn new(heap: Heap, output: Box<dyn Write + Send>) -> Self {
        let machine = heap.mutate(|mc| {
            let world = World::new(mc, Port::output(output));
            mc.root(Machine::new(mc, world))
        });
        let this = Self { heap, machine };
        for text in library::PRELUDE {
            this.built_in(text).expect("what is built in works");
        }
        this
    }

    /// The heap.
    pub fn heap(&self) -> &Heap {
        &self.heap
    }

    /// What the program gets as the arguments of its command line.
    pub fn set_arguments(&self, arguments: &[String]) {
        self.heap.mutate(|mc| {
            self.machine.get(mc).world.arguments.replace(mc, arguments.to_vec());
        });
    }

    /// Runs a program.
    ///
    /// # Errors
    ///
    /// It does not reach its end: see [`Failure`].
    pub fn run(&self, name: &str, text: &str) -> Result<(), Failure> {
        let file = self.heap.mutate(|mc| self.machine.get(mc).world.files.add(name));
        let result = self.forms(file, text, |_| ());
        self.flush();
        result
    }

    /// Runs a program, and gives the value of each of its forms, as text, to `tell`.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn evaluate(&self, name: &str, text: &str, mut tell: impl FnMut(String)) -> Result<(), Failure> {
        let file = self.heap.mutate(|mc| self.machine.get(mc).world.files.add(name));
        self.forms(file, text, |session| {
            session.flush();
            if let Some(text) = session.result() {
                tell(text);
            }
        })
    }

    /// Whether a text ends inside a form, so that more of it has to be asked for.
    pub fn is_unfinished(&self, text: &str) -> bool {
        self.heap.mutate(|mc| {
            let world = self.machine.get(mc).world;
            let mut source = TextSource::new(File::BUILT_IN, text);
            loop {
                match reader::read(mc, &world, &mut source) {
                    Ok(Some(_)) => {}
                    Ok(None) => return false,
                    Err(fault) => return fault.is_end_of_text(),
                }
            }
        })
    }

    /// Runs what is written in Scheme and built in: all of a text as one form.
    fn built_in(&self, text: &str) -> Result<(), Failure> {
        self.heap.mutate(|mc| {
            let machine = self.machine.get(mc);
            let world = machine.world;
            let mut source = TextSource::new(File::BUILT_IN, text);
            let mut forms = vec![Value::Symbol(world.intern(mc, "begin"))];
            let error = |fault| Failure::Error(message(mc, &world, fault, None));
            while let Some(form) = reader::read(mc, &world, &mut source).map_err(error)? {
                forms.push(form);
            }
            let all = list::from_iter(mc, forms);
            let code = compile::compile(mc, &world, world.system, all).map_err(error)?;
            machine.start(mc, Value::Closure(cells(mc, [Value::Code(code)])));
            Ok(())
        })?;
        self.finish(None)
    }

    /// Runs what the machine has been prepared for, which stands at a place of the text.
    fn finish(&self, form: Option<Position>) -> Result<(), Failure> {
        match drive(&self.heap, &self.machine) {
            Finish::Done => Ok(()),
            Finish::Exit(code) => Err(Failure::Exit(code)),
            Finish::Uncaught(place) => Err(self.uncaught(place.or(form))),
        }
    }

    /// Runs the forms of a text, one after the other.
    fn forms(&self, file: File, text: &str, mut after: impl FnMut(&Self)) -> Result<(), Failure> {
        let mut source = TextSource::new(file, text);
        loop {
            make_room(&self.heap);
            let Some(place) = self.start(&mut source)? else { break };
            self.finish(place)?;
            after(self);
        }
        Ok(())
    }

    /// Compiles the next form, if there is one. Gives its place, if it is a list.
    fn start(&self, source: &mut TextSource<'_>) -> Result<Option<Option<Position>>, Failure> {
        self.heap.mutate(|mc| {
            let machine = self.machine.get(mc);
            let world = machine.world;
            let read = reader::read(mc, &world, source);
            let compiled =
                |form| Ok((compile::compile(mc, &world, world.user, form)?, world.place(mc, form)));
            let code = read.and_then(|form| form.map(compiled).transpose());
            match code {
                Ok(Some((code, place))) => {
                    machine.start(mc, Value::Closure(cells(mc, [Value::Code(code)])));
                    Ok(Some(place))
                }
                Ok(None) => Ok(None),
                Err(fault) => Err(Failure::Error(message(mc, &world, fault, None))),
            }
        })
    }

    fn uncaught(&self, place: Option<Position>) -> Failure {
        self.heap.mutate(|mc| {
            let machine = self.machine.get(mc);
            let fault = Fault::raised(machine.result(mc));
            Failure::Error(message(mc, &machine.world, fault, place))
        })
    }

    /// The value of the latest form, if it is one to be seen.
    fn result(&self) -> Option<String> {
        self.heap.mutate(|mc| match self.machine.get(mc).result(mc) {
            value if crate::value::equality::is_eq(value, Value::UNSPECIFIED) => None,
            value => Some(to_text(mc, value, Style::Write)),
        })
    }

    fn flush(&self) {
        self.heap.mutate(|mc| {
            if let Value::Object(port) = self.machine.get(mc).world.output
                && let Object::Port(port) = &*port
            {
                port.flush();
            }
        });
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.flush();
    }
}

/// What went wrong as a line: where, and what.
fn message<'gc>(
    mc: &gc::Mutation<'gc>,
    world: &World<'gc>,
    fault: Fault<'gc>,
    place: Option<Position>,
) -> String {
    let value = fault.into_value(mc, place);
    let (text, place) = match value.as_object() {
        Some(Object::Condition(condition)) => {
            let known = condition.place.get().map(|place| *place);
            (describe(mc, condition), known.or(place))
        }
        _ => (format!("uncaught: {}", to_text(mc, value, Style::Write)), place),
    };
    match place {
        Some(place) => format!("{}: {text}", world.files.describe(place)),
        None => text,
    }
}

/// Has a machine work until it is done, and lets the collector in whenever that asks.
pub(crate) fn drive(heap: &Heap, machine: &Root<Machine<'static>>) -> Finish {
    loop {
        let stop = heap.mutate_loop(machine.clone(), |mc, machine| match *run(mc, &machine) {
            Why::Leave => ControlFlow::Continue(machine),
            Why::Stop(stop) => ControlFlow::Break(stop),
        });
        match stop {
            Stop::Done => return Finish::Done,
            Stop::Uncaught(place) => return Finish::Uncaught(place),
            Stop::Exit(code) => return Finish::Exit(code),
            // A collection that does not come about is none that anybody relies on.
            Stop::Collect => {
                let _ = heap.collect();
                let _ = heap.wait_for_pending();
            }
            Stop::Wait(signal) => signal.wait(),
        }
    }
}

/// The arguments of the program, as a list.
pub(crate) fn arguments<'gc>(mc: &gc::Mutation<'gc>, world: &World<'gc>) -> Value<'gc> {
    let texts: Vec<_> = world.arguments.borrow(mc).iter().map(|text| Value::text(mc, text)).collect();
    list::from_iter(mc, texts)
}
