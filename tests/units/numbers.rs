//! Numbers as they are written, read and added up: in texts, in cells, in words.

use ratable::internals::finished::{Created, in_words, units};
use ratable::internals::model::{Ratio, day, parse_decimal, scaled_fixed, scaled_plain};
use ratable::internals::output::ieee::{round, round_down, sum};
use ratable::internals::output::{Figure, serial};
use ratable::internals::text::{grouped, money, money_length, natural, number, plural, write_fixed, write_plain};

#[test]
fn numbers_in_texts_are_in_order() {
    let mut texts = ["H-10", "H-2", "H-2a", "a", "H-02", "10", "9", "H-"];
    texts.sort_by(|a, b| natural(a, b));
    assert_eq!(texts, ["9", "10", "H-", "H-02", "H-2", "H-2a", "H-10", "a"]);
}

#[test]
fn thousands_are_set_apart() {
    for (plain, shown) in [("0.00", "0.00"), ("-1234.5", "-1,234.5"), ("999", "999"), ("1000000", "1,000,000")] {
        assert_eq!(grouped(plain), shown);
    }
    assert_eq!(money(-123_456_789, 2), "-1,234,567.89");
    assert_eq!(money(100, 0), "100");
    assert_eq!(number(&Ratio::new(91.into(), 2.into()), 6), "45.5");
    assert_eq!([plural(1, "lot"), plural(1_200, "lot")], ["1 lot", "1,200 lots"]);
}

#[test]
fn numbers_are_written_as_the_quantities_write_them() {
    let values = [0, 1, 9, 10, 99, 100, 120_050, 1_000_000, i128::from(u64::MAX), i128::from(u64::MAX) + 1, i128::MAX];
    for value in values.into_iter().flat_map(|v| [v, -v]) {
        for decimals in [0, 1, 2, 6, 12, 20, 21] {
            let (mut ours, mut trimmed) = (Vec::new(), Vec::new());
            write_fixed(&mut ours, value, decimals);
            write_plain(&mut trimmed, value, decimals);
            assert_eq!(String::from_utf8_lossy(&ours), scaled_fixed(value, decimals));
            assert_eq!(String::from_utf8_lossy(&trimmed), scaled_plain(value, decimals));
        }
    }
}

#[test]
fn the_length_of_a_sum_is_that_of_its_text() {
    for units in [0, 1, 9, 10, 99, 100, 999, 1_000, 99_999, 100_000, 123_456_789, i128::MAX] {
        for decimals in [0, 2, 3, 6] {
            for units in [units, -units] {
                assert_eq!(money_length(units, decimals), money(units, decimals).len(), "{units} {decimals}");
            }
        }
    }
}

fn written(units: i128, decimals: u32) -> Option<String> {
    Figure::new(units, decimals).map(|f| {
        let mut out = Vec::new();
        f.write(&mut out);
        assert_eq!(String::from_utf8_lossy(&out), f.to_string());
        f.to_string()
    })
}

#[test]
fn figures_are_plain_decimals_of_fifteen_digits() {
    assert_eq!(written(120_050, 2).as_deref(), Some("1200.5"));
    assert_eq!(written(-5, 2).as_deref(), Some("-0.05"));
    assert_eq!(written(0, 2).as_deref(), Some("0"));
    assert_eq!(written(999_999_999_999_999, 2).as_deref(), Some("9999999999999.99"));
    assert_eq!(written(1_000_000_000_000_001, 2), None);
    assert_eq!(written(100_000_000_000_000_000, 2), None);
}

