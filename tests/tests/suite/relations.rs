//! Relations of every shape: within one table, by conditions, through others, in an order, only looked at.

use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::relations::{Buyer, Deal, Follow, Mark, Member, Node, Notice, Place};

fn handles(members: impl Iterator<Item = Obj<Member>>) -> String {
    members.map(|member| member.handle.clone()).collect::<Vec<_>>().join(" ")
}

/// Ann follows Bob and Cleo, Bob follows Ann.
pub async fn members(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![Member, Follow, Notice]).await?;
    let mut session = engine.session();
    let member = |handle: &str| Member { handle: handle.into(), ..Default::default() };
    let [ann, bob, cleo] = ["ann", "bob", "cleo"].map(|handle| session.add(member(handle)));
    ann.follows.push(&bob);
    ann.follows.push(&cleo);
    ann.followers.push(&bob);
    assert_eq!(handles(bob.followers.get()?), "ann", "the other side follows at once");
    assert_eq!(handles(bob.follows.get()?), "ann");
    ann.notices.push(Notice { text: "hello".into(), ..Default::default() });
    session.commit().await
}

#[test]
fn many_to_many_within_one_table_has_two_sides() {
    each_database(async |database| {
        let engine = &database.engine;
        members(engine).await?;
        let follows: Vec<(String, String)> = {
            let other = Member::alias("other");
            select((Member::handle, other.col(Member::handle)))
                .from::<Member>()
                .join_as(Member::follows, &other)
                .order_by((Member::handle.asc(), other.col(Member::handle).asc()))
                .all(engine)
                .await?
        };
        let expected = [("ann", "bob"), ("ann", "cleo"), ("bob", "ann")];
        assert_eq!(follows, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));

        for joined in [false, true] {
            let mut session = engine.session();
            let query = Member::query().order_by(Member::handle.asc());
            let query = match joined {
                true => query.load(Member::follows.joined()).load(Member::followers.joined()),
                false => query.load(Member::follows).load(Member::followers),
            };
            let all = query.all(&mut session).await?;
            assert_eq!(all.len(), 3);
            let shown = all.iter().map(|member| Ok((handles(member.follows.get()?), handles(member.followers.get()?))));
            let expected = [("bob cleo", "bob"), ("ann", "ann"), ("", "ann")];
            let shown: Vec<_> = shown.collect::<orm::Result<_>>()?;
            assert_eq!(shown, expected.map(|(a, b)| (a.to_owned(), b.to_owned())), "joined: {joined}");
        }
        let mut session = engine.session();
        let ann = Member::query().filter(Member::handle.eq("ann")).one(&mut session).await?;
        let bob = Member::query().filter(Member::handle.eq("bob")).one(&mut session).await?;
        assert_eq!(Member::query().filter(Member::followers.contains(&ann)).count(&mut session).await?, 2);
        assert_eq!(
            Member::query().filter(Member::follows.any(Member::handle.eq("cleo"))).one(&mut session).await?,
            ann
        );
        assert_eq!(Member::follows.of(&bob).one(&mut session).await?, ann);

        // a condition over two tables, and what only looks on changes with what is loaded
        assert_eq!(handles(ann.friends.load(&mut session).await?), "bob");
        let lonely = Member::query().filter(Member::friends.exist().not()).one(&mut session).await?;
        assert_eq!(lonely.handle, "cleo");
        ann.follows.load(&mut session).await?;
        ann.follows.remove(&bob)?;
        session.commit().await?;
        let mut session = engine.session();
        let all = Member::query().load(Member::friends.joined()).load(Member::follows).all(&mut session).await?;
        assert!(all.iter().all(|member| member.friends.get().is_ok_and(|friends| friends.is_empty())));
        Notice::delete().all_rows().execute(&mut session).await?;
        // rows between go with either side, though no foreign key says so
        for member in &all {
            session.delete(member)?;
        }
        session.commit().await?;
        assert_eq!(Follow::query().count(&mut session).await?, 0);
        Ok(())
    });
}

