//! The catalog, by hand.

use super::Compared;
use crate::catalog::*;

pub async fn compare(with: &Compared) {
    let engine = &with.engine;
    with.same(
        "best sellers",
        best_sellers().all(engine).await,
        "SELECT name, place, track, sold FROM (
           SELECT g.genre_id, g.name, t.name AS track, {integer SUM(l.quantity)} AS sold,
             ROW_NUMBER() OVER (PARTITION BY g.genre_id ORDER BY SUM(l.quantity) DESC, t.track_id) AS place
           FROM invoice_line l JOIN track t ON t.track_id = l.track_id JOIN genre g ON g.genre_id = t.genre_id
           GROUP BY g.genre_id, g.name, t.track_id, t.name) AS ranked
         WHERE place <= 3 ORDER BY genre_id, place",
    )
    .await;
    with.same(
        "longest tracks",
        longest_tracks().all(engine).await,
        "SELECT genre, name, milliseconds FROM (
           SELECT g.genre_id, g.name AS genre, t.name, t.milliseconds,
             ROW_NUMBER() OVER (PARTITION BY g.genre_id ORDER BY milliseconds DESC, track_id DESC) AS place
           FROM track t JOIN genre g ON g.genre_id = t.genre_id) AS ranked
         WHERE place <= 3 ORDER BY genre_id, place",
    )
    .await;
    with.same(
        "outliers",
        outliers().all(engine).await,
        "SELECT a.title, t.name, {round1 t.milliseconds / 60000.0} FROM track t
         JOIN album a ON a.album_id = t.album_id
         JOIN (SELECT album_id, AVG(milliseconds) AS usual FROM track GROUP BY album_id) AS u ON u.album_id = t.album_id
         WHERE t.milliseconds > 2 * u.usual ORDER BY a.title, t.track_id",
    )
    .await;
    with.same(
        "unsold artists",
        unsold_artists().all(engine).await,
        "SELECT name FROM artist WHERE artist_id IN (SELECT artist_id FROM album) AND artist_id NOT IN (
           SELECT a.artist_id FROM invoice_line l JOIN track t ON t.track_id = l.track_id
           JOIN album a ON a.album_id = t.album_id)
         ORDER BY artist_id",
    )
    .await;
    with.same(
        "genre shares",
        genre_shares().all(engine).await,
        "WITH genres AS (
           SELECT g.genre_id, g.name, ROUND(SUM(l.unit_price * l.quantity), 2) AS revenue FROM invoice_line l
           JOIN track t ON t.track_id = l.track_id JOIN genre g ON g.genre_id = t.genre_id
           GROUP BY g.genre_id, g.name)
         SELECT DENSE_RANK() OVER (ORDER BY revenue DESC), name, {money revenue},
           {round1 100.0 * revenue / SUM(revenue) OVER ()},
           {round1 100.0 * SUM(revenue) OVER (ORDER BY revenue DESC, genre_id ROWS UNBOUNDED PRECEDING)
             / SUM(revenue) OVER ()}
         FROM genres ORDER BY revenue DESC, genre_id",
    )
    .await;
    with.same(
        "lengths",
        lengths().all(engine).await,
        "SELECT length, COUNT(*), {round1 AVG(milliseconds) / 1000.0} FROM (
           SELECT milliseconds, CASE WHEN milliseconds < 180000 THEN 'short'
             WHEN milliseconds < 360000 THEN 'usual' ELSE 'long' END AS length
           FROM track) AS tracks
         GROUP BY length ORDER BY MIN(milliseconds)",
    )
    .await;
    with.same(
        "size quartiles",
        size_quartiles().all(engine).await,
        "SELECT part, COUNT(*), MIN(size), MAX(size) FROM (
           SELECT COALESCE(bytes, 0) AS size, NTILE(4) OVER (ORDER BY COALESCE(bytes, 0), track_id) AS part
           FROM track) AS sizes
         GROUP BY part ORDER BY part",
    )
    .await;
    with.same(
        "playlist genres",
        playlist_genres().all(engine).await,
        "SELECT p.name, COUNT(*), {list genre} FROM playlist p JOIN (
           SELECT DISTINCT l.playlist_id, g.name AS genre FROM playlist_track l
           JOIN track t ON t.track_id = l.track_id JOIN genre g ON g.genre_id = t.genre_id) AS held
           ON held.playlist_id = p.playlist_id
         GROUP BY p.playlist_id, p.name HAVING COUNT(*) BETWEEN 2 AND 9 ORDER BY p.playlist_id",
    )
    .await;
}
