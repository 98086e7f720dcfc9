//! The tables of what is planned or decided: merger consideration, actions, meetings, ballots, the Board.

use super::Line;
use super::cell::{Value, unknown_word, word_key};
use super::history::{in_order, named};
use super::words::nearest_name;
use crate::model::class::fold;
use crate::model::events::{
    Action, ActionKind, Approval, Ballot, BallotKind, CHOICES, Component, Director, Electors, Meeting,
};
use crate::model::{ClassIx, Classes, HolderIx, Register};
use crate::quantity::{Ratio, units_ratio};

pub(crate) fn component(line: &mut Line) -> Option<Component> {
    let asset = named(line, "component");
    let amount = line.per_share("amount");
    let fair_value = line.per_share("fair_value");
    Some(Component { asset: asset?, amount: amount?, fair_value, place: line.row_place() })
}

/// Says that a text names no class.
pub(crate) fn unknown_class(line: &mut Line, text: &str, classes: &Classes) {
    let ids: Vec<&str> = classes.list().iter().map(|class| class.id.as_str()).collect();
    let near = nearest_name(&fold(text), &ids).map_or(String::new(), |near| format!("Did you mean {near}? "));
    let message = format!("'{text}' is no class: neither an id ({}) nor a name.", ids.join(", "));
    let help = format!(
        "{near}Correct the class. If it is the company's name for the common stock or for Series A, set the term common_name or \
         series_name to it; define another class in a row of the classes table."
    );
    line.reject("class", "unknown", &message, &help);
}

/// The class that a cell names.
pub(crate) fn class(line: &mut Line, classes: &Classes) -> Option<ClassIx> {
    let text = line.text("class")?;
    let found = classes.find(&text);
    if found.is_none() {
        unknown_class(line, &text, classes);
    }
    found
}

/// The holder whose id a cell holds.
pub(crate) fn holder(line: &mut Line, register: &Register, help: &str) -> Option<HolderIx> {
    let id = line.text("holder_id")?;
    let found = register.find(&id);
    if found.is_none() {
        line.reject("holder_id", "not-in-register", "the register has no holder of this id.", help);
    }
    found
}

fn cash(line: &mut Line, column: &str) -> Option<Ratio> {
    let decimals = line.style.currency_decimals;
    line.cash(column).map(|units| units_ratio(units, decimals))
}

pub(crate) fn action(line: &mut Line, classes: &Classes) -> Option<Action> {
    let date = line.date("date");
    let kind = line.worded::<ActionKind>("action");
    let class = class(line, classes);
    let needs_class = kind == Some(ActionKind::SubsidiaryAcquisition);
    if needs_class && line.is_blank("class") {
        let message = "this action needs the class that it concerns.";
        line.reject("class", "missing", message, "Fill in the class's id or name.");
    }
    let (amount, entitled) = (cash(line, "amount"), cash(line, "entitled"));
    let series_a_amount = cash(line, "series_a_amount");
    let offer_to_all = line.yes_no("offer_to_all").unwrap_or(false);
    let in_exchange_for = line.text("in_exchange_for").map(|text| word_key(&text));
    let approval = line.worded::<Approval>("approved_by");
    if kind == Some(ActionKind::ChangeNumberOfDirectors) && amount.as_ref().is_some_and(|number| !number.is_integer()) {
        line.reject("amount", "not-whole", "a number of directors is a whole number.", "Correct the number.");
    }
    Some(Action {
        date: date?,
        kind: kind?,
        class,
        amount,
        entitled,
        series_a_amount,
        offer_to_all,
        in_exchange_for,
        approved_by: approval,
        row: line.data_row,
        place: line.row_place(),
    })
}

pub(crate) fn meeting(line: &mut Line) -> Option<Meeting> {
    let kind = line.word("kind");
    let requested_date = line.date("requested_date");
    let requesting_shares = line.read_number("requesting_shares", Value::shares);
    let ordered_by_board = line.yes_no("ordered_by_board").unwrap_or(false);
    let called_date = line.date("called_date");
    let meeting_date = line.date("meeting_date");
    Some(Meeting {
        requested_date,
        requesting_shares,
        ordered_by_board,
        called_date,
        next_annual_meeting: line.date("next_annual_meeting"),
        right_exercised: line.yes_no("right_exercised").unwrap_or(false),
        vacancies: line.read_number("vacancies", Value::whole),
        preferred_shares_present: line.read_number("preferred_shares_present", Value::shares),
        special: kind? == 0,
        meeting_date: meeting_date?,
        row: line.data_row,
        place: line.row_place(),
    })
}

pub(crate) fn ballot(line: &mut Line, classes: &Classes, register: &Register) -> Option<Ballot> {
    let matter = line.text("matter");
    let kind = line.worded::<BallotKind>("kind");
    let holder = holder(line, register, "Correct the id, or add the holder to the register.");
    let class = class(line, classes);
    let choice = line.text("choice").and_then(|text| match kind {
        Some(BallotKind::Directors) if CHOICES.contains(&fold(&text).as_str()) => {
            let message = format!("'{text}' is not a nominee, and directors are elected by votes for nominees.");
            line.reject("choice", "no-nominee", &message, "Type the nominee's name, or delete the row.");
            None
        }
        Some(BallotKind::Directors) | None => Some(text),
        Some(_) if CHOICES.contains(&fold(&text).as_str()) => Some(fold(&text)),
        Some(_) => {
            let refusal = unknown_word(&text, &CHOICES);
            line.refuse("choice", &refusal);
            None
        }
    });
    let shares = line.shares("shares");
    Some(Ballot {
        matter: matter?,
        kind: kind?,
        holder: holder?,
        class: class?,
        choice: choice?,
        shares,
        place: line.row_place(),
    })
}

pub(crate) fn director(line: &mut Line) -> Option<Director> {
    let name = line.text("director");
    let elected_by = line.word("elected_by");
    let elected_on = line.date("elected_on");
    let left_on = line.date("left_on");
    in_order(line, "left_on", left_on, "elected_on", elected_on);
    Some(Director {
        name: name?,
        elected_by: if elected_by? == 0 { Electors::Common } else { Electors::Preferred },
        elected_on: elected_on?,
        left_on,
        place: line.row_place(),
    })
}
