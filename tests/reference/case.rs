//! SPEC 3: a case, read from a folder of clean CSV tables (ISO dates, plain decimals).

use super::date::Date;
use super::number::{self, Q, int};
use super::{Problem, Stop, problem};
use num_traits::{Signed, Zero};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The class id of the Series A Junior Participating Preferred Stock.
pub const SERIES_A: &str = "series-a";
/// The class id of the Common Stock.
pub const COMMON: &str = "common";
/// How cash is named among the assets of the ledger: it sorts before every asset.
pub const CASH: &str = "";

/// A lot: one row of `register`.
#[derive(Clone, Debug)]
pub struct Lot {
    pub holder_id: String,
    pub class: String,
    pub shares: Q,
    pub issued: Option<Date>,
    pub retired: Option<Date>,
    pub treasury: bool,
    /// Held by a subsidiary: outstanding and paid, without a vote.
    pub subsidiary: bool,
}

/// What the register says about a holder, over all of the holder's rows.
#[derive(Clone, Debug, Default)]
pub struct Holder {
    pub name: String,
    pub withholding_rate: Option<Q>,
    /// `payee_name`, `payment_method`, account and the like: the first row that fills a field.
    pub details: BTreeMap<String, String>,
    /// `hold` = yes in any row.
    pub hold: bool,
}

/// SPEC 3, `ranking` and `dividend_ranking`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Ranking {
    Senior,
    Parity,
    Junior,
}

/// A row of `classes`: another series of preferred stock.
#[derive(Clone, Debug)]
pub struct Class {
    pub id: String,
    /// In lower case: names are compared caseless.
    pub name: String,
    pub ranking: Ranking,
    pub dividend_ranking: Ranking,
    pub order: i64,
    pub liquidation_preference: Q,
    pub accrued_dividends: Q,
    pub accrued_as_of: Option<Date>,
    pub quarters_in_arrears: Q,
    pub votes_per_share: Q,
    pub authorized_shares: Option<Q>,
}

/// A row of `adjustments`.
#[derive(Clone, Debug)]
pub struct Adjustment {
    pub effective: Date,
    pub stock_dividend: bool,
    pub declared: Option<Date>,
    /// after / before
    pub ratio: Q,
}

/// A row of `declarations`: on Common, per Common share. A cash one has no asset.
#[derive(Clone, Debug)]
pub struct Declaration {
    pub declared: Date,
    pub cash: bool,
    pub amount: Q,
    pub asset: String,
    pub fair_value: Option<Q>,
    pub record: Option<Date>,
    pub payment: Option<Date>,
    pub series_a_declared: Option<Date>,
}

/// A row of `payments`; no amount is `full`.
#[derive(Clone, Debug)]
pub struct Payment {
    pub date: Date,
    pub amount: Option<Q>,
    pub quarter: Option<Date>,
    pub asset: String,
    pub set_apart: bool,
}

/// A row of `arrears`.
#[derive(Clone, Debug)]
pub struct ArrearsRow {
    pub as_of: Date,
    pub default_since: Option<Date>,
    pub accrual_start: Date,
    pub quarter: Date,
    pub asset: String,
    pub dividend: Q,
    pub paid: Q,
    pub set_apart: bool,
}

/// A row of `consideration`; the currency is `CASH`.
#[derive(Clone, Debug)]
pub struct Component {
    pub asset: String,
    pub amount: Q,
    pub fair_value: Option<Q>,
}

/// A row of `actions`, `meetings` or `ballots`, by column.
pub type Row = BTreeMap<String, String>;

/// A row of `board`.
#[derive(Clone, Debug)]
pub struct Director {
    pub name: String,
    pub preferred: bool,
    pub elected: Date,
    pub left: Option<Date>,
}

/// All of one company's tables.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub terms: BTreeMap<String, String>,
    pub lots: Vec<Lot>,
    pub holders: BTreeMap<String, Holder>,
    pub classes: Vec<Class>,
    pub adjustments: Vec<Adjustment>,
    pub declarations: Vec<Declaration>,
    pub record_dates: BTreeMap<Date, Date>,
    pub payments: Vec<Payment>,
    pub arrears: Vec<ArrearsRow>,
    /// 4.6: what each holder carries as of the day of `arrears`.
    pub carry: BTreeMap<String, Q>,
    /// Net payments below the minimum that an earlier run held back, by holder.
    pub carried_payments: BTreeMap<String, Q>,
    pub proceeds: Vec<(Date, Q)>,
    pub consideration: Vec<Component>,
    pub actions: Vec<Row>,
    pub meetings: Vec<Row>,
    pub ballots: Vec<Row>,
    /// None without the table.
    pub board: Option<Vec<Director>>,
}

