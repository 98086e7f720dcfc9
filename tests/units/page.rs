//! The page's cases, and who is let in to them.

use ratable::internals::serve::{Cases, Gate};
use std::time::{Duration, Instant};

#[test]
fn the_address_of_a_started_browser_serves_once_and_the_printed_one_always() {
    let gate = Gate::new(80).unwrap();
    let secret = |address: &str| address.rsplit('/').next().unwrap().to_owned();
    let (printed, once) = (secret(&gate.address()), secret(&gate.address_once().unwrap()));
    assert_ne!(printed, once);
    assert_eq!((gate.lets_in("0"), gate.lets_in("")), (false, false));
    assert_eq!((gate.lets_in(&once), gate.lets_in(&once)), (true, false));
    assert_eq!((gate.lets_in(&printed), gate.lets_in(&printed)), (true, true));
}

#[test]
fn a_case_goes_after_an_hour_without_use_and_the_longest_unused_of_too_many() {
    const HOUR: Duration = Duration::from_secs(3_600);
    const MOST: usize = 16;
    let top = tempfile::tempdir().unwrap();
    let (cases, pause) = (Cases::new(top.path()), || std::thread::sleep(Duration::from_millis(2)));
    let is_there = |id: &str| top.path().join(id).exists();
    let old = cases.open().unwrap();
    pause();
    let between = Instant::now();
    pause();
    let young = cases.open().unwrap();
    let ended: Vec<String> = cases.take_ended(between + HOUR).iter().map(|case| case.id.clone()).collect();
    assert_eq!((ended, cases.get(&old.id).is_none()), (vec![old.id.clone()], true));
    old.end();
    assert!(!is_there(&old.id) && is_there(&young.id));

    let others: Vec<_> = (0..MOST).map(|_| cases.open().unwrap()).collect();
    assert!(cases.get(&young.id).is_none() && !is_there(&young.id));
    assert!(others.iter().all(|case| cases.get(&case.id).is_some()));
}
