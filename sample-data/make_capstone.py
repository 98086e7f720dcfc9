#!/usr/bin/env python3
"""Writes capstone.xlsx beside this file: a finance team's workbook with about 300 invented holders.

Needs openpyxl (3.1.5). The same script gives the same bytes (fixed seed, fixed time stamps); the workbook is committed, so
only someone who changes it runs this. Every name, address, tax number and account is invented: tax numbers and routing
numbers have a prefix of zeros that nobody has; check digits are right, as they must be.
"""
import datetime as dt
import io
import random
import re
import zipfile
from decimal import Decimal as Dec
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

rng = random.Random(20060615)
STAMP = dt.datetime(2006, 6, 12, 9, 0, 0)


def day(text):
    return dt.date.fromisoformat(text) if text else None


# ---------------------------------------------------------------------------------------------------------------
# Who there is. country: (given names, family names, [(street, city)], withholding rates, payment method)

PEOPLE = {
    "US": ("Abigail Marcus Denise Harold Yolanda Walter Priscilla Theodore Lorraine Curtis Bernice Vernon Maxine Clifford Roberta Desmond "
           "Gwendolyn Elliott Rosalind Everett", "Whitaker Hollis Brandt Okafor Delgado Pruitt Castellano Nakagawa Thibodeaux McAllister "
           "Sandoval Freeman Lindgren Abernathy Kowalczyk O'Dell Van-Horn Ramsey Tsosie Birnbaum",
           [("1180 Alder Street", "Portland, OR 97205"), ("47 Quarry Road", "Montpelier, VT 05602"), ("902 W. Juniper Avenue", "Flagstaff, AZ 86001"),
            ("310 Harbor Walk", "Duluth, MN 55802"), ("65 Larch Lane", "Asheville, NC 28801"), ("2204 Mesa Verde Drive", "Van Nuys, CA 91406")],
           ("", "", "", "", "0.24"), "ach"),
    "CA": ("Étienne Maude Gordon Solange Anjali", "Bélanger Côté MacLeod Thériault Grewal", [("88 rue des Érables", "Québec QC"), ("14 Kestrel Crescent", "Regina SK")], ("0.15", "0.25"), "wire"),
    "GB": ("Imogen Alasdair Rhiannon Nigel Oluwaseun", "Fairweather Pemberton-Lyle Llewellyn Ogilvie Adeyemi", [("3 Tannery Row", "Leeds LS2"), ("19 Castle Wynd", "Stirling FK8")], ("0.15",), "wire"),
    "DE": ("Jürgen Annegret Björn Käthe Günther", "Müller-Lüdenscheidt Weiß Grünewald Schäuffele Öttinger", [("Lindenstraße 12", "61350 Bad Homburg"), ("Am Mühlbach 3", "79098 Freiburg")], ("0.15",), "sepa"),
    "FR": ("Anaïs Théophile Maëlle Gaëtan Bérénice", "Lefèvre Château-Renaud Peñaranda Françoise-Noël D'Aubigné", [("7 allée des Tilleuls", "35000 Rennes"), ("22 quai Ça-Ira", "69002 Lyon")], ("0.15", "0.128"), "sepa"),
    "SE": ("Åsa Göran Linnéa Örjan", "Björkström Åkerlund Sjöqvist Öberg", [("Norra Kajen 5", "852 32 Sundsvall")], ("0.15",), "sepa"),
    "DK": ("Søren Mette Zoë", "Østergård Kjærgaard Højlund", [("Æblevej 9", "5000 Odense")], ("0.15",), "sepa"),
    "PL": ("Łukasz Małgorzata Zdzisław", "Wójcik Żółkiewska Dąbrowski", [("ul. Źródlana 4", "30-101 Kraków")], ("0.15",), "sepa"),
    "CZ": ("Jiří Božena", "Dvořáček Šťastná", [("Růžová 17", "602 00 Brno")], ("0.15",), "sepa"),
    "TR": ("Ayşe İbrahim", "Çelik Güneş Şahinoğlu", [("Çınar Sokak 8", "35220 İzmir")], ("0.2",), "wire"),
    "GR": ("Ελένη Γιώργος", "Παπαδοπούλου Καραγιάννης", [("Οδός Ελιάς 21", "546 21 Θεσσαλονίκη")], ("0.3",), "sepa"),
    "UA": ("Олена Тарас", "Шевчук Коваленко", [("вул. Липова 6", "79000 Львів")], ("0.15",), "wire"),
    "BR": ("João Conceição", "Magalhães Assunção", [("Rua das Acácias 140", "Curitiba PR")], ("0.3",), "wire"),
    "VN": ("Nguyễn Trần", "Thị-Hằng Đức-Anh", [("36 Phố Huế", "Hà Nội")], ("0.3",), "wire"),
    "IN": ("Ananya Raghunath Farida", "Venkataraman Mistry Chattopadhyay", [("5 Residency Cross", "Pune 411001")], ("0.25",), "wire"),
    "NG": ("Chukwuemeka Aṣabi", "Ọlátúnjí Nwosu", [("11 Ikorodu Close", "Lagos")], ("0.3",), "wire"),
}
WHOLE_NAMES = [  # name as registered, country, street, city, rate, method
    ("山田 太郎", "JP", "桜町 2-14-3", "札幌市", "0.1", "wire"), ("佐藤 花子", "JP", "緑ヶ丘 5-1", "神戸市", "0.1", "wire"),
    ("株式会社みなと投資", "JP", "港南 1-8-15", "東京都", "0.1", "wire"), ("渡邊 健一", "JP", "本町 3-2", "金沢市", "0.1", "wire"),
    ("陈美玲", "CN", "解放路 88 号", "苏州市", "0.1", "wire"), ("王建国", "CN", "中山东路 210 号", "南京市", "0.1", "wire"),
    ("臺灣綠能創業投資股份有限公司", "TW", "民生東路三段 9 號", "臺北市", "0.3", "wire"), ("林雅婷", "TW", "成功路 41 號", "臺南市", "0.3", "wire"),
    ("김서연", "KR", "은행나무로 27", "대전", "0.15", "wire"), ("한빛자산운용 주식회사", "KR", "여의나루로 60", "서울", "0.15", "wire"),
    ("משה כהן-אבני", "IL", "רחוב הדקל 4", "חיפה", "0.25", "wire"), ("קרן הגליל להשקעות בע״מ", "IL", "שדרות האורן 18", "תל אביב", "0.25", "wire"),
    ("شركة النور للاستثمار", "AE", "شارع النخيل ١٢", "دبي", "0.3", "wire"), ("ليلى بنت خالد", "KW", "شارع الخليج ٧", "الكويت", "0.3", "wire"),
    ("فرشاد رضایی", "CA", "9 Orchard Gate", "Toronto ON", "0.15", "wire"), ("นางสาว พิมพ์ชนก สุขใจ", "TH", "ถนนพระราม 4 ซอย 6", "กรุงเทพฯ", "0.15", "wire"),
    ("अनिल कुमार शर्मा", "IN", "नेहरू मार्ग 31", "जयपुर", "0.25", "wire"), ("Þórdís Guðmundsdóttir", "IS", "Ægisgata 3", "Reykjavík", "0.15", "wire"),
]
INSTITUTIONS = [
    ("Alder Ridge Partners III, L.P.", "US"), ("Bluestem Growth Fund", "US"), ("Carrick & Vane LLC, custodian FBO W. Hollis IRA", "US"), ("The \"Lantern\" Charitable Remainder Trust", "US"),
    ("Dunmore Street Nominees Ltd", "GB"), ("Errol Bay Pension Scheme", "GB"), ("Fjordkapital AS", "NO"), ("Gründerfonds Süd GmbH & Co. KG", "DE"), ("Société d'Épargne du Léman SA", "CH"),
    ("Compagnie Financière de l'Étang", "LU"), ("Halcyon Retirement System", "US"), ("Ironbark Superannuation Pty Ltd", "AU"), ("Juniper Mesa School District Endowment", "US"), ("Kestrel Small-Cap Value Fund", "US"),
    ("Lindqvist & Öberg Stiftelse", "SE"), ("Minnow Creek Family Trust u/a 3/14/1998", "US"), ("Nordlicht Versicherung a. G.", "DE"), ("Oriel Street Nominees (Jersey) Ltd", "JE"), ("Pilar y Hijos, S.L.", "ES"),
    ("Quarter Moon Ventures II, L.P.", "US"), ("Redwater Tribal Trust", "US"), ("Sable Island Master Fund Ltd.", "KY"), ("Tannenbaum Foundation", "US"), ("Ursa Minor Capital, Inc.", "US"),
    ("Vasco & Irmãos, Lda.", "PT"), ("Wychwood Investment Trust plc", "GB"), ("Xylem Holdings B.V.", "NL"), ("Yarrow Hill Credit Union", "US"), ("Zephyr Turbine Employees' Savings Plan", "US"),
    ("@Work Ventures, LLC", "US"), ("+Plus Beteiligungs AG", "AT"), ("Brass, Copper & Tin, LLP", "US"), ("Cielo Azul Fideicomiso 7741", "MX"), ("Estate of Ruth E. Lindgren", "US"), ("Hōkūleʻa Holdings", "US"),
    ("Innisfree Pension Trustees DAC", "IE"), ("Maple & Main Credit Co-operative", "CA"), ("Stichting Pensioenfonds Zuiderkade", "NL"), ("Tōhoku Machine Tool Mutual Aid", "JP"), ("Banco do Porto Velho, conta clientes", "PT"),
]
PLACES = {c: [(s, t)] for c, s, t in [
    ("NO", "Strandgata 14", "5004 Bergen"), ("CH", "Rue du Lac 30", "1800 Vevey"), ("LU", "12 rue du Moulin", "L-4010 Esch"), ("AU", "71 Wattle Street", "Ballarat VIC"), ("JE", "4 Oriel Street", "St Helier"),
    ("ES", "Calle Peñalara 8", "37001 Salamanca"), ("KY", "PO Box 1148, Fort Lane", "George Town"), ("PT", "Rua da Boavista 61", "4050 Porto"), ("NL", "Zuiderkade 9", "8011 Zwolle"), ("AT", "Mühlgasse 2", "4020 Linz"),
    ("MX", "Av. Jacarandás 45", "Mérida, Yuc."), ("IE", "18 Lough Road", "Sligo"), ("JP", "青葉区 1-6", "仙台市")]}
