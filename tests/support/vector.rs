//! The conformance cases as text.
//!
//! Each file of `vectors/` holds a case and what its command lines must give, in sections that begin with `==`:
//!
//! ```text
//! == case register.csv              a table of the case
//! == run 00 dividend --date 2006-06-15
//! exit 0                            then the multiple, the totals and the breakpoints of result.json
//! == file arrears.csv               a file that the run writes
//! == same arrears.csv 00            one that reads as that of run 00
//! ```

use std::collections::BTreeMap;

/// Columns whose words are the program's own.
pub const FREE: [(&str, &str); 6] = [
    ("meetings.csv", "reason"),
    ("actions.csv", "reason"),
    ("board.csv", "reason"),
    ("payment-instructions.csv", "reference"),
    ("payment-instructions.csv", "reason"),
    ("payments.csv", "note"),
];

/// One command line and what it must give.
#[derive(Default)]
pub struct Expected {
    pub line: String,
    pub exit: i32,
    pub multiple: Option<String>,
    pub totals: Vec<(String, String)>,
    /// `at what`, in order of both.
    pub breakpoints: Vec<String>,
    pub files: BTreeMap<String, String>,
}

/// A file of `vectors/`, taken apart.
#[derive(Default)]
pub struct Vector {
    pub case: Vec<(String, String)>,
    pub runs: Vec<Expected>,
}

impl Vector {
    /// Takes a file apart.
    pub fn read(text: &str) -> Self {
        let mut vector = Self::default();
        let mut sections = text.split("\n== ");
        let first = sections.next().map(|s| s.trim_start_matches("== "));
        for section in first.into_iter().chain(sections) {
            let (head, body) = section.split_once('\n').unwrap_or((section, ""));
            match *head.splitn(3, ' ').collect::<Vec<_>>().as_slice() {
                ["case", name] => vector.case.push((name.to_owned(), body.to_owned())),
                ["run", _, line] => vector.runs.push(Expected::read(line, body)),
                ["file", name] => vector.last().files.insert(name.to_owned(), body.to_owned()).map_or((), drop),
                ["same", name, of] => {
                    let of: usize = of.parse().expect("the number of a run");
                    let text = vector.runs[of].files[name].clone();
                    vector.last().files.insert(name.to_owned(), text);
                }
                _ => panic!("no such section: == {head}"),
            }
        }
        vector
    }

    fn last(&mut self) -> &mut Expected {
        self.runs.last_mut().expect("a file belongs to a run")
    }
}

impl Expected {
    fn read(line: &str, body: &str) -> Self {
        let mut expected = Self { line: line.to_owned(), ..Self::default() };
        for pair in body.lines() {
            match pair.split_once(' ').expect("a name and a value") {
                ("exit", code) => expected.exit = code.parse().expect("an exit code"),
                ("multiple", fraction) => expected.multiple = Some(fraction.to_owned()),
                ("breakpoint", point) => expected.breakpoints.push(point.to_owned()),
                (name, value) => expected.totals.push((name.to_owned(), value.to_owned())),
            }
        }
        expected.breakpoints.sort_unstable();
        expected
    }
}
