//! Text: LIKE and its kin, concatenation, and functions of text.

use super::function::call;
use super::level::levels;
use super::operand::nulls;
use super::{Expression, Operand, Sql, TextType};
use crate::sql::{BinaryOp, Expr, Like};

type Of<E> = <E as Expression>::Level;
type Both<E, L> = levels!(<E as Expression>::Level, L);

/// The operators on text, as methods of every [`Expression`].
#[allow(clippy::wrong_self_convention, reason = "an expression becomes part of what is made of it")]
pub trait TextOperators: Expression {
    /// Matches a pattern: `%` is any text, `_` any one character, and `\` takes what follows its
    /// meaning. Upper and lower case differ.
    fn like<O: Operand<String>>(self, pattern: O) -> Sql<bool, Both<Self, O::Level>>
    where
        Self::Type: TextType,
    {
        Sql::made(like(self.into_expr(), pattern.operand(), Some('\\'), false))
    }

    /// Matches a pattern, upper and lower case being the same.
    fn ilike<O: Operand<String>>(self, pattern: O) -> Sql<bool, Both<Self, O::Level>>
    where
        Self::Type: TextType,
    {
        Sql::made(like(self.into_expr(), pattern.operand(), Some('\\'), true))
    }

    /// Begins with this text; `%` and `_` in it are plain characters.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// assert_eq!(User::query().filter(User::name.starts_with("Gr")).count(&mut session).await?, 1);
    /// assert_eq!(User::query().filter(User::name.starts_with("%")).count(&mut session).await?, 0);
    /// # Ok(()) }
    /// ```
    fn starts_with(self, text: &str) -> Sql<bool, Of<Self>>
    where
        Self::Type: TextType,
    {
        Sql::made(like(self.into_expr(), Expr::bind(format!("{}%", escaped(text))), Some('!'), false))
    }

    /// Ends with this text; `%` and `_` in it are plain characters.
    fn ends_with(self, text: &str) -> Sql<bool, Of<Self>>
    where
        Self::Type: TextType,
    {
        Sql::made(like(self.into_expr(), Expr::bind(format!("%{}", escaped(text))), Some('!'), false))
    }

    /// Contains this text; `%` and `_` in it are plain characters.
    fn contains(self, text: &str) -> Sql<bool, Of<Self>>
    where
        Self::Type: TextType,
    {
        Sql::made(like(self.into_expr(), Expr::bind(format!("%{}%", escaped(text))), Some('!'), false))
    }

    /// Text followed by text.
    fn concat<O: Operand<String>>(self, other: O) -> Sql<nulls!(Self::Type, O::Type => String), Both<Self, O::Level>>
    where
        Self::Type: TextType,
    {
        Sql::made(Expr::binary(BinaryOp::Concat, self.into_expr(), other.operand()))
    }

    /// Does not match a pattern; see [`like`](Self::like).
    fn not_like<O: Operand<String>>(self, pattern: O) -> Sql<bool, Both<Self, O::Level>>
    where
        Self::Type: TextType,
    {
        negated(like(self.into_expr(), pattern.operand(), Some('\\'), false))
    }

    /// Does not match a pattern, upper and lower case being the same.
    fn not_ilike<O: Operand<String>>(self, pattern: O) -> Sql<bool, Both<Self, O::Level>>
    where
        Self::Type: TextType,
    {
        negated(like(self.into_expr(), pattern.operand(), Some('\\'), true))
    }

    /// [`starts_with`](Self::starts_with), upper and lower case being the same.
    fn istarts_with(self, text: &str) -> Sql<bool, Of<Self>>
    where
        Self::Type: TextType,
    {
        Sql::made(like(self.into_expr(), Expr::bind(format!("{}%", escaped(text))), Some('!'), true))
    }

    /// [`ends_with`](Self::ends_with), upper and lower case being the same.
    fn iends_with(self, text: &str) -> Sql<bool, Of<Self>>
    where
        Self::Type: TextType,
    {
        Sql::made(like(self.into_expr(), Expr::bind(format!("%{}", escaped(text))), Some('!'), true))
    }

    /// [`contains`](Self::contains), upper and lower case being the same.
    fn icontains(self, text: &str) -> Sql<bool, Of<Self>>
    where
        Self::Type: TextType,
    {
        Sql::made(like(self.into_expr(), Expr::bind(format!("%{}%", escaped(text))), Some('!'), true))
    }

    /// Compared and ordered by a collation, which goes by the database's own name for it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// assert_eq!(User::query().filter(User::name.collate("NOCASE").eq("ADA")).count(&engine).await?, 1);
    /// # Ok(()) }
    /// ```
    fn collate(self, collation: impl Into<crate::sql::Ident>) -> Sql<Self::Type, Of<Self>>
    where
        Self::Type: TextType,
    {
        Sql::made(Expr::Collate(Box::new(self.into_expr()), collation.into()))
    }