#[test]
fn a_fraction_is_shown_to_fifteen_digits() {
    let third = Ratio::new(100.into(), 3.into());
    assert_eq!(Figure::exact(&third), None);
    assert_eq!(Figure::nearest(&third).map(|f| f.to_string()).as_deref(), Some("33.3333333333333"));
    for text in ["0", "7.08", "-0.000333", "123456789012345", "0.24"] {
        assert_eq!(Figure::nearest(&parse_decimal(text).unwrap()).unwrap().to_string(), text);
    }
    let long = parse_decimal("52.4999566111840001").unwrap();
    assert_eq!(Figure::nearest(&long).unwrap().to_string(), "52.499956611184");
    for midpoint in ["123456789.0123455", "123456789.0123465"] {
        let nearest = Figure::nearest(&parse_decimal(midpoint).unwrap()).unwrap();
        assert_eq!(nearest.to_string(), "123456789.012346", "half to even");
    }
    assert_eq!(Figure::nearest(&parse_decimal("999999999999999.6").unwrap()), None);
    let tiny = parse_decimal("0.0000000000001234567890123412").unwrap();
    assert_eq!(Figure::nearest(&tiny).map(|f| f.to_string()).as_deref(), Some("0.000000000000123456789012341"));
}

#[test]
fn days_have_numbers() {
    assert_eq!(serial(day(2006, 6, 15).unwrap()), Some(38883));
}

#[test]
fn what_engines_agree_on() {
    assert_eq!(round(7.081_234, 2), Some(7.08));
    assert_eq!(round(-2.676, 2), Some(-2.68));
    assert_eq!(round(1.005, 2), None, "a midpoint that no double carries: 1.00 or 1.01");
    assert_eq!(round(4.455, 2), Some(4.46));
    assert_eq!(round(0.125, 2), Some(0.13));
    assert_eq!(round_down(2.675, 6), Some(2.675));
    assert_eq!(round_down(0.57, 2), None, "0.56 or 0.57");
    assert_eq!(round_down(30.379_999, 2), Some(30.37));
    assert_eq!(round_down(30.37, 2), Some(30.37));
    assert_eq!(round_down(0.1 + 0.2, 1), Some(0.3));
    assert_eq!(sum([0.5, 0.25].into_iter()), Some(0.75));
    assert_eq!(sum([1e16, 1.0, 1.0].into_iter()), None);
}

#[test]
fn amounts_in_words() {
    let words = |units| in_words(units, 2, "USD");
    assert_eq!(words(123_456), "One thousand two hundred thirty-four and 56/100 dollars");
    assert_eq!(words(5), "Zero and 05/100 dollars");
    assert_eq!(words(200_000_000), "Two million and 00/100 dollars");
    assert_eq!(words(101_990), "One thousand nineteen and 90/100 dollars");
    assert_eq!(
        words(9_999_999_999),
        "Ninety-nine million nine hundred ninety-nine thousand nine hundred ninety-nine and 99/100 dollars"
    );
    assert_eq!(in_words(40_100, 0, "JPY"), "Forty thousand one hundred JPY");
    assert_eq!(in_words(1_234_567, 3, "KWD"), "One thousand two hundred thirty-four and 567/1000 KWD");
}

#[test]
fn times_are_read_and_nonsense_is_not() {
    let read = |text| Created::parse(text).map(Created::iso);
    assert_eq!(read("2006-06-15T09:30"), Some("2006-06-15T09:30:00Z".to_owned()));
    assert_eq!(read("2006-06-15 09:30:59Z"), Some("2006-06-15T09:30:59Z".to_owned()));
    for text in ["2006-06-15", "2006-06-15T24:00", "2006-06-15T9:00", "2006-06-31T09:00", "2006-06-15T09:00:00:00"] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn numbers_are_read_exactly() {
    let read = |text| units(text, 2);
    assert_eq!(read("1200.00"), Some(120_000));
    assert_eq!(read("-0.05"), Some(-5));
    assert_eq!(read("7"), Some(700));
    assert_eq!(read("123456789012345678901234.50"), Some(12_345_678_901_234_567_890_123_450));
    assert_eq!((read("-7.5"), read("7."), read("0")), (Some(-750), Some(700), Some(0)));
    for none in ["", "-", ".5.", "1.005", "1,200.00", "x", "--1", "1.2.3"] {
        assert_eq!(read(none), None, "{none}");
    }
}
