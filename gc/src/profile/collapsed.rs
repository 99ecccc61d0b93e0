//! Stacks as lines of text, for flame graphs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::frame::{Symbol, Symbols};
use super::measure::whole;
use super::{Measure, Profile, deliver};

impl Profile {
    /// Writes a line for each stack: functions, outermost first, with `;` between them, a blank, and one of the four
    /// estimates as a whole number. Tools that draw flame graphs read that: `flamegraph.pl`, `inferno-flamegraph`,
    /// speedscope.
    ///
    /// A stack ends with the first function that has called this crate, has one line whatever the sizes of its objects,
    /// and none if its number is zero. A `;` in a name is written as `:`; a function without a name by its address.
    /// Lines are sorted.
    ///
    /// # Errors
    ///
    /// The writer's. A panic of it passes through. The heap does not notice either.
    ///
    /// # Cost
    ///
    /// Looks the functions up in the program's debug information, which takes long, and makes the text in memory; the
    /// writer gets it whole, is flushed, and runs while no lock is held.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Measure};
    ///
    /// fn parse(heap: &Heap) {
    ///     heap.mutate(|mc| _ = std::hint::black_box(Gc::new(mc, [1_u64; 4])));
    /// }
    ///
    /// let heap = Heap::builder().profile_rate(1).build(); // every object, for the example
    /// parse(&heap);
    /// let mut text = Vec::new();
    /// heap.profile().write_collapsed(&mut text, Measure::AllocatedBytes)?;
    /// println!("{}", String::from_utf8_lossy(&text)); // main;program::main;program::parse;.. 32
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn write_collapsed(&self, writer: impl Write, measure: Measure) -> io::Result<()> {
        let symbols = Symbols::of(self.sites());
        let mut lines = BTreeMap::<String, f64>::new();
        for site in self.sites() {
            let functions = symbols.callers(site).flat_map(|(_, symbols)| symbols);
            let mut names: Vec<String> = functions.map(name).collect();
            names.reverse();
            if names.is_empty() {
                // Where stacks cannot be walked.
                names.push("unknown".to_owned());
            }
            *lines.entry(names.join(";")).or_default() += measure.of(site);
        }
        let mut text = String::new();
        for (stack, estimate) in lines.into_iter().filter(|&(_, estimate)| whole(estimate) != 0) {
            text.push_str(&format!("{stack} {}\n", whole(estimate)));
        }
        deliver(writer, text.as_bytes())
    }
}

fn name(symbol: &Symbol) -> String {
    let Symbol { frame, .. } = symbol;
    match &frame.function {
        Some(name) => name.replace(';', ":"),
        None => format!("{:#x}", frame.address),
    }
}
