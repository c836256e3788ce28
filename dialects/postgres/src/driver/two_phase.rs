//! Transactions in two phases: PREPARE TRANSACTION and what becomes of it.

use orm::dialect::driver::TwoPhase;
use orm::error::{Error, ErrorKind, Result};
use tokio_postgres::{Client, SimpleQueryMessage};

use super::connection::{State, Transaction, begin_sql};
use super::error::{FAILED_TRANSACTION, translate};

/// Of this database alone: those of others can only be ended there.
const LIST: &str = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared, gid";

/// Does one step.
pub(super) async fn step(client: &Client, state: &mut State, step: TwoPhase, name: &str) -> Result<Vec<String>> {
    // backslashes are letters: the opening recipe has seen to that
    let name = name.replace('\'', "''");
    let sql = match step {
        TwoPhase::Begin(_) if state.transaction != Transaction::None => {
            return Err(Error::new(ErrorKind::State, "a transaction is open already").help("end it first"));
        }
        TwoPhase::Begin(begin) => begin_sql(begin).into_owned(),
        // it answers OK where it rolled back because of an earlier error; a query before it does not
        TwoPhase::Prepare => format!("SELECT 1; PREPARE TRANSACTION '{name}'"),
        TwoPhase::Commit => format!("COMMIT PREPARED '{name}'"),
        TwoPhase::Rollback => format!("ROLLBACK PREPARED '{name}'"),
        TwoPhase::Recover => LIST.to_owned(),
    };
    match client.simple_query(&sql).await {
        Ok(answer) => {
            match step {
                TwoPhase::Begin(_) => state.transaction = Transaction::Open,
                TwoPhase::Prepare => state.transaction = Transaction::None,
                TwoPhase::Commit | TwoPhase::Rollback => {}
                TwoPhase::Recover => return Ok(names(&answer)),
            }
            Ok(Vec::new())
        }
        Err(error) => Err(failed(state, step, error)),
    }
}

fn names(answer: &[SimpleQueryMessage]) -> Vec<String> {
    let name = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => row.try_get(0).ok().flatten().map(str::to_owned),
        _ => None,
    };
    answer.iter().filter_map(name).collect()
}

#[cold]
fn failed(state: &mut State, step: TwoPhase, error: tokio_postgres::Error) -> Error {
    state.note(&error);
    let code = error.code().map(|code| code.code().to_owned());
    let error = translate(error, None);
    let ends = matches!(step, TwoPhase::Prepare | TwoPhase::Commit | TwoPhase::Rollback);
    match (step, code.as_deref()) {
        _ if state.broken && ends => {
            let message = format!("the connection broke during {}; it may have happened or not", step.name());
            error.into_kind(ErrorKind::OutcomeUnknown, message).help("look whether the transaction is still prepared")
        }
        (TwoPhase::Prepare, Some(FAILED_TRANSACTION)) => error
            .into_kind(ErrorKind::RolledBack, "nothing was prepared, because an earlier statement failed")
            .help("roll back, then begin anew"),
        (TwoPhase::Prepare, Some("55000")) => error
            .into_kind(ErrorKind::Unsupported, "the server takes no prepared transactions")
            .help("set max_prepared_transactions to as many as it has connections, and restart it"),
        (_, Some("42710")) => error
            .into_kind(ErrorKind::State, "a prepared transaction of this name is there already")
            .help("give each a name of its own"),
        (TwoPhase::Commit | TwoPhase::Rollback, Some("42704")) => error
            .into_kind(ErrorKind::State, "no transaction of this name is prepared")
            .help("see which are: `prepared_transactions`"),
        _ => error,
    }
}
