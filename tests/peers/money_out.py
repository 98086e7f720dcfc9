#!/usr/bin/env python3
"""What programs that others wrote say of the files that ratable writes for banks and ledgers.

    python3 tests/peers/money_out.py target/debug/ratable

pain.001 is checked by xmllint and PyPI's xmlschema against the schema that PyPI's sepaxml ships; NACHA is read by PyPI's
achkit and npm's @midlandsbank/node-nacha (found by NODE_PATH), whose totals must be the ones stated; journals are checked by
bean-check and hledger. What is not installed is SKIPPED, and with RATABLE_CI=1 a failure.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RATABLE = Path(sys.argv[1]).resolve()
passed, failed, skipped = 0, 0, set()


def verdict(what, ok, said=""):
    global passed, failed
    if ok:
        passed += 1
        print(f"  {what}: ok {said}".rstrip())
    else:
        failed += 1
        print(f"  {what}: FAILED {said}")


def skip(what):
    if what not in skipped:
        print(f"  {what}: SKIPPED, not installed")
    skipped.add(what)


def call(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    return done.returncode, (done.stdout + done.stderr).strip()


def ratable(*words):
    code, said = call(RATABLE, *words)
    return code, said


def cents(text):
    return int(text.replace(".", ""))


def module(name):
    try:
        return __import__(name, fromlist=["x"])
    except ImportError:
        return None


def pain001(file):
    sepaxml = module("sepaxml")
    if sepaxml is None:
        return skip("sepaxml's schema")
    schema = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.09.xsd"
    if shutil.which("xmllint"):
        code, said = call("xmllint", "--noout", "--schema", schema, file)
        verdict("xmllint", code == 0, said.splitlines()[-1].split("/")[-1] if said else "")
    else:
        skip("xmllint")
    xmlschema = module("xmlschema")
    if xmlschema is None:
        return skip("xmlschema")
    errors = list(xmlschema.XMLSchema(str(schema)).iter_errors(str(file)))
    verdict("xmlschema", not errors, "; ".join(str(error.reason) for error in errors[:3]))


NODE = """
const nacha = require('@midlandsbank/node-nacha');
const data = nacha.from(require('fs').readFileSync(process.argv[1]).toString()).data;
const entries = data.batches.flatMap(batch => batch.entries);
console.log(JSON.stringify([entries.length, entries.reduce((sum, entry) => sum + entry.amount, 0),
  data.file.footer.totalCredit, data.file.footer.entryAndAddendaCount]));
"""


def nacha(file):
    stated = json.loads(Path(f"{file}.json").read_text())
    count, amount = stated["payments"], cents(stated["amount"])
    achkit = module("achkit.validate")
    if achkit is None:
        skip("achkit")
    else:
        text = Path(file).read_text()
        found = achkit.validate(text)
        entries = [entry for batch in module("achkit.parse").parse(text)["batches"] for entry in batch["entries"]]
        total = sum(entry["amount_cents"] for entry in entries)
        verdict("achkit", found["ok"] and (len(entries), total) == (count, amount), f"{len(entries)} entries, {total} cents {found['errors']}")
    if not shutil.which("node"):
        return skip("node-nacha")
    code, said = call("node", "-e", NODE, file)
    if "Cannot find module" in said:
        return skip("node-nacha")
    verdict("node-nacha", code == 0 and json.loads(said) == [count, amount, amount, 2 * count], said[:300])


def journals(runs, folder):
    file = folder / "journal.csv"
    code, said = ratable("journal", *runs, "--as", "csv", "--out", file)
    rows = list(csv.DictReader(file.open())) if code == 0 else []
    sums = [sum(cents(row[side] or "0") for row in rows) for side in ("debit", "credit")]
    verdict("csv balances", code == 0 and rows and sums[0] == sums[1], f"{len(rows)} postings, {sums[0]} units {said if code else ''}")
    for form, program, words in (("beancount", "bean-check", []), ("hledger", "hledger", ["check", "--strict", "-f"])):
        file = folder / f"journal.{form}"
        code, said = ratable("journal", *runs, "--as", form, "--out", file)
        verdict(f"journal --as {form}", code == 0, said if code else "")
        if not shutil.which(program):
            skip(program)
        elif code == 0:
            code, said = call(program, *words, file)
            verdict(program, code == 0 and not said, said[:500])


def case(path, date, proceeds, folder):
    print(f"{path.relative_to(ROOT)}, {date}")
    runs = []
    commands = [("dividend", []), ("liquidate", ["--proceeds", proceeds]), ("exchange", [])]
    for command, more in commands:
        out = folder / f"{path.stem}-{command}"
        code, said = ratable(command, path, "--date", date, *more, "--workbooks", "none", "--out", out, "--quiet")
        if code:
            print(f"  {command}: not run, {said.splitlines()[-1] if said else code}")
            continue
        runs.append(out)
        print(f" {command}")
        journals([out], Path(tempfile.mkdtemp(dir=folder)))
        for form, check in (("pain.001", pain001), ("nacha", nacha)):
            file = folder / f"{path.stem}-{command}.{form}"
            code, said = ratable("pay", out, "--case", path, "--as", form, "--out", file)
            if code == 3 and ("can carry no payment" in said or "table bank" in said):
                print(f"  {form}: nothing to carry, or no payer")
            else:
                verdict(f"pay --as {form}", code == 0, said.splitlines()[0] if said else "")
                if code == 0:
                    check(file)
    if len(runs) > 1:
        print(" all of them in one journal")
        journals(runs, Path(tempfile.mkdtemp(dir=folder)))


with tempfile.TemporaryDirectory() as top:
    for name, date, proceeds in (
        ("tests/fixtures/money_out", "2006-03-15", "1000000"),
        ("sample-data/capstone.xlsx", "2006-06-15", "25000000"),
        ("sample-data/small", "2006-06-15", "1000000"),
    ):
        folder = Path(tempfile.mkdtemp(dir=top))
        case(ROOT / name, date, proceeds, folder)

print(f"{passed} passed, {failed} failed, {len(skipped)} skipped")
sys.exit(1 if failed or (skipped and os.environ.get("RATABLE_CI")) else 0)
