//! ISO 20022 `pain.001.001.09`, the customer credit transfer initiation.

use super::created::Created;
use super::latin::{self, Fitting, Replaced, SWIFT};
use super::nacha;
use super::pay::{Batch, Entry, Format, Payment};
use super::payer::{Account, Agent, missing, unfit};
use super::run::{Method, Run};
use crate::model::bank_ids::is_country;
use crate::model::payer::Bank;
use crate::model::{Case, Detail, iso};
use crate::problem::Problem;
use crate::quantity::{Units, scaled_fixed};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::borrow::Cow;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
/// The service level of each kind of payment.
const LEVELS: [&str; 3] = ["URGP", "NURG", "SEPA"];
/// The most digits of an amount, and of a control sum.
const DIGITS: u32 = 18;

/// The payer and the run, as every file of the format names them.
pub(crate) struct Pain001<'a> {
    run: &'a Run,
    created: Created,
    payer: Party<'a>,
    account: Account<'a>,
    agent: Agent<'a>,
    company_id: Cow<'a, str>,
    batch_limit: Option<Units>,
    /// Whether the payer sends ACH payments in NACHA's format.
    has_nacha: bool,
    /// What was changed in the payer's own texts.
    pub replaced: Vec<Replaced>,
    message_id: String,
    /// What the payees read.
    remittance: String,
}

/// A name and an address.
#[derive(Clone, Debug, Default)]
struct Party<'p> {
    name: Cow<'p, str>,
    street: Cow<'p, str>,
    postal_code: Cow<'p, str>,
    town: Cow<'p, str>,
    state: Cow<'p, str>,
    country: &'p str,
    /// Unstructured lines of a hybrid address.
    lines: Vec<String>,
}

/// What the file says of a payee.
pub(crate) struct Payee<'p> {
    party: Party<'p>,
    account: Account<'p>,
    agent: Agent<'p>,
}

impl<'a> Pain001<'a> {
    /// The payer of the case's table `bank`; and how many files of the format were written for the run before.
    /// Errors: what is missing of it, or does not serve.
    pub(crate) fn new(run: &'a Run, case: &'a Case, created: Created, before: usize) -> Result<Self, Vec<Problem>> {
        let bank = &case.bank;
        let mut problems = missing(bank, &["name", "account", "town", "country"]);
        let account = Account::read(bank.get("account")).unwrap_or(Account::Other(""));
        let agent = Agent::read(bank.get("bank_code")).unwrap_or(Agent::ByAccount);
        if matches!(account, Account::Other(_)) && agent == Agent::ByAccount {
            problems.extend(missing(bank, &["bank_code"]));
        }
        let mut fitting = Fitting::new(&SWIFT);
        let payer = payer(bank, &mut fitting);
        let country = bank.get("country");
        if !country.is_empty() && !is_country(country) {
            let message = format!("The payer's country is {country}, which is not a country code.");
            problems.push(unfit("country", &message, "Type its ISO 3166 code, such as US or DE."));
        }
        if run.currency.len() != 3 || !run.currency.bytes().all(|b| b.is_ascii_uppercase()) || run.decimals > 5 {
            let message = format!(
                "The run's currency, {} with {} decimals, cannot be written in a pain.001.",
                run.currency, run.decimals
            );
            problems.push(unfit("currency", &message, "Use an ISO 4217 currency, such as USD."));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let has_nacha = !bank.get("company_id").is_empty();
        let company_id = fitting.fit("company_id", bank.get("company_id"), 35);
        let further = if before == 0 { String::new() } else { format!("-{}", before + 1) };
        let message_id = run.sha256.get(..20).unwrap_or_default();
        Ok(Self {
            run,
            created,
            payer,
            account,
            agent,
            company_id,
            batch_limit: bank.batch_limit,
            has_nacha,
            replaced: fitting.replaced,
            remittance: format!("{} of {}", run.title(), iso(run.date)),
            message_id: format!("{}-{message_id}{further}", iso(run.pay_date).replace('-', "")),
        })
    }

    fn amount(&self, units: Units) -> String {
        scaled_fixed(units, self.run.decimals)
    }
}

fn payer<'b>(bank: &'b Bank, fitting: &mut Fitting) -> Party<'b> {
    Party {
        name: fitting.fit("payer's name", bank.get("name"), 140),
        street: fitting.fit("payer's street", bank.get("street"), 70),
        postal_code: fitting.fit("payer's postal code", bank.get("postal_code"), 16),
        town: fitting.fit("payer's town", bank.get("town"), 35),
        state: fitting.fit("payer's state", bank.get("state"), 35),
        country: bank.get("country"),
        lines: Vec::new(),
    }
}

