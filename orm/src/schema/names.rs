//! Names of constraints and indexes: given, or made by a convention, and cut to what a database takes.

use std::sync::Arc;

use super::{Check, Definition, ForeignKey, Index, Indexed, Table, Unique};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Expr, Ident, Naming, Node};

/// A name that was given to a constraint or an index.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    /// The name.
    pub text: Ident,
    /// Whether it stands as it is, whatever the naming convention says.
    pub exact: bool,
}

impl Name {
    /// A name that no naming convention touches.
    pub fn exact(name: impl Into<Ident>) -> Self {
        Name { text: name.into(), exact: true }
    }
}

impl<T: Into<Ident>> From<T> for Name {
    fn from(name: T) -> Self {
        Name { text: name.into(), exact: false }
    }
}

/// How constraints and indexes are named that have no name, or only a short one.
///
/// A pattern holds words in braces: `{table}`, `{columns}` (all of them, joined by `_`), `{column_0}` and so on,
/// `{referred_table}`, `{referred_columns}`, `{name}` (what was given; then the pattern goes around given names),
/// and words of one's own. Where there is no pattern, the name is `uq_table_columns`, `ix_..`, `fk_..` or `ck_..`,
/// and a primary key has none. What is longer than a database takes is cut, and ends in a hash of the whole.
///
/// ```
/// use orm::schema::{Check, Column, MetaData, NamingConvention, Table};
/// let convention = NamingConvention::new().pk("pk_{table}").ck("ck_{table}_{name}");
/// let table = Table::new("t").with(Column::new::<i64>("n")).constraint(Check::new("n > 0").named("positive"));
/// let schema = MetaData::default().naming_convention(convention).with(table);
/// let table = schema.table("t").unwrap();
/// assert_eq!(table.check_name(&table.checks[0], Default::default(), 63).unwrap().unwrap(), "ck_t_positive");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NamingConvention {
    ix: Option<Ident>,
    uq: Option<Ident>,
    ck: Option<Ident>,
    fk: Option<Ident>,
    pk: Option<Ident>,
    tokens: Vec<Token>,
}

/// A word of one's own.
#[derive(Debug, Clone)]
struct Token {
    word: Ident,
    value: fn(&Parts<'_>) -> String,
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word && std::ptr::fn_addr_eq(self.value, other.value)
    }
}

/// What a name is made of.
#[derive(Debug)]
pub struct Parts<'a> {
    /// `ix`, `uq`, `ck`, `fk` or `pk`
    pub kind: &'a str,
    /// The table.
    pub table: &'a str,
    /// The columns; those of an expression are not known.
    pub columns: &'a [Ident],
    /// The table referred to and its columns.
    pub referred: Option<(&'a str, &'a [Ident])>,
    /// What was given.
    pub name: Option<&'a str>,
}

impl NamingConvention {
    /// Patterns are added to it.
    pub fn new() -> Self {
        NamingConvention::default()
    }

    /// A word of one's own: `{word}` becomes what `value` says.
    pub fn token(mut self, word: impl Into<Ident>, value: fn(&Parts<'_>) -> String) -> Self {
        self.tokens.push(Token { word: word.into(), value });
        self
    }

    fn pattern(&self, kind: &str) -> Option<&Ident> {
        match kind {
            "ix" => self.ix.as_ref(),
            "uq" => self.uq.as_ref(),
            "ck" => self.ck.as_ref(),
            "fk" => self.fk.as_ref(),
            _ => self.pk.as_ref(),
        }
    }

    fn fill(&self, pattern: &str, parts: &Parts<'_>) -> Result<String> {
        let mut name = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((word, tail)) = after.split_once('}') else { break };
            name.push_str(before);
            match self.word(word, parts) {
                Some(text) => name.push_str(&text),
                None => {
                    let message = format!(
                        "the naming convention {pattern} has no {{{word}}} for a constraint of {}",
                        parts.table
                    );
                    let help = if word == "name" {
                        "give the constraint a name"
                    } else {
                        "use {table}, {columns}, {column_0}, {referred_table}, {referred_columns}, {name} or a token \
                         of the convention's own"
                    };
                    return Err(Error::new(ErrorKind::Statement, message).help(help));
                }
            }
            rest = tail;
        }
        name.push_str(rest);
        Ok(name)
    }

    fn word(&self, word: &str, parts: &Parts<'_>) -> Option<String> {
        if let Some(token) = self.tokens.iter().find(|token| token.word == word) {
            return Some((token.value)(parts));
        }
        match word {
            "table" => Some(parts.table.to_owned()),
            "columns" if !parts.columns.is_empty() => Some(parts.columns.join("_")),
            "referred_table" => parts.referred.map(|(table, _)| table.to_owned()),
            "referred_columns" => parts.referred.map(|(_, columns)| columns.join("_")),
            "name" => parts.name.map(str::to_owned),
            _ => parts.columns.get(word.strip_prefix("column_")?.parse::<usize>().ok()?).map(|name| name.to_string()),
        }
    }
}

