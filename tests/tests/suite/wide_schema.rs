//! A schema of many entities, each related to the next.
//!
//! What one entity is must not hang, for the compiler, on all the others that can be reached from it.

use orm::prelude::*;
use orm_tests::each_database;

/// The last of the chain.
#[derive(Entity, Debug, Clone, Default)]
pub struct End {
    #[orm(primary_key, generated)]
    pub id: i64,
}

macro_rules! chain {
    ($name:ident -> $next:ident) => {
        #[derive(Entity, Debug, Clone, Default)]
        pub struct $name {
            #[orm(primary_key, generated)]
            pub id: i64,
            #[orm(references = $next::id)]
            pub next_id: Option<i64>,
            #[orm(belongs_to = next_id)]
            pub next: BelongsTo<Option<$next>>,
        }
    };
    ($name:ident -> $next:ident $($rest:ident)+) => {
        chain!($name -> $next);
        chain!($next -> $($rest)+);
    };
}

// a dozen were too many once
chain!(A0 -> A1 A2 A3 A4 A5 A6 A7 A8 A9 B0 B1 B2 B3 B4 B5 B6 B7 B8 B9 C0 C1 C2 C3 C4 C5 C6 C7 C8 C9 End);

#[test]
fn entities_of_a_long_chain_of_relations() {
    each_database(async |database| {
        let engine = &database.engine;
        let tables = schema![
            A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, B0, B1, B2, B3, B4, B5, B6, B7, B8, B9, C0, C1, C2, C3, C4, C5, C6,
            C7, C8, C9, End
        ];
        engine.create_all(tables).await?;
        let mut session = engine.session();
        let last = session.add(End::default());
        let before = session.add(C9 { next: BelongsTo::new(&last), ..Default::default() });
        let first = session.add(A0::default());
        session.commit().await?;
        assert_eq!((before.next_id, first.next_id), (Some(last.id), None));
        Ok(())
    });
}
