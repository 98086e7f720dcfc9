//! Holdings: all of one holder's shares in one class, as of a date, and what a per-share value comes to on each.
//!
//! Nothing here knows a clause. Holdings stand in the order of (holder id bytewise, class order), so an index is a rank.

pub(crate) mod apportion;
pub(crate) mod lot_kinds;
pub(crate) mod snapshot;
pub(crate) mod values;

pub(crate) use apportion::{Shared, apportion};
pub(crate) use lot_kinds::LotKinds;
pub(crate) use snapshot::{Holding, Holdings, snapshot};
pub(crate) use values::Values;

/// A figure grew past the limits of SPEC 5, so it was not computed at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a figure is beyond the limits: shares below 10^13, cash below 10^15")]
pub struct BeyondLimits;
