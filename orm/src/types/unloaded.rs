//! A column that was not loaded, as a value: nothing is sent in its place, and it can be filled in later.

use std::any::Any;
use std::fmt;

use super::{Mismatch, Value};

/// The place of a column that may be filled in after its row was read.
pub trait Place: Send + Sync {
    /// Fills it in, unless it is filled already.
    ///
    /// # Errors
    /// Where the value does not fit.
    fn fill(&self, value: Value<'_>) -> Result<(), Mismatch>;

    /// Tells it where it belongs, which is the business of whoever keeps its owner.
    fn belong(&self, to: &dyn Any);
}

/// What stands for a column that was not loaded, with the place where it is to go, if that is at hand.
///
/// All are equal: what two rows do not say does not tell them apart.
#[derive(Clone, Copy, Default)]
pub struct Unloaded<'a>(Option<&'a dyn Place>);

impl<'a> Unloaded<'a> {
    /// With its place.
    pub fn at(place: &'a dyn Place) -> Self {
        Unloaded(Some(place))
    }

    /// Its place; none where the value was taken out of it.
    pub fn place(&self) -> Option<&'a dyn Place> {
        self.0
    }
}

impl PartialEq for Unloaded<'_> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Unloaded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not loaded")
    }
}
