//! Who gets what of a sum, as one curve: tiers of preferences first, and then one level `y`, what a Common share gets in
//! all, that rises from 0. A share of each class is worth f(y), made of straight pieces, and the level is where the
//! shares' values add up to the sum. No f ever falls, so there is one such level (the smallest, where several do), and
//! nobody gains by deciding otherwise. What happens, happens at the ends of pieces.

use crate::quantity::{Ratio, shares_ratio, whole};
use num_traits::{Signed, Zero};

/// How a share's value rises with the level.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// Preferred stock that neither converts nor takes part: L.
    Fixed,
    /// Preferred stock that converts: max(L, k + ratio × y).
    Converts(Ratio),
    /// Preferred stock that takes part in full, and, with L = 0, other common stock: L + ratio × y.
    Takes(Ratio),
    /// Preferred stock that takes part up to a cap: max(L, min(L + ratio × y, cap), k + ratio × y).
    Capped(Ratio, Ratio),
    /// Options and warrants, net of what exercise costs: ratio × max(0, y − price).
    Buys(Ratio, Ratio),
    /// Series A, §6(a): L + M × max(0, y − CA).
    AfterAdjustment(Ratio, Ratio),
    /// Series A of other issuers' certificates, the greater of its preference and M Common shares: max(L, M × y).
    GreaterOf(Ratio),
    /// Common: y; of which the first CA is the Common Adjustment (§6(a)).
    Common(Ratio),
}

/// What has become of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It has what it began with.
    Waits,
    TakesPart,
    Capped,
    /// It is worth more as Common: its preference is gone.
    Converted,
    /// It is worth more than its preference, which it keeps (greater-of).
    Overtakes,
    Exercised,
}

/// A straight piece of f.
#[derive(Clone, Debug)]
struct Piece {
    from: Ratio,
    value: Ratio,
    slope: Ratio,
    stage: Stage,
}

/// Shares that have one value per share: a cohort, or a class.
#[derive(Clone, Debug)]
pub(crate) struct Claimant {
    /// Its group among the holdings' groups.
    pub group: usize,
    pub shares: u128,
    /// L, per share.
    pub due: Ratio,
    /// k: accrued dividends per share that are paid upon conversion too.
    pub kept: Ratio,
    pub form: Form,
}

impl Claimant {
    fn pieces(&self) -> Vec<Piece> {
        let zero = || whole(0);
        let piece = |from, value, slope, stage| Piece { from, value, slope, stage };
        let due = || self.due.clone();
        // The level from which on a share is worth more than `value` as Common.
        let converts = |value: &Ratio, ratio: &Ratio| (value - &self.kept) / ratio;
        let pieces = match &self.form {
            Form::Fixed => vec![piece(zero(), due(), zero(), Stage::Waits)],
            Form::Converts(ratio) => vec![
                piece(zero(), due(), zero(), Stage::Waits),
                piece(converts(&self.due, ratio), due(), ratio.clone(), Stage::Converted),
            ],
            Form::Takes(ratio) => vec![piece(zero(), due(), ratio.clone(), Stage::TakesPart)],
            Form::Capped(ratio, cap) => {
                // Accrued dividends may lift L over the cap.
                let most = due().max(cap.clone());
                vec![
                    piece(zero(), due(), ratio.clone(), Stage::TakesPart),
                    piece((&most - &self.due) / ratio, most.clone(), zero(), Stage::Capped),
                    piece(converts(&most, ratio), most, ratio.clone(), Stage::Converted),
                ]
            }
            Form::Buys(ratio, price) => vec![
                piece(zero(), zero(), zero(), Stage::Waits),
                piece(price.clone(), zero(), ratio.clone(), Stage::Exercised),
            ],
            Form::AfterAdjustment(multiple, adjustment) => vec![
                piece(zero(), due(), zero(), Stage::Waits),
                piece(adjustment.clone(), due(), multiple.clone(), Stage::TakesPart),
            ],
            Form::GreaterOf(multiple) => vec![
                piece(zero(), due(), zero(), Stage::Waits),
                piece(&self.due / multiple, due(), multiple.clone(), Stage::Overtakes),
            ],
            Form::Common(_) => vec![piece(zero(), zero(), whole(1), Stage::TakesPart)],
        };
        // A cap that is left as soon as it is reached never was one.
        let mut kept: Vec<Piece> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            if kept.last().is_some_and(|last| last.stage == Stage::Capped && last.from == piece.from) {
                kept.pop();
            }
            kept.push(piece);
        }
        kept
    }
}

