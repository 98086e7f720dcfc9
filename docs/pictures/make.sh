#!/usr/bin/env bash
# Draws the README's pictures again, from runs of the samples: bash docs/pictures/make.sh (LibreOffice, poppler-utils).
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

# The top of a workbook's first page that has a text, as a picture: workbook, text, height at 100 dots an inch, picture.
picture() {
  soffice --headless -env:UserInstallation="file://$scratch/office" --convert-to pdf --outdir "$scratch" "$1" >/dev/null 2>&1
  local pdf page
  pdf=$scratch/$(basename "${1%.xlsx}").pdf
  page=1
  until pdftotext -f $page -l $page "$pdf" - | grep -q "$2"; do
    page=$((page + 1))
    [ $page -lt 50 ] || { echo "$1: no page has the text '$2'" >&2; exit 1; }
  done
  pdftoppm -png -r 100 -f $page -l $page -x 0 -y 0 -W 2000 -H "$3" -singlefile "$pdf" "$pictures/$4"
  echo "$pictures/$4.png"
}

"$RATABLE" dividend sample-data/small --date 2006-06-15 --out "$scratch/dividend" --quiet
picture "$scratch/dividend/holders/H-001.xlsx" 'Smallwater Turbines' 500 statement
"$RATABLE" liquidate sample-data/venture --date 2026-06-30 --proceeds 20000000 --scenarios 0:100000000:2000000 \
  --workbooks none --out "$scratch/exit" --quiet
picture "$scratch/exit/scenarios.xlsx" 'What each class gets, drawn' 700 waterfall

# The page, in a browser (Chromium, chromedriver).
cargo test --locked --test all -- --ignored the_picture_of_the_readme
