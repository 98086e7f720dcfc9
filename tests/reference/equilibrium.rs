//! Who gets what of a sum in a stack of classes, by trying every combination of decisions.
//!
//! A class decides whether it converts, an option whether it is exercised; each combination has one payout, and the one
//! that stands is that in which nobody would get more by deciding otherwise while all others stay. No level rises here,
//! and nothing is ordered by where it converts.

use super::number::{Q, int, parse};
use super::random::Random;
use num_traits::{Signed, Zero};
use std::fmt::Write;

/// What a share gets beside its preference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Terms {
    /// Common: one for one; other common: at a ratio.
    Common(Q),
    /// Neither converts nor takes part.
    Fixed,
    /// Converts at a ratio.
    Converts(Q),
    /// Takes part at a ratio.
    Full(Q),
    /// Takes part at a ratio up to a cap, or converts.
    Capped(Q, Q),
    /// Ratio, exercise price.
    Right(Q, Q),
    /// Series A: the multiple; it takes part once Common had its adjustment.
    SeriesA(Q),
    /// Series A: the greater of its preference and the multiple of a Common share.
    GreaterOf(Q),
}

/// A cohort, or a class.
#[derive(Clone, Debug)]
pub struct Member {
    pub class: String,
    pub shares: Q,
    /// Which tier it is in; the smaller is paid first. None for Common and rights.
    pub tier: Option<(u8, u32)>,
    /// Preference with accrued dividends.
    pub due: Q,
    /// What of it is accrued and paid upon conversion too.
    pub kept: Q,
    pub terms: Terms,
}

/// A random stack: its tables, and what they mean.
pub struct Stack {
    pub terms: String,
    pub classes: String,
    pub register: String,
    pub members: Vec<Member>,
}

/// The day of every distribution here.
pub const DATE: &str = "2024-06-15";

/// What a share of each member gets of `sum`, or none where two combinations stand that pay differently.
pub fn payout(members: &[Member], sum: &Q) -> Result<Vec<Q>, String> {
    let due = members.iter().fold(Q::zero(), |total, member| total + &member.shares * &member.due);
    if *sum < due {
        return Ok(short(members, sum));
    }
    let deciding: Vec<usize> = (0..members.len())
        .filter(|at| {
            !matches!(members[*at].terms, Terms::Common(_) | Terms::Fixed | Terms::Full(_) | Terms::SeriesA(_))
        })
        .collect();
    let all = 1u32 << deciding.len();
    let payouts: Vec<Option<Vec<Q>>> = (0..all)
        .map(|bits| {
            decided(members, sum, &|at| deciding.iter().position(|d| *d == at).is_some_and(|bit| bits >> bit & 1 == 1))
        })
        .collect();
    let mut standing: Option<&Vec<Q>> = None;
    for bits in 0..all {
        let Some(own) = &payouts[bits as usize] else { continue };
        let gains = |(bit, at): (usize, &usize)| {
            payouts[(bits ^ (1 << bit)) as usize].as_ref().is_some_and(|other| other[*at] > own[*at])
        };
        if deciding.iter().enumerate().any(gains) {
            continue;
        }
        match standing {
            Some(known) if known != own => return Err("two combinations stand and pay differently".to_owned()),
            _ => standing = Some(own),
        }
    }
    standing.cloned().ok_or_else(|| "no combination stands".to_owned())
}

/// A sum that does not pay every preference: tier by tier, the last in proportion.
fn short(members: &[Member], sum: &Q) -> Vec<Q> {
    let mut paid = vec![Q::zero(); members.len()];
    let mut left = sum.clone();
    let mut tiers: Vec<(u8, u32)> = members.iter().filter_map(|member| member.tier).collect();
    tiers.sort_unstable();
    tiers.dedup();
    for tier in tiers {
        let of_tier: Vec<usize> = (0..members.len()).filter(|at| members[*at].tier == Some(tier)).collect();
        let due = of_tier.iter().fold(Q::zero(), |sum, at| sum + &members[*at].shares * &members[*at].due);
        let part = if due.is_zero() { Q::zero() } else { (&left / &due).min(int(1)) };
        for at in of_tier {
            paid[at] = &members[at].due * &part;
        }
        left -= due * part;
    }
    paid
}