macro_rules! patterns {
    ($($kind:ident: $what:literal),*) => {
        impl NamingConvention { $(
            #[doc = concat!("The pattern of ", $what, ".")]
            pub fn $kind(mut self, pattern: impl Into<Ident>) -> Self {
                self.$kind = Some(pattern.into());
                self
            }
        )* }
    };
}

patterns!(ix: "indexes", uq: "unique constraints", ck: "checks", fk: "foreign keys", pk: "primary keys");

impl Table {
    /// The name of a unique constraint in a database that spells names so and takes names so long.
    ///
    /// # Errors
    /// [`ErrorKind::Statement`] where the naming convention wants what the constraint has not.
    pub fn unique_name(&self, unique: &Unique, naming: Naming, limit: usize) -> Result<Option<Ident>> {
        self.made("uq", unique.name.as_ref(), &unique.columns, None, naming, limit)
    }

    /// The name of an index.
    ///
    /// # Errors
    /// As [`unique_name`](Self::unique_name).
    pub fn index_name(&self, index: &Index, naming: Naming, limit: usize) -> Result<Option<Ident>> {
        let parts: Vec<Ident> = index.parts.iter().map(|part| called(&part.of)).collect();
        self.made("ix", index.name.as_ref(), &parts, None, naming, limit)
    }

    /// The name of a check; none where it has none and is of no column.
    ///
    /// # Errors
    /// As [`unique_name`](Self::unique_name).
    pub fn check_name(&self, check: &Check, naming: Naming, limit: usize) -> Result<Option<Ident>> {
        let column: Vec<Ident> = check.column.iter().cloned().collect();
        self.made("ck", check.name.as_ref(), &column, None, naming, limit)
    }

    /// The name of a foreign key.
    ///
    /// # Errors
    /// As [`unique_name`](Self::unique_name).
    pub fn foreign_key_name(&self, key: &ForeignKey, naming: Naming, limit: usize) -> Result<Option<Ident>> {
        let referred = Some((&key.target.name, key.target_columns.as_slice()));
        self.made("fk", key.name.as_ref(), &key.columns, referred, naming, limit)
    }

    /// The name of the primary key, where it has one.
    ///
    /// # Errors
    /// As [`unique_name`](Self::unique_name).
    pub fn primary_key_name(&self, naming: Naming, limit: usize) -> Result<Option<Ident>> {
        self.made("pk", self.primary_key_name.as_ref(), &self.primary_key, None, naming, limit)
    }

    fn convention(&self) -> Arc<NamingConvention> {
        self.naming_convention.clone().unwrap_or_default()
    }

    fn made(
        &self,
        kind: &str,
        given: Option<&Name>,
        columns: &[Ident],
        referred: Option<(&Ident, &[Ident])>,
        naming: Naming,
        limit: usize,
    ) -> Result<Option<Ident>> {
        let convention = self.convention();
        let pattern = convention.pattern(kind);
        match (given, pattern) {
            (Some(name), Some(pattern)) if !name.exact && pattern.contains("{name}") => {}
            (Some(name), _) => return Ok(Some(name.text.clone())),
            (None, None) if kind == "pk" || columns.is_empty() => return Ok(None),
            (None, _) => {}
        }
        let spell = |names: &[Ident]| -> Vec<Ident> {
            names.iter().map(|name| naming.spell(name).into_owned().into()).collect()
        };
        let table = naming.spell(&self.name.name);
        let columns = spell(columns);
        let referred = referred.map(|(table, columns)| (naming.spell(table), spell(columns)));
        let parts = Parts {
            kind,
            table: &table,
            columns: &columns,
            referred: referred.as_ref().map(|(table, columns)| (table.as_ref(), columns.as_slice())),
            name: given.map(|name| name.text.as_ref()),
        };
        let name = match pattern {
            Some(pattern) => convention.fill(pattern, &parts)?,
            None => format!("{kind}_{table}_{}", columns.join("_")),
        };
        Ok(Some(cut(name, limit)))
    }
}

/// What a part of an index is called in the index's name: a column by its own name; `lower(name)` is `lower_name`,
/// and what is no function ends in `expr`, so that its index is not called as one of its columns is.
fn called(of: &Indexed) -> Ident {
    let expr = match of {
        Indexed::Column(name) => return name.clone(),
        Indexed::Expr(Definition::Text(sql)) => {
            let sql = sql.to_lowercase();
            let words = sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
            let end = if sql.contains('(') { None } else { Some("expr") };
            return words.chain(end).collect::<Vec<_>>().join("_").into();
        }
        Indexed::Expr(Definition::Expr(expr)) => expr,
    };
    let named = |node: Node<'_>| match node {
        Node::Expr(Expr::Column(column)) => Some(column.name.to_string()),
        _ => None,
    };
    let mut words: Vec<String> = expr.nodes().filter_map(named).collect();
    match &**expr {
        Expr::Function(function) => words.insert(0, function.name.to_lowercase()),
        _ => words.push("expr".to_owned()),
    }
    words.join("_").into()
}

/// Cut to what the database takes; a hash of the whole keeps cut names apart.
fn cut(name: String, limit: usize) -> Ident {
    if name.len() <= limit {
        return name.into();
    }
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let mut end = limit.saturating_sub(9);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{:08x}", &name[..end], hash as u32).into()
}