/// Claimants that are paid together, in full before the next tier, else in proportion to what is due (§6(b)).
#[derive(Clone, Debug)]
pub(crate) struct Tier {
    /// `senior-1`, `preference`, `junior-1`.
    pub name: String,
    /// Who, by their indexes among the claimants.
    pub members: Vec<usize>,
}

/// Where what everybody gets changes course.
#[derive(Clone, Debug)]
struct Knot {
    level: Ratio,
    /// The sum that reaches the level.
    sum: Ratio,
    /// How the sum rises with the level from here on.
    slope: Ratio,
}

/// A waterfall, ready to be asked about any sum.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    /// In class order, cohorts by accrual start.
    pub claimants: Vec<Claimant>,
    pub tiers: Vec<Tier>,
    pieces: Vec<Vec<Piece>>,
    /// The sums at which each tier begins and is full.
    spans: Vec<(Ratio, Ratio)>,
    knots: Vec<Knot>,
}

#[derive(Clone, Debug)]
pub(crate) enum Reach {
    /// Tiers before this one are full, and this part of it is paid.
    Tier(usize, Ratio),
    /// All tiers are full: what a Common share gets in all.
    Level(Ratio),
}

impl Reach {
    /// What a Common share gets in all.
    pub(crate) fn level(&self) -> Ratio {
        match self {
            Self::Tier(..) => whole(0),
            Self::Level(level) => level.clone(),
        }
    }
}

/// What a share gets.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    /// Of its preference.
    pub preference: Ratio,
    /// Of the Common Adjustment.
    pub adjustment: Ratio,
    /// Beside them.
    pub participation: Ratio,
    pub stage: Stage,
}

impl Value {
    pub(crate) fn total(&self) -> Ratio {
        &self.preference + &self.adjustment + &self.participation
    }
}

/// Something that changes for a claimant at a sum.
pub(crate) struct Change {
    pub claimant: usize,
    pub stage: Stage,
    pub level: Ratio,
    pub at: Ratio,
}

impl Curve {
    pub(crate) fn new(claimants: Vec<Claimant>, tiers: Vec<Tier>) -> Self {
        let pieces: Vec<Vec<Piece>> = claimants.iter().map(Claimant::pieces).collect();
        let mut spans: Vec<(Ratio, Ratio)> = Vec::with_capacity(tiers.len());
        let mut preferences = whole(0);
        for tier in &tiers {
            let begins = preferences.clone();
            for at in &tier.members {
                preferences += shares_ratio(claimants[*at].shares) * &claimants[*at].due;
            }
            spans.push((begins, preferences.clone()));
        }
        let mut turns: Vec<(Ratio, Ratio)> = vec![(whole(0), whole(0))];
        for (claimant, pieces) in claimants.iter().zip(&pieces) {
            let mut before = whole(0);
            for piece in pieces {
                turns.push((piece.from.clone(), shares_ratio(claimant.shares) * (&piece.slope - &before)));
                before = piece.slope.clone();
            }
        }
        turns.sort_by(|a, b| a.0.cmp(&b.0));
        let mut knots: Vec<Knot> = Vec::new();
        for (level, more) in turns {
            match knots.last_mut() {
                Some(last) if last.level == level => last.slope += more,
                Some(last) => {
                    let sum = &last.sum + &last.slope * (&level - &last.level);
                    let slope = &last.slope + more;
                    knots.push(Knot { level, sum, slope });
                }
                None => knots.push(Knot { level, sum: preferences.clone(), slope: more }),
            }
        }
        Self { claimants, tiers, pieces, spans, knots }
    }

    pub(crate) fn reach(&self, sum: &Ratio) -> Reach {
        if let Some(tier) = self.spans.iter().position(|(_, full)| sum < full) {
            let (begins, full) = &self.spans[tier];
            return Reach::Tier(tier, (sum - begins) / (full - begins));
        }
        // The last knot below the sum, so that the level is the smallest that takes it.
        let at = self.knots.partition_point(|knot| knot.sum < *sum).saturating_sub(1);
        let knot = &self.knots[at];
        // Where nothing rises, nobody is entitled to what is over.
        let more = if knot.slope.is_zero() { whole(0) } else { (sum - &knot.sum) / &knot.slope };
        Reach::Level(&knot.level + more)
    }

