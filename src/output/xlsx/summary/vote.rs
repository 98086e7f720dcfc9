//! The summaries of votes, of planned actions, and of the cap table.

use super::book::Book;
use super::cell::Val;
use super::front::{Control, Front, Side, date_fact};
use super::grid::{Column, column};
use super::holdings::{Pages, Table, Total};
use super::tables::{self, wide};
use crate::model::Case;
use crate::outcome::vote::{ActionsOutcome, CaptableOutcome, ClassVotes, VOTE_DECIMALS, VoteOutcome, VoteRow};
use crate::output::RunInfo;
use crate::output::xlsx::style::{AMBER, GREEN, RED, Style, series_color};
use crate::quantity::{Midpoint, Ratio, SHARE_DECIMALS, Units, power_of_ten, round_half, whole};
use num_traits::ToPrimitive;
use rust_xlsxwriter::{
    Chart, ChartAxisCrossing, ChartSolidFill, ChartType, ConditionalFormatText, ConditionalFormatTextRule, Format,
    XlsxError,
};
use std::io;

/// The summary of a vote.
/// Errors: Where writing fails.
pub(crate) fn vote(case: &Case, outcome: &VoteOutcome, run: &RunInfo) -> io::Result<Vec<Vec<u8>>> {
    let mut book = Book::new("Votes", &case.terms.company, case.terms.currency_decimals);
    fill_vote(&mut book, case, outcome, run).map_err(io::Error::other)?;
    book.finish()
}

/// The summary of verdicts on planned actions.
/// Errors: Where writing fails.
pub(crate) fn actions(case: &Case, outcome: &ActionsOutcome, run: &RunInfo) -> io::Result<Vec<Vec<u8>>> {
    let mut book = Book::new("Planned actions", &case.terms.company, case.terms.currency_decimals);
    fill_actions(&mut book, case, outcome, run).map_err(io::Error::other)?;
    book.finish()
}

/// The summary of the cap table.
/// Errors: Where writing fails.
pub(crate) fn captable(case: &Case, outcome: &CaptableOutcome, run: &RunInfo) -> io::Result<Vec<Vec<u8>>> {
    let mut book = Book::new("Cap table", &case.terms.company, case.terms.currency_decimals);
    fill_captable(&mut book, case, outcome, run).map_err(io::Error::other)?;
    book.finish()
}

/// Votes to 6 decimals, half-even, as `votes.csv` shows them.
fn votes(value: &Ratio) -> Units {
    round_half(&(value * power_of_ten(SHARE_DECIMALS)), Midpoint::HalfEven).to_i128().unwrap_or(0)
}

