//! Strings of JSON.

use core::fmt;

/// A string as JSON has it, in ASCII: readers decode piece by piece, and some take the halves of a character for two.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for unit in self.0.encode_utf16() {
            match char::from_u32(u32::from(unit)) {
                Some(c @ ('"' | '\\')) => write!(f, "\\{c}")?,
                Some(c @ ' '..='~') => write!(f, "{c}")?,
                _ => write!(f, "\\u{unit:04x}")?,
            }
        }
        f.write_str("\"")
    }
}

#[cfg(test)]
mod tests {
    use super::Quoted;

    #[test]
    fn strings_are_ascii() {
        assert_eq!(Quoted("a \"b\" \\ <~>").to_string(), r#""a \"b\" \\ <~>""#);
        let odd = "\u{0}\n\u{7f}\u{e4}\u{2028}\u{1f980}";
        assert_eq!(Quoted(odd).to_string(), r#""\u0000\u000a\u007f\u00e4\u2028\ud83e\udd80""#);
    }
}
