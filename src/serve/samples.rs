//! The samples of `sample-data`, which the page can open without a file.

/// A sample: the folder that it would be dropped as, and its files.
pub(super) struct Sample {
    pub folder: &'static str,
    pub files: &'static [(&'static str, &'static [u8])],
}

/// The sample of that name.
pub(super) fn find(name: &str) -> Option<Sample> {
    Some(match name {
        "small" => Sample { folder: "small", files: SMALL },
        "capstone" => Sample { folder: "", files: CAPSTONE },
        "venture" => Sample { folder: "venture", files: VENTURE },
        _ => return None,
    })
}

const CAPSTONE: &[(&str, &[u8])] = &[("capstone.xlsx", include_bytes!("../../sample-data/capstone.xlsx"))];

const SMALL: &[(&str, &[u8])] = &[
    ("accounts.csv", include_bytes!("../../sample-data/small/accounts.csv")),
    ("actions.csv", include_bytes!("../../sample-data/small/actions.csv")),
    ("adjustments.csv", include_bytes!("../../sample-data/small/adjustments.csv")),
    ("ballots.csv", include_bytes!("../../sample-data/small/ballots.csv")),
    ("bank.csv", include_bytes!("../../sample-data/small/bank.csv")),
    ("consideration.csv", include_bytes!("../../sample-data/small/consideration.csv")),
    ("declarations.csv", include_bytes!("../../sample-data/small/declarations.csv")),
    ("meetings.csv", include_bytes!("../../sample-data/small/meetings.csv")),
    ("payments.csv", include_bytes!("../../sample-data/small/payments.csv")),
    ("proceeds.csv", include_bytes!("../../sample-data/small/proceeds.csv")),
    ("record_dates.csv", include_bytes!("../../sample-data/small/record_dates.csv")),
    ("register.csv", include_bytes!("../../sample-data/small/register.csv")),
    ("terms.csv", include_bytes!("../../sample-data/small/terms.csv")),
];

const VENTURE: &[(&str, &[u8])] = &[
    ("accounts.csv", include_bytes!("../../sample-data/venture/accounts.csv")),
    ("bank.csv", include_bytes!("../../sample-data/venture/bank.csv")),
    ("classes.csv", include_bytes!("../../sample-data/venture/classes.csv")),
    ("register.csv", include_bytes!("../../sample-data/venture/register.csv")),
    ("terms.csv", include_bytes!("../../sample-data/venture/terms.csv")),
];