/// SPEC 3 and 6: the terms, with the Certificate's values as defaults.
const TERMS: &[(&str, &str)] = &[
    ("company", ""),
    ("series_name", "Series A Junior Participating Preferred Stock"),
    ("common_name", "Common Stock"),
    ("currency", "USD"),
    ("currency_decimals", "2"),
    ("authorized_shares", "1000000"),
    ("common_authorized_shares", ""),
    ("multiple", "100"),
    ("votes_per_share", "100"),
    ("quarter_dates", "03-15,06-15,09-15,12-15"),
    ("rights_declaration_date", "2005-07-18"),
    ("minimum_quarterly_dividend", "0"),
    ("liquidation_preference", "1.00"),
    ("liquidation_shape", "common-adjustment"),
    ("default_quarters", "6"),
    ("default_directors", "2"),
    ("class_quorum", "0.10"),
    ("amendment_majority", "0.5"),
    ("record_date_window", "30"),
    ("first_issuance_date", ""),
    ("register_date", ""),
    ("date_format", "iso"),
    ("decimal_mark", ""),
    ("home_country", "US"),
    ("charter_directors", ""),
    ("minimum_payment", "0"),
    ("nondividend_percent", "0"),
    ("contact", ""),
    ("logo", ""),
    ("locale", "en-US"),
    ("reading.cash_dividends", "include"),
    ("reading.split_timing", "at-record"),
    ("reading.midpoint", "half-up"),
    ("reading.first_period", "per-lot"),
    ("reading.partial_payment", "equal-capped"),
    ("reading.in_kind", "in-kind"),
    ("reading.six_quarters", "equivalents"),
    ("reading.default_voters", "period"),
    ("reading.declared_in_arrears", "warn"),
    ("reading.withhold_in_kind", "no"),
    ("reading.common_adjustment", "mean"),
    ("reading.stub", "include"),
    ("reading.fractions", "keep"),
];

/// 3 and 4.15: other words for Common.
const COMMON_STOCK: &[&str] = &["common", "commonshares", "commonstock", "ordinaryshares"];

/// 3: classes are compared by letters and digits alone, caseless.
pub fn letters_and_digits(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

fn table(folder: &Path, name: &str) -> Vec<Row> {
    let Ok(mut reader) = csv::Reader::from_path(folder.join(format!("{name}.csv"))) else {
        return Vec::new();
    };
    let header = reader.headers().expect("a header").clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.expect("clean CSV");
        let cells = header.iter().zip(record.iter());
        rows.push(cells.map(|(column, cell)| (column.to_string(), cell.trim().to_string())).collect());
    }
    rows
}

/// A cell; blank where the column is missing.
pub fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).map_or("", String::as_str)
}

/// A number, or none where the cell is blank.
pub fn number(row: &Row, column: &str) -> Result<Option<Q>, Stop> {
    match text(row, column) {
        "" => Ok(None),
        value => match number::parse(value) {
            Some(number) => Ok(Some(number)),
            None => problem(format!("{column}: `{value}` is not a number")),
        },
    }
}

/// A date, or none where the cell is blank.
pub fn date(row: &Row, column: &str) -> Result<Option<Date>, Stop> {
    match text(row, column) {
        "" => Ok(None),
        value => match Date::parse(value) {
            Some(date) => Ok(Some(date)),
            None => problem(format!("{column}: `{value}` is not a date")),
        },
    }
}

fn required<T>(column: &str, value: Option<T>) -> Result<T, Stop> {
    value.ok_or(Stop::Problem(Problem(format!("{column} is blank"))))
}

impl Case {
    /// Reads the tables of a folder; `sets` are the `--set TERM=VALUE` of the command line.
    pub fn read(folder: &Path, sets: &[(String, String)]) -> Result<Case, Stop> {
        let mut case = Case::default();
        for (term, value) in TERMS {
            case.terms.insert((*term).into(), (*value).into());
        }
        let given = table(folder, "terms");
        let given = given.iter().map(|row| (text(row, "term").into(), text(row, "value").into()));
        for (term, value) in given.chain(sets.iter().cloned()) {
            let term: String = term;
            if !case.terms.contains_key(&term) {
                return problem(format!("unknown term {term}"));
            }
            case.terms.insert(term, value);
        }
        case.read_classes(folder)?;
        case.read_register(folder)?;
        case.read_events(folder)?;
        case.read_money(folder)?;
        case.actions = table(folder, "actions");
        case.meetings = table(folder, "meetings");
        case.ballots = table(folder, "ballots");
        case.read_board(folder)?;
        case.check()?;
        Ok(case)
    }

