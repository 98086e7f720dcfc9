//! What a spreadsheet shows for a number in a format, and what a text that was shown tells of its format.

use ratable::internals::model::parse_decimal;
use ratable::internals::spreadsheet::{Digits, Epoch, Shown, Unit, of_code};

#[test]
fn formats_show_what_excel_shows() {
    let unit = |text| Shown::Unit(Unit::new(text).unwrap());
    let date = Shown::Date(Epoch::Y1900);
    for (code, shown) in [
        ("General", Shown::Plain),
        ("#,##0.00_);[Red](#,##0.00)", Shown::Plain),
        ("0.00 \"days\"", unit("days")),
        ("[$€-407] #,##0.00", unit("€")),
        ("#,##0.00\\ [$CHF]", unit("CHF")),
        ("_-* #,##0.00\\ \"kr\"_-;-* #,##0.00\\ \"kr\"_-", unit("kr")),
        ("_($* #,##0_);_($* (#,##0);_($* \"-\"_);_(@_)", unit("$")),
        ("£#,##0", unit("£")),
        ("General\\ \"zł\"", unit("zł")),
        ("0.0%", Shown::Percent),
        ("dd.mm.yyyy", date),
        ("[$-409]d\\-mmm\\-yy;@", date),
        ("mmmm", date),
        ("m/d/yy h:mm", date),
        ("h:mm AM/PM", Shown::Time),
        ("[h]:mm:ss", Shown::Time),
        ("mm:ss.0", Shown::Time),
        ("0\"000\"", unit("000")),
        ("0\" thousand\"", unit("thousand")),
        ("0.00\" per 1,000\"", unit("per 1,000")),
        ("0.0\"¢\"", unit("¢")),
        ("0\"K\"", unit("K")),
        ("#,##0,\"K\"", Shown::Plain),
        ("0.0,,\"M\"", Shown::Plain),
        ("0.0,\"M\"", unit("M")),
        ("-0", unit("-")),
        ("$-0", unit("-")),
        ("(0)", unit("(")),
        ("\\(0\\);0", unit("(")),
        ("[<0](0);0", Shown::Plain),
        ("\"(net) \"0", unit("net")),
        ("_-* #,##0_-;-* #,##0_-", Shown::Plain),
        ("\"SH-\"0000", unit("SH")),
    ] {
        assert_eq!(of_code(code, Epoch::Y1900), shown, "{code}");
    }
}

fn in_code(code: &str, number: &str) -> Option<String> {
    Digits::of_code(code)?.shown(&parse_decimal(number)?)
}

#[test]
fn codes_of_zeros_show_all_their_digits() {
    for (code, number, shown) in [
        ("000000000", "110044", "000110044"),
        ("000000000", "21000021", "021000021"),
        ("00", "123", "123"),
        ("00", "0", "00"),
        ("000-00-0000", "12345678", "012-34-5678"),
        ("000\\-00\\-0000", "12345678", "012-34-5678"),
        ("00000\"-\"0000;@", "123456789", "12345-6789"),
        ("000\\-00\\-0000", "1234567890", "1234-56-7890"),
        ("0000 0000", "12345", "0001 2345"),
    ] {
        assert_eq!(in_code(code, number).as_deref(), Some(shown), "{code} {number}");
    }
    for code in ["General", "0", "", "0.00", "#,##0", "00%", "[>9]000;0", "-000", "000-", "0-0 0", "00\"x\""] {
        assert_eq!(Digits::of_code(code), None, "{code}");
    }
    for number in ["-1", "0.5"] {
        assert_eq!(in_code("000", number), None);
    }
}

#[test]
fn a_shown_text_tells_its_format() {
    for (text, number) in [("000110044", "110044"), ("012-34-5678", "12345678"), ("00", "0")] {
        let format = Digits::of_shown(text, number).and_then(|d| d.shown(&parse_decimal(number)?));
        assert_eq!(format.as_deref(), Some(text));
    }
    for (text, number) in [("-5", "-5"), ("12 345", "12345"), ("1.5", "1.5"), ("007", "8"), ("5", "5")] {
        assert_eq!(Digits::of_shown(text, number), None, "{text}");
    }
}

#[test]
fn a_shown_text_tells_what_stands_beside_its_number() {
    for (text, number, beside) in [
        ("5.00 €", "5", "€"),
        ("EUR 5.00", "5", "EUR"),
        ("-5,00 kr", "-5", "kr"),
        ("($5.00)", "-5", "$"),
        ("1,000 thousand", "1000", "thousand"),
        ("5.00 per 1,000", "5", "per 1,000"),
        ("5.0¢", "5", "¢"),
        ("1000000", "1000", "000"),
        ("-1000", "1000", "-"),
        ("(1000)", "1000", "("),
        ("SH-0002", "2", "SH"),
        ("2.0x", "1.96", "x"),
        ("15%", "15", "%"),
    ] {
        assert_eq!(Unit::of_shown(text, number), Unit::new(beside), "{text}");
    }
    for (text, number) in [
        ("1,000.00", "1000"),
        ("1’000", "1000"),
        ("1 000,5", "1000.5"),
        ("-1000", "-1000"),
        ("(1000)", "-1000"),
        ("1.00E+03", "1000"),
        ("12 1/2", "12.5"),
        ("1K", "1000"),
        ("1", "1000"),
        ("-", "0"),
        ("", "5"),
    ] {
        assert_eq!(Unit::of_shown(text, number), None, "{text}");
    }
}
