//! Every attribute word, with the usage line that its errors print.

/// A word that may stand in `#[orm(..)]`.
pub struct Keyword {
    /// The word.
    pub word: &'static str,
    /// How it is written.
    pub usage: &'static str,
    /// On which fields it makes sense.
    pub place: Place,
}

/// Where a word of a field makes sense.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// on a struct or enum as a whole
    Container,
    /// on a field that is a column
    Column,
    /// on a field that is a relation
    Relation,
    /// on a field that holds an embedded struct
    Embedded,
    /// on a field that is neither
    Skipped,
}

const fn keyword(place: Place, word: &'static str, usage: &'static str) -> Keyword {
    Keyword { word, usage, place }
}

/// On a struct with `#[derive(Entity)]`.
pub static ENTITY: &[Keyword] = &[
    keyword(Place::Container, "table", "table = \"users\""),
    keyword(Place::Container, "schema", "schema = \"public\""),
    keyword(Place::Container, "view", "view = \"active_users\""),
    keyword(Place::Container, "select", "select = active_users"),
    keyword(Place::Container, "subset", "table = \"users\", subset"),
    keyword(Place::Container, "validate", "validate = User::check"),
    keyword(Place::Container, "after_load", "after_load = User::loaded"),
    keyword(Place::Container, "rename_all", "rename_all = \"snake_case\""),
    keyword(Place::Container, "primary_key", "primary_key(a, b)"),
    keyword(Place::Container, "unique", "unique(a, b)"),
    keyword(Place::Container, "index", "index(a, b)"),
    keyword(Place::Container, "check", "check(name = \"adult\", sql = \"age >= 18\")"),
    keyword(
        Place::Container,
        "foreign_key",
        "foreign_key(columns(a, b), references(Other::x, Other::y), on_delete = cascade)",
    ),
    keyword(Place::Container, "kind_of", "kind_of = Employee"),
    keyword(Place::Container, "join", "join(table = \"addresses\", on(user_id = id))"),
    keyword(Place::Container, "default", "default"),
    keyword(Place::Container, "comment", "comment = \"who may log in\""),
    keyword(Place::Container, "option", "option(mysql, engine = \"Aria\")"),
    keyword(Place::Container, "define", "define = |table| table.index([\"name\"])"),
    keyword(Place::Container, "crate", "crate = path::to::orm"),
];

/// On an enum with `#[derive(Entity)]`.
pub static KINDS: &[Keyword] = &[
    keyword(Place::Container, "table", "table = \"employees\""),
    keyword(Place::Container, "schema", "schema = \"public\""),
    keyword(Place::Container, "tag", "tag = \"kind\""),
    keyword(Place::Container, "common", "common(id: i64, name: String)"),
    keyword(Place::Container, "kind_of", "kind_of = Employee"),
    keyword(Place::Container, "checked", "checked"),
    keyword(Place::Container, "rename_all", "rename_all = \"snake_case\""),
    keyword(Place::Container, "crate", "crate = path::to::orm"),
];

/// On a variant of such an enum.
pub static KIND: &[Keyword] =
    &[keyword(Place::Column, "tag", "tag = \"engineer\""), keyword(Place::Column, "other", "other")];

/// On a struct with `#[derive(Embedded)]`.
pub static EMBEDDED: &[Keyword] = &[
    keyword(Place::Container, "rename_all", "rename_all = \"snake_case\""),
    keyword(Place::Container, "validate", "validate = Address::check"),
    keyword(Place::Container, "unique", "unique(a, b)"),
    keyword(Place::Container, "index", "index(a, b)"),
    keyword(Place::Container, "check", "check(name = \"adult\", sql = \"{age} >= 18\")"),
    keyword(
        Place::Container,
        "foreign_key",
        "foreign_key(columns(a, b), references(Other::x, Other::y), on_delete = cascade)",
    ),
    keyword(Place::Container, "default", "default"),
    keyword(Place::Container, "crate", "crate = path::to::orm"),
];

