//! The catalog: the best of each genre, shares, what nobody bought, lists of values.

use orm::Query;
use orm::prelude::*;
use orm::sql::{dense_rank, ntile, round, row_number, string_agg, window};
use orm_examples::chinook::*;
use rust_decimal::Decimal;

/// Which three tracks of each genre were bought most? Numbered within the genre, then cut off.
pub fn best_sellers() -> Query<(Option<String>, i64, String, Option<i64>)> {
    let sold = sum(InvoiceLine::quantity);
    let of_the_genre = window().partition_by(Track::genre_id).order_by((sold.clone().desc(), Track::track_id.asc()));
    let ranked = select((Track::genre_id, Track::name, sold, row_number().over(of_the_genre)))
        .from::<InvoiceLine>()
        .join(InvoiceLine::track)
        .group_by((Track::track_id, Track::genre_id, Track::name))
        .subquery("ranked");
    let (genre, track, sold, place) = ranked.columns();
    select((Genre::name, place.clone(), track, sold))
        .from::<Genre>()
        .join_table(&ranked, genre.eq(Genre::genre_id))
        .filter(place.clone().le(3))
        .order_by((Genre::genre_id.asc(), place.asc()))
}

/// Which three tracks of each genre are the longest? A subquery about the row around it: fewer than three are longer.
pub fn longest_tracks() -> Query<(Option<String>, String, i32)> {
    let other = Alias::<Track>::new("other");
    let longer = select(count_star()).from_alias(&other).filter(other.col(Track::genre_id).eq(Track::genre_id)).filter(
        (other.col(Track::milliseconds), other.col(Track::track_id)).gt((Track::milliseconds, Track::track_id)),
    );
    select((Genre::name, Track::name, Track::milliseconds))
        .from::<Track>()
        .join(Track::genre)
        .filter(longer.scalar().lt(3))
        .order_by((Genre::genre_id.asc(), Track::milliseconds.desc(), Track::track_id.desc()))
}

/// Which tracks last more than twice as long as those of their album do on average?
pub fn outliers() -> Query<(String, String, f64)> {
    let other = Alias::<Track>::new("other");
    let usual = select(avg(other.col(Track::milliseconds)))
        .from_alias(&other)
        .filter(other.col(Track::album_id).eq(Track::album_id))
        .scalar();
    let length = cast::<f64>(Track::milliseconds);
    select((Album::title, Track::name, round(length.clone() / 60_000.0, 1)))
        .from::<Track>()
        .join(Track::album)
        .filter(length.gt(usual * 2.0))
        .order_by((Album::title.asc(), Track::track_id.asc()))
}

/// Of which artists are there albums, and nobody ever bought a track? EXISTS, and its opposite.
pub fn unsold_artists() -> Query<Option<String>> {
    let albums = select(literal(1)).from::<Album>().filter(Album::artist_id.eq(Artist::artist_id));
    let sold = select(literal(1))
        .from::<InvoiceLine>()
        .join(InvoiceLine::track)
        .join(Track::album)
        .filter(Album::artist_id.eq(Artist::artist_id));
    select(Artist::name)
        .from::<Artist>()
        .filter(exists(albums))
        .filter(not(exists(sold)))
        .order_by(Artist::artist_id.asc())
}

/// What part of all revenue does each genre bring, and what part do the genres down to it? Sums over all groups.
pub fn genre_shares() -> Query<(i64, Option<String>, Option<Decimal>, Option<f64>, Option<f64>)> {
    let price = || InvoiceLine::unit_price.times(cast::<Decimal>(InvoiceLine::quantity));
    let revenue = || sum(price());
    let all = || sum(revenue()).over(window());
    let best_first = || window().order_by(revenue().desc());
    let down_to_it = sum(revenue()).over(best_first().order_by(Genre::genre_id.asc()).rows(..=0));
    select((
        dense_rank().over(best_first()),
        Genre::name,
        revenue(),
        round(revenue().ratio(all()) * 100.0, 1),
        round(down_to_it.ratio(all()) * 100.0, 1),
    ))
    .from::<InvoiceLine>()
    .join(InvoiceLine::track)
    .join(Track::genre)
    .group_by((Genre::genre_id, Genre::name))
    .order_by((revenue().desc(), Genre::genre_id.asc()))
}

/// How many tracks are short, usual, long? Bounds that the query brings itself, in VALUES.
pub fn lengths() -> Query<(String, i64, Option<f64>)> {
    let lengths = values("lengths", [("short", 0, 180_000), ("usual", 180_000, 360_000), ("long", 360_000, 9_000_000)]);
    let (name, from, to) = lengths.columns();
    select((name.clone(), count(Track::track_id), round(avg(Track::milliseconds) / 1000.0, 1)))
        .from_table(&lengths)
        .left_join_on::<Track>(Track::milliseconds.ge(from.clone()).and(Track::milliseconds.lt(to)))
        .group_by((name, from.clone()))
        .order_by(from.asc())
}

/// How large are the files of the smallest quarter of the tracks, of the next, ..? NTILE, and groups of its numbers.
pub fn size_quartiles() -> Query<(i64, i64, Option<i32>, Option<i32>)> {
    let size = coalesce(Track::bytes, 0);
    let quarter = ntile(4).over(window().order_by((size.clone().asc(), Track::track_id.asc())));
    let sizes = select((quarter, size)).from::<Track>().subquery("sizes");
    let (quarter, size) = sizes.columns();
    select((quarter.clone(), count_star(), min(size.clone()), max(size)))
        .from_table(&sizes)
        .group_by(quarter.clone())
        .order_by(quarter.asc())
}

/// Which genres does each playlist hold, of those that hold several? DISTINCT, and names in one text.
pub fn playlist_genres() -> Query<(Option<String>, i64, Option<String>)> {
    let held = select((PlaylistTrack::playlist_id, Genre::name.as_("genre")))
        .from::<PlaylistTrack>()
        .join_on::<Track>(Track::track_id.eq(PlaylistTrack::track_id))
        .join(Track::genre)
        .distinct()
        .subquery("held");
    let (playlist, genre) = held.columns();
    select((Playlist::name, count_star(), string_agg(genre.clone(), ", ").order_by(genre.asc())))
        .from::<Playlist>()
        .join_table(&held, playlist.eq(Playlist::playlist_id))
        .group_by((Playlist::playlist_id, Playlist::name))
        .having(count_star().between(2, 9))
        .order_by(Playlist::playlist_id.asc())
}
