//! Teaches both styles in one query: columns that the compiler checks, and columns chosen at run time.
//!
//! A search form is made of parts that may be left out, a column to sort by, and comparisons whose columns
//! are typed in by somebody. Names are looked up in the table, values are read by the type of their column,
//! and whatever is wrong is said before anything is sent. Nothing that was typed becomes part of the SQL.
//!
//! ```text
//! cargo run -p orm-examples --bin dynamic                        (some searches, one after the other)
//! cargo run -p orm-examples --bin dynamic -- title=moon sort=-year 'where=minutes<100' show=title,year
//! ```

use std::process::ExitCode;

use orm::prelude::*;
use orm::schema::Table;
use orm::sql::{BinaryOp, Sql};
use orm::types::Value;
use orm::{Result, select_any};

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "films")]
struct Film {
    #[orm(primary_key, generated)]
    id: i64,
    title: String,
    year: i32,
    minutes: i32,
    director: Option<String>,
}

/// What somebody fills in. Every part may be left out.
#[derive(Debug, Default)]
struct Form {
    /// a part of the title
    title: Option<String>,
    /// the director's name, or `none` for films without one
    director: Option<String>,
    /// the first year, and the last
    years: (Option<i32>, Option<i32>),
    /// comparisons such as `minutes<100`, of any column
    comparisons: Vec<String>,
    /// the column to sort by; with a `-` before it the largest come first
    sort: Option<String>,
    /// the columns to show
    show: Vec<String>,
}

impl Form {
    /// Reads `title=.. director=.. from=.. to=.. where=.. sort=.. show=..`.
    fn read(arguments: &[String]) -> Result<Form> {
        let mut form = Form::default();
        for argument in arguments {
            let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
            let year = || value.parse().map_err(|_| wrong(format!("{name} is a year")));
            match name {
                "title" => form.title = Some(value.to_owned()),
                "director" => form.director = Some(value.to_owned()),
                "from" => form.years.0 = Some(year()?),
                "to" => form.years.1 = Some(year()?),
                "where" => form.comparisons.push(value.to_owned()),
                "sort" => form.sort = Some(value.to_owned()),
                "show" => form.show = value.split(',').map(str::to_owned).collect(),
                _ => {
                    return Err(wrong(format!("there is no part {name}"))
                        .help("it has: title, director, from, to, where, sort, show"));
                }
            }
        }
        Ok(form)
    }
}

fn wrong(what: String) -> Error {
    Error::new(ErrorKind::Statement, what)
}

/// A comparison such as `year>=1960`, checked against the table.
fn comparison(table: &Table, text: &str) -> Result<Sql<bool>> {
    // the longer operators first, since the shorter are parts of them
    let operators = [
        (">=", BinaryOp::Ge),
        ("<=", BinaryOp::Le),
        ("<>", BinaryOp::Ne),
        (">", BinaryOp::Gt),
        ("<", BinaryOp::Lt),
        ("=", BinaryOp::Eq),
    ];
    for (sign, operator) in operators {
        if let Some((column, value)) = text.split_once(sign) {
            return table.any_column(column.trim())?.compare(operator, value);
        }
    }
    Err(wrong("a comparison has an operator: =, <>, <, <=, > or >=".to_owned()))
}

/// Runs what the form says.
async fn search(engine: &Engine, table: &Table, form: &Form) -> Result<()> {
    let show: Vec<&str> = match form.show.as_slice() {
        [] => table.columns.iter().map(|column| column.name.as_ref()).collect(),
        some => some.iter().map(String::as_str).collect(),
    };
    let columns = show.iter().map(|name| table.any_column(name)).collect::<Result<Vec<_>>>()?;

    // what the compiler knows is typed: `Film::year` is a number, and LIKE on it would not compile
    let director = form.director.as_deref().map(|name| match name {
        "none" => Film::director.is_null(),
        name => Film::director.eq(name),
    });
    let mut query = select_any(columns)
        .from_table(table)
        .filter(form.title.as_deref().map(|part| Film::title.contains(part)))
        .filter(director)
        .filter(form.years.0.map(|first| Film::year.ge(first)))
        .filter(form.years.1.map(|last| Film::year.le(last)));
    // what it cannot know is looked up
    for text in &form.comparisons {
        query = query.filter(comparison(table, text)?);
    }
    if let Some(sort) = &form.sort {
        query = query.order_by(match sort.strip_prefix('-') {
            Some(name) => table.any_column(name)?.desc(),
            None => table.any_column(sort)?.asc(),
        });
    }
    // the same order in every run, also where the columns above say nothing
    for row in query.order_by(Film::id.asc()).all(engine).await? {
        let cells: Vec<String> = row.values().map(shown).collect();
        println!("  {}", cells.join(" | "));
    }
    Ok(())
}

fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text.to_string(),
        other => format!("{other:?}"),
    }
}

async fn films(engine: &Engine) -> Result<()> {
    engine.create_all(schema![Film]).await?;
    let mut session = engine.session();
    for (title, year, minutes, director) in [
        ("A Trip to the Moon", 1902, 14, Some("Georges Méliès")),
        ("Metropolis", 1927, 153, Some("Fritz Lang")),
        ("Woman in the Moon", 1929, 169, Some("Fritz Lang")),
        ("Ikarie XB-1", 1963, 86, Some("Jindřich Polák")),
        ("Solaris", 1972, 166, Some("Andrei Tarkovsky")),
        ("Moon at 100%", 1999, 61, None),
    ] {
        let (title, director) = (title.to_owned(), director.map(str::to_owned));
        session.add(Film { title, year, minutes, director, ..Film::default() });
    }
    session.commit().await
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Result<()> {
    let engine = orm_sqlite::connect("sqlite::memory:").await?;
    films(&engine).await?;
    let schema = schema![Film];
    let table = schema.table("films").ok_or_else(|| wrong("the schema has no films".to_owned()))?;
    if !arguments.is_empty() {
        return search(&engine, table, &Form::read(arguments)?).await;
    }
    for line in [
        "title=Moon sort=-year show=title,year",
        "from=1920 to=1970 director=Fritz_Lang sort=minutes show=title,minutes",
        "director=none show=title,director",
        "where=minutes<100 where=year>=1950 sort=title show=title,minutes,year",
        "title=100% show=title",
        "sort=length",
        "where=year>soon",
    ] {
        println!("{line}");
        let words: Vec<String> = line.split(' ').map(|word| word.replace('_', " ")).collect();
        if let Err(error) = search(&engine, table, &Form::read(&words)?).await {
            println!("  {error}");
        }
    }
    Ok(())
}
