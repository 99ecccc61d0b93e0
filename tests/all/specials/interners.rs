//! Interners: the same object for equal values at every moment, and none that nobody uses.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::{Arc, Mutex};

use gc::{ByAddress, Gc, GcStr, Heap, Interner, Mutation, Root, Thin};

use super::odd::{IN_EQ, IN_HASH, Odd, panics};

fn heap() -> Heap {
    Heap::builder().automatic(false).build()
}

fn words(heap: &Heap) -> Root<Interner<'static, str>> {
    heap.mutate(|mc| Root::new(mc, Gc::new(mc, Interner::new())))
}

#[test]
fn equal_values_are_one_object() {
    let heap = heap();
    let words = words(&heap);
    let roots: Vec<Root<str>> = heap.mutate(|mc| {
        let words = words.get(mc);
        let of = |number: usize| words.intern(mc, &(number % 100).to_string());
        let all: Vec<Gc<'_, str>> = (0..1000).map(of).collect();
        for (number, word) in all.iter().enumerate() {
            assert_eq!(**word, *(number % 100).to_string());
            assert!(Gc::ptr_eq(*word, all[number % 100]));
        }
        let distinct: HashSet<_> = all.iter().copied().map(ByAddress).collect();
        assert_eq!((distinct.len(), words.count(mc)), (100, 100));
        all.iter().take(100).step_by(2).map(|word| mc.root(*word)).collect()
    });
    for _ in 0..2 {
        heap.collect().unwrap();
        heap.mutate(|mc| {
            let words = words.get(mc);
            assert_eq!(words.count(mc), 50);
            for number in 0..100 {
                let known = words.get(mc, &*number.to_string());
                assert_eq!(known.is_some(), number % 2 == 0);
                assert!(known.is_none_or(|known| Gc::ptr_eq(known, roots[number / 2].get(mc))));
            }
        });
    }
    drop(roots);
    heap.collect().unwrap();
    heap.mutate(|mc| assert_eq!(words.get(mc).count(mc), 0));
    heap.verify();
}

/// A hit makes no object.
#[test]
fn a_hit_allocates_nothing() {
    let heap = heap();
    let words = words(&heap);
    heap.mutate(|mc| {
        let first = words.get(mc).intern(mc, "word");
        let made = heap.stats().objects_allocated;
        for _ in 0..1000 {
            assert!(Gc::ptr_eq(words.get(mc).intern(mc, "word"), first));
        }
        assert_eq!(heap.stats().objects_allocated, made);
    });
}

/// Threads that intern the same values all the time, while cycles come: at no moment two of them have different objects for one,
/// of so many values of which one in a hundred is distinct. In the end there is nothing.
fn is_the_same_object_on_all_threads<S: BuildHasher + Default + Send + Sync + 'static>(n: usize) {
    const THREADS: usize = 8;
    let (heap, n) = (Heap::builder().min_heap_bytes(64 << 10).build(), n / THREADS);
    let distinct = (n * THREADS / 100).max(10);
    let words: Root<Interner<'static, str, S>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, Interner::default())));
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (heap, words) = (&heap, &words);
            scope.spawn(move || {
                let mut kept: HashMap<usize, Root<str>> = HashMap::new();
                for batch in 0..n.div_ceil(1000) {
                    heap.mutate(|mc| {
                        let words = words.get(mc);
                        for at in batch * 1000..n.min((batch + 1) * 1000) {
                            let number = (at * 7919 + thread) % distinct;
                            let word = words.intern(mc, &number.to_string());
                            assert_eq!(*word, *number.to_string());
                            if let Some(kept) = kept.get(&number) {
                                assert!(Gc::ptr_eq(kept.get(mc), word), "two objects for {number}");
                            } else if at % 500 == 0 {
                                kept.insert(number, mc.root(word));
                            }
                        }
                    });
                    if batch % 4 == 3 {
                        kept.clear();
                    }
                }
                heap.mutate(|mc| {
                    let is_known = |(number, word): (&usize, &Root<str>)| {
                        Gc::ptr_eq(words.get(mc).intern(mc, &number.to_string()), word.get(mc))
                    };
                    assert!(kept.iter().all(is_known));
                });
            });
        }
    });
    heap.collect().unwrap();
    heap.mutate(|mc| assert_eq!(words.get(mc).count(mc), 0));
    heap.mutate(|mc| words.get(mc).purge(mc));
    heap.collect().unwrap();
    assert_eq!((heap.stats().objects(), heap.stats().owned_bytes), (1, 0), "the interner");
    heap.verify();
}

#[test]
fn the_same_object_on_all_threads() {
    is_the_same_object_on_all_threads::<RandomState>(tests::rounds(1_000_000));
}