/// A holder's name and address: structured, or hybrid where there is no street and a whole address beside the town.
/// Errors: why banks refuse it.
fn payee<'p>(payment: &Payment<'p>, fitting: &mut Fitting) -> Result<Party<'p>, String> {
    let [street, town, address] = [Detail::Street, Detail::Town, Detail::Address].map(|detail| payment.detail(detail));
    if town.is_empty() && !address.is_empty() {
        return Err("the address is unstructured, which banks refuse since 15 November 2026: fill in street, town, \
                    postal_code and country in the register"
            .to_owned());
    }
    if town.is_empty() {
        return Err("no town, which banks ask for: fill in town and country in the register".to_owned());
    }
    let country = payment.country();
    if !is_country(country) {
        return Err("the country is no country code, which banks need: fill in country in the register".to_owned());
    }
    let mut party = Party {
        name: fitting.fit("name", payment.row.payee(), 140),
        street: fitting.fit("street", street, 70),
        postal_code: fitting.fit("postal_code", payment.detail(Detail::PostalCode), 16),
        town: fitting.fit("town", town, 35),
        state: fitting.fit("state", payment.detail(Detail::State), 35),
        country,
        lines: Vec::new(),
    };
    if street.is_empty() && !address.is_empty() {
        let line = fitting.fit("address", address, 140);
        let (first, second) = line.split_at(line.len().min(70));
        party.lines = [first.trim(), second.trim()].into_iter().filter(|l| !l.is_empty()).map(str::to_owned).collect();
    }
    if !latin::is_named(&party.name) || !latin::is_named(&party.town) {
        return Err(
            "the name or town has no character that the format has: fill in payee_name in Latin letters".to_owned()
        );
    }
    Ok(party)
}

fn has_digits(amount: Units) -> bool {
    amount < 10i128.pow(DIGITS)
}

