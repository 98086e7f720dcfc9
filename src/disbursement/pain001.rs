//! ISO 20022 `pain.001.001.09`, the customer credit transfer initiation.

use super::created::Created;
use super::latin::{self, Characters, Fitting, Replaced};
use super::nacha;
use super::pay::{self, Batch, Format, Payment};
use super::payer::{ABOVE_LIMIT, Account, Agent, BY_CHECK, WRONG_DIGITS, missing, unfit};
use super::run::Run;
use crate::model::Case;
use crate::model::calendar::iso;
use crate::model::register::Detail;
use crate::problem::Problem;
use crate::quantity::{Units, scaled_fixed};
use quick_xml::escape::escape;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write as _;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
/// Kinds of payment: each has a payment information block of its own.
const KINDS: [&str; 3] = ["wire", "ach", "sepa"];
/// The service level of each.
const LEVELS: [&str; 3] = ["URGP", "NURG", "SEPA"];
/// The most digits of an amount, and of a control sum.
const DIGITS: u32 = 18;

/// The payer and the run, as every file of the format names them.
pub(crate) struct Pain001<'a> {
    run: &'a Run,
    created: Created,
    payer: Party<'a>,
    account: Account,
    agent: Agent,
    company_id: Cow<'a, str>,
    batch_limit: Option<Units>,
    /// What takes ACH payments instead, where the payer sends those in NACHA's format.
    nacha: Option<nacha::Nacha<'a>>,
    /// What was changed in the payer's own texts.
    pub replaced: Vec<Replaced>,
    message_id: String,
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

/// A credit transfer.
pub(crate) struct Transfer<'p> {
    kind: usize,
    payee: Party<'p>,
    account: Account,
    agent: Agent,
    replaced: Vec<Replaced>,
}

impl pay::Entry for Transfer<'_> {
    fn kind(&self) -> usize {
        self.kind
    }

    fn replaced(&self) -> &[Replaced] {
        &self.replaced
    }
}

impl<'a> Pain001<'a> {
    /// The payer of the case's table `bank`.
    /// Errors: what is missing of it, or does not serve.
    pub(crate) fn new(run: &'a Run, case: &'a Case, created: Created) -> Result<Self, Vec<Problem>> {
        let bank = &case.bank;
        let mut problems = missing(bank, &["name", "account", "town", "country"]);
        let account = Account::read(bank.get("account")).unwrap_or_else(|| Account::Other(String::new()));
        let agent = Agent::read(bank.get("bank_code")).unwrap_or(Agent::ByAccount);
        if matches!(account, Account::Other(_)) && agent == Agent::ByAccount {
            problems.extend(missing(bank, &["bank_code"]));
        }
        let mut fitting = Fitting::new(Characters::Swift);
        let country = bank.get("country");
        let texts = ["name", "street", "postal_code", "town", "state"].map(|term| bank.get(term));
        let payer = Party::new(OF_PAYER, texts, country, &mut fitting);
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
        let takes_ach = !bank.get("company_id").is_empty();
        let company_id = fitting.fit("company_id", bank.get("company_id"), 35);
        Ok(Self {
            run,
            created,
            payer,
            account,
            agent,
            company_id,
            batch_limit: bank.batch_limit,
            nacha: takes_ach.then(|| nacha::Nacha::new(run, case, created).ok()).flatten(),
            replaced: fitting.replaced,
            message_id: format!("{}-{}", iso(run.pay_date).replace('-', ""), run.sha256.get(..20).unwrap_or_default()),
        })
    }

    fn amount(&self, units: Units) -> String {
        scaled_fixed(units, self.run.decimals)
    }

    fn company_id(&self) -> String {
        match &*self.company_id {
            "" => String::new(),
            id => format!("<Id><OrgId><Othr><Id>{}</Id></Othr></OrgId></Id>", escape(id)),
        }
    }
}

/// What the fields of a party are called where they were changed, and the most characters of each.
const OF_PAYER: [&str; 5] = ["payer's name", "payer's street", "payer's postal code", "payer's town", "payer's state"];
const OF_PAYEE: [&str; 5] = ["name", "street", "postal_code", "town", "state"];
const MOST: [usize; 5] = [140, 70, 16, 35, 35];

impl<'p> Party<'p> {
    fn new(fields: [&'static str; 5], texts: [&'p str; 5], country: &'p str, fitting: &mut Fitting) -> Self {
        let [name, street, postal_code, town, state] =
            std::array::from_fn(|at| fitting.fit(fields[at], texts[at], MOST[at]));
        Self { name, street, postal_code, town, state, country, lines: Vec::new() }
    }

