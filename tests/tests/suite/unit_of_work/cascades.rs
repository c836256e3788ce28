//! U60, U75 to U86: what goes with what.

use expect_test::expect;
use orm::prelude::*;
use orm::{ErrorKind, State};
use orm_tests::each_database;
use orm_tests::models::shapes::{Country, Note, Person, people};
use orm_tests::models::{Post, PostTag, Tag, User};

use super::{Blueprint, Order, OrderItem, Project, Remark, Task, item, order, orders, person, projects, task, verbs};

fn remark(body: &str) -> Remark {
    Remark { body: body.into(), ..Default::default() }
}

fn with_remarks(what: &str) -> OrderItem {
    OrderItem { remarks: has_many![remark("1"), remark("2")], ..item(what) }
}

#[test]
fn u60_a_child_that_moves_while_its_parent_goes_stays() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        engine.create_all(projects()).await?;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        for to_new in [false, true] {
            let mut session = engine.session();
            // owned; deleted along; deleted along by the database
            let old = session.add(order("a", [item("x")]));
            let project = session.add(Project { tasks: has_many![task("t")], ..Default::default() });
            let user = session.add(User { posts: has_many![Post::default()], ..Default::default() });
            let new = order("b", []);
            let others = (!to_new)
                .then(|| (session.add(new.clone()), session.add(Project::default()), session.add(User::default())));
            session.commit().await?;
            let (moving, task) = (old.items.get()?.next().unwrap(), project.tasks.get()?.next().unwrap());
            let post = user.posts.get()?.next().unwrap();
            let (to, to_project, to_user) = match others {
                Some(others) => others,
                None => (session.add(new), session.add(Project::default()), session.add(User::default())),
            };
            to.items.push(&moving);
            task.project.set(&to_project);
            to_user.posts.push(&post);
            session.delete(&old)?;
            session.delete(&project)?;
            session.delete(&user)?;
            session.commit().await?;
            assert_eq!((Obj::state(&moving), Obj::state(&task)), (State::Persistent, State::Persistent));
            assert_eq!((moving.order_code.as_str(), task.project_id), ("b", Some(to_project.id)));
            assert_eq!((Obj::state(&post), post.author_id), (State::Persistent, to_user.id));
            let counts = (OrderItem::query().count(engine).await?, Task::query().count(engine).await?);
            assert_eq!((counts, Post::query().count(engine).await?), ((1, 1), 1));
            session.delete(&to)?;
            session.delete(&to_project)?;
            session.delete(&to_user)?;
            session.commit().await?;
        }
        Ok(())
    });
}

#[test]
fn u75_attaching_reaches_the_whole_graph() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        let all = session.add(order("a", [with_remarks("x"), with_remarks("y")]));
        expect![[r#"
            $0 = INSERT orders (code, note) × 1
            $1 = INSERT order_items (order_code, what) × 2 RETURNING id
            $2 = INSERT remarks (item_id=$1.id, body) × 4 RETURNING id
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.commit().await?;
        assert_eq!(Remark::query().count(engine).await?, 4);
        let late = all.items.push(with_remarks("z")).unwrap();
        assert_eq!(Obj::state(&late.remarks.get()?.next().unwrap()), State::Pending);
        session.commit().await?;
        assert_eq!(Remark::query().count(engine).await?, 6);
        Ok(())
    });
}

#[test]
fn u76_a_related_object_that_is_in_no_session_is_an_error_before_anything_is_sent() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        let (mut session, mut other) = (engine.session(), engine.session());
        let boss = other.add(person("boss"));
        other.commit().await?;
        let ada = session.add(person("Ada"));
        session.commit().await?;
        let recorder = engine.record();
        ada.edit().name = "Grace".into();
        ada.manager.set(&boss);
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::State);
        expect!["an object of another session was used in a relation (entity Person); load it in this session, or `session.merge` it"].assert_eq(&error.to_string());
        assert!(recorder.take().is_empty(), "nothing is carried on with");
        // one that left
        let gone = session.add(person("gone"));
        let report = gone.reports.push(person("report")).unwrap();
        session.delete(&gone)?;
        let error = session.commit().await;
        assert!(error.is_ok() || Obj::state(&report) == State::Pending);
        Ok(())
    });
}

