//! Kinds of text: `CITEXT`, `TSVECTOR`, strings of bits, and `HSTORE`, a map from text to text.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use orm::types::{ColumnType, Mismatch, SqlType, Value};

use super::record::quoted;
use super::{by_text, named};

macro_rules! plain_text {
    ($(#[$doc:meta])* $name:ident, $sql:literal, $instead:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
        pub struct $name(pub String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Mismatch;

            fn from_str(text: &str) -> Result<Self, Mismatch> {
                Ok($name(text.to_owned()))
            }
        }

        by_text!($name, $sql, $instead);
    };
}

plain_text!(
    /// Text that compares without regard to case: `CITEXT`, of the extension of that name.
    CiText,
    "CITEXT",
    "keep lowercase text, or compare with `lower`"
);

plain_text!(
    /// What a document is searched by, as the server writes it: `'cat':3 'fat':2`. Send it in that form, or
    /// have the server make it with `to_tsvector`.
    TsVector,
    "TSVECTOR",
    "use the full-text index of that database on a column of text"
);

plain_text!(
    /// What is searched for, as the server writes it: `'fat' & 'cat'`. [`full_text`](crate::full_text) makes some.
    TsQuery,
    "TSQUERY",
    "search by `full_text`, which other databases have too"
);

/// A string of bits of any length: `VARBIT`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Bits(pub Vec<bool>);

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|bit| f.write_str(if *bit { "1" } else { "0" }))
    }
}

impl FromStr for Bits {
    type Err = Mismatch;

    fn from_str(text: &str) -> Result<Self, Mismatch> {
        let bit = |c| match c {
            '0' => Ok(false),
            '1' => Ok(true),
            _ => Err(Mismatch::new("text that is no string of bits")),
        };
        text.chars().map(bit).collect::<Result<_, _>>().map(Bits)
    }
}

by_text!(Bits, "VARBIT", "keep them as bytes, or as an integer");

/// A map from text to text, or to nothing: `HSTORE`, of the extension of that name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Hstore(pub BTreeMap<String, Option<String>>);

impl<K: Into<String>, V: Into<String>> FromIterator<(K, Option<V>)> for Hstore {
    fn from_iter<I: IntoIterator<Item = (K, Option<V>)>>(pairs: I) -> Self {
        Hstore(pairs.into_iter().map(|(key, value)| (key.into(), value.map(Into::into))).collect())
    }
}

impl ColumnType for Hstore {
    const SQL_TYPE: SqlType = named!("HSTORE", "keep the map as `Json<BTreeMap<String, Option<String>>>`");
    type Base = Hstore;

    fn encode(&self) -> Value<'_> {
        let mut out = String::new();
        for (key, value) in &self.0 {
            out.push_str(if out.is_empty() { "" } else { ", " });
            quoted(&mut out, key);
            out.push_str("=>");
            match value {
                Some(value) => quoted(&mut out, value),
                None => out.push_str("NULL"),
            }
        }
        Value::Text(out.into())
    }

    fn decode(value: Value<'_>) -> Result<Self, Mismatch> {
        let Value::Array(parts) = value else { return Err(Mismatch::kind(&value, "HSTORE")) };
        let mut map = BTreeMap::new();
        let mut parts = parts.into_iter();
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            map.insert(String::decode(key)?, Option::decode(value)?);
        }
        Ok(Hstore(map))
    }
}
