//! Workbooks: which format a file is really in, and a reader of its sheets.

use super::row::{Fault, Rows};

/// A sheet of a workbook.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether it is hidden, where the format's reader can tell.
    pub hidden: bool,
}

/// An open workbook.
pub trait Workbook {
    /// Its sheets of cells, in order.
    fn sheets(&self) -> &[Sheet];

    /// The rows of a sheet, by its index in [`Workbook::sheets`].
    ///
    /// # Errors
    /// What is wrong with the file.
    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault>;
}

/// Opens a workbook, whose format its first bytes tell, whatever the file is called.
///
/// # Errors
/// What is wrong with the file: another format, damaged, password-protected, a bomb.
pub fn open(bytes: Vec<u8>, file: &str) -> Result<Box<dyn Workbook>, Fault> {
    let _ = (bytes, file);
    Err(Fault::new("unknown-format", "This format cannot be read yet.", "Save it as CSV."))
}
