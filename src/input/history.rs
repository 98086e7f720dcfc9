//! The tables of what happened: adjustments, declarations, record dates, payments, proceeds.

use super::Line;
use super::cell::Value;
use super::words::has_word;
use crate::model::calendar::RecordDates;
use crate::model::class::fold;
use crate::model::events::{Adjustment, AdjustmentKind, Declaration, Payment, PaymentKind, Proceeds};
use crate::model::{Date, Terms, days_between, iso};
use crate::quantity::Ratio;
use crate::text::unguarded;
use num_traits::One;

/// What a cell of assets names: an asset, or no asset but cash; nothing where it is blank, an error, or cash of which it
/// does not say that it is the case's.
#[allow(clippy::option_option, reason = "nothing, cash, an asset")]
pub(crate) fn named(line: &mut Line, column: &str) -> Option<Option<String>> {
    let text = line.text(column)?;
    // A table that one of our own outputs became means what was written.
    let plain = unguarded(&text);
    // `US $`, `Cash (USD)`
    let folded = fold(plain);
    let words = folded.split([' ', '(', ')', ',']).filter(|word| !word.is_empty());
    let unit: String = words.filter(|word| *word != "cash").collect();
    let own = &line.style.currency;
    match line.style.is_own(&unit) {
        Some(true) => return Some(None),
        Some(false) => {
            let message = format!("this is money of another currency than the case's, {own}.");
            let help = format!("Type {own} and the amount in it, or correct the term currency.");
            line.reject(column, "foreign-currency", &message, &help);
        }
        None if has_word(CASH, &unit) || (unit.is_empty() && folded.contains("cash")) => {
            let message = "this could be cash, or an asset that is called so.";
            line.reject(column, "is-cash", message, &format!("Type {own} for cash, or else the asset's full name."));
        }
        None => return Some(Some(plain.to_owned())),
    }
    None
}

/// Words that mean cash, without blanks, beside the word itself.
const CASH: &str = "dollar dollars usdollar usdollars euro euros money";

/// The asset of a row; none for cash, which a blank and the currency's code or sign mean.
pub(super) fn asset(line: &mut Line, column: &str) -> Option<String> {
    named(line, column).flatten()
}

/// Says so where a date lies before the one that it follows.
pub(super) fn in_order(line: &mut Line, column: &str, date: Option<Date>, after: &str, earlier: Option<Date>) {
    if let (Some(date), Some(earlier)) = (date, earlier)
        && date < earlier
    {
        let message = format!("this date lies before the {after} of the same row, {}.", iso(earlier));
        line.reject(column, "out-of-order", &message, "Correct one of the two dates.");
    }
}

pub(crate) fn adjustment(line: &mut Line) -> Option<Adjustment> {
    let effective_date = line.date("effective_date");
    let kind = line.worded::<AdjustmentKind>("kind");
    let declared_date = line.date("declared_date");
    in_order(line, "effective_date", effective_date, "declared_date", declared_date);
    let (before, after) = (line.shares("common_before"), line.shares("common_after"));
    let ratio = line.read("ratio", Value::ratio);
    let counts = before.zip(after);
    let is_blank = |column: &str| line.is_blank(column);
    let (no_before, no_after, no_ratio) = (is_blank("common_before"), is_blank("common_after"), is_blank("ratio"));
    if (no_before || no_after) && no_ratio {
        let (column, message) = match (no_before, no_after) {
            (true, true) => ("ratio", "neither a ratio nor the counts before and after are given."),
            (true, false) => ("common_before", "common_after is given without the count before."),
            _ => ("common_after", "common_before is given without the count after."),
        };
        let help = "Type the ratio after:before as text, such as 3:2, or fill in both counts.";
        line.reject(column, "missing", message, help);
    }
    let factor = counts.map(|(before, after)| after.to_ratio() / before.to_ratio()).or(ratio)?;
    let kind = kind?;
    agrees(line, kind, &factor);
    Some(Adjustment { effective_date: effective_date?, kind, factor, counts, declared_date, place: line.row_place() })
}

/// A combination makes fewer shares (§2(a)(iii)), the others more.
fn agrees(line: &mut Line, kind: AdjustmentKind, factor: &Ratio) {
    let is_combination = kind == AdjustmentKind::Combination;
    let wrong = if is_combination { *factor > Ratio::one() } else { *factor < Ratio::one() };
    if wrong {
        let makes = if is_combination { "fewer" } else { "more" };
        let message = format!("a {} makes {makes} shares, and these numbers make it the other way round.", kind.word());
        let help = "Ratios and counts are after against before: a 3-for-2 split is 3:2, a 1-for-10 reverse split 1:10.";
        line.reject("kind", "contradicts-ratio", &message, help);
    }
}

/// Whether an asset is the Common Stock itself, as people name it.
fn is_common(asset: &str, terms: &Terms) -> bool {
    let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let named = bare(asset);
    let words = ["common", "commonstock", "commonshare", "commonshares", "ordinaryshare", "ordinaryshares", "ordinary"];
    words.contains(&named.as_str()) || named == bare(&terms.common_name)
}

