//! Types that own memory: each lives a whole life.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CString, OsString};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::pin::Pin;

use gc::Trace;
use smallvec::SmallVec;

use crate::lives::{EXACT, MAPS, life};

#[derive(Trace)]
struct Person {
    name: String,
    age: u32,
    tags: Vec<String>,
}

#[derive(Trace)]
enum Message {
    Text(String),
    Parts { first: Box<[u8]>, rest: Vec<Message> },
    Empty,
}

#[derive(Trace)]
struct Pair<A, B>(A, B);

#[derive(Trace)]
struct Nested(Option<Box<Nested>>);

fn text(n: usize) -> String {
    "x".repeat(n)
}

fn person() -> Person {
    let mut name = text(20);
    name.reserve(80);
    Person { name, age: 30, tags: vec![text(5), text(7)] }
}

/// In an order that is about random.
fn scattered(n: u64) -> impl Iterator<Item = u64> {
    (0..n).map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// One by one: made at once it would be packed tight, and take less than is counted.
fn inserted() -> BTreeMap<u64, u64> {
    let mut map = BTreeMap::new();
    map.extend(scattered(5000).map(|n| (n, n)));
    map
}

macro_rules! shapes {
    ($($name:ident: $T:ty, $make:expr, $grow:expr, $tolerance:expr;)*) => {$(
        #[test]
        fn $name() {
            life!($T, $make, $grow, $tolerance);
        }
    )*};
}

shapes! {
    string: String, || text(100), |text| text.push_str("and more"), EXACT;
    string_with_room: String, || String::with_capacity(1000), |text| text.shrink_to(500), EXACT;
    vec_of_bytes: Vec<u8>, || vec![1; 1000], |vec| vec.extend([0; 700]), EXACT;
    vec_of_words: Vec<u64>, || vec![1; 100], |vec| vec.push(7), EXACT;
    vec_of_nothing: Vec<()>, || vec![(); 1000], |vec| vec.push(()), EXACT;
    vec_of_strings: Vec<String>, || vec![text(9); 10], |vec| vec[3].push_str("deep in it"), EXACT;
    vec_of_vecs: Vec<Vec<u16>>, || vec![vec![1; 5]; 7], |vec| vec.iter_mut().for_each(|vec| vec.push(1)), EXACT;
    boxed: Box<[u64; 20]>, || Box::new([0; 20]), |boxed| boxed[0] += 1, EXACT;
    boxed_slice: Box<[u8]>, || vec![0; 99].into(), |boxed| *boxed = vec![0; boxed.len() + 50].into(), EXACT;
    boxed_str: Box<str>, || "a name".into(), |boxed| *boxed = text(boxed.len() * 2).into(), EXACT;
    boxed_strings: Box<(String, String)>, || Box::new((text(3), text(4))), |pair| pair.1.push_str("longer"), EXACT;
    pinned_box: Pin<Box<String>>, || Box::pin(text(10)), |text| text.push_str("longer"), EXACT;
    deque: VecDeque<u32>, || (0..100).collect(), |deque| (0..50).for_each(|n| deque.push_front(n)), EXACT;
    deque_of_strings: VecDeque<String>, || vec![text(5); 5].into(), |deque| deque.push_back(text(50)), EXACT;
    heap: BinaryHeap<u64>, || (0..40).collect(), |heap| heap.extend(0..10), EXACT;
    list: LinkedList<u64>, || (0..40).collect(), |list| list.push_back(1), EXACT;
    list_of_strings: LinkedList<String>, || [text(8), text(9)].into(), |list| list.push_back(text(77)), EXACT;
    os_string: OsString, || OsString::from(text(30)), |text| text.push("more"), EXACT;
    path: PathBuf, || PathBuf::from("/some/where"), |path| path.push("else"), EXACT;
    c_string: CString, || CString::new("from C").unwrap(), |text| *text = CString::new(vec![1; 99]).unwrap(), EXACT;
    cow_owned: Cow<'static, str>, || Cow::Owned(text(60)), |text| text.to_mut().push_str("more"), EXACT;
    cow_borrowed: Cow<'static, str>, || Cow::Borrowed("constant"), |text| text.to_mut().push_str("owned now"), EXACT;
    option: Option<String>, || None, |option| option.get_or_insert_default().push_str("some"), EXACT;
    result: Result<String, Vec<u8>>, || Err(vec![0; 10]), |result| *result = Ok(text(100)), EXACT;
    flow: ControlFlow<String, Box<u64>>, || ControlFlow::Continue(Box::new(1)), |flow| *flow = ControlFlow::Break(text(9)), EXACT;
    array: [String; 3], || [text(1), text(2), text(3)], |array| array[1].push_str("and"), EXACT;
    tuple: (String, u8, Vec<u32>), || (text(9), 1, vec![1, 2]), |tuple| tuple.2.push(3), EXACT;
    small_vec_inline: SmallVec<[u64; 4]>, || SmallVec::from_slice(&[1, 2]), |vec| vec.push(3), EXACT;
    small_vec_spilled: SmallVec<[u64; 2]>, || SmallVec::from_slice(&[1, 2, 3]), |vec| vec.push(4), EXACT;
    small_vec_of_strings: SmallVec<[String; 2]>, || SmallVec::from_vec(vec![text(6)]), |vec| vec.push(text(30)), EXACT;
    derived_struct: Person, person, |person| person.tags.push(text(90)), EXACT;
    derived_in_vec: Vec<Person>, || vec![person(), person()], |vec| vec[0].name.push_str(&text(200)), EXACT;
    derived_enum: Message,
        || Message::Parts { first: [1; 9].into(), rest: vec![Message::Text(text(4)), Message::Empty] },
        |message| match message {
            Message::Parts { first, rest } => rest.push(Message::Text(text(first.len()))),
            _ => unreachable!(),
        },
        EXACT;
    derived_generic: Pair<Vec<u8>, Option<Box<u64>>>, || Pair(vec![1], None), |pair| pair.1 = Some(Box::new(1)), EXACT;
    derived_nested: Nested,
        || Nested(Some(Box::new(Nested(None)))),
        |nested| nested.0 = Some(Box::new(Nested(nested.0.take()))),
        EXACT;
    hash_map: HashMap<u64, u64>, || scattered(1000).map(|n| (n, n)).collect(), |map| map.extend((0..300).map(|n| (n, n))), MAPS;
    hash_map_of_strings: HashMap<u64, String>,
        || scattered(100).map(|n| (n, text(50))).collect(),
        |map| map.values_mut().for_each(|value| value.push_str("more of it")),
        MAPS;
    hash_set: HashSet<u32>, || (0..500).collect(), |set| set.extend(1000..1200), MAPS;
    b_tree_map: BTreeMap<u64, u64>, inserted, |map| map.extend(scattered(9000).map(|n| (n / 3, n))), MAPS;
    b_tree_set: BTreeSet<u64>, || { let mut set = BTreeSet::new(); set.extend(scattered(3000)); set }, |set| set.extend(scattered(5000).map(|n| n / 5)), MAPS;
}

#[test]
fn people_are_read() {
    let person = person();
    assert_eq!((person.name.len(), person.age, person.tags.len()), (20, 30, 2));
}
