//! A finished run as payments see it: its dates, its currency, and its payment instructions row by row.

use super::Refused;
use crate::model::calendar::{Date, parse_iso};
use crate::output::instructions::{HEADER, NAME as INSTRUCTIONS};
use crate::output::manifest::{Manifest, NAME};
use crate::problem::{Place, Problem};
use crate::quantity::Units;
use crate::text::unguarded;
use crate::verify::finished::Finished;
use crate::verify::table::units;
use csv::{ReaderBuilder, StringRecord};
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// The command that pays again what came back.
pub(crate) const REISSUE: &str = "reissue";

/// A finished run that pays.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub folder: PathBuf,
    pub manifest: Manifest,
    /// The SHA-256 of its manifest.
    pub sha256: String,
    pub date: Date,
    pub pay_date: Date,
    pub company: String,
    pub currency: String,
    pub decimals: u32,
}

impl Run {
    /// A finished run, verified, as payments see it.
    /// Errors: That it pays nobody: another command's, or a part of one.
    pub(crate) fn new(folder: &Path, finished: Finished) -> Result<Self, Refused> {
        let Finished { manifest, sha256 } = finished;
        let pays = ["dividend", "liquidate", "exchange", REISSUE].contains(&manifest.command.as_str());
        let date = argument(&manifest, "--date").and_then(parse_iso);
        let pays = pays && manifest.part.is_none() && manifest.outputs.iter().any(|file| file.path == INSTRUCTIONS);
        let Some(date) = date.filter(|_| pays) else {
            let message = format!("This is a run of {}, which makes no payments.", manifest.command);
            let help = "Give the folder of a dividend, a liquidation, an exchange or a reissue.";
            return Err(Problem::error("run.command.pays-nobody", place(folder, NAME), message, help).into());
        };
        let pay_date = argument(&manifest, "--pay-date").and_then(parse_iso).unwrap_or(date);
        let text = |name: &str| manifest.terms[name].as_str().unwrap_or_default().to_owned();
        let decimals = manifest.terms["currency_decimals"].as_u64().and_then(|d| u32::try_from(d).ok()).unwrap_or(2);
        let (company, currency) = (text("company"), text("currency"));
        Ok(Self { folder: folder.to_owned(), sha256, date, pay_date, company, currency, decimals, manifest })
    }

    /// Whether it paid again what came back of another.
    pub(crate) fn is_reissue(&self) -> bool {
        self.manifest.command == REISSUE
    }

    /// The command of the run, or of the one that a reissue goes back to.
    pub(crate) fn first_command(&self) -> &str {
        argument(&self.manifest, "--of").unwrap_or(&self.manifest.command)
    }

    /// What a payee reads: `Dividend`, `Liquidation`, `Merger`.
    pub(crate) fn title(&self) -> &'static str {
        match self.first_command() {
            "liquidate" => "Liquidation",
            "exchange" => "Merger consideration",
            _ => "Dividend",
        }
    }

    /// Its payment instructions.
    /// Errors: That they cannot be read.
    pub(crate) fn instructions(&self) -> Result<Instructions, Refused> {
        Instructions::read(&self.folder, self.decimals)
    }
}

const RESTORE: &str = "Take the folder from a backup, or make the run again.";

/// A file of a run's folder, as a problem's place.
pub(crate) fn place(folder: &Path, file: &str) -> Place {
    Place::file(format!("{}/{file}", folder.display()))
}

/// The values that a flag had.
pub(crate) fn arguments<'m>(manifest: &'m Manifest, flag: &str) -> impl Iterator<Item = &'m str> {
    manifest.arguments.windows(2).filter(move |pair| pair[0] == flag).map(|pair| pair[1].as_str())
}

/// The value that a flag had.
pub(crate) fn argument<'m>(manifest: &'m Manifest, flag: &str) -> Option<&'m str> {
    arguments(manifest, flag).next()
}