RATES = {"NO": ("0.15",), "CH": ("0.15",), "LU": ("0.15",), "AU": ("0.15",), "JE": ("0.3",), "ES": ("0.15",), "KY": ("0.3",), "PT": ("0.15",), "NL": ("0.15", "0"), "AT": ("0.15",), "MX": ("0.1",), "IE": ("0.15",), "JP": ("0.1",)}
SEPA = {"DE", "FR", "SE", "DK", "PL", "CZ", "GR", "LU", "ES", "PT", "NL", "AT", "IE"}


def digits(n):
    return "".join(rng.choice("0123456789") for _ in range(n))


def routing(eight):
    """A routing number with its check digit."""
    return eight + str(-sum(int(d) * w for d, w in zip(eight, (3, 7, 1, 3, 7, 1, 3, 7))) % 10)


def iban(country, body):
    """An IBAN with its check digits."""
    number = "".join(str(int(c, 36)) for c in body.replace(" ", "") + country + "00")
    return f"{country}{98 - int(number) % 97:02} {body}"


def place(city):
    """A town as PEOPLE and PLACES have it, in the fields of an address: town, state, postal_code."""
    shapes = [r"(?P<town>.+), (?P<state>\S+)( (?P<code>\d{5}))?", r"(?P<code>(L-)?\d[\d -]*\d) (?P<town>.+)",
              r"(?P<town>.+) (?P<state>[A-Z]{2,3})", r"(?P<town>.+) (?P<code>\d{6}|[A-Z]{2}\d)", r"(?P<town>.+)"]
    found = next(filter(None, (re.fullmatch(shape, city) for shape in shapes))).groupdict()
    return {"town": found["town"], "state": found.get("state") or "", "postal_code": found.get("code") or ""}


