//! `GcRefCell` on eight threads at random, against a model made of counters that says what must never be.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::thread;

use gc::{Gc, GcRefCell, Heap, Mutation, Ref, Root};
use tests::programs::random::Random;
use tests::rounds;
use tests::watchdog::watched;

const CELLS: u8 = 5;

/// What the cells hold: the same word several times, or somebody is just writing it.
type Words = [u64; 4];

/// In the model: a writer; below it the number of readers.
const WRITER: u32 = 1 << 16;

/// Cells, and what a model of each knows of its borrows.
struct Cells {
    heap: Heap,
    cells: Vec<Root<GcRefCell<Words>>>,
    models: [AtomicU32; CELLS as usize],
    written: AtomicU64,
    refused: AtomicU64,
}

/// A shared borrow that the model knows.
struct Reading<'a> {
    model: &'a AtomicU32,
    guard: Ref<'a, Words>,
}

impl Drop for Reading<'_> {
    /// Before the guard ends.
    fn drop(&mut self) {
        let first = self.guard[0];
        assert!(self.guard.iter().all(|&word| word == first), "nobody has written meanwhile");
        self.model.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Cells {
    fn new() -> Self {
        let heap = tests::on_request().build();
        let cell = |mc: &Mutation<'_>| Root::new(mc, Gc::new(mc, GcRefCell::new([0_u64; 4])));
        let cells = heap.mutate(|mc| (0..CELLS).map(|_| cell(mc)).collect());
        let models = [const { AtomicU32::new(0) }; CELLS as usize];
        Self { heap, cells, models, written: AtomicU64::new(0), refused: AtomicU64::new(0) }
    }

    fn write(&self, mc: &Mutation<'_>, at: usize) {
        let Ok(mut guard) = self.cells[at].get(mc).try_borrow_mut(mc) else {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return;
        };
        assert_eq!(self.models[at].fetch_add(WRITER, Ordering::Relaxed), 0, "nobody else is there");
        guard.iter_mut().for_each(|word| *word = black_box(*word) + 1);
        self.models[at].fetch_sub(WRITER, Ordering::Relaxed);
        self.written.fetch_add(1, Ordering::Relaxed);
    }

    fn read<'a>(&'a self, mc: &'a Mutation<'_>, at: usize) -> Option<Reading<'a>> {
        let Ok(guard) = self.cells[at].get(mc).try_borrow(mc) else {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        let model = &self.models[at];
        assert!(model.fetch_add(1, Ordering::Relaxed) < WRITER, "nobody writes");
        Some(Reading { model, guard })
    }

    /// A mutation that borrows now and then; how often.
    fn mutation(&self, random: &mut Random) -> u64 {
        let n = random.below(20);
        self.heap.mutate(|mc| {
            let mut reads = Vec::new();
            for _ in 0..n {
                let at = usize::from(random.small(CELLS));
                match random.below(4) {
                    0 => self.write(mc, at),
                    1 => reads.clear(),
                    _ => reads.extend(self.read(mc, at)),
                }
            }
        });
        u64::from(n) + 1
    }
}

#[test]
fn borrows_at_random_never_overlap() {
    watched("random borrows", || {
        let (cells, n) = (Cells::new(), rounds(20_000));
        thread::scope(|scope| {
            for seed in 0..8 {
                let cells = &cells;
                scope.spawn(move || {
                    let (mut random, mut done) = (Random::new(seed), 0);
                    while done < n as u64 {
                        done += cells.mutation(&mut random);
                        if random.below(200) == 0 {
                            cells.heap.collect().unwrap();
                        }
                    }
                });
            }
        });
        let words = |mc: &Mutation<'_>| cells.cells.iter().map(|cell| cell.get(mc).borrow_mut(mc)[0]).sum();
        let written: u64 = cells.heap.mutate(|mc| words(mc));
        assert_eq!(written, cells.written.into_inner());
        assert!(cells.refused.into_inner() > 0, "the threads have met");
    });
}
