//! The profile as a file for pprof: `profile.proto`, compressed.
//!
//! What pprof makes of a file is nowhere written, so it was tried:
//!
//! - It shows the numbers as they are, so they are estimates of what there was, not of what was sampled.
//! - It looks for the program, and complains if it finds none, unless a mapping says that names are known.
//! - It knows a mangled name by the place where it stands. Names are written both ways: other tools demangle none.

use std::collections::HashMap;
use std::io::{self, Write};
use std::time::UNIX_EPOCH;

use flate2::Compression;
use flate2::write::GzEncoder;
use prost::Message;

use super::frame::{Symbol, Symbols};
use super::measure::whole;
use super::messages::{self, Function, Label, Line, Location, Mapping, Sample, ValueType};
use super::{Measure, Profile, Site, deliver};

/// The types of numbers, with their units, in the order of Go's heap profiles.
const TYPES: [(&str, &str, Measure); 4] = [
    ("alloc_objects", "count", Measure::AllocatedObjects),
    ("alloc_space", "bytes", Measure::AllocatedBytes),
    ("inuse_objects", "count", Measure::ObjectsInUse),
    ("inuse_space", "bytes", Measure::BytesInUse),
];
/// The type that is shown unless another one is asked for.
const SHOWN: &str = "inuse_space";
/// The one mapping.
const PROGRAM: u64 = 1;

impl Profile {
    /// Writes a file that `pprof` reads, and what else reads `profile.proto`, compressed with gzip.
    ///
    /// ```text
    /// go tool pprof -top heap.pb.gz
    /// go tool pprof -http=: heap.pb.gz
    /// ```
    ///
    /// It has the four numbers of a [`Site`], under the names that Go's heap profiles give them: `alloc_objects`,
    /// `alloc_space`, `inuse_objects`, `inuse_space`, of which the last is shown unless another one is asked for
    /// (`-sample_index=alloc_space`). They are estimates of what there was, rounded. Each sample has a label `bytes`, the size
    /// of an object, and a label `type`, if that is [known](Site::type_name).
    ///
    /// A stack begins with the function that has called this crate, and shows functions that the compiler has inlined. One
    /// without a name is told by its address.
    ///
    /// # Errors
    ///
    /// The writer's. A panic of it passes through. The heap does not notice either.
    ///
    /// # Cost
    ///
    /// Looks the functions up in the program's debug information, which takes long, and makes the file in memory; the
    /// writer gets it whole, is flushed, and runs while no lock is held.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::builder().profile_rate(512 << 10).build();
    /// let kept: Vec<_> = (0..100).map(|_| heap.mutate(|mc| mc.root(Gc::new(mc, [0_u64; 1000])))).collect();
    /// heap.collect()?;
    /// let path = std::env::temp_dir().join(format!("heap-{}.pb.gz", std::process::id()));
    /// heap.profile().write_pprof(std::fs::File::create(&path)?)?;
    /// # std::fs::remove_file(&path)?;
    /// # drop(kept);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write_pprof(&self, writer: impl Write) -> io::Result<()> {
        let symbols = Symbols::of(self.sites());
        let mut file = File::new();
        for site in self.sites() {
            file.add(site, &symbols);
        }
        let mut compressed = GzEncoder::new(Vec::new(), Compression::default());
        compressed.write_all(&file.finish(self).encode_to_vec())?;
        deliver(writer, &compressed.finish()?)
    }
}

/// A file that is being made.
struct File {
    message: messages::Profile,
    strings: HashMap<String, i64>,
    /// By name and file.
    functions: HashMap<(i64, i64), u64>,
    /// By address, and how many of its functions are left out.
    locations: HashMap<(usize, usize), u64>,
}

impl File {
    fn new() -> Self {
        let mut file = Self {
            message: messages::Profile::default(),
            strings: HashMap::new(),
            functions: HashMap::new(),
            locations: HashMap::new(),
        };
        file.string("");
        file
    }

    /// Adds what belongs to no site.
    fn finish(mut self, profile: &Profile) -> messages::Profile {
        self.message.sample_type = TYPES.iter().map(|(name, unit, _)| self.value_type(name, unit)).collect();
        self.message.default_sample_type = self.string(SHOWN);
        self.message.period_type = Some(self.value_type("space", "bytes"));
        self.message.period = i64::try_from(profile.rate()).unwrap_or(i64::MAX);
        let since_1970 = profile.taken.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.message.time_nanos = i64::try_from(since_1970.as_nanos()).unwrap_or(i64::MAX);
        let program = std::env::current_exe().unwrap_or_default();
        let file = self.string(&program.to_string_lossy());
        self.message.mapping = vec![Mapping {
            id: PROGRAM,
            file,
            has_functions: true,
            has_file_names: true,
            has_line_numbers: true,
            has_inline_frames: true,
        }];
        self.message
    }

    fn add(&mut self, site: &Site, symbols: &Symbols) {
        let location_id =
            symbols.callers(site).map(|(left_out, rest)| self.location(left_out, rest)).collect();
        let value = TYPES.iter().map(|(.., measure)| whole(measure.of(site))).collect();
        let (key, unit) = (self.string("bytes"), self.string("bytes"));
        let number = i64::try_from(site.object_bytes()).unwrap_or(i64::MAX);
        let mut label = vec![Label { key, number, unit, text: 0 }];
        if let Some(name) = site.type_name() {
            label.push(Label { key: self.string("type"), text: self.string(name), number: 0, unit: 0 });
        }
        self.message.sample.push(Sample { location_id, value, label });
    }

    /// The location of some functions at one address.
    fn location(&mut self, left_out: usize, symbols: &[Symbol]) -> u64 {
        let address = symbols[0].frame.address;
        if let Some(&id) = self.locations.get(&(address, left_out)) {
            return id;
        }
        let line = symbols.iter().map(|symbol| self.line(symbol)).collect();
        let id = self.message.location.len() as u64 + 1;
        // In the call, as the format wants it.
        let address_of_call = address.saturating_sub(1) as u64;
        self.message.location.push(Location { id, mapping_id: PROGRAM, address: address_of_call, line });
        self.locations.insert((address, left_out), id);
        id
    }

    fn line(&mut self, symbol: &Symbol) -> Line {
        let Symbol { frame, mangled } = symbol;
        let name = match &frame.function {
            Some(name) => self.string(name),
            None => self.string(&format!("{:#x}", frame.address)),
        };
        let system_name = mangled.as_ref().map_or(name, |mangled| self.string(mangled));
        let file = frame.file.as_ref().map_or(0, |file| self.string(file));
        let fresh = self.message.function.len() as u64 + 1;
        let function_id = *self.functions.entry((system_name, file)).or_insert(fresh);
        if function_id == fresh {
            self.message.function.push(Function { id: fresh, name, system_name, file });
        }
        Line { function_id, line: frame.line.map_or(0, i64::from) }
    }

    fn value_type(&mut self, name: &str, unit: &str) -> ValueType {
        ValueType { name: self.string(name), unit: self.string(unit) }
    }

    /// The place of a string in the table.
    fn string(&mut self, text: &str) -> i64 {
        if let Some(&place) = self.strings.get(text) {
            return place;
        }
        let place = i64::try_from(self.message.string_table.len()).expect("it fits in memory");
        self.message.string_table.push(text.to_owned());
        self.strings.insert(text.to_owned(), place);
        place
    }
}
