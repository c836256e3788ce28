//! Types: what a column holds comes back exactly, or is refused with a reason.

mod custom;
mod decoding;
mod documents;
mod enums;
mod limits;
mod literals;
mod property;
mod round_trip;