    fn read_classes(&mut self, folder: &Path) -> Result<(), Stop> {
        for row in table(folder, "classes") {
            let id = text(&row, "class").to_string();
            // 4.14: rows for series-a and common are ignored.
            if id == SERIES_A || id == COMMON {
                continue;
            }
            let ranking = |value: &str, default| match value {
                "" => Ok(default),
                "senior" => Ok(Ranking::Senior),
                "parity" => Ok(Ranking::Parity),
                "junior" => Ok(Ranking::Junior),
                other => problem(format!("unknown ranking {other}")),
            };
            let own = ranking(text(&row, "ranking"), Ranking::Senior)?;
            let name = text(&row, "name").to_lowercase();
            self.classes.push(Class {
                id,
                name,
                ranking: own,
                dividend_ranking: ranking(text(&row, "dividend_ranking"), own)?,
                order: text(&row, "order").parse().unwrap_or(1),
                liquidation_preference: number(&row, "liquidation_preference")?.unwrap_or_default(),
                accrued_dividends: number(&row, "accrued_dividends")?.unwrap_or_default(),
                accrued_as_of: date(&row, "accrued_as_of")?,
                quarters_in_arrears: number(&row, "quarters_in_arrears")?.unwrap_or_default(),
                votes_per_share: number(&row, "votes_per_share")?.unwrap_or_default(),
                authorized_shares: number(&row, "authorized_shares")?,
            });
        }
        Ok(())
    }

    fn read_register(&mut self, folder: &Path) -> Result<(), Stop> {
        for row in table(folder, "register") {
            let holder_id = text(&row, "holder_id").to_string();
            let class = self.class_id(text(&row, "class"))?;
            let holder = self.holders.entry(holder_id.clone()).or_default();
            holder.name = text(&row, "holder_name").to_string();
            if let Some(rate) = number(&row, "withholding_rate")? {
                holder.withholding_rate = Some(rate);
            }
            for field in ["payee_name", "payment_method", "account", "bank_code", "country", "address", "street"] {
                let value = text(&row, field);
                if value.is_empty() {
                    continue;
                }
                let first = holder.details.entry(field.into()).or_insert_with(|| value.into());
                // 4.14: two that fill one of these differently are a problem.
                if ["payment_method", "account", "bank_code"].contains(&field) && first != value {
                    return problem(format!("{holder_id} has two of {field}"));
                }
            }
            holder.hold |= text(&row, "hold").eq_ignore_ascii_case("yes");
            self.lots.push(Lot {
                holder_id,
                class,
                shares: required("shares", number(&row, "shares")?)?,
                issued: date(&row, "issue_date")?,
                retired: date(&row, "retired_date")?,
                treasury: text(&row, "treasury").eq_ignore_ascii_case("yes"),
                subsidiary: text(&row, "treasury").eq_ignore_ascii_case("subsidiary"),
            });
        }
        Ok(())
    }

    fn read_events(&mut self, folder: &Path) -> Result<(), Stop> {
        for row in table(folder, "adjustments") {
            // 4.1: counts win over a ratio.
            let counts = (number(&row, "common_before")?, number(&row, "common_after")?);
            let ratio = match (counts, text(&row, "ratio").split_once(':')) {
                ((Some(before), Some(after)), _) => after / before,
                (_, Some((after, before))) => {
                    let after = required("ratio", number::parse(after))?;
                    after / required("ratio", number::parse(before))?
                }
                _ => return problem("an adjustment with neither counts nor a ratio"),
            };
            self.adjustments.push(Adjustment {
                effective: required("effective_date", date(&row, "effective_date")?)?,
                stock_dividend: text(&row, "kind") == "stock-dividend",
                declared: date(&row, "declared_date")?,
                ratio,
            });
        }
        for row in table(folder, "declarations") {
            let cash = text(&row, "kind") == "cash";
            self.declarations.push(Declaration {
                declared: required("declared_date", date(&row, "declared_date")?)?,
                cash,
                amount: required("amount", number(&row, "amount")?)?,
                asset: if cash { CASH.into() } else { text(&row, "asset").into() },
                fair_value: number(&row, "fair_value")?,
                record: date(&row, "record_date")?,
                payment: date(&row, "payment_date")?,
                series_a_declared: date(&row, "series_a_declared_date")?,
            });
        }
        for row in table(folder, "record_dates") {
            let payment = required("payment_date", date(&row, "payment_date")?)?;
            let record = required("record_date", date(&row, "record_date")?)?;
            self.record_dates.insert(payment, record);
        }
        Ok(())
    }

