//! Every await point of what a session does beside flushing, cut: objects stay as they were.
//!
//! The session goes on, or asks for a rollback, which brings all of it back.

use orm::State;
use orm::dialect::driver::Begin;
use orm::prelude::*;
use orm::session::{Sessions, Sync};
use orm_tests::{Database, each_database};

use super::bench::*;
use super::goes_on;

/// What a session has of a round before the work: a family that has rows, and the row that everybody wants.
struct Scene {
    round: i64,
    parent: Obj<Parent>,
    wanted: Obj<Wanted>,
    /// Keys of the children, which are not loaded.
    children: Vec<i64>,
}

/// All that a program sees of them.
#[derive(Debug, PartialEq)]
struct Seen {
    parent: (i64, i64, State),
    wanted: (i64, State),
    children: Option<Vec<(i64, i64)>>,
}

impl Scene {
    fn seen(&self) -> Seen {
        let children = self.parent.children.get().ok();
        Seen {
            parent: (self.parent.id, self.parent.round, Obj::state(&self.parent)),
            wanted: (self.wanted.n, Obj::state(&self.wanted)),
            children: children.map(|children| children.map(|child| (child.id, child.round)).collect()),
        }
    }

    fn columns(&self) -> Seen {
        Seen { children: None, ..self.seen() }
    }
}

/// Cuts work that a session does outside of a transaction, or within one that has written.
async fn every_cut_of<W>(name: &str, database: &Database, within: bool, work: W) -> orm::Result<()>
where
    W: AsyncFn(&mut Session, &Scene) -> orm::Result<()>,
{
    let name = format!("{name}{}", if within { ", within a transaction" } else { "" });
    every_cut(&name, database, async |bench, round, polls, linger| {
        let mut first = bench.engine.session();
        let parent = first.add(family(round));
        first.commit().await?;
        let (id, children) = (parent.id, parent.children.get()?.map(|child| child.id).collect());
        drop(first);
        let all = async |bench: &Bench| -> orm::Result<(u64, u64, u64)> {
            let engine = &bench.engine;
            let of_round = (bench.rows::<Parent>(round).await?, bench.rows::<Child>(round).await?);
            Ok((of_round.0, of_round.1, Parent::query().count(engine).await? + Child::query().count(engine).await?))
        };
        let rows = all(bench).await?;

        let mut session = bench.engine.session();
        let parent = session.get::<Parent>(id).await?.expect("the row");
        let wanted = session.get::<Wanted>(1).await?.expect("the row");
        let scene = Scene { round, parent, wanted, children };
        let begun = scene.columns();
        if within {
            scene.wanted.edit().n = -round;
            session.flush().await?;
        }
        let before = scene.seen();
        let done = cut(work(&mut session, &scene), polls, linger).await;
        match &done {
            Some(result) => assert!(result.is_ok(), "{name}: {result:?}"),
            None => {
                // what came meanwhile is what is there
                let (now, loaded) = (scene.seen(), scene.children.iter().map(|id| (*id, round)).collect::<Vec<_>>());
                let children = now.children.clone().filter(|now| before.children.is_none() && *now == loaded);
                let before = Seen { children: children.or(before.children), ..before };
                assert_eq!(now, before, "{name} was cut after {polls} polls");
            }
        }
        goes_on(&mut session).await?;
        assert_eq!(scene.columns(), begun, "{name}: as it was when the transaction began");
        // and the session does its work as ever
        scene.parent.edit().round = round;
        session.commit().await?;
        drop(session);
        assert_eq!(all(bench).await?, rows, "{name}: nothing of it is left");
        Ok(done.is_some())
    })
    .await
}

/// Both ways.
async fn both<W>(name: &str, database: &Database, work: W) -> orm::Result<()>
where
    W: AsyncFn(&mut Session, &Scene) -> orm::Result<()>,
{
    every_cut_of(name, database, false, &work).await?;
    every_cut_of(name, database, true, &work).await
}

