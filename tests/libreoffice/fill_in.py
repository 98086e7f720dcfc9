"""Fills in the workbook that `ratable new` writes, in LibreOffice itself, and saves it as XLSX and as ODS.

    fill_in.py BLANK.xlsx TABLES OUT.xlsx OUT.ods

TABLES is a folder of CSV tables. Each cell gets the words that somebody types into it, through the office's own input,
so LibreOffice decides what is a date, a number or a text, by the formats that the workbook gives its columns. Rates are
typed as percentages. A sheet's dropdown has to offer what is typed.

Needs python3-uno, and soffice on the path.
"""

import csv
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.sheet.ValidationType import LIST
from com.sun.star.table.CellContentType import VALUE

HEADER_ROW = 2  # from 0: below the title and what the sheet is for
# Columns, beside those of dates, whose cells have to hold numbers once the words are in.
NUMBERS = {"shares", "withholding_rate", "fair_value", "date"}
FORMATS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}


def prop(name, value):
    return PropertyValue(Name=name, Value=value)


def url(path):
    return uno.systemPathToFileUrl(str(pathlib.Path(path).resolve()))


def connected(pipe, seconds=90):
    """LibreOffice's own context, once it listens."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    end = time.monotonic() + seconds
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def opened(desktop, path, seconds=30):
    """The document, in no window that is shown: there may be no screen. An office that has just begun to listen may
    not open anything yet."""
    end = time.monotonic() + seconds
    while True:
        document = desktop.loadComponentFromURL(url(path), "_blank", 0, (prop("Hidden", True),))
        if document is not None:
            return document
        if time.monotonic() > end:
            sys.exit(f"{path}: LibreOffice does not open it")
        time.sleep(0.5)


class Typist:
    """Types into a document's cells."""

    def __init__(self):
        self.typed = 0

    def type(self, sheet, column, row, text, must_be_number=False):
        cell = sheet.getCellByPosition(column, row)
        place = f"{sheet.Name} {cell.AbsoluteName.split('.')[-1].replace('$', '')}"
        validation = cell.Validation
        if validation.Type == LIST:
            words = [word.strip('"') for word in validation.getFormula1().replace(",", ";").split(";")]
            if text not in words:
                sys.exit(f"{place}: the dropdown offers {words}, not {text}")
        # What the input line takes: the words are read as the office's language and the cell's format have them.
        cell.FormulaLocal = text
        if not cell.String:
            sys.exit(f"{place}: {text!r} was typed, and nothing is there")
        if must_be_number and cell.Type != VALUE:
            sys.exit(f"{place}: {text!r} was typed, and {cell.String!r} is a text there")
        self.typed += 1


def headers(sheet):
    """Where each column stands."""
    found = {}
    column = 0
    while text := sheet.getCellByPosition(column, HEADER_ROW).String:
        found[text] = column
        column += 1
    return found


def as_typed(column, text):
    """A rate of 0.3 is typed as 30% into cells that show percentages."""
    if column == "withholding_rate" and not text.endswith("%"):
        return f"{float(text) * 100:g}%"
    return text


def fill(typist, sheet, rows):
    columns = headers(sheet)
    first = next((r for r in range(HEADER_ROW + 1, 200) if not sheet.getCellByPosition(0, r).String), None)
    for row, values in enumerate(rows, start=first):
        for name, text in values.items():
            if text:
                number = name.endswith("_date") or name in NUMBERS
                typist.type(sheet, columns[name], row, as_typed(name, text), number)


def fill_terms(typist, sheet, rows):
    """The terms stand there already, with the Certificate's values."""
    columns = headers(sheet)
    at = {}
    row = HEADER_ROW + 1
    while term := sheet.getCellByPosition(columns["term"], row).String:
        at[term] = row
        row += 1
    for values in rows:
        typist.type(sheet, columns["value"], at[values["term"]], values["value"])


def main(blank, tables, *outputs):
    with tempfile.TemporaryDirectory() as profile:
        pipe = pathlib.Path(profile).name
        office = subprocess.Popen(
            ["soffice", f"-env:UserInstallation={url(profile)}", "--headless", "--norestore", "--nologo",
             f"--accept=pipe,name={pipe};urp;"],
            # The language in which 0.5 is a half.
            env={**os.environ, "LC_ALL": "C.UTF-8"})
        try:
            context = connected(pipe)
            desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
            document = opened(desktop, blank)
            typist = Typist()
            sheets = {sheet.Name.lower().replace(" ", "_"): sheet for sheet in document.Sheets}
            for path in sorted(pathlib.Path(tables).glob("*.csv")):
                with open(path, newline="", encoding="utf-8") as file:
                    rows = list(csv.DictReader(file))
                (fill_terms if path.stem == "terms" else fill)(typist, sheets[path.stem], rows)
            for output in outputs:
                document.storeToURL(url(output), (prop("FilterName", FORMATS[pathlib.Path(output).suffix]),))
            print(f"{typist.typed} cells typed")
            document.close(True)
            try:
                desktop.terminate()
            except Exception:  # it may be gone before it answers
                pass
            office.wait(timeout=60)
        finally:
            if office.poll() is None:
                office.kill()


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
