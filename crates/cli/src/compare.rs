//! `pitviper compare`: two reports side by side.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use pv_report::{Comparison, Selection, comparison_table, read_file};

use crate::refuse;

/// Which reports to compare, and what of them.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// A report in pyperf's JSON format
    pub first: PathBuf,
    /// Another one
    pub second: PathBuf,
    /// Take only this interpreter's figures of the first report, matched by program
    #[arg(long, value_name = "INTERPRETER")]
    pub of_first: Option<String>,
    /// Take only this interpreter's figures of the second report, matched by program
    #[arg(long, value_name = "INTERPRETER")]
    pub of_second: Option<String>,
    /// End with status 1 if a benchmark is slower in the second report, its whole interval below 1
    #[arg(long)]
    pub fail_if_slower: bool,
}

/// Prints the comparison, or why there is none.
pub fn run(args: &CompareArgs) -> ExitCode {
    let comparison = match compare(args) {
        Ok(comparison) => comparison,
        Err(message) => return refuse(message),
    };
    let left = title(&args.first, args.of_first.as_deref());
    let right = title(&args.second, args.of_second.as_deref());
    print!("{}", comparison_table(&comparison, &left, &right));
    let slower = comparison.rows.iter().any(|row| row.ratio.surely_below(1.0));
    if args.fail_if_slower && slower { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

fn compare(args: &CompareArgs) -> Result<Comparison, String> {
    let first = read_file(&args.first).map_err(|error| error.to_string())?;
    let second = read_file(&args.second).map_err(|error| error.to_string())?;
    let selection = Selection { first: args.of_first.clone(), second: args.of_second.clone() };
    Comparison::new(&first, &second, &selection)
        .map_err(|error| format!("{} and {}: {error}", args.first.display(), args.second.display()))
}

fn title(file: &Path, interpreter: Option<&str>) -> String {
    match interpreter {
        None => file.display().to_string(),
        Some(interpreter) => format!("{} ({interpreter})", file.display()),
    }
}
