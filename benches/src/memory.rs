//! The memory of large reads: a process of its own for each side, and what the kernel says of it.

use std::process::Command;

use orm::prelude::*;

use crate::Result;
use crate::databases::{self, Kind};
use crate::floor::{Mysql, Postgres, Sqlite};
use crate::models::plain::Post;
use crate::ours;

/// The argument by which the program knows that it is such a process.
pub const CHILD: &str = "--memory-child";

/// How much the process of one side grew, in KiB: by loading all posts, or by streaming the product of so many.
///
/// # Errors
/// Where the process cannot be started or fails.
pub fn of(side: &str, kind: Kind, url: &str, stream: Option<u64>) -> Result<u64> {
    let stream = stream.map_or_else(String::new, |posts| posts.to_string());
    let args = [CHILD, side, kind.name(), &stream];
    let output = Command::new(std::env::current_exe()?).args(args).env(URL, url).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// The URL is not shown in the list of processes.
const URL: &str = "ORM_BENCH_URL";

/// What such a process does; it prints by how much its peak is above what it had before.
///
/// # Errors
/// Whatever the database says.
pub async fn child(side: &str, kind: &str, stream: &str) -> Result<()> {
    let stream = if stream.is_empty() { None } else { Some(stream.parse()?) };
    let url = std::env::var(URL)?;
    let kind = Kind::ALL.into_iter().find(|known| known.name() == kind).ok_or("no such database")?;
    let before;
    let rows = match side {
        "by hand" => match kind {
            Kind::Sqlite => {
                let floor = Sqlite::open(databases::file_of(&url))?;
                before = resident()?;
                match stream {
                    Some(posts) => floor.stream(posts)?,
                    None => floor.posts()?.len() as i64,
                }
            }
            Kind::Postgres => {
                let mut floor = Postgres::open(&url).await?;
                before = resident()?;
                match stream {
                    Some(posts) => floor.stream(posts).await?,
                    None => floor.posts().await?.len() as i64,
                }
            }
            Kind::Mysql => {
                let mut floor = Mysql::open(&url).await?;
                before = resident()?;
                match stream {
                    Some(posts) => floor.stream(posts).await?,
                    None => floor.posts().await?.len() as i64,
                }
            }
        },
        "ours, untracked" => {
            let engine = databases::connect(&url).await?;
            before = resident()?;
            match stream {
                Some(posts) => ours::stream(&engine, posts).await?,
                None => Post::query().untracked().values(&engine).await?.len() as i64,
            }
        }
        _ => {
            let engine = databases::connect(&url).await?;
            let mut session = engine.session();
            before = resident()?;
            let posts = Post::query().all(&mut session).await?;
            posts.len() as i64
        }
    };
    if rows == 0 {
        return Err("there is nothing to load".into());
    }
    println!("{}", status("VmHWM:")?.saturating_sub(before));
    Ok(())
}

fn resident() -> Result<u64> {
    status("VmRSS:")
}

/// A line of the process's status, in KiB.
fn status(name: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("the kernel does not tell")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