    fn read_money(&mut self, folder: &Path) -> Result<(), Stop> {
        for row in table(folder, "payments") {
            self.payments.push(Payment {
                date: required("date", date(&row, "date")?)?,
                amount: match text(&row, "amount") {
                    "full" => None,
                    _ => Some(required("amount", number(&row, "amount")?)?),
                },
                quarter: date(&row, "quarter")?,
                asset: self.asset(text(&row, "asset")),
                set_apart: text(&row, "status") == "set-apart",
            });
        }
        for row in table(folder, "arrears") {
            self.arrears.push(ArrearsRow {
                as_of: required("as_of", date(&row, "as_of")?)?,
                default_since: date(&row, "default_since")?,
                accrual_start: required("accrual_start", date(&row, "accrual_start")?)?,
                quarter: required("quarter", date(&row, "quarter")?)?,
                asset: self.asset(text(&row, "asset")),
                dividend: required("dividend_per_share", number(&row, "dividend_per_share")?)?,
                paid: required("paid_per_share", number(&row, "paid_per_share")?)?,
                set_apart: text(&row, "set_apart").eq_ignore_ascii_case("yes"),
            });
        }
        for row in table(folder, "carry") {
            if date(&row, "as_of")? != self.arrears.first().map(|row| row.as_of) {
                return problem("carry is not as of the day of arrears");
            }
            let carried = required("carried", number(&row, "carried")?)?;
            if self.carry.insert(text(&row, "holder_id").into(), carried).is_some() {
                return problem("a holder carries twice");
            }
        }
        for row in table(folder, "carried_payments") {
            let amount = required("amount", number(&row, "amount")?)?;
            *self.carried_payments.entry(text(&row, "holder_id").into()).or_default() += amount;
        }
        for row in table(folder, "proceeds") {
            let amount = required("amount", number(&row, "amount")?)?;
            self.proceeds.push((required("date", date(&row, "date")?)?, amount));
        }
        for row in table(folder, "consideration") {
            self.consideration.push(Component {
                asset: self.asset(text(&row, "component")),
                amount: required("amount", number(&row, "amount")?)?,
                fair_value: number(&row, "fair_value")?,
            });
        }
        Ok(())
    }

    fn read_board(&mut self, folder: &Path) -> Result<(), Stop> {
        if !folder.join("board.csv").exists() {
            return Ok(());
        }
        let mut board = Vec::new();
        for row in table(folder, "board") {
            let preferred = match text(&row, "elected_by") {
                "preferred" => true,
                "common" => false,
                other => return problem(format!("directors are not elected by {other}")),
            };
            let elected = required("elected_on", date(&row, "elected_on")?)?;
            let left = date(&row, "left_on")?;
            if left.is_some_and(|left| left < elected) {
                return problem("a director who left before the election");
            }
            board.push(Director { name: text(&row, "director").into(), preferred, elected, left });
        }
        self.board = Some(board);
        Ok(())
    }

    /// 7: the asset column holds the currency, or nothing, for cash.
    fn asset(&self, name: &str) -> String {
        if name.eq_ignore_ascii_case(&self.terms["currency"]) { CASH.into() } else { name.into() }
    }

    /// The asset column of an output: the currency for cash.
    pub fn asset_name(&self, asset: &str) -> String {
        if asset == CASH { self.terms["currency"].clone() } else { asset.into() }
    }