fn fill_vote(book: &mut Book, case: &Case, outcome: &VoteOutcome, run: &RunInfo) -> Result<(), XlsxError> {
    let per_share = &outcome.votes_per_share;
    let none = whole(0);
    let series_a_votes = per_share.get(usize::from(case.classes.series_a())).unwrap_or(&none);
    let pages = Pages::of(outcome.rows.len());
    let held: u128 = outcome.rows.iter().map(|r| u128::from(r.shares.micros())).sum();
    let outstanding: u128 = outcome.shares.iter().map(|class| class.shares).sum();
    let held = i128::try_from(held).unwrap_or(0);
    let front = Front {
        title: "Voting power, tallies and meetings",
        facts: vec![
            date_fact("Voting record date", outcome.date),
            ("Votes of a Series A share", Val::Exact(series_a_votes), Style::PerShareLeft),
            (
                "Votes in all",
                Val::Exact(&outcome.votes),
                if outcome.votes.is_integer() { Style::CountLeft } else { Style::SharesLeft },
            ),
            (
                "Quarterly dividends in arrears",
                Val::Exact(&outcome.default_period.quarters_in_arrears),
                Style::PerShareLeft,
            ),
            match outcome.default_period.since {
                Some(since) => date_fact("Default period since", since),
                None => ("Default period", Val::text("none"), Style::Id),
            },
        ],
        controls: vec![Control {
            what: "Shares outstanding, and holdings".to_owned(),
            this: Side::value(i128::try_from(outstanding).unwrap_or(0)),
            that: match pages.sum(3, &[], SHARE_DECIMALS) {
                Some(formula) => Side::live(formula, held),
                None => Side::value(held),
            },
            decimals: SHARE_DECIMALS,
            note: String::new(),
        }],
        warnings: run.warnings,
        acknowledged: &[],
        effects: &[],
    };
    front.write(book, case)?;
    let cells = |row: &VoteRow| {
        let zero = whole(0);
        let each = per_share.get(usize::from(row.class)).unwrap_or(&zero);
        [
            Val::text(case.register.id(row.holder)),
            Val::text(case.register.name(row.holder)),
            Val::text(case.classes.get(row.class).name.as_str()),
            Val::Units(i128::from(row.shares.micros()), SHARE_DECIMALS),
            Val::Units(votes(each), SHARE_DECIMALS),
            Val::Units(row.votes, VOTE_DECIMALS),
        ]
    };
    let sized = |name, style, limit| Column { name, style, limit };
    let table = Table {
        columns: [
            sized("Holder id", Style::Id, 28.0),
            sized("Holder", Style::Text, 48.0),
            sized("Class", Style::Text, 30.0),
            sized("Shares", Style::Shares, 24.0),
            sized("Votes per share", Style::Shares, 24.0),
            sized("Votes", Style::Shares, 24.0),
        ],
        rows: &outcome.rows,
        cells: &cells,
        totals: vec![
            Total { column: 3, decimals: SHARE_DECIMALS, only: None },
            Total { column: 5, decimals: SHARE_DECIMALS, only: None },
        ],
    };
    table.write(book, &case.terms.company)?;
    classes(book, case, outcome)?;
    tallies(book, case, outcome)?;
    tables::adjustments(book, case, &outcome.multiple)?;
    tables::derivation(book, case, outcome.steps.iter().map(|s| (String::new(), s)))?;
    tables::inputs(book, case, run)
}

fn classes(book: &mut Book, case: &Case, outcome: &VoteOutcome) -> Result<(), XlsxError> {
    let mut grid = book.sheet("Classes")?;
    grid.title(&case.terms.company, "Shares and votes by class (3(a))")?;
    let columns = [
        wide("Class", Style::Text, 44.0),
        column("Shares", Style::Shares),
        column("Votes per share", Style::Shares),
        column("Votes", Style::Shares),
    ];
    let rows = outcome.shares.iter().map(|ClassVotes { class, shares, voting_shares }| {
        let zero = whole(0);
        let each = outcome.votes_per_share.get(usize::from(*class)).unwrap_or(&zero);
        vec![
            Val::text(case.classes.get(*class).name.as_str()),
            Val::Units(i128::try_from(*shares).unwrap_or(0), SHARE_DECIMALS),
            Val::Units(votes(each), SHARE_DECIMALS),
            Val::Units(votes(&(crate::quantity::shares_ratio(*voting_shares) * each)), SHARE_DECIMALS),
        ]
    });
    let content = grid.table(&columns, rows)?;
    if !content.is_empty() {
        let chart = bars("Votes by class", "Classes", &content, &[(3, "Votes")]);
        grid.sheet.insert_chart(content.end + 1, 0, &chart)?;
    }
    grid.finish()
}

