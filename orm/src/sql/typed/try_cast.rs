//! TRY_CAST: a text as a value of another type, or NULL where it is none.

use std::fmt::Write;
use std::sync::Arc;

use super::{Expression, Sql, TextOperators, TextType, cast};
use crate::error::{Error, ErrorKind};
use crate::sql::{Case, Expr};
use crate::types::{NotNull, SqlType};

/// The text as a value of another type, or NULL where it is none.
///
/// | `T` | texts that are one |
/// |---|---|
/// | integers | digits, perhaps with a sign, within the type's range |
/// | `f64` | digits, perhaps with a sign, a point, and an exponent of two digits |
/// | `Decimal` | up to 20 digits, perhaps with a minus, and up to 8 behind a point |
/// | `bool` | `true`, `t`, `yes`, `y`, `on`, `1` and their opposites, in any case |
/// | `NaiveDate` | `2024-02-29`: a day that there is |
/// | `NaiveTime` | `23:59:59`, perhaps with fractions |
/// | `NaiveDateTime` | both, with a space or `T` between |
///
/// For other types there is no form that databases agree on, and compiling the statement is refused.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use orm::sql::try_cast;
/// let tried = select((try_cast::<i64>(User::name), try_cast::<i8>(literal("127")))).from::<User>();
/// assert_eq!(tried.first(&engine).await?, Some((None, Some(127))));
/// # Ok(()) }
/// ```
pub fn try_cast<T: NotNull>(text: impl Expression<Type: TextType>) -> Sql<Option<T>> {
    let text: Sql<String> = Sql::new(text.into_expr());
    let arms = match T::SQL_TYPE {
        SqlType::Bool => ["true|t|yes|y|on|1", "false|f|no|n|off|0"]
            .into_iter()
            .zip([true, false])
            .map(|(words, value)| (text.clone().regexp(any_case(words)).into(), Expr::bind(value)))
            .collect(),
        ty => match form(&ty) {
            Some(form) => vec![(text.clone().regexp(format!("^({form})$")).into(), cast::<T>(text).into())],
            None => {
                let problem = Error::new(ErrorKind::Unsupported, format!("no database tries a CAST to {ty}"));
                let remedy = "try an integer, f64, a Decimal, bool, a date or a time, or `cast` what is known to be \
                              of the right form";
                return Sql::new(Expr::Failed(Arc::new(problem.help(remedy))));
            }
        },
    };
    Sql::new(Expr::Case(Box::new(Case { of: None, arms, otherwise: None })))
}

/// What texts of a type look like, as a regular expression that all databases read alike.
fn form(ty: &SqlType) -> Option<String> {
    let signed = |most: i64| format!("[+]?0*({})|-0*({})", up_to(most.unsigned_abs()), up_to(most.unsigned_abs() + 1));
    let unsigned = |most: u64| format!("[+]?0*({})|-0+", up_to(most));
    let date = || {
        // a year from 1 on, and those of them with a 29th of February
        let year = "(000[1-9]|00[1-9][0-9]|0[1-9][0-9][0-9]|[1-9][0-9][0-9][0-9])";
        let leap = "([0-9][0-9](0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)";
        let month = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)\
                     |02-(0[1-9]|1[0-9]|2[0-8]))";
        format!("({year}-{month}|{leap}-02-29)")
    };
    let time = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?";
    Some(match ty {
        SqlType::I8 => signed(i8::MAX.into()),
        SqlType::I16 => signed(i16::MAX.into()),
        SqlType::I32 => signed(i32::MAX.into()),
        SqlType::I64 => signed(i64::MAX),
        SqlType::U8 => unsigned(u8::MAX.into()),
        SqlType::U16 => unsigned(u16::MAX.into()),
        SqlType::U32 => unsigned(u32::MAX.into()),
        SqlType::F64 => "[-+]?[0-9]{1,200}([.][0-9]{0,200})?([eE][-+]?[0-9]{1,2})?".to_owned(),
        SqlType::Decimal { precision: 0, .. } => "-?[0-9]{1,20}([.][0-9]{1,8})?".to_owned(),
        SqlType::Date => date(),
        SqlType::Time => time.to_owned(),
        SqlType::DateTime => format!("{}[ T]{time}", date()),
        _ => return None,
    })
}

/// Numbers up to this one, without leading zeros: as many digits at most, and where as many, smaller at some place.
fn up_to(most: u64) -> String {
    let digits = most.to_string();
    let mut form = format!("[0-9]{{1,{}}}", digits.len().saturating_sub(1).max(1));
    for (place, digit) in digits.char_indices() {
        let rest = digits.len() - place - 1;
        let first = if place == 0 { '1' } else { '0' };
        if let Some(below) = char::from_u32(u32::from(digit) - 1).filter(|below| *below >= first) {
            // writing to a text cannot fail
            let _ = write!(form, "|{}[{first}-{below}][0-9]{{{rest}}}", digits.get(..place).unwrap_or_default());
        }
    }
    format!("{form}|{digits}")
}

/// One of the words, with large and small letters mixed at will.
fn any_case(words: &str) -> String {
    let letter = |c: char| match c {
        'a'..='z' => format!("[{c}{}]", c.to_ascii_uppercase()),
        other => other.to_string(),
    };
    format!("^({})$", words.chars().map(letter).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_up_to_a_most() {
        assert_eq!(up_to(127), "[0-9]{1,2}|1[0-1][0-9]{1}|12[0-6][0-9]{0}|127");
        assert_eq!(up_to(25), "[0-9]{1,1}|[1-1][0-9]{1}|2[0-4][0-9]{0}|25");
    }
}
