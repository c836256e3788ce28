//! Clauses of SELECT that PostgreSQL spells its own way, or has beyond the standard.

use orm::dialect::{SelectSyntax, exprs, idents};
use orm::error::{Error, ErrorKind, Result};
use orm::sql::{Arrays, Count, Emit, Expr, Function, Ident, Sample, TableName};
use orm::types::{SqlType, Value};

use crate::PostgresDialect;
use crate::ddl::array_name;

impl SelectSyntax for PostgresDialect {
    fn table_function(&self, out: &mut dyn Emit, call: &Function, alias: &Ident, columns: &[Ident]) -> Result<()> {
        match (&*call.name, call.args.as_slice()) {
            ("json_elements", [json]) => {
                out.sql("jsonb_array_elements_text(CAST(");
                out.expr(json)?;
                out.sql(" AS JSONB))");
            }
            _ => out.expr(&Expr::Function(Box::new(call.clone())))?,
        }
        out.sql(" AS ");
        out.ident(alias);
        if !columns.is_empty() {
            idents(out, columns);
        }
        Ok(())
    }

    fn arrays(&self, out: &mut dyn Emit, source: &Arrays) -> Result<()> {
        out.sql("UNNEST(");
        for (index, array) in source.arrays.iter().enumerate() {
            let SqlType::Array(element) = array.ty else {
                return Err(Error::new(ErrorKind::Statement, "a source of arrays holds something else"));
            };
            out.sql(if index > 0 { ", " } else { "" });
            out.bind(array.value.clone(), &array.ty);
            out.sql("::");
            out.sql(&array_name(element)?);
        }
        out.sql(if source.ordinality.is_some() { ") WITH ORDINALITY AS " } else { ") AS " });
        out.ident(&source.alias);
        let names: Vec<Ident> = source.columns.iter().chain(&source.ordinality).cloned().collect();
        idents(out, &names);
        Ok(())
    }

    fn only(&self, out: &mut dyn Emit, table: &TableName) -> Result<()> {
        out.sql("ONLY ");
        out.table(table);
        Ok(())
    }

    fn sample(&self, out: &mut dyn Emit, sample: &Sample) -> Result<()> {
        out.table(&sample.name);
        if let Some(alias) = &sample.alias {
            out.sql(" AS ");
            out.ident(alias);
        }
        out.sql(if sample.by_row { " TABLESAMPLE BERNOULLI (CAST(" } else { " TABLESAMPLE SYSTEM (CAST(" });
        out.bind(Value::Double(sample.percent), &SqlType::F64);
        out.sql(" AS REAL))");
        if let Some(seed) = sample.seed {
            out.sql(" REPEATABLE (");
            out.bind(Value::Int(seed), &SqlType::I64);
            out.sql(")");
        }
        Ok(())
    }

    fn distinct_on(&self, out: &mut dyn Emit, list: &[Expr]) -> Result<()> {
        out.sql("DISTINCT ON (");
        exprs(out, list)?;
        out.sql(") ");
        Ok(())
    }

    fn with_ties(&self, out: &mut dyn Emit, limit: &Count, offset: Option<&Count>) -> Result<()> {
        if let Some(offset) = offset {
            out.sql(" OFFSET ");
            offset.write(out)?;
            out.sql(" ROWS");
        }
        out.sql(" FETCH FIRST ");
        limit.write(out)?;
        out.sql(" ROWS WITH TIES");
        Ok(())
    }
}
