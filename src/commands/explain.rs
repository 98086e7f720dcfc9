//! `ratable explain`: what a problem's code means, and what to do.

use super::failure::{DONE, Failure};
use super::print;
use crate::cli::ExplainArgs;
use crate::output::problem_page::{entries, find, nearest, text};
use std::io::IsTerminal;

/// Prints the entry of each code; without a code, all codes.
/// Errors: [`Failure::Usage`] where a code is none.
pub(crate) fn explain(args: &ExplainArgs) -> Result<u8, Failure> {
    if args.codes.is_empty() {
        let codes: Vec<&str> = entries().map(|entry| entry.code).collect();
        print::line(codes.join("\n"));
        return Ok(DONE);
    }
    let found = args.codes.iter().map(|code| Ok((code, find(code).ok_or_else(|| unknown(code))?)));
    let found = found.collect::<Result<Vec<_>, Failure>>()?;
    let color = print::color() && std::io::stdout().is_terminal();
    let texts: Vec<String> = found.into_iter().map(|(code, entry)| text(code, entry, color)).collect();
    print::styled(&texts.join("\n\n"));
    Ok(DONE)
}

fn unknown(code: &str) -> Failure {
    let near = nearest(code);
    let hint = match near.as_slice() {
        [] => "ratable explain without a code lists them all.".to_owned(),
        [one] => format!("Did you mean {one}?"),
        several => format!("Did you mean one of these? {}", several.join(", ")),
    };
    Failure::Usage(format!("There is no problem with the code {code}. {hint}"))
}
