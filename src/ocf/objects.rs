//! The objects of an Open Cap Format package, as far as they are used; unknown fields are left alone.

use super::Column;
use crate::model::{Date, parse_iso};
use crate::quantity::{Ratio, parse_decimal, whole};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A fixed-point number, which the format writes as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numeric(pub Ratio);

impl<'de> Deserialize<'de> for Numeric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Numeric;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number written as text, such as \"1250.50\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Numeric, E> {
                let is_plain = !text.contains(['e', 'E']);
                let value = if is_plain { parse_decimal(text) } else { None };
                value.map(Numeric).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Numeric, E> {
                Ok(Numeric(whole(value)))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Numeric, E> {
                Ok(Numeric(whole(value)))
            }
        }
        deserializer.deserialize_any(Text)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub Date);

impl Default for Day {
    fn default() -> Self {
        Self(Date::MIN)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let day = parse_iso(&text).map(Day);
        day.ok_or_else(|| de::Error::invalid_value(de::Unexpected::Str(&text), &"a date such as \"2006-06-15\""))
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Monetary {
    pub amount: Numeric,
    pub currency: String,
}

/// `numerator : denominator`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Fraction {
    pub numerator: Numeric,
    pub denominator: Numeric,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct FileRef {
    pub filepath: String,
    #[serde(default)]
    pub md5: String,
}

/// `Manifest.ocf.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Manifest {
    pub ocf_version: Option<String>,
    pub file_type: Option<String>,
    pub issuer: Option<Issuer>,
    pub as_of: Option<Day>,
    pub stock_classes_files: Vec<FileRef>,
    pub stock_plans_files: Vec<FileRef>,
    pub stakeholders_files: Vec<FileRef>,
    pub vesting_terms_files: Vec<FileRef>,
    pub transactions_files: Vec<FileRef>,
    pub stock_legend_templates_files: Vec<FileRef>,
    pub valuations_files: Vec<FileRef>,
    pub financings_files: Vec<FileRef>,
    pub documents_files: Vec<FileRef>,
}

/// The company.
#[derive(Debug, Deserialize)]
pub(crate) struct Issuer {
    pub legal_name: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct StockClass {
    pub id: String,
    pub name: String,
    pub class_type: String,
    pub initial_shares_authorized: Option<serde_json::Value>,
    pub votes_per_share: Option<Numeric>,
    pub price_per_share: Option<Monetary>,
    pub seniority: Option<Numeric>,
    #[serde(default)]
    pub conversion_rights: Vec<StockConversionRight>,
    pub liquidation_preference_multiple: Option<Numeric>,
    pub participation_cap_multiple: Option<Numeric>,
    #[serde(default)]
    pub comments: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct StockConversionRight {
    pub conversion_mechanism: RatioConversion,
    pub converts_to_stock_class_id: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct RatioConversion {
    pub ratio: Option<Fraction>,
}

/// A plan from which options are granted.
#[derive(Debug, Deserialize)]
pub(crate) struct StockPlan {
    pub id: String,
    pub stock_class_id: Option<String>,
    #[serde(default)]
    pub stock_class_ids: Vec<String>,
}

/// A holder.
#[derive(Debug, Deserialize)]
pub(crate) struct Stakeholder {
    pub id: String,
    pub name: Name,
    pub stakeholder_type: Option<String>,
    pub issuer_assigned_id: Option<String>,
    pub contact_info: Option<Contact>,
    pub primary_contact: Option<Contact>,
    #[serde(default)]
    pub addresses: Vec<Address>,
    #[serde(default)]
    pub tax_ids: Vec<TaxId>,
    #[serde(default)]
    pub comments: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Name {
    pub legal_name: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Contact {
    #[serde(default)]
    pub emails: Vec<Email>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Email {
    pub email_address: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct TaxId {
    pub tax_id: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Address {
    pub street_suite: Option<String>,
    pub city: Option<String>,
    pub country_subdivision: Option<String>,
    pub country: Option<String>,
    pub postal_code: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct VestingTerms {
    pub id: String,
    pub allocation_type: Option<String>,
    #[serde(default)]
    pub vesting_conditions: Vec<VestingCondition>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct VestingCondition {
    pub id: String,
    pub portion: Option<Portion>,
    pub quantity: Option<Numeric>,
    pub trigger: Trigger,
    #[serde(default)]
    pub next_condition_ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Portion {
    pub numerator: Numeric,
    pub denominator: Numeric,
    #[serde(default)]
    pub remainder: bool,
}

/// What sets a step off.
#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Trigger {
    #[serde(rename = "VESTING_START_DATE")]
    Start,
    #[serde(rename = "VESTING_EVENT")]
    Event,
    #[serde(rename = "VESTING_SCHEDULE_ABSOLUTE")]
    Absolute { date: Day },
    #[serde(rename = "VESTING_SCHEDULE_RELATIVE")]
    Relative { period: Period, relative_to_condition_id: String },
}

/// How long after the step before, and how often.
#[derive(Debug, Deserialize)]
pub(crate) struct Period {
    pub length: u32,
    #[serde(rename = "type")]
    pub unit: String,
    pub occurrences: u32,
    pub day_of_month: Option<String>,
    pub cliff_installment: Option<u32>,
}

/// A day on which so much vests.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Vesting {
    pub date: Day,
    pub amount: Numeric,
}

/// When a warrant may be exercised, and for what.
#[derive(Debug, Deserialize)]
pub(crate) struct ExerciseTrigger {
    pub conversion_right: Option<ExerciseRight>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ExerciseRight {
    pub converts_to_stock_class_id: Option<String>,
}

/// Any transaction: each kind has some of these fields.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Transaction {
    pub object_type: String,
    pub id: String,
    pub date: Day,
    pub security_id: Option<String>,
    pub stakeholder_id: Option<String>,
    pub custom_id: Option<String>,
    pub stock_class_id: Option<String>,
    pub stock_plan_id: Option<String>,
    pub quantity: Option<Numeric>,
    pub share_price: Option<Monetary>,
    pub exercise_price: Option<Monetary>,
    pub new_exercise_price: Option<Monetary>,
    pub compensation_type: Option<String>,
    pub vesting_terms_id: Option<String>,
    pub vestings: Option<Vec<Vesting>>,
    pub vesting_condition_id: Option<String>,
    pub expiration_date: Option<Day>,
    pub warrant_expiration_date: Option<Day>,
    #[serde(default)]
    pub exercise_triggers: Vec<ExerciseTrigger>,
    #[serde(default)]
    pub resulting_security_ids: Vec<String>,
    pub resulting_security_id: Option<String>,
    pub balance_security_id: Option<String>,
    #[serde(default)]
    pub security_ids: Vec<String>,
    pub quantity_converted: Option<Numeric>,
    pub split_ratio: Option<Fraction>,
    pub new_shares_authorized: Option<Numeric>,
    pub new_ratio_conversion_mechanism: Option<RatioConversion>,
    #[serde(default)]
    pub comments: Vec<String>,
}

/// What a comment carries that the format has no field for: `ratable withholding_rate=0.24`.
pub(crate) const CARRIED: &str = "ratable ";

/// The columns and values that comments carry.
pub(crate) fn carried(comments: &[String]) -> Vec<(Column, String)> {
    let pairs = comments.iter().filter_map(|comment| comment.strip_prefix(CARRIED)?.split_once('='));
    pairs.map(|(column, value)| (column.trim().to_owned().into(), value.to_owned())).collect()
}
