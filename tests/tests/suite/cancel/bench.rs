//! What every cut is made on, and what has to hold after each.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use orm::prelude::*;
use orm::sql::Text;
use orm_tests::Database;
use orm_tests::databases::connect;
use orm_tests::lasting::File;
use tokio::time::timeout;

#[derive(Entity, Debug, Clone, Default)]
pub struct Parent {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub round: i64,
    #[orm(has_many, inverse = parent)]
    pub children: HasMany<Child>,
}

#[derive(Entity, Debug, Clone, Default)]
pub struct Child {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = Parent::id)]
    pub parent_id: i64,
    pub round: i64,
    #[orm(belongs_to = parent_id, inverse = children)]
    pub parent: BelongsTo<Parent>,
}

/// The row that everybody wants to write.
#[derive(Entity, Debug, Clone, Default)]
pub struct Wanted {
    #[orm(primary_key)]
    pub id: i64,
    pub n: i64,
}

/// A future that needs more polls than that never ends.
pub const TOO_MANY: usize = 500;
/// Connections of the pool.
pub const CONNECTIONS: usize = 2;
/// How long anybody waits for a lock or a connection that somebody's cut may still hold.
pub const SOON: Duration = Duration::from_secs(10);

/// Polls a future so often, then lets time pass, and drops it. Its output, where it was done by then.
pub async fn cut<T>(future: impl Future<Output = T>, polls: usize, linger: Duration) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    let done = poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await;
    if done.is_none() && polls > 0 {
        tokio::time::sleep(linger).await;
    }
    done
}

/// What each cut is made on.
pub struct Bench {
    pub engine: Engine,
    pub url: String,
    pub canary: i64,
    pub cuts: usize,
    _file: Option<File>,
}

impl Bench {
    pub async fn new(database: &Database) -> orm::Result<Self> {
        // what takes no time cannot be cut
        let (url, file) = database.lasting();
        let sign = if url.contains('?') { '&' } else { '?' };
        let engine = connect(&format!("{url}{sign}pool_max={CONNECTIONS}&pool_timeout=10")).await;
        engine.drop_all(schema![Parent, Child, Wanted]).await?;
        engine.create_all(schema![Parent, Child, Wanted]).await?;
        let mut session = engine.session();
        session.add(Wanted { id: 1, n: 0 });
        session.commit().await?;
        Ok(Bench { engine, url, canary: 1_000_000, cuts: 0, _file: file })
    }

    /// What holds after every cut.
    pub async fn holds(&mut self) -> orm::Result<()> {
        let engine = self.engine.clone();
        // all connections at once; each has its own answer, and not that of a cut statement
        let mut held = Vec::new();
        for _ in 0..CONNECTIONS {
            held.push(timeout(SOON, engine.connection()).await.expect("a connection is missing")?);
        }
        for connection in &mut held {
            self.canary += 1;
            let rows = connection.fetch::<(i64,)>(number(self.canary)).await?;
            assert_eq!(rows, [(self.canary,)], "somebody else's rows");
        }
        drop(held);
        // nobody holds a lock on the row
        let mut session = engine.session();
        let write = async {
            let wanted = session.get::<Wanted>(1).await?.expect("the row");
            wanted.edit().n += 1;
            session.commit().await
        };
        timeout(SOON, write).await.expect("a transaction was left open")?;
        Ok(())
    }

    pub async fn rows<E: Entity>(&self, round: i64) -> orm::Result<u64> {
        let column = orm::sql::Sql::<i64>::new(orm::sql::Expr::column(E::mapping().table, "round"));
        E::query().filter(column.eq(round)).count(&self.engine).await
    }
}

pub fn number(n: i64) -> Text {
    text("SELECT :n + 0").bind("n", n)
}

/// Cuts after 0, 1, 2, .. polls until the work is done; with and without time between the last poll and the drop.
pub async fn every_cut<W>(name: &str, database: &Database, mut work: W) -> orm::Result<()>
where
    W: AsyncFnMut(&mut Bench, i64, usize, Duration) -> orm::Result<bool>,
{
    let mut bench = Bench::new(database).await?;
    let mut round = 0;
    for linger in [Duration::ZERO, Duration::from_millis(3)] {
        for polls in 0.. {
            assert!(polls < TOO_MANY, "{name} never ends");
            round += 1;
            let done = work(&mut bench, round, polls, linger).await?;
            bench.holds().await?;
            if done {
                break;
            }
            bench.cuts += 1;
        }
    }
    println!("  {name}: {} cuts", bench.cuts);
    assert!(bench.cuts >= 2, "{name} was never cut");
    Ok(())
}

/// A value of a round, with two children.
pub fn family(round: i64) -> Parent {
    let child = || Child { round, ..Default::default() };
    Parent { round, children: has_many![child(), child()], ..Default::default() }
}