    /// The sum that brings the level here: what all shares are worth together.
    pub(crate) fn sum_at(&self, level: &Ratio) -> Ratio {
        let at = self.knots.partition_point(|knot| knot.level <= *level).saturating_sub(1);
        &self.knots[at].sum + &self.knots[at].slope * (level - &self.knots[at].level)
    }

    /// What a share of each claimant gets.
    pub(crate) fn values(&self, reach: &Reach) -> Vec<Value> {
        (0..self.claimants.len()).map(|claimant| self.value(claimant, reach)).collect()
    }

    /// What a share of each claimant gets of a sum, in all.
    pub(crate) fn totals(&self, sum: &Ratio) -> Vec<Ratio> {
        self.values(&self.reach(sum)).iter().map(Value::total).collect()
    }

    fn value(&self, claimant: usize, reach: &Reach) -> Value {
        let of = &self.claimants[claimant];
        let level = match reach {
            Reach::Level(level) => level,
            Reach::Tier(tier, part) => {
                let is_in = |tier: &Tier| tier.members.contains(&claimant);
                let preference = if self.tiers[..*tier].iter().any(is_in) {
                    of.due.clone()
                } else if is_in(&self.tiers[*tier]) {
                    // §6(b): "distributed ratably … in proportion to their respective liquidation preferences".
                    &of.due * part
                } else {
                    whole(0)
                };
                return Value { preference, adjustment: whole(0), participation: whole(0), stage: Stage::Waits };
            }
        };
        let pieces = &self.pieces[claimant];
        // One converts when it gets more by it, not when it gets as much.
        let piece = &pieces[pieces.partition_point(|piece| piece.from < *level).saturating_sub(1)];
        let value = &piece.value + &piece.slope * (level - &piece.from);
        let preference = if piece.stage == Stage::Converted { of.kept.clone() } else { of.due.clone() };
        let adjustment = match &of.form {
            Form::Common(adjustment) => value.clone().min(adjustment.clone()),
            _ => whole(0),
        };
        let participation = value - &preference - &adjustment;
        Value { preference, adjustment, participation, stage: piece.stage }
    }

    /// Whether anything beyond the tiers is ever paid.
    pub(crate) fn rises(&self) -> bool {
        self.knots.iter().any(|knot| knot.slope.is_positive())
    }

    /// The sum at which each tier begins.
    pub(crate) fn begins(&self) -> impl Iterator<Item = &Ratio> {
        self.spans.iter().map(|(begins, _)| begins)
    }

    /// Every change of what a claimant is, by claimant.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let of = |(claimant, pieces): (usize, &Vec<Piece>)| {
            let change = |piece: &Piece| Change {
                claimant,
                stage: piece.stage,
                level: piece.from.clone(),
                at: self.sum_at(&piece.from),
            };
            pieces.iter().skip(1).map(change).collect::<Vec<_>>()
        };
        self.pieces.iter().enumerate().flat_map(of).collect()
    }

    /// Every sum between which what everybody gets rises in straight lines, from 0.
    pub(crate) fn corners(&self) -> impl Iterator<Item = &Ratio> {
        self.begins().chain(self.knots.iter().map(|knot| &knot.sum))
    }

    /// The smallest sum at which shares of these claimants (millionths each) get `amount` in all; none where no sum does.
    pub(crate) fn breakeven(&self, held: &[(usize, u128)], amount: &Ratio) -> Option<Ratio> {
        let gets = |sum: &Ratio| {
            let totals = self.totals(sum);
            held.iter().map(|(claimant, shares)| shares_ratio(*shares) * &totals[*claimant]).sum()
        };
        let between = |from: &(Ratio, Ratio), to: &(Ratio, Ratio)| {
            &from.0 + (amount - &from.1) * (&to.0 - &from.0) / (&to.1 - &from.1)
        };
        if amount.is_zero() {
            return Some(whole(0));
        }
        let mut points: Vec<(Ratio, Ratio)> = self.corners().map(|sum| (sum.clone(), gets(sum))).collect();
        if let Some([from, to]) = points.windows(2).find(|pair| pair[1].1 >= *amount) {
            return Some(between(from, to));
        }
        let last = points.pop().expect("a curve has a knot");
        let beyond = &last.0 + whole(1);
        let beyond = (beyond.clone(), gets(&beyond));
        (beyond.1 > last.1).then(|| between(&last, &beyond))
    }
}