#[test]
fn transactions_of_a_session() {
    each_database(async |database| {
        every_cut_of("begin", &database, false, async |session, _| session.begin().await).await?;
        every_cut_of("begin read-only", &database, false, async |session, _| {
            session.begin_with(Begin::new().read_only()).await
        })
        .await?;
        both("savepoint and release", &database, async |session, scene| {
            let savepoint = session.savepoint().await?;
            session.insert_all([Parent { round: scene.round, ..Default::default() }]).await?;
            session.release(savepoint).await
        })
        .await?;
        both("rollback to a savepoint", &database, async |session, scene| {
            let savepoint = session.savepoint().await?;
            session.insert_all([Parent { round: scene.round, ..Default::default() }]).await?;
            session.rollback_to(savepoint).await
        })
        .await?;
        every_cut_of("a transaction as a closure", &database, false, async |session, scene| {
            let round = scene.round;
            let done = session.transaction(async move |session| {
                session.insert_all([Parent { round, ..Default::default() }]).await?;
                Err::<(), _>(orm::Error::new(orm::ErrorKind::State, "given up"))
            });
            done.await.map_or(Ok(()), |()| Err(orm::Error::new(orm::ErrorKind::State, "it was to fail")))
        })
        .await
    });
}

#[test]
fn reads_of_a_session() {
    each_database(async |database| {
        both("get", &database, async |session, scene| {
            let child = session.get::<Child>(scene.children[0]).await?.expect("a child");
            assert_eq!(child.round, scene.round);
            Ok(())
        })
        .await?;
        both("eager load", &database, async |session, scene| {
            let found = Parent::query().filter(Parent::round.eq(scene.round)).load(Parent::children);
            assert_eq!(found.one(session).await?.children.get()?.len(), 2);
            Ok(())
        })
        .await?;
        both("load of a field", &database, async |session, scene| {
            scene.parent.children.load(session).await?;
            assert_eq!(scene.parent.children.get()?.len(), 2);
            Ok(())
        })
        .await?;
        both("load_all", &database, async |session, scene| {
            session.load_all(std::slice::from_ref(&scene.parent), Parent::children).await
        })
        .await?;
        both("refresh", &database, async |session, scene| session.refresh(&scene.parent).await).await?;
        both("chunks", &database, async |session, scene| {
            let mut chunks = Child::query().filter(Child::round.eq(scene.round)).chunks(1)?;
            let mut found = 0;
            while let Some(children) = chunks.next(session).await? {
                found += children.len();
            }
            assert_eq!(found, 2);
            Ok(())
        })
        .await?;
        both("a stream of rows", &database, async |session, scene| {
            let query = select((Child::id,)).from::<Child>().filter(Child::round.eq(scene.round));
            let mut stream = query.order_by(Child::id.asc()).stream(session)?;
            let mut found = Vec::new();
            while let Some(row) = stream.next().await {
                found.push(row?.0);
            }
            assert_eq!(found, scene.children);
            Ok(())
        })
        .await
    });
}

#[test]
fn merges_of_a_session() {
    each_database(async |database| {
        both("merge", &database, async |session, scene| {
            let child = |id| Child { id, round: scene.round, ..Default::default() };
            let children = has_many![child(scene.children[0]), child(0)];
            let value = Parent { id: scene.parent.id, round: -1, children };
            let merged = session.merge(value).await?;
            assert!(Obj::ptr_eq(&merged, &scene.parent));
            assert_eq!((merged.round, merged.children.get()?.len()), (-1, 2));
            Ok(())
        })
        .await
    });
}

#[test]
fn writes_by_statement_of_a_session() {
    each_database(async |database| {
        for sync in [Sync::Fetch, Sync::Evaluate] {
            both("update by condition", &database, async |session, scene| {
                let update = Parent::update().set(Parent::round, -7).filter(Parent::id.eq(scene.parent.id));
                assert_eq!(session.execute_update(update, sync).await?, 1);
                assert_eq!(scene.parent.round, -7);
                Ok(())
            })
            .await?;
            both("delete by condition", &database, async |session, scene| {
                let of_parent = Child::delete().filter(Child::parent_id.eq(scene.parent.id));
                assert_eq!(session.execute_delete(of_parent, sync).await?, 2);
                let delete = Parent::delete().filter(Parent::id.eq(scene.parent.id));
                assert_eq!(session.execute_delete(delete, sync).await?, 1);
                Ok(())
            })
            .await?;
        }
        both("update that returns", &database, async |session, scene| {
            let update = Parent::update().set(Parent::round, -7).filter(Parent::id.eq(scene.parent.id));
            assert_eq!(session.update_returning(update).await?, std::slice::from_ref(&scene.parent));
            Ok(())
        })
        .await?;
        both("insert_all", &database, async |session, scene| {
            let made = session.insert_all((0..3).map(|_| Parent { round: scene.round, ..Default::default() })).await?;
            assert!(made.iter().all(|parent| parent.id != 0));
            Ok(())
        })
        .await?;
        both("update_all", &database, async |session, scene| {
            let value = Parent { id: scene.parent.id, round: -7, ..Default::default() };
            assert_eq!(session.update_all(&[value], Parent::round).await?, 1);
            assert_eq!(scene.parent.round, -7);
            Ok(())
        })
        .await?;
        both("upsert_all", &database, async |session, scene| {
            let value = |id| Parent { id, round: -7, ..Default::default() };
            let known = scene.parent.id;
            let made = session.upsert_all([value(known), value(known + 1_000_000)], Parent::id).await?;
            assert_eq!((made.len(), scene.parent.round), (2, -7));
            Ok(())
        })
        .await
    });
}