    /// Has a part that matches a regular expression. What every database understands alike: characters,
    /// `.`, `[..]`, `^`, `$`, `*`, `+`, `?`, `{m,n}`, `|`, groups, `\d`, `\w` and `\s`; upper and lower
    /// case differ, and `.` is any character. Look-around and references back are not among it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// assert_eq!(User::query().filter(User::name.regexp("^[AG](da|race)$")).count(&engine).await?, 2);
    /// # Ok(()) }
    /// ```
    fn regexp<O: Operand<String>>(self, pattern: O) -> Sql<bool, Both<Self, O::Level>>
    where
        Self::Type: TextType,
    {
        call("REGEXP_MATCHES_TEXT", vec![self.into_expr(), pattern.operand()])
    }

    /// The text with every part that matches a regular expression replaced. In `replacement`, `\1` to `\9` are
    /// the groups of what matched. For patterns see [`regexp`](Self::regexp).
    fn regexp_replace<O: Operand<String>, P: Operand<String>>(
        self,
        pattern: O,
        replacement: P,
    ) -> Sql<nulls!(Self::Type, O::Type, P::Type => String), levels!(Of<Self>, O::Level, P::Level)>
    where
        Self::Type: TextType,
    {
        call("REGEXP_REPLACE_ALL", vec![self.into_expr(), pattern.operand(), replacement.operand()])
    }
}

impl<E: Expression> TextOperators for E {}

fn like(expr: Expr, pattern: Expr, escape: Option<char>, case_insensitive: bool) -> Expr {
    Expr::Like(Box::new(Like { expr, pattern, escape, case_insensitive, negated: false }))
}

/// The text with LIKE's own characters taken their meaning. `!` escapes, because a backslash
/// means something in the literals of some databases.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            out.push('!');
        }
        out.push(c);
    }
    out
}

fn negated<L>(mut expr: Expr) -> Sql<bool, L> {
    if let Expr::Like(like) = &mut expr {
        like.negated = true;
    }
    Sql::made(expr)
}

macro_rules! of_text {
    ($($(#[$doc:meta])* $name:ident($($arg:ident $Arg:ident: $ty:ty),*) -> $result:ty = $sql:literal;)*) => { $(
        $(#[$doc])*
        pub fn $name<E: Expression<Type: TextType> $(, $Arg: Operand<$ty>)*>(
            text: E $(, $arg: $Arg)*
        ) -> Sql<nulls!(E::Type $(, $Arg::Type)* => $result), levels!(E::Level $(, $Arg::Level)*)> {
            call($sql, vec![text.into_expr() $(, $arg.operand())*])
        }
    )* };
}

of_text! {
    /// In lower case.
    lower() -> String = "LOWER";
    /// In upper case.
    upper() -> String = "UPPER";
    /// How many characters it has.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::sql::{length, substring, trim};
    /// let parts = select((length(User::name), substring(User::name, 1, 2), trim(User::name)));
    /// let ada = parts.from::<User>().filter(User::name.eq("Ada")).one(&engine).await?;
    /// assert_eq!(ada, (3, "Ad".to_owned(), "Ada".to_owned()));
    /// # Ok(()) }
    /// ```
    length() -> i64 = "CHAR_LENGTH";
    /// How many bytes it has in UTF-8.
    octet_length() -> i64 = "OCTET_LENGTH";
    /// Without spaces at both ends.
    trim() -> String = "TRIM";
    /// Without spaces before it.
    ltrim() -> String = "LTRIM";
    /// Without spaces behind it.
    rtrim() -> String = "RTRIM";
    /// With `from` replaced by `to` wherever it occurs.
    replace(from A: String, to B: String) -> String = "REPLACE";
    /// So many characters of it, beginning with that of number `start`, counted from 1. Databases do not agree
    /// on a start below 1, or a count below 0.
    substring(start A: i32, count B: i32) -> String = "SUBSTRING";
    /// Its first characters.
    left(count A: i32) -> String = "LEFT";
    /// Its last characters.
    right(count A: i32) -> String = "RIGHT";
    /// Filled up from the left to so many characters; a longer text is cut.
    lpad(count A: i32, fill B: String) -> String = "LPAD";
    /// Filled up from the right to so many characters; a longer text is cut.
    rpad(count A: i32, fill B: String) -> String = "RPAD";
}

/// Where a text occurs in another for the first time: the number of its first character, counted from 1; 0: nowhere.
pub fn position<O: Operand<String>, E: Expression<Type: TextType>>(
    part: O,
    text: E,
) -> Sql<nulls!(E::Type, O::Type => i64), Both<E, O::Level>> {
    call("POSITION", vec![part.operand(), text.into_expr()])
}

/// Texts with a separator between; those that are NULL are left out.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::concat_ws;
/// let whole = select((concat_ws(", ", (User::name, User::email, "M.A.")),)).from::<User>().order_by(User::id.asc());
/// assert_eq!(whole.first(&engine).await?.unwrap().0, "Ada, M.A.");
/// # Ok(()) }
/// ```
pub fn concat_ws<A: super::Arguments>(separator: &str, texts: A) -> Sql<String, A::Level> {
    let mut args = vec![Expr::bind(separator.to_owned())];
    args.extend(texts.arguments());
    call("CONCAT_WS", args)
}