#[test]
fn u77_what_is_owned_goes_without_being_loaded() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        session.add_all(["a", "b", "c"].map(|code| order(code, [with_remarks("x"), with_remarks("y")])));
        session.commit().await?;
        let mut fresh = engine.session();
        fresh.set_autoflush(false);
        for code in ["a", "b"] {
            let order = fresh.get::<Order>(code.to_owned()).await?.unwrap();
            fresh.delete(&order)?;
        }
        // objects of rows that go along, loaded by another way
        let items = OrderItem::query().load(OrderItem::remarks).order_by(OrderItem::id.asc()).all(&mut fresh).await?;
        expect![[r#"
            $0 = DELETE remarks BY order_code × 2
            $1 = DELETE order_items BY order_code × 2
            $2 = DELETE orders BY code × 2
        "#]]
        .assert_eq(&fresh.plan()?.to_string());
        let recorder = engine.record();
        fresh.flush().await?;
        assert_eq!(verbs(&recorder), ["DELETE remarks", "DELETE order_items", "DELETE orders"]);
        let states = |state| items.iter().filter(|item| Obj::state(item) == state).count();
        assert_eq!((states(State::Deleted), states(State::Persistent)), (4, 2));
        assert_eq!(Obj::state(&items[0].remarks.get()?.next().unwrap()), State::Deleted);
        fresh.rollback().await?;
        assert_eq!(states(State::Persistent), 6);
        let order = fresh.get::<Order>("a".to_owned()).await?.unwrap();
        fresh.delete(&order)?;
        fresh.commit().await?;
        let left = (Order::query().count(engine).await?, OrderItem::query().count(engine).await?);
        assert_eq!((left, Remark::query().count(engine).await?), ((2, 4), 8));
        Ok(())
    });
}

#[test]
fn u77_cascade_delete_takes_all_but_what_was_taken_away_before() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        let mut session = engine.session();
        let plan = Blueprint { body: "b".into(), ..Default::default() };
        let project =
            Project { tasks: has_many![task("a"), task("b"), task("c")], plan: plan.into(), ..Default::default() };
        let project = session.add(project);
        session.commit().await?;
        let mut fresh = engine.session();
        let tasks = Task::query().order_by(Task::id.asc()).all(&mut fresh).await?;
        let same = fresh.get::<Project>(project.id).await?.unwrap();
        tasks[0].project.clear();
        fresh.delete(&same)?;
        let recorder = engine.record();
        fresh.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE tasks", "DELETE tasks", "DELETE blueprints", "DELETE projects"]);
        assert_eq!((Obj::state(&tasks[0]), Obj::state(&tasks[1])), (State::Persistent, State::Detached));
        assert_eq!((Task::query().count(engine).await?, Blueprint::query().count(engine).await?), (1, 0));
        Ok(())
    });
}

#[test]
fn u78_what_is_taken_from_its_owner_goes_with_all_that_it_owns() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        let first = session.add(order("a", [with_remarks("x"), with_remarks("y"), with_remarks("z")]));
        session.commit().await?;
        let items: Vec<_> = first.items.get()?.collect();
        first.items.remove(&items[0])?;
        expect![[r#"
            $0 = DELETE remarks BY item_id × 1
            $1 = DELETE order_items BY id × 1
        "#]]
        .assert_eq(&session.plan()?.to_string());
        session.flush().await?;
        assert_eq!((Obj::state(&items[0]), first.items.get()?.len()), (State::Deleted, 2));
        session.rollback().await?;
        assert_eq!((Obj::state(&items[0]), first.items.get()?.len()), (State::Persistent, 3));
        // replaced as a whole
        first.edit().items = has_many![&items[1], item("new")];
        session.commit().await?;
        assert_eq!((Obj::state(&items[0]), Obj::state(&items[1])), (State::Detached, State::Persistent));
        assert_eq!(first.items.get()?.len(), 2);
        assert_eq!((OrderItem::query().count(engine).await?, Remark::query().count(engine).await?), (2, 2));
        Ok(())
    });
}

