//! Reading a case: the tables in the order in which they need each other.

use super::asides::Control;
use super::brought_forward::{ArrearsSoFar, ByHolder, carried, is_of_run, take_over, unfit, year_to_date};
use super::canonical::{self, Canonical};
use super::cell::Style;
use super::classes::OtherClasses;
use super::columns::typed_header;
use super::history::{adjustment, declaration, payment, proceeds, record_date};
use super::marks::Settled;
use super::pass::{Pass, Sink};
use super::payments_out::{account, bank, status};
use super::plans::{action, ballot, component, director, meeting};
use super::register::Reading;
use super::schema::{
    ACCOUNTS, ACTIONS, ADJUSTMENTS, ARREARS, BALLOTS, BANK, BOARD, CARRIED_PAYMENTS, CARRY, CLASSES, COLUMNS,
    CONSIDERATION, DECLARATIONS, LEDGER, MEETINGS, PAYMENT_STATUS, PAYMENTS, PROCEEDS, RECORD_DATES, REGISTER, TABLES,
    TERMS, Table, table_key,
};
use super::source::{self, Finder, Origin, Source, file_problem};
use super::table::{OwnHeader, first_rows, most_headers};
use super::terms::GivenTerms;
use super::understood::{TableUnderstood, Understood};
use super::{Findings, Line, Loaded, Located, ReadOptions, ledger};
use crate::model::payer::PaymentStatus;
use crate::model::{Case, Classes, DecimalMark, Register, iso};
use crate::problem::{Place, Problem};
use crate::spreadsheet::csv::known_encoding;
use crate::spreadsheet::hash::Tally;
use crate::spreadsheet::{Row, RowsError};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Reads a case: a workbook, a folder with a file per table, or a lone CSV.
/// Errors: A machine failure (the file cannot be read). What is wrong with its content is in [`Loaded::problems`].
pub fn load(path: &Path, options: &ReadOptions) -> io::Result<Loaded> {
    load_settled(path, options).map(|(loaded, _)| loaded)
}

fn load_settled(path: &Path, options: &ReadOptions) -> io::Result<(Loaded, Settled)> {
    let (loaded, settled) = load_with(path, options, &Settled::new())?;
    // What a file's other numbers settle is known once it was read: it is read again, now without doubt.
    let loaded = if settled.is_empty() { loaded } else { load_with(path, options, &settled)?.0 };
    Ok((loaded, settled))
}

/// Reads a case, and gives all its tables but the register as they were understood too; none where it has problems.
pub(crate) fn load_rows(path: &Path, options: &ReadOptions) -> io::Result<(Loaded, Vec<Canonical>)> {
    let (loaded, settled) = load_settled(path, options)?;
    if loaded.case.is_none() {
        return Ok((loaded, Vec::new()));
    }
    let mut reader = Reader::open(path, options, &settled)?;
    reader.own_headers()?;
    reader.terms()?;
    let mut tables = Vec::new();
    for table in TABLES.into_iter().filter(|table| ![REGISTER.name, COLUMNS.name].contains(&table.name)) {
        let mut rows = Vec::new();
        let mut found = reader.table(table, |line| rows.extend(canonical::row(line)))?;
        if table.name == TERMS.name {
            let given: Vec<String> = rows.iter().filter_map(|row| row.first()).map(|term| table_key(term)).collect();
            let others = reader.source.terms.iter().filter(|(name, ..)| given.iter().all(|term| term != name));
            rows.extend(others.map(|(name, value, _)| vec![(*name).to_owned(), value.clone(), String::new()]));
            if let Some(as_of) = reader.source.as_of {
                rows.push(vec!["register_date".to_owned(), iso(as_of), String::new()]);
            }
            found |= !rows.is_empty();
        }
        if found {
            tables.push(Canonical { table, rows });
        }
    }
    Ok((loaded, tables))
}

fn load_with(path: &Path, options: &ReadOptions, settled: &Settled) -> io::Result<(Loaded, Settled)> {
    let name = source::name(path);
    let mut reader = Reader::open(path, options, settled)?;
    let case = reader.case(&name)?;
    let marks = std::mem::take(&mut reader.findings.marks);
    marks.contradictions().for_each(|problem| reader.findings.push(problem));
    let failed = reader.findings.any_error();
    let mut inputs = reader.source.inputs;
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    let order = |t: &TableUnderstood| TABLES.iter().position(|s| s.name == t.table);
    reader.found.sort_by_key(order);
    let understood = Understood { tables: reader.found, ignored: reader.source.ignored };
    let problems = reader.findings.into_list();
    let (case, draft) = if failed { (None, case) } else { (case, None) };
    Ok((Loaded { name, case, draft, problems, inputs, understood }, marks.settled()))
}

