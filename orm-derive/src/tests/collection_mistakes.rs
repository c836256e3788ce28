//! Mistakes in maps, places and relations that write the same columns.

use expect_test::expect;

use super::check_errors;

#[test]
fn maps_say_what_they_are_keyed_by() {
    check_errors(
        "struct Shelf {
            #[orm(primary_key)] id: i64,
            #[orm(has_many)] books: HasMap<String, Book>,
            #[orm(has_many, keyed_by = isbn)] others: HasMany<Book>,
            #[orm(has_one, keyed_by = isbn)] first: HasOne<Book>,
            isbn: HasMap<String, Book>,
        }",
        expect![[r#"
            6:13 `isbn`
                the relation `isbn` is not declared; add #[orm(has_many)], with `inverse = ..` for the field at the other end
            3:37 `HasMap<String, Book>`
                what the map is keyed by is not said; write `keyed_by = ..`, naming the field of Book that is a String
            4:29 `keyed_by`
                `keyed_by` is for a map; make the field a HasMap<K, Book>, or remove it
            5:28 `keyed_by`
                `keyed_by` is for many; make the field a HasMap<K, ..>, or remove it
            6:19 `HasMap<String, Book>`
                what the map is keyed by is not said; write `keyed_by = ..`, naming the field of Book that is a String
        "#]],
    );
}

#[test]
fn places_are_columns_of_members() {
    check_errors(
        "struct List {
            #[orm(primary_key)] id: i64,
            #[orm(has_one, position = place)] first: HasOne<Song>,
            #[orm(has_many, through = ListSong, position = place)] shared: HasMany<Song>,
            #[orm(has_many, position = place)] seen: ViewMany<Song>,
            #[orm(has_many, position = place, order_by = Song::name.asc())] songs: HasMany<Song>,
        }",
        expect![[r#"
            3:28 `position`
                `position` is for collections; make the field a HasMany<T>, or remove it
            4:49 `position`
                many to many the table between would have the position; make it an entity, and the collection one of its rows
            5:29 `position`
                who stands where is written where all are known; make the field a HasMany<T>
            6:47 `order_by`
                `position` says the order; remove `order_by`
        "#]],
    );
}

#[test]
fn two_relations_that_write_one_column() {
    check_errors(
        "#[orm(
            foreign_key(columns(tenant, author_id), references(User::tenant, User::id)),
            foreign_key(columns(tenant, team_id), references(Team::tenant, Team::id))
        )]
        struct Post {
            #[orm(primary_key)] id: i64,
            tenant: i64,
            author_id: i64,
            team_id: i64,
            #[orm(belongs_to = (tenant, author_id))] author: BelongsTo<User>,
            #[orm(belongs_to = (tenant, team_id), overlaps = author)] team: BelongsTo<Team>,
            #[orm(belongs_to = (tenant, author_id), overlaps = writer)] again: BelongsTo<User>,
        }",
        expect![[r#"
            11:19 `belongs_to`
                `author` and `team` both write `tenant`, so what one says the other takes back; remove one, or say in both that it is meant: `overlaps = team` on `author`, `overlaps = author` on `team`
            12:64 `writer`
                `overlaps` names another relation of `Post`, and `writer` is none
            12:19 `belongs_to`
                `author` and `again` both write `tenant`, `author_id`, so what one says the other takes back; remove one, or say in both that it is meant: `overlaps = again` on `author`, `overlaps = author` on `again`
            12:19 `belongs_to`
                `team` and `again` both write `tenant`, so what one says the other takes back; remove one, or say in both that it is meant: `overlaps = again` on `team`, `overlaps = team` on `again`
        "#]],
    );
}
