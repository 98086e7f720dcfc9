//! Checks: what is printed on each, the list that the bank honours them by, and a workbook to print.

use super::pay::already::POSITIVE_PAY;
use super::pay::{Batch, Entry, FileWritten, Format, Payment, Plan};
use super::payer::missing;
use super::run::{Method, Run};
use crate::model::{Case, Detail, iso};
use crate::output::csv::plain_line;
use crate::output::folder::Folder;
use crate::output::xlsx::row_height::lines;
use crate::output::xlsx::style::properties;
use crate::problem::Problem;
use crate::quantity::{Units, scaled_fixed};
use crate::text::money;
use rust_xlsxwriter::{Format as CellFormat, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use std::io;
use std::ops::Range;

/// Checks on a page of the workbook.
const ON_A_PAGE: u32 = 3;
/// How wide the column of payees is, and how many bold letters it takes.
const PAYEE_WIDTH: f64 = 44.0;
const PAYEE_LETTERS: f64 = 37.0;
/// Rows of a check in the workbook.
const ROWS: u32 = 11;

pub(crate) struct Checks<'a> {
    run: &'a Run,
    account: String,
    payer: String,
    first_number: u64,
}

impl<'a> Checks<'a> {
    /// The payer of the case's table `bank`.
    /// Errors: what is missing of it.
    pub(crate) fn new(run: &'a Run, case: &Case, first_number: u64) -> Result<Self, Vec<Problem>> {
        let problems = missing(&case.bank, &["name", "account"]);
        let (account, payer) = (case.bank.get("account").to_owned(), case.bank.get("name").to_owned());
        if problems.is_empty() { Ok(Self { run, account, payer, first_number }) } else { Err(problems) }
    }

    /// Writes the files of a plan into a folder; gives the size and hash of `checks.csv`.
    pub(crate) fn fill(&self, folder: &Folder, plan: &Plan) -> io::Result<FileWritten> {
        let mut checks = folder.create("checks.csv")?;
        let written = plan.write(self, &mut checks)?;
        checks.finish()?;
        let mut list = b"account,number,date,amount,payee\n".to_vec();
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties("Checks", &self.run.company));
        let sheet = workbook.add_worksheet();
        prepare(sheet).map_err(io::Error::other)?;
        let mut at = 0;
        for (number, payment) in plan.payments() {
            let amount = scaled_fixed(payment.row.amount, self.run.decimals);
            let (number, date, payee) = (self.number(number), iso(self.run.pay_date), Self::payee(&payment));
            plain_line(&mut list, &[&self.account, &number, &date, &amount, &payee]);
            self.show(sheet, at, &payment, &number).map_err(io::Error::other)?;
            at += 1;
        }
        folder.write(POSITIVE_PAY, &list)?;
        let breaks: Vec<u32> = (1..at.div_ceil(ON_A_PAGE)).map(|page| page * ON_A_PAGE * ROWS).take(1_023).collect();
        sheet.set_page_breaks(&breaks).map_err(io::Error::other)?;
        folder.write("checks.xlsx", &workbook.save_to_buffer().map_err(io::Error::other)?)?;
        Ok(written)
    }

    /// The account that they are drawn on, and the numbers of so many.
    pub(crate) fn numbers(&self, count: usize) -> (&str, Range<u64>) {
        (&self.account, self.first_number..self.first_number + count as u64)
    }

    fn number(&self, number: usize) -> String {
        (self.first_number + number as u64 - 1).to_string()
    }

    fn memo(&self, payment: &Payment) -> String {
        format!("{} of {}, {}", self.run.title(), iso(self.run.date), payment.row.reference())
    }

    /// The payee's name in one line, as the check and the bank's list have it.
    fn payee(payment: &Payment) -> String {
        payment.row.payee().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A check on the workbook's sheet.
    fn show(&self, sheet: &mut Worksheet, at: u32, payment: &Payment, number: &str) -> Result<(), XlsxError> {
        let (bold, right) = (CellFormat::new().set_bold(), CellFormat::new().set_align(FormatAlign::Right));
        let amount = right.clone().set_bold().set_border(FormatBorder::Thin);
        let top = at * ROWS;
        sheet.write_string_with_format(top, 0, &self.payer, &bold)?;
        sheet.write_string_with_format(top, 3, format!("No. {number}"), &right)?;
        sheet.write_string_with_format(top + 1, 3, iso(self.run.pay_date), &right)?;
        sheet.write_string(top + 2, 0, "Pay to the order of")?;
        let payee = Self::payee(payment);
        let lines = lines(&payee, PAYEE_LETTERS);
        if lines > 1 {
            sheet.set_row_height(top + 2, f64::from(15 * lines))?;
        }
        sheet.write_string_with_format(top + 2, 1, payee, &bold.set_text_wrap())?;
        let figures = format!("**{} {}", money(payment.row.amount, self.run.decimals), self.run.currency);
        sheet.write_string_with_format(top + 2, 3, figures, &amount)?;
        sheet.write_string(top + 3, 0, in_words(payment.row.amount, self.run.decimals, &self.run.currency))?;
        let address = address(payment);
        let first = if address.len() > 4 { 4 } else { 5 };
        for (row, text) in (top + first..top + 9).zip(address) {
            sheet.write_string(row, 1, text)?;
        }
        sheet.write_string(top + 9, 0, "Memo")?;
        sheet.write_string(top + 9, 1, self.memo(payment))?;
        Ok(())
    }
}

