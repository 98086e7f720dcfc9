//! References of a layout's formulas, which move with the rows that are repeated above them.

use ratable::internals::output::{Block, Cover, Expression, Group, RowCopy, RowMap};

fn written(text: &str, cover: Cover) -> String {
    let blocks = [Block { first: 5, last: 5, group: Group::Lot }, Block { first: 9, last: 10, group: Group::Step }];
    let map = RowMap { blocks: &blocks, counts: &[3, 2] };
    let mut out = Vec::new();
    Expression::parse(text, &|name| name == "My 'Sheet", true).write(&mut out, &map, cover);
    String::from_utf8(out).unwrap()
}

#[test]
fn rows_below_a_repeated_row_shift() {
    for (text, shifted) in [
        ("E4+E5+E6+E9+E10+E11", "E4+E5+E8+E11+E12+E15"),
        ("E5:E5", "E5:E7"),
        ("$A$1:$H$11", "$A$1:$H$15"),
        ("A:H", "A:H"),
        ("$4:$6", "$4:$8"),
    ] {
        assert_eq!(written(text, Cover::Around), shifted);
    }
    assert_eq!(written("E5 B2:C9", Cover::Stretched), "E5:E7 B2:C13");
    let (mut out, none) = (Vec::new(), RowMap { blocks: &[], counts: &[] });
    let list = format!("A1\" x 'S'!B2 {} C3:D4", "E5 ".repeat(20_000));
    Expression::list(&list).write(&mut out, &none, Cover::Stretched);
    let kept = String::from_utf8(out).unwrap();
    assert!(kept.starts_with("A1 E5 E5 ") && kept.ends_with("E5 C3:D4") && !kept.contains(['"', '\'']), "{kept:.40}");
    let copy = Cover::Copy(RowCopy { block: 1, item: 1 });
    assert_eq!(written("B9+B6", copy), "B13+B8");
}

#[test]
fn a_shared_formula_moves() {
    for (text, down, right, moved) in
        [("A1*$B$1+Other!C1", 2, 1, "B3*$B$1+Other!D3"), ("SUM(A$1:A1)", 2, 0, "SUM(A$1:A3)")]
    {
        let mut out = Vec::new();
        let expression = Expression::parse(text, &|_| false, true).moved(down, right);
        expression.write(&mut out, &RowMap { blocks: &[], counts: &[] }, Cover::Around);
        assert_eq!(String::from_utf8(out).unwrap(), moved);
    }
}

#[test]
fn references_shift_and_nothing_else_does() {
    for (text, shifted) in [
        ("SUM(E5:E5)*E6", "SUM(E5:E7)*E8"),
        ("LOG10(E11)&\"E9\"&Q9_total+ABCD1+A", "LOG10(E15)&amp;\"E9\"&amp;Q9_total+ABCD1+A"),
        ("'My ''Sheet'!$A$9+Other!A9+A9", "'My ''Sheet'!$A$11+Other!A9+A11"),
        ("IF(A9<B9,$A$9,1E9)", "IF(A11&lt;B11,$A$11,1E9)"),
    ] {
        assert_eq!(written(text, Cover::Around), shifted);
    }
}
