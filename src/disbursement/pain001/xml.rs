//! The XML of a `pain.001`: its elements, and what is the same in every transfer, rendered once.

use super::super::payer::{Account, Agent};
use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use std::borrow::Cow;

/// A name and an address.
#[derive(Clone, Debug, Default)]
pub(super) struct Party<'p> {
    pub name: Cow<'p, str>,
    pub street: Cow<'p, str>,
    pub postal_code: Cow<'p, str>,
    pub town: Cow<'p, str>,
    pub state: Cow<'p, str>,
    pub country: &'p str,
    /// Unstructured lines of a hybrid address.
    pub lines: Vec<String>,
}

impl Party<'_> {
    /// The elements of the address that have one text each, in their order.
    pub(super) fn address(&self) -> [(&'static str, &str); 5] {
        [
            ("StrtNm", &self.street),
            ("PstCd", &self.postal_code),
            ("TwnNm", &self.town),
            ("CtrySubDvsn", &self.state),
            ("Ctry", self.country),
        ]
    }
}

/// What stands before a text and after it.
pub(super) struct Around {
    before: Vec<u8>,
    after: Vec<u8>,
}

impl Around {
    pub(super) fn new(before: impl FnOnce(&mut Xml), after: impl FnOnce(&mut Xml)) -> Self {
        Self { before: rendered(before), after: rendered(after) }
    }

    pub(super) fn leaf(name: &str) -> Self {
        Self::new(|xml| xml.open(name), |xml| xml.close(name))
    }

    pub(super) fn write(&self, out: &mut Vec<u8>, text: &str) {
        self.write_with(out, |out| Xml::new(out).text(text));
    }

    pub(super) fn write_with(&self, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
        out.extend_from_slice(&self.before);
        write(out);
        out.extend_from_slice(&self.after);
    }
}

pub(super) fn rendered(write: impl FnOnce(&mut Xml)) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut Xml::new(&mut out));
    out
}

/// Elements being written into memory, which does not fail.
pub(super) struct Xml<'o>(Writer<&'o mut Vec<u8>>);

impl<'o> Xml<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self(Writer::new(out))
    }

    pub(super) fn event(&mut self, event: Event) {
        self.0.write_event(event).expect("memory takes what is written");
    }

    pub(super) fn line(&mut self) {
        self.event(Event::Text(BytesText::from_escaped("\n")));
    }

    pub(super) fn open(&mut self, name: &str) {
        self.event(Event::Start(BytesStart::new(name)));
    }

    pub(super) fn open_all(&mut self, names: &[&str]) {
        for name in names {
            self.open(name);
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    pub(super) fn close_all(&mut self, names: &[&str]) {
        for name in names {
            self.close(name);
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.event(Event::Text(BytesText::new(text)));
    }

    pub(super) fn leaf(&mut self, name: &str, text: &str) {
        self.open(name);
        self.text(text);
        self.close(name);
    }

    pub(super) fn company_id(&mut self, id: &str) {
        if !id.is_empty() {
            self.open("Id");
            self.open("OrgId");
            self.open("Othr");
            self.leaf("Id", id);
            self.close("Othr");
            self.close("OrgId");
            self.close("Id");
        }
    }

    pub(super) fn party(&mut self, name: &str, party: &Party, company_id: &str) {
        self.open(name);
        self.leaf("Nm", &party.name);
        self.open("PstlAdr");
        for (name, text) in party.address().into_iter().filter(|(_, text)| !text.is_empty()) {
            self.leaf(name, text);
        }
        party.lines.iter().for_each(|line| self.leaf("AdrLine", line));
        self.close("PstlAdr");
        self.company_id(company_id);
        self.close(name);
    }

    pub(super) fn account(&mut self, name: &str, account: &Account, currency: &str) {
        self.open(name);
        self.open("Id");
        match account {
            Account::Iban(iban) => self.leaf("IBAN", iban),
            Account::Other(number) => {
                self.open("Othr");
                self.leaf("Id", number);
                self.close("Othr");
            }
        }
        self.close("Id");
        self.leaf("Ccy", currency);
        self.close(name);
    }

    /// The system that American routing numbers are of.
    pub(super) fn usaba(&mut self) {
        self.open("ClrSysId");
        self.leaf("Cd", "USABA");
        self.close("ClrSysId");
    }

    pub(super) fn agent(&mut self, name: &str, agent: &Agent) {
        self.open(name);
        self.open("FinInstnId");
        match agent {
            Agent::Bic(bic) => self.leaf("BICFI", bic),
            Agent::Aba(number) => {
                self.open("ClrSysMmbId");
                self.usaba();
                self.leaf("MmbId", number);
                self.close("ClrSysMmbId");
            }
            Agent::ByAccount => {
                self.open("Othr");
                self.leaf("Id", "NOTPROVIDED");
                self.close("Othr");
            }
        }
        self.close("FinInstnId");
        self.close(name);
    }
}