#[test]
fn a_unique_column_is_referred_to_as_a_key_is() {
    each_database(async |database| {
        let engine = &database.engine;
        members(engine).await?;
        let mut session = engine.session();
        let notice = Notice::query().load(Notice::by).one(&mut session).await?;
        assert_eq!((notice.by_handle.as_str(), notice.by.get()?.handle.as_str()), ("ann", "ann"));
        let bob = Member::query().filter(Member::handle.eq("bob")).load(Member::notices).one(&mut session).await?;
        notice.by.set(&bob);
        assert_eq!(bob.notices.get()?.len(), 1);
        session.commit().await?;
        assert_eq!(notice.by_handle, "bob");
        let mut session = engine.session();
        let all =
            Member::query().load(Member::notices.joined()).order_by(Member::handle.asc()).all(&mut session).await?;
        let notices: Vec<usize> = all.iter().map(|member| member.notices.get().map(|all| all.len()).unwrap()).collect();
        assert_eq!(notices, [0, 1, 0]);
        Ok(())
    });
}

/// Ada and Ben with deals; marks on them, one of them on two of Ada's.
pub async fn buyers(engine: &Engine) -> orm::Result<()> {
    engine.create_all(schema![Buyer, Place, Deal, Mark]).await?;
    let mut session = engine.session();
    let place = |name: &str| Place { name: name.into(), ..Default::default() };
    let (oslo, rome) = (session.add(place("Oslo")), session.add(place("Rome")));
    let mark = |word: &str| Mark { language: "en".into(), word: word.into(), ..Default::default() };
    let [new, old, fair] = ["new", "old", "fair"].map(|word| session.add(mark(word)));
    let deal = |amount| Deal { amount, ..Default::default() };
    let ada = session.add(Buyer { name: "Ada".into(), ..Default::default() });
    ada.home.set(&oslo);
    ada.work.set(&rome);
    for (amount, marks) in [(50, vec![&new, &fair]), (300, vec![&old, &new]), (200, vec![])] {
        let deal = ada.deals.push(deal(amount)).unwrap();
        marks.into_iter().for_each(|mark| drop(deal.marks.push(mark)));
    }
    let ben = session.add(Buyer { name: "Ben".into(), ..Default::default() });
    ben.home.set(&rome);
    ben.work.set(&rome);
    ben.deals.push(deal(100)).unwrap().marks.push(&old);
    session.commit().await
}

fn amounts(deals: impl Iterator<Item = Obj<Deal>>) -> Vec<i64> {
    deals.map(|deal| deal.amount).collect()
}

#[test]
fn collections_come_in_their_order_by_every_strategy() {
    each_database(async |database| {
        let engine = &database.engine;
        buyers(engine).await?;
        for strategy in 0..4 {
            let mut session = engine.session();
            let query = Buyer::query();
            let all = match strategy {
                0 => query.order_by(Buyer::name.asc()).load(Buyer::deals).all(&mut session).await?,
                1 => query.order_by(Buyer::name.asc()).load(Buyer::deals.joined()).all(&mut session).await?,
                2 => query.load(Buyer::deals.joined()).all(&mut session).await?,
                _ => {
                    let all = query.order_by(Buyer::name.asc()).all(&mut session).await?;
                    all[0].deals.load(&mut session).await?;
                    all
                }
            };
            assert_eq!(amounts(all[0].deals.get()?), [300, 200, 50], "strategy {strategy}");
            assert_eq!(amounts(all[1].deals.get()?), [100]);
        }
        Ok(())
    });
}

