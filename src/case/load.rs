//! Reading a case: the tables in the order in which they need each other.

use super::cell::Style;
use super::classes::OtherClasses;
use super::csv::Records;
use super::findings::Findings;
use super::hash::{Hashing, Tally};
use super::history::{ArrearsSoFar, adjustment, declaration, payment, proceeds, record_date};
use super::line::{DateFaults, Line};
use super::plans::{action, ballot, component, meeting};
use super::register::Reading;
use super::row::{Row, Rows, RowsError};
use super::schema::{
    ACTIONS, ADJUSTMENTS, ARREARS, BALLOTS, CLASSES, COLUMNS, CONSIDERATION, DECLARATIONS, MEETINGS, PAYMENTS,
    PROCEEDS, RECORD_DATES, REGISTER, TERMS, Table,
};
use super::source::{self, Found, Origin, Source, file_problem};
use super::table::{Control, HEADER_ROWS, Located, OwnHeader, find_header, match_headers};
use super::terms::GivenTerms;
use super::{Loaded, ReadOptions};
use crate::model::Case;
use crate::model::calendar::RecordDates;
use crate::model::register::Register;
use crate::problem::{Place, Problem};
use std::fs::File;
use std::io;
use std::path::Path;

/// Reads a case.
///
/// # Errors
/// A machine failure.
pub fn load(path: &Path, options: &ReadOptions) -> io::Result<Loaded> {
    let mut findings = Findings::default();
    let name = source::name(path);
    let source = source::open(path, &mut findings)?;
    let mut reader = Reader { source, options, findings, style: Style::default(), own: Vec::new(), found: Vec::new() };
    let case = reader.case(&name)?;
    let failed = reader.findings.any_error();
    let mut inputs = reader.source.inputs;
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Loaded { name, case: case.filter(|_| !failed), problems: reader.findings.into_list(), inputs })
}

struct Reader<'o> {
    source: Source,
    options: &'o ReadOptions,
    findings: Findings,
    style: Style,
    own: Vec<(&'static Table, OwnHeader)>,
    found: Vec<Located>,
}

impl Reader<'_> {
    fn case(&mut self, name: &str) -> io::Result<Option<Case>> {
        self.own_headers()?;
        let terms = self.terms()?;
        let mut others = OtherClasses::default();
        self.table(&CLASSES, |line| others.row(line, &terms))?;
        let classes = others.finish(&terms, &mut self.findings);
        let Some(register) = self.register(&classes)? else { return Ok(None) };
        let adjustments = self.events(&ADJUSTMENTS, adjustment)?;
        let declarations = self.events(&DECLARATIONS, declaration)?;
        let mut record_dates = RecordDates::default();
        self.table(&RECORD_DATES, |line| record_date(line, &terms, &mut record_dates))?;
        let payments = self.events(&PAYMENTS, |line| payment(line, &terms))?;
        let mut arrears = ArrearsSoFar::default();
        self.table(&ARREARS, |line| arrears.row(line, &terms))?;
        let proceeds = self.events(&PROCEEDS, proceeds)?;
        let consideration = self.events(&CONSIDERATION, component)?;
        let actions = self.events(&ACTIONS, |line| action(line, &classes))?;
        let meetings = self.events(&MEETINGS, meeting)?;
        let ballots = self.events(&BALLOTS, |line| ballot(line, &classes, &register))?;
        let mut case = Case {
            name: name.to_owned(),
            terms,
            classes,
            register,
            adjustments,
            declarations,
            record_dates,
            payments,
            arrears: arrears.finish(),
            proceeds,
            consideration,
            actions,
            meetings,
            ballots,
        };
        case.adjustments.sort_by_key(|a| a.effective_date);
        case.declarations.sort_by_key(|d| d.declared_date);
        case.payments.sort_by_key(|p| p.date);
        case.proceeds.sort_by_key(|p| p.date);
        super::checks::check(&case, &mut self.findings);
        Ok(Some(case))
    }

    fn own_headers(&mut self) -> io::Result<()> {
        let mut own = Vec::new();
        self.table(&COLUMNS, |line| {
            if let Some(header) = super::columns::own_header(line) {
                own.push(header);
            }
        })?;
        self.own = own;
        Ok(())
    }

    fn terms(&mut self) -> io::Result<crate::model::terms::Terms> {
        let mut given = GivenTerms::default();
        self.table(&TERMS, |line| given.row(line))?;
        for (name, value) in &self.options.set {
            given.set(name, value);
        }
        let (terms, style) = given.finish(&mut self.findings);
        super::terms::check(&terms, &mut self.findings);
        self.style = style;
        Ok(terms)
    }

    fn register(&mut self, classes: &crate::model::class::Classes) -> io::Result<Option<Register>> {
        let mut reading = Reading::new(classes);
        let located = self.stream(&REGISTER, &mut |line, control| match control {
            Some(control) => reading.control(line, control),
            None => reading.row(line),
        })?;
        Ok(located.map(|located| reading.finish(&located, &mut self.findings)))
    }

    /// Reads a table whose rows become events; a row with a problem becomes none.
    fn events<T>(&mut self, table: &'static Table, read: impl Fn(&mut Line) -> Option<T>) -> io::Result<Vec<T>> {
        let mut events = Vec::new();
        self.table(table, |line| events.extend(read(line)))?;
        Ok(events)
    }

    /// Reads a table row by row.
    fn table(&mut self, table: &'static Table, mut each: impl FnMut(&mut Line)) -> io::Result<()> {
        let mut totals = super::totals::Totals::new(table);
        self.stream(table, &mut |line, control| match control {
            Some(control) => totals.control(line, control),
            None => {
                totals.add(line);
                each(line);
            }
        })?;
        Ok(())
    }

    /// Finds a table, its header row, and hands its rows over; none where the case has no such table, or it cannot
    /// be read.
    fn stream(
        &mut self,
        table: &'static Table,
        each: &mut dyn FnMut(&mut Line, Option<Control>),
    ) -> io::Result<Option<Located>> {
        let Some(at) = self.source.tables.iter().position(|t| t.table.name == table.name) else { return Ok(None) };
        let own: Vec<OwnHeader> =
            self.own.iter().filter(|(t, _)| t.name == table.name).map(|(_, own)| own.clone()).collect();
        let Source { tables, workbooks, inputs, .. } = &mut self.source;
        let Some(found) = tables.get(at) else { return Ok(None) };
        let mut pass =
            Pass { found, own: &own, style: &self.style, findings: &mut self.findings, each, data_rows: 0, hidden: 0 };
        let result = match &found.origin {
            Origin::Csv(path) => {
                let tally = Tally::default();
                let hashing = Hashing::new(File::open(path)?, tally.clone());
                let text = super::csv::open(hashing, self.options.encoding.as_deref())?;
                let score =
                    |rows: &[Row]| rows.iter().map(|row| match_headers(table, row, &own).count()).max().unwrap_or(0);
                let result = Records::new(text, &score).and_then(|mut records| pass.run(&mut records));
                inputs.push(tally.input(&found.file));
                result
            }
            Origin::Sheet(workbook, sheet) => match workbooks.get_mut(*workbook) {
                Some(opened) => match opened.rows(*sheet) {
                    Ok(mut rows) => pass.run(rows.as_mut()),
                    Err(fault) => Err(RowsError::Content(fault)),
                },
                None => return Ok(None),
            },
        };
        match result {
            Ok(located) => {
                self.found.extend(located.clone());
                Ok(located)
            }
            Err(RowsError::Io(error)) => Err(error),
            Err(RowsError::Content(fault)) => {
                let mut problem = file_problem(&found.file, table.name, fault);
                problem.place.sheet.clone_from(&found.sheet);
                self.findings.push(problem);
                Ok(None)
            }
        }
    }
}

