//! The prompt: forms are read from the keyboard, over as many lines as they take.

use std::io::{self, Write};

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;
use scheme::{Failure, Session};

/// Asks for forms until there are no more. Returns the code of the process.
pub(crate) fn run(session: &Session) -> u8 {
    let mut editor = match DefaultEditor::new() {
        Ok(editor) => editor,
        Err(error) => {
            let _ = writeln!(io::stderr(), "scheme: {error}");
            return 1;
        }
    };
    let mut text = String::new();
    loop {
        match editor.readline(if text.is_empty() { "> " } else { "  " }) {
            Ok(line) => {
                text.push_str(&line);
                text.push('\n');
            }
            // What was begun is forgotten.
            Err(ReadlineError::Interrupted) => {
                text.clear();
                continue;
            }
            Err(ReadlineError::Eof) => return 0,
            Err(error) => {
                let _ = writeln!(io::stderr(), "scheme: {error}");
                return 1;
            }
        }
        if session.is_unfinished(&text) {
            continue;
        }
        // That a line is not remembered is no reason to stop.
        let _ = editor.add_history_entry(text.trim_end());
        let print = |value| _ = writeln!(io::stdout(), "{value}");
        match session.evaluate("prompt", &std::mem::take(&mut text), print) {
            Ok(()) => {}
            Err(Failure::Exit(code)) => return u8::try_from(code).unwrap_or(1),
            Err(Failure::Error(message)) => _ = writeln!(io::stderr(), "{message}"),
        }
    }
}
