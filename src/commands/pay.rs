//! `ratable pay`: the bank's file of a finished run.

use super::output_dir::check_file;
use super::paid_run::{self, Paid, reissues_of};
use super::{Failure, Told, output_dir, progress};
use crate::cli::{BankFormat, PayArgs};
use crate::disbursement::approvals;
use crate::disbursement::checks::Checks;
use crate::disbursement::created::Created;
use crate::disbursement::latin::Replaced;
use crate::disbursement::nacha::Nacha;
use crate::disbursement::pain001::Pain001;
use crate::disbursement::pay::already::{self, CHECKS, Other};
use crate::disbursement::pay::{FileWritten, Format, Plan, ToPay, of_format};
use crate::disbursement::run::Run;
use crate::input::{FileHash, file_name};
use crate::model::iso;
use crate::output::ahead::Ahead;
use crate::output::folder::{write_file, write_files};
use crate::output::manifest::{self, Manifest, Request};
use crate::problem::{Place, Problem};
use crate::text::{money, plural};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The largest number of a first check.
const MOST_NUMBER: u64 = 999_999_999_999;

/// `FILE.json`.
pub(crate) fn record_of(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".json");
    name.into()
}

/// Writes it, and tells what was written.
pub(crate) fn pay(args: &PayArgs) -> Result<Told, Failure> {
    let created = args.created.as_deref().map(|text| {
        let help = "write it as 2006-06-15T09:00, in UTC.";
        Created::parse(text).ok_or_else(|| Failure::Usage(format!("--created {text}: {help}")))
    });
    let created = created.transpose()?;
    let reads: [&Path; 2] = [&args.run, &args.case];
    check_file(&record_of(&args.out), args.force, &reads)?;
    if args.format_of_file == BankFormat::Checks {
        output_dir::check(&args.out, args.force, &reads)?;
    } else {
        check_file(&args.out, args.force, &reads)?;
    }
    let Paid { run, instructions, case } = paid_run::open_with_case(&args.run, &args.case, None)?;
    let created = created.unwrap_or_else(|| Created::by_default(run.pay_date));
    if args.approvals > 0 {
        approved_by(&args.run, &run.sha256, args.approvals)?;
    }
    let read = case?;
    let instructions = instructions?;
    let (run, case) = (&run, &read.case);
    let mut already = already::by_status(run, &instructions, case)?;
    for (folder, name) in reissues_of(run, &args.run, &[]) {
        already::add_reissued(&mut already, &folder, &name)?;
    }
    let (others, name) = (already::others(&record_of(&args.out), run)?, format_name(args));
    let (same, other): (Vec<&Other>, Vec<&Other>) =
        others.iter().filter(|other| other.is_of(run)).partition(|other| other.format == name);
    for other in other {
        other.add_to(&mut already);
    }
    let of = ToPay { run, instructions: &instructions, case, already: &already };
    let problems = Failure::Problems;
    progress::doing("writing the bank's file");
    match args.format_of_file {
        BankFormat::Pain001 => {
            let format = |before| Pain001::new(run, case, created, before).map_err(problems);
            let further = of_format(of, &format(0)?, &same, None)?;
            let (of, before) = of.but(further.as_ref(), same.len());
            let format = format(before)?;
            file(args, of, created, &format, &format.replaced)
        }
        BankFormat::Nacha => {
            let format = |before| Nacha::new(run, case, created, before).map_err(problems);
            let further = of_format(of, &format(0)?, &same, None)?;
            let (of, before) = of.but(further.as_ref(), same.len());
            let format = format(before)?;
            file(args, of, created, &format, &format.replaced)
        }
        BankFormat::Checks => {
            let number = args.first_number.filter(|n| (1..=MOST_NUMBER).contains(n)).ok_or_else(|| {
                Failure::Usage("--first-number: give the number of the first check, such as 1001.".to_owned())
            })?;
            let format = Checks::new(run, case, number).map_err(problems)?;
            let further = of_format(of, &format, &same, Some(number))?;
            // Of the same checks, written once more, the numbers are the same.
            let is_again = further.is_none();
            let drawn: Vec<&Other> = others.iter().filter(|other| !(is_again && other.is_of(run))).collect();
            checks(args, of.but(further.as_ref(), 0).0, &read.inputs, created, &format, &drawn)
        }
    }
}

/// Refuses a run that fewer than `wanted` people have approved as it is.
fn approved_by(folder: &Path, manifest: &str, wanted: usize) -> Result<(), Failure> {
    let found = approvals::people(&approvals::read(folder)?.list, manifest);
    if found.len() >= wanted {
        return Ok(());
    }
    let names = if found.is_empty() { "nobody".to_owned() } else { found.join(", ") };
    let people = if wanted == 1 { "1 person".to_owned() } else { format!("{wanted} people") };
    let message = format!("{people} must approve the run as it is; so far: {names}.");
    let help = format!("Have it approved: ratable approve {} --by NAME --note TEXT", folder.display());
    Err(Problem::error("approvals.people.missing", Place::file(approvals::NAME), message, help).into())
}

