//! The summaries of votes, of planned actions, and of the cap table.

use super::first_sheet::{FirstSheet, control, date_fact, default_period_fact};
use super::holdings::{self, Pages, of_holders};
use super::long_table::{LongTable, total_of_shares};
use super::workbook::{self, Out};
use super::{CellValue, Summary, Table, tables};
use crate::model::{Case, ClassIx};
use crate::outcome::{ActionsOutcome, CaptableOutcome, VOTE_DECIMALS, VoteOutcome};
use crate::output::RunInfo;
use crate::output::xlsx::style::{AMBER, GREEN, RED, Style, series, series_color};
use crate::quantity::{Midpoint, Ratio, SHARE_DECIMALS, Units, power_of_ten, round_half, shares_ratio, whole};
use num_traits::ToPrimitive;
use rust_xlsxwriter::{
    Chart, ChartAxisCrossing, ChartDataLabel, ChartLegendPosition, ChartSolidFill, ChartType, XlsxError,
};
use std::io;
use std::ops::Range;

pub(crate) fn vote(case: &Case, outcome: &VoteOutcome, run: &RunInfo, out: Out) -> io::Result<()> {
    let per_share = |class: ClassIx| &outcome.votes_per_share[usize::from(class)];
    let outstanding = outcome.shares.iter().map(|class| class.shares).sum::<u128>();
    let held = outcome.rows.iter().map(|row| Units::from(row.shares.micros())).sum();
    let in_holdings = Pages::of(outcome.rows.len()).total(3, &[], held, SHARE_DECIMALS);
    let votes_style = if outcome.votes.is_integer() { Style::CountLeft } else { Style::SharesLeft };
    let arrears = &outcome.default_period.quarters_in_arrears;
    let first_sheet = FirstSheet {
        title: "Voting power, tallies and meetings",
        facts: vec![
            date_fact("Voting record date", outcome.date),
            ("Votes of a Series A share", CellValue::Exact(per_share(case.classes.series_a())), Style::PerShareLeft),
            ("Votes in all", CellValue::Exact(&outcome.votes), votes_style),
            ("Quarterly dividends in arrears", CellValue::Exact(arrears), Style::PerShareLeft),
            default_period_fact(outcome.default_period.since),
        ],
        controls: vec![control("Shares outstanding, and holdings", CellValue::shares(outstanding), in_holdings)],
        ..FirstSheet::default()
    };
    let table = of_holders(case, &outcome.rows, |row| (row.holder, row.class, row.shares.micros()))
        .wide("Votes per share", Style::Shares, 24.0, |row| votes(per_share(row.class)))
        .wide("Votes", Style::Shares, 24.0, |row| CellValue::Units(row.votes, VOTE_DECIMALS));
    let holdings = LongTable { table, totals: vec![total_of_shares(3), total_of_shares(5)] };
    workbook::write("Votes", case, out, |summary| {
        first_sheet.write(summary, run)?;
        holdings::write(summary, &holdings)?;
        classes(summary, outcome)?;
        tallies(summary, outcome)?;
        meetings(summary, outcome)?;
        board(summary, outcome)?;
        tables::adjustments(summary, &outcome.multiple)?;
        tables::derivation(summary, outcome.steps.iter().map(|step| (String::new(), step)))?;
        tables::readings(summary)
    })
}

pub(crate) fn actions(case: &Case, outcome: &ActionsOutcome, run: &RunInfo, out: Out) -> io::Result<()> {
    let prohibited = outcome.verdicts.iter().filter(|v| !v.allowed).count();
    let first_sheet = FirstSheet {
        title: "Planned actions",
        facts: vec![
            ("Planned", CellValue::count(outcome.verdicts.len()), Style::CountLeft),
            ("Prohibited", CellValue::count(prohibited), Style::CountLeft),
        ],
        ..FirstSheet::default()
    };
    let locale = case.terms.locale;
    let table = Table::of(&outcome.verdicts)
        .column("Row", Style::Shares, |v| CellValue::count(v.row))
        .column("Date", Style::Date, |v| CellValue::Date(v.date))
        .wide("Action", Style::Text, 30.0, |v| CellValue::text(v.action))
        .column("Verdict", Style::Text, |v| CellValue::text(if v.allowed { "allowed" } else { "prohibited" }))
        .column("Clause", Style::Text, |v| CellValue::text(v.clauses.join(", ")))
        .wide("Why", Style::Text, 70.0, move |v| CellValue::text(locale.in_words(&v.reason)));
    workbook::write("Planned actions", case, out, |summary| {
        first_sheet.write(summary, run)?;
        let marks = [(3, "prohibited", RED), (3, "allowed", GREEN)];
        summary.table(("Actions", "What the Certificate allows (4, 5, 8)"), &table, &marks)?;
        tables::readings(summary)
    })
}

