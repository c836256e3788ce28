//! A newtype around an Option, seen by its spelling and behind an alias.

use orm::DbNewtype;

#[derive(DbNewtype)]
struct Email(Option<String>);

type Text = Option<String>;

#[derive(DbNewtype)]
struct Name(Text);

fn main() {}