/// What each share gets once all have decided; none where Common would have to pay in.
///
/// Caps and the Common Adjustment leave open who takes part at the end: every possibility is tried, each of them a linear
/// equation for what a Common share gets.
fn decided(members: &[Member], sum: &Q, yes: &dyn Fn(usize) -> bool) -> Option<Vec<Q>> {
    let adjustment = adjustment(members);
    let open: Vec<usize> = (0..members.len())
        .filter(|at| match members[*at].terms {
            Terms::Capped(..) => !yes(*at),
            Terms::SeriesA(_) => true,
            _ => false,
        })
        .collect();
    let mut rest_is_left = None;
    for bits in 0..1u32 << open.len() {
        let at_end = |at: usize| open.iter().position(|o| *o == at).is_some_and(|bit| bits >> bit & 1 == 1);
        // A share's value as `fixed + slope × y`.
        let line = |at: usize| {
            let of = &members[at];
            match &of.terms {
                Terms::Common(ratio) => (Q::zero(), ratio.clone()),
                Terms::Fixed => (of.due.clone(), Q::zero()),
                Terms::Full(ratio) => (of.due.clone(), ratio.clone()),
                Terms::Converts(ratio) if yes(at) => (of.kept.clone(), ratio.clone()),
                Terms::Capped(ratio, _) if yes(at) => (of.kept.clone(), ratio.clone()),
                Terms::Capped(_, cap) if at_end(at) => (cap.clone().max(of.due.clone()), Q::zero()),
                Terms::Capped(ratio, _) => (of.due.clone(), ratio.clone()),
                Terms::Right(ratio, price) if yes(at) => (-(ratio * price), ratio.clone()),
                Terms::GreaterOf(multiple) if yes(at) => (Q::zero(), multiple.clone()),
                Terms::Right(..) => (Q::zero(), Q::zero()),
                Terms::SeriesA(multiple) if at_end(at) => (&of.due - multiple * &adjustment, multiple.clone()),
                Terms::Converts(_) | Terms::GreaterOf(_) | Terms::SeriesA(_) => (of.due.clone(), Q::zero()),
            }
        };
        let (mut fixed, mut slope) = (Q::zero(), Q::zero());
        for (at, member) in members.iter().enumerate() {
            let (a, b) = line(at);
            fixed += &member.shares * a;
            slope += &member.shares * b;
        }
        let y = if slope.is_zero() { Q::zero() } else { (sum - &fixed) / &slope };
        let holds = |at: &usize| match &members[*at].terms {
            Terms::Capped(ratio, cap) => {
                let uncapped = &members[*at].due + ratio * &y;
                if at_end(*at) { uncapped >= cap.clone().max(members[*at].due.clone()) } else { uncapped <= *cap }
            }
            _ => {
                if at_end(*at) {
                    y >= adjustment
                } else {
                    y <= adjustment
                }
            }
        };
        if !y.is_negative() && open.iter().all(holds) {
            let value = |at| {
                let (a, b) = line(at);
                a + b * &y
            };
            let values = (0..members.len()).map(value).collect();
            if !slope.is_zero() || fixed == *sum {
                return Some(values);
            }
            // Nobody takes the rest: unless somebody else's taking part is possible too.
            rest_is_left = Some(values);
        }
    }
    rest_is_left
}

/// What each Common share has before Series A takes part: the mean of what Series A is due, by the multiple.
fn adjustment(members: &[Member]) -> Q {
    let has_common = members.iter().any(|member| member.class == "common");
    let mut of = members.iter().filter_map(|member| match &member.terms {
        Terms::SeriesA(multiple) if has_common => Some(&member.due / multiple),
        _ => None,
    });
    of.next().unwrap_or_else(Q::zero)
}