/// Writes the folder of checks.
fn checks(
    args: &PayArgs,
    of: ToPay,
    inputs: &[FileHash],
    created: Created,
    format: &Checks,
    others: &[&Other],
) -> Result<Told, Failure> {
    let (run, case) = (of.run, of.case);
    let plan = Plan::new(of, format)?;
    let (account, numbers) = format.numbers(plan.carried().0);
    if let Some((number, name)) = already::used(others, account, &numbers)? {
        let message = format!("--first-number: {name} has a check numbered {number} on the same account.");
        let help =
            "Give the number that the next blank check has; if those were never printed, delete them with their list.";
        return Err(Problem::error("pay.number.used", Place::command_line(), message, help).into());
    }
    let request = Request {
        command: "pay",
        arguments: ["--as", "checks", "--run", &run.sha256].map(str::to_owned).to_vec(),
        template: None,
    };
    let record = record_of(&args.out);
    let (written, value) = output_dir::write(&args.out, args.force, |folder| {
        let written = format.fill(folder, &plan)?;
        let value = head(args, run, created, &written, &[]);
        let result = json!({
            "command": request.command, "company": run.company, "currency": run.currency,
            "readings": manifest::readings(case),
        });
        manifest::json_file(folder, "result.json", &result)?;
        Manifest::new(case, &request, inputs).write(folder)?;
        let mut told = Vec::new();
        plan.tell(&mut told, value.clone())?;
        write_file(&record, &told, args.force)?;
        Ok((written, value))
    })
    .inspect_err(|_| {
        // Without --force there was none before.
        if !args.force {
            drop(std::fs::remove_file(&record));
        }
    })?;
    Ok(told(args, run, &plan, &written, value))
}

/// Writes a file in one of the formats.
fn file<F: Format>(
    args: &PayArgs,
    of: ToPay,
    created: Created,
    format: &F,
    of_payer: &[Replaced],
) -> Result<Told, Failure> {
    let plan = Plan::new(of, format)?;
    let head = |written: &FileWritten| head(args, of.run, created, written, of_payer);
    let fill = |out: &mut Ahead| plan.write(format, out);
    let tell = |written: &FileWritten, out: &mut Ahead| plan.tell(out, head(written));
    let written = write_files(&args.out, Some(&record_of(&args.out)), args.force, fill, tell);
    let not_written = |error| Failure::Machine(format!("{} was not written: {error}", args.out.display()));
    let written = written.map_err(not_written)?;
    Ok(told(args, of.run, &plan, &written, head(&written)))
}

/// The format as `FILE.json` names it.
fn format_name(args: &PayArgs) -> &'static str {
    match args.format_of_file {
        BankFormat::Pain001 => "pain.001.001.09",
        BankFormat::Nacha => "nacha",
        BankFormat::Checks => CHECKS,
    }
}

/// What `FILE.json` begins with.
fn head(args: &PayArgs, run: &Run, created: Created, written: &FileWritten, of_payer: &[Replaced]) -> Value {
    let replaced = of_payer.iter().map(|r| json!({"field": r.field, "from": r.from, "to": r.to}));
    json!({
        "tool": "ratable",
        "file": file_name(&args.out),
        "format": format_name(args),
        "run": run.sha256,
        "date": iso(run.date),
        "pay_date": iso(run.pay_date),
        "created": created.iso(),
        "currency": run.currency,
        "size": written.size,
        "sha256": written.sha256,
        "payer_replaced": replaced.collect::<Vec<_>>(),
    })
}

fn told(args: &PayArgs, run: &Run, plan: &Plan, written: &FileWritten, mut value: Value) -> Told {
    let ((count, sum), decimals) = (plan.carried(), run.decimals);
    let cash = |units| format!("{} {}", money(units, decimals), run.currency);
    let batches = plan.batches.len();
    let mut lines = vec![
        format!("{}: {} of {} in {}.", args.out.display(), plural(count, "payment"), cash(sum), in_batches(batches)),
        format!("  {} bytes, SHA-256 {}", written.size, written.sha256),
    ];
    for (reason, (count, sum)) in &plan.left {
        lines.push(format!("  Not carried: {} of {}: {reason}.", plural(*count, "payment"), cash(*sum)));
    }
    if plan.replaced > 0 {
        lines.push(format!("  {} written with other characters, or cut: see the list.", plural(plan.replaced, "text")));
    }
    if plan.elsewhere > 0 {
        let payments = plural(plan.elsewhere, "payment");
        lines.push(format!(
            "  {payments} to an account or bank that the register has changed since the run: paid as the run says."
        ));
    }
    lines.push(format!("  What becomes of each payment: {}", record_of(&args.out).display()));
    value["payments"] = json!(count);
    value["amount"] = json!(crate::quantity::scaled_fixed(sum, decimals));
    value["batches"] = json!(batches);
    value["account_changed"] = json!(plan.elsewhere);
    value["problems"] = json!([]);
    Told { lines, value }
}

fn in_batches(count: usize) -> String {
    if count == 1 { "1 batch".to_owned() } else { format!("{count} batches") }
}
