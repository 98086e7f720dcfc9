//! How each file writes its decimals: what its own text numbers show, where neither the terms nor commas between fields say
//! it.

use crate::model::DecimalMark;
use crate::problem::{Place, Problem};
use std::collections::BTreeMap;

/// The decimal mark of each file whose numbers settle it.
pub(crate) type Settled = BTreeMap<String, DecimalMark>;

#[derive(Debug, Default)]
struct Shown {
    /// The first number that only a point, or only a comma, makes one.
    point: Option<(Place, String)>,
    comma: Option<(Place, String)>,
    /// Whether there are numbers with two readings.
    doubt: bool,
}

/// What the text numbers of all files show.
#[derive(Debug, Default)]
pub(crate) struct Marks(BTreeMap<String, Shown>);

impl Marks {
    /// Takes a number that only one mark makes a number.
    pub(crate) fn only(&mut self, mark: DecimalMark, place: Place, value: &str) {
        let shown = self.0.entry(place.file.clone().unwrap_or_default()).or_default();
        let slot = if mark == DecimalMark::Point { &mut shown.point } else { &mut shown.comma };
        slot.get_or_insert_with(|| (place, value.trim().to_owned()));
    }

    pub(crate) fn doubt(&mut self, file: &str) {
        self.0.entry(file.to_owned()).or_default().doubt = true;
    }

    /// The marks of the files in doubt that their other numbers settle.
    pub(crate) fn settled(&self) -> Settled {
        let mark = |shown: &Shown| match (&shown.point, &shown.comma) {
            (Some(_), None) => Some(DecimalMark::Point),
            (None, Some(_)) => Some(DecimalMark::Comma),
            _ => None,
        };
        let doubtful = self.0.iter().filter(|(_, shown)| shown.doubt);
        doubtful.filter_map(|(file, shown)| mark(shown).map(|mark| (file.clone(), mark))).collect()
    }

    /// Says where one file writes decimals in both ways.
    pub(crate) fn contradictions(&self) -> impl Iterator<Item = Problem> {
        self.0.values().filter_map(|shown| {
            let ((first, point), (second, comma)) = (shown.point.as_ref()?, shown.comma.as_ref()?);
            let cell = |place: &Place| match (&place.sheet, &place.cell) {
                (Some(sheet), Some(cell)) if first.sheet != second.sheet => format!("{cell} of {sheet}"),
                (_, cell) => cell.clone().unwrap_or_default(),
            };
            let message = format!(
                "'{point}' in {} has a decimal point, and '{comma}' in {} a decimal comma, so other numbers of the file could \
                 mean either.",
                cell(first),
                cell(second)
            );
            let help = "Write the file's numbers in one way, or set the term decimal_mark to a point or to a comma.";
            Some(Problem::error("case.decimal_mark.contradicted", second.clone(), message, help))
        })
    }
}
