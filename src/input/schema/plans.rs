//! The tables of what is planned or decided.

use super::{Column, Kind, NOTE, Table};
use crate::model::events::{ActionKind, Approval, BallotKind};
use crate::model::worded::Worded;

pub(crate) const CONSIDERATION: Table = Table {
    name: "consideration",
    help: "What each Common share is exchanged for in a merger (§7): one row per component.",
    columns: &[
        Column::new("component", Kind::Text, "The currency, such as USD, or the name of an asset.")
            .required()
            .alias("Asset, Consideration"),
        Column::new("amount", Kind::PerShare, "How much per Common share.")
            .required()
            .alias("Amount per Share, Per Share, Per Common Share"),
        Column::new("fair_value", Kind::PerShare, "Cash per unit of the asset.")
            .alias("Fair Market Value, FMV, Fair Value per Unit, Value per Unit"),
    ],
};

pub(crate) const ACTIONS: Table = Table {
    name: "actions",
    help: "Corporate actions that are planned, to learn which of them the Certificate allows (§4, §5, §8).",
    columns: &[
        Column::new("date", Kind::Date, "The day of the action.").required().alias("Action Date"),
        Column::new("action", Kind::Words(ActionKind::WORDS), "What is planned.").required().alias("Kind, Type"),
        Column::new("class", Kind::Class, "The class concerned.").alias("Share Class, Series, Class of Stock"),
        Column::new(
            "amount",
            Kind::Cash,
            "parity-dividend: what is paid on the class; change-number-of-directors: the new number.",
        )
        .alias("Amount Paid"),
        Column::new("entitled", Kind::Cash, "parity-dividend: the total to which the class is entitled.")
            .alias("Entitlement"),
        Column::new("series_a_amount", Kind::Cash, "parity-dividend: what is paid on Series A at the same time."),
        Column::new("offer_to_all", Kind::YesNo, "yes where a purchase is offered to all holders (§4(a)(iv))."),
        Column::new("in_exchange_for", Kind::Text, "What is given for the shares, such as junior-stock (§4(a)(iii))."),
        Column::new(
            "approved_by",
            Kind::Words(Approval::WORDS),
            "change-number-of-directors: preferred where the preferred voted for it; senior or parity where it is made \
             under the rights of such securities (§3(c)(ii)).",
        ),
        NOTE,
    ],
};

pub(crate) const MEETINGS: Table = Table {
    name: "meetings",
    help: "Meetings at which the preferred stock may elect directors (§3(c)).",
    columns: &[
        Column::new("kind", Kind::Words(&["special", "annual"]), "special or annual.")
            .required()
            .alias("Type, Meeting Type"),
        Column::new("requested_date", Kind::Date, "When the Board ordered it or holders requested it.")
            .alias("Requested, Request Date, Date Requested"),
        Column::new("requesting_shares", Kind::Number, "Preferred shares of those who requested it."),
        Column::new("ordered_by_board", Kind::YesNo, "yes where the Board ordered it.").alias("Board Order"),
        Column::new("called_date", Kind::Date, "When it was called.").alias("Called, Date Called"),
        Column::new("meeting_date", Kind::Date, "When it is held.").required().alias("Date, Held On, Date of Meeting"),
        Column::new("next_annual_meeting", Kind::Date, "The date fixed for the next annual meeting."),
        Column::new("right_exercised", Kind::YesNo, "yes where the right was exercised before in this default period."),
        Column::new("vacancies", Kind::Whole, "Vacancies on the Board."),
        Column::new("preferred_shares_present", Kind::Number, "Preferred shares present in person or by proxy."),
    ],
};

pub(crate) const CHOICES: [&str; 3] = ["for", "against", "abstain"];

pub(crate) const BALLOTS: Table = Table {
    name: "ballots",
    help: "Ballots cast: a row per holder, class and choice.",
    columns: &[
        Column::new("matter", Kind::Text, "What is voted on.").required().alias("Proposal, Resolution"),
        Column::new("kind", Kind::Words(BallotKind::WORDS), "joint (§3(b)), amendment (§10) or directors (§3(c)).")
            .required()
            .alias("Type"),
        Column::new("holder_id", Kind::Id, "The holder's id, as in the register.")
            .required()
            .alias("Holder No., Shareholder ID, Shareholder No., Stockholder ID, Account No."),
        Column::new("class", Kind::Class, "The class voted.").required().alias("Share Class, Series, Class of Stock"),
        Column::new("choice", Kind::Text, "for, against or abstain; for directors the nominee's name.")
            .required()
            .alias("Vote, Nominee, Ballot"),
        Column::new("shares", Kind::Shares, "How many shares vote so; blank: all.")
            .alias("No. of Shares, Number of Shares, Shares Voted"),
    ],
};

pub(crate) const BOARD: Table = Table {
    name: "board",
    help: "The directors, those who left included: who elected them, when, and when they left (§3(c)).",
    columns: &[
        Column::new("director", Kind::Text, "The director's name.").required().alias("Name, Director Name"),
        Column::new(
            "elected_by",
            Kind::Words(&["common", "preferred"]),
            "common, or preferred: the preferred in a default period.",
        )
        .required(),
        Column::new("elected_on", Kind::Date, "When the director was elected.")
            .required()
            .alias("Elected, Date Elected, Election Date, Appointed On"),
        Column::new("left_on", Kind::Date, "When the director left; blank: has not.")
            .alias("Left, Date Left, Resigned On"),
    ],
};
