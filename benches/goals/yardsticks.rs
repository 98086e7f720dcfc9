//! The programs that `ratable` is held against.

use calamine::{Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Reads a CSV file with the `csv` crate and writes it again.
pub fn rewrite_csv(from: &Path, to: &Path) -> io::Result<()> {
    let mut reader = csv::Reader::from_path(from)?;
    let mut writer = csv::Writer::from_path(to)?;
    writer.write_byte_record(reader.byte_headers()?)?;
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        writer.write_byte_record(&record)?;
    }
    writer.flush()
}

/// Writes one sheet of `rows` × 9 in constant memory with `rust_xlsxwriter`.
pub fn holdings_sheet(to: &Path, rows: usize) -> io::Result<()> {
    let write = || -> Result<(), XlsxError> {
        let mut workbook = Workbook::new();
        let money = Format::new().set_num_format("#,##0.00");
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        let last = u32::try_from(rows).unwrap_or(u32::MAX).min(1_048_576);
        for row in 0..last {
            sheet.write(row, 0, format!("H{row:07}"))?;
            sheet.write(row, 1, format!("Holder Number {row} & Family Trust"))?;
            sheet.write(row, 2, "Series A Junior Participating Preferred Stock")?;
            sheet.write(row, 3, f64::from(row) / 64.0)?;
            sheet.write(row, 4, "USD")?;
            for column in 5..9 {
                sheet.write_with_format(row, column, f64::from(row) / 4.0, &money)?;
            }
        }
        workbook.save(to)
    };
    write().map_err(io::Error::other)
}

/// Reads every cell of a workbook's first sheet with calamine, and does nothing with them.
pub fn read_cells(path: &Path) -> io::Result<u64> {
    let mut workbook: Xlsx<_> = open_workbook(path).map_err(|e: calamine::XlsxError| io::Error::other(e))?;
    let name = workbook.sheet_names().first().cloned().unwrap_or_default();
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(io::Error::other)?;
    let mut count = 0;
    while cells.next_cell().map_err(io::Error::other)?.is_some() {
        count += 1;
    }
    Ok(count)
}

/// Writes `count` workbooks about as large as a statement with `rust_xlsxwriter`, from two threads.
pub fn statements(folder: &Path, count: usize) -> io::Result<()> {
    from_two_threads(folder, count, |path, at| {
        let write = || -> Result<(), XlsxError> {
            let mut workbook = Workbook::new();
            let bold = Format::new().set_bold().set_background_color(0xE8_EE_F5);
            let money = Format::new().set_num_format("#,##0.00");
            let grey = Format::new().set_font_color(0x5F_6B_7A).set_text_wrap();
            let sheet = workbook.add_worksheet();
            for row in 0..40u32 {
                sheet.write_with_format(row, 0, format!("Line {row} of holder {at}"), &bold)?;
                sheet.write_with_format(row, 1, "what the clause says, in a few words", &grey)?;
                sheet.write_with_format(row, 2, f64::from(row) * 12.25, &money)?;
            }
            workbook.save(path)
        };
        write().map_err(io::Error::other)
    })
}

/// Writes bytes through a buffer and waits until the disk has them, as the program does.
pub fn written(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut out = io::BufWriter::with_capacity(1 << 16, fs::File::create(path)?);
    bytes.chunks(512).try_for_each(|piece| out.write_all(piece))?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// Writes `count` files of `size` bytes, from two threads.
pub fn plain_files(folder: &Path, count: usize, size: usize) -> io::Result<()> {
    let bytes = vec![b'x'; size];
    from_two_threads(folder, count, |path, _| fs::write(path, &bytes))
}

fn from_two_threads(
    folder: &Path,
    count: usize,
    write: impl Fn(&Path, usize) -> io::Result<()> + Sync,
) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let half = |first: usize| -> io::Result<()> {
        (first..count).step_by(2).try_for_each(|at| write(&folder.join(format!("{at}.xlsx")), at))
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        half(0)?;
        other.join().map_err(|_| io::Error::other("a thread stopped"))?
    })
}
