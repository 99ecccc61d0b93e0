//! That the fast unwinder finds what the system's finds.

use std::hint::black_box;

use super::{by_the_system, fast, return_addresses};

type Walk = fn(&mut [usize]) -> usize;

fn fast_only(room: &mut [usize]) -> usize {
    fast::return_addresses(room).expect("the stack is the thread's")
}

/// The calls that lead here, as each of the two finds them.
#[inline(never)]
fn both() -> [Vec<usize>; 2] {
    [fast_only as Walk, by_the_system].map(|walk| {
        let mut room = [0; 512];
        let n = walk(&mut room);
        room[..n].to_vec()
    })
}

/// Frames of different kinds: large ones, closures, calls by a table.
#[inline(never)]
fn deep(calls: usize, then: &mut dyn FnMut() -> [Vec<usize>; 2]) -> [Vec<usize>; 2] {
    let large = black_box([calls; 300]);
    let found = if calls == 0 {
        then()
    } else {
        deep(calls - 1, &mut || {
            let small = black_box(large[0]);
            let found = then();
            black_box(small);
            found
        })
    };
    black_box(large);
    found
}

/// All but what the two have called themselves is the same.
#[track_caller]
fn assert_same([fast, system]: &[Vec<usize>; 2], calls: usize) {
    let same = fast.iter().rev().zip(system.iter().rev()).take_while(|(a, b)| a == b).count();
    assert!(same >= calls, "{same} of {calls} calls are the same: {fast:x?} {system:x?}");
    assert!(fast.len() - same <= 5, "only the innermost differ: {fast:x?} {system:x?}");
    assert!(system.len() - same <= 8, "only the innermost differ: {fast:x?} {system:x?}");
}

#[test]
fn the_same_calls_are_found() {
    for calls in [0, 1, 30, 100] {
        assert_same(&deep(calls, &mut both), 2 * calls);
        let threads = std::thread::spawn(move || deep(calls, &mut both));
        assert_same(&threads.join().expect("it found them"), 2 * calls);
    }
}

/// What is taken for a stack is compared with the truth, in the middle and at the end.
#[test]
fn what_is_not_so_is_noticed() {
    deep(20, &mut || {
        let mut room = [0; 512];
        let n = fast_only(&mut room);
        assert!(fast::is_as_the_system_finds(&room[..n], room.len()));
        assert!(fast::is_as_the_system_finds(&room[..20], 20), "for which there was no room");
        assert!(!fast::is_as_the_system_finds(&room[..n - 3], room.len()), "cut off");
        room[n / 2] ^= 1;
        assert!(!fast::is_as_the_system_finds(&room[..n], room.len()), "another call");
        both()
    });
}

/// The loader's lock would be held for ever in a child whose parent has forked while another thread asked the loader. In a
/// process of its own: what other tests ask the loader, no fork waits for.
#[test]
fn a_child_of_a_fork_finds_its_calls() {
    use std::process::Command;

    const ITSELF: &str = "os::calls::tests::a_child_of_a_fork_finds_its_calls";
    const IS_ALONE: &str = "GC_TEST_IS_ALONE";

    if std::env::var_os(IS_ALONE).is_some() {
        return forks_while_another_thread_walks();
    }
    let mut alone = Command::new(std::env::current_exe().unwrap());
    let output = alone.args([ITSELF, "--exact", "--nocapture"]).env(IS_ALONE, "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn forks_while_another_thread_walks() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                return_addresses(&mut [0; 64]);
                by_the_system(&mut [0; 64]);
            }
        });
        // The first fork comes while the lock is made, or its functions are told to the system.
        // SAFETY: the child does nothing but what is tested, and ends.
        let mut statuses = (0..100).map(|_| match unsafe { libc::fork() } {
            0 => {
                // SAFETY: it has no duties.
                unsafe { libc::alarm(10) };
                let (fast, system) = (return_addresses(&mut [0; 64]), by_the_system(&mut [0; 64]));
                // SAFETY: it has no duties.
                unsafe { libc::_exit(i32::from(fast == 0 || system == 0)) }
            }
            child => {
                let mut status = -1;
                // SAFETY: the status may be written.
                let ended = unsafe { libc::waitpid(child, &raw mut status, 0) };
                (ended == child).then_some(status)
            }
        });
        let failed = statuses.find(|status| *status != Some(0));
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(failed, None, "a child found none, or waited until it was ended");
    });
}