struct Reader<'o> {
    source: Source,
    options: &'o ReadOptions,
    settled: &'o Settled,
    findings: Findings,
    style: Style,
    own: Vec<(&'static Table, OwnHeader)>,
    found: Vec<TableUnderstood>,
}

impl<'o> Reader<'o> {
    fn open(path: &Path, options: &'o ReadOptions, settled: &'o Settled) -> io::Result<Self> {
        let mut findings = Findings::default();
        let mut source = source::open(path, options, &mut findings)?;
        if let Some(run) = &options.after {
            take_over(&mut source, run, &mut findings);
        }
        if let Some(encoding) = options.encoding.as_deref().filter(|e| !known_encoding(e)) {
            let message = format!("--encoding: there is no encoding '{encoding}'.");
            let help = "Give one such as windows-1252, iso-8859-15, utf-8 or shift_jis.";
            let problem = Problem::error("case.encoding.unknown", Place::command_line(), message, help);
            findings.push(problem.with_value(encoding));
        }
        Ok(Reader { source, options, settled, findings, style: Style::default(), own: Vec::new(), found: Vec::new() })
    }

    fn case(&mut self, name: &str) -> io::Result<Option<Case>> {
        self.own_headers()?;
        let terms = self.terms()?;
        let unfit = self.options.after.as_ref().map_or_else(Vec::new, |run| unfit(run, &terms));
        if !unfit.is_empty() {
            // What the run's own tables have would be told again, row by row.
            self.source.tables.retain(|found| !is_of_run(&found.file));
            for problem in unfit {
                self.findings.push(problem);
            }
        }
        let others = self.gathered(&CLASSES, |line, others: &mut OtherClasses| others.row(line, &terms))?;
        let classes = others.finish(&terms, &mut self.findings);
        let Some(register) = self.register(&classes)? else { return Ok(None) };
        let made = self.source.position(&REGISTER).and_then(|at| self.source.tables[at].made());
        let moved = made.into_iter().flat_map(|made| &made.moved);
        let moved = moved.filter_map(|(class, date)| Some((classes.find(class)?, *date))).collect();
        let after = self.options.after.as_ref();
        let year_to_date = after.and_then(|run| year_to_date(run, &register, &terms));
        let arrears = |line: &mut Line, so_far: &mut ArrearsSoFar| so_far.row(line, &terms, &classes);
        let carry = |line: &mut Line, carry: &mut ByHolder| carry.row(line, &register, carried);
        let small = |line: &mut Line, small: &mut ByHolder| small.row(line, &register, |line| line.cash("amount"));
        // The tables are read in this order.
        let mut case = Case {
            name: name.to_owned(),
            left_alone: self.source.ignored.clone(),
            after: after.map(|run| run.manifest_sha256.clone()),
            year_to_date: year_to_date.map(Arc::new),
            adjustments: self.events(&ADJUSTMENTS, adjustment)?,
            declarations: self.events(&DECLARATIONS, |line| declaration(line, &terms))?,
            record_dates: self.gathered(&RECORD_DATES, |line, into| record_date(line, &terms, into))?,
            payments: self.events(&PAYMENTS, payment)?,
            arrears: self.gathered(&ARREARS, arrears)?.finish(after),
            carry: Some(self.gathered(&CARRY, carry)?).filter(|_| self.has(&CARRY)).map(ByHolder::carry),
            carried_payments: self.gathered(&CARRIED_PAYMENTS, small)?.payments(),
            proceeds: self.events(&PROCEEDS, proceeds)?,
            consideration: self.events(&CONSIDERATION, component)?,
            actions: self.events(&ACTIONS, |line| action(line, &classes))?,
            meetings: self.events(&MEETINGS, meeting)?,
            ballots: self.events(&BALLOTS, |line| ballot(line, &classes, &register))?,
            board: Some(self.events(&BOARD, director)?).filter(|_| self.has(&BOARD)),
            bank: self.gathered(&BANK, bank)?,
            accounts: self.gathered(&ACCOUNTS, |line, into| account(line, &classes, into))?,
            payment_statuses: self.statuses()?,
            terms,
            classes,
            register: Arc::new(register),
            moved,
        };
        case.adjustments.sort_by_key(|a| a.effective_date);
        case.declarations.sort_by_key(|d| d.declared_date);
        case.payments.sort_by_key(|p| p.date);
        case.proceeds.sort_by_key(|p| p.date);
        super::spelling::unify(&mut case, &mut self.findings);
        super::checks::check(&case, &mut self.findings);
        Ok(Some(case))
    }

