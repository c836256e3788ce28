//! Fragments of statements that PostgreSQL spells its own way.

use std::fmt::Write as _;

use orm::dialect::{Syntax, in_list, on_conflict, operator, tuple};
use orm::error::{Error, Result};
use orm::sql::{
    BinaryOp, ConflictAction, ConflictTarget, Count, Emit, Expr, FullText, Function, InSet, JsonAccess, Like,
    OnConflict, TableName,
};
use orm::types::{EnumStorage, SqlType, Value};

use crate::PostgresDialect;
use crate::ddl::{array_name, quoted, type_name};

impl Syntax for PostgresDialect {
    fn syntax_name(&self) -> &'static str {
        "postgres"
    }

    fn placeholder(&self, out: &mut String, number: usize, _ty: &SqlType) {
        // writing to a String cannot fail
        let _ = write!(out, "${number}");
    }

    fn limit(&self, out: &mut dyn Emit, limit: Option<&Count>, offset: Option<&Count>) -> Result<()> {
        for (keyword, count) in [(" LIMIT ", limit), (" OFFSET ", offset)] {
            if let Some(count) = count {
                out.sql(keyword);
                count.write(out)?;
            }
        }
        Ok(())
    }

    fn like(&self, out: &mut dyn Emit, like: &Like) -> Result<()> {
        out.operand(&like.expr)?;
        out.sql(match (like.case_insensitive, like.negated) {
            (false, false) => " LIKE ",
            (false, true) => " NOT LIKE ",
            (true, false) => " ILIKE ",
            (true, true) => " NOT ILIKE ",
        });
        out.operand(&like.pattern)?;
        match like.escape {
            Some('\'') => out.sql(" ESCAPE ''''"),
            Some(escape) => out.sql(&format!(" ESCAPE '{escape}'")),
            None => {}
        }
        Ok(())
    }

    fn in_set(&self, out: &mut dyn Emit, set: &InSet) -> Result<()> {
        let width = set.columns.len();
        let Some(arrays) = set.types.iter().map(array_of).collect::<Option<Vec<_>>>() else {
            return in_list(out, set);
        };
        let column = |at: usize| Value::Array(set.values.iter().skip(at).step_by(width.max(1)).cloned().collect());
        if let ([expr], [array]) = (set.columns.as_slice(), arrays.as_slice()) {
            out.operand(expr)?;
            out.sql(if set.negated { " <> ALL(" } else { " = ANY(" });
            out.bind(column(0), array);
            out.sql(")");
            return Ok(());
        }
        tuple(out, width, |out, i| set.columns.get(i).map_or(Ok(()), |expr| out.operand(expr)))?;
        out.sql(if set.negated { " NOT IN (SELECT * FROM UNNEST(" } else { " IN (SELECT * FROM UNNEST(" });
        for (i, (array, ty)) in arrays.iter().zip(&set.types).enumerate() {
            if i > 0 {
                out.sql(", ");
            }
            out.bind(column(i), array);
            // a set-returning function is chosen by the types of its arguments
            out.sql("::");
            out.sql(&array_name(ty)?);
        }
        out.sql("))");
        Ok(())
    }

    fn bitwise(&self, out: &mut dyn Emit, op: BinaryOp, left: &Expr, right: &Expr) -> Result<()> {
        out.operand(left)?;
        // `^` is the power here
        out.sql(if op == BinaryOp::BitXor { " # " } else { operator(op) });
        out.operand(right)
    }

    fn full_text(&self, out: &mut dyn Emit, search: &FullText) -> Result<()> {
        crate::full_text::write(out, search)
    }

    fn function(&self, out: &mut dyn Emit, function: &Function) -> Result<bool> {
        crate::functions::write(out, function)
    }

    fn json(&self, out: &mut dyn Emit, access: &JsonAccess) -> Result<()> {
        crate::json::read(out, access)
    }

    fn cast_type(&self, ty: &SqlType) -> Result<String> {
        type_name(ty).map(Into::into)
    }

    fn on_conflict(&self, out: &mut dyn Emit, _table: &TableName, conflict: &OnConflict) -> Result<()> {
        let updates = matches!(&conflict.action, ConflictAction::Update(set, _) if !set.is_empty());
        if updates && matches!(conflict.target, ConflictTarget::Any) {
            return Err(Error::unsupported(
                "update on conflict of any key",
                "postgres",
                "name the columns whose uniqueness is meant",
            ));
        }
        on_conflict(out, conflict)
    }

    fn bind_cast(&self, ty: &SqlType) -> Result<Option<String>> {
        Ok(match ty {
            SqlType::Enum { name, .. } => Some(quoted(name)),
            SqlType::Array(of) => Some(array_name(of)?),
            _ => None,
        })
    }

    fn literal(&self, out: &mut String, value: &Value<'_>, ty: &SqlType) -> Result<()> {
        crate::literal::write(out, value, ty)
    }
}

