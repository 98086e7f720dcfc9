//! `ratable new`: a case workbook to fill in, or one that is filled in.

use super::{Failure, Told, not_written};
use crate::cli::NewArgs;
use crate::output::folder::write_file;
use crate::output::xlsx::blank;
use crate::output::xlsx::statement::builtin;
use crate::output::xlsx::statement::fields::StatementKind;
use serde_json::json;
use std::io;
use std::path::Path;

/// The blank workbook, which a team may restyle; a test keeps it in step with the schema.
const TEMPLATE: &[u8] = include_bytes!("../../templates/case.xlsx");

/// Writes it, and says what to do with it.
/// Errors: [`Failure::Usage`] where the file is there already, or would not be called a workbook.
pub(crate) fn new(args: &NewArgs) -> Result<Told, Failure> {
    let (path, shown) = (&args.path, args.path.display().to_string());
    if args.layouts {
        return layouts(path, args.force);
    }
    if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx")) {
        return Err(Failure::Usage(format!("{shown}: the workbook's name must end in .xlsx.")));
    }
    if path.exists() && !args.force {
        return Err(Failure::Usage(format!("{shown} exists already: give --force to replace it, or another name.")));
    }
    contents(args).and_then(|bytes| write_file(path, &bytes, args.force)).map_err(not_written(path))?;
    let next = if args.example {
        format!("Try: ratable dividend {shown} --date {EXAMPLE_DATE}")
    } else {
        format!("Fill in the sheet Register (the others as needed), then: ratable check {shown}")
    };
    let value = json!({"file": shown, "problems": []});
    Ok(Told { lines: vec![shown, next], value })
}

/// Writes the layouts of statements into a folder.
fn layouts(folder: &Path, force: bool) -> Result<Told, Failure> {
    let paths = StatementKind::ALL.map(|kind| folder.join(kind.file_name()));
    if let Some(path) = paths.iter().find(|path| path.exists() && !force) {
        return Err(Failure::Usage(format!("{} exists already: give --force to replace it.", path.display())));
    }
    let write = || -> io::Result<()> {
        if !folder.is_dir() {
            std::fs::create_dir(folder)?;
        }
        for (kind, path) in StatementKind::ALL.into_iter().zip(&paths) {
            let bytes = builtin::workbook(kind, &builtin::Look::default()).map_err(io::Error::other)?;
            write_file(path, &bytes, force)?;
        }
        Ok(())
    };
    write().map_err(not_written(folder))?;
    let mut lines = paths.map(|path| path.display().to_string()).to_vec();
    let value = json!({"files": lines, "problems": []});
    lines.push(format!("Restyle one, then: ratable dividend CASE --date DATE --template {}", lines[0]));
    Ok(Told { lines, value })
}

fn contents(args: &NewArgs) -> io::Result<Vec<u8>> {
    if args.venture {
        let columns: Vec<&str> = VENTURE.split(' ').collect();
        return blank::write("Case", &columns, |_| Vec::new()).map_err(io::Error::other);
    }
    if !args.example {
        return Ok(TEMPLATE.to_vec());
    }
    blank::write("Example case", &[], example_rows).map_err(io::Error::other)
}

/// A year of a company that split its stock: the tables of `--example`, cells apart by `|`, for each table's first columns.
const EXAMPLE: &str = "\
# register
0001|Margaret Okafor|series-a|1200|2025-01-10|A-001|||0.24|412-55-0193|14 Elm Court, Dayton OH|US|\
    m.okafor@example.com||wire|004417780123|021000021
0002|Lindqvist Family Trust|series-a|850.5|2025-01-10|A-002|||0.15||Storgatan 9, Uppsala|SE||\
    Lindqvist Family Trust|wire|SE4550000000058398257466|ESSESESS
0003|Harbor Point Partners LP|series-a|400|2025-04-22|A-003|||0|38-7720145|1 Harbor Way, Boston MA|US|||wire|\
    7730018842|011000015
0003|Harbor Point Partners LP|common|250000|2019-06-03|C-003
0004|Dr. Wei Zhang|series-a|33.333333|2025-06-02|A-004|||0.1||88 Renmin Road, Shanghai|CN|||check
0005|Estate of R. Abernathy|series-a|100|2025-01-10|A-005|2025-05-30
0005|Estate of R. Abernathy|common|80000|2012-03-19|C-005||||||US||||||yes
0006|Solvang Pension Fund|series-b|5000|2021-11-15|B-001|||0||2 Fjordgata, Bergen|NO|||wire|NO9386011117947|\
    DNBANOKK
0007|Employee Stock Plan|common|1420000|2016-01-04|C-007|||0|||US
0008|The Company (treasury)|common|60000|2023-09-01|C-008||yes
# terms
company|Example Turbines, Inc.
authorized_shares|100000
common_authorized_shares|20000000
# classes
series-b|Series B Preferred Stock|senior||1|25|0||0|1|50000
# adjustments
2025-07-01|subdivision|||3:2||Three-for-two split
# declarations
2025-02-03|cash|0.02|||2025-02-28|2025-03-14|2025-02-03
2025-05-05|cash|0.025|||2025-05-30|2025-06-13|2025-05-05
2025-08-04|cash|0.02|||2025-08-29|2025-09-15|2025-08-04
# record_dates
2025-03-15|2025-02-28
2025-06-15|2025-05-30
2025-09-15|2025-08-29
# payments
2025-03-17|full|2025-03-15||paid
2025-06-16|full|2025-06-15||paid
# proceeds
2026-03-31|1250000.00|First distribution, if the company is wound up
# actions
2025-09-20|junior-dividend
2025-09-20|series-a-acquisition|series-a||||yes|||Tender offer to all holders
";

/// The quarter date to try it with.
const EXAMPLE_DATE: &str = "2025-09-15";

fn example_rows(table: &str) -> Vec<Vec<String>> {
    let from = EXAMPLE.lines().skip_while(|line| line.strip_prefix("# ") != Some(table)).skip(1);
    let rows = from.take_while(|line| !line.starts_with("# "));
    rows.map(|row| row.split('|').map(str::to_owned).collect()).collect()
}

/// The columns of `classes` that a venture-backed company fills in.
const VENTURE: &str = "class name kind ranking order original_price liquidation_preference participation participation_cap \
    conversion_ratio exercise_price dividend_rate accrued_on_conversion";
