//! The same statements as `rust_xlsxwriter` itself writes them: what a stamped built-in layout has to equal.

use super::builtin::{LAST, Spec, begin, condition_format};
use super::fields::{Field, Group, StatementKind, single as f};
use super::{Cell, Column, Formula, Statement, Value};
use crate::output::xlsx::style::{Styles, properties};
use crate::output::xlsx::value::serial;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

/// A row of the statement: which row of the layout, and which item of its list.
type Placed = (usize, Option<u16>);

fn group_of(spec: &Spec, row: usize, kind: StatementKind) -> Group {
    let cells = spec.rows[row].cells.iter();
    cells.flat_map(|c| fields_of(c.text, kind)).map(|f| f.group).find(|g| *g != Group::Single).unwrap_or(Group::Single)
}

fn fields_of(text: &str, kind: StatementKind) -> Vec<Field> {
    let names = text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next());
    names.map(|name| Field::find(name, kind).unwrap()).collect()
}

struct Reference<'a, 's> {
    spec: Spec,
    kind: StatementKind,
    statement: &'a Statement<'s>,
    placed: Vec<Placed>,
}

impl Reference<'_, '_> {
    fn address(&self, cell: Cell) -> String {
        let name = format!("{{{{{}}}}}", cell.field.info().name);
        let item = (cell.field.group != Group::Single).then_some(cell.row);
        for (row, (at, placed)) in self.placed.iter().enumerate() {
            if *placed == item
                && let Some(found) = self.spec.rows[*at].cells.iter().find(|c| c.text == name)
            {
                return format!("{}{}", char::from(b'A' + u8::try_from(found.first).unwrap()), row + 1);
            }
        }
        panic!("{name} is not in the layout");
    }

    fn range(&self, column: Column) -> String {
        let first = self.address(Cell { field: column.field, row: column.from });
        if column.to == column.from {
            return first;
        }
        format!("{first}:{}", self.address(Cell { field: column.field, row: column.to }))
    }

    fn formula(&self, formula: Formula) -> String {
        let a = |cell| self.address(cell);
        match formula {
            Formula::Same(x) => a(x),
            Formula::Product(x, y) => format!("{}*{}", a(x), a(y)),
            Formula::RoundedProduct(x, y, d) => format!("ROUND({}*{},{d})", a(x), a(y)),
            Formula::RoundedDownProduct(x, y, d) => format!("ROUNDDOWN({}*{},{d})", a(x), a(y)),
            Formula::Sum(c) => format!("SUM({})", self.range(c)),
            Formula::RoundedSum(c, d) => format!("ROUND(SUM({}),{d})", self.range(c)),
            Formula::RoundedDownSum(c, d) => format!("ROUNDDOWN(SUM({}),{d})", self.range(c)),
            Formula::RoundedSumProduct(x, y, d) => {
                format!("ROUND(SUMPRODUCT({},{}),{d})", self.range(x), self.range(y))
            }
            Formula::Plus(x, y, d) => format!("ROUND({}+{},{d})", a(x), a(y)),
            Formula::Minus(x, y, d) => format!("ROUND({}-{},{d})", a(x), a(y)),
            Formula::Plus4([w, x, y, z], d) => format!("ROUND({}+{}+{}+{},{d})", a(w), a(x), a(y), a(z)),
            Formula::SumInCurrency { keys, currency, values, decimals } => {
                format!("ROUND(SUMIF({},{},{}),{decimals})", self.range(keys), a(currency), self.range(values))
            }
        }
    }

