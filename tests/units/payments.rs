//! What banks are told: references, accounts, names in their alphabet, cells as CSV has them.

use ratable::internals::finished::{ASCII, Fitting, SWIFT};
use ratable::internals::model::day;
use ratable::internals::output::{Value, is_iban, masked, reference, reference_prefix, write_text};

#[test]
fn references_fit_a_bank_statement() {
    let prefix = reference_prefix("dividend", day(2006, 6, 15).expect("a date"));
    let of = |id: &str| reference(&prefix, id);
    assert_eq!(of("H-0001"), "d20060615-H-0001");
    assert_eq!(of("a-twenty-letters-id."), format!("d20060615-{}", &of("a-twenty-letters-id.")[10..]));
    for id in ["é", "a b", "a-far-too-long-holder-id", "00112233445566778899"] {
        let reference = of(id);
        assert!(reference.len() == 30 && !reference.ends_with(id), "{reference}");
    }
}

#[test]
fn an_iban_is_known_by_its_shape() {
    assert!(["DE89370400440532013000", "IBAN GB82 WEST 1234 5698 7654 32"].into_iter().all(is_iban));
    assert!(!["123456789", "DE8", "", "D189370400440532013000", "DE89370400440532013000é"].into_iter().any(is_iban));
}

#[test]
fn other_alphabets_become_latin_and_what_changed_is_listed() {
    let mut fitting = Fitting::new(&SWIFT);
    assert_eq!(fitting.fit("name", "Müller & Søn_GmbH", 140), "Muller + Son-GmbH");
    assert_eq!(fitting.fit("name", "Jose\u{301}  Ünal", 140), "Jose Unal");
    assert_eq!(fitting.fit("name", "Ελένη Иванова 北京", 140), "Eleni Ivanova BeiJing");
    assert_eq!(fitting.fit("town", "O'Neil (St. Mary)", 140), "O'Neil (St. Mary)");
    assert_eq!(fitting.fit("name", "A very long name", 6), "A very");
    assert_eq!(fitting.replaced.len(), 4);
    assert_eq!(Fitting::new(&ASCII).fit("name", "A & B_C", 22), "A & B_C");
}

#[test]
fn texts_are_quoted_as_the_csv_crate_quotes_them() {
    for sample in ["", "a", "a,b", "a \"b\"", "\"", "\"\"", "a\nb", "a\rb", "'=1", "é;ü", ",", "\n", "x\"\n,\r\""] {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
        writer.write_record(["x", sample]).unwrap();
        let mut ours = b"x,".to_vec();
        write_text(&mut ours, sample.as_bytes());
        ours.push(b'\n');
        assert_eq!(ours, writer.into_inner().unwrap());
    }
}

#[test]
fn a_number_shows_its_last_four_characters_and_a_short_one_none() {
    assert_eq!(masked("123-45-6789"), Value::text("•••• 6789"));
    assert_eq!(masked("6789"), Value::text("••••"));
}