impl Format for Pain001<'_> {
    type Content<'p> = Payee<'p>;

    /// Each has a payment information block of its own.
    const KINDS: &'static [&'static str] = &["wire", "ach", "sepa"];

    fn entry<'p>(&self, payment: &Payment<'p>) -> Result<Entry<Payee<'p>>, String> {
        let method = payment.row.method();
        if method == Method::Check {
            return Err("paid by check: write it with --as checks".to_owned());
        }
        if method == Method::Ach && self.has_nacha && nacha::takes(self.run, payment) {
            return Err("paid by ACH: write it with --as nacha".to_owned());
        }
        let Some(account) = Account::read(payment.row.account()) else {
            return Err("the IBAN's check digits are wrong: correct account in the register".to_owned());
        };
        let Some(agent) = Agent::read(payment.row.bank_code()) else {
            return Err(
                "the bank code is neither a BIC nor a routing number: correct bank_code in the register".to_owned()
            );
        };
        let mut fitting = Fitting::new(&SWIFT);
        match (&account, &agent) {
            (Account::Iban(_), Agent::Aba(_)) => {
                return Err(
                    "an IBAN with an American routing number, one of which is wrong: correct the register".to_owned()
                );
            }
            (Account::Other(_), Agent::ByAccount) => {
                return Err("no bank code, and the account is no IBAN: fill in bank_code in the register".to_owned());
            }
            (Account::Other(number), _) if number.is_empty() || fitting.fit("account", number, 34) != *number => {
                return Err("the account has more than 34 characters, or some that the format has not".to_owned());
            }
            _ => {}
        }
        if !has_digits(payment.row.amount) {
            return Err(format!("the amount has more than {DIGITS} digits, which the format does not hold"));
        }
        if self.batch_limit.is_some_and(|most| payment.row.amount > most) {
            return Err("the amount is above the payer's batch_limit".to_owned());
        }
        let is_sepa = method == Method::Sepa && self.run.currency == "EUR" && matches!(account, Account::Iban(_));
        let kind = if is_sepa { 2 } else { usize::from(method == Method::Ach) };
        let content = Payee { party: payee(payment, &mut fitting)?, account, agent };
        Ok(Entry { kind, hash: 0, said: None, replaced: fitting.replaced, content })
    }

    fn batch_limit(&self) -> (Option<Units>, usize) {
        (self.batch_limit, usize::MAX)
    }

    fn too_much(&self, batches: &[Batch]) -> Vec<Problem> {
        let sum: Units = batches.iter().map(|batch| batch.sum).sum();
        if has_digits(sum) {
            return Vec::new();
        }
        let message =
            format!("The payments come to {}, and a control sum has at most {DIGITS} digits.", self.amount(sum));
        vec![unfit("sum", &message, "Pay in several runs.")]
    }

    fn begin(&self, out: &mut Vec<u8>, batches: &[Batch]) {
        let mut xml = Xml::new(out);
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml.line();
        xml.event(Event::Start(BytesStart::new("Document").with_attributes([("xmlns", NAMESPACE)])));
        xml.open("CstmrCdtTrfInitn");
        xml.open("GrpHdr");
        xml.text(&["MsgId"], &self.message_id);
        xml.text(&["CreDtTm"], &self.created.iso());
        xml.text(&["NbOfTxs"], &batches.iter().map(Batch::count).sum::<usize>().to_string());
        xml.text(&["CtrlSum"], &self.amount(batches.iter().map(|batch| batch.sum).sum()));
        xml.open("InitgPty");
        xml.text(&["Nm"], &self.payer.name);
        xml.company_id(&self.company_id);
        xml.close("InitgPty");
        xml.close("GrpHdr");
        xml.line();
    }

    fn begin_batch(&self, out: &mut Vec<u8>, batch: &Batch) {
        let (mut xml, level) = (Xml::new(out), LEVELS[batch.kind]);
        xml.open("PmtInf");
        xml.text(&["PmtInfId"], &format!("{}-{}", self.message_id, batch.number));
        xml.text(&["PmtMtd"], "TRF");
        xml.text(&["NbOfTxs"], &batch.count().to_string());
        xml.text(&["CtrlSum"], &self.amount(batch.sum));
        xml.open("PmtTpInf");
        xml.text(&["SvcLvl", "Cd"], level);
        if self.run.title() == "Dividend" {
            xml.text(&["CtgyPurp", "Cd"], "DIVI");
        }
        xml.close("PmtTpInf");
        xml.text(&["ReqdExctnDt", "Dt"], &iso(self.run.pay_date));
        xml.party("Dbtr", &self.payer, &self.company_id);
        xml.account("DbtrAcct", &self.account, Some(&self.run.currency));
        xml.agent("DbtrAgt", &self.agent);
        xml.text(&["ChrgBr"], if level == "SEPA" { "SLEV" } else { "SHAR" });
        xml.line();
    }

    fn write(&self, out: &mut Vec<u8>, payee: &Payee<'_>, payment: &Payment, _: &Batch, _: usize) {
        let mut xml = Xml::new(out);
        xml.open("CdtTrfTxInf");
        xml.text(&["PmtId", "EndToEndId"], payment.row.reference());
        xml.open("Amt");
        xml.event(Event::Start(BytesStart::new("InstdAmt").with_attributes([("Ccy", self.run.currency.as_str())])));
        xml.event(Event::Text(BytesText::new(&self.amount(payment.row.amount))));
        xml.close("InstdAmt");
        xml.close("Amt");
        if payee.agent != Agent::ByAccount {
            xml.agent("CdtrAgt", &payee.agent);
        }
        xml.party("Cdtr", &payee.party, "");
        xml.account("CdtrAcct", &payee.account, None);
        xml.text(&["RmtInf", "Ustrd"], &self.remittance);
        xml.close("CdtTrfTxInf");
        xml.line();
    }

    fn end_batch(&self, out: &mut Vec<u8>, _: &Batch) {
        let mut xml = Xml::new(out);
        xml.close("PmtInf");
        xml.line();
    }

    fn end(&self, out: &mut Vec<u8>, _: &[Batch]) {
        let mut xml = Xml::new(out);
        xml.close("CstmrCdtTrfInitn");
        xml.close("Document");
        xml.line();
    }
}

