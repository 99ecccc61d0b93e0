//! The program: types in rings, and a function for each that makes and roots one.

use std::fmt::Write as _;

use crate::libraries::Library;

/// Types of a ring.
const RING: usize = 16;

/// The source of a program with so many structs, and as many enums.
pub(crate) fn program(library: &Library, types: usize) -> String {
    let mut text = format!("#![allow(unused)]\n\n{}\n", library.uses);
    for number in 0..types {
        let next = number / RING * RING + (number + 1) % RING;
        text += &kind(library, STRUCT, "Struct", number, next);
        text += &kind(library, ENUM, "Enum", number, next);
    }
    writeln!(text, "fn main() {{\n    let mut heap = {};\n    let mut sum = 0;", library.heap)
        .expect("a string grows");
    for number in 0..types {
        writeln!(text, "    sum += struct_{number}(&mut heap) + enum_{number}(&mut heap);")
            .expect("a string grows");
    }
    text + "    println!(\"{sum}\");\n}\n"
}

/// `$` and a word stands for what the library calls that.
const STRUCT: &str = "
#[derive($derive)]
$attribute
struct $This$life {
    number: u64,
    name: String,
    next: $cell<Option<$NextPtr>>,
    others: Vec<$NextPtr>,
}

fn struct_$number(heap: &mut $Heap) -> u64 {
    $make { let made = $This { number: $number, name: String::new(), next: $cell::new(None), others: Vec::new() }; $root }
    $look { object.number }$end
}
";

const ENUM: &str = "
#[derive($derive)]
$attribute
enum $This$life {
    Nothing,
    Number(u64),
    Name { name: String, number: u64 },
    Next($cell<Option<$NextPtr>>),
    Others { first: $NextPtr, others: Vec<$NextPtr> },
}

fn enum_$number(heap: &mut $Heap) -> u64 {
    $make { let made = $This::Number($number); $root }
    $look { match &*object { $This::Number(number) => *number, _ => 0 } }$end
}
";

fn kind(library: &Library, pattern: &str, name: &str, number: usize, next: usize) -> String {
    let (this, next) = (format!("{name}{number}"), format!("{name}{next}"));
    let pointer = library.pointer.replace("$Next", &next);
    // What stands for something that contains such words itself comes first.
    let words = [
        ("$make", library.make),
        ("$root", library.root),
        ("$look", library.look),
        ("$end", library.end),
        ("$derive", library.derive),
        ("$attribute", library.attribute),
        ("$life", library.lifetime),
        ("$cell", library.cell),
        ("$Heap", library.heap_type),
        ("$NextPtr", &pointer),
        ("$This", &this),
        ("$number", &number.to_string()),
    ];
    words.iter().fold(pattern.to_owned(), |text, (word, meaning)| text.replace(word, meaning))
}