#[test]
fn u79_taken_away_and_given_to_another_one_is_not_deleted() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        let first = session.add(order("a", [item("x")]));
        let second = session.add(order("b", []));
        session.commit().await?;
        let moving = first.items.get()?.next().unwrap();
        first.items.remove(&moving)?;
        second.items.push(&moving);
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["UPDATE order_items"]);
        assert_eq!((Obj::state(&moving), moving.order_code.as_str()), (State::Persistent, "b"));
        // and back where it was
        second.items.remove(&moving)?;
        second.items.push(&moving);
        session.commit().await?;
        assert!(recorder.take().is_empty());
        Ok(())
    });
}

#[test]
fn u80_a_new_child_that_is_taken_away_is_never_inserted() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        let first = session.add(order("a", []));
        session.commit().await?;
        let new = first.items.push(with_remarks("x")).unwrap();
        let note = new.remarks.get()?.next().unwrap();
        first.items.remove(&new)?;
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(recorder.take(), Vec::<String>::new());
        assert_eq!((Obj::state(&new), Obj::state(&note)), (State::Detached, State::Detached));
        assert!(!session.is_dirty());
        Ok(())
    });
}

#[test]
fn u81_a_child_that_never_had_a_parent_is_the_databases_to_judge() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(projects()).await?;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        session.add(task("alone"));
        session.commit().await?;
        assert_eq!(Task::query().count(engine).await?, 1);
        session.add(item("alone"));
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ForeignKey, "{error}");
        Ok(())
    });
}

#[test]
fn u85_relations_that_change_after_a_delete_count() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(orders()).await?;
        let mut session = engine.session();
        let first = session.add(order("a", [item("x"), item("y")]));
        let second = session.add(order("b", [item("z")]));
        session.commit().await?;
        let items: Vec<_> = first.items.get()?.collect();
        session.delete(&first)?;
        second.items.push(&items[0]);
        let moved_in = second.items.get()?.next().unwrap();
        first.items.push(&moved_in);
        session.commit().await?;
        assert_eq!(Obj::state(&items[0]), State::Persistent);
        assert_eq!((Obj::state(&items[1]), Obj::state(&moved_in)), (State::Detached, State::Detached));
        assert_eq!(OrderItem::query().count(engine).await?, 1);
        Ok(())
    });
}

#[test]
fn u86_what_the_database_deletes_along_is_left_to_it() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![User, Post, Tag, PostTag]).await?;
        let mut session = engine.session();
        let tag = session.add(Tag::default());
        let ada = session.add(User {
            posts: has_many![Post { tags: has_many![&tag], ..Default::default() }, Post::default()],
            ..Default::default()
        });
        session.commit().await?;
        for loaded in [false, true] {
            let mut fresh = engine.session();
            let ada = fresh.get::<User>(ada.id).await?.unwrap();
            if loaded {
                ada.posts.load(&mut fresh).await?;
            }
            fresh.delete(&ada)?;
            let recorder = engine.record();
            fresh.flush().await?;
            assert_eq!(verbs(&recorder), ["DELETE users"], "loaded: {loaded}");
            fresh.rollback().await?;
        }
        Ok(())
    });
}

