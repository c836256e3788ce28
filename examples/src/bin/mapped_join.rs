//! One entity over two tables: read by a join, written to both.

use orm::prelude::*;

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "users", join(table = "addresses", on(user_id = id)))]
pub struct Customer {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(table = "addresses")]
    pub street: String,
    #[orm(table = "addresses", index)]
    pub city: String,
}

#[tokio::main]
async fn main() -> orm::Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    engine.create_all(schema![Customer]).await?;

    let mut session = engine.session();
    let ada = session.add(Customer {
        name: "Ada".into(),
        street: "St James's Square".into(),
        city: "London".into(),
        ..Default::default()
    });
    print!("{}", session.plan()?);
    session.commit().await?;

    let recorder = engine.record();
    ada.edit().city = "Bath".into();
    session.commit().await?;
    for sql in recorder.take() {
        println!("{sql}"); // only `addresses` is updated
    }

    let here = Customer::query().filter(Customer::city.eq("Bath")).all(&mut engine.session()).await?;
    println!("{} lives in {}", here[0].name, here[0].city);
    session.delete(&ada)?;
    session.commit().await?;
    assert_eq!(Customer::query().count(&engine).await?, 0);
    Ok(())
}
