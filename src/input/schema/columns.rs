//! The `columns` table.

use super::{Column, Kind, Table};

pub(crate) const COLUMNS: Table = Table {
    name: "columns",
    help: "Your own headers: which header stands for which column of which table.",
    total: None,
    columns: &[
        Column::new("table", Kind::Text, "The table's name, such as register.").required().alias("Sheet"),
        Column::new("column", Kind::Text, "The column's name here, such as holder_id.").required().alias("Field"),
        Column::new("header", Kind::Text, "The header in your table.")
            .required()
            .alias("Your Header, Own Header, Heading"),
    ],
};