fn tallies(book: &mut Book, case: &Case, outcome: &VoteOutcome) -> Result<(), XlsxError> {
    if !outcome.tallies.is_empty() {
        let mut grid = book.sheet("Tallies")?;
        grid.title(&case.terms.company, "What was voted on, and what came of it")?;
        let columns = [
            wide("Matter", Style::Text, 50.0),
            column("Kind", Style::Text),
            wide("Choice", Style::Text, 40.0),
            column("Votes", Style::Shares),
            column("Outcome", Style::Text),
        ];
        let rows = outcome.tallies.iter().map(|t| {
            vec![
                Val::text(t.matter.as_str()),
                Val::text(t.kind),
                Val::text(t.choice.as_str()),
                Val::Units(votes(&t.votes), SHARE_DECIMALS),
                Val::text(t.outcome),
            ]
        });
        let content = grid.table(&columns, rows)?;
        mark(&mut grid, &content, 4, &[("tie", AMBER), ("no-", AMBER), ("fails", RED)])?;
        grid.finish()?;
    }
    if !outcome.meetings.is_empty() {
        let mut grid = book.sheet("Meetings")?;
        grid.title(&case.terms.company, "Meetings of holders of preferred stock (3(c))")?;
        let columns = [
            column("Row", Style::Shares),
            column("Kind", Style::Text),
            column("Verdict", Style::Text),
            wide("Why", Style::Text, 90.0),
        ];
        let rows = outcome.meetings.iter().map(|m| {
            vec![
                Val::Count(u64::try_from(m.row).unwrap_or(0)),
                Val::text(m.kind),
                Val::text(if m.valid { "valid" } else { "invalid" }),
                Val::text(m.reason.as_str()),
            ]
        });
        let content = grid.table(&columns, rows)?;
        mark(&mut grid, &content, 2, &[("invalid", RED)])?;
        grid.finish()?;
    }
    if let Some(board) = &outcome.board {
        let mut grid = book.sheet("Board")?;
        grid.title(&case.terms.company, "Directors and vacancies (3(c))")?;
        let columns = [
            wide("Director", Style::Text, 40.0),
            column("Elected by", Style::Text),
            column("Elected on", Style::Date),
            column("Status", Style::Text),
            column("Until", Style::Date),
            wide("Why", Style::Text, 90.0),
        ];
        let rows = board.rows.iter().map(|seat| {
            vec![
                Val::text(seat.director.as_deref().unwrap_or_default()),
                Val::text(seat.elected_by.word()),
                seat.elected_on.map_or(Val::Blank, Val::Date),
                Val::text(seat.status.word()),
                seat.until.map_or(Val::Blank, Val::Date),
                Val::text(seat.reason.as_str()),
            ]
        });
        let content = grid.table(&columns, rows)?;
        mark(&mut grid, &content, 3, &[("vacant", AMBER)])?;
        grid.finish()?;
    }
    Ok(())
}

/// Colours the cells of a column that begin with a word.
fn mark(
    grid: &mut super::grid::Grid,
    content: &std::ops::Range<u32>,
    column: u16,
    words: &[(&str, rust_xlsxwriter::Color)],
) -> Result<(), XlsxError> {
    for (word, color) in words.iter().filter(|_| !content.is_empty()) {
        let rule = ConditionalFormatText::new()
            .set_rule(ConditionalFormatTextRule::BeginsWith((*word).to_owned()))
            .set_format(Format::new().set_background_color(*color));
        grid.sheet.add_conditional_format(content.start, column, content.end - 1, column, &rule)?;
    }
    Ok(())
}

/// Bars beside each other for each class: small classes stay visible beside large ones.
fn bars(title: &str, sheet: &str, content: &std::ops::Range<u32>, series: &[(u16, &str)]) -> Chart {
    let mut chart = Chart::new(ChartType::Bar);
    let last = content.end - 1;
    for (at, (column, name)) in series.iter().enumerate() {
        chart
            .add_series()
            .set_format(ChartSolidFill::new().set_color(series_color(at)))
            .set_name(*name)
            .set_categories((sheet, content.start, 0, last, 0))
            .set_values((sheet, content.start, *column, last, *column))
            .set_data_label(rust_xlsxwriter::ChartDataLabel::new().show_value().set_num_format("#,##0.##"));
    }
    chart.title().set_name(title);
    // Bars run upwards; the table runs downwards. The axis of the values stays below.
    chart.y_axis().set_reverse().set_crossing(ChartAxisCrossing::Max);
    chart.x_axis().set_num_format("#,##0").set_min(0);
    if series.len() > 1 {
        chart.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
    } else {
        chart.legend().set_hidden();
    }
    chart.set_width(760).set_height(160 + 60 * (content.end - content.start).min(12));
    chart
}

