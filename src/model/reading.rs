//! Readings: the named choices where the Certificate's words allow more than one meaning (SPEC 6).

use crate::quantity::Midpoint;

/// One reading: its name, its values (the default first), and why there is a choice.
#[derive(Debug)]
pub(crate) struct ReadingInfo {
    /// The name after `reading.`.
    pub name: &'static str,
    /// What it may be; the first is the default.
    pub values: &'static [&'static str],
    /// The words that leave the choice, or what depends on it.
    pub why: &'static str,
}

/// Every reading, in the order of SPEC 6. Its index here is its index in [`Readings`].
pub(crate) const READINGS: [ReadingInfo; 11] = [
    ReadingInfo {
        name: "cash_dividends",
        values: &["include", "exclude"],
        why: "§2(a) as filed lost the words on cash dividends; §2(b) matches every distribution",
    },
    ReadingInfo {
        name: "split_timing",
        values: &["at-declaration", "at-payment"],
        why: "a declaration before a split in the same quarter",
    },
    ReadingInfo { name: "midpoint", values: &["half-up", "half-even"], why: "\"rounded to the nearest cent\"" },
    ReadingInfo {
        name: "first_period",
        values: &["per-lot", "uniform"],
        why: "§2(a) has one rate, §2(c) accrues from the issue date",
    },
    ReadingInfo {
        name: "partial_payment",
        values: &["equal-capped", "proportional"],
        why: "\"pro rata on a share-by-share basis\" with unequal arrears",
    },
    ReadingInfo {
        name: "in_kind",
        values: &["in-kind", "cash-equivalent"],
        why: "\"payable in cash\" against \"(payable in kind)\"",
    },
    ReadingInfo {
        name: "six_quarters",
        values: &["equivalents", "count-unpaid"],
        why: "\"an amount equal to six quarterly dividends\" when amounts vary",
    },
    ReadingInfo {
        name: "default_voters",
        values: &["period", "still-behind"],
        why: "§3(c)(i) names those in arrears, (ii) and (iv) let the right last as long as the period",
    },
    ReadingInfo {
        name: "common_adjustment",
        values: &["mean", "highest", "base"],
        why: "one quotient for lots with unequal accruals",
    },
    ReadingInfo { name: "stub", values: &["include", "exclude"], why: "\"to the date of such payment\"" },
    ReadingInfo { name: "fractions", values: &["keep", "cash-in-lieu"], why: "fractions of delivered assets" },
];

/// Which L(c) the Common Adjustment divides (reading `common_adjustment`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommonAdjustment {
    /// The share-weighted mean of L(c).
    Mean,
    /// The largest L(c).
    Highest,
    /// The preference alone.
    Base,
}

/// The readings in force: for each of [`READINGS`] the index of its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readings([u8; READINGS.len()]);

impl Readings {
    /// Sets reading `name` (without `reading.`) to `value`, caselessly.
    /// Errors: The values it may have, or `None` where there is no such reading.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Option<&'static [&'static str]>> {
        let index = READINGS.iter().position(|r| r.name.eq_ignore_ascii_case(name)).ok_or(None)?;
        let values = READINGS[index].values;
        let choice = values.iter().position(|v| v.eq_ignore_ascii_case(value.trim())).ok_or(Some(values))?;
        self.0[index] = u8::try_from(choice).unwrap_or(0);
        Ok(())
    }

    /// Each reading's name and value, in the order of [`READINGS`].
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        READINGS.iter().zip(self.0).map(|(info, choice)| (info.name, info.values[usize::from(choice)]))
    }

    fn choice(&self, name: &str) -> u8 {
        READINGS.iter().zip(self.0).find(|(info, _)| info.name == name).map_or(0, |(_, choice)| choice)
    }

    /// `cash_dividends=include`: cash dividends on Common count.
    pub fn includes_cash(&self) -> bool {
        self.choice("cash_dividends") == 0
    }

    /// `split_timing=at-payment`: the multiple of the payment date for every declaration.
    pub fn multiple_at_payment(&self) -> bool {
        self.choice("split_timing") == 1
    }

    /// `midpoint`.
    pub fn midpoint(&self) -> Midpoint {
        if self.choice("midpoint") == 0 { Midpoint::HalfUp } else { Midpoint::HalfEven }
    }

    /// `first_period=per-lot`: a first-period lot counts declarations from its own issue date.
    pub fn first_period_per_lot(&self) -> bool {
        self.choice("first_period") == 0
    }

    /// `partial_payment=proportional`.
    pub fn partial_proportional(&self) -> bool {
        self.choice("partial_payment") == 1
    }

    /// `in_kind=cash-equivalent`.
    pub fn in_kind_as_cash(&self) -> bool {
        self.choice("in_kind") == 1
    }

    /// `six_quarters=count-unpaid`.
    pub fn counts_unpaid_quarters(&self) -> bool {
        self.choice("six_quarters") == 1
    }

    /// `default_voters=still-behind`: in a default period only who is that far behind on the record date elects.
    pub fn only_still_behind_elect(&self) -> bool {
        self.choice("default_voters") == 1
    }

    /// `common_adjustment`.
    pub fn common_adjustment(&self) -> CommonAdjustment {
        match self.choice("common_adjustment") {
            0 => CommonAdjustment::Mean,
            1 => CommonAdjustment::Highest,
            _ => CommonAdjustment::Base,
        }
    }

    /// `stub=include`: what was declared since the last quarter date counts in a liquidation.
    pub fn includes_stub(&self) -> bool {
        self.choice("stub") == 0
    }

    /// `fractions=cash-in-lieu`.
    pub fn cash_in_lieu(&self) -> bool {
        self.choice("fractions") == 1
    }
}
