//! What can be typed: clap types and nothing else. `commands` turns them into plans that know no clap.

mod finished;

use clap::{Args, Parser, Subcommand, ValueEnum};
pub use finished::{
    ApproveArgs, BankFormat, JournalArgs, JournalForm, MergeArgs, PayArgs, ReissueArgs, StatementsArgs, TaxArgs,
    VerifyArgs,
};
use std::path::PathBuf;

/// What each holder of a company's stock is owed, exactly, from spreadsheets: dividends, liquidations, exits, votes.
#[derive(Debug, Parser)]
#[command(name = "ratable", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a case workbook to fill in
    #[command(after_help = "Example: ratable new company.xlsx --example")]
    New(NewArgs),
    /// Read everything and report every problem; write nothing but what --report asks for
    #[command(after_help = "Example: ratable check sample-data/capstone.xlsx --date 2006-06-15 --report problems.xlsx")]
    Check(CheckArgs),
    /// Compute the quarterly dividend of every holder, to the cent (§2)
    #[command(after_help = "Example: ratable dividend sample-data/capstone.xlsx --date 2006-06-15")]
    Dividend(DividendArgs),
    /// Compute a liquidation or the proceeds of a sale, class by class (§6)
    #[command(
        after_help = "Example: ratable liquidate sample-data/capstone.xlsx --date 2006-06-15 --proceeds 25000000"
    )]
    Liquidate(LiquidateArgs),
    /// Compute what each share is exchanged for in a merger or consolidation (§7)
    #[command(after_help = "Example: ratable exchange sample-data/capstone.xlsx --date 2006-06-15")]
    Exchange(DatedArgs),
    /// Compute voting power and tallies, and check meetings (§3, §10); --date is the voting record date
    #[command(after_help = "Example: ratable vote sample-data/capstone.xlsx --date 2006-06-15")]
    Vote(DatedArgs),
    /// Say which planned corporate actions the certificate allows (§4, §5, §8)
    #[command(after_help = "Example: ratable actions sample-data/capstone.xlsx")]
    Actions(RunArgs),
    /// Compute the cap table: shares authorised, outstanding and retired, ownership, votes (§1, §5)
    #[command(after_help = "Example: ratable captable sample-data/capstone.xlsx --date 2006-06-15")]
    Captable(DatedArgs),
    /// Process every case that is put into a folder: compute its dividend, or list its problems
    ///
    /// A case is taken once it is fully copied. Its dividend run, or the list of its problems, appears as the folder
    /// OUT/<case name>; a case that changes is processed again. Without --date, the date is the first quarter date after the last
    /// one that the case's payments or arrears cover. Ctrl-C ends it.
    #[command(after_help = "Example: ratable watch inbox --out outbox")]
    Watch(WatchArgs),
    /// Write a case in another form: an Open Cap Format package, a workbook, CSV files
    #[command(after_help = "Example: ratable convert sample-data/capstone.xlsx --to ocf --out capstone.ocf.zip")]
    Convert(ConvertArgs),
    /// Check a finished run: every file, every total and, with --case, the run itself
    #[command(after_help = "Example: ratable verify capstone-dividend-2006-06-15 --case sample-data/capstone.xlsx")]
    Verify(VerifyArgs),
    /// Write one of N parts of a finished run's statements, on any machine
    #[command(after_help = "Example: ratable statements run --case capstone.xlsx --shard 2/3 --out part-2")]
    Statements(StatementsArgs),
    /// Put a finished run and the parts of its statements together, as one run would have written them
    #[command(after_help = "Example: ratable merge run part-1 part-2 part-3 --out capstone-dividend-2006-06-15")]
    Merge(MergeArgs),
    /// Write the bank's file that pays a finished run: pain.001, NACHA, or checks with a positive-pay list
    #[command(after_help = "Example: ratable pay run --case capstone.xlsx --as pain.001 --out dividend.xml")]
    Pay(PayArgs),
    /// Record what became of a run's payments, and pay again what came back, was stopped or was held
    #[command(after_help = "Example: ratable reissue run --case capstone.xlsx --status returns.csv --out reissue-1")]
    Reissue(ReissueArgs),
    /// Write finished runs as journal entries: what was declared, paid, withheld, held and delivered
    #[command(after_help = "Example: ratable journal run reissue-1 --as beancount --out dividend.beancount")]
    Journal(JournalArgs),
    /// Write tax worksheets for a calendar year, by the boxes of Forms 1099-DIV and 1042-S; nothing is filed
    #[command(after_help = "Example: ratable tax run --case capstone.xlsx --year 2006 --out tax-2006")]
    Tax(TaxArgs),
    /// Record who approved a finished run as it is, in approvals.jsonl beside it (this is not a signature)
    #[command(after_help = "Example: ratable approve run --by Treasurer --note checked")]
    Approve(ApproveArgs),
    /// Open a page on this computer: drop a spreadsheet, see what is paid, take the files
    ///
    /// The page is for this computer alone, and for whoever has the address that is printed. A case that is dropped there lies
    /// in a private folder until its page closes, an hour passes without use, or Ctrl-C ends this.
    #[cfg(feature = "serve")]
    #[command(after_help = "Example: ratable serve --open")]
    Serve(ServeArgs),
    /// Say what a problem means and what to do, with an example; without a code, list all codes
    #[command(after_help = "Example: ratable explain register.shares.not-a-number")]
    Explain(ExplainArgs),
    /// Print a shell's completions, for its start-up file
    #[command(after_help = "Example: ratable completions bash > ~/.local/share/bash-completion/completions/ratable")]
    Completions(CompletionsArgs),
    /// Write the manual pages
    #[command(after_help = "Example: ratable man --out ~/.local/share/man/man1")]
    Man(ManArgs),
}

