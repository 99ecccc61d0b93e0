//! The feature `tracing`: each failed attempt to stop the world is a warning.

use std::fmt::{Debug, Write as _};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::{lively, until};

/// Messages of the crate so far, of all heaps of the process.
static WARNINGS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Notes warnings of the crate.
struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "gc" && *metadata.level() == Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut message = Message::default();
        event.record(&mut message);
        WARNINGS.lock().unwrap().push(message.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, _: &Field, value: &dyn Debug) {
        let _ = write!(self.0, "{value:?}");
    }
}

fn warnings_of(heap: &str) -> Vec<String> {
    WARNINGS.lock().unwrap().iter().filter(|message| message.contains(heap)).cloned().collect()
}

#[test]
fn threads_that_keep_a_collection_waiting_are_warned_of() {
    lively("warnings", || {
        tracing::subscriber::set_global_default(Listener).expect("the only one of this process");
        let heap = tests::on_request().name("heard").build();
        let (inside, entered) = channel();
        thread::scope(|scope| {
            let heap = &heap;
            let stay = move || {
                heap.mutate(|_| {
                    inside.send(()).unwrap();
                    until("there are warnings", || warnings_of("\"heard\"").len() >= 2);
                });
            };
            thread::Builder::new().name("unheard".to_owned()).spawn_scoped(scope, stay).unwrap();
            entered.recv().unwrap();
            heap.collect().unwrap();
        });
        let warnings = warnings_of("\"heard\"");
        assert!(warnings.iter().all(|text| text.contains("`unheard`") && text.contains("warnings.rs")));
        assert_eq!(warnings.len() as u64, heap.stats().pauses.failed_attempts);
    });
}