def holder(number, name, country, street, city, rate, method):
    """One holder's master data; some have no account, some are on hold."""
    bank = "".join(rng.choice("BCDFGHKLMNPRSTVZ") for _ in range(4))
    if method == "ach":
        account, code = digits(rng.choice((8, 10, 12))), routing("0000" + digits(5)[:4])
    elif method == "sepa":
        account, code = iban(country, " ".join(digits(4) for _ in range(4))), f"{bank}{country}00XXX"
    else:
        account, code = digits(10), f"{bank}{country}00"
    pay = {"payment_method": method, "account": account, "bank_code": code}
    kind = rng.random()
    if kind < 0.05:
        pay = {"payment_method": "cheque"}
    elif kind < 0.09:
        pay = {"payment_method": method, "account": account}
    elif kind < 0.14:
        pay = {}
    if country == "US":
        tax = "000-" + digits(2) + "-" + digits(4) if " " in name and not re.search(r"[&,.]|Fund|Trust|System|Plan|Union|Foundation|Holdings", name) else "00-" + digits(7)
    else:
        tax = f"{country}00{digits(8)}"
    slug = f"holder{number}"
    return {"holder_name": name, "withholding_rate": rate, "tax_id": tax, "street": street, **place(city), "country": country,
            "email": f"{slug}@example.com" if rng.random() < 0.7 else "", "hold": "yes" if rng.random() < 0.03 else "", **pay}


def make_holders(count):
    names = []
    for name, country, street, city, rate, method in WHOLE_NAMES:
        names.append((name, country, street, city, rate, method))
    for name, country in INSTITUTIONS:
        street, city = rng.choice(PLACES.get(country) or PEOPLE[country][2])
        rate = rng.choice(RATES.get(country) or PEOPLE[country][3])
        names.append((name, country, street, city, "" if country == "US" else rate, "ach" if country == "US" else "sepa" if country in SEPA else "wire"))
    seen = {n[0] for n in names}
    abroad = [c for c in PEOPLE if c != "US"]
    while len(names) < count:
        country = "US" if rng.random() < 0.55 else rng.choice(abroad)
        given, family, places, rates, method = PEOPLE[country]
        name = f"{rng.choice(given.split())} {rng.choice(family.split())}"
        if rng.random() < 0.12 and country == "US":
            name = f"{name} & {rng.choice(given.split())} {name.split()[-1]} JTWROS"
        elif rng.random() < 0.1:
            name = f"{name.split()[0]} {rng.choice('ABCDEFGHJKLMNPRST')}. {' '.join(name.split()[1:])}"
        if name in seen:
            continue
        seen.add(name)
        street, city = rng.choice(places)
        names.append((name, country, street, city, rng.choice(rates), method))
    rng.shuffle(names)
    ids = [f"H-{i:04}" for i in range(1, count + 1)]
    for i in rng.sample(range(40, count), 18):  # numbers of the former transfer agent, leading zeros and all
        ids[i] = f"{rng.randrange(100, 99999):06}"
    ids[7], ids[55], ids[131], ids[210] = "NOM/7", "h-0461", "TR 0042", "É-19"
    assert len(set(ids)) == count
    master = {i: holder(n + 1, *who) for n, (i, who) in enumerate(zip(ids, names))}
    former_agents = [i for i in ids if i.isdigit() and master[i].get("payment_method") in ("wire", "sepa")]
    for i in former_agents[:2]:  # the former agent had addresses in one line, which banks refuse by now
        fields = [master[i].pop(field) for field in ("street", "postal_code", "town", "state")]
        master[i]["address"] = ", ".join(filter(None, fields))
    nominees = [i for i in ids if "Nominees" in master[i]["holder_name"] or "custodian" in master[i]["holder_name"] or "conta" in master[i]["holder_name"]]
    for i in nominees:
        master[i]["payee_name"] = master[i]["holder_name"].split(",")[0] + f", client a/c {digits(4)}"
    return ids, master


IDS, MASTER = make_holders(300)

# ---------------------------------------------------------------------------------------------------------------
# The register. First issue 2005-08-01; record dates are in RECORD_DATES below.

SERIES_A_DATES = [  # issue date, number of lots, why it is here
    ("2005-08-01", 22, "day of first issuance"), ("2005-08-12", 10, "before the first record date"), ("2005-08-18", 6, "day of the first declaration"),
    ("2005-08-19", 5, "the day after it"), ("2005-08-31", 6, "on the first record date"), ("2005-09-06", 6, "between record date and quarter date"), ("2005-09-15", 7, "a quarter date"),
    ("2005-10-03", 8, "day of the split"), ("2005-11-30", 5, "on a record date"), ("2005-12-01", 5, "the day after"), ("2005-12-15", 6, "a quarter date"), ("2006-01-17", 9, ""),
    ("2006-02-06", 6, "day of the combination"), ("2006-02-28", 5, "on a record date"), ("2006-03-01", 4, "the day after"), ("2006-03-14", 4, "the day before a quarter date"), ("2006-03-15", 6, "a quarter date"),
    ("2006-04-10", 8, ""), ("2006-05-31", 5, "on the record date of the run"), ("2006-06-01", 4, "the day after"), ("2006-06-12", 3, ""),
    ("2006-06-16", 2, "after the run"), ("2006-09-15", 2, "after the run"), ("2007-03-01", 1, "after the run")]