/// What is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Flags of every command that reads a case.
#[derive(Clone, Debug, Args)]
pub struct ReadArgs {
    /// The cases: workbooks, folders of tables, or a register in CSV
    #[arg(value_name = "CASE", required = true)]
    pub cases: Vec<PathBuf>,
    #[command(flatten)]
    pub tables: TableArgs,
    #[command(flatten)]
    pub print: PrintArgs,
}

/// How a case's tables are read.
#[derive(Clone, Debug, Args)]
pub struct TableArgs {
    /// Override a term or reading, as in reading.midpoint=half-even (can be repeated)
    #[arg(long = "set", value_name = "TERM=VALUE")]
    pub set: Vec<String>,
    /// Say which header stands for a column, as in register.shares=Holding (can be repeated)
    #[arg(long = "column", value_name = "TABLE.COLUMN=HEADER")]
    pub column: Vec<String>,
    /// Encoding of CSV files without a byte order mark, such as windows-1252 (default: UTF-8)
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
}

/// Flags of every command that works for long.
#[derive(Clone, Debug, Default, Args)]
pub struct PrintArgs {
    /// How many threads to use (default: one for each core)
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// What is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Print problems only
    #[arg(long)]
    pub quiet: bool,
}

/// Flags of every command that writes.
#[derive(Clone, Debug, Default, Args)]
pub struct WriteArgs {
    /// The folder to write (default: <case>-<command>-<date>; with several cases, a folder for each in it)
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace an existing folder
    #[arg(long)]
    pub force: bool,
    /// Which holders get a statement, which is a workbook: all, none, or ids separated by commas
    #[arg(long, value_name = "all|none|ID[,ID...]", default_value = "all")]
    pub workbooks: String,
    /// Put the statements in one file, holders.zip
    #[arg(long)]
    pub archive: bool,
    /// Make the statements from this layout instead of the built-in one
    #[arg(long, value_name = "FILE.xlsx")]
    pub template: Option<PathBuf>,
    /// Print one holder's derivation, clause by clause
    #[arg(long, value_name = "HOLDER_ID")]
    pub explain: Option<String>,
    /// Go on although this clause forbids it, such as '4(a)(i)'; recorded in every output
    #[arg(long, value_name = "CLAUSE")]
    pub acknowledge: Vec<String>,
}

/// Flags of every run of cases.
#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub write: WriteArgs,
}

#[derive(Clone, Debug, Args)]
pub struct WatchArgs {
    /// The folder into which cases are put
    pub folder: PathBuf,
    /// The folder in which dividend runs and lists of problems appear
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// The date of every dividend (default: the first quarter date that a case does not cover yet)
    #[arg(long, value_name = "D")]
    pub date: Option<String>,
    /// Stop when everything that is there has been processed
    #[arg(long)]
    pub once: bool,
    /// How long a case must be unchanged before it is taken, and how often the folder is looked at
    #[arg(long, value_name = "SECONDS", default_value = "2")]
    pub interval: String,
    #[command(flatten)]
    pub tables: TableArgs,
    /// Which holders get a statement: all or none
    #[arg(long, value_name = "all|none", default_value = "all")]
    pub workbooks: String,
    /// Put the statements in one file, holders.zip
    #[arg(long)]
    pub archive: bool,
    /// Make the statements from this layout instead of the built-in one
    #[arg(long, value_name = "FILE.xlsx")]
    pub template: Option<PathBuf>,
    #[command(flatten)]
    pub print: PrintArgs,
}