/// Elements being written into memory, which does not fail.
struct Xml<'o>(Writer<&'o mut Vec<u8>>);

impl<'o> Xml<'o> {
    fn new(out: &'o mut Vec<u8>) -> Self {
        Self(Writer::new(out))
    }

    fn event(&mut self, event: Event) {
        self.0.write_event(event).expect("memory takes what is written");
    }

    fn line(&mut self) {
        self.event(Event::Text(BytesText::from_escaped("\n")));
    }

    fn open(&mut self, name: &str) {
        self.event(Event::Start(BytesStart::new(name)));
    }

    fn close(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// A text in elements, each in the one before.
    fn text(&mut self, elements: &[&str], text: &str) {
        for name in elements {
            self.open(name);
        }
        self.event(Event::Text(BytesText::new(text)));
        for name in elements.iter().rev() {
            self.close(name);
        }
    }

    fn company_id(&mut self, id: &str) {
        if !id.is_empty() {
            self.text(&["Id", "OrgId", "Othr", "Id"], id);
        }
    }

    fn party(&mut self, element: &str, party: &Party, company_id: &str) {
        self.open(element);
        self.text(&["Nm"], &party.name);
        self.open("PstlAdr");
        let address = [
            ("StrtNm", &*party.street),
            ("PstCd", &party.postal_code),
            ("TwnNm", &party.town),
            ("CtrySubDvsn", &party.state),
            ("Ctry", party.country),
        ];
        let lines = party.lines.iter().map(|line| ("AdrLine", line.as_str()));
        for (name, text) in address.into_iter().chain(lines).filter(|(_, text)| !text.is_empty()) {
            self.text(&[name], text);
        }
        self.close("PstlAdr");
        self.company_id(company_id);
        self.close(element);
    }

    fn account(&mut self, element: &str, account: &Account, currency: Option<&str>) {
        self.open(element);
        match account {
            Account::Iban(iban) => self.text(&["Id", "IBAN"], iban),
            Account::Other(number) => self.text(&["Id", "Othr", "Id"], number),
        }
        if let Some(currency) = currency {
            self.text(&["Ccy"], currency);
        }
        self.close(element);
    }

    fn agent(&mut self, element: &str, agent: &Agent) {
        self.open(element);
        self.open("FinInstnId");
        match agent {
            Agent::Bic(bic) => self.text(&["BICFI"], bic),
            Agent::Aba(number) => {
                self.open("ClrSysMmbId");
                self.text(&["ClrSysId", "Cd"], "USABA");
                self.text(&["MmbId"], number);
                self.close("ClrSysMmbId");
            }
            Agent::ByAccount => self.text(&["Othr", "Id"], "NOTPROVIDED"),
        }
        self.close("FinInstnId");
        self.close(element);
    }
}