#[test]
fn conditions_and_ways_through_others_are_loaded_joined_and_asked() {
    each_database(async |database| {
        let engine = &database.engine;
        buyers(engine).await?;
        for joined in [false, true] {
            let mut session = engine.session();
            let recorder = engine.record();
            let query = Buyer::query().order_by(Buyer::name.asc());
            let all = match joined {
                true => {
                    let query = query.load(Buyer::large.joined()).load(Buyer::newest.joined());
                    query.load(Buyer::marks.joined()).all(&mut session).await?
                }
                false => query.load(Buyer::large).load(Buyer::newest).load(Buyer::marks).all(&mut session).await?,
            };
            assert_eq!(recorder.take().len(), if joined { 1 } else { 4 });
            assert_eq!(amounts(all[0].large.get()?), [300, 200], "by their keys");
            assert_eq!(amounts(all[1].large.get()?), [100]);
            assert_eq!(all[0].newest.get()?.unwrap().amount, 200);
            let words = |buyer: &Buyer| -> orm::Result<Vec<String>> {
                Ok(buyer.marks.get()?.map(|mark| mark.word.clone()).collect())
            };
            assert_eq!(words(&all[0])?, ["fair", "new", "old"], "each once, though `new` is on two deals");
            assert_eq!(words(&all[1])?, ["old"]);
        }
        let mut session = engine.session();
        let ada = Buyer::query().filter(Buyer::name.eq("Ada")).one(&mut session).await?;
        let fair = session.get::<Mark>(("en".to_owned(), "fair".to_owned())).await?.unwrap();
        assert_eq!(Buyer::query().filter(Buyer::marks.contains(&fair)).one(&mut session).await?, ada);
        assert_eq!(Buyer::marks.of(&ada).count(&mut session).await?, 3);
        assert_eq!(Buyer::large.of(&ada).filter(Deal::amount.lt(250)).count(&mut session).await?, 1);
        assert_eq!(Buyer::query().filter(Buyer::large.any(Deal::amount.gt(250))).one(&mut session).await?, ada);
        let rows: Vec<(String, i64)> =
            select((Buyer::name, Deal::amount)).join(Buyer::large).order_by(Deal::amount.asc()).all(engine).await?;
        assert_eq!(rows.iter().map(|(_, amount)| *amount).collect::<Vec<_>>(), [100, 200, 300]);

        // what is only looked at is not known of a new object either, and writes nothing
        let eve = session.add(Buyer { name: "Eve".into(), ..Default::default() });
        assert_eq!(eve.large.get().unwrap_err().kind(), ErrorKind::NotLoaded);
        eve.deals.push(Deal { amount: 500, ..Default::default() });
        session.commit().await?;
        assert_eq!(amounts(eve.large.load(&mut session).await?), [500]);
        Ok(())
    });
}

#[test]
fn two_ways_to_one_table() {
    each_database(async |database| {
        let engine = &database.engine;
        buyers(engine).await?;
        let mut session = engine.session();
        let rome = Place::query().filter(Place::name.eq("Rome")).load(Place::residents).load(Place::workers);
        let rome = rome.one(&mut session).await?;
        let names = |buyers: orm::Members<Buyer>| buyers.map(|buyer| buyer.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(rome.residents.get()?), ["Ben"]);
        assert_eq!(names(rome.workers.get()?), ["Ada", "Ben"]);
        let (home, work) = (Place::alias("home"), Place::alias("work"));
        let rows: Vec<(String, String, String)> = select((Buyer::name, home.col(Place::name), work.col(Place::name)))
            .join_as(Buyer::home, &home)
            .join_as(Buyer::work, &work)
            .order_by(Buyer::name.asc())
            .all(engine)
            .await?;
        assert_eq!(rows[0], ("Ada".into(), "Oslo".into(), "Rome".into()));
        // a view lets nobody go: that is for the relation that writes
        session.delete(&rome)?;
        let recorder = engine.record();
        assert!(session.flush().await.is_err(), "Ada works there");
        assert!(recorder.take().iter().all(|sent| !sent.to_string().contains("SET \"work_id\"")));
        session.rollback().await?;
        Ok(())
    });
}