#[test]
fn the_same_object_on_all_threads_though_all_hashes_collide() {
    is_the_same_object_on_all_threads::<BuildHasherDefault<OneHash>>(tests::rounds(20_000));
}

/// Threads in one mutation, which makes objects while others look for the same.
#[test]
fn threads_of_one_mutation() {
    for _ in 0..tests::rounds(200) {
        let heap = heap();
        let words = words(&heap);
        heap.mutate(|mc| {
            let words = words.get(mc);
            let seed = mc.fork();
            let found: Vec<Vec<Gc<'_, str>>> = std::thread::scope(|scope| {
                let thread = |_| {
                    let seed = &seed;
                    scope.spawn(move || {
                        seed.enter(|mc| {
                            (0..50)
                                .map(|number: u32| words.intern(mc, &number.to_string()))
                                .collect::<Vec<_>>()
                        })
                    })
                };
                let threads: Vec<_> = (0..3).map(thread).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            for other in &found[1..] {
                assert!(found[0].iter().zip(other).all(|(a, b)| Gc::ptr_eq(*a, *b)));
            }
            assert_eq!(words.count(mc), 50);
        });
    }
}

/// All hashes are equal.
#[derive(Default)]
struct OneHash;

impl Hasher for OneHash {
    fn finish(&self) -> u64 {
        7
    }
    fn write(&mut self, _: &[u8]) {}
}

/// Hashes that all collide give the right answers, before and after some of the values have died.
#[test]
fn hashes_that_all_collide() {
    let heap = heap();
    let words: Root<Interner<'static, str, BuildHasherDefault<OneHash>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, Interner::default())));
    let mut kept: Vec<(usize, Root<str>)> = Vec::new();
    for round in 0..10 {
        heap.mutate(|mc| {
            let words = words.get(mc);
            for (number, word) in &kept {
                assert!(Gc::ptr_eq(words.get(mc, &*number.to_string()).unwrap(), word.get(mc)));
            }
            for number in round * 10..round * 10 + 20 {
                let word = words.intern(mc, &number.to_string());
                assert_eq!(*word, *number.to_string());
                let known = kept.iter().find(|(other, _)| *other == number);
                assert!(known.is_none_or(|(_, known)| Gc::ptr_eq(known.get(mc), word)));
                if number % 3 == 0 && known.is_none() {
                    kept.push((number, mc.root(word)));
                }
            }
        });
        kept.retain(|(number, _)| number % 5 != round % 5);
        heap.collect().unwrap();
        heap.mutate(|mc| assert_eq!(words.get(mc).count(mc), kept.len()));
        heap.verify();
    }
    kept.clear();
    heap.collect().unwrap();
    heap.mutate(|mc| words.get(mc).purge(mc));
    heap.collect().unwrap();
    assert_eq!(heap.stats().objects(), 1);
}

/// [7] A value comes again after its object died: the dead entry goes, and the new one stays.
#[test]
fn a_successor_is_not_removed_with_its_predecessor() {
    let heap = heap();
    let words = words(&heap);
    for round in 0..20 {
        let kept: Vec<Root<str>> = heap.mutate(|mc| {
            let words = words.get(mc);
            assert_eq!(words.count(mc), 0, "round {round}");
            (0..50).map(|number: u32| mc.root(words.intern(mc, &number.to_string()))).collect()
        });
        // Many insertions, each of which looks for what is dead.
        heap.mutate(|mc| {
            (0..500).for_each(|number| _ = words.get(mc).intern(mc, &format!("{round} {number}")));
            if round % 2 == 0 {
                words.get(mc).purge(mc);
            }
        });
        heap.collect().unwrap();
        heap.mutate(|mc| {
            let words = words.get(mc);
            let same = |(number, word): (usize, &Root<str>)| {
                Gc::ptr_eq(words.get(mc, &*number.to_string()).unwrap(), word.get(mc))
            };
            assert!(kept.iter().enumerate().all(same));
        });
        drop(kept);
        heap.collect().unwrap();
    }
}

/// `Hash` and `Eq` that panic: that comes out, and nothing is lost.
#[test]
fn hash_and_eq_that_panic() {
    let heap = heap();
    heap.mutate(|mc| {
        let odd = Gc::new(mc, Interner::new());
        let known: Vec<_> = (0..20).map(|number| odd.intern(mc, &Odd(number))).collect();
        for number in 0..40 {
            for place in [&IN_HASH, &IN_EQ] {
                place.with(|place| place.set(Some(|| panic!("on purpose"))));
                panics(|| _ = odd.intern_owned(mc, Odd(number)));
            }
        }
        assert_eq!(odd.count(mc), 20);
        assert!(known.iter().all(|known| Gc::ptr_eq(odd.intern_owned(mc, Odd(known.0)), *known)));
    });
    heap.collect().unwrap();
    heap.verify();
}

