//! `profile.proto` as its authors describe it, whole, and a file read by it.

use std::io::Read;

use flate2::read::GzDecoder;
use gc::Profile;
use prost::Message;

#[derive(Clone, PartialEq, Message)]
pub(super) struct File {
    #[prost(message, repeated, tag = "1")]
    pub(super) sample_type: Vec<ValueType>,
    #[prost(message, repeated, tag = "2")]
    pub(super) sample: Vec<Sample>,
    #[prost(message, repeated, tag = "3")]
    pub(super) mapping: Vec<Mapping>,
    #[prost(message, repeated, tag = "4")]
    pub(super) location: Vec<Location>,
    #[prost(message, repeated, tag = "5")]
    pub(super) function: Vec<Function>,
    #[prost(string, repeated, tag = "6")]
    pub(super) string_table: Vec<String>,
    #[prost(int64, tag = "7")]
    pub(super) drop_frames: i64,
    #[prost(int64, tag = "8")]
    pub(super) keep_frames: i64,
    #[prost(int64, tag = "9")]
    pub(super) time_nanos: i64,
    #[prost(int64, tag = "10")]
    pub(super) duration_nanos: i64,
    #[prost(message, optional, tag = "11")]
    pub(super) period_type: Option<ValueType>,
    #[prost(int64, tag = "12")]
    pub(super) period: i64,
    #[prost(int64, repeated, tag = "13")]
    pub(super) comment: Vec<i64>,
    #[prost(int64, tag = "14")]
    pub(super) default_sample_type: i64,
    #[prost(int64, tag = "15")]
    pub(super) doc_url: i64,
}

#[derive(Clone, Copy, PartialEq, Message)]
pub(super) struct ValueType {
    #[prost(int64, tag = "1")]
    pub(super) r#type: i64,
    #[prost(int64, tag = "2")]
    pub(super) unit: i64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Sample {
    #[prost(uint64, repeated, tag = "1")]
    pub(super) location_id: Vec<u64>,
    #[prost(int64, repeated, tag = "2")]
    pub(super) value: Vec<i64>,
    #[prost(message, repeated, tag = "3")]
    pub(super) label: Vec<Label>,
}

#[derive(Clone, Copy, PartialEq, Message)]
pub(super) struct Label {
    #[prost(int64, tag = "1")]
    pub(super) key: i64,
    #[prost(int64, tag = "2")]
    pub(super) str: i64,
    #[prost(int64, tag = "3")]
    pub(super) num: i64,
    #[prost(int64, tag = "4")]
    pub(super) num_unit: i64,
}

#[derive(Clone, Copy, PartialEq, Message)]
pub(super) struct Mapping {
    #[prost(uint64, tag = "1")]
    pub(super) id: u64,
    #[prost(uint64, tag = "2")]
    pub(super) memory_start: u64,
    #[prost(uint64, tag = "3")]
    pub(super) memory_limit: u64,
    #[prost(uint64, tag = "4")]
    pub(super) file_offset: u64,
    #[prost(int64, tag = "5")]
    pub(super) filename: i64,
    #[prost(int64, tag = "6")]
    pub(super) build_id: i64,
    #[prost(bool, tag = "7")]
    pub(super) has_functions: bool,
    #[prost(bool, tag = "8")]
    pub(super) has_filenames: bool,
    #[prost(bool, tag = "9")]
    pub(super) has_line_numbers: bool,
    #[prost(bool, tag = "10")]
    pub(super) has_inline_frames: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Location {
    #[prost(uint64, tag = "1")]
    pub(super) id: u64,
    #[prost(uint64, tag = "2")]
    pub(super) mapping_id: u64,
    #[prost(uint64, tag = "3")]
    pub(super) address: u64,
    #[prost(message, repeated, tag = "4")]
    pub(super) line: Vec<Line>,
    #[prost(bool, tag = "5")]
    pub(super) is_folded: bool,
}

#[derive(Clone, Copy, PartialEq, Message)]
pub(super) struct Line {
    #[prost(uint64, tag = "1")]
    pub(super) function_id: u64,
    #[prost(int64, tag = "2")]
    pub(super) line: i64,
    #[prost(int64, tag = "3")]
    pub(super) column: i64,
}

#[derive(Clone, Copy, PartialEq, Message)]
pub(super) struct Function {
    #[prost(uint64, tag = "1")]
    pub(super) id: u64,
    #[prost(int64, tag = "2")]
    pub(super) name: i64,
    #[prost(int64, tag = "3")]
    pub(super) system_name: i64,
    #[prost(int64, tag = "4")]
    pub(super) filename: i64,
    #[prost(int64, tag = "5")]
    pub(super) start_line: i64,
}

impl File {
    /// What a profile writes.
    pub(super) fn of(profile: &Profile) -> Self {
        let mut written = Vec::new();
        profile.write_pprof(&mut written).expect("memory takes everything");
        let mut message = Vec::new();
        GzDecoder::new(written.as_slice()).read_to_end(&mut message).expect("gzip");
        let file = Self::decode(message.as_slice()).expect("profile.proto");
        file.check();
        file
    }

    /// What pprof demands of every file, and what it takes without a word but shows wrong.
    fn check(&self) {
        assert_eq!(self.string_table[0], "");
        for sample in &self.sample {
            assert_eq!(sample.value.len(), self.sample_type.len());
            assert!(!sample.location_id.is_empty(), "it would be in no row");
            assert!(sample.value.iter().all(|&value| value >= 0));
        }
        let numbers = |ids: Vec<u64>| assert!(ids.iter().copied().eq(1..=ids.len() as u64), "{ids:?}");
        numbers(self.mapping.iter().map(|mapping| mapping.id).collect());
        numbers(self.location.iter().map(|location| location.id).collect());
        numbers(self.function.iter().map(|function| function.id).collect());
        for location in &self.location {
            assert!(!location.line.is_empty(), "it would be in no row");
            assert!((1..=self.mapping.len() as u64).contains(&location.mapping_id));
        }
        for function in &self.function {
            assert!(!self.string(function.name).is_empty(), "it would be in no row");
        }
    }

    pub(super) fn string(&self, place: i64) -> &str {
        &self.string_table[usize::try_from(place).expect("a place in the table")]
    }

    fn index(id: u64) -> usize {
        usize::try_from(id).expect("an id").checked_sub(1).expect("no id is zero")
    }

    pub(super) fn function(&self, line: &Line) -> &Function {
        &self.function[Self::index(line.function_id)]
    }

    /// The locations of a sample, innermost first.
    pub(super) fn stack(&self, sample: &Sample) -> impl Iterator<Item = &Location> {
        sample.location_id.iter().map(|&id| &self.location[Self::index(id)])
    }

    /// The names of a sample's functions, innermost first.
    pub(super) fn names(&self, sample: &Sample) -> Vec<&str> {
        let lines = self.stack(sample).flat_map(|location| &location.line);
        lines.map(|line| self.string(self.function(line).name)).collect()
    }

    /// The label of this name.
    pub(super) fn label(&self, sample: &Sample, key: &str) -> Option<Label> {
        sample.label.iter().copied().find(|label| self.string(label.key) == key)
    }

    /// The four numbers of all samples together of which this holds.
    pub(super) fn sum(&self, mut counts: impl FnMut(&Sample) -> bool) -> [i64; 4] {
        let mut sum = [0; 4];
        for sample in self.sample.iter().filter(|sample| counts(sample)) {
            sum.iter_mut().zip(&sample.value).for_each(|(sum, value)| *sum += value);
        }
        sum
    }
}
