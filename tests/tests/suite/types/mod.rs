//! Types: what a column holds comes back exactly, or is refused with a reason.

mod arrays;
mod custom;
mod decoding;
mod documents;
mod enums;
mod exact;
mod foreign;
mod limits;
mod literals;
mod property;
mod round_trip;
mod zones;
