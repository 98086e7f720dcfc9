//! Checks: what is printed on each, the list that the bank honours them by, and a workbook to print.

use super::Refused;
use super::latin::Replaced;
use super::pay::{self, Batch, FileWritten, Format, Payment, Plan};
use super::payer::{BY_WIRE, missing};
use super::run::Run;
use crate::model::Case;
use crate::model::calendar::iso;
use crate::model::register::Detail;
use crate::output::csv::plain_line;
use crate::output::folder::Folder;
use crate::output::xlsx::style::properties;
use crate::problem::Problem;
use crate::quantity::{Units, scaled_fixed};
use crate::text::money;
use rust_xlsxwriter::{Format as CellFormat, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use std::io;

/// Checks on a page of the workbook.
const ON_A_PAGE: u32 = 3;
/// Rows of a check in the workbook.
const ROWS: u32 = 11;

/// The checks of a run: what is printed on each, or the list of them that the bank is to honour.
#[derive(Clone)]
pub(crate) struct Checks<'a> {
    run: &'a Run,
    account: &'a str,
    payer: &'a str,
    first_number: u64,
    is_list: bool,
}

pub(crate) struct Check;

impl pay::Entry for Check {
    fn kind(&self) -> usize {
        0
    }

    fn replaced(&self) -> &[Replaced] {
        &[]
    }
}

impl<'a> Checks<'a> {
    /// The payer of the case's table `bank`.
    /// Errors: what is missing of it.
    pub(crate) fn new(run: &'a Run, case: &'a Case, first_number: u64) -> Result<Self, Vec<Problem>> {
        let problems = missing(&case.bank, &["name", "account"]);
        let (account, payer) = (case.bank.get("account"), case.bank.get("name"));
        if problems.is_empty() { Ok(Self { run, account, payer, first_number, is_list: false }) } else { Err(problems) }
    }

    /// Writes the files of a plan into a folder; gives the size and hash of `checks.csv`.
    pub(crate) fn fill(&self, folder: &Folder, plan: &Plan, case: &Case) -> Result<FileWritten, Refused> {
        let mut checks = folder.create("checks.csv")?;
        let written = plan.write(self.run, case, self, &mut checks)?;
        checks.finish()?;
        let mut list = folder.create("positive-pay.csv")?;
        plan.write(self.run, case, &Checks { is_list: true, ..self.clone() }, &mut list)?;
        list.finish()?;
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties("Checks", &self.run.company));
        let sheet = workbook.add_worksheet();
        prepare(sheet).map_err(io::Error::other)?;
        let mut at = 0;
        plan.each(self.run, case, |_, payments, first| {
            for (payment, number) in payments.iter().zip(first..) {
                self.show(sheet, at, payment, number).map_err(io::Error::other)?;
                at += 1;
            }
            Ok(())
        })?;
        let breaks: Vec<u32> = (1..at.div_ceil(ON_A_PAGE)).map(|page| page * ON_A_PAGE * ROWS).take(1_023).collect();
        sheet.set_page_breaks(&breaks).map_err(io::Error::other)?;
        folder.write("checks.xlsx", &workbook.save_to_buffer().map_err(io::Error::other)?)?;
        Ok(written)
    }

    fn number(&self, number: usize) -> String {
        (self.first_number + number as u64 - 1).to_string()
    }

    fn memo(&self, payment: &Payment) -> String {
        format!("{} of {}, {}", self.run.title(), self.run.date, payment.row.reference())
    }

    /// The payee's name in one line, as the check and the bank's list have it.
    fn payee(payment: &Payment) -> String {
        payment.row.payee().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A check on the workbook's sheet.
    fn show(&self, sheet: &mut Worksheet, at: u32, payment: &Payment, number: usize) -> Result<(), XlsxError> {
        let (bold, right) = (CellFormat::new().set_bold(), CellFormat::new().set_align(FormatAlign::Right));
        let amount = right.clone().set_bold().set_border(FormatBorder::Thin);
        let top = at * ROWS;
        sheet.write_string_with_format(top, 0, self.payer, &bold)?;
        sheet.write_string_with_format(top, 3, format!("No. {}", self.number(number)), &right)?;
        sheet.write_string_with_format(top + 1, 3, iso(self.run.pay_date), &right)?;
        sheet.write_string(top + 2, 0, "Pay to the order of")?;
        sheet.write_string_with_format(top + 2, 1, Self::payee(payment), &bold)?;
        let figures = format!("**{} {}", money(payment.row.amount, self.run.decimals), self.run.currency);
        sheet.write_string_with_format(top + 2, 3, figures, &amount)?;
        sheet.write_string(top + 3, 0, in_words(payment.row.amount, self.run.decimals, &self.run.currency))?;
        for (line, text) in address_lines(payment).into_iter().enumerate() {
            sheet.write_string(top + 5 + u32::try_from(line).unwrap_or(0), 1, text)?;
        }
        sheet.write_string(top + 9, 0, "Memo")?;
        sheet.write_string(top + 9, 1, self.memo(payment))?;
        Ok(())
    }
}

fn prepare(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("Checks")?.set_screen_gridlines(false).set_print_fit_to_pages(1, 0);
    for (column, width) in [(0, 20.0), (1, 44.0), (2, 4.0), (3, 24.0)] {
        sheet.set_column_width(column, width)?;
    }
    Ok(())
}