#[test]
fn a_table_between_has_keys_of_several_columns_and_names_of_its_own() {
    each_database(async |database| {
        let engine = &database.engine;
        buyers(engine).await?;
        let mut session = engine.session();
        let deals = Deal::query().order_by(Deal::amount.asc()).load(Deal::marks).all(&mut session).await?;
        let words = |deal: &Deal| deal.marks.get().unwrap().map(|mark| mark.word.clone()).collect::<Vec<_>>();
        assert_eq!(words(&deals[0]), ["fair", "new"]);
        let columns: Vec<(i64, String, String)> = {
            let column = |name: &'static str| orm::sql::Expr::column("deal_marks", name);
            select((
                orm::sql::Sql::<i64>::new(column("deal_id")),
                orm::sql::Sql::<String>::new(column("mark_language")),
                orm::sql::Sql::<String>::new(column("mark_word")),
            ))
            .from_table("deal_marks")
            .all(engine)
            .await?
        };
        assert_eq!(columns.len(), 5);
        let fair = deals[0].marks.get()?.next().unwrap();
        fair.deals.load(&mut session).await?;
        deals[0].marks.remove(&fair)?;
        assert!(fair.deals.get()?.is_empty());
        session.commit().await?;
        assert!(Mark::deals.of(&fair).all(&mut session).await?.is_empty());
        Ok(())
    });
}

#[test]
fn a_tree_by_the_way_to_its_nodes() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Node]).await?;
        let mut session = engine.session();
        for (id, path) in [(1, "/1/"), (2, "/1/2/"), (3, "/1/2/3/"), (4, "/1/4/"), (5, "/5/")] {
            session.add(Node { id, path: path.into(), ..Default::default() });
        }
        session.commit().await?;
        let mut session = engine.session();
        let all = Node::query().order_by(Node::id.asc()).load(Node::descendants).load(Node::ancestors);
        let all = all.all(&mut session).await?;
        let ids = |nodes: orm::Members<Node>| nodes.map(|node| node.id).collect::<Vec<_>>();
        let below: Vec<_> = all.iter().map(|node| ids(node.descendants.get().unwrap())).collect();
        assert_eq!(below, [vec![2, 3, 4], vec![3], vec![], vec![], vec![]]);
        let above: Vec<_> = all.iter().map(|node| ids(node.ancestors.get().unwrap())).collect();
        assert_eq!(above, [vec![], vec![1], vec![1, 2], vec![1], vec![]]);
        let leaves = Node::query().filter(Node::descendants.exist().not()).count(&mut session).await?;
        assert_eq!(leaves, 3);
        assert_eq!(Node::query().filter(Node::descendants.contains(&all[2])).count(&mut session).await?, 2);
        Ok(())
    });
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "spies")]
struct Spy {
    #[orm(primary_key)]
    id: i64,
    #[orm(has_many, through = Watch)]
    watched: HasMany<Spy>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "watches", primary_key(watcher_id, watched_id))]
struct Watch {
    #[orm(references = Spy::id)]
    watcher_id: i64,
    #[orm(references = Spy::id)]
    watched_id: i64,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "lost")]
struct Lost {
    #[orm(primary_key)]
    id: i64,
    #[orm(has_many, through = (Buyer::deals, Deal::marks))]
    marks: ViewMany<Mark>,
}

#[test]
fn what_leads_nowhere_or_two_ways_names_the_candidates() {
    let refused = |error: orm::Error| {
        assert_eq!(error.kind(), ErrorKind::Mapping);
        error.to_string()
    };
    let error = refused(Spy::watched.resolved().unwrap_err());
    for part in ["Spy.watched", "watcher_id", "watched_id", "own(watcher_id), other(watched_id)"] {
        assert!(error.contains(part), "{error}");
    }
    each_database(async |database| {
        let mut session = database.engine.session();
        let error = refused(database.engine.create_all(schema![Lost]).await.unwrap_err());
        assert!(error.contains("Lost.marks leads through Buyer::deals from Lost"), "{error}");
        assert!(Lost::query().all(&mut session).await.is_err());
        Ok(())
    });
}
