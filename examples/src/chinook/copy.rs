//! From one database to another through the ORM, with a progress bar.
//!
//! Rows are read as plain values, added to a session of the target, and flushed a chunk at a time.
//! One transaction holds it all.

use indicatif::{ProgressBar, ProgressStyle};
use orm::prelude::*;
use orm::query::EntityQuery;

use super::*;

/// Rows that are flushed at once.
const CHUNK: usize = 1_000;

/// All rows of the eleven tables: 15,607, as the data set says of itself.
const ROWS: u64 = 15_607;

/// Copies everything. Gives the number of rows.
pub async fn copy(source: &Engine, target: &Engine) -> orm::Result<u64> {
    // hidden by itself where stderr is no terminal
    let bar = ProgressBar::new(ROWS).with_style(
        ProgressStyle::with_template("{msg:13} {wide_bar} {human_pos}/{human_len} rows, {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let mut session = target.session();
    // Within a flush the session knows what has to go first. From one flush to the next it is here:
    // what is referred to comes before what refers to it, and managers before their reports.
    table(source, &mut session, &bar, Artist::query().order_by(Artist::artist_id.asc())).await?;
    table(source, &mut session, &bar, Album::query().order_by(Album::album_id.asc())).await?;
    table(source, &mut session, &bar, Genre::query().order_by(Genre::genre_id.asc())).await?;
    table(source, &mut session, &bar, MediaType::query().order_by(MediaType::media_type_id.asc())).await?;
    table(source, &mut session, &bar, Track::query().order_by(Track::track_id.asc())).await?;
    table(source, &mut session, &bar, Playlist::query().order_by(Playlist::playlist_id.asc())).await?;
    let links = [PlaylistTrack::playlist_id.asc(), PlaylistTrack::track_id.asc()];
    table(source, &mut session, &bar, PlaylistTrack::query().order_by(links)).await?;
    table(source, &mut session, &bar, Employee::query().order_by(Employee::employee_id.asc())).await?;
    table(source, &mut session, &bar, Customer::query().order_by(Customer::customer_id.asc())).await?;
    table(source, &mut session, &bar, Invoice::query().order_by(Invoice::invoice_id.asc())).await?;
    table(source, &mut session, &bar, InvoiceLine::query().order_by(InvoiceLine::invoice_line_id.asc())).await?;
    session.commit().await?;
    bar.finish_and_clear();
    Ok(bar.position())
}

async fn table<E: orm::mapping::Stored>(
    source: &Engine,
    target: &mut Session,
    bar: &ProgressBar,
    query: EntityQuery<E>,
) -> orm::Result<()> {
    bar.set_message(E::mapping().table);
    let mut rows = query.untracked().value_stream(source)?;
    let mut waiting = 0;
    while let Some(row) = rows.next().await {
        target.add(row?);
        bar.inc(1);
        waiting += 1;
        if waiting == CHUNK {
            target.flush().await?;
            waiting = 0;
        }
    }
    target.flush().await
}