pub(crate) fn captable(case: &Case, outcome: &CaptableOutcome, run: &RunInfo, out: Out) -> io::Result<()> {
    let outstanding = outcome.rows.iter().map(|r| r.outstanding).sum::<u128>();
    let all_votes = outcome.rows.iter().fold(whole(0), |sum, r| sum + &r.votes);
    let fully_diluted = outcome.rows.iter().fold(whole(0), |sum, r| sum + &r.fully_diluted);
    // The table begins in row 5 of its sheet.
    let sum = |column: &str, value: CellValue<'static>| {
        let (units, decimals) = value.figure().expect("shares and votes are figures");
        let last = 4 + outcome.rows.len();
        let formula = format!("ROUND(SUM('Cap table'!{column}5:{column}{last}),{decimals})");
        CellValue::computed(Some(formula).filter(|_| !outcome.rows.is_empty()), units, decimals)
    };
    let first_sheet = FirstSheet {
        title: "Cap table",
        facts: vec![
            date_fact("Date", outcome.date),
            ("Multiple", CellValue::Exact(&outcome.multiple.value), Style::PerShareLeft),
            ("Fully diluted shares", votes(&fully_diluted), Style::SharesLeft),
        ],
        controls: vec![
            control(
                "Shares outstanding: in all, and by class",
                CellValue::shares(outcome.shares),
                sum("C", CellValue::shares(outstanding)),
            ),
            control("Votes: in all, and by class", votes(&outcome.votes), sum("F", votes(&all_votes))),
        ],
        ..FirstSheet::default()
    };
    workbook::write("Cap table", case, out, |summary| {
        first_sheet.write(summary, run)?;
        let about = "Authorised, outstanding, retired; ownership and votes (1, 3, 5)";
        let table = Table::of(&outcome.rows)
            .wide("Class", Style::Text, 44.0, |r| CellValue::class(case, r.class))
            .column("Authorised", Style::Shares, |r| r.authorized.map_or(CellValue::Blank, CellValue::shares))
            .column("Outstanding", Style::Shares, |r| CellValue::shares(r.outstanding))
            .column("Retired", Style::Shares, |r| CellValue::shares(r.retired))
            .column("Available", Style::Shares, |r| r.available.map_or(CellValue::Blank, CellValue::shares))
            .column("Votes", Style::Shares, |r| votes(&r.votes))
            .column("Ownership %", Style::Shares, |r| votes(&r.ownership_percent))
            .column("Votes %", Style::Shares, |r| votes(&r.vote_percent))
            .column("Fully diluted", Style::Shares, |r| votes(&r.fully_diluted))
            .column("Fully diluted %", Style::Shares, |r| votes(&r.fully_diluted_percent));
        let content = summary.table(("Cap table", about), &table, &[])?;
        if !content.is_empty() {
            let mut chart = bars("Ownership and votes, %", "Cap table", &content, &[(6, "Ownership"), (7, "Votes")]);
            chart.x_axis().set_max(100);
            summary.chart("Ownership chart", "Ownership and votes by class, drawn", &mut chart)?;
        }
        tables::adjustments(summary, &outcome.multiple)?;
        tables::readings(summary)
    })
}

/// Votes or a percentage to 6 decimals, half-even, as the CSV files show them.
fn votes<'a>(value: &Ratio) -> CellValue<'a> {
    let millionths = round_half(&(value * power_of_ten(SHARE_DECIMALS)), Midpoint::HalfEven);
    CellValue::shares(millionths.to_i128().expect("votes are far fewer than 2^127 millionths"))
}

