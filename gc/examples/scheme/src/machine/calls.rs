//! Calls: of procedures that are compiled, of those of the host, and of those that change where the machine goes on.

use std::sync::Arc;

use gc::GcSlice;

use super::run::{Halt, Run, Why, code_of, start};
use super::stack::{self, Frame};
use super::{Stop, future};
use crate::compile;
use crate::library::{Control, Function, Work};
use crate::text::position::{File, Position};
use crate::value::condition::{Answer, Fault};
use crate::value::list::{self, Items};
use crate::value::object::Object;
use crate::value::{Cells, Value, Word, cells, cells_of_words};

/// How many frames there may be. Who needs more has a recursion without end.
const MOST_FRAMES: usize = 2_000_000;
/// How many more there may be for whoever handles that there are too many.
const RESERVED_FRAMES: usize = 10_000;

/// Room for the arguments of a procedure of the host: there are few, as a rule.
type Arguments<'gc> = ([Value<'gc>; 4], Vec<Value<'gc>>);

impl<'gc> Run<'_, 'gc> {
    /// Calls the accumulator with the topmost values. `last`: whether the caller has nothing left to do.
    #[inline(always)]
    pub(super) fn call(&mut self, count: usize, last: bool) -> Answer<'gc, Option<Halt>> {
        match self.it.get() {
            Value::Closure(closure) => self.enter(closure, count, last),
            Value::Native(number) => {
                let native = self.natives[usize::from(number)];
                if !native.takes(count) {
                    return Err(self.wrong_count(count));
                }
                match native.work {
                    Work::Plain(function) => {
                        self.it = self.call_native(function, count)?;
                        Ok(if last { self.return_to_caller() } else { None })
                    }
                    Work::Control(control) => {
                        self.suspend(count, last)?;
                        self.control(control, count)
                    }
                }
            }
            _ => self.call_object(count, last),
        }
    }

    /// Calls a function of the host with the topmost values, and takes them off.
    #[inline]
    fn call_native(&mut self, function: Function, count: usize) -> Answer<'gc, Word<'gc>> {
        let first = self.state.values.len() - count;
        let (mut few, mut many) = Arguments::default();
        let result = function(&self.context(), self.arguments(first, &mut few, &mut many))?;
        self.state.values.truncate(first);
        Ok(Word::new(result))
    }

    /// The values from here to the top, in one of the two.
    #[inline]
    fn arguments<'a>(
        &self,
        first: usize,
        few: &'a mut [Value<'gc>; 4],
        many: &'a mut Vec<Value<'gc>>,
    ) -> &'a [Value<'gc>] {
        let words = &self.state.values[first..];
        if words.len() <= few.len() {
            few.iter_mut().zip(words).for_each(|(argument, word)| *argument = word.get());
            return &few[..words.len()];
        }
        many.extend(words.iter().map(|word| word.get()));
        many
    }

    #[inline(always)]
    fn enter(&mut self, closure: Cells<'gc>, count: usize, last: bool) -> Answer<'gc, Option<Halt>> {
        let code = code_of(closure);
        if code.rest || count != code.required as usize {
            self.collect_rest(closure, count)?;
        }
        self.suspend(code.required as usize + usize::from(code.rest), last)?;
        self.closure = closure;
        self.code = code;
        self.ops = GcSlice::as_ref(code.ops);
        self.at = 0;
        if self.is_to_poll() { self.poll() } else { Ok(None) }
    }

    /// Makes the arguments what the procedure takes: those beyond the required ones are a list.
    fn collect_rest(&mut self, closure: Cells<'gc>, count: usize) -> Answer<'gc, ()> {
        let code = code_of(closure);
        if !code.takes(count) {
            return Err(self.wrong_count(count));
        }
        let rest = self.state.values.len() - (count - code.required as usize);
        let items = self.state.values[rest..].iter().map(|word| word.get());
        let list = list::from_iter(self.mc, items);
        self.state.values.truncate(rest);
        self.push(Word::new(list));
        Ok(())
    }

    /// Has the topmost values be those of what is called: the caller's stay below them, or are gone if it has nothing left to
    /// do.
    #[inline(always)]
    fn suspend(&mut self, count: usize, last: bool) -> Answer<'gc, ()> {
        if last {
            self.begin_anew(count, self.base);
            return Ok(());
        }
        if self.state.frames.len() >= MOST_FRAMES + self.state.more_frames {
            return Err(Fault::new("the recursion is too deep", &[]));
        }
        let word =
            |number: usize| u32::try_from(number).map_err(|_| Fault::new("the recursion is too deep", &[]));
        let frame =
            Frame { closure: self.closure, code: self.code, at: word(self.at)?, base: word(self.base)? };
        self.state.frames.push(self.mc, frame);
        self.base = self.state.values.len() - count;
        Ok(())
    }

    #[cold]
    fn wrong_count(&self, count: usize) -> Fault<'gc> {
        let times = if count == 1 { "" } else { "s" };
        Fault::new(
            format!("called with {count} argument{times}, which is not what is expected:"),
            &[self.it.get()],
        )
    }

    /// Calls what is a procedure of a rarer kind.
    fn call_object(&mut self, count: usize, last: bool) -> Answer<'gc, Option<Halt>> {
        let Some(object) = self.it.get().as_object() else {
            return Err(Fault::new("this is no procedure:", &[self.it.get()]));
        };
        match object {
            Object::Continuation { .. } => {
                let first = self.state.values.len() - count;
                let value = match self.state.values[first..] {
                    [value] => value.get(),
                    ref values => {
                        let values = cells_of_words(self.mc, values.iter().copied());
                        Value::object(self.mc, Object::Values(values))
                    }
                };
                self.state.values.truncate(first);
                let continuation = self.it.get();
                self.go_to(continuation, value)
            }
            Object::Parameter { value, .. } if count == 0 => {
                self.it = value.get_tagged();
                Ok(if last { self.return_to_caller() } else { None })
            }
            Object::CaseLambda(cases) => {
                for case in cases.iter() {
                    if let Value::Closure(closure) = case.get()
                        && code_of(closure).takes(count)
                    {
                        return self.enter(closure, count, last);
                    }
                }
                Err(self.wrong_count(count))
            }
            Object::Guardian(guardian) if count <= 1 => {
                let first = self.state.values.len() - count;
                self.it = Word::new(match self.state.values.get(first) {
                    Some(value) => {
                        Value::bool(crate::value::weak::Guardian::guard(self.mc, *guardian, value.get()))
                    }
                    None => guardian.lost.borrow_mut(self.mc).pop_front().unwrap_or(Value::FALSE),
                });
                self.state.values.truncate(first);
                Ok(if last { self.return_to_caller() } else { None })
            }
            Object::Parameter { .. } | Object::Guardian(_) => Err(self.wrong_count(count)),
            _ => Err(Fault::new("this is no procedure:", &[self.it.get()])),
        }
    }

    /// Leaves all that is being done, and goes on where a continuation was captured.
    fn go_to(&mut self, continuation: Value<'gc>, value: Value<'gc>) -> Answer<'gc, Option<Halt>> {
        let Some(Object::Continuation { view, winders, handlers }) = continuation.as_object() else {
            return Err(Fault::expected("a continuation", continuation));
        };
        if !crate::value::equality::is_eq(*winders, self.machine.winders.get()) {
            // What was wound has to be unwound first, which is written in Scheme, and comes back here.
            self.it = self.machine.world.rewind.value.get_tagged();
            for argument in [*winders, continuation, value] {
                self.push(Word::new(argument));
            }
            return self.call(3, true);
        }
        self.machine.handlers.set(self.mc, *handlers);
        self.state.clear();
        self.state.below = *view;
        self.base = 0;
        self.it = Word::new(value);
        Ok(self.return_to_caller())
    }

    /// Does what no function of the host can: the topmost values are its arguments, and its caller is suspended.
    fn control(&mut self, control: Control, count: usize) -> Answer<'gc, Option<Halt>> {
        let first = self.state.values.len() - count;
        let (mut few, mut many) = Arguments::default();
        let arguments = self.arguments(first, &mut few, &mut many);
        self.state.values.truncate(first);
        match (control, arguments) {
            (Control::Apply, [procedure, middle @ .., last]) => {
                self.it = Word::new(*procedure);
                let length = list::length(*last).ok_or_else(|| Fault::expected("a list", *last))?;
                self.state.values.extend(self.mc, middle.iter().copied().map(Word::new));
                // Another thread may change the list meanwhile.
                self.state.values.extend(self.mc, Items(*last).take(length).map(Word::new));
                self.call(self.state.values.len() - first, true)
            }
            (Control::ApplyValues, [procedure, values]) => {
                self.it = Word::new(*procedure);
                match values.as_object() {
                    Some(Object::Values(values)) => {
                        self.state.values.extend(self.mc, values.iter().map(gc::GcCell::get_tagged));
                        self.call(values.len(), true)
                    }
                    _ => {
                        self.push(Word::new(*values));
                        self.call(1, true)
                    }
                }
            }
            (Control::CallCc, [receiver]) => {
                let view = self.state.capture(self.mc);
                self.base = 0;
                let (winders, handlers) = (self.machine.winders.get(), self.machine.handlers.get());
                let continuation = Object::Continuation { view, winders, handlers };
                self.push(Word::new(Value::object(self.mc, continuation)));
                self.it = Word::new(*receiver);
                self.call(1, true)
            }
            (Control::GoTo, [continuation, value]) => self.go_to(*continuation, *value),
            (Control::Eval, [form, rest @ ..]) => {
                let environment = match rest.first().map(|environment| environment.as_object()) {
                    None => self.machine.world.user,
                    Some(Some(Object::Environment(environment))) => *environment,
                    Some(_) => return Err(Fault::expected("an environment", rest[0])),
                };
                let code = compile::compile(self.mc, &self.machine.world, environment, *form)?;
                self.it = Word::new(Value::Closure(cells(self.mc, [Value::Code(code)])));
                self.call(0, true)
            }
            (control, arguments) => self.leave_for(control, arguments),
        }
    }

    /// Does what ends, interrupts or multiplies the work of the machine.
    fn leave_for(&mut self, control: Control, arguments: &[Value<'gc>]) -> Answer<'gc, Option<Halt>> {
        match (control, arguments) {
            (Control::Uncaught, [value]) => self.uncaught(*value),
            (Control::Exit, [code]) => {
                let code = code.as_small().and_then(|code| i32::try_from(code).ok());
                self.stop(Value::UNSPECIFIED, Stop::Exit(code.unwrap_or(1)))
            }
            (Control::Collect, []) => self.pause(Stop::Collect),
            (Control::Wait, [future]) => match future.as_object() {
                Some(Object::Future(future)) => self.pause(Stop::Wait(Arc::clone(&future.signal))),
                _ => Err(Fault::expected("a future", *future)),
            },
            (Control::Future, [thunk]) => {
                self.it = Word::new(future::spawn(self.mc, self.machine.world, *thunk));
                Ok(self.return_to_caller())
            }
            _ => Err(Fault::new("this procedure was called in a wrong way", &[])),
        }
    }

    fn stop(&mut self, value: Value<'gc>, stop: Stop) -> Answer<'gc, Option<Halt>> {
        self.it = Word::new(value);
        Ok(Some(Halt::new(Why::Stop(stop))))
    }

    fn uncaught(&mut self, value: Value<'gc>) -> Answer<'gc, Option<Halt>> {
        let place = self.place();
        self.stop(value, Stop::Uncaught(place))
    }

    /// Halts for what the driver does outside of the mutation; what is left to do then is to return to the caller.
    fn pause(&mut self, stop: Stop) -> Answer<'gc, Option<Halt>> {
        let (closure, code) = start(self.mc);
        self.closure = closure;
        self.code = code;
        self.ops = GcSlice::as_ref(code.ops);
        self.at = 0;
        self.base = self.state.values.len();
        self.stop(Value::UNSPECIFIED, stop)
    }

    /// Raises what has gone wrong in the instruction before.
    pub(super) fn fault(&mut self, fault: Fault<'gc>) -> Answer<'gc, Option<Halt>> {
        let raised = fault.into_value(self.mc, self.place());
        let raise = self.machine.world.raise.value.get();
        let depth = self.state.frames.len();
        if !raise.is_procedure() || depth >= MOST_FRAMES + RESERVED_FRAMES {
            return self.uncaught(raised);
        }
        self.state.more_frames = if depth >= MOST_FRAMES { RESERVED_FRAMES } else { 0 };
        // Values that the instruction has left on the stack do not matter, as it is never returned to.
        self.push(Word::new(raised));
        self.it = Word::new(raise);
        self.call(1, false)
    }

    /// Where in the program the machine is: what is built in is passed over.
    pub(super) fn place(&self) -> Option<Position> {
        let here = std::iter::once((self.closure, self.at));
        let suspended = self.state.frames.iter().rev().map(|frame| (frame.closure, frame.at as usize));
        let captured = stack::frames(self.state.below).map(|frame| (frame.closure, frame.at as usize));
        let mut places = here
            .chain(suspended)
            .chain(captured)
            .take(1000)
            .filter_map(|(closure, at)| code_of(closure).place(at.saturating_sub(1)));
        places.find(|place| place.file != File::BUILT_IN)
    }
}
