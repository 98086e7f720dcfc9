//! In whose manner a list is: which tool's export its headers are those of. `docs/from.md` names the public pages.

use super::schema::header_key;

/// What the headers of a tool's list are: all of these, as [`header_key`] has them; between `|` one of them.
const MANNERS: [(&str, &str); 10] = [
    ("Registry Direct's transactions", "buyingreceivingholder security quantity"),
    ("Registry Direct's holdings", "hinsrn holder|investor security"),
    ("Capdesk's import file with transfers", "firstname lastname companyname selleremail shareclass"),
    ("Capdesk's import file of issues", "firstname lastname companyname shareclass quantity"),
    ("Carta's shareholder overview (Europe)", "shareholder securityclass externalid|personalid|latestregistrationdate"),
    ("Carta's ledger of securities", "securityid quantityissued stakeholdername|stakeholder|stakeholderid"),
    ("captable.io's list of shareholders", "institutionname firstname lastname"),
    ("captable.io's import list", "id name type stockclassname|stateprovince"),
    ("Pulley's list of shares", "stakeholdername shareclass quantity pricepershare issuedate"),
    (
        "a transfer agent's registered list",
        "registration|registration1|registrationline1 certno|certificatenumber|certificateno|accountnumber|accountno",
    ),
];

pub(crate) fn manner(headers: &[(u32, String)]) -> Option<&'static str> {
    let keys: Vec<String> = headers.iter().map(|(_, header)| header_key(header)).collect();
    let has = |wanted: &str| wanted.split('|').any(|one| keys.iter().any(|key| key == one));
    MANNERS.into_iter().find(|(_, wanted)| wanted.split(' ').all(has)).map(|(name, _)| name)
}

/// Tools whose lists tell holders apart by their names, where they have no id of the company's.
const BY_NAME: [&str; 2] = ["Pulley's list of shares", "Carta's shareholder overview (Europe)"];

/// Whether the names of a list's holders are their ids, where it has no column of ids.
pub(crate) fn is_by_name(headers: &[(u32, String)]) -> bool {
    manner(headers).is_some_and(|manner| BY_NAME.contains(&manner))
}

/// The column of a list that is headed `ID` and means the holder's.
pub(crate) fn bare_id(headers: &[(u32, String)]) -> Option<u32> {
    let is_known = manner(headers) == Some("captable.io's import list");
    headers.iter().find(|(_, header)| is_known && header_key(header) == "id").map(|(at, _)| *at)
}
