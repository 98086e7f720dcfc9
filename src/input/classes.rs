//! The `classes` table: the other series of preferred stock.

use super::findings::Findings;
use super::line::Line;
use super::schema::RANKINGS;
use crate::model::class::{COMMON, Class, Classes, Rank, SERIES_A, fold};
use crate::model::terms::Terms;
use crate::problem::Problem;
use crate::quantity::whole;
use num_traits::Zero;
use std::collections::HashMap;

/// The series read so far.
#[derive(Debug, Default)]
pub(crate) struct OtherClasses {
    list: Vec<Class>,
    /// Where each stands in the list, by its folded id.
    by_id: HashMap<String, usize>,
    /// The id of the first class that is called so, by folded ids and names.
    called: HashMap<String, String>,
}

impl OtherClasses {
    /// Takes a row.
    pub(crate) fn row(&mut self, line: &mut Line, terms: &Terms) {
        let Some(id) = line.text("class") else { return };
        let own =
            [SERIES_A, COMMON, &fold(&terms.series_name), &fold(&terms.common_name)].contains(&fold(&id).as_str());
        if own {
            let message = format!("the row of {id} is passed over: the terms say all about Series A and Common.");
            let place = line.place("class");
            let help = "Nothing to do; what differs from the Certificate belongs into the terms table.";
            line.findings.push(Problem::note("classes.class.in-terms", place, message, help));
            return;
        }
        if let Some(earlier) = self.by_id.get(&fold(&id)).and_then(|at| self.list.get(*at)) {
            let message = format!("the class {id} is defined twice, here and in {}.", cell(earlier));
            line.reject("class", "twice", &message, "Delete one of the two rows.");
            return;
        }
        let class = read(line, &id);
        self.own_name(line, &class, terms);
        self.by_id.insert(fold(&class.id), self.list.len());
        for text in [&class.id, &class.name] {
            self.called.entry(fold(text)).or_insert_with(|| class.id.clone());
        }
        self.list.push(class);
    }

    /// A class's name is no other's name or id, so that the register cannot mean either.
    fn own_name(&self, line: &mut Line, class: &Class, terms: &Terms) {
        let name = fold(&class.name);
        let taken = |id: &str, other: &str| (name == fold(id) || name == fold(other)).then(|| id.to_owned());
        let of_terms = [(SERIES_A, &terms.series_name), (COMMON, &terms.common_name)];
        let other = of_terms.iter().find_map(|(id, name)| taken(id, name));
        let other = other.or_else(|| self.called.get(&name).cloned());
        let Some(other) = other else { return };
        let message =
            format!("'{}' is also what the class {other} is called, so a register could mean either.", class.name);
        line.reject("name", "twice", &message, "Give each class a name of its own.");
    }

    /// All classes, Series A and Common included.
    pub(crate) fn finish(self, terms: &Terms, findings: &mut Findings) -> Classes {
        if self.list.len() > 10_000 {
            let place = self.list.first().map(|c| c.place.first()).unwrap_or_default();
            let message = format!("{} classes are defined; 10,000 are the limit.", self.list.len());
            findings.push(Problem::error("classes.class.too-many", place, message, "Keep only the classes in use."));
            return Classes::new(&terms.series_name, &terms.common_name, Vec::new());
        }
        Classes::new(&terms.series_name, &terms.common_name, self.list)
    }
}

fn cell(class: &Class) -> String {
    class.place.first().cell.unwrap_or_default()
}

fn rank(word: Option<usize>) -> Option<Rank> {
    word.and_then(|ix| [Rank::Senior, Rank::Parity, Rank::Junior].get(ix).copied())
}

fn read(line: &mut Line, id: &str) -> Class {
    let ranking = rank(line.word("ranking", &RANKINGS)).unwrap_or(Rank::Senior);
    let dividend_rank = rank(line.word("dividend_ranking", &RANKINGS)).unwrap_or(ranking);
    let name = line.text("name").unwrap_or_else(|| id.to_owned());
    let accrued_dividends = line.per_share("accrued_dividends").unwrap_or_else(|| whole(0));
    let accrued_as_of = line.date("accrued_as_of");
    if !accrued_dividends.is_zero() && line.cell_at(line.index("accrued_as_of")).is_none() {
        line.reject(
            "accrued_as_of",
            "missing",
            "accrued_dividends is given, and not the date that it is of.",
            "Fill in the date that accrued_dividends is of; it must be the run's date.",
        );
    }
    Class {
        dividend_rank,
        order: line.whole("order").unwrap_or(1),
        liquidation_preference: line.per_share("liquidation_preference").unwrap_or_else(|| whole(0)),
        accrued_dividends,
        accrued_as_of,
        quarters_in_arrears: line.number("quarters_in_arrears").unwrap_or_else(|| whole(0)),
        votes_per_share: line.number("votes_per_share").unwrap_or_else(|| whole(0)),
        authorized_shares: line.share_count("authorized_shares"),
        place: line.row_place(),
        ..Class::bare(id, &name, ranking)
    }
}
