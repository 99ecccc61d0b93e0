//! A panic hook that uses the heap, wherever the panic is. It may mutate everywhere, and collect where the thread may.

use super::lines;

#[test]
fn hooks_that_use_the_heap() {
    let lines = lines("hook");
    let expected = [
        "outside: made 1, collected",
        "in a mutation: made 2, could not collect: collect() was called inside the mutation",
        "in a destructor: made 3, could not collect: collect() was called by the destructor",
        "in a finalizer: made 4, collected",
        "in a cleanup: made 5, collected",
        "in a thread that ends: made 6, collected",
        "alive at the end: 0",
    ];
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}");
    }
    assert_eq!(lines.len(), expected.len(), "{lines:?}");
}
