//! The feature `tracing`: what subscribers are told.

use std::cell::Cell;
use std::fmt::{Debug, Write as _};
use std::sync::mpsc::channel;
use std::sync::{Mutex, OnceLock};
use std::thread;

use gc::{Gc, Heap};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::{lively, until};

/// What the crate has told so far, of all heaps of the process: how deep in spans, level and text.
static TOLD: Mutex<Vec<(usize, Level, String)>> = Mutex::new(Vec::new());

/// A heap of which subscribers want to know more.
static LOOKED_AT: OnceLock<Heap> = OnceLock::new();

thread_local! {
    /// Spans of the crate that the thread is inside of.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Notes what the crate says. Uses the heap that it hears of, and panics after that, as a subscriber may that is not well written.
struct Listener;

impl Listener {
    fn hear(level: Level, text: String) {
        let is_looked_at = text.contains("\"looked at\"");
        TOLD.lock().unwrap().push((DEPTH.get(), level, text));
        if is_looked_at && let Some(heap) = LOOKED_AT.get() {
            heap.mutate(|mc| _ = Gc::new(mc, [7_u64; 100]));
            assert!(heap.collect().is_err(), "not from here");
            std::panic::resume_unwind(Box::new("a subscriber panics"));
        }
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "gc"
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut text = Text::default();
        attributes.record(&mut text);
        Self::hear(*attributes.metadata().level(), format!("{}{}", attributes.metadata().name(), text.0));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        Self::hear(*event.metadata().level(), text.0);
    }

    fn enter(&self, _: &Id) {
        DEPTH.set(DEPTH.get() + 1);
    }

    fn exit(&self, _: &Id) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// All fields.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

fn listen() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        tracing::subscriber::set_global_default(Listener).expect("the only one of this process");
    });
}

fn told_of(name: &str, level: Level) -> Vec<(usize, String)> {
    // As a name looks in a field, or in a message.
    let (field, message) = (format!("\\\"{name}\\\""), format!("\"{name}\""));
    let told = TOLD.lock().unwrap();
    let told = told
        .iter()
        .filter(|(_, other, text)| *other == level && (text.contains(&field) || text.contains(&message)));
    told.map(|(depth, _, text)| (*depth, text.clone())).collect()
}

#[test]
fn threads_that_keep_a_collection_waiting_are_warned_of() {
    lively("warnings", || {
        listen();
        let heap = tests::on_request().name("heard").build();
        let (inside, entered) = channel();
        thread::scope(|scope| {
            let heap = &heap;
            let stay = move || {
                heap.mutate(|_| {
                    inside.send(()).unwrap();
                    until("there are warnings", || told_of("heard", Level::WARN).len() >= 2);
                });
            };
            thread::Builder::new().name("unheard".to_owned()).spawn_scoped(scope, stay).unwrap();
            entered.recv().unwrap();
            heap.collect().unwrap();
        });
        let warnings = told_of("heard", Level::WARN);
        assert!(warnings.iter().all(|(_, text)| text.contains("`unheard`") && text.contains("traced.rs")));
        assert_eq!(warnings.len() as u64, heap.stats().pauses.failed_attempts);
    });
}

#[test]
fn cycles_stops_and_panics_are_told() {
    listen();
    let heap = Heap::builder().automatic(false).name("told").build();
    heap.mutate(|mc| {
        _ = mc.add_cleanup(Gc::new(mc, 1), (), |()| tests::quietly(true, || panic!("no such file")))
    });
    let cycle = heap.collect().unwrap();
    heap.verify();
    heap.wait_for_pending().unwrap();
    let debug = told_of("told", Level::DEBUG);
    let ended: Vec<_> = debug.iter().filter(|(_, text)| text.contains("collected")).collect();
    let [(depth, text)] = ended[..] else { panic!("one cycle: {debug:?}") };
    assert_eq!(*depth, 1, "in the span of the cycle");
    for field in [
        format!(" cycle={}", cycle.number),
        format!(" live_objects={}", cycle.live_objects),
        format!(" dead_objects={}", cycle.dead_objects),
        format!(" pause={:?}", cycle.pause),
    ] {
        assert!(text.contains(&field), "{field}: {text}");
    }
    assert!(debug.iter().any(|(depth, text)| *depth == 0 && text.starts_with("cycle heap=")), "{debug:?}");
    assert!(debug.iter().any(|(_, text)| text.contains("looked into")), "{debug:?}");
    let errors = told_of("told", Level::ERROR);
    assert!(matches!(&errors[..], [(_, text)] if text.contains("no such file")), "{errors:?}");
}

/// It runs under no lock and in no stop, and what it makes due is not done before it has ended.
#[test]
fn a_subscriber_that_uses_the_heap_and_panics_harms_nothing() {
    lively("subscribers", || {
        listen();
        let heap = Heap::builder().name("looked at").min_heap_bytes(0).build();
        LOOKED_AT.set(heap.clone()).expect("one test");
        let kept = heap.mutate(|mc| mc.root(Gc::new(mc, 7_u64)));
        for _ in 0..100 {
            heap.mutate(|mc| (0..100_u64).for_each(|number| _ = Gc::new(mc, [number; 100])));
            heap.collect().unwrap();
            heap.verify();
        }
        heap.mutate(|mc| assert_eq!(*kept.get(mc), 7));
        assert!(told_of("looked at", Level::DEBUG).len() >= 200);
    });
}