/// The array type in which values of a type travel as one bind; none for those that need a cast each.
fn array_of(ty: &SqlType) -> Option<SqlType> {
    match ty {
        SqlType::Enum { storage: EnumStorage::Native, .. } => None,
        SqlType::Custom(custom) if custom.spelling("postgres").is_some_and(|known| !known.binds_plainly()) => None,
        other => other.array(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::borrow::Cow;

    use orm::sql::Select;

    use super::*;

    /// Writes columns and binds, which is all that these fragments contain.
    #[derive(Default)]
    struct Plain(String, usize);

    impl Emit for Plain {
        fn dialect(&self) -> &str {
            "postgres"
        }

        fn sql(&mut self, text: &str) {
            self.0.push_str(text);
        }
        fn ident(&mut self, name: &str) {
            let _ = write!(self.0, "\"{name}\"");
        }
        fn table(&mut self, name: &TableName) {
            let _ = write!(self.0, "{name}");
        }
        fn bind(&mut self, _value: Value<'static>, ty: &SqlType) {
            self.1 += 1;
            let _ = write!(self.0, "${}<{ty}>", self.1);
        }
        fn expr(&mut self, expr: &Expr) -> Result<()> {
            match expr {
                Expr::Column(column) => self.ident(&column.name),
                Expr::Excluded(column) => {
                    let _ = write!(self.0, "excluded.\"{column}\"");
                }
                other => self.0.push_str(&format!("{other:?}")),
            }
            Ok(())
        }
        fn select(&mut self, _select: &Select) -> Result<()> {
            Ok(())
        }
    }

    fn written(write: impl FnOnce(&PostgresDialect, &mut dyn Emit) -> Result<()>) -> String {
        let mut out = Plain::default();
        write(&PostgresDialect { capabilities: crate::capabilities::capabilities() }, &mut out).unwrap();
        out.0
    }

    #[test]
    fn sets_are_arrays() {
        let mut set = InSet {
            columns: vec![Expr::column("t", "a")],
            types: vec![SqlType::I64],
            values: vec![Value::Int(1), Value::Int(2)],
            negated: false,
        };
        assert_eq!(written(|d, out| d.in_set(out, &set)), r#""a" = ANY($1<array of i64>)"#);
        set.negated = true;
        assert_eq!(written(|d, out| d.in_set(out, &set)), r#""a" <> ALL($1<array of i64>)"#);
        set.columns.push(Expr::column("t", "b"));
        set.types.push(SqlType::Enum {
            name: "mood".into(),
            variants: Cow::Borrowed(&["sad"]),
            storage: EnumStorage::Checked,
        });
        assert_eq!(
            written(|d, out| d.in_set(out, &set)),
            r#"("a", "b") NOT IN (SELECT * FROM UNNEST($1<array of i64>::BIGINT[], $2<array of text>::TEXT[]))"#
        );
    }

    #[test]
    fn conflicts_limits_and_parts_of_dates() {
        let conflict = OnConflict {
            target: ConflictTarget::Columns(vec!["id".into()], Vec::new()),
            action: ConflictAction::excluded(["a".into(), "b".into()]),
        };
        assert_eq!(
            written(|d, out| d.on_conflict(out, &TableName::new("t"), &conflict)),
            r#" ON CONFLICT ("id") DO UPDATE SET "a" = excluded."a", "b" = excluded."b""#
        );
        assert_eq!(
            written(|d, out| d.limit(out, Some(&5.into()), Some(&u64::MAX.into()))),
            " LIMIT $1<i64> OFFSET $2<i64>"
        );
        let year = Function::call("year", vec![Expr::column("t", "at")]);
        assert_eq!(
            written(|d, out| d.function(out, &year).map(|written| assert!(written))),
            r#"CAST(EXTRACT(YEAR FROM "at") AS INTEGER)"#
        );
    }
}