#[test]
fn a_tree_that_deletes_itself_is_left_to_the_database_or_refused() {
    #[derive(Entity, Debug, Clone, Default)]
    #[orm(table = "folders")]
    struct Folder {
        #[orm(primary_key, generated)]
        id: i64,
        #[orm(references = Folder::id, on_delete = cascade)]
        parent_id: Option<i64>,
        #[orm(belongs_to = parent_id, inverse = folders)]
        parent: BelongsTo<Option<Folder>>,
        #[orm(has_many, inverse = parent, owned)]
        folders: HasMany<Folder>,
    }
    #[derive(Entity, Debug, Clone, Default)]
    #[orm(table = "branches")]
    struct Branch {
        #[orm(primary_key, generated)]
        id: i64,
        #[orm(references = Branch::id)]
        parent_id: Option<i64>,
        #[orm(belongs_to = parent_id, inverse = branches)]
        parent: BelongsTo<Option<Branch>>,
        #[orm(has_many, inverse = parent, owned)]
        branches: HasMany<Branch>,
    }
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Folder, Branch]).await?;
        let mut session = engine.session();
        let leaf = || Folder { folders: has_many![Folder::default(), Folder::default()], ..Default::default() };
        let root = session.add(Folder { folders: has_many![leaf(), leaf()], ..Default::default() });
        session.commit().await?;
        let inner = root.folders.get()?.next().unwrap();
        let below = inner.folders.get()?.next().unwrap();
        // U21, U78: an orphan with all below it; then the whole tree
        root.folders.remove(&inner)?;
        session.commit().await?;
        assert_eq!((Obj::state(&below), Folder::query().count(engine).await?), (State::Detached, 4));
        session.delete(&root)?;
        let recorder = engine.record();
        session.commit().await?;
        assert_eq!(verbs(&recorder), ["DELETE folders"]);
        assert_eq!(Folder::query().count(engine).await?, 0);

        let root = session.add(Branch { branches: has_many![Branch::default()], ..Default::default() });
        session.commit().await?;
        session.delete(&root)?;
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mapping);
        expect!["Branch.branches deletes rows of a table that are deleted by rows of the same table (entity Branch, table branches); how deep that goes only the database knows: give the foreign key `on_delete = cascade`"].assert_eq(&error.to_string());
        Ok(())
    });
}

#[test]
fn u4_nothing_is_nulled_where_the_database_refuses() {
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(people()).await?;
        engine.create_all(schema![Note]).await?;
        let mut session = engine.session();
        let land = session.add(Country { code: "de".into(), people: has_many![person("Ada")], ..Default::default() });
        session.commit().await?;
        session.delete(&land)?;
        session.commit().await?;
        let codes: Vec<(Option<String>,)> = select((Person::country_code,)).from::<Person>().all(engine).await?;
        assert_eq!(codes, [(None,)]);
        Ok(())
    });
}

#[test]
fn u84_losing_either_of_two_owners_makes_an_orphan() {
    #[derive(Entity, Debug, Clone, Default)]
    #[orm(table = "mothers")]
    struct Mother {
        #[orm(primary_key, generated)]
        id: i64,
        #[orm(has_many, foreign_key = mother_id, owned)]
        children: HasMany<Child>,
    }
    #[derive(Entity, Debug, Clone, Default)]
    #[orm(table = "fathers")]
    struct Father {
        #[orm(primary_key, generated)]
        id: i64,
        #[orm(has_many, foreign_key = father_id, owned)]
        children: HasMany<Child>,
    }
    #[derive(Entity, Debug, Clone, Default)]
    #[orm(table = "children")]
    struct Child {
        #[orm(primary_key, generated)]
        id: i64,
        #[orm(references = Mother::id)]
        mother_id: Option<i64>,
        #[orm(references = Father::id)]
        father_id: Option<i64>,
    }
    each_database(async |database| {
        let engine = &database.engine;
        engine.create_all(schema![Mother, Father, Child]).await?;
        let mut session = engine.session();
        let (mother, father) = (session.add(Mother::default()), session.add(Father::default()));
        let children = session.add_all((0..3).map(|_| Child::default()));
        for child in &children {
            mother.children.push(child);
            father.children.push(child);
        }
        session.commit().await?;
        mother.children.remove(&children[0])?;
        father.children.remove(&children[1])?;
        session.commit().await?;
        let states: Vec<State> = children.iter().map(Obj::state).collect();
        assert_eq!(states, [State::Detached, State::Detached, State::Persistent]);
        assert_eq!((mother.children.get()?.len(), father.children.get()?.len()), (1, 1));
        // one that was never attached in this session is none
        let mut fresh = engine.session();
        let child = Child::query().one(&mut fresh).await?;
        child.edit().father_id = None;
        fresh.commit().await?;
        assert_eq!(Child::query().count(engine).await?, 1);
        Ok(())
    });
}
