//! Holdings: all of one holder's shares in one class, as of a date, and what a per-share value comes to on each.
//!
//! Nothing here knows a clause. Holdings stand in the order of (holder id bytewise, class order), so an index is a rank.

pub mod apportion;
pub mod lot_kinds;
pub mod snapshot;
pub mod values;

pub use apportion::{Shared, apportion};
pub use lot_kinds::LotKinds;
pub use snapshot::{Groups, Holding, Holdings, Part, snapshot};
pub use values::Values;

/// A figure grew past the limits of SPEC 5, so it was not computed at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a figure is beyond the limits: shares below 10^13, cash below 10^15")]
pub struct BeyondLimits;