fn prepare(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("Checks")?.set_screen_gridlines(false).set_print_fit_to_pages(1, 0);
    for (column, width) in [(0, 20.0), (1, PAYEE_WIDTH), (2, 4.0), (3, 24.0)] {
        sheet.set_column_width(column, width)?;
    }
    Ok(())
}

const ADDRESS: [Detail; 5] = [Detail::Street, Detail::Town, Detail::State, Detail::PostalCode, Detail::Address];

/// The lines of an address: the fields of it, or what the register has in one.
fn address(payment: &Payment) -> Vec<String> {
    let [street, town, state, code, address] = ADDRESS.map(|detail| payment.detail(detail));
    let second = [town, state, code].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let first = if street.is_empty() { address } else { street };
    let lines = first.lines().chain([second.as_str(), payment.country()]);
    lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

impl Format for Checks<'_> {
    type Content<'p> = ();

    const KINDS: &'static [&'static str] = &["check"];

    fn entry(&self, payment: &Payment) -> Result<Entry<()>, String> {
        match payment.row.method() {
            Method::Check => Ok(Entry { kind: 0, hash: 0, said: None, replaced: Vec::new(), content: () }),
            Method::Ach => Err("paid by ACH: write it with --as nacha, or --as pain.001".to_owned()),
            Method::Sepa | Method::Wire => Err("paid by wire: write it with --as pain.001".to_owned()),
        }
    }

    fn begin(&self, out: &mut Vec<u8>, _: &[Batch]) {
        out.extend_from_slice(
            b"number,reference,payee,street,town,state,postal_code,country,address,amount,words,memo\n",
        );
    }

    fn write(&self, out: &mut Vec<u8>, (): &(), payment: &Payment, _: &Batch, number: usize) {
        let (number, payee) = (self.number(number), Self::payee(payment));
        let amount = scaled_fixed(payment.row.amount, self.run.decimals);
        let [street, town, state, code, address] = ADDRESS.map(|detail| payment.detail(detail));
        let words = in_words(payment.row.amount, self.run.decimals, &self.run.currency);
        let (reference, memo, country) = (payment.row.reference(), self.memo(payment), payment.country());
        plain_line(
            out,
            &[&number, reference, &payee, street, town, state, code, country, address, &amount, &words, &memo],
        );
    }
}

const SMALL: &str = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen \
                     sixteen seventeen eighteen nineteen";
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const THOUSANDS: [&str; 6] = ["", "thousand", "million", "billion", "trillion", "quadrillion"];

/// `One thousand two hundred thirty-four and 56/100 dollars`.
pub fn in_words(amount: Units, decimals: u32, currency: &str) -> String {
    let scale = 10i128.pow(decimals);
    let (whole, rest) = (amount / scale, amount % scale);
    let mut groups = Vec::new();
    let mut left = whole;
    for name in THOUSANDS {
        let group = usize::try_from(left % 1_000).expect("a number below a thousand");
        left /= 1_000;
        if group > 0 {
            let words = below_thousand(group);
            groups.push(if name.is_empty() { words } else { format!("{words} {name}") });
        }
    }
    groups.reverse();
    let text = if groups.is_empty() { "zero".to_owned() } else { groups.join(" ") };
    let (first, others) = text.split_at(1);
    let currency = if currency == "USD" { "dollars" } else { currency };
    let parts =
        if decimals == 0 { String::new() } else { format!(" and {rest:0width$}/{scale}", width = decimals as usize) };
    format!("{}{others}{parts} {currency}", first.to_uppercase())
}

fn below_thousand(number: usize) -> String {
    let (hundreds, rest) = (number / 100, number % 100);
    let small = |number| SMALL.split(' ').nth(number).expect("a number below twenty");
    let below = match rest {
        0 => String::new(),
        1..20 => small(rest).to_owned(),
        _ if rest % 10 == 0 => TENS[rest / 10].to_owned(),
        _ => format!("{}-{}", TENS[rest / 10], small(rest % 10)),
    };
    match (hundreds, below.is_empty()) {
        (0, _) => below,
        (_, true) => format!("{} hundred", small(hundreds)),
        (_, false) => format!("{} hundred {below}", small(hundreds)),
    }
}