/// Code that makes a value comes back to the interner, with the same value, too.
#[test]
fn making_that_comes_back() {
    fn intern<'gc>(mc: &Mutation<'gc>, known: &Interner<'gc, Odd>, number: u32) -> Gc<'gc, Odd> {
        known.intern_with(mc, &Odd(number), || {
            if number > 0 {
                intern(mc, known, number - 1);
                intern(mc, known, number / 2);
            }
            Gc::new(mc, Odd(number))
        })
    }
    let heap = heap();
    heap.mutate(|mc| {
        let odd = Gc::new(mc, Interner::new());
        let top = intern(mc, &odd, 50);
        assert_eq!((top.0, odd.count(mc)), (50, 51));
        let mut inner = None;
        let outer = odd.intern_with(mc, &Odd(100), || {
            inner = Some(odd.intern(mc, &Odd(100)));
            Gc::new(mc, Odd(100))
        });
        assert!(Gc::ptr_eq(outer, inner.unwrap()), "who was first");
        assert_eq!(odd.count(mc), 52);
    });
}

/// A finalizer that revives an object does not bring it back into the interner.
#[test]
fn a_value_that_is_revived() {
    let heap = Heap::builder().automatic(false).run_by_hand(true).build();
    let numbers: Root<Interner<'static, Odd>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, Interner::new())));
    let revived = Arc::new(Mutex::new(None));
    heap.mutate(|mc| {
        let revived = Arc::clone(&revived);
        mc.set_finalizer(numbers.get(mc).intern(mc, &Odd(1)), move |odd: gc::Finalized<Odd>| {
            *revived.lock().unwrap() = Some(odd.into_root());
        })
        .unwrap();
    });
    heap.collect().unwrap();
    heap.run_pending().unwrap();
    let revived: Root<Odd> = revived.lock().unwrap().take().unwrap();
    heap.mutate(|mc| {
        let new = numbers.get(mc).intern(mc, &Odd(1));
        assert!(!Gc::ptr_eq(new, revived.get(mc)));
        assert!(Gc::ptr_eq(numbers.get(mc).intern(mc, &Odd(1)), new));
    });
}

#[test]
fn slices_are_interned() {
    let heap = heap();
    heap.mutate(|mc| {
        let rows = Gc::new(mc, Interner::<[String]>::new());
        let row = |numbers: &[u32]| {
            let items: Vec<String> = numbers.iter().map(u32::to_string).collect();
            rows.intern(mc, &items)
        };
        let all = [row(&[]), row(&[1]), row(&[1, 2]), row(&[12])];
        assert!(Gc::ptr_eq(row(&[1, 2]), all[2]) && Gc::ptr_eq(row(&[]), all[0]));
        assert_eq!(rows.count(mc), 4);
    });
    heap.collect().unwrap();
}

/// Strings of one word: one object for equal texts, found by the text, which a hit does not copy; gone with its last user.
#[test]
fn strings_of_one_word() {
    let heap = heap();
    let words: Root<Interner<'static, Thin<str>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, Interner::new())));
    let kept: Root<Thin<str>> = heap.mutate(|mc| {
        let words = words.get(mc);
        let of = |number: usize| words.intern_str(mc, &(number % 100).to_string());
        let all: Vec<GcStr<'_>> = (0..1000).map(of).collect();
        for (number, word) in all.iter().enumerate() {
            assert!(*word == *(number % 100).to_string() && GcStr::ptr_eq(*word, all[number % 100]));
        }
        assert!(!GcStr::ptr_eq(GcStr::new(mc, "7"), all[7]));
        assert_eq!(words.count(mc), 100);
        mc.root(GcStr::as_thin(all[7]))
    });
    // Each has a handle, and there is the table.
    assert_eq!(heap.stats().objects_allocated, 100 + 100 + 1 + 1);
    for _ in 0..2 {
        heap.collect().unwrap();
        heap.mutate(|mc| {
            let words = words.get(mc);
            assert_eq!(words.count(mc), 1);
            assert!(GcStr::ptr_eq(words.intern_str(mc, "7"), kept.get(mc).into()));
            assert!(words.get(mc, "8").is_none() && words.get(mc, "7").is_some());
        });
    }
    drop(kept);
    heap.collect().unwrap();
    heap.mutate(|mc| assert!(words.get(mc).get(mc, "7").is_none()));
    heap.verify();
}
