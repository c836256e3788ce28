//! The rule for names in definitions: what a database would cut short or misread is refused before it is sent.

use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::Table;

/// Refuses a name that the database would not take whole.
pub(super) fn check(dialect: &dyn Dialect, name: &str) -> Result<()> {
    let wrong = if name.contains('\0') {
        "holds a NUL character".to_owned()
    } else if !dialect.fits_name(name) {
        format!("is longer than {} takes", dialect.name())
    } else {
        return Ok(());
    };
    let message = format!("the name {} {wrong}", name.escape_debug());
    Err(Error::new(ErrorKind::Unsupported, message).help("give it a shorter, plainer one"))
}

/// The names that a table was given; those made by a convention are short enough.
pub(super) fn check_table(dialect: &dyn Dialect, table: &Table) -> Result<()> {
    let uniques = table.uniques.iter().map(|unique| &unique.name);
    let indexes = table.indexes.iter().map(|index| &index.name);
    let keys = table.foreign_keys.iter().map(|key| &key.name);
    let checks = table.checks.iter().map(|check| &check.name);
    let exclusions = table.exclusions.iter().map(|exclusion| &exclusion.name);
    let given = uniques.chain(indexes).chain(keys).chain(checks).chain(exclusions).chain([&table.primary_key_name]);
    let given = given.filter_map(|name| name.as_ref().map(|name| &name.text));
    let columns = table.columns.iter().map(|column| &column.name);
    columns.chain(given).chain([&table.name.name]).try_for_each(|name| check(dialect, name))
}