RETIRED_A = {3: "2005-11-15", 17: "2006-01-31", 29: "2006-03-15", 41: "2006-06-05", 58: "2006-02-28", 77: "2006-05-31", 96: "2006-10-02"}  # by lot number
FRACTIONS = {1: "0.37", 8: "12.5", 24: "0.015625", 33: "3.141593", 46: "128.25", 52: "45.5", 66: "0.001", 71: "77.7", 85: "250.125", 101: "19.37", 118: "5.25", 127: "33.333333", 133: "0.37"}

COMMON_AFTER = Dec(8832914)  # outstanding on 2006-05-08, after the stock dividend
COMMON_DATES = ["1999-06-30", "2000-06-28", "2000-11-08", "2001-03-15", "2001-09-28", "2002-05-17", "2003-01-02", "2003-08-29", "2004-02-20", "2004-11-05", "2005-04-01", "2005-07-18", ""]
PLAN, DEPOSITORY, TREASURY = "H-9001", "H-9000", "H-9999"


def make_register():
    a_holders, rows, lot = IDS[:118] + [DEPOSITORY], [], 0
    for date, lots, _why in SERIES_A_DATES:
        for _ in range(lots):
            owner = a_holders[lot % len(a_holders)] if lot < len(a_holders) else rng.choice(a_holders[:-1])
            shares = Dec(FRACTIONS[lot]) if lot in FRACTIONS else Dec(rng.choice((5, 10, 20, 25, 40, 50, 60, 75, 100, 120, 150, 200, 250, 300, 400, 500, 640, 750, 900, 1200, 1500)))
            if owner == DEPOSITORY:
                shares = Dec("9850.37")
            rows.append({"holder_id": owner, "class": "Series A Preferred", "shares": shares, "issue_date": day(date), "certificate": f"A-{lot + 1:04}", "retired_date": day(RETIRED_A.get(lot))})
            lot += 1
    for n, i in enumerate(rng.sample(IDS[20:300], 9)):
        rows.append({"holder_id": i, "class": "Series B Preferred", "shares": Dec((4000, 3500, 3000, 2500, 2000, 2000, 1500, 1000, 500)[n]), "issue_date": day("2004-03-31"), "certificate": f"B-{n + 1:03}"})
    for n, i in enumerate(rng.sample(IDS[20:300], 5)):
        rows.append({"holder_id": i, "class": "Series C Preferred", "shares": Dec((15000, 12000, 8000, 4000, 1000)[n]), "issue_date": day("2003-10-01"), "certificate": f"C-{n + 1:03}"})
    common = []
    owners = IDS[118:] + rng.sample(IDS[:118], 34)
    for n, i in enumerate(owners):
        big = rng.random()
        shares = Dec(rng.randrange(21, 2100) if big < 0.6 else rng.randrange(2100, 21000) if big < 0.92 else rng.randrange(40000, 260000))
        if n % 13 == 5:
            shares += Dec(rng.randrange(1, 10000)) / Dec(10000)  # reinvestment plan
        # agents' certificate numbers are digits, some with leading zeros; shares held by book entry have none
        common.append({"holder_id": i, "class": "Common Stock", "shares": shares, "issue_date": day(rng.choice(COMMON_DATES)), "certificate": f"{1200 + n * 7:06}" if n % 4 else "", "retired_date": None})
    for n, (owner, shares, issued, retired) in enumerate([
            (IDS[140], "3000", "2001-03-15", "2005-12-01"), (IDS[171], "12500", "2002-05-17", "2006-03-20"), (IDS[203], "800", "2004-02-20", "2006-06-09"),
            (IDS[222], "2500", "2006-05-24", ""), (IDS[223], "4000", "2006-06-05", ""), (IDS[224], "1500", "2006-07-03", "")]):
        common.append({"holder_id": owner, "class": "Common Stock", "shares": Dec(shares), "issue_date": day(issued), "certificate": f"{4000 + n:06}", "retired_date": day(retired)})
    common.append({"holder_id": TREASURY, "class": "Common Stock", "shares": Dec(250000), "issue_date": day("2000-06-28"), "certificate": "", "treasury": "yes"})
    split = day("2006-05-08")
    held = sum(r["shares"] for r in common if not r.get("treasury") and (r["issue_date"] is None or r["issue_date"] <= split) and (r.get("retired_date") is None or r["retired_date"] > split))
    plan = Dec(61204) + (1 - held % 1) % 1
    common.append({"holder_id": PLAN, "class": "Common Stock", "shares": plan, "issue_date": day("2002-05-17"), "certificate": ""})
    common.append({"holder_id": DEPOSITORY, "class": "Common Stock", "shares": COMMON_AFTER - held - plan, "issue_date": day("2000-06-28"), "certificate": ""})
    MASTER[DEPOSITORY] = {"holder_name": "Harbor & Co. (depository nominee)", "tax_id": "00-7700123", "street": "55 Slip Street", **place("New York, NY 10041"), "country": "US", "email": "settlements@example.org",
                          "payee_name": "Harbor & Co.", "payment_method": "wire", "account": "0009920017", "bank_code": routing("00001100")}
    MASTER[PLAN] = {"holder_name": "Capstone Dividend Reinvestment Plan, agent account", "tax_id": "00-7700456", "street": "9 Agency Plaza", **place("Canton, MA 02021"), "country": "US", "email": "drip@example.org",
                    "payment_method": "ach", "account": "000441027788", "bank_code": routing("00001102")}
    MASTER[TREASURY] = {"holder_name": "Capstone Turbine Corporation (treasury)", "street": "21211 Nordhoff Street", **place("Chatsworth, CA 91311"), "country": "US"}
    rows += common
    rows.sort(key=lambda r: (r["holder_id"], ["Series C Preferred", "Series A Preferred", "Series B Preferred", "Common Stock"].index(r["class"]), r["issue_date"] or day("1900-01-01"), r["certificate"]))
    told = set()
    for r in rows:  # a holder's particulars are on the holder's first row
        if r["holder_id"] not in told:
            r.update(MASTER[r["holder_id"]])
            told.add(r["holder_id"])
        else:
            r["holder_name"] = MASTER[r["holder_id"]]["holder_name"]
    return rows