fn classes(summary: &mut Summary, outcome: &VoteOutcome) -> Result<(), XlsxError> {
    let case = summary.case;
    let per_share = |class: ClassIx| &outcome.votes_per_share[usize::from(class)];
    let table = Table::of(&outcome.shares)
        .wide("Class", Style::Text, 44.0, |c| CellValue::class(case, c.class))
        .column("Shares", Style::Shares, |c| CellValue::shares(c.shares))
        .column("Votes per share", Style::Shares, |c| votes(per_share(c.class)))
        .column("Votes", Style::Shares, |c| votes(&(shares_ratio(c.voting_shares) * per_share(c.class))));
    let content = summary.table(("Classes", "Shares and votes by class (3(a))"), &table, &[])?;
    if content.is_empty() {
        return Ok(());
    }
    let mut chart = bars("Votes by class", "Classes", &content, &[(3, "Votes")]);
    summary.chart("Votes chart", "Votes by class, drawn", &mut chart)
}

fn tallies(summary: &mut Summary, outcome: &VoteOutcome) -> Result<(), XlsxError> {
    let table = Table::of(&outcome.tallies)
        .wide("Matter", Style::Text, 50.0, |t| CellValue::text(t.matter.as_str()))
        .column("Kind", Style::Text, |t| CellValue::text(t.kind))
        .wide("Choice", Style::Text, 40.0, |t| CellValue::text(t.choice.as_str()))
        .column("Votes", Style::Shares, |t| votes(&t.votes))
        .column("Outcome", Style::Text, |t| CellValue::text(t.outcome));
    let marks = [(4, "tie", AMBER), (4, "no-", AMBER), (4, "fails", RED)];
    summary.table(("Tallies", "What was voted on, and what came of it"), &table, &marks).map(drop)
}

fn meetings(summary: &mut Summary, outcome: &VoteOutcome) -> Result<(), XlsxError> {
    let locale = summary.case.terms.locale;
    let table = Table::of(&outcome.meetings)
        .column("Row", Style::Shares, |m| CellValue::count(m.row))
        .column("Kind", Style::Text, |m| CellValue::text(m.kind))
        .column("Verdict", Style::Text, |m| CellValue::text(if m.valid { "valid" } else { "invalid" }))
        .wide("Why", Style::Text, 90.0, move |m| CellValue::text(locale.in_words(&m.reason)));
    let titles = ("Meetings", "Meetings of holders of preferred stock (3(c))");
    summary.table(titles, &table, &[(2, "invalid", RED)]).map(drop)
}

fn board(summary: &mut Summary, outcome: &VoteOutcome) -> Result<(), XlsxError> {
    let Some(board) = &outcome.board else { return Ok(()) };
    let locale = summary.case.terms.locale;
    let table = Table::of(&board.rows)
        .wide("Director", Style::Text, 34.0, |seat| CellValue::text(seat.director.as_deref().unwrap_or_default()))
        .column("Elected by", Style::Text, |seat| CellValue::text(seat.elected_by.word()))
        .column("Elected on", Style::Date, |seat| CellValue::day(seat.elected_on))
        .column("Status", Style::Text, |seat| CellValue::text(seat.status.word()))
        .column("Until", Style::Date, |seat| CellValue::day(seat.until))
        .wide("Why", Style::Text, 50.0, move |seat| CellValue::text(locale.in_words(&seat.reason)));
    let marks = [(3, "vacant", AMBER)];
    summary.table(("Board", "Directors and vacancies (3(c))"), &table, &marks).map(drop)
}

/// Bars beside each other for each class: small classes stay visible beside large ones.
fn bars(title: &str, sheet: &str, content: &Range<u32>, columns: &[(u16, &str)]) -> Chart {
    let mut chart = Chart::new(ChartType::Bar);
    for (at, (column, name)) in columns.iter().enumerate() {
        series(&mut chart, sheet, content, *column)
            .set_format(ChartSolidFill::new().set_color(series_color(at)))
            .set_name(*name)
            .set_data_label(ChartDataLabel::new().show_value().set_num_format("#,##0.##"));
    }
    chart.title().set_name(title);
    // Bars run upwards; the table runs downwards. The axis of the values stays below.
    chart.y_axis().set_reverse().set_crossing(ChartAxisCrossing::Max);
    chart.x_axis().set_num_format("#,##0").set_min(0);
    if columns.len() > 1 {
        chart.legend().set_position(ChartLegendPosition::Bottom);
    } else {
        chart.legend().set_hidden();
    }
    chart
}