    /// SPEC 8, as far as it does not depend on the command.
    fn check(&self) -> Result<(), Stop> {
        let first = self.first_issuance();
        for lot in &self.lots {
            if lot.shares <= Q::zero() {
                return problem("shares ≤ 0");
            }
            if lot.class == SERIES_A && lot.treasury {
                return problem("Series A in treasury (§5)");
            }
            if lot.class == SERIES_A && lot.issued.is_none() {
                return problem("Series A without an issue_date");
            }
            if lot.class == SERIES_A && lot.issued < first {
                return problem("first_issuance_date after a Series A issue_date");
            }
            if lot.retired.is_some() && lot.retired < lot.issued {
                return problem("retired before it was issued");
            }
        }
        for declaration in &self.declarations {
            if declaration.payment.is_some() && declaration.record > declaration.payment {
                return problem("a record date after the payment date");
            }
            let asset = letters_and_digits(&declaration.asset);
            if !declaration.cash
                && (COMMON_STOCK.contains(&asset.as_str()) || asset == letters_and_digits(self.term("common_name")))
            {
                return problem("a stock dividend belongs in adjustments");
            }
        }
        for (quarter, record) in &self.record_dates {
            let ahead = quarter.0 - record.0;
            if ahead < 0 || int(ahead) > self.term_number("record_date_window") {
                return problem(format!("record date {record} is {ahead} days ahead"));
            }
        }
        if self.payments.iter().any(|p| p.amount.as_ref().is_some_and(Signed::is_negative)) {
            return problem("a negative payment");
        }
        let as_of: BTreeSet<_> = self.arrears.iter().map(|row| row.as_of).collect();
        if as_of.len() > 1 {
            return problem("arrears as of more than one day");
        }
        Ok(())
    }

    /// A term as text.
    pub fn term(&self, name: &str) -> &str {
        &self.terms[name]
    }

    /// Whether a reading has a value.
    pub fn reads(&self, reading: &str, value: &str) -> bool {
        self.terms[&format!("reading.{reading}")] == value
    }

    /// A term that is a number.
    pub fn term_number(&self, name: &str) -> Q {
        number::parse(self.term(name)).unwrap_or_else(|| panic!("{name} is a number"))
    }

    /// A term that is a date, or blank.
    pub fn term_date(&self, name: &str) -> Option<Date> {
        Date::parse(self.term(name))
    }

    /// The decimals of the currency.
    pub fn decimals(&self) -> u32 {
        self.term("currency_decimals").parse().expect("currency_decimals")
    }

    /// SPEC 4: `round`, to the currency's smallest unit (reading `midpoint`).
    pub fn round(&self, value: &Q) -> Q {
        if self.reads("midpoint", "half-even") {
            number::half_even(value, self.decimals())
        } else {
            number::half_up(value, self.decimals())
        }
    }

    /// F (SPEC 1 and 3): the term, else the earliest Series A `issue_date`, retired lots included.
    pub fn first_issuance(&self) -> Option<Date> {
        let earliest = self.lots.iter().filter(|lot| lot.class == SERIES_A).filter_map(|lot| lot.issued).min();
        self.term_date("first_issuance_date").or(earliest)
    }

    /// 3: `class` takes a class id or its name (for Series A and Common also the names in terms).
    pub fn class_id(&self, id_or_name: &str) -> Result<String, Stop> {
        let wanted = letters_and_digits(id_or_name);
        let known = [(SERIES_A, self.term("series_name")), (COMMON, self.term("common_name"))];
        let others = self.classes.iter().map(|class| (class.id.as_str(), class.name.as_str()));
        for (id, name) in known.into_iter().chain(others) {
            if wanted == letters_and_digits(id) || (!name.is_empty() && wanted == letters_and_digits(name)) {
                return Ok(id.into());
            }
        }
        match wanted.as_str() {
            "seriesa" | "seriesapreferred" => return Ok(SERIES_A.into()),
            other if COMMON_STOCK.contains(&other) => return Ok(COMMON.into()),
            _ => {}
        }
        problem(format!("nobody defined the class {id_or_name}"))
    }

    /// The class of an id, of another series.
    pub fn class(&self, id: &str) -> &Class {
        self.classes.iter().find(|class| class.id == id).expect("a class of the table")
    }

    /// 4.7: class order. Senior by (order, id), series-a, parity by id, junior by (order, id), common.
    pub fn class_order(&self, id: &str) -> (u8, i64, String) {
        match id {
            SERIES_A => (1, 0, String::new()),
            COMMON => (4, 0, String::new()),
            _ => {
                let class = self.class(id);
                match class.ranking {
                    Ranking::Senior => (0, class.order, class.id.clone()),
                    Ranking::Parity => (2, 0, class.id.clone()),
                    Ranking::Junior => (3, class.order, class.id.clone()),
                }
            }
        }
    }

    /// All class ids in class order.
    pub fn class_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.classes.iter().map(|class| class.id.clone()).collect();
        ids.extend([SERIES_A.to_string(), COMMON.to_string()]);
        ids.sort_by_key(|id| self.class_order(id));
        ids
    }

    /// The withholding rate of a holder: a blank one inherits the holder's other rows.
    pub fn withholding_rate(&self, holder_id: &str) -> Q {
        self.holders[holder_id].withholding_rate.clone().unwrap_or_default()
    }
}
