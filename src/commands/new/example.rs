//! The small case of `ratable new --example`: a year of a company that split its stock.

/// The quarter date to try it with.
pub(crate) const DATE: &str = "2025-09-15";

/// The rows of a table, each with a value for each of its first columns.
pub(crate) fn rows(table: &str) -> &'static [&'static [&'static str]] {
    match table {
        "register" => REGISTER,
        "terms" => TERMS,
        "classes" => CLASSES,
        "adjustments" => ADJUSTMENTS,
        "declarations" => DECLARATIONS,
        "record_dates" => RECORD_DATES,
        "payments" => PAYMENTS,
        "proceeds" => PROCEEDS,
        "actions" => ACTIONS,
        _ => &[],
    }
}

const REGISTER: &[&[&str]] = &[
    &[
        "0001",
        "Margaret Okafor",
        "series-a",
        "1200",
        "2025-01-10",
        "A-001",
        "",
        "",
        "0.24",
        "412-55-0193",
        "14 Elm Court, Dayton OH",
        "US",
        "m.okafor@example.com",
        "",
        "wire",
        "004417780123",
        "021000021",
    ],
    &[
        "0002",
        "Lindqvist Family Trust",
        "series-a",
        "850.5",
        "2025-01-10",
        "A-002",
        "",
        "",
        "0.15",
        "",
        "Storgatan 9, Uppsala",
        "SE",
        "",
        "Lindqvist Family Trust",
        "wire",
        "SE4550000000058398257466",
        "ESSESESS",
    ],
    &[
        "0003",
        "Harbor Point Partners LP",
        "series-a",
        "400",
        "2025-04-22",
        "A-003",
        "",
        "",
        "0",
        "38-7720145",
        "1 Harbor Way, Boston MA",
        "US",
        "",
        "",
        "wire",
        "7730018842",
        "011000015",
    ],
    &["0003", "Harbor Point Partners LP", "common", "250000", "2019-06-03", "C-003"],
    &[
        "0004",
        "Dr. Wei Zhang",
        "series-a",
        "33.333333",
        "2025-06-02",
        "A-004",
        "",
        "",
        "0.1",
        "",
        "88 Renmin Road, Shanghai",
        "CN",
        "",
        "",
        "check",
    ],
    &["0005", "Estate of R. Abernathy", "series-a", "100", "2025-01-10", "A-005", "2025-05-30"],
    &[
        "0005",
        "Estate of R. Abernathy",
        "common",
        "80000",
        "2012-03-19",
        "C-005",
        "",
        "",
        "",
        "",
        "",
        "US",
        "",
        "",
        "",
        "",
        "",
        "yes",
    ],
    &[
        "0006",
        "Solvang Pension Fund",
        "series-b",
        "5000",
        "2021-11-15",
        "B-001",
        "",
        "",
        "0",
        "",
        "2 Fjordgata, Bergen",
        "NO",
        "",
        "",
        "wire",
        "NO9386011117947",
        "DNBANOKK",
    ],
    &["0007", "Employee Stock Plan", "common", "1420000", "2016-01-04", "C-007", "", "", "0", "", "", "US"],
    &["0008", "The Company (treasury)", "common", "60000", "2023-09-01", "C-008", "", "yes"],
];

const TERMS: &[&[&str]] = &[
    &["company", "Example Turbines, Inc."],
    &["authorized_shares", "100000"],
    &["common_authorized_shares", "20000000"],
];

const CLASSES: &[&[&str]] =
    &[&["series-b", "Series B Preferred Stock", "senior", "", "1", "25", "0", "", "0", "1", "50000"]];

const ADJUSTMENTS: &[&[&str]] = &[&["2025-07-01", "subdivision", "", "", "3:2", "", "Three-for-two split"]];

const DECLARATIONS: &[&[&str]] = &[
    &["2025-02-03", "cash", "0.02", "", "", "2025-02-28", "2025-03-14", "2025-02-03"],
    &["2025-05-05", "cash", "0.025", "", "", "2025-05-30", "2025-06-13", "2025-05-05"],
    &["2025-08-04", "cash", "0.02", "", "", "2025-08-29", "2025-09-15", "2025-08-04"],
];

const RECORD_DATES: &[&[&str]] =
    &[&["2025-03-15", "2025-02-28"], &["2025-06-15", "2025-05-30"], &["2025-09-15", "2025-08-29"]];

const PAYMENTS: &[&[&str]] =
    &[&["2025-03-17", "full", "2025-03-15", "", "paid"], &["2025-06-16", "full", "2025-06-15", "", "paid"]];

const PROCEEDS: &[&[&str]] = &[&["2026-03-31", "1250000.00", "First distribution, if the company is wound up"]];

const ACTIONS: &[&[&str]] = &[
    &["2025-09-20", "junior-dividend"],
    &["2025-09-20", "series-a-acquisition", "series-a", "", "", "", "yes", "", "", "Tender offer to all holders"],
];