    /// A holder: structured, or hybrid where there is no street and a whole address beside the town.
    /// Errors: why banks refuse it.
    fn payee(payment: &Payment<'p>, fitting: &mut Fitting) -> Result<Self, &'static str> {
        let [street, postal_code, town, state, address] =
            [Detail::Street, Detail::PostalCode, Detail::Town, Detail::State, Detail::Address]
                .map(|detail| payment.detail(detail));
        if town.is_empty() && !address.is_empty() {
            return Err(
                "the address is unstructured, which banks refuse since 15 November 2026: fill in street, town, \
                 postal_code and country in the register",
            );
        }
        if town.is_empty() {
            return Err("no town, which banks ask for: fill in town and country in the register");
        }
        let country = payment.country();
        if !is_country(country) {
            return Err("the country is no country code, which banks need: fill in country in the register");
        }
        let mut party = Self::new(OF_PAYEE, [payment.row.payee(), street, postal_code, town, state], country, fitting);
        if street.is_empty() && !address.is_empty() {
            let line = fitting.fit("address", address, 140);
            let (first, second) = line.split_at(line.len().min(70));
            let lines = [first.trim(), second.trim()].into_iter().filter(|line| !line.is_empty());
            party.lines = lines.map(str::to_owned).collect();
        }
        if !latin::is_named(&party.name) || !latin::is_named(&party.town) {
            return Err("the name or town has no character that the format has: fill in payee_name in Latin letters");
        }
        Ok(party)
    }

    fn xml(&self) -> String {
        let mut xml = format!("<Nm>{}</Nm><PstlAdr>", escape(&*self.name));
        let fields = [
            ("StrtNm", &*self.street),
            ("PstCd", &*self.postal_code),
            ("TwnNm", &*self.town),
            ("CtrySubDvsn", &*self.state),
            ("Ctry", self.country),
        ];
        let lines = self.lines.iter().map(|line| ("AdrLine", line.as_str()));
        for (tag, text) in fields.into_iter().chain(lines).filter(|(_, text)| !text.is_empty()) {
            write!(xml, "<{tag}>{}</{tag}>", escape(text)).expect("memory takes what is written");
        }
        xml + "</PstlAdr>"
    }
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())
}

fn has_digits(amount: &str) -> bool {
    amount.bytes().filter(u8::is_ascii_digit).count() <= DIGITS as usize
}