    fn write(&self, sheet: &mut Worksheet, at: (u32, u16), text: &str, item: Option<u16>, format: &Format) {
        let fields = fields_of(text, self.kind);
        let value = |field: Field| {
            let row = if field.group == Group::Single { 0 } else { item.unwrap() };
            self.statement.value(Cell { field, row })
        };
        let (row, column) = at;
        match fields.as_slice() {
            [field] if text == format!("{{{{{}}}}}", field.info().name) => match value(*field) {
                Value::Blank => sheet.write_blank(row, column, format),
                Value::Text(text) => sheet.write_string_with_format(row, column, text.as_ref(), format),
                Value::Number(figure) => sheet.write_number_with_format(row, column, figure.to_f64(), format),
                Value::Date(date) => {
                    sheet.write_number_with_format(row, column, f64::from(serial(*date).unwrap()), format)
                }
                Value::Live(formula, figure) => {
                    let formula = rust_xlsxwriter::Formula::new(self.formula(*formula)).set_result(figure.to_string());
                    sheet.write_formula_with_format(row, column, formula, format)
                }
            },
            _ => {
                let mut words = text.to_owned();
                for field in fields {
                    let shown = match value(field) {
                        Value::Text(text) => text.to_string(),
                        Value::Blank => String::new(),
                        _ => panic!("built-in layouts put only texts among words"),
                    };
                    words = words.replace(&format!("{{{{{}}}}}", field.info().name), &shown);
                }
                sheet.write_string_with_format(row, column, words, format)
            }
        }
        .unwrap();
    }
}

/// The workbook; row heights and the pages it takes are taken from `stamped`, the sheet that is to equal this one's.
pub(crate) fn workbook(kind: StatementKind, decimals: u32, statement: &Statement, stamped: &str) -> Vec<u8> {
    let spec = Spec::of(kind);
    let styles = Styles::new(decimals);
    let mut placed: Vec<Placed> = Vec::new();
    for at in 0..spec.rows.len() {
        match group_of(&spec, at, kind) {
            Group::Single => placed.push((at, None)),
            group => {
                let count = u16::try_from(statement.count(group).max(1)).unwrap();
                placed.extend((0..count).map(|item| (at, Some(item))));
            }
        }
    }
    let reference = Reference { spec, kind, statement, placed };
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(reference.spec.title, ""));
    let sheet = workbook.add_worksheet();
    begin(sheet, &reference.spec).unwrap();
    if stamped.contains("fitToHeight=\"0\"") {
        sheet.set_print_fit_to_pages(1, 0);
    }
    let single = |field: Field| match statement.value(Cell::single(field)) {
        Value::Text(text) => text.to_string().replace('&', "&&"),
        Value::Live(_, figure) | Value::Number(figure) => figure.to_money(statement.currency_decimals),
        _ => String::new(),
    };
    sheet.set_header(format!("&L{}&R{}", single(f::COMPANY), reference.spec.title));
    sheet.set_footer(format!("&L{}&CPage &P of &N&R{} {}", single(f::HOLDER_ID), single(f::CURRENCY), single(f::NET)));
    for (row, (at, item)) in (0u32..).zip(&reference.placed) {
        if let Some(height) = height(stamped, row + 1) {
            sheet.set_row_height(row, height).unwrap();
        }
        for cell in &reference.spec.rows[*at].cells {
            let format = styles.format(cell.style);
            if cell.first != cell.last {
                sheet.merge_range(row, cell.first, row, cell.last, "", &format).unwrap();
            }
            reference.write(sheet, (row, cell.first), cell.text, *item, &format);
        }
    }
    for condition in reference.spec.conditions(decimals) {
        let at = usize::try_from(condition.cell.0).unwrap();
        let rows: Vec<u32> = (0u32..).zip(&reference.placed).filter(|(_, p)| p.0 == at).map(|(r, _)| r).collect();
        let (first, last) = (rows[0], rows[rows.len() - 1]);
        let column = condition.cell.1;
        sheet.add_conditional_format(first, column, last, column, &condition_format(&condition, first)).unwrap();
    }
    let last = u32::try_from(reference.placed.len()).unwrap() - 1;
    sheet.set_print_area(0, 0, last, LAST).unwrap();
    workbook.save_to_buffer().unwrap()
}

/// The height of a row in a sheet's XML.
fn height(sheet: &str, row: u32) -> Option<f64> {
    let tag = sheet.split(&format!("<row r=\"{row}\"")).nth(1)?.split('>').next()?;
    tag.split(" ht=\"").nth(1)?.split('"').next()?.parse().ok()
}