REGISTER = make_register()

# ---------------------------------------------------------------------------------------------------------------
# The other tables. Dates are ISO here and real dates in the workbook; numbers are text here and numbers there.

M, S = "Meridian Fuel Cells common stock", "Solano Wind warrants"
TERMS = [
    ("company", "Capstone Turbine Corporation", ""), ("series_name", "Series A Preferred", "Series A Junior Participating Preferred Stock"), ("common_name", "Common Stock", "par value $0.001"),
    ("currency", "USD", ""), ("authorized_shares", 1000000, "Certificate, section 1"), ("common_authorized_shares", 100000000, "charter"),
    ("rights_declaration_date", day("2005-07-18"), "Certificate, section 2(a)"), ("register_date", day("2006-06-15"), "Common share counts are stated as of this day"),
    ("reading.midpoint", "half-up", "counsel's memorandum of 2005-08-09"), ("reading.partial_payment", "equal-capped", "counsel's memorandum of 2005-08-09")]
CLASSES = [  # class name ranking dividend_ranking order preference accrued as_of quarters votes authorized
    ("series-c", "Series C Preferred", "senior", "", 1, Dec("100"), Dec("3.5"), day("2006-06-15"), 2, "", 50000),
    ("series-b", "Series B Preferred", "parity", "", "", Dec("25"), Dec("0.4375"), day("2006-06-15"), 1, 2, 100000)]
ADJUSTMENTS = [  # effective kind before after ratio declared note
    ("2005-10-03", "subdivision", "", "", "3:2", "2005-09-12", "three-for-two split"), ("2006-02-06", "combination", "", "", "1:3", "2006-01-24", "one-for-three reverse split"),
    ("2006-05-08", "stock-dividend", "8412306", "8832914", "", "2006-04-20", "5% in stock, fractions in cash; agent's count")]
DECLARATIONS = [  # declared kind amount asset fair_value record payment series_a_declared note
    ("2005-07-20", "cash", "0.03", "", "", "2005-07-29", "2005-08-15", "2005-07-20", "before any Series A was issued"),
    ("2005-08-18", "cash", "0.03", "", "", "2005-08-31", "2005-09-15", "2005-08-18", ""),
    ("2005-09-08", "cash", "0.0125", "", "", "2005-09-16", "2005-09-30", "2005-09-08", "special"),
    ("2005-10-20", "cash", "0.02", "", "", "2005-11-30", "2006-01-17", "2005-10-20", "after the split; put off until Series A was paid"),
    ("2005-11-14", "in-kind", "0.004", M, "18.75", "2005-11-30", "2006-01-17", "2005-11-14", "spin-off, first part; put off likewise"),
    ("2005-12-15", "cash", "0.001", "", "", "2005-12-30", "2006-01-17", "2005-12-15", "year-end extra"),
    ("2006-01-19", "cash", "0.02", "", "", "2006-01-30", "2006-02-10", "2006-01-19", "of record before the reverse split"),
    ("2006-02-21", "cash", "0.0333", "", "", "2006-02-28", "2006-03-14", "", "Series A resolution not found"),
    ("2006-02-21", "in-kind", "0.01", S, "0.85", "2006-02-28", "2006-03-14", "2006-02-21", ""),
    ("2006-02-23", "in-kind", "0.005", M, "21.40", "2006-05-31", "2006-06-15", "2006-02-24", "spin-off, second part"),
    ("2006-05-16", "cash", "0.0333", "", "", "2006-05-31", "2006-06-15", "2006-05-16", "declared while March was unpaid: 4(a)(i)"),
    ("2006-07-20", "cash", "0.06", "", "", "2006-08-31", "2006-09-15", "2006-07-20", ""),
    ("2006-10-19", "cash", "0.06", "", "", "2006-11-30", "2006-12-15", "2006-10-19", ""),
    ("2006-11-16", "in-kind", "0.002", M, "", "2006-11-30", "2006-12-15", "2006-11-16", "spin-off, last part; not appraised"),
    ("2007-01-18", "cash", "0.065", "", "", "2007-01-31", "2007-02-15", "2007-01-18", "")]
RECORD_DATES = [("2005-09-15", "2005-08-31"), ("2005-12-15", "2005-11-30"), ("2006-03-15", "2006-02-28"), ("2006-06-15", "2006-05-31"), ("2006-09-15", "2006-08-31"),
                ("2007-03-15", "2007-02-28"), ("2007-06-15", "2007-05-31"), ("2007-09-15", "2007-08-31"), ("2007-12-15", "2007-11-30"), ("2008-03-15", "2008-02-29"), ("2008-06-15", "2008-05-30")]
PAYMENTS = [  # date amount quarter asset status note
    ("2005-09-15", "full", "2005-09-15", "", "paid", ""), ("2005-12-16", "48000.00", "2005-12-15", "", "paid", "in part"), ("2005-12-16", "full", "2005-12-15", M, "paid", "delivered by the agent"),
    ("2006-01-13", "full", "", "", "paid", "the rest of December, with the cents carried"),
    ("2006-09-15", "full", "2006-09-15", "", "paid", ""), ("2006-09-15", "full", "2006-09-15", M, "paid", ""), ("2006-09-15", "full", "2006-09-15", S, "paid", ""),
    ("2006-12-18", "full", "", "", "paid", "15 December was a Friday; credited on Monday"), ("2006-12-18", "full", "", M, "paid", "")]