fn fill_actions(book: &mut Book, case: &Case, outcome: &ActionsOutcome, run: &RunInfo) -> Result<(), XlsxError> {
    let prohibited = outcome.verdicts.iter().filter(|v| !v.allowed).count();
    let front = Front {
        title: "Planned actions",
        facts: vec![
            ("Planned", Val::Count(u64::try_from(outcome.verdicts.len()).unwrap_or(0)), Style::CountLeft),
            ("Prohibited", Val::Count(u64::try_from(prohibited).unwrap_or(0)), Style::CountLeft),
        ],
        controls: Vec::new(),
        warnings: run.warnings,
        acknowledged: &[],
        effects: &[],
    };
    front.write(book, case)?;
    let mut grid = book.sheet("Actions")?;
    grid.title(&case.terms.company, "What the Certificate allows (4, 5, 8)")?;
    let columns = [
        column("Row", Style::Shares),
        column("Date", Style::Date),
        wide("Action", Style::Text, 30.0),
        column("Verdict", Style::Text),
        column("Clause", Style::Text),
        wide("Why", Style::Text, 90.0),
    ];
    let rows = outcome.verdicts.iter().map(|v| {
        vec![
            Val::Count(u64::try_from(v.row).unwrap_or(0)),
            Val::Date(v.date),
            Val::text(v.action),
            Val::text(if v.allowed { "allowed" } else { "prohibited" }),
            Val::text(v.clauses.join(", ")),
            Val::text(v.reason.as_str()),
        ]
    });
    let content = grid.table(&columns, rows)?;
    mark(&mut grid, &content, 3, &[("prohibited", RED), ("allowed", GREEN)])?;
    grid.finish()?;
    tables::inputs(book, case, run)
}

fn fill_captable(book: &mut Book, case: &Case, outcome: &CaptableOutcome, run: &RunInfo) -> Result<(), XlsxError> {
    let sum: u128 = outcome.rows.iter().map(|r| r.outstanding).sum();
    let all_votes = outcome.rows.iter().fold(whole(0), |sum, r| sum + &r.votes);
    let count = u32::try_from(outcome.rows.len()).unwrap_or(0);
    let range = |column: &str| format!("ROUND(SUM('Cap table'!{column}5:{column}{}),6)", 4 + count);
    let side = |column: &str, units: Units| {
        if count == 0 { Side::value(units) } else { Side::live(range(column), units) }
    };
    let front = Front {
        title: "Cap table",
        facts: vec![
            date_fact("Date", outcome.date),
            ("Multiple", Val::Exact(&outcome.multiple.value), Style::PerShareLeft),
        ],
        controls: vec![
            Control {
                what: "Shares outstanding: in all, and by class".to_owned(),
                this: Side::value(i128::try_from(outcome.shares).unwrap_or(0)),
                that: side("C", i128::try_from(sum).unwrap_or(0)),
                decimals: SHARE_DECIMALS,
                note: String::new(),
            },
            Control {
                what: "Votes: in all, and by class".to_owned(),
                this: Side::value(votes(&outcome.votes)),
                that: side("F", votes(&all_votes)),
                decimals: SHARE_DECIMALS,
                note: String::new(),
            },
        ],
        warnings: run.warnings,
        acknowledged: &[],
        effects: &[],
    };
    front.write(book, case)?;
    let mut grid = book.sheet("Cap table")?;
    grid.title(&case.terms.company, "Authorised, outstanding, retired; ownership and votes (1, 3, 5)")?;
    let columns = [
        wide("Class", Style::Text, 44.0),
        column("Authorised", Style::Shares),
        column("Outstanding", Style::Shares),
        column("Retired", Style::Shares),
        column("Available", Style::Shares),
        column("Votes", Style::Shares),
        column("Ownership %", Style::Shares),
        column("Votes %", Style::Shares),
    ];
    let micros = |units: u128| Val::Units(i128::try_from(units).unwrap_or(0), SHARE_DECIMALS);
    let rows = outcome.rows.iter().map(|r| {
        vec![
            Val::text(case.classes.get(r.class).name.as_str()),
            r.authorized.map_or(Val::Blank, micros),
            micros(r.outstanding),
            micros(r.retired),
            r.available.map_or(Val::Blank, |units| Val::Units(units, SHARE_DECIMALS)),
            Val::Units(votes(&r.votes), SHARE_DECIMALS),
            Val::Units(votes(&r.ownership_percent), SHARE_DECIMALS),
            Val::Units(votes(&r.vote_percent), SHARE_DECIMALS),
        ]
    });
    let content = grid.table(&columns, rows)?;
    if !content.is_empty() {
        let mut chart = bars("Ownership and votes, %", "Cap table", &content, &[(6, "Ownership"), (7, "Votes")]);
        chart.x_axis().set_max(100);
        grid.sheet.insert_chart(content.end + 1, 0, &chart)?;
    }
    grid.finish()?;
    tables::adjustments(book, case, &outcome.multiple)?;
    tables::inputs(book, case, run)
}
