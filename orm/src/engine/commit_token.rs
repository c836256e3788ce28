//! Commit tokens: a row that is committed with everything else tells later whether that happened.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Engine, Transaction};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Column, Table};
use crate::sql::{BinaryOp, Bind, Delete, Expr, Insert, Rows, Select, Source, Statement, TableName};
use crate::types::{SqlType, Value};

/// The table of tokens.
const TABLE: &str = "commit_tokens";
/// Its columns.
const COLUMNS: [&str; 3] = ["token", "committed", "made_at"];
/// How long a token may be.
const LENGTH: u32 = 64;

/// The name of one commit, by which it is known later whether it happened.
///
/// When a connection breaks while COMMIT is under way, nobody knows whether the server still got it
/// ([`ErrorKind::OutcomeUnknown`]). A commit under a token writes one more row in its transaction; and whether that row
/// is there can be asked on another connection: [`Engine::was_committed`]. A token is committed once at most, so what is
/// done again under the same token is refused by the database rather than done twice.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// use orm::ErrorKind;
/// use orm::engine::CommitToken;
/// use orm::schema::MetaData;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// engine.create_all(MetaData::new([CommitToken::table()])).await?;
///
/// let token = CommitToken::random();
/// let mut session = engine.session();
/// session.add(User { name: "Mary".into(), ..Default::default() });
/// let committed = match session.commit_as(&token).await {
///     Ok(()) => true,
///     Err(error) if error.kind() == ErrorKind::OutcomeUnknown => engine.was_committed(&token).await?,
///     Err(error) => return Err(error),
/// };
/// assert!(committed);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CommitToken(String);

impl CommitToken {
    /// A token of the program's own, such as the number of a request: what is done again for the same request is
    /// then refused.
    ///
    /// # Errors
    /// [`ErrorKind::Encode`] for one of more than 64 characters.
    pub fn new(token: impl Into<String>) -> Result<Self> {
        let token = token.into();
        if token.chars().count() > LENGTH as usize {
            let message = format!("a commit token of more than {LENGTH} characters");
            return Err(Error::new(ErrorKind::Encode, message).help("shorten it, or take a digest of it"));
        }
        Ok(CommitToken(token))
    }

    /// A token that nobody else makes.
    pub fn random() -> Self {
        // each state is keyed anew, by what the system gives
        let half = || RandomState::new().hash_one((SystemTime::now(), std::process::id()));
        CommitToken(format!("{:016x}{:016x}", half(), half()))
    }

    /// The table that tokens are kept in; it is created with the others.
    pub fn table() -> Table {
        Table::new(TABLE)
            .with(Column::of(COLUMNS[0], SqlType::VarChar(LENGTH), false))
            .with(Column::new::<bool>(COLUMNS[1]))
            .with(Column::new::<i64>(COLUMNS[2]))
            .primary_key([COLUMNS[0]])
    }

    /// The table's name.
    pub(crate) fn table_name() -> TableName {
        TABLE.into()
    }

    /// The columns of a row, each with its type and value.
    pub(crate) fn row(&self, committed: bool) -> [(&'static str, SqlType, Value<'static>); 3] {
        let [token, verdict, made_at] = COLUMNS;
        [
            (token, SqlType::VarChar(LENGTH), Value::Text(self.0.clone().into())),
            (verdict, SqlType::Bool, Value::Bool(committed)),
            (made_at, SqlType::I64, Value::Int(seconds(SystemTime::now()))),
        ]
    }

    fn insert(&self, committed: bool) -> Statement {
        let row = self.row(committed).map(|(_, ty, value)| Expr::Bind(Bind { value, ty }));
        let columns = COLUMNS.map(Into::into).into();
        Insert { columns, rows: Rows::Values(vec![row.into()]), ..Insert::new(Self::table_name()) }.into()
    }
}

fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl Transaction<'_> {
    /// Commits under a token. See [`CommitToken`].
    ///
    /// # Errors
    /// [`ErrorKind::State`] within a savepoint; [`ErrorKind::Unique`] for a token that was committed, or asked for,
    /// before; as [`commit`](Self::commit).
    ///
    /// # Cancellation
    /// Outcome unknown; the token tells it.
    pub async fn commit_as(mut self, token: &CommitToken) -> Result<()> {
        if self.is_savepoint() {
            return Err(Error::new(ErrorKind::State, "a savepoint is no commit of its own")
                .help("commit it, and the transaction around it under the token"));
        }
        self.execute(token.insert(true)).await?;
        self.commit().await
    }
}

impl Engine {
    /// Whether what was committed under a token was. Where it was not, and is still under way, it cannot happen any more
    /// once this has answered. It waits for a COMMIT that the server is in the middle of.
    ///
    /// # Errors
    /// Of the server, also where the commit is under way for longer than it lets anybody wait; ask again then.
    ///
    /// # Cancellation
    /// No effect, or that what was not committed cannot be any more; ask again.
    pub async fn was_committed(&self, token: &CommitToken) -> Result<bool> {
        // its row is taken rather than looked for: what is not there yet could still come
        match self.execute(token.insert(false)).await {
            Ok(_) => return Ok(false),
            Err(error) if error.kind() == ErrorKind::Unique => {}
            Err(error) => return Err(error),
        }
        let [column, committed, _] = COLUMNS;
        let [(_, ty, value), ..] = token.row(false);
        let select = Select {
            items: vec![Expr::column(TABLE, committed).into()],
            from: vec![Source::Table { name: TABLE.into(), alias: None }],
            filter: vec![Expr::equals(Expr::column(TABLE, column), Expr::Bind(Bind { value, ty }))],
            ..Select::default()
        };
        let rows: Vec<(bool,)> = self.fetch(select).await?;
        Ok(matches!(rows.as_slice(), [(true,)]))
    }

    /// Deletes the tokens that are older than that; how many there were. Whoever asks for one of them later is told
    /// that it was not committed.
    ///
    /// # Errors
    /// Of the server.
    ///
    /// # Cancellation
    /// Outcome unknown: they may be gone.
    pub async fn forget_tokens(&self, older_than: Duration) -> Result<u64> {
        let before = SystemTime::now().checked_sub(older_than).map_or(0, seconds);
        let filter = Expr::binary(BinaryOp::Lt, Expr::column(TABLE, COLUMNS[2]), Expr::bind(before));
        self.execute(Delete { filter: vec![filter], ..Delete::new(TABLE) }).await
    }
}
