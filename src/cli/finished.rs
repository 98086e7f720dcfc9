//! The flags of the commands that take a finished run.

use super::PrintArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Clone, Debug, Args)]
pub struct VerifyArgs {
    /// The folder that the run wrote
    pub dir: PathBuf,
    /// The run's case: make the run again from it, and compare byte for byte
    #[arg(long)]
    pub case: Option<PathBuf>,
    /// The layout that the run's statements were made from, if it was not the built-in one
    #[arg(long, value_name = "FILE.xlsx")]
    pub template: Option<PathBuf>,
    /// The earlier run that the run went on from, if it was made with --after
    #[arg(long, value_name = "RUN_DIR")]
    pub after: Option<PathBuf>,
    #[command(flatten)]
    pub print: PrintArgs,
}

#[derive(Clone, Debug, Args)]
pub struct StatementsArgs {
    /// The folder that the run wrote, such as one with --workbooks none
    #[arg(value_name = "RUN_DIR")]
    pub run: PathBuf,
    /// The run's case
    #[arg(long)]
    pub case: PathBuf,
    /// Which part: 1/3 is the first of three
    #[arg(long, value_name = "I/N")]
    pub shard: String,
    /// The folder to write
    #[arg(long, value_name = "PART")]
    pub out: PathBuf,
    /// Replace an existing folder
    #[arg(long)]
    pub force: bool,
    /// Make the statements from this layout instead of the built-in one
    #[arg(long, value_name = "FILE.xlsx")]
    pub template: Option<PathBuf>,
    /// The earlier run that the run went on from, if it was made with --after
    #[arg(long, value_name = "RUN_DIR")]
    pub after: Option<PathBuf>,
    #[command(flatten)]
    pub print: PrintArgs,
}

#[derive(Clone, Debug, Args)]
pub struct MergeArgs {
    /// The folder that the run wrote
    #[arg(value_name = "RUN_DIR")]
    pub run: PathBuf,
    /// All the parts of its statements, in any order
    #[arg(value_name = "PART", required = true)]
    pub parts: Vec<PathBuf>,
    /// The folder to write
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace an existing folder
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub print: PrintArgs,
}

/// What a bank takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BankFormat {
    /// ISO 20022 pain.001.001.09: wires, and ACH where the payer has no ACH company ID
    #[value(name = "pain.001")]
    Pain001,
    /// NACHA: ACH credits, PPD and CCD
    Nacha,
    /// A folder with checks.csv, a positive-pay list and a workbook to print
    Checks,
}

#[derive(Clone, Debug, Args)]
pub struct PayArgs {
    /// The folder that the run wrote, or the folder of a reissue
    #[arg(value_name = "RUN_DIR")]
    pub run: PathBuf,
    /// The run's case, with a table bank
    #[arg(long)]
    pub case: PathBuf,
    /// The bank's format
    #[arg(long = "as", value_enum, value_name = "FORMAT")]
    pub format_of_file: BankFormat,
    /// The file to write; with checks, the folder. What becomes of each payment is in a file of the same name with .json
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Replace an existing file
    #[arg(long)]
    pub force: bool,
    /// The time that the file says it was made, in UTC (default: 09:00 on the day of payment)
    #[arg(long, value_name = "YYYY-MM-DDTHH:MM")]
    pub created: Option<String>,
    /// The number of the first check
    #[arg(long, value_name = "N")]
    pub first_number: Option<u64>,
    /// How many different people must have approved the run as it is (see ratable approve)
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub approvals: usize,
    #[command(flatten)]
    pub print: PrintArgs,
}

/// The form of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum JournalForm {
    /// A line for each debit and credit
    Csv,
    /// For Beancount
    Beancount,
    /// For hledger
    Hledger,
}

#[derive(Clone, Debug, Args)]
pub struct JournalArgs {
    /// The folders of finished runs and of their reissues
    #[arg(value_name = "RUN_DIR", required = true)]
    pub runs: Vec<PathBuf>,
    /// The form of the journal
    #[arg(long = "as", value_enum, value_name = "FORM")]
    pub form: JournalForm,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Take the accounts' names from this case's table accounts, not from the runs
    #[arg(long)]
    pub case: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub print: PrintArgs,
}

#[derive(Clone, Debug, Args)]
pub struct TaxArgs {
    /// The folders of the year's runs
    #[arg(value_name = "RUN_DIR", required = true)]
    pub runs: Vec<PathBuf>,
    /// The runs' case
    #[arg(long)]
    pub case: PathBuf,
    /// The calendar year of payment
    #[arg(long, value_name = "Y")]
    pub year: i32,
    /// The folder to write
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace an existing folder
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub print: PrintArgs,
}

#[derive(Clone, Debug, Args)]
pub struct ApproveArgs {
    /// The folder that the run wrote
    #[arg(value_name = "RUN_DIR")]
    pub run: PathBuf,
    /// The name of the person who approves
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// What that person says, such as what was checked
    #[arg(long, value_name = "TEXT")]
    pub note: String,
    #[command(flatten)]
    pub print: PrintArgs,
}

#[derive(Clone, Debug, Args)]
pub struct ReissueArgs {
    /// The folder that the run wrote; after a reissue, the folder of the latest one
    #[arg(value_name = "RUN_DIR")]
    pub run: PathBuf,
    /// The run's case, with the holders' present details
    #[arg(long)]
    pub case: PathBuf,
    /// What became of payments, as a table: reference, status (settled, returned, stopped, void), date, reason; in addition to the case's own
    #[arg(long, value_name = "FILE")]
    pub status: Option<PathBuf>,
    /// The folder to write
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace an existing folder
    #[arg(long)]
    pub force: bool,
    /// The day on which they are paid again (default: the latest date of the statuses)
    #[arg(long, value_name = "P")]
    pub pay_date: Option<String>,
    #[command(flatten)]
    pub print: PrintArgs,
}
