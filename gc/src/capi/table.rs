//! Tables of what handles name.
//!
//! A handle is a number: the place in a table, how often the place was used before, and of which kind it is. So any number
//! can be asked for, and one that names nothing any more is found. A place that was used too often is not used again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::status::{Fault, Outcome, Status};

/// Parts of a table, each with a lock of its own.
const SHARDS: usize = 16;
const SHARD_BITS: u32 = 4;
/// What kind of handle a number is of is in its lowest bits.
pub(super) const KIND_BITS: u32 = 4;
const INDEX_BITS: u32 = 24;

/// What handles of one kind name.
#[derive(Debug)]
pub(super) struct Table<T> {
    kind: u64,
    name: &'static str,
    shards: [Mutex<Shard<T>>; SHARDS],
    next: AtomicUsize,
}

#[derive(Debug)]
struct Shard<T> {
    places: Vec<Place<T>>,
    free: Vec<usize>,
}

#[derive(Debug)]
struct Place<T> {
    /// How often it was used, this time included.
    uses: u32,
    value: Option<T>,
}

impl<T> Table<T> {
    /// A table of a kind, a small number that no other table has.
    pub(super) const fn new(kind: u64, name: &'static str) -> Self {
        assert!(kind < 1 << KIND_BITS);
        let shards = [const { Mutex::new(Shard { places: Vec::new(), free: Vec::new() }) }; SHARDS];
        Self { kind, name, shards, next: AtomicUsize::new(0) }
    }

    fn shard(&self, number: usize) -> MutexGuard<'_, Shard<T>> {
        // No code that could panic half-way runs under the lock.
        self.shards[number].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a value; its number.
    pub(super) fn insert(&self, value: T) -> Outcome<u64> {
        // Relaxed: any shard will do.
        let number = self.next.fetch_add(1, Ordering::Relaxed) % SHARDS;
        let mut shard = self.shard(number);
        let index = match shard.free.pop() {
            Some(index) => index,
            None if shard.places.len() < 1 << INDEX_BITS => {
                shard.places.push(Place { uses: 0, value: None });
                shard.places.len() - 1
            }
            None => {
                return Err(Fault::new(
                    Status::NoMemory,
                    format!("there are too many handles of a {}", self.name),
                ));
            }
        };
        let place = &mut shard.places[index];
        place.uses += 1;
        place.value = Some(value);
        let low = (index as u64) << SHARD_BITS | number as u64;
        Ok(u64::from(place.uses) << 32 | low << KIND_BITS | self.kind)
    }

    /// The shard, index and number of uses that a number names, if it is of this kind.
    fn split(&self, number: u64) -> Outcome<(usize, usize, u32)> {
        let part =
            |from: u32, bits: u32| usize::try_from(number >> from & ((1 << bits) - 1)).unwrap_or(usize::MAX);
        let uses = u32::try_from(number >> 32).unwrap_or(0);
        if number & ((1 << KIND_BITS) - 1) != self.kind || uses == 0 {
            return Err(self.unknown());
        }
        Ok((part(KIND_BITS, SHARD_BITS), part(KIND_BITS + SHARD_BITS, INDEX_BITS), uses))
    }

    #[cold]
    fn unknown(&self) -> Fault {
        let text = format!("this is no handle of a {}: it was ended, or never was one", self.name);
        Fault::new(Status::InvalidHandle, text)
    }

    /// Runs `look` on a value, under a lock: it does nothing that could take another one, or be code of the program.
    pub(super) fn with<R>(&self, number: u64, look: impl FnOnce(&T) -> R) -> Outcome<R> {
        let (shard, index, uses) = self.split(number)?;
        let shard = self.shard(shard);
        let value =
            shard.places.get(index).filter(|place| place.uses == uses).and_then(|place| place.value.as_ref());
        value.map(look).ok_or_else(|| self.unknown())
    }

    /// Takes a value out: its number names nothing any more.
    pub(super) fn remove(&self, number: u64) -> Outcome<T> {
        self.remove_if(number, |_| Ok(()))
    }

    /// As [`remove`](Self::remove), if `allows` does, which is as `look` of [`with`](Self::with).
    pub(super) fn remove_if(&self, number: u64, allows: impl FnOnce(&T) -> Outcome) -> Outcome<T> {
        let (shard, index, uses) = self.split(number)?;
        let mut shard = self.shard(shard);
        let Shard { places, free } = &mut *shard;
        let place = places.get_mut(index).filter(|place| place.uses == uses);
        let Some(place) = place else { return Err(self.unknown()) };
        allows(place.value.as_ref().ok_or_else(|| self.unknown())?)?;
        if place.uses < u32::MAX {
            free.push(index);
        }
        place.value.take().ok_or_else(|| self.unknown())
    }

    /// Whether a value is as `is` says, which is as `look` of [`with`](Self::with).
    pub(super) fn any(&self, is: impl Fn(&T) -> bool) -> bool {
        (0..SHARDS).any(|number| {
            let shard = self.shard(number);
            shard.places.iter().any(|place| place.value.as_ref().is_some_and(&is))
        })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Table;
    use crate::capi::status::Status;

    #[test]
    fn numbers_name_one_value_only() {
        static NUMBERS: Table<usize> = Table::new(3, "number");
        let all: Vec<u64> = (0..100).map(|n| NUMBERS.insert(n).unwrap()).collect();
        for (n, &number) in all.iter().enumerate() {
            assert_eq!(NUMBERS.with(number, |&value| value).unwrap(), n);
        }
        for &number in &all[..50] {
            NUMBERS.remove(number).unwrap();
            assert_eq!(NUMBERS.remove(number).unwrap_err().status, Status::InvalidHandle);
        }
        // Their places are used again, their numbers are not.
        let more: Vec<u64> = (0..50).map(|n| NUMBERS.insert(n).unwrap()).collect();
        assert!(more.iter().all(|number| !all.contains(number)));
        for &number in &all[..50] {
            assert_eq!(NUMBERS.with(number, |_| ()).unwrap_err().status, Status::InvalidHandle);
        }
        for wrong in [0, 1, u64::MAX, all[70] ^ 1, all[70] ^ 1 << 31, all[70] + (1 << 32)] {
            assert!(NUMBERS.with(wrong, |_| ()).is_err(), "{wrong:#x}");
        }
        assert!(NUMBERS.any(|&value| value == 99) && !NUMBERS.any(|&value| value == 100));
    }
}
