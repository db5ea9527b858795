//! Lines for the interactive loop: from a line editor when standard input is a terminal, as they come otherwise.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use pitviper::{Interpreter, Line, Lines};
use rustyline::error::ReadlineError;
use rustyline::history::MemHistory;
use rustyline::{Config, Editor};

/// Are standard input and output a terminal?
pub fn at_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Runs the loop, under a banner if that is wanted; the exit status.
pub fn run(interpreter: &Interpreter, banner: bool) -> io::Result<i32> {
    if banner {
        writeln!(io::stderr(), "{}", interpreter.banner())?;
    }
    if at_terminal() {
        let editor = Editor::with_history(Config::builder().auto_add_history(true).build(), MemHistory::new());
        interpreter.interact(&mut Terminal(editor.map_err(io::Error::other)?))
    } else {
        interpreter.interact(&mut Plain)
    }
}

/// Lines that the user edits, with a history.
struct Terminal(Editor<(), MemHistory>);

impl Lines for Terminal {
    fn read(&mut self, prompt: &str) -> io::Result<Line> {
        match self.0.readline(prompt) {
            Ok(line) => Ok(Line::Text(line)),
            Err(ReadlineError::Interrupted) => Ok(Line::Interrupted),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(ReadlineError::Io(error)) => Err(error),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

/// Lines of a file or pipe; prompts go to standard error, as CPython has it.
struct Plain;

impl Lines for Plain {
    fn read(&mut self, prompt: &str) -> io::Result<Line> {
        let mut stderr = io::stderr();
        stderr.write_all(prompt.as_bytes())?;
        stderr.flush()?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Ok(Line::End);
        }
        if line.ends_with('\n') {
            line.pop();
        }
        Ok(Line::Text(line))
    }
}
