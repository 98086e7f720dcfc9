//! §3(c)(ii), §4, §5, §8: which corporate actions are prohibited: while dividends are in arrears, in a default period, and
//! always.

use crate::model::events::{Action, ActionKind, Approval};
use crate::model::{Class, ClassIx, Rank};
use crate::quantity::Ratio;
use crate::text::number;
use num_traits::{Signed, Zero};

/// What the actions of one day are judged by.
#[derive(Clone, Debug)]
pub(crate) struct Circumstances {
    /// Whether some quarter before the day is not paid in full.
    pub in_arrears: bool,
    /// Whether a default period runs in which the preferred have exercised their right to elect directors.
    pub right_exercised: bool,
    /// Whether the day's dividends on parity stock are ratable with Series A; why not.
    pub ratable: Result<(), String>,
}

/// The clauses that prohibit an action, none where it is allowed, and why, in words.
type Verdict = (Vec<&'static str>, String);

fn allowed(reason: impl Into<String>) -> Verdict {
    (Vec::new(), reason.into())
}

fn prohibited(clause: &'static str, reason: impl Into<String>) -> Verdict {
    (vec![clause], reason.into())
}

/// Judges one action; `class` is the one concerned, for §4. What is junior stock by all its rankings is so whatever the
/// action is called.
pub(crate) fn judge(action: &Action, class: Option<&Class>, by: &Circumstances) -> Verdict {
    let rank = class.map(Class::restriction_rank);
    let is_junior = class.is_some_and(|class| [class.rank, class.dividend_rank].into_iter().all(is_junior));
    let junior_dividend =
        prohibited("4(a)(i)", "no dividends on junior stock while dividends on Series A are in arrears");
    let acquires = |called| acquisition(action, if is_junior { rank } else { Some(called) });
    match action.kind {
        // §8 and §5 do not depend on arrears.
        ActionKind::SeriesARedemption => prohibited("8", "Series A shares shall not be redeemable"),
        ActionKind::SeriesAReissue => {
            prohibited("5", "retired Series A shares come back only as part of a new series of preferred stock")
        }
        // Nor does the number of directors: it goes by the default period.
        ActionKind::ChangeNumberOfDirectors => number_of_directors(action.approved_by, by.right_exercised),
        _ if !by.in_arrears => allowed("no dividends on Series A are in arrears"),
        ActionKind::JuniorDividend | ActionKind::JuniorStockDividend => junior_dividend,
        ActionKind::JuniorAcquisition => acquires(Rank::Junior),
        ActionKind::ParityDividend => match &by.ratable {
            Ok(()) if is_junior => junior_dividend,
            Ok(()) => allowed("paid ratably on Series A and all parity stock, in proportion to what is due"),
            Err(why) => prohibited("4(a)(ii)", why),
        },
        ActionKind::ParityAcquisition => acquires(Rank::Parity),
        ActionKind::SeriesAAcquisition => acquires(Rank::SeriesA),
        ActionKind::SubsidiaryAcquisition => {
            // §4(b): unless the Corporation itself could.
            let (mut clauses, mut reason) = acquisition(action, rank);
            if !clauses.is_empty() {
                clauses.push("4(b)");
                reason = format!("a subsidiary may not do what the company may not: {reason}");
            }
            (clauses, reason)
        }
    }
}

/// §3(c)(ii), last sentence: once the right has been exercised, and while the default period lasts.
fn number_of_directors(approved_by: Option<Approval>, right_exercised: bool) -> Verdict {
    match approved_by {
        _ if !right_exercised => {
            allowed("no default period runs in which the preferred have exercised their right to elect directors")
        }
        Some(Approval::Preferred) => allowed("the preferred voted for it"),
        Some(Approval::Senior | Approval::Parity) => {
            allowed("made under the rights of securities that rank senior to or with Series A")
        }
        Some(Approval::Common) | None => prohibited(
            "3(c)(ii)",
            "the preferred have exercised their right to elect directors: until the default period expires the number of \
             directors changes only by their vote, or under the rights of senior or parity securities",
        ),
    }
}

fn is_junior(rank: Rank) -> bool {
    matches!(rank, Rank::Junior | Rank::Common | Rank::OtherCommon | Rank::Right)
}

/// An acquisition of shares for consideration, while dividends are in arrears.
fn acquisition(action: &Action, rank: Option<Rank>) -> Verdict {
    match rank {
        Some(rank) if is_junior(rank) => {
            prohibited("4(a)(i)", "no acquisition of junior stock while dividends on Series A are in arrears")
        }
        Some(Rank::Parity) if action.in_exchange_for.as_deref() == Some("junior-stock") => {
            allowed("parity stock acquired in exchange for junior stock")
        }
        Some(Rank::Parity) => prohibited(
            "4(a)(iii)",
            "parity stock may be acquired only in exchange for junior stock while dividends on Series A are in arrears",
        ),
        Some(Rank::SeriesA) if action.offer_to_all => allowed("offered to all holders of Series A"),
        Some(Rank::SeriesA) => prohibited(
            "4(a)(iv)",
            "Series A may be acquired only by an offer to all holders while dividends on it are in arrears",
        ),
        _ => allowed("senior stock is not restricted by §4"),
    }
}

/// §4(a)(ii): whether the parity dividends of one day are paid "ratably … in proportion to the total amounts": for every
/// parity class with dividends due there is a row, and in every row Series A gets the same part of its total due, to one
/// smallest unit.
/// Errors: Why they are not.
pub(crate) fn ratable(
    rows: &[&Action],
    parity_due: &[(ClassIx, &str)],
    series_a_due: &Ratio,
    unit: &Ratio,
) -> Result<(), String> {
    for row in rows {
        let (Some(amount), Some(entitled), Some(series_a)) = (&row.amount, &row.entitled, &row.series_a_amount) else {
            let why = "amount, entitled and series_a_amount are needed to show that the payment is ratable";
            return Err(why.to_owned());
        };
        if entitled.is_zero() {
            return Err("a class that is entitled to nothing cannot be paid ratably".to_owned());
        }
        let proportionate = series_a_due * amount / entitled;
        if (series_a - &proportionate).abs() > *unit {
            let [due, part, paid] = [series_a_due, &proportionate, series_a].map(|amount| number(amount, 6));
            return Err(format!("not ratable: the same part of Series A's {due} due would be {part}, not {paid}"));
        }
    }
    let left_out = parity_due.iter().find(|(class, _)| !rows.iter().any(|row| row.class == Some(*class)));
    left_out.map_or(Ok(()), |(_, name)| Err(format!("not ratable: nothing is paid on {name}, which has dividends due")))
}
