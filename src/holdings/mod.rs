//! Holdings: all of one holder's shares in one class, as of a date, and what a per-share value comes to on each.
//!
//! Nothing here knows a clause. Holdings stand in the order of (holder id bytewise, class order), so an index is a rank.

#![allow(clippy::expect_used, reason = "an invariant that does not hold ends the run: better than a wrong payment")]

pub(crate) mod apportion;
pub(crate) mod carry;
pub(crate) mod lot_groups;
pub(crate) mod per_share;
pub(crate) mod snapshot;

pub(crate) use apportion::{Apportioned, apportion};
pub(crate) use lot_groups::LotGroups;
pub(crate) use per_share::ScaledPerShare;
pub(crate) use snapshot::{Holding, Holdings, snapshot};

/// A figure grew past the limits, so it was not computed at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a figure is beyond the limits: shares below 10^13, cash below 10^15")]
pub struct BeyondLimits;
