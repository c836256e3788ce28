//! U20 to U34: rows that refer to rows of their own table, or to each other.

use std::sync::atomic::{AtomicI64, Ordering};

use expect_test::expect;
use orm::ErrorKind;
use orm::prelude::*;
use orm_tests::each_database;
use orm_tests::models::shapes::{Clerk, Department, Egg, Group, Hen, Person, people};

use super::{person, verbs};

/// Siblings in a list: each may have a next one and a previous one.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "links_of_a_chain")]
struct Chain {
    #[orm(primary_key, generated)]
    id: i64,
    name: String,
    #[orm(references = Chain::id)]
    next_id: Option<i64>,
    #[orm(references = Chain::id)]
    previous_id: Option<i64>,
    #[orm(belongs_to = next_id)]
    next: BelongsTo<Option<Chain>>,
    #[orm(belongs_to = previous_id)]
    previous: BelongsTo<Option<Chain>>,
}

/// A tree whose nodes refer to a unique name, which is not the key.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "words")]
struct Word {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(unique, max_length = 20)]
    name: String,
    #[orm(references = Word::name, max_length = 20)]
    root: Option<String>,
    #[orm(belongs_to = root, inverse = forms)]
    stem: BelongsTo<Option<Word>>,
    #[orm(has_many, inverse = stem)]
    forms: HasMany<Word>,
}

#[test]
fn u22_a_node_goes_and_its_children_stay() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let root = session.add(Person {
            reports: has_many![Person { reports: has_many![person("c")], ..person("b") }],
            ..person("a")
        });
        session.commit().await?;
        let middle = root.reports.get()?.next().unwrap();
        let leaf = middle.reports.get()?.next().unwrap();
        session.delete(&middle)?;
        session.commit().await?;
        assert_eq!((leaf.manager_id, root.reports.get()?.len()), (None, 0));
        assert!(leaf.manager.get()?.is_none());
        Ok(())
    });
}

#[test]
fn u23_by_a_unique_column_that_is_no_key() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Word]).await?;
        let mut session = engine.session();
        let word = |name: &str| Word { name: name.into(), ..Default::default() };
        let root = session.add(Word { forms: has_many![word("goes"), word("gone")], ..word("go") });
        expect![[r#"
            $0 = INSERT words (name, root) × 1 RETURNING id
            $1 = INSERT words (name, root) × 2 RETURNING id
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        let form = root.forms.get()?.next().unwrap();
        assert_eq!(form.root.as_deref(), Some("go"));
        session.delete(&root)?;
        session.commit().await?;
        assert_eq!(Word::query().filter(Word::root.is_null()).count(engine).await?, 2);
        Ok(())
    });
}

#[test]
fn u24_a_tree_and_many_to_many_on_one_table() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let mut session = engine.session();
        let group = session.add(Group::default());
        let root = session.add(Person { groups: has_many![&group], ..person("a") });
        root.reports.push(Person { groups: has_many![&group], ..person("b") });
        session.commit().await?;
        for person in Person::query().all(&mut session).await? {
            session.delete(&person)?;
        }
        session.delete(&group)?;
        let recorder = engine.record();
        session.commit().await?;
        let sent = verbs(&recorder);
        let at = |verb: &str| sent.iter().position(|sent| sent == verb).unwrap();
        assert!(
            at("DELETE memberships") < at("DELETE people") && at("DELETE memberships") < at("DELETE teams"),
            "{sent:?}"
        );
        assert_eq!(Person::query().count(engine).await? + Group::query().count(engine).await?, 0);
        Ok(())
    });
}

#[test]
fn u25_two_tables_that_refer_to_each_other_and_rows_that_do_not() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Department, Clerk]).await?;
        let mut session = engine.session();
        let first = session.add(Department { name: "a".into(), ..Default::default() });
        let clerk = first.clerks.push(Clerk::default()).unwrap();
        let second = session.add(Department { head: (&clerk).into(), name: "b".into(), ..Default::default() });
        expect![[r#"
            $0 = INSERT departments (name, head_id) × 1 RETURNING id
            $1 = INSERT clerks (name, department_id=$0.id) × 1 RETURNING id
            $2 = INSERT departments (name, head_id=$1.id) × 1 RETURNING id
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!(second.head_id, Some(clerk.id));
        // only one of the three is dirty (U26)
        first.edit().name = "c".into();
        expect![[r#"
            $0 = UPDATE departments (name) BY id × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        for department in [&second, &first] {
            session.delete(department)?;
        }
        session.delete(&clerk)?;
        expect![[r#"
            $0 = DELETE departments BY id × 1
            $1 = DELETE clerks BY id × 1
            $2 = DELETE departments BY id × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!(Department::query().count(engine).await?, 0);
        Ok(())
    });
}

#[test]
fn u27_a_circle_names_its_members_and_what_they_refer_by() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Hen, Egg]).await?;
        let mut session = engine.session();
        let hen = session.add(Hen::default());
        let egg = hen.egg.set(Egg::default()).unwrap();
        egg.hen.set(&hen);
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cycle);
        expect!["new rows refer to each other in a circle: a new Hen by egg_id -> a new Egg by hen_id -> a new Hen (columns egg_id, hen_id); let one of the foreign keys take NULL: it is then set by an UPDATE"].assert_eq(&error.to_string());
        Ok(())
    });
}

