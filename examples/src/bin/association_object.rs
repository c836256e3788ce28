//! Teaches an association object: many to many by an entity between that says something of its own, a role and a fee.
//! And how to look past it all the same.
//!
//! It needs no set-up, because the database is SQLite in memory:
//!
//! ```text
//! cargo run -p orm-examples --bin association_object
//! ```

use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "films")]
pub struct Film {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub title: String,
    #[orm(has_many, inverse = film, order_by = Part::fee.desc())]
    pub parts: HasMany<Part>,
    // what lies behind the parts: to be looked at, since only a part can say role and fee
    #[orm(has_many, through = (Film::parts, Part::actor), order_by = Actor::name.asc())]
    pub actors: ViewMany<Actor>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "actors")]
pub struct Actor {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(has_many, inverse = actor)]
    pub parts: HasMany<Part>,
}

/// The association object. Its key are the keys of both sides: a film has each actor once.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "parts", primary_key(film_id, actor_id))]
pub struct Part {
    #[orm(references = Film::id, on_delete = cascade)]
    pub film_id: i64,
    #[orm(references = Actor::id)]
    pub actor_id: i64,
    pub role: String,
    pub fee: i64,
    #[orm(belongs_to = film_id, inverse = parts)]
    pub film: BelongsTo<Film>,
    #[orm(belongs_to = actor_id, inverse = parts)]
    pub actor: BelongsTo<Actor>,
}

#[tokio::main]
async fn main() -> orm::Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![Film, Actor, Part]).await?;

    // films, actors and what is between them in one commit: neither side has a key yet
    let mut session = engine.session();
    let [helm, abel, froehlich] = ["Brigitte Helm", "Alfred Abel", "Gustav Fröhlich"]
        .map(|name| session.add(Actor { name: name.into(), ..Default::default() }));
    let part = |role: &str, fee, actor: &Obj<Actor>| Part {
        role: role.into(),
        fee,
        actor: BelongsTo::new(actor),
        ..Default::default()
    };
    let metropolis = session.add(Film {
        title: "Metropolis".into(),
        parts: has_many![part("Maria", 300, &helm), part("Joh Fredersen", 500, &abel), part("Freder", 400, &froehlich)],
        ..Default::default()
    });
    session.add(Film { title: "L'Argent".into(), parts: has_many![part("Sandorf", 600, &helm)], ..Default::default() });
    session.commit().await?;

    // along the association: what it says, and whom it leads to
    let mut session = engine.session();
    let films = Film::query().order_by(Film::title.desc()).load(Film::parts.then(Part::actor)).load(Film::actors);
    let films = films.all(&mut session).await?;
    for film in &films {
        println!("{}", film.title);
        for part in film.parts.get()? {
            println!("  {} as {}, {}", part.actor.get()?.name, part.role, part.fee);
        }
        // past it
        let names: Vec<String> = film.actors.get()?.map(|actor| actor.name.clone()).collect();
        println!("  with {}", names.join(", "));
    }

    // both in queries: an actor who has a part with a high fee, a film with an actor
    let dear = Actor::query().filter(Actor::parts.any(Part::fee.ge(500))).order_by(Actor::name.asc());
    for actor in dear.all(&mut session).await? {
        println!("dear: {}", actor.name);
    }
    let with_abel = Film::query().filter(Film::actors.any(Actor::name.contains("Abel"))).one(&mut session).await?;
    println!("with Abel: {}", with_abel.title);

    // several entities of the association in one row
    let rows: Vec<(Obj<Part>, Obj<Film>, String)> = select((Part::entity(), Film::entity(), Actor::name))
        .join(Part::film)
        .join(Part::actor)
        .order_by(Part::fee.desc())
        .limit(1)
        .all(&mut session)
        .await?;
    let (part, film, actor) = &rows[0];
    println!("most: {actor} as {} in {}", part.role, film.title);

    // a part is changed and removed as any object is
    part.edit().fee = 650;
    let freder = films[0].parts.get()?.find(|part| part.role == "Freder").expect("a part");
    session.delete(&freder)?;
    session.commit().await?;
    let left = select(count_star()).from::<Part>().filter(Part::film_id.eq(metropolis.id)).one(&engine).await?;
    println!("{left} parts in {}", metropolis.title);
    Ok(())
}
