//! Running DDL: values of `ddl` by an executor, whole schemas with what is there left alone.

use super::execute::{Collect, Sequence, read_row};
use super::{Executor, execute, select};
use crate::compile::Language;
use crate::ddl::*;
use crate::dialect::driver::Command;
use crate::error::Result;
use crate::schema::{MetaData, Table};
use crate::sql::{Ident, Statement, TableName, next_value};

/// What of a schema the database has.
pub(super) async fn present(executor: &mut dyn Executor, schema: &MetaData) -> Result<Present> {
    let language = executor.language();
    let names = schema.tables().iter().map(|table| &table.name);
    let names = names.chain(schema.views.iter().map(|view| &view.name));
    let names = names.chain(schema.sequences.iter().map(|sequence| &sequence.name));
    let names: Vec<&TableName> = names.chain(schema.types.iter().map(|ty| &ty.name)).collect();
    let mut asked: Vec<Option<&Ident>> = Vec::new();
    let mut present = Present::nothing();
    for name in names {
        if asked.contains(&name.schema.as_ref()) {
            continue;
        }
        asked.push(name.schema.as_ref());
        let query = language.dialect().list_objects(language.schema(name.schema.as_deref()));
        let command = language.compile(&Statement::Text(query))?.into_command();
        let script = executor.run(Box::new(Collect::<(String, String)>::new(command, read_row))).await?;
        let rows = script.into_any().downcast::<Collect<(String, String)>>();
        for (kind, found) in rows.map(|rows| rows.into_rows()).unwrap_or_default() {
            present.add(kind, name.schema.clone(), found);
        }
    }
    Ok(present)
}

/// The text of a plan.
pub(super) fn creating(language: &Language, schema: &MetaData, present: &Present) -> Result<Vec<String>> {
    let plan = plan_create(language.spoken(), schema, present)?;
    plan.iter().map(|ddl| ddl.spoken(language.spoken())).collect()
}

/// The text of a plan.
pub(super) fn dropping(language: &Language, schema: &MetaData, present: &Present) -> Result<Vec<String>> {
    let plan = plan_drop(language.spoken(), schema, Some(present))?;
    plan.iter().map(|ddl| ddl.spoken(language.spoken())).collect()
}

/// Statements one after the other.
async fn send(executor: &mut dyn Executor, statements: Vec<String>) -> Result<()> {
    if statements.is_empty() {
        return Ok(());
    }
    let commands = statements.into_iter().map(Command::plain).collect();
    executor.run(Box::new(Sequence::new(commands))).await.map(drop)
}

async fn create(executor: &mut dyn Executor, schema: &MetaData) -> Result<()> {
    let present = present(executor, schema).await?;
    let statements = creating(&executor.language(), schema, &present)?;
    send(executor, statements).await
}

async fn remove(executor: &mut dyn Executor, schema: &MetaData) -> Result<()> {
    let present = present(executor, schema).await?;
    let statements = dropping(&executor.language(), schema, &present)?;
    send(executor, statements).await
}

impl MetaData {
    /// Creates what is not there, on a connection or in a transaction of one's own;
    /// [`Engine::create_all`](super::Engine::create_all) makes a transaction for it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind) for what the database lacks, before anything is created; of the server.
    ///
    /// # Cancellation
    /// Some of it may have been created, unless a transaction is rolled back.
    pub async fn create_all(&self, mut executor: impl Executor) -> Result<()> {
        create(&mut executor, self).await
    }

    /// Drops what is there.
    ///
    /// # Errors
    /// Of the server.
    ///
    /// # Cancellation
    /// As [`create_all`](Self::create_all).
    pub async fn drop_all(&self, mut executor: impl Executor) -> Result<()> {
        remove(&mut executor, self).await
    }
}

impl Table {
    /// Creates the table with its indexes and remarks, unless it is there.
    ///
    /// # Errors
    /// As [`MetaData::create_all`].
    ///
    /// # Cancellation
    /// As [`MetaData::create_all`].
    pub async fn create(&self, mut executor: impl Executor) -> Result<()> {
        create(&mut executor, &MetaData::new([self.clone()])).await
    }

    /// Drops the table, if it is there.
    ///
    /// # Errors
    /// Of the server.
    ///
    /// # Cancellation
    /// As [`MetaData::create_all`].
    pub async fn drop(&self, mut executor: impl Executor) -> Result<()> {
        remove(&mut executor, &MetaData::new([self.clone()])).await
    }
}

impl crate::schema::Sequence {
    /// The next number of the sequence, which nobody else is given. In a statement it is
    /// [`next_value`](crate::sql::next_value).
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind) where the database has no sequences; of the server.
    ///
    /// # Cancellation
    /// The number may have been taken: then it is given to nobody.
    pub async fn next_value(&self, executor: impl Executor) -> Result<i64> {
        select(next_value(self.name.clone())).one(executor).await
    }
}

impl Ddl {
    /// Runs the statement.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind) for what the database lacks, with what to do instead; of the server.
    ///
    /// # Cancellation
    /// Outcome unknown: the server may have carried it out.
    pub async fn execute(self, executor: impl Executor) -> Result<()> {
        let sql = self.spoken(executor.language().spoken())?;
        execute::run(executor, Sequence::new(vec![Command::plain(sql)])).await.map(drop)
    }
}

macro_rules! executable {
    ($($name:ident)*) => { $(
        impl $name {
            /// Runs the statement.
            ///
            /// # Errors
            /// [`ErrorKind::Unsupported`](crate::ErrorKind) for what the database lacks, with what to do instead; of
            /// the server.
            ///
            /// # Cancellation
            /// Outcome unknown: the server may have carried it out.
            pub async fn execute(self, executor: impl Executor) -> Result<()> {
                Ddl::from(self).execute(executor).await
            }
        }
    )* };
}

executable! {
    CreateTable CreateTableAs DropTable CreateIndex DropIndex AddConstraint DropConstraint ValidateConstraint AddColumn DropColumn
    RenameColumn AlterColumn RenameTable CreateSchema DropSchema CreateSequence DropSequence CreateView DropView
    RefreshView CreateType DropType SetComment Custom
}