#[allow(clippy::struct_excessive_bools, reason = "each is a flag that a person types")]
#[derive(Clone, Debug, Args)]
pub struct NewArgs {
    /// The workbook to write, or the folder for layouts
    pub path: PathBuf,
    /// Write a workbook that is filled in
    #[arg(long)]
    pub example: bool,
    /// Begin the table of classes with the columns of venture stock: kind, price, participation, conversion, options
    #[arg(long, conflicts_with = "example")]
    pub venture: bool,
    /// Write the layouts of statements into a folder, to restyle and give back with --template
    #[arg(long, conflicts_with_all = ["example", "venture"])]
    pub layouts: bool,
    /// Replace an existing file
    #[arg(long)]
    pub force: bool,
    /// What is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// What a case is converted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ConvertTo {
    /// An Open Cap Format package: a folder, or a file whose name ends in .ocf.zip
    Ocf,
    /// A workbook
    Xlsx,
    /// A folder of CSV files
    Csv,
}

#[derive(Clone, Debug, Args)]
pub struct ConvertArgs {
    /// The case: a workbook, a folder of tables, a register in CSV, or an Open Cap Format package
    pub case: PathBuf,
    /// What to write
    #[arg(long, value_enum)]
    pub to: ConvertTo,
    /// The file or folder to write
    #[arg(long, value_name = "PATH")]
    pub out: PathBuf,
    /// Replace what an earlier conversion wrote
    #[arg(long)]
    pub force: bool,
    /// The date that a package is read as of, or stands as of (default: the package's own, or the register's)
    #[arg(long, value_name = "D")]
    pub date: Option<String>,
    /// Encoding of CSV files without a byte order mark, such as windows-1252 (default: UTF-8)
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    #[command(flatten)]
    pub print: PrintArgs,
}

#[cfg(feature = "serve")]
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// The port to listen on (default: any free port)
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub port: u16,
    /// Show the page in the browser
    #[arg(long)]
    pub open: bool,
}

#[derive(Clone, Debug, Args)]
pub struct ExplainArgs {
    /// Codes of problems, as check names them at its end and --format json at each problem
    #[arg(value_name = "CODE")]
    pub codes: Vec<String>,
}

#[derive(Clone, Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

#[derive(Clone, Debug, Args)]
pub struct ManArgs {
    /// The folder to write them into, which may be there already
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace pages that are there
    #[arg(long)]
    pub force: bool,
}

#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub read: ReadArgs,
    /// Check as of this date too
    #[arg(long, value_name = "D")]
    pub date: Option<String>,
    /// Write the case as a workbook with the offending cells marked and commented, and a list of all problems
    #[arg(long, value_name = "FILE.xlsx")]
    pub report: Option<PathBuf>,
    /// Replace an existing report
    #[arg(long, requires = "report")]
    pub force: bool,
}

#[derive(Clone, Debug, Args)]
pub struct DividendArgs {
    #[command(flatten)]
    pub run: RunArgs,
    /// The date of the run, such as 2006-06-15
    #[arg(long, value_name = "D")]
    pub date: String,
    /// The sum to pay on preferred stock (default: everything due)
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    pub funds: Option<String>,
    /// The day of payment that statements and payment files show (default: the date)
    #[arg(long, value_name = "P")]
    pub pay_date: Option<String>,
    /// The last dividend run's folder: its arrears and what holders carry are brought forward
    #[arg(long, value_name = "RUN_DIR")]
    pub after: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub struct LiquidateArgs {
    #[command(flatten)]
    pub run: RunArgs,
    /// The date of the distribution
    #[arg(long, value_name = "D")]
    pub date: String,
    /// The sum to distribute (default: the rows of proceeds of that date)
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    pub proceeds: Option<String>,
    /// Also show what each class would get for a range of sums
    #[arg(long, value_name = "FROM:TO:STEP")]
    pub scenarios: Option<String>,
    /// Also say the smallest sum at which a holder gets an amount in all
    #[arg(long, value_name = "HOLDER_ID=AMOUNT")]
    pub breakeven: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub struct DatedArgs {
    #[command(flatten)]
    pub run: RunArgs,
    /// The date
    #[arg(long, value_name = "D")]
    pub date: String,
}