impl Format for Pain001<'_> {
    type Entry<'p> = Transfer<'p>;

    fn kinds(&self) -> &'static [&'static str] {
        &KINDS
    }

    fn entry<'p>(&self, payment: &Payment<'p>) -> Result<Transfer<'p>, String> {
        let method = payment.row.method();
        if method == "check" || method == "cheque" {
            return Err(BY_CHECK.into());
        }
        if method == "ach" && self.nacha.as_ref().is_some_and(|nacha| nacha.entry(payment).is_ok()) {
            return Err("paid by ACH: write it with --as nacha".into());
        }
        let account = Account::read(payment.row.account()).ok_or(WRONG_DIGITS)?;
        let agent = Agent::read(payment.row.bank_code())
            .ok_or("the bank code is neither a BIC nor a routing number: correct bank_code in the register")?;
        let mut fitting = Fitting::new(Characters::Swift);
        match (&account, &agent) {
            (Account::Iban(_), Agent::Aba(_)) => {
                Err("an IBAN with an American routing number, one of which is wrong: correct the register")?;
            }
            (Account::Other(_), Agent::ByAccount) => {
                Err("no bank code, and the account is no IBAN: fill in bank_code in the register")?;
            }
            (Account::Other(number), _) if number.is_empty() || fitting.fit("account", number, 34) != *number => {
                Err("the account has more than 34 characters, or some that the format has not")?;
            }
            _ => {}
        }
        if !has_digits(&self.amount(payment.row.amount)) {
            return Err(format!("the amount has more than {DIGITS} digits, which the format does not hold"));
        }
        if self.batch_limit.is_some_and(|most| payment.row.amount > most) {
            return Err(ABOVE_LIMIT.into());
        }
        let is_sepa = method == "sepa" && self.run.currency == "EUR" && matches!(account, Account::Iban(_));
        let kind = if is_sepa { 2 } else { usize::from(method == "ach") };
        let payee = Party::payee(payment, &mut fitting)?;
        Ok(Transfer { kind, payee, account, agent, replaced: fitting.replaced })
    }

    fn batch_limit(&self) -> (Option<Units>, usize) {
        (self.batch_limit, usize::MAX)
    }

    fn too_much(&self, batches: &[Batch]) -> Vec<Problem> {
        let sum: Units = batches.iter().map(|batch| batch.sum).sum();
        if has_digits(&self.amount(sum)) {
            return Vec::new();
        }
        let message =
            format!("The payments come to {}, and a control sum has at most {DIGITS} digits.", self.amount(sum));
        vec![unfit("sum", &message, "Pay in several runs.")]
    }

    fn begin(&self, out: &mut Vec<u8>, batches: &[Batch]) {
        let (id, created, name) = (&self.message_id, self.created.iso(), escape(&*self.payer.name));
        let (count, company_id) = (batches.iter().map(|batch| batch.count).sum::<usize>(), self.company_id());
        let sum = self.amount(batches.iter().map(|batch| batch.sum).sum());
        put(
            out,
            format_args!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"{NAMESPACE}\"><CstmrCdtTrfInitn>\
                 <GrpHdr><MsgId>{id}</MsgId><CreDtTm>{created}</CreDtTm><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum>\
                 <InitgPty><Nm>{name}</Nm>{company_id}</InitgPty></GrpHdr>\n"
            ),
        );
    }

    fn begin_batch(&self, out: &mut Vec<u8>, batch: &Batch) {
        let (id, number, count, sum) = (&self.message_id, batch.number, batch.count, self.amount(batch.sum));
        let (level, day, currency) = (LEVELS[batch.kind], self.run.pay_date, &self.run.currency);
        let purpose = if self.run.title() == "Dividend" { "<CtgyPurp><Cd>DIVI</Cd></CtgyPurp>" } else { "" };
        let (payer, company_id) = (self.payer.xml(), self.company_id());
        let (account, agent) = (account_id(&self.account), agent(&self.agent));
        let charges = if level == "SEPA" { "SLEV" } else { "SHAR" };
        put(
            out,
            format_args!(
                "<PmtInf><PmtInfId>{id}-{number}</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>{count}</NbOfTxs>\
                 <CtrlSum>{sum}</CtrlSum><PmtTpInf><SvcLvl><Cd>{level}</Cd></SvcLvl>{purpose}</PmtTpInf>\
                 <ReqdExctnDt><Dt>{day}</Dt></ReqdExctnDt><Dbtr>{payer}{company_id}</Dbtr>\
                 <DbtrAcct>{account}<Ccy>{currency}</Ccy></DbtrAcct><DbtrAgt>{agent}</DbtrAgt><ChrgBr>{charges}</ChrgBr>\n"
            ),
        );
    }

    fn write(&self, out: &mut Vec<u8>, entry: &Transfer<'_>, payment: &Payment, _: &Batch, _: usize) {
        let (reference, payee, account) =
            (escape(payment.row.reference()), entry.payee.xml(), account_id(&entry.account));
        let (currency, amount) = (&self.run.currency, self.amount(payment.row.amount));
        let agent = match &entry.agent {
            Agent::ByAccount => String::new(),
            other => format!("<CdtrAgt>{}</CdtrAgt>", agent(other)),
        };
        let (title, date) = (self.run.title(), self.run.date);
        put(
            out,
            format_args!(
                "<CdtTrfTxInf><PmtId><EndToEndId>{reference}</EndToEndId></PmtId>\
                 <Amt><InstdAmt Ccy=\"{currency}\">{amount}</InstdAmt></Amt>{agent}<Cdtr>{payee}</Cdtr>\
                 <CdtrAcct>{account}</CdtrAcct><RmtInf><Ustrd>{title} of {date}</Ustrd></RmtInf></CdtTrfTxInf>\n"
            ),
        );
    }

    fn end_batch(&self, out: &mut Vec<u8>, _: &Batch) {
        put(out, format_args!("</PmtInf>\n"));
    }

    fn end(&self, out: &mut Vec<u8>, _: &[Batch]) {
        put(out, format_args!("</CstmrCdtTrfInitn></Document>\n"));
    }
}

fn put(out: &mut Vec<u8>, text: std::fmt::Arguments) {
    out.write_fmt(text).expect("memory takes what is written");
}

fn account_id(account: &Account) -> String {
    match account {
        Account::Iban(iban) => format!("<Id><IBAN>{iban}</IBAN></Id>"),
        Account::Other(number) => format!("<Id><Othr><Id>{}</Id></Othr></Id>", escape(number)),
    }
}

fn agent(agent: &Agent) -> String {
    let within = match agent {
        Agent::Bic(bic) => format!("<BICFI>{bic}</BICFI>"),
        Agent::Aba(number) => {
            format!("<ClrSysMmbId><ClrSysId><Cd>USABA</Cd></ClrSysId><MmbId>{number}</MmbId></ClrSysMmbId>")
        }
        Agent::ByAccount => "<Othr><Id>NOTPROVIDED</Id></Othr>".to_owned(),
    };
    format!("<FinInstnId>{within}</FinInstnId>")
}
