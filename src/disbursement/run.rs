//! A finished run as payments see it: its dates, its currency, and its payment instructions row by row.

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
    pub(crate) fn instructions(&self) -> Result<Instructions, Box<Problem>> {
        Instructions::read(&self.folder, self.decimals)
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

fn unreadable(place: &Place, why: impl Display) -> Box<Problem> {
    let message = format!("This file cannot be read: {why}.");
    Box::new(Problem::error("instructions.file.unreadable", place.clone(), message, RESTORE))
}

/// Rows of a piece.
const PIECE: usize = 1 << 7;
/// Columns of a row.
const COLUMNS: usize = 11;

/// Payment instructions, in order.
#[derive(Debug, Default)]
pub(crate) struct Instructions {
    /// All but the last have [`PIECE`] rows.
    pieces: Vec<Piece>,
}

/// Some rows, their texts in one.
#[derive(Debug, Default)]
struct Piece {
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
    piece: &'i Piece,
    row: usize,
    /// The amount, in smallest units.
    pub amount: Units,
}

impl Instructions {
    fn read(folder: &Path, decimals: u32) -> Result<Self, Box<Problem>> {
        let place = place(folder, INSTRUCTIONS);
        let reader = ReaderBuilder::new().buffer_capacity(1 << 16).from_path(folder.join(INSTRUCTIONS));
        let mut reader = reader.map_err(|e| unreadable(&place, e))?;
        let header = reader.headers().map_err(|e| unreadable(&place, e))?;
        if header.len() != COLUMNS || header.iter().ne(HEADER.split(',')) {
            let message = format!("These are not the columns of payment instructions: {HEADER}.");
            return Err(Box::new(Problem::error("instructions.header.differs", place, message, RESTORE)));
        }
        let (mut pieces, mut record): (Vec<Piece>, _) = (Vec::new(), StringRecord::new());
        while reader.read_record(&mut record).map_err(|e| unreadable(&place, e))? {
            let text = &record[8];
            let amount = units(text, decimals).ok_or_else(|| {
                let message = format!("amount: {text} is no amount.");
                Problem::error("instructions.amount.not-a-number", place.clone(), message, RESTORE)
            })?;
            if pieces.last().is_none_or(|piece| piece.amounts.len() == PIECE) {
                pieces.push(Piece::with_capacity_of(pieces.last()));
            }
            pieces
                .last_mut()
                .and_then(|piece| piece.push(&record, amount))
                .ok_or_else(|| unreadable(&place, "its rows have gigabytes of text"))?;
        }
        Ok(Self { pieces })
    }

    pub(crate) fn len(&self) -> usize {
        self.pieces.last().map_or(0, |last| (self.pieces.len() - 1) * PIECE + last.amounts.len())
    }

    /// The row of an index below [`Instructions::len`].
    pub(crate) fn get(&self, at: usize) -> Instruction<'_> {
        let (piece, row) = (&self.pieces[at / PIECE], at % PIECE);
        Instruction { piece, row, amount: piece.amounts[row] }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Instruction<'_>> + Clone {
        (0..self.len()).map(|at| self.get(at))
    }
}

impl Piece {
    /// One for as many rows as `other` has.
    fn with_capacity_of(other: Option<&Self>) -> Self {
        let (bytes, rows) = other.map_or((0, 0), |other| (other.text.len() * 9 / 8, other.amounts.len()));
        Self {
            text: String::with_capacity(bytes),
            ends: Vec::with_capacity(rows * COLUMNS),
            amounts: Vec::with_capacity(rows),
        }
    }

    /// Adds a row, which has as many cells as the header; none where the piece is too long.
    fn push(&mut self, record: &StringRecord, amount: Units) -> Option<()> {
        let start = self.text.len();
        self.text.push_str(record.as_slice());
        for at in 0..COLUMNS {
            self.ends.push(u32::try_from(start + record.range(at)?.end).ok()?);
        }
        self.amounts.push(amount);
        Some(())
    }
}

impl<'i> Instruction<'i> {
    fn text(&self, column: usize) -> &'i str {
        let (ends, at) = (&self.piece.ends, self.row * COLUMNS + column);
        let start = at.checked_sub(1).map_or(0, |before| ends[before] as usize);
        unguarded(&self.piece.text[start..ends[at] as usize])
    }

    /// Its reference.
    pub(crate) fn reference(&self) -> &'i str {
        self.text(0)
    }

    /// Whose payment it is.
    pub(crate) fn holder_id(&self) -> &'i str {
        self.text(1)
    }

    /// To whose name.
    pub(crate) fn payee(&self) -> &'i str {
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
    pub(crate) fn account(&self) -> &'i str {
        self.text(4)
    }

    /// At which bank.
    pub(crate) fn bank_code(&self) -> &'i str {
        self.text(5)
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
