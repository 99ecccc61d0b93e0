//! Writers that fail, panic, and use the heap: whatever they do, it goes on.

use std::io::{self, ErrorKind, Write};

use gc::{Heap, Measure, Profile, Root};
use tests::panic_of;

use super::{builder, make_one};

type Way = fn(&Profile, &mut dyn Write) -> io::Result<()>;

/// The two ways to write a profile.
const WAYS: [Way; 2] = [
    |profile, writer| profile.write_pprof(writer),
    |profile, writer| profile.write_collapsed(writer, Measure::BytesInUse),
];

fn heap() -> (Heap, Root<[u64; 4]>) {
    let heap = builder().build();
    let kept = heap.mutate(|mc| mc.root(make_one::<4>(mc)));
    (heap, kept)
}

/// Asserts that a heap works as before.
fn assert_goes_on(heap: &Heap, kept: &Root<[u64; 4]>) {
    let before = heap.profile().allocated_bytes();
    heap.mutate(|mc| {
        assert_eq!(*kept.get(mc), [1; 4]);
        make_one::<4>(mc);
    });
    heap.collect().unwrap();
    heap.verify();
    assert_eq!((heap.profile().allocated_bytes(), heap.profile().bytes_in_use()), (before + 32.0, 32.0));
}

/// A disk with little room.
struct Small {
    room: usize,
    written: Vec<u8>,
}

impl Write for Small {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.room);
        if taken == 0 {
            return Err(ErrorKind::StorageFull.into());
        }
        self.room -= taken;
        self.written.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_error_of_a_writer_is_told() {
    let (heap, kept) = heap();
    for way in WAYS {
        let mut whole = Vec::new();
        let profile = heap.profile();
        way(&profile, &mut whole).unwrap();
        for room in [0, 1, whole.len() - 1] {
            let mut small = Small { room, written: Vec::new() };
            assert_eq!(way(&profile, &mut small).unwrap_err().kind(), ErrorKind::StorageFull);
            assert_eq!(small.written, whole[..room], "what there was room for");
        }
        let mut small = Small { room: whole.len(), written: Vec::new() };
        way(&profile, &mut small).unwrap();
        assert_eq!(small.written, whole);
        assert_goes_on(&heap, &kept);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    let (heap, kept) = heap();
    for way in WAYS {
        let mut full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        assert_eq!(way(&heap.profile(), &mut full).unwrap_err().kind(), ErrorKind::StorageFull);
        // A buffer takes it all, and has it when it is dropped: that it does not fit is told before.
        let mut buffered = io::BufWriter::with_capacity(1 << 20, full);
        assert_eq!(way(&heap.profile(), &mut buffered).unwrap_err().kind(), ErrorKind::StorageFull);
    }
    assert_goes_on(&heap, &kept);
}

/// Whatever is called of it panics, as often as it is called: a second panic would end the process.
struct Panics;

impl Write for Panics {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        panic!("not today");
    }

    fn flush(&mut self) -> io::Result<()> {
        panic!("not at all");
    }
}

#[test]
fn the_panic_of_a_writer_passes_through() {
    let (heap, kept) = heap();
    for way in WAYS {
        assert_eq!(panic_of(|| way(&heap.profile(), &mut Panics)), "not today");
        assert_goes_on(&heap, &kept);
    }
}

/// Uses a heap in every way that takes one of its locks.
struct Uses<'a>(&'a Heap);

impl Write for Uses<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let root = self.0.mutate(|mc| mc.root(make_one::<4>(mc)));
        self.0.collect().map_err(io::Error::other)?;
        drop(root);
        self.0.set_profile_rate(1);
        for way in WAYS {
            way(&self.0.profile(), &mut io::sink())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// No lock is held meanwhile; in debug builds any that is would be noticed, too.
#[test]
fn a_writer_may_use_the_heap() {
    let (heap, kept) = heap();
    for way in WAYS {
        way(&heap.profile(), &mut Uses(&heap)).unwrap();
    }
    assert_goes_on(&heap, &kept);
}

#[test]
fn a_profile_outlives_its_heap() {
    let (heap, kept) = heap();
    let profile = heap.profile();
    drop((kept, heap));
    for way in WAYS {
        let mut written = Vec::new();
        way(&profile, &mut written).unwrap();
        assert!(!written.is_empty());
    }
}