/// A random stack of up to seven classes, of which up to five decide.
pub fn stack(seed: u64) -> Stack {
    let mut random = Random::new(seed ^ 0x57AC);
    let mut stack = Stack {
        terms: "term,value\ncompany,Stack Inc.\nliquidation_preference,2.50\nmultiple,4\n".to_owned(),
        classes: "class,kind,ranking,order,original_price,liquidation_preference,participation,participation_cap,\
                  conversion_ratio,accrued_on_conversion,exercise_price,dividend_rate,day_count,dividends_from\n"
            .to_owned(),
        register: "holder_id,holder_name,class,shares,issue_date\n".to_owned(),
        members: Vec::new(),
    };
    let whole_shares = |random: &mut Random| random.between(1, 400);
    if random.chance(85) {
        let shares = whole_shares(&mut random) * 5;
        stack.add("common", shares, None, Q::zero(), Q::zero(), Terms::Common(int(1)));
    }
    if random.chance(35) {
        let multiple = int(4);
        let greater = random.chance(40);
        if greater {
            stack.terms.push_str("liquidation_shape,greater-of\n");
        }
        let terms = if greater { Terms::GreaterOf(multiple) } else { Terms::SeriesA(multiple) };
        let shares = whole_shares(&mut random);
        stack.add("series-a", shares, Some((1, 0)), parse("2.50").expect("a number"), Q::zero(), terms);
    }
    for number in 0..random.between(1, 4) {
        stack.preferred(&mut random, number);
    }
    if random.chance(30) {
        let ratio = random.text(&["0.5", "1", "10"]);
        let _ = writeln!(stack.classes, "common-b,common,,,,,,,{ratio},,,,,");
        let shares = whole_shares(&mut random);
        stack.add("common-b", shares, None, Q::zero(), Q::zero(), Terms::Common(parse(&ratio).expect("a number")));
    }
    for (number, kind) in ["option", "warrant"].iter().enumerate() {
        if random.chance(50) {
            let (class, price) = (format!("{kind}-{number}"), random.text(&["0", "0.25", "1", "2.5", "7"]));
            let ratio = random.text(&["", "1", "2"]);
            let _ = writeln!(stack.classes, "{class},{kind},,,,,,,{ratio},,{price},,,");
            let ratio = if ratio.is_empty() { int(1) } else { parse(&ratio).expect("a number") };
            let (shares, price) = (whole_shares(&mut random), parse(&price).expect("a number"));
            stack.add(&class, shares, None, Q::zero(), Q::zero(), Terms::Right(ratio, price));
        }
    }
    stack
}

impl Stack {
    fn add(&mut self, class: &str, shares: i64, tier: Option<(u8, u32)>, due: Q, kept: Q, terms: Terms) {
        let holder = self.members.len() + 1;
        let _ = writeln!(self.register, "H{holder},Holder {holder},{class},{shares},2023-06-15");
        self.members.push(Member { class: class.to_owned(), shares: int(shares), tier, due, kept, terms });
    }

    fn preferred(&mut self, random: &mut Random, number: i64) {
        let class = format!("pref-{number}");
        let ranking = random.text(&["senior", "senior", "parity", "junior"]);
        let order = random.between(1, 3);
        let price = random.text(&["0.5", "1", "3", "10"]);
        let times = random.text(&["0x", "1x", "1x", "1.5x", "2x"]);
        let exact = |text: &str| parse(text).expect("a number");
        let preference = exact(times.trim_end_matches('x')) * exact(&price);
        let rate = random.text(&["", "", "0.08", "6%"]);
        // One year, in months of thirty days and in days: from 15 June 2023 to 15 June 2024.
        let day_count = random.text(&["", "30/360", "actual/365", "actual/360"]);
        let year = match day_count.as_str() {
            "actual/365" => int(366) / int(365),
            "actual/360" => int(366) / int(360),
            _ => int(1),
        };
        let accrued = if rate.is_empty() { Q::zero() } else { exact(&rate) * exact(&price) * year };
        let keeps = random.chance(40);
        let ratio = random.text(&["", "1", "1.5", "4"]);
        let word = random.text(&["", "none", "full", "capped", "capped"]);
        let (mut cap, due) = (String::new(), &preference + &accrued);
        let one = if ratio.is_empty() { int(1) } else { exact(&ratio) };
        let terms = match word.as_str() {
            "full" => Terms::Full(one),
            "capped" => {
                cap = random.text(&["2x", "3x", "5x"]);
                Terms::Capped(one, exact(cap.trim_end_matches('x')) * exact(&price))
            }
            _ if ratio.is_empty() => Terms::Fixed,
            _ => Terms::Converts(one),
        };
        let _ = writeln!(
            self.classes,
            "{class},preferred,{ranking},{order},{price},{times},{word},{cap},{ratio},{},,{rate},{day_count},",
            if keeps { "kept" } else { "" }
        );
        let order = u32::try_from(order).expect("a small number");
        let tier = match ranking.as_str() {
            "senior" => (0, order),
            "parity" => (1, 0),
            _ => (2, order),
        };
        let kept = if keeps { accrued } else { Q::zero() };
        self.add(&class, random.between(1, 400), Some(tier), due, kept, terms);
    }
}
