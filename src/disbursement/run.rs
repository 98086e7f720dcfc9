//! A finished run as payments see it: its dates, its currency, and its payment instructions row by row.

use super::Refused;
use crate::model::calendar::{Date, parse_iso};
use crate::output::csv::unguarded;
use crate::output::instructions::{HEADER, NAME as INSTRUCTIONS};
use crate::output::manifest::{Manifest, NAME};
use crate::problem::{Place, Problem};
use crate::quantity::Units;
use crate::verify::finished::Finished;
use crate::verify::table::units;
use csv::{ReaderBuilder, StringRecord};
use std::fs::File;
use std::path::{Path, PathBuf};

/// The command that pays again what came back.
pub(crate) const REISSUE: &str = "reissue";

/// A finished run that pays.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// Its folder.
    pub folder: PathBuf,
    /// Its manifest.
    pub manifest: Manifest,
    /// The SHA-256 of its manifest.
    pub sha256: String,
    /// Its date.
    pub date: Date,
    /// The day of payment.
    pub pay_date: Date,
    /// The company.
    pub company: String,
    /// The currency.
    pub currency: String,
    /// The currency's decimals.
    pub decimals: u32,
}

impl Run {
    /// A finished run, verified, as payments see it.
    /// Errors: That it pays nobody: another command's, or a part of one.
    pub(crate) fn new(folder: &Path, finished: Finished) -> Result<Self, Box<Problem>> {
        let Finished { manifest, sha256 } = finished;
        let pays = ["dividend", "liquidate", "exchange", REISSUE].contains(&manifest.command.as_str());
        let date = argument(&manifest, "--date").and_then(parse_iso);
        let pays = pays && manifest.part.is_none() && manifest.outputs.iter().any(|file| file.path == INSTRUCTIONS);
        let Some(date) = date.filter(|_| pays) else {
            let message = format!("This is a run of {}, which makes no payments.", manifest.command);
            let help = "Give the folder of a dividend, a liquidation, an exchange or a reissue.";
            return Err(Box::new(Problem::error("run.command.pays-nobody", place(folder, NAME), message, help)));
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

    /// What a payee reads: `Dividend`, `Liquidation`, `Merger`.
    pub(crate) fn title(&self) -> &'static str {
        match argument(&self.manifest, "--of").unwrap_or(&self.manifest.command) {
            "liquidate" => "Liquidation",
            "exchange" => "Merger consideration",
            _ => "Dividend",
        }
    }

    /// Hands its payment instructions to `each` in pieces; while it is at work on one, the next is read.
    pub(crate) fn instructions(
        &self,
        each: &mut (dyn FnMut(&[Instruction]) -> Result<(), Refused> + Send),
    ) -> Result<(), Refused> {
        let mut instructions = Instructions::open(self)?;
        // In the pool from start to end: to enter it for every piece takes time.
        rayon::scope(|_| {
            let (mut rows, mut next) = (Vec::new(), Vec::new());
            instructions.read(&mut rows)?;
            while !rows.is_empty() {
                let (done, read) = rayon::join(|| each(&rows), || instructions.read(&mut next));
                done?;
                read?;
                std::mem::swap(&mut rows, &mut next);
            }
            Ok(())
        })
    }
}

const RESTORE: &str = "Take the folder from a backup, or make the run again.";

/// A file of a run's folder, as a problem's place.
pub(crate) fn place(folder: &Path, file: &str) -> Place {
    Place::file(format!("{}/{file}", folder.display()))
}

/// The value that a flag had.
pub(crate) fn argument<'m>(manifest: &'m Manifest, flag: &str) -> Option<&'m str> {
    let mut arguments = manifest.arguments.iter().skip_while(|argument| *argument != flag).skip(1);
    arguments.next().map(String::as_str)
}

fn unreadable(place: &Place, error: &csv::Error) -> Box<Problem> {
    let message = format!("This file cannot be read: {error}.");
    Box::new(Problem::error("instructions.file.unreadable", place.clone(), message, RESTORE))
}

/// Rows that are read at a time.
const PIECE: usize = 1 << 11;

/// Payment instructions being read.
struct Instructions {
    reader: csv::Reader<File>,
    place: Place,
    decimals: u32,
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
#[derive(Clone, Debug, Default)]
pub(crate) struct Instruction {
    record: StringRecord,
    /// The amount, in smallest units.
    pub amount: Units,
}

impl Instructions {
    fn open(run: &Run) -> Result<Self, Box<Problem>> {
        let place = place(&run.folder, INSTRUCTIONS);
        let reader = ReaderBuilder::new().buffer_capacity(1 << 16).from_path(run.folder.join(INSTRUCTIONS));
        let mut reader = reader.map_err(|e| unreadable(&place, &e))?;
        let header = reader.headers().map_err(|e| unreadable(&place, &e))?;
        if header.iter().ne(HEADER.split(',')) {
            let message = format!("These are not the columns of payment instructions: {HEADER}.");
            return Err(Box::new(Problem::error("instructions.header.differs", place, message, RESTORE)));
        }
        Ok(Self { reader, place, decimals: run.decimals })
    }

    /// Reads the next piece into `rows`, whose buffers are used again; no rows are left where none come.
    fn read(&mut self, rows: &mut Vec<Instruction>) -> Result<(), Box<Problem>> {
        rows.resize_with(PIECE, Instruction::default);
        for at in 0..rows.len() {
            let row = &mut rows[at];
            if !self.reader.read_record(&mut row.record).map_err(|e| unreadable(&self.place, &e))? {
                rows.truncate(at);
                break;
            }
            let text = row.record.get(8).unwrap_or_default();
            row.amount = units(text, self.decimals).ok_or_else(|| {
                let message = format!("amount: {text} is no amount.");
                Problem::error("instructions.amount.not-a-number", self.place.clone(), message, RESTORE)
            })?;
        }
        Ok(())
    }
}

impl Instruction {
    fn text(&self, column: usize) -> &str {
        unguarded(self.record.get(column).unwrap_or_default())
    }

    /// Its reference.
    pub(crate) fn reference(&self) -> &str {
        self.text(0)
    }

    /// Whose payment it is.
    pub(crate) fn holder_id(&self) -> &str {
        self.text(1)
    }

    /// To whose name.
    pub(crate) fn payee(&self) -> &str {
        self.text(2)
    }

    /// By which method.
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

    /// To which account.
    pub(crate) fn account(&self) -> &str {
        self.text(4)
    }

    /// At which bank.
    pub(crate) fn bank_code(&self) -> &str {
        self.text(5)
    }

    /// `pay`, `held` or `none`.
    pub(crate) fn status(&self) -> &str {
        self.text(9)
    }

    /// Why it is held.
    pub(crate) fn reason(&self) -> &str {
        self.text(10)
    }
}