pub(crate) fn declaration(line: &mut Line, terms: &Terms) -> Option<Declaration> {
    let declared_date = line.date("declared_date");
    let kind = line.word("kind");
    let amount = line.per_share("amount");
    let given = named(line, "asset");
    let fair_value = line.per_share("fair_value");
    let record_date = line.date("record_date");
    let payment_date = line.date("payment_date");
    let series_a_declared_date = line.date("series_a_declared_date");
    in_order(line, "payment_date", payment_date, "declared_date", declared_date);
    in_order(line, "payment_date", payment_date, "record_date", record_date);
    let asset = match kind? {
        0 => {
            if given.flatten().is_some() {
                let help = "Clear the asset, or make the kind in-kind.";
                line.reject("asset", "beside-cash", "a cash dividend has no asset.", help);
            }
            None
        }
        _ => match given {
            Some(Some(asset)) if is_common(&asset, terms) => {
                let message = "a dividend in shares of Common is a stock dividend, which §2(a) leaves out: it adjusts the multiple.";
                let help = "Move this row to the adjustments table: kind stock-dividend, with the ratio after:before.";
                line.reject("asset", "is-common", message, help);
                return None;
            }
            Some(Some(asset)) => Some(asset),
            // What shows an error was told already.
            None if !line.is_blank("asset") => return None,
            nothing => {
                let (what, message) = match nothing {
                    None => ("missing", "a distribution in kind needs the name of its asset."),
                    _ => ("is-the-currency", "a distribution in kind cannot be of the currency."),
                };
                line.reject("asset", what, message, "Type what is distributed, such as SpinCo, or make the kind cash.");
                return None;
            }
        },
    };
    Some(Declaration {
        declared_date: declared_date?,
        asset,
        amount: amount?,
        fair_value,
        record_date,
        payment_date,
        series_a_declared_date,
        place: line.row_place(),
    })
}

pub(super) fn quarter_date(line: &mut Line, column: &str, terms: &Terms) -> Option<Date> {
    let date = line.date(column)?;
    if terms.quarter_dates.contains(date) {
        return Some(date);
    }
    let (before, after) = (terms.quarter_dates.before(date), terms.quarter_dates.after(date));
    let message = format!("{date} is not a Quarterly Dividend Payment Date; the nearest are {before} and {after}.");
    line.reject(column, "not-a-quarter-date", &message, "Correct the date, or the term quarter_dates.");
    None
}

pub(crate) fn record_date(line: &mut Line, terms: &Terms, into: &mut RecordDates) {
    let payment = line.date("payment_date");
    let record = line.date("record_date");
    let (Some(payment), Some(record)) = (payment, record) else { return };
    let ahead = days_between(record, payment);
    if ahead < 0 {
        let message = format!("the record date lies after the payment date {}.", iso(payment));
        line.reject("record_date", "out-of-order", &message, "Correct one of the two dates.");
    } else if ahead > i64::from(terms.record_date_window) {
        let window = terms.record_date_window;
        let message = format!("the record date lies {ahead} days before the payment; §2(c) allows at most {window}.");
        line.reject("record_date", "too-early", &message, "Correct the record date, or the term record_date_window.");
    }
    into.places.insert(payment, line.row_place());
    if into.dates.insert(payment, record).is_some() {
        let message = format!("the payment date {} has two rows.", iso(payment));
        line.reject("payment_date", "twice", &message, "Delete one of the two rows.");
    }
}

pub(crate) fn payment(line: &mut Line) -> Option<Payment> {
    let date = line.date("date");
    let full = line.is_word("amount", "full");
    let sum = if full { None } else { line.read_number("amount", Value::cash_not_full) };
    let quarter = line.date("quarter");
    let asset = asset(line, "asset");
    let status = line.word("status").unwrap_or(0);
    let kind = match (status, asset) {
        (1, None) if full => PaymentKind::SetApart,
        (1, None) => {
            sum?;
            let message = "setting apart covers all that is unpaid, so its amount is full.";
            line.reject("amount", "not-full", message, "Type full, or make the status paid.");
            return None;
        }
        (1, Some(_)) => {
            let message = "setting apart covers all that is unpaid, in cash and in kind, so it names no asset.";
            line.reject("asset", "set-apart", message, "Clear the asset, or make the status paid.");
            return None;
        }
        (_, Some(asset)) if full => PaymentKind::Asset(asset),
        (_, Some(_)) => {
            sum?;
            let message = "an asset is always delivered in full, so its amount is full.";
            line.reject("amount", "not-full", message, "Type full, or clear the asset if this was cash.");
            return None;
        }
        (_, None) if full => PaymentKind::CashFull,
        (_, None) => PaymentKind::Cash(sum?),
    };
    Some(Payment { date: date?, quarter, kind, place: line.row_place() })
}

pub(crate) fn proceeds(line: &mut Line) -> Option<Proceeds> {
    let date = line.date("date");
    let amount = line.cash("amount");
    Some(Proceeds { date: date?, amount: amount?, place: line.row_place() })
}
