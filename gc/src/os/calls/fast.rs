//! Unwinding by `framehop`, which remembers what to do at an address: some ten nanoseconds a frame. Each thread has an
//! unwinder of its own, as one must be held while it works.
//!
//! An unwinder knows the objects that were loaded when it was made (the program, its shared libraries). The loader counts
//! what it loads and unloads; when the counts have changed another one is made.
//!
//! # What it cannot do
//!
//! What it does not understand it guesses, by the frame pointer, and does not say so. So each address at which it has not been
//! before is compared with what the system's unwinder finds, once. If they differ the thread leaves all to the system, until
//! the objects change. Addresses outside of the objects (code that the program made) are not guessed at.

use core::arch::asm;
use core::cell::RefCell;
use core::mem::MaybeUninit;
use core::ops::Range;

use framehop::Unwinder as _;
use framehop::x86_64::{CacheX86_64, UnwindRegsX86_64, UnwinderX86_64};

use super::by_the_system;
use super::objects::{Loads, Object};

thread_local! {
    static UNWINDER: RefCell<Option<Unwinder>> = const { RefCell::new(None) };
}

/// Bytes of a stack that are walked at most: what a main thread says of its own reaches down to the next mapping, if
/// nothing limits it, which is more than what is mapped.
const MOST: u64 = 64 << 20;
/// Innermost calls that differ between two ways to walk, as they are those of the ways.
const OWN_CALLS: usize = 8;

struct Unwinder {
    loads: Loads,
    modules: UnwinderX86_64<&'static [u8]>,
    /// Where the modules are, in order.
    code: Vec<Range<u64>>,
    cache: CacheX86_64,
    /// Of the thread; empty if the system does not say.
    stack: Range<u64>,
    /// Whether the system's unwinder has found the same, wherever it was asked.
    is_right: bool,
}

/// As its namesake in the module above; nothing, if the stack cannot be walked to its end.
#[inline(never)]
pub(super) fn return_addresses(room: &mut [usize]) -> Option<usize> {
    let (pc, sp, bp): (u64, u64, u64);
    // SAFETY: registers are read, and three are written that the compiler has chosen.
    unsafe {
        asm!(
            "lea {pc}, [rip]",
            "mov {sp}, rsp",
            "mov {bp}, rbp",
            pc = lateout(reg) pc,
            sp = lateout(reg) sp,
            bp = lateout(reg) bp,
            options(nomem, nostack, preserves_flags),
        );
    }
    let with = |unwinder: &RefCell<Option<Unwinder>>| {
        // Borrowed already, in a signal handler that has interrupted a walk.
        let mut unwinder = unwinder.try_borrow_mut().ok()?;
        let loads = Loads::now()?;
        if unwinder.as_ref().is_none_or(|unwinder| unwinder.loads != loads) {
            *unwinder = Some(Unwinder::new(loads));
        }
        unwinder.as_mut()?.walk(pc, UnwindRegsX86_64::new(pc, sp, bp), room)
    };
    UNWINDER.try_with(with).ok()?
}

impl Unwinder {
    fn new(loads: Loads) -> Self {
        let (mut modules, mut code) = (UnwinderX86_64::new(), Vec::new());
        let stack = stack_of_thread().unwrap_or_default();
        for object in Object::all() {
            code.push(object.all.clone());
            modules.add_module(object.into());
        }
        code.sort_unstable_by_key(|range| range.start);
        Self { loads, modules, code, cache: CacheX86_64::new(), stack, is_right: true }
    }

    fn walk(&mut self, pc: u64, registers: UnwindRegsX86_64, room: &mut [usize]) -> Option<usize> {
        if !self.is_right || !self.stack.contains(&registers.sp()) {
            return None;
        }
        let misses = self.cache.stats().misses();
        let n = self.walk_unchecked(pc, registers, room)?;
        if self.cache.stats().misses() > misses {
            self.is_right = is_as_the_system_finds(&room[..n], room.len());
        }
        self.is_right.then_some(n)
    }

    fn walk_unchecked(&mut self, pc: u64, registers: UnwindRegsX86_64, room: &mut [usize]) -> Option<usize> {
        let live = registers.sp()..self.stack.end;
        let mut read = |address: u64| {
            if address < live.start || address > live.end - 8 {
                return Err(());
            }
            // SAFETY: from the stack pointer on the thread's stack is mapped.
            Ok(unsafe { word_at(address) })
        };
        let mut frames = self.modules.iter_frames(pc, registers, &mut self.cache, &mut read);
        // The first is not where a call returns to, but this very function.
        frames.next().ok()?;
        let (mut n, mut object) = (0, &(0..0));
        while n < room.len() {
            let Some(frame) = frames.next().ok()? else { break };
            let address = frame.address();
            // Mostly of the same object as the one before.
            if !object.contains(&address) {
                let after = self.code.partition_point(|range| range.start <= address);
                object = self.code[..after].last().filter(|object| object.contains(&address))?;
            }
            room[n] = usize::try_from(address).ok()?;
            n += 1;
        }
        Some(n)
    }
}

/// Whether the system's unwinder finds the same calls, but for the innermost, in so much room.
pub(super) fn is_as_the_system_finds(fast: &[usize], room: usize) -> bool {
    let mut system = vec![0; room + OWN_CALLS];
    let n = by_the_system(&mut system);
    let system = &system[..n];
    // Where the calls of the one that are not those of how it was found begin in the other.
    let shared = fast.iter().position(|address| system.contains(address));
    let Some((from, address)) = shared.map(|from| (from, fast[from])) else { return false };
    let in_system = system.iter().position(|other| *other == address).expect("it is there");
    let (fast, system) = (&fast[from..], &system[in_system..]);
    let n = fast.len().min(system.len());
    let is_whole = fast.len() == system.len() || from + fast.len() == room;
    from < OWN_CALLS && in_system < OWN_CALLS && fast[..n] == system[..n] && is_whole
}

/// A word of the stack, whatever lies there: the compiler knows nothing of such reads, nor do its checkers.
///
/// # Safety
///
/// The word is mapped.
unsafe fn word_at(address: u64) -> u64 {
    let word;
    // SAFETY: the caller's promise; a load of a word of eight bytes is one instruction, so another thread that writes
    // there, into what this one has lent to it, does not matter.
    unsafe {
        asm!(
            "mov {word}, [{address}]",
            word = lateout(reg) word,
            address = in(reg) address,
            options(nostack, readonly, preserves_flags),
        );
    }
    word
}

/// The bytes of the current thread's stack.
fn stack_of_thread() -> Option<Range<u64>> {
    let mut attributes = MaybeUninit::uninit();
    // SAFETY: it has no duties.
    let this = unsafe { libc::pthread_self() };
    // SAFETY: the thread runs; the function fills in what it is given, unless it fails.
    if unsafe { libc::pthread_getattr_np(this, attributes.as_mut_ptr()) } != 0 {
        return None;
    }
    let (mut base, mut bytes) = (core::ptr::null_mut(), 0);
    // SAFETY: the attributes were filled in.
    let error = unsafe { libc::pthread_attr_getstack(attributes.as_ptr(), &raw mut base, &raw mut bytes) };
    // SAFETY: they were filled in, and are not used any more.
    unsafe { libc::pthread_attr_destroy(attributes.as_mut_ptr()) };
    let start = u64::try_from(base.addr()).ok()?;
    let end = start + u64::try_from(bytes).ok()?;
    (error == 0).then_some(start.max(end.saturating_sub(MOST))..end)
}
