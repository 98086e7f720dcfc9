#!/usr/bin/env bash
# Draws the README's pictures again, from runs of the samples: bash docs/pictures/make.sh (LibreOffice, pdftoppm).
# RATABLE names a program that is built already.
set -euo pipefail
cd "$(dirname "$0")/../.."
pictures=$PWD/docs/pictures
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ -z "${RATABLE:-}" ]; then
  cargo build --release --locked
  RATABLE=target/release/ratable
fi

# A page of a workbook as a picture.
page() { # workbook, page, picture
  soffice --headless -env:UserInstallation="file://$scratch/office" --convert-to pdf --outdir "$scratch/pdf" "$1" >/dev/null
  pdftoppm -png -r 80 -f "$2" -l "$2" -singlefile "$scratch/pdf/$(basename "${1%.xlsx}").pdf" "$pictures/$3"
}

"$RATABLE" dividend sample-data/small --date 2006-06-15 --out "$scratch/dividend" --quiet
page "$scratch/dividend/holders/H-001.xlsx" 1 statement
"$RATABLE" liquidate sample-data/venture --date 2026-06-30 --proceeds 20000000 --scenarios 0:100000000:2000000 \
  --workbooks none --out "$scratch/exit" --quiet
# The chart is the page of scenarios.xlsx that has the lines of every class.
page "$scratch/exit/scenarios.xlsx" "${WATERFALL_PAGE:-1}" waterfall

# The page, in a browser (Chromium, chromedriver).
cargo test --locked --test serve_browser -- --ignored the_picture_of_the_readme
