//! What is said of a file that cannot be read.

use super::Fault;

const SAVE_AS: &str = "Open it in Excel, save it under a new name as an Excel workbook (.xlsx), and use that.";

/// The file is not what it should be.
pub(crate) fn damaged(detail: &str) -> Fault {
    Fault::new(
        "damaged",
        format!("The workbook is damaged or incomplete ({detail})."),
        "Open it in Excel, which may repair it, save it under a new name, and use that; or fetch the file again.",
    )
}

/// The file unpacks to what no workbook holds.
pub(crate) fn bomb(detail: &str) -> Fault {
    Fault::new(
        "too-large-unpacked",
        format!("The workbook is not opened: {detail}."),
        "Copy the table's cells into a new workbook and use that, or save the table as a CSV file.",
    )
}

/// The file may be right, and is built as no reader here understands.
pub(crate) fn not_understood(detail: &str) -> Fault {
    let message = format!("The workbook is built in a way that the reader does not understand ({detail}).");
    Fault::new("cannot-be-read", message, SAVE_AS)
}

/// Only a password opens the file.
pub(crate) fn password_protected() -> Fault {
    Fault::new(
        "password-protected",
        "The workbook is protected with a password, so it cannot be read.",
        "Open it in Excel, take the password away under File, Info, Protect Workbook, Encrypt with Password, and save it. \
         If Excel opens it without asking for one, it was only marked as final or protected against changes: save it \
         under a new name as an Excel workbook (.xlsx) with that protection taken away.",
    )
}

/// The workbook is older than what is read.
pub(crate) fn too_old(what: &str) -> Fault {
    Fault::new(
        "too-old",
        format!("The workbook is {what}, a format that is no longer read."),
        "Open it in Excel and save it as an Excel workbook (.xlsx).",
    )
}

/// The file is something else than a workbook.
pub(crate) fn not_a_workbook(message: &str) -> Fault {
    Fault::new("not-a-workbook", message, "Open it in Excel and save it as an Excel workbook (.xlsx).")
}