PROCEEDS = [("2006-06-12", "3500000.00", "sale of the service business, first closing"), ("2006-06-15", "25000000.00", "second closing")]
CONSIDERATION = [("USD", "2.15", ""), ("Meridian Power plc ordinary shares", "0.045", "21.40")]
SERIES_A_DUE_2006_03_31 = Dec("156827.81492806")  # what Series A is owed in cash on that day; the actions offer half of it
ACTIONS = [  # date action class amount entitled series_a_amount offer_to_all in_exchange_for note
    ("2005-10-20", "junior-dividend", "common", "", "", "", "", "", "first quarter is paid"), ("2005-11-15", "series-a-acquisition", "", "", "", "", "no", "", "certificate A-0004"),
    ("2005-12-20", "junior-acquisition", "common", "", "", "", "", "", "buy-back programme"), ("2006-01-05", "series-a-acquisition", "", "", "", "", "yes", "", "tender offer"),
    ("2006-01-10", "series-a-acquisition", "", "", "", "", "no", "", "private purchase"), ("2006-03-31", "parity-dividend", "series-b", "4000.00", "8000.00", "HALF", "", "", "half to both"),
    ("2006-04-03", "parity-dividend", "series-b", "8000.00", "8000.00", "10000.00", "", "", "Series B in full"), ("2006-04-06", "junior-dividend", "common", "", "", "", "", "", ""),
    ("2006-04-20", "junior-stock-dividend", "common", "", "", "", "", "", "5% in stock"), ("2006-05-02", "parity-acquisition", "series-b", "", "", "", "", "junior-stock", "exchange offer"),
    ("2006-05-03", "parity-acquisition", "series-b", "", "", "", "", "cash", ""), ("2006-05-10", "subsidiary-acquisition", "common", "", "", "", "", "", "by Capstone Service LLC"),
    ("2006-05-11", "subsidiary-acquisition", "series-b", "", "", "", "", "", "by Capstone Service LLC"), ("2006-06-15", "series-a-redemption", "", "", "", "", "", "", ""),
    ("2006-06-15", "series-a-reissue", "", "", "", "", "", "", "of the retired certificates"), ("2006-12-20", "junior-dividend", "common", "", "", "", "", "", "arrears were cleared in September"),
    ("2007-04-19", "junior-dividend", "common", "", "", "", "", "", "March 2007 was passed over")]
BANK = [  # the account that pays
    ("name", "Capstone Turbine Corporation", ""), ("account", "0007700110", "dividend disbursing account"), ("bank_code", routing("00001104"), "ABA"), ("street", "21211 Nordhoff Street", ""), ("town", "Chatsworth", ""),
    ("state", "CA", ""), ("postal_code", "91311", ""), ("country", "US", ""), ("company_id", "1007700110", "ACH, as the bank gave it"), ("company_entry", "DIVIDEND", "ACH"), ("batch_limit", "5000000.00", "the bank's daily limit for one batch")]
ACCOUNTS = [  # role account note
    ("retained-earnings", "Equity:Retained Earnings", ""), ("liquidation", "Equity:Distributions", ""), ("dividends-payable", "Liabilities:Dividends Payable", ""), ("dividends-payable:series-a", "Liabilities:Dividends Payable:Series A", ""),
    ("cash", "Assets:Dividend Disbursing Account", ""), ("withholding-payable", "Liabilities:Tax Withheld", "forms 945 and 1042"), ("held-payments", "Liabilities:Payments Held", ""), ("deliveries", "Assets:Securities Delivered", "at fair value")]
MEETINGS = [  # kind requested shares ordered called meeting next_annual exercised vacancies present
    ("annual", "", "", "", "", "2006-08-24", "", "", "", "41500"), ("special", "2006-04-10", "16500", "", "2006-04-18", "2006-05-12", "2006-08-24", "no", "1", "38000"),
    ("special", "2006-05-02", "2500", "", "2006-05-09", "2006-06-08", "2006-08-24", "no", "1", ""), ("special", "2006-05-22", "", "yes", "2006-05-24", "2006-06-08", "2006-08-24", "no", "0", ""),
    ("special", "2006-06-05", "", "yes", "2006-06-09", "2006-07-12", "2006-08-24", "no", "2", "40250.5")]