/// On a field of either.
pub static FIELD: &[Keyword] = &[
    keyword(Place::Column, "primary_key", "primary_key"),
    keyword(Place::Column, "generated", "generated"),
    keyword(Place::Column, "column", "column = \"name\""),
    keyword(Place::Column, "unique", "unique"),
    keyword(Place::Column, "index", "index"),
    keyword(Place::Column, "default", "default = Uuid::now_v7()"),
    keyword(Place::Column, "default_sql", "default_sql = \"now()\""),
    keyword(Place::Column, "insert_sql", "insert_sql = now()"),
    keyword(Place::Column, "update", "update = Utc::now()"),
    keyword(Place::Column, "update_sql", "update_sql = now()"),
    keyword(Place::Column, "computed", "computed(stored = \"price * quantity\")"),
    keyword(Place::Column, "sequence", "sequence = \"order_numbers\""),
    keyword(Place::Column, "server_generated", "server_generated(insert, update)"),
    keyword(Place::Column, "comment", "comment = \"in cents\""),
    keyword(Place::Column, "define", "define = |column| column.comment(\"in cents\")"),
    keyword(Place::Column, "version", "version"),
    keyword(Place::Column, "references", "references = User::id"),
    keyword(Place::Column, "on_delete", "on_delete = cascade"),
    keyword(Place::Column, "on_update", "on_update = cascade"),
    keyword(Place::Column, "constraint", "constraint = \"posts_author\""),
    keyword(Place::Column, "deferrable", "deferrable = initially_deferred"),
    keyword(Place::Column, "max_length", "max_length = 80"),
    keyword(Place::Column, "decimal", "decimal(10, 2)"),
    keyword(Place::Column, "sql_type", "sql_type = Char(2)"),
    keyword(Place::Column, "table", "table = \"addresses\""),
    keyword(Place::Column, "variant", "variant(\"mysql\" = \"YEAR\")"),
    keyword(Place::Column, "expr", "expr = User::first.concat(User::last)"),
    keyword(Place::Column, "validate", "validate = has_at"),
    keyword(Place::Column, "group", "group = \"scans\""),
    keyword(Place::Column, "eager", "eager"),
    keyword(Place::Skipped, "skip", "skip"),
    keyword(Place::Embedded, "flatten", "flatten"),
    keyword(Place::Embedded, "prefix", "flatten, prefix = \"home_\""),
    keyword(Place::Relation, "belongs_to", "belongs_to = author_id"),
    keyword(Place::Relation, "has_many", "has_many"),
    keyword(Place::Relation, "has_one", "has_one"),
    keyword(Place::Relation, "inverse", "inverse = posts"),
    keyword(Place::Relation, "through", "through = PostTag"),
    keyword(Place::Relation, "on", "on = |user, post| post.col(Post::author_id).eq(user.col(User::id))"),
    keyword(Place::Relation, "order_by", "order_by = Post::title.asc()"),
    keyword(Place::Relation, "foreign_key", "foreign_key = author_id"),
    keyword(Place::Relation, "owned", "owned"),
    keyword(Place::Relation, "cascade", "cascade = delete"),
    keyword(Place::Relation, "keyed_by", "keyed_by = language"),
    keyword(Place::Relation, "position", "position = place"),
    keyword(Place::Relation, "overlaps", "overlaps = author"),
    keyword(Place::Relation, "load", "load = joined"),
];

/// Where a word is known, if it is not where it was written.
pub fn elsewhere(here: &[Keyword], word: &str) -> Option<&'static str> {
    let has = |list: &[Keyword]| list.iter().any(|keyword| keyword.word == word);
    match here {
        _ if std::ptr::eq(here, FIELD) && has(ENTITY) => Some("the struct, not for a field"),
        _ if std::ptr::eq(here, EMBEDDED) && has(ENTITY) => Some("the entity that has the struct"),
        _ if (std::ptr::eq(here, ENTITY) || std::ptr::eq(here, EMBEDDED)) && has(FIELD) => {
            Some("a field, not for the struct")
        }
        _ => None,
    }
}

/// On a struct with `#[derive(FromRow)]`.
pub static ROW: &[Keyword] = &[
    keyword(Place::Container, "entity", "entity = User"),
    keyword(Place::Container, "rename_all", "rename_all = \"snake_case\""),
    keyword(Place::Container, "crate", "crate = path::to::orm"),
];

/// On a field of such a struct.
pub static ROW_FIELD: &[Keyword] = &[
    keyword(Place::Column, "column", "column = \"name\""),
    keyword(Place::Column, "nested", "nested"),
    keyword(Place::Column, "relation", "nested, relation = author"),
    keyword(Place::Column, "expr", "expr = User::first.concat(User::last)"),
];

/// On an enum with `#[derive(DbEnum)]`.
pub static ENUM: &[Keyword] = &[
    keyword(Place::Container, "name", "name = \"status\""),
    keyword(Place::Container, "native", "native"),
    keyword(Place::Container, "unchecked", "unchecked"),
    keyword(Place::Container, "integer", "integer"),
    keyword(Place::Container, "rename_all", "rename_all = \"snake_case\""),
    keyword(Place::Container, "crate", "crate = path::to::orm"),
];

/// On a variant of such an enum.
pub static VARIANT: &[Keyword] = &[keyword(Place::Column, "rename", "rename = \"word\"")];

/// On a struct with `#[derive(DbNewtype)]`.
pub static NEWTYPE: &[Keyword] = &[
    keyword(Place::Container, "sql_type", "sql_type = Char(2)"),
    keyword(Place::Container, "variant", "variant(\"mysql\" = \"YEAR\")"),
    keyword(Place::Container, "cast", "cast(\"postgres\" = \"INET\")"),
    keyword(Place::Container, "crate", "crate = path::to::orm"),
];