/// What lives in another database than families.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "marks")]
struct Mark {
    #[orm(primary_key, generated)]
    id: i64,
    round: i64,
}

/// Cuts a commit over a database of one kind and one of another, which can prepare transactions.
async fn over_two(name: &str, databases: &[Database; 3], phases: bool) -> orm::Result<()> {
    let able = |database: &&Database| database.engine.dialect().capabilities().transactions.two_phase;
    for second in databases[1..].iter().filter(able) {
        let mut other = Bench::new(second).await?;
        other.engine.drop_all(schema![Mark]).await?;
        other.engine.create_all(schema![Mark]).await?;
        let prefix = format!("cut-{}-{}-{}", databases[0].name, second.name, std::process::id());
        let of = |engine: &Engine, other: &Engine| -> Sessions {
            let sessions = engine.sessions().bind::<Mark>(other);
            if phases { sessions.two_phase(prefix.as_str()) } else { sessions }
        };
        let (mut whole, mut none, mut torn) = (0, 0, 0);
        every_cut(&format!("{name}, then {}", second.name), &databases[0], async |bench, round, polls, linger| {
            let sessions = of(&bench.engine, &other.engine);
            if phases {
                sessions.recover().await?;
            }
            let mut session = sessions.session();
            let parent = session.add(family(round));
            let mark = session.add(Mark { round, ..Default::default() });
            let done = cut(session.commit(), polls, linger).await;
            if let Some(result) = &done {
                assert!(result.is_ok(), "{name}: {result:?}");
            }
            let went_on = goes_on(&mut session).await?;
            if done.is_none() {
                assert_eq!((Obj::state(&parent), Obj::state(&mark)), (State::Detached, State::Detached));
                assert_eq!((parent.id, mark.id), (0, 0), "what the database had made is taken away");
            }
            drop(session);
            if phases {
                recovered(&sessions).await?;
                assert!(!other.engine.prepared_transactions().await?.iter().any(|known| known.starts_with(&prefix)));
            }
            bench.holds().await?;
            other.holds().await?;
            let rows = (bench.rows::<Parent>(round).await?, bench.rows::<Child>(round).await?);
            if went_on && done.is_none() {
                assert_eq!(rows, (0, 0), "{name} was cut after {polls} polls, and the session does not know");
            }
            match (rows, other.rows::<Mark>(round).await?) {
                ((1, 2), 1) => whole += 1,
                ((0, 0), 0) => none += 1,
                // one after the other, the first may be committed and the second not
                ((1, 2), 0) if !phases && done.is_none() => torn += 1,
                rows => panic!("{name} was cut after {polls} polls: {rows:?}"),
            }
            Ok(done.is_some())
        })
        .await?;
        println!("    {whole} were committed, {none} were not, {torn} by the first alone");
        assert!(whole > 0 && none > 0);
    }
    Ok(())
}

/// Some servers hold what is prepared until they have seen that its connection is closed.
async fn recovered(sessions: &Sessions) -> orm::Result<()> {
    let recover = async {
        loop {
            match sessions.recover().await {
                Err(error) if error.kind() == orm::ErrorKind::State => tokio::task::yield_now().await,
                done => return done.map(|_| ()),
            }
        }
    };
    tokio::time::timeout(SOON, recover).await.expect("what is prepared is released")
}

#[test]
fn a_commit_over_two_databases() {
    orm_tests::all_databases(async |databases| {
        over_two("commit in two phases", &databases, true).await?;
        over_two("commit in order", &databases, false).await
    });
}
