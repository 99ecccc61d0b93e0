//! Objects that own much more elsewhere than they take in the heap: how much memory a process needs that makes one after
//! the other.

use std::collections::{HashMap, VecDeque};

use gc::{External, Gc, GcRefCell, GcRwLock, Heap, Root, Static, Trace};
use smallvec::SmallVec;

/// A case.
#[derive(Debug)]
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// How many objects a run makes.
    pub objects: usize,
    /// Bytes that an object owns, about.
    pub bytes: usize,
    /// Makes one and roots it.
    make: fn(&Heap) -> Kept,
}

/// A root of whatever type.
struct Kept(#[expect(dead_code, reason = "it keeps")] Box<dyn Send>);

const MIB: usize = 1 << 20;

#[derive(Trace)]
struct Person {
    name: String,
    age: u32,
}

/// A buffer that the heap cannot see into, and how large it is.
#[derive(Trace)]
struct Foreign {
    buffer: Static<Vec<u8>>,
    memory: External,
}

fn kept<T: Send + 'static>(root: T) -> Kept {
    Kept(Box::new(root))
}

macro_rules! rooted {
    ($heap:expr, $T:ty, $value:expr) => {{
        let root: Root<$T> = $heap.mutate(|mc| mc.root(Gc::new(mc, $value)));
        kept(root)
    }};
}

/// All cases.
pub const CASES: &[Case] = &[
    Case {
        name: "person",
        objects: 3_000_000,
        bytes: 1000,
        make: |heap| rooted!(heap, Person, Person { name: "x".repeat(1000), age: 7 }),
    },
    Case { name: "vec", objects: 3000, bytes: MIB, make: |heap| rooted!(heap, Vec<u8>, vec![1_u8; MIB]) },
    Case {
        name: "box",
        objects: 3000,
        bytes: MIB,
        make: |heap| rooted!(heap, Box<[u8]>, vec![1_u8; MIB].into_boxed_slice()),
    },
    Case {
        name: "map",
        objects: 20_000,
        bytes: 150_000,
        make: |heap| rooted!(heap, HashMap<u64, String>, (0..1000_u64).map(|n| (n, "x".repeat(100))).collect::<HashMap<_, _>>()),
    },
    Case {
        name: "deque",
        objects: 3000,
        bytes: MIB,
        make: |heap| rooted!(heap, VecDeque<u8>, VecDeque::from(vec![1_u8; MIB])),
    },
    Case {
        name: "texts",
        objects: 30_000,
        bytes: 100_000,
        make: |heap| rooted!(heap, Vec<String>, (0..100).map(|_| "x".repeat(1000)).collect::<Vec<_>>()),
    },
    Case {
        name: "cell",
        objects: 3000,
        bytes: MIB,
        make: |heap| {
            let root: Root<GcRefCell<Vec<u64>>> =
                heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new(Vec::<u64>::new()))));
            for first in (0..131_072).step_by(1024) {
                heap.mutate(|mc| {
                    let cell = root.get(mc);
                    let mut borrow = cell.borrow_mut(mc);
                    (first..first + 1024).for_each(|n| borrow.push(n));
                });
            }
            kept(root)
        },
    },
    Case {
        name: "lock",
        objects: 3000,
        bytes: MIB,
        make: |heap| {
            let root: Root<GcRwLock<Vec<u64>>> =
                heap.mutate(|mc| mc.root(Gc::new(mc, GcRwLock::new(Vec::<u64>::new()))));
            for first in (0..131_072).step_by(1024) {
                heap.mutate(|mc| {
                    let lock = root.get(mc);
                    let mut guard = lock.write(mc);
                    (first..first + 1024).for_each(|n| guard.push(n));
                });
            }
            kept(root)
        },
    },
    Case {
        name: "small_vec",
        objects: 300_000,
        bytes: 8192,
        make: |heap| rooted!(heap, SmallVec<[u64; 4]>, SmallVec::<[u64; 4]>::from_elem(7, 1024)),
    },
    Case {
        name: "foreign",
        objects: 3000,
        bytes: MIB,
        make: |heap| {
            rooted!(heap, Foreign, Foreign { buffer: Static(vec![1; MIB]), memory: heap.external(MIB) })
        },
    },
];

/// Makes objects one after the other and keeps the last ones, so many that they own `kept_bytes`; the heap with what is
/// garbage then.
///
/// # Panics
///
/// There is no such case.
pub fn make(name: &str, objects: Option<usize>, kept_bytes: usize) -> Heap {
    let case =
        CASES.iter().find(|case| case.name == name).unwrap_or_else(|| panic!("there is no case {name}"));
    let heap = Heap::new();
    let mut kept = VecDeque::new();
    for _ in 0..objects.unwrap_or(case.objects) {
        kept.push_back((case.make)(&heap));
        while kept.len() * case.bytes > kept_bytes {
            kept.pop_front();
        }
    }
    // What is read: nothing of it may be left out.
    assert!(heap.stats().objects_allocated > 0);
    heap
}

#[cfg(test)]
mod tests {
    use super::Person;

    #[test]
    fn people_have_names() {
        let person = Person { name: "x".into(), age: 7 };
        assert_eq!((person.name.len(), person.age), (1, 7));
    }
}
