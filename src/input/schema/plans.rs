//! The tables of what is planned or decided.

use super::Kind::{Cash, Class, Date, Id, Number, PerShare, Shares, Text, Whole, Words, YesNo};
use super::{NOTE, Table, column, required};
use crate::model::Worded;
use crate::model::events::{ActionKind, Approval, BallotKind};

pub(crate) const CONSIDERATION: Table = Table {
    name: "consideration",
    help: "What each Common share is exchanged for in a merger (§7): one row per component.",
    columns: &[
        required("component", Text, "The currency, such as USD, or the name of an asset.")
            .alias("Asset, Consideration"),
        required("amount", PerShare, "How much per Common share.")
            .alias("Amount per Share, Per Share, Per Common Share"),
        column("fair_value", PerShare, "Cash per unit of the asset.")
            .alias("Fair Market Value, FMV, Fair Value per Unit, Value per Unit"),
    ],
};

pub(crate) const ACTIONS: Table = Table {
    name: "actions",
    help: "Corporate actions that are planned, to learn which of them the Certificate allows (§4, §5, §8).",
    columns: &[
        required("date", Date, "The day of the action.").alias("Action Date"),
        required("action", Words(ActionKind::WORDS), "What is planned.").alias("Kind, Type"),
        column("class", Class, "The class concerned.").alias("Share Class, Series, Class of Stock"),
        column(
            "amount",
            Cash,
            "parity-dividend: what is paid on the class; change-number-of-directors: the new number.",
        )
        .alias("Amount Paid"),
        column("entitled", Cash, "parity-dividend: the total to which the class is entitled.").alias("Entitlement"),
        column("series_a_amount", Cash, "parity-dividend: what is paid on Series A at the same time."),
        column("offer_to_all", YesNo, "yes where a purchase is offered to all holders (§4(a)(iv))."),
        column("in_exchange_for", Text, "What is given for the shares, such as junior-stock (§4(a)(iii))."),
        column(
            "approved_by",
            Words(Approval::WORDS),
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
        required("kind", Words(&["special", "annual"]), "special or annual.").alias("Type, Meeting Type"),
        column("requested_date", Date, "When the Board ordered it or holders requested it.")
            .alias("Requested, Request Date, Date Requested"),
        column("requesting_shares", Number, "Preferred shares of those who requested it."),
        column("ordered_by_board", YesNo, "yes where the Board ordered it.").alias("Board Order"),
        column("called_date", Date, "When it was called.").alias("Called, Date Called"),
        required("meeting_date", Date, "When it is held.").alias("Date, Held On, Date of Meeting"),
        column("next_annual_meeting", Date, "The date fixed for the next annual meeting."),
        column("right_exercised", YesNo, "yes where the right was exercised before in this default period."),
        column("vacancies", Whole, "Vacancies on the Board."),
        column("preferred_shares_present", Number, "Preferred shares present in person or by proxy."),
    ],
};

pub(crate) const BALLOTS: Table = Table {
    name: "ballots",
    help: "Ballots cast: a row per holder, class and choice.",
    columns: &[
        required("matter", Text, "What is voted on.").alias("Proposal, Resolution"),
        required("kind", Words(BallotKind::WORDS), "joint (§3(b)), amendment (§10) or directors (§3(c)).")
            .alias("Type"),
        required("holder_id", Id, "The holder's id, as in the register.")
            .alias("Holder No., Shareholder ID, Shareholder No., Stockholder ID, Account No."),
        required("class", Class, "The class voted.").alias("Share Class, Series, Class of Stock"),
        required("choice", Text, "for, against or abstain; for directors the nominee's name.")
            .alias("Vote, Nominee, Ballot"),
        column("shares", Shares, "How many shares vote so; blank: all.")
            .alias("No. of Shares, Number of Shares, Shares Voted"),
    ],
};

pub(crate) const BOARD: Table = Table {
    name: "board",
    help: "The directors, those who left included: who elected them, when, and when they left (§3(c)).",
    columns: &[
        required("director", Text, "The director's name.").alias("Name, Director Name"),
        required(
            "elected_by",
            Words(&["common", "preferred"]),
            "common, or preferred: the preferred in a default period.",
        ),
        required("elected_on", Date, "When the director was elected.")
            .alias("Elected, Date Elected, Election Date, Appointed On"),
        column("left_on", Date, "When the director left; blank: has not.").alias("Left, Date Left, Resigned On"),
    ],
};
