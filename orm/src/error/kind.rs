//! What went wrong, as a question a program can ask. It carries no text and no data.

/// The family of an [`Error`](crate::Error).
///
/// New kinds may be added; match with a `_` arm.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = empty().await?;
/// # let mut session = engine.session();
/// use orm::ErrorKind;
///
/// for _ in 0..2 {
///     session.add(User { name: "Mary".into(), email: Some("mary@example.org".into()), ..Default::default() });
/// }
/// let error = session.commit().await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Unique);
/// assert_eq!(error.table_name(), Some("users"));
/// assert_eq!(error.column_names().collect::<Vec<_>>(), ["email"]);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A URL or an option could not be understood.
    Configuration,
    /// The server could not be reached or refused the log-in.
    Connect,
    /// No connection became free in time.
    PoolTimeout,
    /// The connection broke. What it was doing is undone by the server.
    ConnectionLost,
    /// The transaction is gone (a deadlock victim, a lost connection); only `rollback` goes on.
    TransactionLost,
    /// An earlier failure left the session in the middle of a transaction; call `rollback`.
    NeedsRollback,
    /// The connection broke while COMMIT was under way: it may have happened or not.
    OutcomeUnknown,
    /// COMMIT was answered, but the server rolled back.
    RolledBack,
    /// A unique constraint or primary key was violated.
    Unique,
    /// A foreign key was violated.
    ForeignKey,
    /// A NULL went where none may be.
    NotNull,
    /// A check constraint was violated.
    Check,
    /// The server rejected a value (out of range, too long, malformed).
    Data,
    /// A row that was to be updated or deleted is not there in the expected version.
    StaleData,
    /// The server ended the transaction to break a deadlock.
    Deadlock,
    /// The transaction could not be ordered among the others; run it again.
    Serialization,
    /// A lock was not granted in time.
    LockTimeout,
    /// The database is in use by another writer.
    Busy,
    /// A write was tried where only reads may be.
    ReadOnly,
    /// The statement ran out of time, or was cancelled.
    Cancelled,
    /// A validator of the program found values that are not to be written.
    Invalid,
    /// A value that arrived does not fit the Rust type, or would lose something in it.
    Decode,
    /// A value cannot be stored by this database without loss.
    Encode,
    /// More bind parameters than the server takes in one statement.
    TooManyParameters,
    /// An expression is nested too deeply to be sent.
    TooDeep,
    /// A construct that this database cannot express.
    Unsupported,
    /// A statement that makes no sense: an unknown column, a source not in FROM, a negative limit.
    Statement,
    /// A table or column that the program expects is not there.
    SchemaMismatch,
    /// A relation was read before it was loaded.
    NotLoaded,
    /// Exactly one row was asked for and none came.
    NoRow,
    /// Exactly one row was asked for and several came.
    ManyRows,
    /// An object was used with a session or in a state where it has no place.
    State,
    /// The changes of a flush depend on each other in a circle.
    Cycle,
    /// The mapping of an entity is inconsistent.
    Mapping,
    /// The server did not understand the SQL.
    Syntax,
    /// The server denied access.
    Permission,
    /// Anything else the driver or server reports.
    Driver,
}