    /// The case's own table of what became of payments, then that of the file given for it.
    fn statuses(&mut self) -> io::Result<Vec<PaymentStatus>> {
        let mut statuses = self.events(&PAYMENT_STATUS, |line| status(line, true))?;
        if let Some(path) = &self.options.status {
            self.source.tables.retain(|found| found.table.name != PAYMENT_STATUS.name);
            let mut finder = Finder { source: &mut self.source, findings: &mut self.findings };
            finder.add_file(path, &PAYMENT_STATUS)?;
            statuses.extend(self.events(&PAYMENT_STATUS, |line| status(line, false))?);
        }
        Ok(statuses)
    }

    fn own_headers(&mut self) -> io::Result<()> {
        let mut own = Vec::new();
        self.table(&COLUMNS, |line| super::columns::own_header(line, &mut own))?;
        let typed: Vec<_> = self.options.columns.iter().filter_map(|typed| typed_header(typed).ok()).collect();
        own.retain(|(table, own)| !typed.iter().any(|(t, o)| t.name == table.name && o.column == own.column));
        own.extend(typed);
        self.own = own;
        Ok(())
    }

    fn terms(&mut self) -> io::Result<crate::model::terms::Terms> {
        let mut given = GivenTerms::default();
        self.table(&TERMS, |line| given.row(line))?;
        for (name, value, place) in &self.source.terms {
            given.otherwise(name, value, place);
        }
        for (name, value) in &self.options.set {
            given.set(name, value);
        }
        let (terms, style) = given.finish(&mut self.findings);
        if let (Some(_), Some(place)) = (self.source.as_of, terms.places.get("register_date")) {
            let message = "register_date: the register comes from a package, which is read as of the run's date.";
            let help = "Remove the term.";
            self.findings.error("terms.value.of-package", place.clone(), message, help);
        }
        self.style = style;
        Ok(terms)
    }

    fn register(&mut self, classes: &Classes) -> io::Result<Option<Register>> {
        let Ok(ledger) = self.ledger(classes)? else { return Ok(None) };
        let mut reading = Reading::new(classes);
        let located = self.stream(&REGISTER, Sink::Register(&mut reading))?;
        if let Some(ledger) = ledger {
            // What was read is the ledger; the register is made of it.
            self.found.retain(|found| found.table != REGISTER.name);
            self.found.push(TableUnderstood { table: REGISTER.name, ..ledger });
        }
        Ok(located.map(|located| reading.finish(&located, self.options.warned, &mut self.findings)))
    }

    /// Where the register is a ledger of transactions, puts the register that it comes to in its place; an error where it
    /// cannot be read.
    fn ledger(&mut self, classes: &Classes) -> io::Result<Result<Option<TableUnderstood>, ()>> {
        let Some(at) = self.source.position(&REGISTER) else { return Ok(Ok(None)) };
        let Source { tables, workbooks, .. } = &mut self.source;
        let score = |rows: &[Row]| most_headers(&[&REGISTER, &LEDGER], rows, &[]);
        let first = match tables[at].rows(workbooks, self.options.encoding.as_deref(), &score, None) {
            _ if matches!(tables[at].origin, Origin::Made(_)) => Vec::new(),
            Ok(mut rows) => first_rows(rows.as_mut()),
            Err(RowsError::Content(_)) => Vec::new(),
            Err(RowsError::Io(error)) => return Err(error),
        };
        if !ledger::is_ledger(&first, &self.own_of(&LEDGER)) {
            return Ok(Ok(None));
        }
        self.source.tables[at].table = &LEDGER;
        let mut reading = ledger::Reading::default();
        let located = self.stream(
            &LEDGER,
            Sink::Each(&mut |line, control| {
                if control.is_none() {
                    reading.row(line);
                }
            }),
        )?;
        let Some(located) = located else { return Ok(Err(())) };
        let understood = self.found.pop();
        let (made, as_of) = reading.finish(&located, classes, self.options.as_of, &mut self.findings);
        let message = format!("The register is a ledger of transactions, taken as of {}.", iso(as_of));
        let help = "Nothing to do if that is right; another date is given with --date.";
        self.findings.note("ledger.date.as-of", located.at(0, located.header_row), message, help);
        let found = &mut self.source.tables[at];
        (found.table, found.origin) = (&REGISTER, Origin::Made(made));
        self.own.retain(|(table, _)| table.name != REGISTER.name);
        Ok(Ok(understood))
    }

