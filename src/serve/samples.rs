//! The samples of `sample-data`, which the page can open without a file.

/// A sample: the folder that it would be dropped as, and its files.
pub(super) struct Sample {
    pub folder: &'static str,
    pub files: &'static [(&'static str, &'static [u8])],
}

/// A sample's files, those of its folder.
macro_rules! sample {
    ($folder:literal, $from:literal: $($file:literal)*) => {
        Sample { folder: $folder, files: &[$(($file, include_bytes!(concat!("../../sample-data/", $from, $file)))),*] }
    };
}

pub(super) fn find(name: &str) -> Option<Sample> {
    Some(match name {
        "small" => sample!("small", "small/":
            "accounts.csv" "actions.csv" "adjustments.csv" "ballots.csv" "bank.csv" "consideration.csv"
            "declarations.csv" "meetings.csv" "payments.csv" "proceeds.csv" "record_dates.csv" "register.csv" "terms.csv"),
        "capstone" => sample!("", "": "capstone.xlsx"),
        "venture" => sample!("venture", "venture/":
            "accounts.csv" "bank.csv" "classes.csv" "register.csv" "terms.csv"),
        _ => return None,
    })
}
