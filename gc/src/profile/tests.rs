//! Profiles that no program makes on purpose: of code without names.

use std::time::SystemTime;

use super::{Measure, Profile, Site};
use crate::special::{Counts, Origin};

/// Stacks of addresses at which there is no code, innermost first.
fn profile(stacks: &[&[usize]]) -> Profile {
    let site = |stack: &&[usize]| Site {
        origin: Origin { stack: Box::from(*stack), object_bytes: 32, type_name: None },
        counts: Counts { allocs: 3, frees: 1 },
        rate: 1,
    };
    Profile { rate: 1, sites: stacks.iter().map(site).collect(), taken: SystemTime::now() }
}

fn collapsed(profile: &Profile) -> String {
    let mut text = Vec::new();
    profile.write_collapsed(&mut text, Measure::ObjectsInUse).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn functions_without_names_are_lines_with_their_addresses() {
    let profile = profile(&[&[0x10, 0x20], &[0x30]]);
    assert_eq!(collapsed(&profile), "0x20;0x10 2\n0x30 2\n");
    assert!(profile.to_string().ends_with("    0x30\n"));
}

#[test]
fn a_stack_of_nothing_is_a_line() {
    assert_eq!(collapsed(&profile(&[&[]])), "unknown 2\n");
}

#[cfg(feature = "pprof")]
#[test]
fn functions_without_names_are_in_files_for_pprof() {
    use std::io::Read;

    use prost::Message;

    use super::messages;

    let (mut file, mut message) = (Vec::new(), Vec::new());
    profile(&[&[0x10, 0x20], &[0x30, 0x20], &[]]).write_pprof(&mut file).unwrap();
    flate2::read::GzDecoder::new(file.as_slice()).read_to_end(&mut message).unwrap();
    let file = messages::Profile::decode(message.as_slice()).unwrap();
    let name = |of: &messages::Function| file.string_table[usize::try_from(of.name).unwrap()].as_str();
    assert_eq!(file.function.iter().map(name).collect::<Vec<_>>(), ["0x10", "0x20", "0x30"]);
    assert!(file.function.iter().all(|function| function.system_name == function.name && function.file == 0));
    assert_eq!(file.location.iter().map(|location| location.address).collect::<Vec<_>>(), [0xf, 0x1f, 0x2f]);
    let stacks: Vec<_> = file.sample.iter().map(|sample| sample.location_id.as_slice()).collect();
    assert_eq!(stacks, [&[1, 2][..], &[3, 2], &[]]);
    assert!(file.sample.iter().all(|sample| sample.value == [3, 96, 2, 64]));
}