def make_ballots():
    """Ballots of holders whose shares are there on 2006-06-15 and stay."""
    run = day("2006-06-15")
    own = {}
    for r in REGISTER:
        if r.get("treasury") or (r["issue_date"] and r["issue_date"] > run) or r.get("retired_date"):
            continue
        own.setdefault((r["holder_id"], r["class"]), Dec(0))
        own[r["holder_id"], r["class"]] += r["shares"]
    pick = lambda cls, n: sorted(rng.sample([k for k in sorted(own) if k[1] == cls and k[0] != DEPOSITORY], n))
    out, merger, amend, elect = [], "Merger with Meridian Power plc", "Amendment of section 2(a)", "Election of two preferred directors"
    for h, c in pick("Series A Preferred", 34) + pick("Common Stock", 40) + pick("Series B Preferred", 4):
        out.append((merger, "joint", h, c, rng.choices(("for", "against", "abstain"), (7, 3, 1))[0], ""))
    half = int(own[DEPOSITORY, "Common Stock"] * Dec("0.62"))
    out += [(merger, "joint", DEPOSITORY, "Common Stock", "for", Dec(half)), (merger, "joint", DEPOSITORY, "Common Stock", "against", Dec(half // 3)), (merger, "joint", DEPOSITORY, "Series A Preferred", "for", "")]
    for h, c in pick("Series A Preferred", 66):
        out.append((amend, "amendment", h, c, rng.choices(("for", "against", "abstain"), (8, 2, 1))[0], ""))
    out += [(amend, "amendment", DEPOSITORY, "Series A Preferred", "for", Dec("9000")), (amend, "amendment", DEPOSITORY, "Series A Preferred", "abstain", Dec("850.37"))]
    nominees = ("Astrid Høyer", "Desmond Pruitt", "Keiko Tamura", "Luís Assunção")
    for h, c in pick("Series A Preferred", 40) + pick("Series B Preferred", 5) + pick("Series C Preferred", 3):
        for n in rng.sample(nominees, rng.choice((1, 2, 2))):
            out.append((elect, "directors", h, c, n, ""))
    return out


BALLOTS = make_ballots()

# ---------------------------------------------------------------------------------------------------------------
# The workbook

HEAD = PatternFill("solid", fgColor="1F3864")
BAND = PatternFill("solid", fgColor="D9E2F3")
DATE, MONEY, PER_SHARE, SHARES, RATE, TEXT = "yyyy-mm-dd", '#,##0.00', '#,##0.00######', '#,##0.######', '0.0%', "@"


def font(**how):
    return Font(name="Calibri", **{"size": 11, **how})


def put(ws, row, column, value, kind=None):
    """One cell: dates as dates, numbers as numbers, ids and ratios as text."""
    if value is None or value == "":
        return None
    cell = ws.cell(row, column)
    if isinstance(value, dt.date):
        cell.value, cell.number_format = value, DATE
    elif isinstance(value, (int, Dec)):
        cell.value, cell.number_format = (float(value) if value % 1 else int(value)), kind or SHARES
    elif kind in (MONEY, PER_SHARE, SHARES, RATE) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        number = Dec(value)
        cell.value, cell.number_format = (float(number) if number % 1 else int(number)), kind
    elif kind == DATE:
        cell.value, cell.number_format = day(value), DATE
    else:
        cell.value, cell.number_format = value, TEXT
        cell.data_type = "s"
    if cell.number_format == DATE:
        cell.alignment = Alignment(horizontal="center")
    return cell


def header(ws, row, names, widths):
    for c, (name, width) in enumerate(zip(names, widths), 1):
        cell = ws.cell(row, c, name)
        cell.font, cell.fill, cell.alignment = font(bold=True, color="FFFFFF"), HEAD, Alignment(horizontal="center", vertical="center", wrap_text=True)
        ws.column_dimensions[get_column_letter(c)].width = width
    ws.row_dimensions[row].height = 46


def sheet(wb, title, columns, rows):
    """A plain table: header in row 1, frozen. columns: (header, width, format)"""
    ws = wb.create_sheet(title)
    header(ws, 1, [c[0] for c in columns], [c[1] for c in columns])
    ws.freeze_panes = "A2"
    for r, row in enumerate(rows, 2):
        for c, (value, (_n, _w, kind)) in enumerate(zip(row, columns), 1):
            put(ws, r, c, value, kind)
    return ws


REGISTER_COLUMNS = [  # column of the table, header on the sheet, width, format
    ("holder_id", "Holder ID", 11, TEXT), ("holder_name", "Holder Name", 44, TEXT), ("class", "Class", 20, TEXT), ("shares", "No. of Shares", 18, SHARES), ("issue_date", "Issue Date", 12, DATE),
    ("certificate", "Certificate", 12, TEXT), ("retired_date", "Retired Date", 12, DATE), ("treasury", "Treasury", 10, TEXT), ("withholding_rate", "Withholding Rate", 13, RATE), ("tax_id", "TIN or foreign tax no.", 16, TEXT),
    ("street", "Street", 30, TEXT), ("town", "Town", 20, TEXT), ("state", "State", 8, TEXT), ("postal_code", "Postal Code", 11, TEXT), ("address", "Address", 34, TEXT), ("country", "Country", 9, TEXT), ("email", "E-mail", 26, TEXT), ("payee_name", "Payee Name", 42, TEXT), ("payment_method", "Payment Method", 11, TEXT),
    ("account", "Bank Account No.", 28, TEXT), ("bank_code", "Routing / BIC", 16, TEXT), ("hold", "Hold", 7, TEXT)]
REGISTER_HEADER_ROW = 4


def register_sheet(wb):
    ws = wb.create_sheet("Register")
    ws["A1"], ws["A1"].font = "Capstone Turbine Corporation: register of holders, all classes", font(bold=True, size=14)
    ws["A2"], ws["A2"].font = "Corporate finance, stock administration. Common share counts as of 15 June 2006. Holders and accounts are invented.", font(italic=True, color="666666")
    top = REGISTER_HEADER_ROW
    header(ws, top, [c[1] for c in REGISTER_COLUMNS], [c[2] for c in REGISTER_COLUMNS])
    ws.freeze_panes = ws.cell(top + 1, 3)
    for r, row in enumerate(REGISTER, top + 1):
        for c, (key, _h, _w, kind) in enumerate(REGISTER_COLUMNS, 1):
            cell = put(ws, r, c, row.get(key), kind)
            if cell is not None and row.get("retired_date"):
                cell.font = font(color="999999", strike=key == "shares")
    last = top + len(REGISTER)
    ws.auto_filter.ref = f"A{top}:{get_column_letter(len(REGISTER_COLUMNS))}{last}"
    put(ws, last + 1, 1, "Total")
    put(ws, last + 1, 4, sum(r["shares"] for r in REGISTER), SHARES)
    for c in range(1, len(REGISTER_COLUMNS) + 1):
        ws.cell(last + 1, c).font, ws.cell(last + 1, c).fill, ws.cell(last + 1, c).border = font(bold=True), BAND, Border(top=Side(style="thin"), bottom=Side(style="double"))
    return f"D{last + 1}", f"SUM(D{top + 1}:D{last})"


def notes_sheet(wb):
    ws = wb.create_sheet("Notes")
    ws.column_dimensions["A"].width = 110
    lines = ["Capstone Turbine Corporation: Series A Junior Participating Preferred Stock", "", "One sheet per table; this sheet is for people.",
             "Everything here is invented but the certificate of designation: holders, addresses, tax numbers and accounts are not real.",
             "The samples are run for 15 June 2006: dividend, liquidate (--proceeds 25000000), exchange, vote, actions, captable.",
             "December 2005 was paid in two parts; Common had its dividends of that quarter after the second. March 2006 was passed",
             "over and is brought forward to 15 June 2006. While it was unpaid the Board declared a dividend on Common on 16 May,",
             "which section 4(a)(i) forbids: the run of 15 June says so in a warning.",
             "Payments after that day are those of September and December 2006. March 2007 was passed over, and nothing was declared",
             "on Common from then on. Under a certificate with a minimum dividend (--set minimum_quarterly_dividend=0.25) a vote on",
             "30 June 2008 falls into a default period.",
             "No record date was fixed for 15 December 2006.",
             "Bank and Accounts are for what follows a run: pay, journal, reissue, tax. Two holders' addresses came in one line from the",
             "former transfer agent; banks do not take those since 15 November 2026."]
    for r, line in enumerate(lines, 1):
        ws.cell(r, 1, line).alignment = Alignment(wrap_text=True)
    ws["A1"].font = font(bold=True, size=14)


def build():
    wb = Workbook()
    wb.remove(wb.active)
    wb.properties.creator, wb.properties.title, wb.properties.created = "Corporate finance", "Series A workbook", STAMP
    notes_sheet(wb)
    total = register_sheet(wb)
    d = ("", 13, DATE)
    col = lambda name, width=14, kind=TEXT: (name, width, kind)
    date = lambda name: col(name, 13, DATE)
    sheet(wb, "Terms", [col("Term", 28), col("Value", 32), col("Note", 48)], TERMS)
    sheet(wb, "Classes", [col("Class"), col("Name", 22), col("Ranking"), col("Dividend Ranking"), col("Order", 8, SHARES), col("Liquidation Preference", 14, MONEY), col("Accrued Dividends", 14, PER_SHARE), date("Accrued As Of"),
                          col("Quarters In Arrears", 12, SHARES), col("Votes Per Share", 10, SHARES), col("Authorized Shares", 14, SHARES)], CLASSES)
    sheet(wb, "Declarations", [date("Declared Date"), col("Kind", 10), col("Amount", 12, PER_SHARE), col("Asset", 34), col("Fair Value", 11, MONEY), date("Record Date"), date("Payment Date"), date("Series A Declared Date"), col("Note", 36)], DECLARATIONS)
    sheet(wb, "Record Dates", [date("Payment Date"), date("Record Date")], RECORD_DATES)
    sheet(wb, "Adjustments", [date("Effective Date"), col("Kind", 16), col("Common Before", 16, SHARES), col("Common After", 16, SHARES), col("Ratio", 8), date("Declared Date"), col("Note", 44)], ADJUSTMENTS)
    sheet(wb, "Payments", [date("Date"), col("Amount", 16, MONEY), date("Quarter"), col("Asset", 34), col("Status", 10), col("Note", 44)], PAYMENTS)
    sheet(wb, "Proceeds", [date("Date"), col("Amount", 18, MONEY), col("Note", 44)], PROCEEDS)
    sheet(wb, "Consideration", [col("Component", 36), col("Amount", 12, PER_SHARE), col("Fair Value", 12, MONEY)], CONSIDERATION)
    half = f"{(SERIES_A_DUE_2006_03_31 / 2).quantize(Dec('0.01'), 'ROUND_HALF_UP')}"
    sheet(wb, "Actions", [date("Date"), col("Action", 24), col("Class", 12), col("Amount", 14, MONEY), col("Entitled", 14, MONEY), col("Series A Amount", 16, MONEY), col("Offer To All", 10), col("In Exchange For", 14), col("Note", 36)],
          [tuple(half if v == "HALF" else v for v in row) for row in ACTIONS])
    sheet(wb, "Meetings", [col("Kind", 10), date("Requested Date"), col("Requesting Shares", 14, SHARES), col("Ordered By Board", 10), date("Called Date"), date("Meeting Date"), date("Next Annual Meeting"), col("Right Exercised", 10),
                           col("Vacancies", 10, SHARES), col("Preferred Shares Present", 14, SHARES)], MEETINGS)
    sheet(wb, "Ballots", [col("Matter", 36), col("Kind", 12), col("Holder ID", 11), col("Class", 20), col("Choice", 20), col("Shares", 16, SHARES)], BALLOTS)
    sheet(wb, "Bank", [col("Term", 18), col("Value", 32), col("Note", 36)], BANK)
    sheet(wb, "Accounts", [col("Role", 28), col("Account", 42), col("Note", 24)], ACCOUNTS)
    sheet(wb, "Columns", [col("Table", 12), col("Column", 16), col("Header", 26)], [("register", "tax_id", "TIN or foreign tax no."), ("register", "bank_code", "Routing / BIC")])
    for ws in wb:
        ws.sheet_view.showGridLines = ws.title != "Notes"
        ws.page_setup.orientation, ws.page_setup.fitToHeight, ws.sheet_properties.pageSetUpPr.fitToPage = "landscape", 0, True
    wb.active = 1
    for i, ws in enumerate(wb):
        ws.sheet_view.tabSelected = i == 1
    return wb, total


def save(path):
    """Saves with fixed time stamps, and the control total as a calculated formula."""
    wb, (cell, formula) = build()
    raw = io.BytesIO()
    wb.save(raw)
    register = f"xl/worksheets/sheet{wb.sheetnames.index('Register') + 1}.xml"
    stamp = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ")
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", lambda m: m.group(1) + stamp.encode(), data)
            if name == register:
                data, n = re.subn(rb'(<c r="%s"[^>]*?)( t="n")?>(<v>)' % cell.encode(), rb"\1><f>%s</f>\3" % formula.encode(), data)
                assert n == 1, "the control total"
            info = zipfile.ZipInfo(name, date_time=STAMP.timetuple()[:6])
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            new.writestr(info, data)


if __name__ == "__main__":
    save(Path(__file__).with_name("capstone.xlsx"))
