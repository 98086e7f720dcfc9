//! From the flags that were typed to what they mean. Below this, nothing is parsed.

use super::Failure;
use crate::cli::{Format, ReadArgs, TableArgs, WriteArgs};
use crate::input::{ReadOptions, Style, typed_header};
use crate::model::{Date, DecimalMark, parse_iso};
use crate::quantity::{CASH_LIMIT, Ratio, exact, whole};
use crate::runs::dividend::{ARREARS_CLAUSE, same_clause};
use std::path::PathBuf;

/// How cases are read and what is printed.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadPlan {
    pub cases: Vec<PathBuf>,
    /// How each is read that goes on from no earlier run.
    pub options: ReadOptions,
    /// The earlier run whose tables are brought forward.
    pub after: Option<PathBuf>,
    pub json: bool,
    pub quiet: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) enum Workbooks {
    /// Every one.
    #[default]
    All,
    None,
    Of(Vec<String>),
}

impl std::fmt::Display for Workbooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::None => f.write_str("none"),
            Self::Of(ids) => f.write_str(&ids.join(",")),
        }
    }
}

/// What a run writes, and where.
#[derive(Clone, Debug, Default)]
pub(crate) struct WritePlan {
    /// The folder; the default where none.
    pub out: Option<PathBuf>,
    pub force: bool,
    pub workbooks: Workbooks,
    /// In one zip.
    pub archive: bool,
    /// The layout of the workbooks; the built-in one where none.
    pub template: Option<PathBuf>,
    /// Whose derivation to print.
    pub explain: Option<String>,
    pub acknowledge: Vec<String>,
}

pub(crate) fn write(args: &WriteArgs) -> Result<WritePlan, Failure> {
    let refused = args.acknowledge.iter().find(|clause| !same_clause(clause, ARREARS_CLAUSE));
    if let Some(clause) = refused {
        return Err(Failure::Usage(format!(
            "--acknowledge {clause}: the clause that can stand in the way of a run is 4(a)(i); write --acknowledge '4(a)(i)'."
        )));
    }
    let WriteArgs { out, force, workbooks, archive, template, explain, acknowledge } = args.clone();
    let workbooks = self::workbooks(&workbooks)?;
    Ok(WritePlan { out, force, workbooks, archive, template, explain, acknowledge })
}

pub(crate) fn read(args: &ReadArgs) -> Result<ReadPlan, Failure> {
    Ok(ReadPlan {
        cases: args.cases.clone(),
        options: options(&args.tables)?,
        json: args.print.format == Format::Json,
        quiet: args.print.quiet,
        ..ReadPlan::default()
    })
}

pub(crate) fn options(args: &TableArgs) -> Result<ReadOptions, Failure> {
    let (set, columns) = (set(&args.set)?, columns(&args.column)?);
    Ok(ReadOptions { set, columns, encoding: encoding(args.encoding.as_deref())?, ..ReadOptions::default() })
}

/// `--set TERM=VALUE`, as often as given.
fn set(pairs: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let pair = |pair: &String| {
        let (term, value) = pair.split_once('=').filter(|(term, _)| !term.trim().is_empty()).ok_or_else(|| {
            Failure::Usage(format!("--set {pair}: write it as TERM=VALUE, such as --set reading.midpoint=half-even."))
        })?;
        Ok((term.trim().to_owned(), value.trim().to_owned()))
    };
    pairs.iter().map(pair).collect()
}

/// `--column TABLE.COLUMN=HEADER`, as often as given.
fn columns(typed: &[String]) -> Result<Vec<String>, Failure> {
    let fine = |typed: &String| typed_header(typed).map(|_| typed.clone()).map_err(Failure::Usage);
    typed.iter().map(fine).collect()
}

pub(crate) fn encoding(name: Option<&str>) -> Result<Option<String>, Failure> {
    match name.filter(|name| encoding_rs::Encoding::for_label(name.as_bytes()).is_none()) {
        Some(name) => Err(Failure::Usage(format!("--encoding {name}: no such encoding; try windows-1252 or utf-8."))),
        None => Ok(name.map(str::to_owned)),
    }
}

/// `--workbooks all|none|ID[,ID...]`.
pub(crate) fn workbooks(text: &str) -> Result<Workbooks, Failure> {
    match text.trim() {
        "all" => Ok(Workbooks::All),
        "none" => Ok(Workbooks::None),
        "" => Err(Failure::Usage("--workbooks: give all, none, or holder ids separated by commas.".to_owned())),
        ids => Ok(Workbooks::Of(ids.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect())),
    }
}

pub(crate) fn date(flag: &str, text: &str) -> Result<Date, Failure> {
    parse_iso(text.trim())
        .ok_or_else(|| Failure::Usage(format!("{flag} {text}: write the date as YYYY-MM-DD, such as 2006-06-15.")))
}

/// An amount flag, with a decimal point whatever the case's own mark: not negative, below 10^15. The currency's decimals are checked once the case is known.
pub(crate) fn amount(flag: &str, text: &str) -> Result<Ratio, Failure> {
    // Commas stand every three digits or not at all: `1234,56` is no amount, rather than a hundred times too much.
    // XXX is no currency: whose sign it would be, is not known here.
    let style = Style { decimal_mark: Some(DecimalMark::Point), currency: "XXX".to_owned(), ..Style::default() };
    let value = style.text_number(text).map_err(|_| {
        Failure::Usage(format!(
            "{flag} {text}: write the amount with a point for its decimals and without a currency, such as 250000.00 or 250,000.00."
        ))
    })?;
    if value.is_sign_negative() {
        return Err(Failure::Usage(format!("{flag} {text}: the amount cannot be negative.")));
    }
    let value = exact(value);
    if value >= whole(CASH_LIMIT) {
        return Err(Failure::Usage(format!("{flag} {text}: amounts stay below 1,000,000,000,000,000.")));
    }
    Ok(value)
}
