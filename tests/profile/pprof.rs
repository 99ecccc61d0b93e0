//! What a file for pprof says beside the numbers.

use std::time::{Duration, SystemTime};

use gc::{Gc, Heap, Mutation, Profile};

use super::proto::File;
use super::{builder, is, make_one, make_other};

/// A profile of ten objects of each function.
fn ten_each(heap: &Heap) -> Profile {
    heap.mutate(|mc| {
        (0..10).for_each(|_| _ = make_one::<4>(mc));
        (0..10).for_each(|_| _ = make_other::<32>(mc));
    });
    heap.profile()
}

#[test]
fn types_are_in_gos_order() {
    let before = SystemTime::now();
    let file = File::of(&ten_each(&builder().profile_rate(1).build()));
    let types = file.sample_type.iter().map(|of| (file.string(of.r#type), file.string(of.unit)));
    let go = [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("inuse_objects", "count"),
        ("inuse_space", "bytes"),
    ];
    assert!(types.eq(go));
    assert_eq!(file.string(file.default_sample_type), "inuse_space");
    let period = file.period_type.unwrap();
    assert_eq!((file.string(period.r#type), file.string(period.unit), file.period), ("space", "bytes", 1));
    let taken = SystemTime::UNIX_EPOCH + Duration::from_nanos(file.time_nanos.try_into().unwrap());
    assert!((before..=SystemTime::now()).contains(&taken));
    let larger = File::of(&ten_each(&builder().profile_rate(512 << 10).build()));
    assert_eq!(larger.period, 512 << 10, "even if nothing is sampled");
}

/// So that pprof does not look for the program.
#[test]
fn one_mapping_knows_all_names() {
    let file = File::of(&ten_each(&builder().build()));
    let [mapping] = file.mapping.as_slice() else { panic!("one mapping") };
    assert!(mapping.has_functions && mapping.has_filenames);
    assert!(mapping.has_line_numbers && mapping.has_inline_frames);
    let program = std::env::current_exe().unwrap();
    assert_eq!(file.string(mapping.filename), program.to_str().unwrap());
    assert_eq!((file.drop_frames, file.keep_frames), (0, 0), "nothing is hidden");
}

/// Names are demangled, and mangled where pprof looks for that; those that are known with their paths.
#[test]
fn names_are_written_both_ways() {
    let file = File::of(&ten_each(&builder().build()));
    let mut mangled = 0;
    for function in &file.function {
        let (name, system_name) = (file.string(function.name), file.string(function.system_name));
        assert!(!name.starts_with("_ZN") && !name.starts_with("_R"), "{name}");
        if system_name.starts_with("_ZN") || system_name.starts_with("_R") {
            assert!(name.contains("::"), "{system_name} is {name}");
            mangled += 1;
        }
    }
    assert!(mangled > 0, "functions of std are mangled");
    let one = file.function.iter().find(|function| is(file.string(function.name), "make_one")).unwrap();
    assert!(file.string(one.filename).ends_with("main.rs"));
}

/// A stack begins where the program calls the crate, and has what the compiler has inlined: the innermost first.
#[test]
fn stacks_begin_with_the_function_that_allocates() {
    let file = File::of(&ten_each(&builder().build()));
    let stack_of = |function: &str| {
        let calls = |sample: &&_| file.names(sample).iter().any(|name| is(name, function));
        let sample = file.sample.iter().find(calls).expect("a sample of it");
        (file.names(sample), file.stack(sample).next().expect("a location"))
    };
    let (names, location) = stack_of("make_one");
    assert!(is(names[0], "make_one"), "{names:?}");
    assert_eq!(location.line.len(), 1, "functions of the crate that were inlined are left out");
    assert!(location.line[0].line > 0);
    let (names, location) = stack_of("make_other");
    assert!(is(names[0], "inlined") && is(names[1], "make_other"), "{names:?}");
    assert_eq!(location.line.len(), 2, "one instruction of two functions");
    assert!(names.iter().any(|name| is(name, "mutate")), "further out nothing is left out: {names:?}");
    assert!(file.location.iter().all(|location| location.address != 0));
}

/// Code of the program that the crate calls is the program's.
#[test]
fn stacks_of_a_clone_begin_in_it() {
    #[derive(gc::Trace)]
    struct Copied(u64);
    impl Clone for Copied {
        #[inline(never)]
        fn clone(&self) -> Self {
            let heap = builder().build();
            heap.mutate(|mc| _ = make_one::<4>(mc));
            let file = File::of(&heap.profile());
            let names = file.names(&file.sample[0]);
            assert!(is(names[0], "make_one") && names.iter().any(|name| is(name, "from_slice")), "{names:?}");
            Self(self.0)
        }
    }
    let heap = builder().build();
    heap.mutate(|mc| assert_eq!(Gc::from_slice(mc, &[Copied(7)])[0].0, 7));
}

#[derive(gc::Trace)]
struct Metres([u64; 4]);

#[inline(never)]
fn make_metres(mc: &Mutation<'_>) {
    assert_eq!(std::hint::black_box(Gc::new(mc, Metres([1; 4]))).0, [1; 4]);
}

#[test]
fn sizes_are_labels_and_types_where_they_are_known() {
    let file = File::of(&ten_each(&builder().build()));
    let mut sizes: Vec<i64> =
        file.sample.iter().map(|sample| file.label(sample, "bytes").unwrap().num).collect();
    sizes.sort_unstable();
    // A loop that is unrolled has several stacks.
    sizes.dedup();
    assert_eq!(sizes, [32, 256]);
    for sample in &file.sample {
        let label = file.label(sample, "bytes").unwrap();
        assert_eq!((file.string(label.num_unit), label.str), ("bytes", 0));
        assert!(file.label(sample, "type").is_none(), "types of equal contents are one to this heap");
    }
    let heap = builder().diagnose(true).build();
    heap.mutate(make_metres);
    let file = File::of(&ten_each(&heap));
    let type_of = |function: &str| {
        let calls = |sample: &&_| is(file.names(sample)[0], function);
        let sample = file.sample.iter().find(calls).expect("a sample of it");
        file.string(file.label(sample, "type").expect("a type").str)
    };
    assert_eq!(type_of("make_one"), "[u64; 4]");
    assert_eq!(type_of("make_metres"), std::any::type_name::<Metres>());
    assert!(heap.profile().to_string().contains("32 bytes each, [u64; 4]"));
}

#[test]
fn a_profile_of_nothing_is_a_file() {
    let file = File::of(&builder().build().profile());
    assert_eq!((file.sample.len(), file.location.len(), file.sample_type.len()), (0, 0, 4));
}
