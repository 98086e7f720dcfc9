//! SPEC 4.13: which planned corporate actions are allowed (§4, §5, §8).

use super::case::{CASH, COMMON, Case, Class, Ranking, Row, SERIES_A, date, number, text};
use super::date::Date;
use super::number::{Q, unit};
use super::outputs::header;
use super::{Outcome, Stop, problem};
use num_traits::{Signed, Zero};

impl Case {
    /// `ratable actions`.
    pub fn judge_actions(&self) -> Result<Outcome, Stop> {
        let mut rows = header("row,date,action,verdict,clause,reason");
        for (index, action) in self.actions.iter().enumerate() {
            let Some(day) = date(action, "date")? else { return problem("an action without a date") };
            let clause = self.clause(action, day)?;
            rows.push(vec![
                (index + 1).to_string(),
                day.to_string(),
                text(action, "action").into(),
                if clause.is_some() { "prohibited" } else { "allowed" }.into(),
                clause.unwrap_or_default(),
                String::new(),
            ]);
        }
        let mut outcome = Outcome::done(None);
        outcome.files.insert("actions.csv".into(), rows);
        Ok(outcome)
    }

    /// The clause that prohibits an action, if one does.
    fn clause(&self, action: &Row, day: Date) -> Result<Option<String>, Stop> {
        let arrears = self.in_arrears(day)?;
        let kind = text(action, "action");
        let class = match text(action, "class") {
            "" => String::new(),
            class => self.class_id(class)?,
        };
        let for_junior = text(action, "in_exchange_for") == "junior-stock";
        let to_all = text(action, "offer_to_all").eq_ignore_ascii_case("yes");
        let clause = match kind {
            "series-a-redemption" => Some("8"),
            "series-a-reissue" => Some("5"),
            "change-number-of-directors" => {
                let approved = match text(action, "approved_by").to_lowercase().as_str() {
                    "" | "common" => false,
                    "preferred" | "senior" | "parity" => true,
                    other => return problem(format!("nobody called {other} approves that")),
                };
                let frozen = self.exercised(&self.ledger_on(day)?, day)?.is_some();
                (frozen && !approved).then_some("3(c)(ii)")
            }
            _ if !arrears => None,
            "junior-dividend" | "junior-stock-dividend" | "junior-acquisition" => Some("4(a)(i)"),
            "parity-dividend" if self.ratable(day)? => None,
            "parity-dividend" => Some("4(a)(ii)"),
            "parity-acquisition" if for_junior => None,
            "parity-acquisition" => Some("4(a)(iii)"),
            "series-a-acquisition" if to_all => None,
            "series-a-acquisition" => Some("4(a)(iv)"),
            "subsidiary-acquisition" => {
                let as_if = match class.as_str() {
                    SERIES_A if to_all => None,
                    SERIES_A => Some("4(a)(iv)"),
                    COMMON => Some("4(a)(i)"),
                    other => match Self::standing(self.class(other)) {
                        Ranking::Junior => Some("4(a)(i)"),
                        Ranking::Parity if !for_junior => Some("4(a)(iii)"),
                        _ => None,
                    },
                };
                return Ok(as_if.map(|clause| format!("{clause}, 4(b)")));
            }
            other => return problem(format!("no action {other}")),
        };
        Ok(clause.map(String::from))
    }

    /// 4.14: a class is junior or parity if either of its rankings says so (junior first).
    fn standing(class: &Class) -> Ranking {
        let rankings = [class.ranking, class.dividend_ranking];
        let standing = [Ranking::Junior, Ranking::Parity].into_iter().find(|standing| rankings.contains(standing));
        standing.unwrap_or(Ranking::Senior)
    }

    /// 4.13: some quarter t < x is not paid in full, of shares on the date itself.
    pub fn in_arrears(&self, day: Date) -> Result<bool, Stop> {
        let ledger = self.ledger_on(day)?;
        let shares = self.cohort_shares(day);
        let unpaid = ledger.entries.iter().any(|((start, quarter, _), entry)| {
            *quarter < day && shares.contains_key(start) && !entry.unpaid().is_zero()
        });
        Ok(unpaid)
    }

    /// 4.13, parity-dividend: the rows of the date pay all parity classes with dividends due, and
    /// Series A, in the same proportion of what each is entitled to, to one smallest unit.
    fn ratable(&self, day: Date) -> Result<bool, Stop> {
        let ledger = self.ledger_on(day)?;
        let due: Q = self.cohort_shares(day).iter().map(|(start, n)| n * ledger.unpaid(*start, day, CASH)).sum();
        let mut classes = Vec::new();
        for row in &self.actions {
            if text(row, "action") != "parity-dividend" || date(row, "date")? != Some(day) {
                continue;
            }
            let cells = (number(row, "amount")?, number(row, "entitled")?, number(row, "series_a_amount")?);
            let (Some(amount), Some(entitled), Some(series_a)) = cells else { return Ok(false) };
            if entitled.is_zero() || (series_a - &due * amount / entitled).abs() > unit(self.decimals()) {
                return Ok(false);
            }
            classes.push(self.class_id(text(row, "class"))?);
        }
        let complete = self.classes.iter().all(|class| {
            Self::standing(class) != Ranking::Parity
                || class.accrued_dividends.is_zero()
                || self.outstanding(&class.id, day).is_zero()
                || classes.contains(&class.id)
        });
        Ok(complete)
    }
}