#[test]
fn u28_rows_that_point_at_each_other_come_and_go() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Department, Clerk]).await?;
        let mut session = engine.session();
        let rows: Vec<_> = (0..3)
            .map(|_| {
                let department = session.add(Department::default());
                let head = department.clerks.push(Clerk::default()).unwrap();
                department.clerks.push(Clerk::default());
                department.head.set(&head);
                (department, head)
            })
            .collect();
        // U28 and U29: whichever side it is set from, what takes NULL is set afterwards, in one statement
        expect![[r#"
            $0 = INSERT departments (name, head_id) × 3 RETURNING id
            $1 = INSERT clerks (name, department_id=$0.id) × 6 RETURNING id
            $2 = UPDATE departments (head_id=$1.id) BY id=$0.id × 3
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        for (department, head) in &rows {
            assert_eq!((department.head_id, head.department_id), (Some(head.id), department.id));
        }
        for (department, _) in &rows {
            for clerk in department.clerks.get()? {
                session.delete(&clerk)?;
            }
            session.delete(department)?;
        }
        expect![[r#"
            $0 = UPDATE departments (head_id) BY id × 3
            $1 = DELETE clerks BY id × 3
            $2 = DELETE clerks BY id × 3
            $3 = DELETE departments BY id × 3
        "#]]
        .assert_eq(&session.plan()?.to_string());
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE departments", "DELETE clerks", "DELETE clerks", "DELETE departments"]);
        assert_eq!(Clerk::query().count(engine).await?, 0);
        Ok(())
    });
}

#[test]
fn u31_a_list_of_siblings_is_linked_by_one_update_and_only_where_it_changed() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Chain]).await?;
        let mut session = engine.session();
        let link = |name: &str| Chain { name: name.into(), ..Default::default() };
        let all = session.add_all(["a", "b", "c"].map(link));
        for pair in all.windows(2) {
            pair[0].next.set(&pair[1]);
            pair[1].previous.set(&pair[0]);
        }
        session.commit().await?;
        let ids: Vec<i64> = all.iter().map(|link| link.id).collect();
        assert_eq!((all[0].next_id, all[1].next_id, all[2].next_id), (Some(ids[1]), Some(ids[2]), None));
        assert_eq!((all[1].previous_id, all[2].previous_id), (Some(ids[0]), Some(ids[1])));
        // rows that are there already
        all[0].next.set(&all[2]);
        all[2].previous.set(&all[0]);
        let recorder = engine.record();
        session.commit().await?;
        assert!(verbs(&recorder).iter().all(|verb| verb == "UPDATE links_of_a_chain"));
        all[0].next.set(&all[2]);
        session.commit().await?;
        assert!(recorder.take().is_empty(), "nothing changed");
        // U33: one that was not loaded
        let mut fresh = engine.session();
        let first = fresh.get::<Chain>(ids[0]).await?.unwrap();
        recorder.take();
        first.next.clear();
        fresh.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE links_of_a_chain"]);
        // all of them refer to each other
        for link in Chain::query().all(&mut fresh).await? {
            fresh.delete(&link)?;
        }
        fresh.commit().await?;
        assert_eq!(Chain::query().count(engine).await?, 0);
        Ok(())
    });
}

#[test]
fn u32_keys_of_one_row_that_are_set_later_are_one_update() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Chain]).await?;
        let mut session = engine.session();
        let own = session.add(Chain::default());
        own.next.set(&own);
        own.previous.set(&own);
        expect![[r#"
            $0 = INSERT links_of_a_chain (name, next_id, previous_id) × 1 RETURNING id
            $1 = UPDATE links_of_a_chain (next_id=$0.id, previous_id=$0.id) BY id=$0.id × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!((own.next_id, own.previous_id), (Some(own.id), Some(own.id)));
        session.delete(&own)?;
        session.commit().await?;
        assert_eq!(Chain::query().count(engine).await?, 0);
        Ok(())
    });
}

static STAMPS: AtomicI64 = AtomicI64::new(0);

/// Two may be partners; each update leaves a stamp.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "partners")]
struct Partner {
    #[orm(primary_key, generated)]
    id: i64,
    #[orm(references = Partner::id)]
    other_id: Option<i64>,
    #[orm(update = STAMPS.fetch_add(1, Ordering::Relaxed) + 1)]
    stamp: i64,
    #[orm(default_sql = "0", update_sql = Self::changes + 1)]
    changes: i64,
    #[orm(belongs_to = other_id)]
    other: BelongsTo<Option<Partner>>,
}

#[test]
fn u34_rows_that_are_linked_by_an_update_get_what_updates_fill_in() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Partner]).await?;
        let mut session = engine.session();
        let pairs = session.add_all((0..4).map(|_| Partner::default()));
        pairs[0].other.set(&pairs[1]);
        pairs[1].other.set(&pairs[0]);
        session.commit().await?;
        // the key that is set afterwards belongs to the insertion, and is no update of its own
        assert!(pairs.iter().all(|one| (one.stamp, one.changes) == (0, 0)));
        pairs[2].other.set(&pairs[3]);
        pairs[3].other.set(&pairs[2]);
        let recorder = engine.record();
        session.commit().await?;
        let reads = !engine.dialect().capabilities().update_returning;
        let expected: &[&str] = if reads { &["UPDATE partners", "SELECT partners"] } else { &["UPDATE partners"] };
        assert_eq!(verbs(&recorder), expected);
        assert!(pairs[2].stamp > 0 && pairs[3].stamp > 0 && pairs[2].stamp != pairs[3].stamp, "each has its own");
        assert_eq!((pairs[2].changes, pairs[3].changes), (1, 1));
        let stored: Vec<(i64, i64)> = select((Partner::stamp, Partner::changes))
            .from::<Partner>()
            .order_by(Partner::id.asc())
            .all(engine)
            .await?;
        for one in &pairs[2..] {
            assert!(stored.contains(&(one.stamp, 1)), "{stored:?}");
        }
        // a row that goes is let go of and not read again
        session.delete(&pairs[2])?;
        session.delete(&pairs[3])?;
        recorder.take();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE partners", "DELETE partners"]);
        Ok(())
    });
}
