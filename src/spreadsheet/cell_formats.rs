//! How the cells of an XLSX workbook look: number formats, fonts, fills, borders and alignment as calamine reads them,
//! as formats of a workbook that is written; but for wrapped texts, since neither heights nor merged cells are known.

use crate::panics::catch_panic;
use calamine::{BorderStyle, FillPattern, HorizontalAlignment, Style, UnderlineStyle, VerticalAlignment};
use calamine::{Reader, Xlsx, XlsxCellReader};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, FormatUnderline};
use std::io::Cursor;

/// The looks of a workbook's cells.
pub struct CellFormats(Xlsx<Cursor<Vec<u8>>>);

impl CellFormats {
    /// Those of a workbook that [`super::open`] could open; none where it is not XLSX.
    pub fn open(bytes: Vec<u8>) -> Option<Self> {
        catch_panic(|| Xlsx::new(Cursor::new(bytes)).ok()).flatten().map(Self)
    }

    /// Those of a sheet, to be read with its rows.
    pub fn sheet(&mut self, name: &str) -> Option<SheetFormats<'_>> {
        let cells = catch_panic(|| self.0.worksheet_cells_reader(name).ok()).flatten()?;
        let formats: Vec<Format> = cells.styles().iter().map(format).collect();
        let is_empty = formats.is_empty();
        (!is_empty).then_some(SheetFormats { cells: Some(cells), formats, ahead: None, row: Vec::new() })
    }
}

/// The looks of a sheet's cells, row by row.
pub struct SheetFormats<'a> {
    /// None once it was read to its end, or could not be read on.
    cells: Option<XlsxCellReader<'a, Cursor<Vec<u8>>>>,
    /// By the number that cells have for them; the first is that of cells without one.
    formats: Vec<Format>,
    /// The next cell's row, column and number.
    ahead: Option<(u32, u32, usize)>,
    /// The columns and numbers of the row at hand.
    row: Vec<(u32, usize)>,
}

impl SheetFormats<'_> {
    /// Goes on to a row, counted from 0. Rows come in ascending order.
    pub fn go_to(&mut self, row: u32) {
        self.row.clear();
        while let Some((at, column, number)) = self.ahead.take().or_else(|| self.read()) {
            if at > row {
                self.ahead = Some((at, column, number));
                return;
            }
            if at == row {
                self.row.push((column, number));
            }
        }
    }

    fn read(&mut self) -> Option<(u32, u32, usize)> {
        let cells = self.cells.as_mut()?;
        let next = catch_panic(|| cells.next_style_id().ok().flatten()).flatten();
        if next.is_none() {
            self.cells = None;
        }
        next
    }

    /// The look of a cell of the row at hand, its column counted from 0.
    pub fn get(&self, column: u32) -> &Format {
        let number = self.row.iter().find(|(at, _)| *at == column).map_or(0, |(_, number)| *number);
        &self.formats[number]
    }
}

fn format(style: &Style) -> Format {
    let mut format = Format::new();
    if let Some(number) = &style.number_format {
        format = match number.format_id.and_then(|id| u8::try_from(id).ok()).filter(|id| *id < FIRST_CUSTOM) {
            Some(id) => format.set_num_format_index(id),
            None => format.set_num_format(&number.format_code),
        };
    }
    if let Some(font) = &style.font {
        format = font.name.iter().fold(format, Format::set_font_name);
        format = font.size.iter().fold(format, |format, size| format.set_font_size(*size));
        format = font.color.iter().fold(format, |format, color| format.set_font_color(rgb(*color)));
        format = if font.is_bold() { format.set_bold() } else { format };
        format = if font.is_italic() { format.set_italic() } else { format };
        format = if font.has_strikethrough() { format.set_font_strikethrough() } else { format };
        format = match font.underline {
            UnderlineStyle::None => format,
            UnderlineStyle::Double | UnderlineStyle::DoubleAccounting => format.set_underline(FormatUnderline::Double),
            _ => format.set_underline(FormatUnderline::Single),
        };
    }
    if let Some(color) =
        style.fill.as_ref().filter(|fill| fill.pattern == FillPattern::Solid).and_then(|f| f.foreground_color)
    {
        format = format.set_background_color(rgb(color));
    }
    if let Some(borders) = &style.borders {
        let color = |border: &calamine::Border| border.color.map_or(Color::Default, rgb);
        let (left, right, top, bottom) = (&borders.left, &borders.right, &borders.top, &borders.bottom);
        format = format.set_border_left(line(left.style)).set_border_left_color(color(left));
        format = format.set_border_right(line(right.style)).set_border_right_color(color(right));
        format = format.set_border_top(line(top.style)).set_border_top_color(color(top));
        format = format.set_border_bottom(line(bottom.style)).set_border_bottom_color(color(bottom));
    }
    if let Some(alignment) = &style.alignment {
        format = match alignment.horizontal {
            HorizontalAlignment::Left => format.set_align(FormatAlign::Left),
            HorizontalAlignment::Center => format.set_align(FormatAlign::Center),
            HorizontalAlignment::Right => format.set_align(FormatAlign::Right),
            _ => format,
        };
        format = match alignment.vertical {
            VerticalAlignment::Top => format.set_align(FormatAlign::Top),
            VerticalAlignment::Center => format.set_align(FormatAlign::VerticalCenter),
            _ => format,
        };
        format = alignment.indent.iter().fold(format, |format, indent| format.set_indent(*indent));
    }
    format
}

/// Number formats below this one are built in, and shown as the reader's language has them.
const FIRST_CUSTOM: u8 = 164;

fn rgb(color: calamine::Color) -> Color {
    Color::RGB(color.to_argb() & 0x00ff_ffff)
}

fn line(style: BorderStyle) -> FormatBorder {
    match style {
        BorderStyle::None => FormatBorder::None,
        BorderStyle::Medium => FormatBorder::Medium,
        BorderStyle::Thick => FormatBorder::Thick,
        BorderStyle::Double => FormatBorder::Double,
        BorderStyle::Hair => FormatBorder::Hair,
        BorderStyle::Dashed => FormatBorder::Dashed,
        BorderStyle::Dotted => FormatBorder::Dotted,
        _ => FormatBorder::Thin,
    }
}
