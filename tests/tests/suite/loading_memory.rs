//! What loads hold: the objects of one chunk, whatever comes along, and the rows of a few packets of a stream.

use std::sync::atomic::{AtomicUsize, Ordering};

use orm::engine::Options;
use orm::prelude::*;
use orm::types::{Mismatch, StoredAs};
use orm_tests::each_database;

/// How many of them there are, in graphs and on the way.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// A text that is counted while it lives.
#[derive(Debug, PartialEq)]
struct Counted(String);

impl Counted {
    fn new(text: String) -> Self {
        LIVE.fetch_add(1, Ordering::SeqCst);
        Counted(text)
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Counted::new(self.0.clone())
    }
}

impl Default for Counted {
    fn default() -> Self {
        Counted::new(String::new())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

impl StoredAs for Counted {
    type Stored = String;

    fn store(&self) -> Result<String, Mismatch> {
        Ok(self.0.clone())
    }

    fn restore(stored: String) -> Result<Self, Mismatch> {
        Ok(Counted::new(stored))
    }
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "crates")]
struct Crate {
    #[orm(primary_key, generated)]
    id: i64,
    label: Counted,
    #[orm(has_many, inverse = holder)]
    parcels: HasMany<Parcel>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "parcels")]
struct Parcel {
    #[orm(primary_key, generated)]
    id: i64,
    label: Counted,
    #[orm(references = Crate::id)]
    holder_id: i64,
    #[orm(belongs_to = holder_id, inverse = parcels)]
    holder: BelongsTo<Crate>,
}

const CRATES: usize = 60;
const PARCELS: usize = 20;
/// Objects of a chunk of five crates.
const CHUNK: usize = 5 * (1 + PARCELS);

fn live() -> usize {
    LIVE.load(Ordering::SeqCst)
}

async fn stored(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![Crate, Parcel]).await?;
    let mut session = engine.session();
    let parcels = || (0..PARCELS).map(|_| Parcel::default()).collect();
    session.add_all((0..CRATES).map(|_| Crate { parcels: parcels(), ..Default::default() }));
    session.commit().await
}

#[test]
fn chunks_and_streams_hold_no_more_than_a_part() {
    each_database(async |database| {
        let engine = &database.engine;
        stored(engine).await?;
        assert_eq!(live(), 0, "a session that is gone holds nothing");

        for joined in [false, true] {
            let parcels = if joined { Crate::parcels.joined() } else { Crate::parcels.selectin() };
            let mut session = engine.session();
            let mut chunks = Crate::query().load(parcels.then(Parcel::holder)).chunks(5)?;
            let mut most = Vec::new();
            while let Some(crates) = chunks.next(&mut session).await? {
                assert!(crates.iter().all(|holder| holder.parcels.get().is_ok_and(|parcels| parcels.len() == PARCELS)));
                most.push(live());
                drop(crates);
                session.clear()?;
                assert_eq!(live(), 0, "a graph that is gone leaves nothing behind");
            }
            assert_eq!(most, vec![CHUNK; CRATES / 5], "each chunk holds its objects and nothing else");
        }

        // without `clear` the session keeps them, each once, however often they are changed and written
        let mut session = engine.session();
        let mut chunks = Crate::query().load(Crate::parcels).chunks(20)?;
        while let Some(crates) = chunks.next(&mut session).await? {
            drop(crates);
        }
        assert_eq!(live(), CRATES * (1 + PARCELS));
        drop((session, chunks));
        assert_eq!(live(), 0);

        // a stream of plain values holds what crosses at once
        let packets = engine.with(Options::new().fetch_size(10));
        let mut parcels = Parcel::query().untracked().value_stream(&packets)?;
        let (mut read, mut most) = (0, 0);
        while let Some(parcel) = parcels.next().await {
            most = most.max(live());
            drop(parcel?);
            read += 1;
        }
        assert_eq!(read, CRATES * PARCELS);
        assert!(most <= 60, "{most} rows were held, of packets of 10");
        drop(parcels);
        assert_eq!(live(), 0);
        Ok(())
    });
}
