//! Readings: the named choices where the Certificate's words allow more than one meaning.

use super::worded::{Worded, worded};
use crate::quantity::Midpoint;

#[derive(Debug)]
pub(crate) struct ReadingInfo {
    /// The name after `reading.`.
    pub name: &'static str,
    /// What it may be; the first is the default.
    pub values: &'static [&'static str],
    /// What each value means, as people read it.
    pub phrases: &'static [&'static str],
    /// The words that leave the choice, or what depends on it.
    pub why: &'static str,
}

/// The value of a reading: a step or an output names both.
pub trait Reading: Copy {
    const NAME: &'static str;
    fn word(self) -> &'static str;
}

macro_rules! readings {
    ($($name:ident: $type:ident {
        $default:ident = $first:literal ($meant:literal) $(, $value:ident = $word:literal ($phrase:literal))*
    } $why:literal;)*) => {
        $(
            worded! {
                #[doc = concat!("Reading `", stringify!($name), "`: ", $why, ".")]
                #[derive(Default)]
                #[allow(clippy::enum_variant_names, reason = "the words that a case writes")]
                pub enum $type {
                    #[default]
                    $default = $first,
                    $($value = $word,)*
                }
            }

            impl Reading for $type {
                const NAME: &'static str = stringify!($name);

                fn word(self) -> &'static str {
                    self.word()
                }
            }
        )*

        /// Every reading, in the order in which they are listed.
        pub(crate) const READINGS: &[ReadingInfo] =
            &[$(ReadingInfo {
                name: stringify!($name),
                values: $type::WORDS,
                phrases: &[$meant, $($phrase),*],
                why: $why,
            }),*];

        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Readings {
            $(#[doc = $why] pub $name: $type,)*
        }

        impl Readings {
            /// Each reading's name and value, in the order of [`READINGS`].
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
                [$((stringify!($name), self.$name.word())),*].into_iter()
            }

            fn choose(&mut self, name: &str, value: &str) {
                $(if name == stringify!($name) {
                    let known = $type::VALUES.iter().find(|known| known.word() == value);
                    self.$name = known.copied().unwrap_or_default();
                })*
            }
        }
    };
}

readings! {
    cash_dividends: CashDividends {
        Include = "include" ("cash dividends on Common are matched"),
        Exclude = "exclude" ("cash dividends on Common are not matched")
    }
        "§2(a) as filed lost the words on cash dividends; §2(b) matches every distribution";
    split_timing: SplitTiming {
        AtRecord = "at-record" ("the multiple is that of the day whose holders of Common are paid"),
        AtDeclaration = "at-declaration" ("the multiple is that of the day of declaration"),
        AtPayment = "at-payment" ("the multiple is that of the day of payment")
    }
        "a split between declaration, record date and payment: 100 times keeps its meaning only on the shares that Common is paid on";
    midpoint: MidpointReading {
        HalfUp = "half-up" ("half a cent is rounded up"),
        HalfEven = "half-even" ("half a cent is rounded to the even cent")
    }
        "\"rounded to the nearest cent\"";
    first_period: FirstPeriod {
        PerLot = "per-lot" ("in the first period, shares get what was declared since their own issue"),
        Uniform = "uniform" ("in the first period, all shares get the same")
    }
        "§2(a) has one rate, §2(c) accrues from the issue date";
    partial_payment: PartialPayment {
        EqualCapped = "equal-capped" ("a payment in part gives each share the same amount, at most what it is owed"),
        Proportional = "proportional" ("a payment in part gives each share the same part of what it is owed")
    }
        "\"pro rata on a share-by-share basis\" with unequal arrears";
    in_kind: InKind {
        InKind = "in-kind" ("what Common gets in kind, Series A gets in kind"),
        CashEquivalent = "cash-equivalent" ("what Common gets in kind, Series A gets as its value in cash")
    }
        "\"payable in cash\" against \"(payable in kind)\"";
    six_quarters: SixQuarters {
        Equivalents = "equivalents" ("arrears are counted by their amount, in quarterly dividends"),
        CountUnpaid = "count-unpaid" ("arrears are counted by the number of unpaid quarters")
    }
        "\"an amount equal to six quarterly dividends\" when amounts vary";
    default_voters: DefaultVoters {
        Period = "period" ("all preferred stock votes as long as the default period lasts"),
        StillBehind = "still-behind" ("only preferred stock that is still behind votes")
    }
        "§3(c)(i) names those in arrears, (ii) and (iv) let the right last as long as the period";
    declared_in_arrears: DeclaredInArrears {
        Warn = "warn" ("a dividend on Common declared while Series A was in arrears may be paid after they are cured"),
        Forbid = "forbid" ("a dividend on Common declared while Series A was in arrears is never paid")
    }
        "§4(a)(i) \"declare or pay\": a dividend on Common declared in arrears and paid after their cure";
    withhold_in_kind: WithholdInKind {
        No = "no" ("no tax is withheld on deliveries in kind"),
        AtFairValue = "at-fair-value" ("tax on deliveries in kind, at their fair value, is withheld from cash")
    }
        "tax on property paid as a dividend";
    common_adjustment: CommonAdjustment {
        Mean = "mean" ("the Common Adjustment rests on the average preference of a share"),
        Highest = "highest" ("the Common Adjustment rests on the highest preference of a share"),
        Base = "base" ("the Common Adjustment rests on the preference without accrued dividends")
    }
        "one quotient for lots with unequal accruals";
    stub: Stub {
        Include = "include" ("dividends declared since the last quarter date count too"),
        Exclude = "exclude" ("dividends declared since the last quarter date do not count")
    }
        "\"to the date of such payment\"";
    fractions: FractionsReading {
        Keep = "keep" ("fractions of delivered assets are kept"),
        CashInLieu = "cash-in-lieu" ("fractions of delivered assets are paid in cash")
    }
        "fractions of delivered assets";
}

/// `midpoint=half-up` as people read it: `half a cent is rounded up`; of several, one after the other.
pub(crate) fn in_words(chosen: &str) -> String {
    let phrase = |chosen: &str| {
        let (name, value) = chosen.split_once('=')?;
        let info = READINGS.iter().find(|info| info.name == name)?;
        info.phrases.get(info.values.iter().position(|known| *known == value)?).copied()
    };
    chosen.split(", ").map(|chosen| phrase(chosen).unwrap_or(chosen)).collect::<Vec<_>>().join("; ")
}

impl Readings {
    /// Sets reading `name` (without `reading.`) to `value`, caselessly.
    /// Errors: The values it may have, or `None` where there is no such reading.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Option<&'static [&'static str]>> {
        let info = READINGS.iter().find(|r| r.name.eq_ignore_ascii_case(name)).ok_or(None)?;
        let known = info.values.iter().find(|v| v.eq_ignore_ascii_case(value.trim())).ok_or(Some(info.values))?;
        self.choose(info.name, known);
        Ok(())
    }

    /// What becomes of an exact half.
    pub fn midpoint(&self) -> Midpoint {
        match self.midpoint {
            MidpointReading::HalfUp => Midpoint::HalfUp,
            MidpointReading::HalfEven => Midpoint::HalfEven,
        }
    }

    /// `six_quarters=count-unpaid`.
    pub fn counts_unpaid_quarters(&self) -> bool {
        self.six_quarters == SixQuarters::CountUnpaid
    }

    /// `fractions=cash-in-lieu`.
    pub fn cash_in_lieu(&self) -> bool {
        self.fractions == FractionsReading::CashInLieu
    }
}