fn unreadable(place: &Place, why: impl Display) -> Refused {
    let message = format!("This file cannot be read: {why}.");
    Problem::error("instructions.file.unreadable", place.clone(), message, RESTORE).into()
}

/// Columns of a row.
const COLUMNS: usize = 11;

/// Payment instructions, in order: all their texts in one.
#[derive(Debug, Default)]
pub(crate) struct Instructions {
    text: String,
    /// Where the cells end, row by row.
    ends: Vec<u32>,
    amounts: Vec<Units>,
}

/// How a payment is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Check,
    Ach,
    Sepa,
    /// By transfer, which any other word means.
    Wire,
}

/// A row of payment instructions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instruction<'i> {
    of: &'i Instructions,
    row: usize,
    /// The amount, in smallest units.
    pub amount: Units,
}

impl Instructions {
    fn read(folder: &Path, decimals: u32) -> Result<Self, Refused> {
        let place = place(folder, INSTRUCTIONS);
        let reader = ReaderBuilder::new().buffer_capacity(1 << 16).from_path(folder.join(INSTRUCTIONS));
        let mut reader = reader.map_err(|e| unreadable(&place, e))?;
        let header = reader.headers().map_err(|e| unreadable(&place, e))?;
        if header.len() != COLUMNS || header.iter().ne(HEADER.split(',')) {
            let message = format!("These are not the columns of payment instructions: {HEADER}.");
            return Err(Problem::error("instructions.header.differs", place, message, RESTORE).into());
        }
        let (mut read, mut record) = (Self::default(), StringRecord::new());
        while reader.read_record(&mut record).map_err(|e| unreadable(&place, e))? {
            let text = &record[8];
            let amount = units(text, decimals).ok_or_else(|| {
                let message = format!("amount: {text} is no amount.");
                Problem::error("instructions.amount.not-a-number", place.clone(), message, RESTORE)
            })?;
            read.amounts.push(amount);
            for cell in &record {
                read.text.push_str(cell);
                let end = u32::try_from(read.text.len());
                read.ends.push(end.map_err(|_| unreadable(&place, "its rows have gigabytes of text"))?);
            }
        }
        Ok(read)
    }

    pub(crate) fn len(&self) -> usize {
        self.amounts.len()
    }

    /// The row of an index below [`Instructions::len`].
    pub(crate) fn get(&self, row: usize) -> Instruction<'_> {
        Instruction { of: self, row, amount: self.amounts[row] }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Instruction<'_>> + Clone {
        (0..self.len()).map(|at| self.get(at))
    }
}

impl<'i> Instruction<'i> {
    fn text(&self, column: usize) -> &'i str {
        let (ends, at) = (&self.of.ends, self.row * COLUMNS + column);
        let start = at.checked_sub(1).map_or(0, |before| ends[before] as usize);
        unguarded(&self.of.text[start..ends[at] as usize])
    }

    pub(crate) fn reference(&self) -> &'i str {
        self.text(0)
    }

    pub(crate) fn holder_id(&self) -> &'i str {
        self.text(1)
    }

    pub(crate) fn payee(&self) -> &'i str {
        self.text(2)
    }

    pub(crate) fn method(&self) -> Method {
        let text = self.text(3).trim();
        let is = |method: &str| text.eq_ignore_ascii_case(method);
        match () {
            () if is("check") || is("cheque") => Method::Check,
            () if is("ach") => Method::Ach,
            () if is("sepa") => Method::Sepa,
            () => Method::Wire,
        }
    }

    pub(crate) fn account(&self) -> &'i str {
        self.text(4)
    }

    pub(crate) fn bank_code(&self) -> &'i str {
        self.text(5)
    }

    pub(crate) fn country(&self) -> &'i str {
        self.text(6)
    }

    /// `pay`, `held` or `none`.
    pub(crate) fn status(&self) -> &'i str {
        self.text(9)
    }

    /// Why it is held.
    pub(crate) fn reason(&self) -> &'i str {
        self.text(10)
    }
}
