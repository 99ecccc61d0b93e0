//! Stacks as lines of text.

use std::hint::black_box;

use gc::{Gc, Heap, Measure, Mutation, Trace};

use super::{builder, is, make_one, make_other};

fn lines(heap: &Heap, measure: Measure) -> Vec<String> {
    let mut text = Vec::new();
    heap.profile().write_collapsed(&mut text, measure).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(str::to_owned).collect()
}

/// The innermost function of a line, and its number.
fn last(line: &str) -> (&str, &str) {
    let (stack, number) = line.rsplit_once(' ').unwrap();
    let name = stack.rsplit(';').next().unwrap();
    let known = ["make_one", "inlined", "of_length", "of_four"];
    (known.into_iter().find(|function| is(name, function)).unwrap_or(name), number)
}

#[test]
fn a_line_is_a_stack_from_the_outermost_function_on() {
    let heap = builder().build();
    heap.mutate(|mc| (0..3).for_each(|_| _ = make_other::<4>(mc)));
    let lines = lines(&heap, Measure::AllocatedBytes);
    let [line] = lines.as_slice() else { panic!("one stack: {lines:?}") };
    let (stack, number) = line.rsplit_once(' ').unwrap();
    assert_eq!(number, "96");
    let functions: Vec<&str> = stack.split(';').collect();
    let [.., outer, inner] = functions.as_slice() else { panic!("{stack}") };
    assert!(is(outer, "make_other") && is(inner, "inlined"), "{stack}");
    let place = |name: &str| functions.iter().position(|function| is(function, name));
    assert!(place("mutate").unwrap() < place("make_other").unwrap(), "{stack}");
}

/// What differs in the sizes of objects only is one line.
#[test]
fn there_is_one_line_for_a_stack() {
    #[inline(never)]
    fn of_length<'gc>(mc: &Mutation<'gc>, n: usize) -> Gc<'gc, [u64]> {
        black_box(Gc::from_slice(mc, &vec![1; n]))
    }
    let heap = builder().build();
    heap.mutate(|mc| [2, 4, 32].into_iter().for_each(|n| _ = of_length(mc, n)));
    assert_eq!(heap.profile().sites().len(), 3);
    let lines = lines(&heap, Measure::AllocatedObjects);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(last(&lines[0]), ("of_length", "3"));
}

#[test]
fn a_stack_without_a_number_has_no_line() {
    let heap = builder().build();
    let kept = heap.mutate(|mc| {
        make_one::<4>(mc);
        mc.root(make_other::<32>(mc))
    });
    heap.collect().unwrap();
    for (measure, expected) in [
        (Measure::AllocatedObjects, &[("make_one", "1"), ("inlined", "1")][..]),
        (Measure::AllocatedBytes, &[("make_one", "32"), ("inlined", "256")]),
        (Measure::ObjectsInUse, &[("inlined", "1")]),
        (Measure::BytesInUse, &[("inlined", "256")]),
    ] {
        let lines = lines(&heap, measure);
        assert!(lines.is_sorted(), "{lines:?}");
        assert_eq!(lines.len(), expected.len(), "{measure:?}: {lines:?}");
        for expected in expected {
            assert!(lines.iter().any(|line| last(line) == *expected), "{measure:?}: {lines:?}");
        }
    }
    drop(kept);
    heap.collect().unwrap();
    assert!(lines(&heap, Measure::BytesInUse).is_empty());
}

/// What is generic may have a semicolon in its name.
#[test]
fn no_name_looks_like_two() {
    #[inline(never)]
    fn of_four<'gc, T: Trace<'gc>>(mc: &Mutation<'gc>, four: T) {
        black_box(Gc::new(mc, four));
    }
    let heap = builder().build();
    heap.mutate(|mc| of_four(mc, [1_u64; 4]));
    let lines = lines(&heap, Measure::AllocatedObjects);
    assert_eq!(last(&lines[0]), ("of_four", "1"));
    assert!(!lines[0].contains("; "), "{lines:?}");
}