#[test]
fn no_more_calls_are_found_than_there_is_room_for() {
    deep(20, &mut || {
        let (mut few, mut all) = ([0; 7], [0; 512]);
        assert_eq!(fast_only(&mut few), 7);
        assert!(fast_only(&mut all) > 40);
        // The two innermost are the two lines above.
        assert_eq!(few[2..], all[2..7]);
        both()
    });
}

#[test]
fn what_is_loaded_later_is_known() {
    let before = both();
    // SAFETY: the C library's own resolver, which does nothing when it is loaded.
    let library = unsafe { libc::dlopen(c"libresolv.so.2".as_ptr(), libc::RTLD_NOW) };
    assert!(!library.is_null());
    assert_same(&both(), 5);
    // SAFETY: it was loaded, and nothing of it is used.
    unsafe { libc::dlclose(library) };
    assert_same(&both(), 5);
    assert_eq!(before[0].len(), both()[0].len());
}

/// A coroutine's stack is walked by the system, which finds its end as its maker has described it.
#[cfg(target_env = "gnu")]
#[test]
fn stacks_of_coroutines_are_left_to_the_system() {
    use core::cell::Cell;
    use core::mem::MaybeUninit;

    thread_local! {
        static FOUND: Cell<Option<(Option<usize>, usize)>> = const { Cell::new(None) };
    }
    extern "C" fn run() {
        let mut room = [0; 64];
        FOUND.set(Some((fast::return_addresses(&mut room), return_addresses(&mut room))));
    }
    let mut stack = vec![0_u8; 1 << 20];
    let [mut here, mut there] = [const { MaybeUninit::<libc::ucontext_t>::uninit() }; 2];
    // SAFETY: the context is filled in.
    assert_eq!(unsafe { libc::getcontext(there.as_mut_ptr()) }, 0);
    // SAFETY: it was.
    let there = unsafe { there.assume_init_mut() };
    there.uc_stack.ss_sp = stack.as_mut_ptr().cast();
    there.uc_stack.ss_size = stack.len();
    there.uc_link = here.as_mut_ptr();
    // SAFETY: the context has a stack, which outlives it.
    unsafe { libc::makecontext(there, run, 0) };
    // SAFETY: both contexts live until the second has run to its end, at which the first goes on.
    assert_eq!(unsafe { libc::swapcontext(here.as_mut_ptr(), there) }, 0);
    let (fast, any) = FOUND.get().expect("it has run");
    assert_eq!(fast, None);
    assert!(any > 0);
}

/// Code that was made at run time: nothing says how to get from its frame to the one of who has called it, and what is
/// guessed is not believed.
#[test]
fn code_of_no_object_is_left_to_the_system() {
    use std::cell::Cell;

    thread_local! {
        static FOUND: Cell<(Option<usize>, usize)> = const { Cell::new((Some(0), 0)) };
    }

    extern "C" fn look() {
        let mut room = [0; 64];
        FOUND.set((fast::return_addresses(&mut room), return_addresses(&mut room)));
    }
    // sub rsp, 8; call rdi; add rsp, 8; ret
    const CODE: [u8; 11] = [0x48, 0x83, 0xec, 0x08, 0xff, 0xd7, 0x48, 0x83, 0xc4, 0x08, 0xc3];
    let (all, private) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: new memory.
    let page = unsafe { libc::mmap(core::ptr::null_mut(), 4096, all, private, -1, 0) };
    assert_ne!(page, libc::MAP_FAILED);
    // SAFETY: the page has room for it.
    unsafe { page.cast::<[u8; 11]>().write(CODE) };
    // SAFETY: the page is ours.
    assert_eq!(unsafe { libc::mprotect(page, 4096, libc::PROT_READ | libc::PROT_EXEC) }, 0);
    // SAFETY: it is such a function: it calls what it is given, with an aligned stack.
    let call: extern "C" fn(extern "C" fn()) = unsafe { core::mem::transmute(page) };
    call(look);
    // SAFETY: nothing runs there any more.
    unsafe { libc::munmap(page, 4096) };
    let (fast, found) = FOUND.get();
    assert_eq!(fast, None);
    assert!(found > 0, "the system finds the calls up to there");
    // That was no fault of what is known: the next walk is a fast one.
    assert!(fast::return_addresses(&mut [0; 64]).is_some());
}
