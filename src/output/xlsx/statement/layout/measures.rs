//! What of a template decides about the heights of its rows: widths of columns, and styles that wrap.

use super::pieces::{children, flag, value};
use roxmltree::{Document, Node};

/// The columns' widths, in characters of the standard font.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    widths: Vec<(u32, u32, f64)>,
    default: Option<f64>,
    row_height: Option<f64>,
}

impl Columns {
    /// Reads those of a worksheet.
    pub(crate) fn read(worksheet: Node) -> Self {
        let defaults = children(worksheet, "sheetFormatPr").last();
        let width = |col| Some((value(col, "min")?, value(col, "max")?, measure(col, "width", 255.0)?));
        let columns = children(worksheet, "cols").flat_map(|columns| children(columns, "col"));
        Self {
            widths: columns.filter_map(width).collect(),
            default: defaults.and_then(|node| measure(node, "defaultColWidth", 255.0)),
            row_height: defaults.and_then(|node| measure(node, "defaultRowHeight", 409.5)),
        }
    }

    /// The width of columns `first` to `last`, both included, from 0.
    pub(crate) fn width(&self, first: u32, last: u32) -> f64 {
        let one = |column: u32| {
            let known = self.widths.iter().find(|(from, to, _)| (*from..=*to).contains(&(column + 1)));
            known.map_or(self.default.unwrap_or(8.43), |(.., width)| *width)
        };
        (first..=last.min(first + 256)).map(one).sum()
    }

    /// The height of a row that has none of its own, in points.
    pub(crate) fn row_height(&self) -> f64 {
        self.row_height.unwrap_or(15.0)
    }
}

/// A measure that a spreadsheet may have: from none to `most`.
pub(crate) fn measure(node: Node, attribute: &str, most: f64) -> Option<f64> {
    value(node, attribute).filter(|measure| (0.0..=most).contains(measure))
}

/// What of the styles decides about heights: for each cell style whether it wraps, and its font's size in points.
#[derive(Clone, Debug, Default)]
pub(crate) struct Styles(Vec<(bool, f64)>);

impl Styles {
    /// Reads `styles.xml`.
    pub(crate) fn read(document: &Document) -> Self {
        let all = |list, one| children(document.root_element(), list).flat_map(move |list| children(list, one));
        let size = |font| children(font, "sz").filter_map(|size| measure(size, "val", 409.0)).find(|size| *size >= 1.0);
        let sizes: Vec<f64> = all("fonts", "font").map(|font| size(font).unwrap_or(11.0)).collect();
        let style = |style| {
            let font = value::<usize>(style, "fontId").and_then(|id| sizes.get(id));
            (children(style, "alignment").any(|node| flag(node, "wrapText")), font.copied().unwrap_or(11.0))
        };
        Self(all("cellXfs", "xf").map(style).collect())
    }

    /// The font's size of a style that wraps.
    pub(crate) fn wraps(&self, style: Option<u32>) -> Option<f64> {
        let style = self.0.get(style.unwrap_or(0) as usize)?;
        style.0.then_some(style.1)
    }
}
