//! What the command line says.

/// How the program is called.
pub(crate) const USAGE: &str = "\
scheme [--gc-stats] [--heap-limit BYTES] [FILE [ARGUMENT..]]

Runs a program; without one it asks for forms.

  --gc-stats          prints what the heap did, at the end
  --heap-limit BYTES  as a number, or with K, M or G: what objects may take";

/// What is to be done.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) help: bool,
    pub(crate) gc_stats: bool,
    pub(crate) heap_limit: Option<usize>,
    pub(crate) file: Option<String>,
    /// What the program sees: its own name first.
    pub(crate) arguments: Vec<String>,
}

impl Options {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--help" | "-h" => options.help = true,
                "--gc-stats" => options.gc_stats = true,
                "--heap-limit" => {
                    let limit = arguments.next().ok_or("`--heap-limit` needs a number of bytes")?;
                    options.heap_limit = Some(bytes(&limit)?);
                }
                unknown if unknown.starts_with('-') => return Err(format!("`{unknown}` is not known")),
                _ => {
                    options.file = Some(argument.clone());
                    options.arguments = std::iter::once(argument).chain(arguments).collect();
                    return Ok(options);
                }
            }
        }
        Ok(options)
    }
}

/// A number of bytes.
fn bytes(text: &str) -> Result<usize, String> {
    let (digits, factor) = match text.char_indices().last() {
        Some((end, 'K' | 'k')) => (&text[..end], 1 << 10),
        Some((end, 'M' | 'm')) => (&text[..end], 1 << 20),
        Some((end, 'G' | 'g')) => (&text[..end], 1 << 30),
        _ => (text, 1),
    };
    let number = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(factor));
    number.ok_or_else(|| format!("`{text}` is no number of bytes"))
}