    /// The team's own headers of a table; the register's are a ledger's too.
    fn own_of(&self, table: &Table) -> Vec<OwnHeader> {
        let is_of = |of: &Table| of.name == table.name || (table.name == LEDGER.name && of.name == REGISTER.name);
        self.own.iter().filter(|(of, _)| is_of(of)).map(|(_, own)| own.clone()).collect()
    }

    /// Reads a table whose rows become events; a row with a problem becomes none.
    fn events<T: Send>(
        &mut self,
        table: &'static Table,
        read: impl Fn(&mut Line) -> Option<T> + Send + Sync,
    ) -> io::Result<Vec<T>> {
        let mut events = Vec::new();
        self.table(table, |line| events.extend(read(line)))?;
        Ok(events)
    }

    /// Reads a table whose rows come to one value.
    fn gathered<T: Default + Send>(
        &mut self,
        table: &'static Table,
        read: impl Fn(&mut Line, &mut T) + Send + Sync,
    ) -> io::Result<T> {
        let mut gathered = T::default();
        self.table(table, |line| read(line, &mut gathered))?;
        Ok(gathered)
    }

    /// Whether a table was found and read.
    fn has(&self, table: &Table) -> bool {
        self.found.iter().any(|found| found.table == table.name)
    }

    fn table(&mut self, table: &'static Table, mut each: impl FnMut(&mut Line) + Send) -> io::Result<bool> {
        let mut totals = super::totals::Totals::new(table);
        let mut take = |line: &mut Line, control: Option<&Control>| match control {
            Some(control) => totals.control(line, control),
            None => {
                totals.add(line);
                each(line);
            }
        };
        Ok(self.stream(table, Sink::Each(&mut take))?.is_some())
    }

    /// Finds a table, its header row, and hands its rows over; none where the case has no such table, or it cannot
    /// be read.
    fn stream(&mut self, table: &'static Table, sink: Sink) -> io::Result<Option<Located>> {
        let Some(at) = self.source.position(table) else { return Ok(None) };
        let own = self.own_of(table);
        let Source { tables, workbooks, inputs, .. } = &mut self.source;
        let found = &tables[at];
        let mut pass = Pass::new(found, &own, &self.style, &mut self.findings, sink);
        pass.style.decimal_mark = pass.style.decimal_mark.or_else(|| self.settled.get(&found.file).copied());
        if let Origin::Sheet(workbook, sheet) = found.origin {
            pass.merged = workbooks[workbook].merged(sheet).to_vec();
        }
        let tally = Tally::default();
        let score = |rows: &[Row]| most_headers(&[table], rows, &own);
        let rows = found.rows(workbooks, self.options.encoding.as_deref(), &score, Some(&tally));
        let result = rows.and_then(|mut rows| {
            let is_made = matches!(found.origin, Origin::Made(_));
            let has_commas = rows.records().is_some_and(|records| records.delimiter() == b',');
            if is_made || (has_commas && pass.style.decimal_mark.is_none()) {
                pass.style.decimal_mark = Some(DecimalMark::Point);
            }
            // Runs write these tables, and write numbers with a point between commas, in every case.
            let of_runs = [ARREARS.name, CARRY.name, CARRIED_PAYMENTS.name, PAYMENTS.name];
            pass.style.run_output = has_commas && of_runs.contains(&table.name);
            pass.run(rows.as_mut())
        });
        // An earlier run is known by its manifest.
        if matches!(found.origin, Origin::Csv(_)) && !is_of_run(&found.file) {
            inputs.push(tally.input(&found.file));
        }
        match result {
            Ok(located) => {
                let rows = pass.data_rows;
                self.found.extend(located.as_ref().map(|l| super::understood::table(l, rows)));
                Ok(located)
            }
            Err(RowsError::Io(error)) => Err(error),
            Err(RowsError::Content(fault)) => {
                let mut problem = file_problem(&found.file, table.name, fault);
                problem.place.sheet.clone_from(&found.sheet);
                pass.findings.push(problem);
                Ok(None)
            }
        }
    }
}