/// Street, town, state, postal code, and what the register has in one.
fn address<'p>(payment: &Payment<'p>) -> [&'p str; 5] {
    [Detail::Street, Detail::Town, Detail::State, Detail::PostalCode, Detail::Address].map(|d| payment.detail(d))
}

/// The lines of an address: the fields of it, or what the register has in one.
fn address_lines(payment: &Payment) -> Vec<String> {
    let [street, town, state, code, address] = address(payment);
    let second = [town, state, code].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let first = if street.is_empty() { address } else { street };
    let lines = [first.to_owned(), second, payment.country().to_owned()];
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

impl Format for Checks<'_> {
    type Entry<'p> = Check;

    fn kinds(&self) -> &'static [&'static str] {
        &["check"]
    }

    fn entry(&self, payment: &Payment) -> Result<Check, String> {
        match payment.row.method().as_str() {
            "check" | "cheque" => Ok(Check),
            "ach" => Err("paid by ACH: write it with --as nacha, or --as pain.001".to_owned()),
            _ => Err(BY_WIRE.to_owned()),
        }
    }

    fn batch_limit(&self) -> (Option<Units>, usize) {
        (None, usize::MAX)
    }

    fn too_much(&self, _: &[Batch]) -> Vec<Problem> {
        Vec::new()
    }

    fn begin(&self, out: &mut Vec<u8>, _: &[Batch]) {
        const LIST: &str = "account,number,date,amount,payee";
        const CHECKS: &str = "number,reference,payee,street,town,state,postal_code,country,address,amount,words,memo";
        let header = if self.is_list { LIST } else { CHECKS };
        plain_line(out, &header.split(',').collect::<Vec<_>>());
    }

    fn begin_batch(&self, _: &mut Vec<u8>, _: &Batch) {}

    fn write(&self, out: &mut Vec<u8>, _: &Check, payment: &Payment, _: &Batch, number: usize) {
        let (number, amount) = (self.number(number), scaled_fixed(payment.row.amount, self.run.decimals));
        let payee = Self::payee(payment);
        if self.is_list {
            return plain_line(out, &[self.account, &number, &iso(self.run.pay_date), &amount, &payee]);
        }
        let [street, town, state, code, address] = address(payment);
        let words = in_words(payment.row.amount, self.run.decimals, &self.run.currency);
        let (reference, country, memo) = (payment.row.reference(), payment.country(), self.memo(payment));
        plain_line(
            out,
            &[&number, reference, &payee, street, town, state, code, country, address, &amount, &words, &memo],
        );
    }

    fn end_batch(&self, _: &mut Vec<u8>, _: &Batch) {}

    fn end(&self, _: &mut Vec<u8>, _: &[Batch]) {}
}

const SMALL: &str = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen \
                     seventeen eighteen nineteen";
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const THOUSANDS: [&str; 6] = ["", " thousand", " million", " billion", " trillion", " quadrillion"];

/// `One thousand two hundred thirty-four and 56/100 dollars`.
pub(crate) fn in_words(amount: Units, decimals: u32, currency: &str) -> String {
    let scale = 10i128.pow(decimals);
    let (mut left, rest) = (amount / scale, amount % scale);
    let mut groups = Vec::new();
    for name in THOUSANDS {
        let group = usize::try_from(left % 1_000).expect("a number below a thousand");
        left /= 1_000;
        if group > 0 {
            groups.insert(0, below_thousand(group) + name);
        }
    }
    let text = if groups.is_empty() { "zero".to_owned() } else { groups.join(" ") };
    let (first, others) = text.split_at(1);
    let currency = if currency == "USD" { "dollars" } else { currency };
    let parts =
        if decimals == 0 { String::new() } else { format!(" and {rest:0width$}/{scale}", width = decimals as usize) };
    format!("{}{others}{parts} {currency}", first.to_uppercase())
}

fn below_thousand(number: usize) -> String {
    let small = |number| SMALL.split(' ').nth(number).unwrap_or_default();
    let (hundreds, rest) = (number / 100, number % 100);
    let below = match rest {
        0..20 => small(rest).to_owned(),
        _ if rest % 10 == 0 => TENS[rest / 10].to_owned(),
        _ => format!("{}-{}", TENS[rest / 10], small(rest % 10)),
    };
    match (hundreds, rest) {
        (0, _) => below,
        (_, 0) => format!("{} hundred", small(hundreds)),
        _ => format!("{} hundred {below}", small(hundreds)),
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn amounts_in_words() {
        let words = |units| in_words(units, 2, "USD");
        assert_eq!(words(123_456), "One thousand two hundred thirty-four and 56/100 dollars");
        assert_eq!(words(5), "Zero and 05/100 dollars");
        assert_eq!(words(200_000_000), "Two million and 00/100 dollars");
        assert_eq!(words(101_990), "One thousand nineteen and 90/100 dollars");
        assert_eq!(
            words(9_999_999_999),
            "Ninety-nine million nine hundred ninety-nine thousand nine hundred ninety-nine and 99/100 dollars"
        );
        assert_eq!(in_words(40_100, 0, "JPY"), "Forty thousand one hundred JPY");
        assert_eq!(in_words(1_234_567, 3, "KWD"), "One thousand two hundred thirty-four and 567/1000 KWD");
    }
}