/// One pass over a table's rows.
struct Pass<'p> {
    found: &'p Found,
    own: &'p [OwnHeader],
    style: &'p Style,
    findings: &'p mut Findings,
    each: &'p mut dyn FnMut(&mut Line, Option<Control>),
    data_rows: usize,
    hidden: u64,
}

impl Pass<'_> {
    fn run(&mut self, rows: &mut dyn Rows) -> Result<Option<Located>, RowsError> {
        let mut first = Vec::new();
        let mut row = Row::default();
        let mut more = rows.next(&mut row)?;
        while more && row.number <= HEADER_ROWS {
            first.push(row.clone());
            more = rows.next(&mut row)?;
        }
        let Some((header, located)) = self.locate(&first) else { return Ok(None) };
        let mut faults = DateFaults::default();
        for row in first.iter().skip(header + 1) {
            self.take(&located, row, &mut faults);
        }
        while more {
            self.take(&located, &row, &mut faults);
            more = rows.next(&mut row)?;
        }
        faults.report(&located, self.findings);
        if self.hidden > 0 {
            let message = format!("{} rows are hidden, and read all the same.", self.hidden);
            let help = "Unhide them in Excel to see what they hold; delete those that are not to be read.";
            let code = format!("{}.rows.hidden", located.table.name);
            self.findings.push(Problem::note(code, self.found.place(), message, help));
        }
        Ok(Some(located))
    }

    fn take(&mut self, located: &Located, row: &Row, faults: &mut DateFaults) {
        if located.is_blank(row) {
            return;
        }
        self.hidden += u64::from(row.hidden);
        let control = located.control(row);
        if control.is_none() {
            self.data_rows += 1;
        }
        let mut line = Line {
            located,
            row,
            style: self.style,
            findings: self.findings,
            date_faults: faults,
            data_row: self.data_rows,
        };
        (self.each)(&mut line, control);
    }

    /// Finds the header row; says what is missing where there is none.
    fn locate(&mut self, first: &[Row]) -> Option<(usize, Located)> {
        let table = self.found.table;
        let best = find_header(table, first, self.own);
        let (ix, found) = match best {
            Some((ix, found)) if found.count() > 0 => (ix, found),
            _ => {
                self.no_header(first);
                return None;
            }
        };
        let row = first.get(ix)?;
        let headers = row.cells().iter().filter(|c| !row.is_blank(c));
        let located = Located {
            table,
            file: self.found.file.clone(),
            sheet: self.found.sheet.clone(),
            header_row: row.number,
            headers: headers.map(|c| (c.column, row.text(c).trim().to_owned())).collect(),
            columns: found.columns.clone(),
        };
        super::columns::report(&located, &found, self.own, self.findings).then_some((ix, located))
    }

    fn no_header(&mut self, first: &[Row]) {
        let table = self.found.table;
        if first.is_empty() && table.name != REGISTER.name {
            return;
        }
        let required: Vec<&str> = table.columns.iter().filter(|c| c.required).map(|c| c.name).collect();
        let seen: Vec<String> =
            first.iter().flat_map(|row| row.cells().iter().map(|c| row.text(c).trim().to_owned())).take(12).collect();
        let seen = if seen.is_empty() { "no text at all".to_owned() } else { seen.join(", ") };
        let message = format!(
            "No header row was found in the top {HEADER_ROWS} rows: it must have {} (found: {seen}).",
            required.join(", ")
        );
        let help =
            "Head the columns with these names, or say in the columns table which of your headers stands for which.";
        let place: Place = self.found.place();
        self.findings.push(Problem::error(format!("{}.header.missing", table.name), place, message, help));
    }
}
