//! Mistakes in relations.

use expect_test::expect;

use super::check_errors;

#[test]
fn belongs_to_without_a_key() {
    check_errors(
        "struct Post {
            #[orm(primary_key)]
            id: i64,
            author_id: i64,
            #[orm(belongs_to = autor_id)]
            author: BelongsTo<User>,
            #[orm(belongs_to = author_id)]
            writer: BelongsTo<User>,
            #[orm(belongs_to = (id, author_id))]
            both: BelongsTo<User>,
            #[orm(belongs_to = author)]
            itself: BelongsTo<User>,
        }",
        expect![[r#"
            5:32 `autor_id`
                `Post` has no field `autor_id`; did you mean `author_id`? its columns are `id`, `author_id`
            7:32 `author_id`
                `author_id` is no foreign key; write #[orm(references = User::id)] on the field `author_id`
            9:19 `belongs_to`
                `id`, `author_id` are no foreign key together; write #[orm(foreign_key(columns(id, author_id), references(User::.., ..)))] on the struct
            11:32 `author`
                `author` is a relation and no column; name what it goes by: `autor_id`
            9:19 `belongs_to`
                `writer` and `both` both write `author_id`, so what one says the other takes back; remove one, or say in both that it is meant: `overlaps = both` on `writer`, `overlaps = writer` on `both`
        "#]],
    );
}

#[test]
fn ownership_without_an_owner() {
    check_errors(
        "struct Post {
            #[orm(primary_key)]
            id: i64,
            #[orm(references = User::id)]
            author_id: i64,
            #[orm(belongs_to = author_id, owned)]
            author: BelongsTo<User>,
            #[orm(has_many, through = PostTag, cascade = delete)]
            tags: HasMany<Tag>,
            #[orm(has_many, owned, cascade = delete)]
            notes: HasMany<Note>,
            #[orm(has_one, cascade = remove)]
            cover: HasOne<Cover>,
        }",
        expect![[r#"
            12:38 `remove`
                unknown cascade `remove`; known is `delete`, and everything else goes along by itself
            6:43 `owned`
                `owned` is for the side that has the others; write it on the `has_many` or `has_one` at the other end
            8:48 `cascade`
                `cascade` is for what has one owner, and many to many has many; remove it: rows of the table between go by themselves
            10:36 `cascade`
                `owned` deletes with the owner as well; remove `cascade`
        "#]],
    );
}

#[test]
fn belongs_to_and_options() {
    check_errors(
        "struct Post {
            #[orm(primary_key)]
            id: i64,
            #[orm(references = User::id)]
            author_id: i64,
            #[orm(references = User::id)]
            editor_id: Option<i64>,
            #[orm(belongs_to = author_id)]
            author: BelongsTo<Option<User>>,
            #[orm(belongs_to = editor_id)]
            editor: BelongsTo<User>,
        }",
        expect![[r#"
            9:31 `Option<User>`
                `author_id` never is NULL, so there always is one; write BelongsTo<User>, or make the foreign key an Option
            11:31 `User`
                `editor_id` takes NULL, so `editor` may have no User; write BelongsTo<Option<User>>
        "#]],
    );
}

#[test]
fn types_and_attributes_that_differ() {
    check_errors(
        "struct Post {
            #[orm(primary_key)]
            id: i64,
            #[orm(references = User::id)]
            author_id: i64,
            #[orm(belongs_to = author_id)]
            author: User,
            #[orm(belongs_to = author_id)]
            writer: HasOne<User>,
            #[orm(has_many)]
            comments: Vec<Comment>,
            #[orm(has_one)]
            cover: HasMany<Image>,
            #[orm(has_one, has_many)]
            thumb: HasOne<Image>,
        }",
        expect![[r#"
            7:21 `User`
                `belongs_to` is for a field of type BelongsTo; write BelongsTo<User>
            9:21 `HasOne<User>`
                `belongs_to` is for a field of type BelongsTo, not HasOne; write BelongsTo<..>, or #[orm(has_one)]
            11:23 `Vec<Comment>`
                `has_many` is for a field of type HasMany; write HasMany<Comment>
            13:20 `HasMany<Image>`
                `has_one` is for a field of type HasOne, not HasMany; write HasOne<..>, or #[orm(has_many)]
            14:28 `has_many`
                a relation is of one kind, and this one is `has_one` already; keep one of the two
            8:19 `belongs_to`
                `author` and `writer` both write `author_id`, so what one says the other takes back; remove one, or say in both that it is meant: `overlaps = writer` on `author`, `overlaps = author` on `writer`
        "#]],
    );
}

#[test]
fn relations_not_declared() {
    check_errors(
        "struct Post {
            #[orm(primary_key)]
            id: i64,
            author: BelongsTo<User>,
            comments: HasMany<Comment>,
            #[orm(inverse = post)]
            cover: HasOne<Image>,
        }",
        expect![[r#"
            4:13 `author`
                the relation `author` is not declared; add #[orm(belongs_to = author_id)], naming the field that holds its key
            5:13 `comments`
                the relation `comments` is not declared; add #[orm(has_many)], with `inverse = ..` for the field at the other end
            7:13 `cover`
                the relation `cover` is not declared; add #[orm(has_one)], with `inverse = ..` for the field at the other end
        "#]],
    );
}

#[test]
fn words_of_another_role() {
    check_errors(
        "struct Post {
            #[orm(primary_key, inverse = posts)]
            id: i64,
            #[orm(has_many, unique, references = Comment::id)]
            comments: HasMany<Comment>,
        }",
        expect![[r#"
            2:32 `inverse`
                `inverse` is for relations, and `id` is a column; put it on a field of type HasMany<T>, HasOne<T> or BelongsTo<T>
            4:29 `unique`
                `unique` is for columns, and `comments` is a relation; put it on the field that holds the column
            4:37 `references`
                `references` is for columns, and `comments` is a relation; put it on the field that holds the column
        "#]],
    );
}

#[test]
fn through() {
    check_errors(
        "struct Post {
            #[orm(primary_key)]
            id: i64,
            #[orm(references = User::id)]
            author_id: i64,
            #[orm(belongs_to = author_id, through = PostUser, foreign_key = id)]
            author: BelongsTo<User>,
            #[orm(has_one, through = PostImage)]
            cover: HasOne<Image>,
            #[orm(has_many, through = PostTag, foreign_key = post_id)]
            tags: HasMany<Tag>,
            #[orm(has_many, through = table(post_tags))]
            more: HasMany<Tag>,
            #[orm(has_many, through = table(\"post_tags\", on(post_id)))]
            less: HasMany<Tag>,
            #[orm(has_many, through = table(\"post_tags\", own = post_id))]
            none: HasMany<Tag>,
            #[orm(has_many)]
            maybe: HasMany<Option<Tag>>,
        }",
        expect![[r#"
            12:45 `post_tags`
                the table's name is missing; write #[orm(through = table("post_tags", own(post_id), other(tag_id)))]
            14:58 `on`
                unknown key `on`; did you mean `own`? known are `own`, `other`
            16:58 `own`
                `own` needs a list of columns; write #[orm(through = table("post_tags", own(post_id), other(tag_id)))]
            6:43 `through`
                `through` is for many to many; make the field a HasMany<T> with `has_many`, or remove it from this `belongs_to`
            6:63 `foreign_key`
                `foreign_key` names the columns of the other entity, and a belongs_to goes by its own; remove it
            8:28 `through`
                `through` is for many to many; make the field a HasMany<T> with `has_many`, or remove it from this `has_one`
            10:48 `foreign_key`
                with `through` the table between has the foreign keys; remove `foreign_key`, or name its columns in `table(.., own(..), other(..))`
            19:28 `Option<Tag>`
                a HasMany may be empty without an Option; write HasMany<Tag>
        "#]],
    );
}

#[test]
fn ways_to_load() {
    check_errors(
        "struct User {
            #[orm(primary_key)]
            id: i64,
            #[orm(has_many, inverse = author, load = joind)]
            posts: HasMany<Post>,
            #[orm(has_many, inverse = author, load = joined)]
            remarks: WriteOnly<Remark>,
            #[orm(has_many, inverse = author, load)]
            notes: HasMany<Note>,
            #[orm(has_one, inverse = author)]
            badge: WriteOnly<Badge>,
            #[orm(load = joined)]
            name: String,
        }",
        expect![[r#"
            4:54 `joind`
                unknown way to load `joind`; did you mean `joined`? known are `selectin`, `subquery`, `joined`
            8:47 `load`
                `load` needs `=` and a value; write #[orm(load = joined)]
            12:19 `load`
                `load` is for relations, and `name` is a column; put it on a field of type HasMany<T>, HasOne<T> or BelongsTo<T>
            11:20 `WriteOnly<Badge>`
                `has_one` is for a field of type HasOne, not WriteOnly; write HasOne<..>, or #[orm(has_many)]
            6:47 `load`
                a WriteOnly is never loaded; remove `load`, or make the field a HasMany<T>
        "#]],
    );
}

#[test]
fn what_is_only_looked_at() {
    check_errors(
        "struct User {
            #[orm(primary_key)]
            id: i64,
            #[orm(has_many, on = |user, post| post.col(Post::author_id).eq(user.col(User::id)))]
            posts: HasMany<Post>,
            #[orm(has_many, through = (User::posts, Post::tags))]
            tags: HasMany<Tag>,
            #[orm(has_one, on = newest)]
            newest: HasOne<Post>,
            #[orm(belongs_to = team_id, on = of_team, order_by = Team::id.asc())]
            team: BelongsTo<Team>,
            #[orm(has_many, on = recent, through = Recent, foreign_key = author_id, inverse = author)]
            recent: ViewMany<Post>,
            #[orm(has_one, order_by = Cover::id.asc())]
            cover: HasOne<Cover>,
            #[orm(has_many, through = Follow(own = a))]
            follows: HasMany<User>,
            #[orm(has_one)]
            view: ViewMany<Post>,
        }",
        expect![[r#"
            16:46 `own`
                `own` needs a list of columns; write #[orm(through = Follow(own(follower_id), other(followed_id)))]
            19:19 `ViewMany<Post>`
                `has_one` is for a field of type HasOne, not HasMany; write HasOne<..>, or #[orm(has_many)]
            5:20 `HasMany<Post>`
                a relation with `on` can be looked at only, there is no telling what to write; make it a ViewMany<Post>
            7:19 `HasMany<Tag>`
                a relation with `through` can be looked at only, there is no telling what to write; make it a ViewMany<Tag>
            9:21 `HasOne<Post>`
                a relation with `on` can be looked at only, there is no telling what to write; make it a ViewOne<Post>
            10:32 `team_id`
                `User` has no field `team_id`; its columns are `id`
            10:41 `on`
                a belongs_to goes by its own columns; write has_one, a ViewOne<T>, for a relation with `on`
            10:55 `order_by`
                `order_by` is for collections, and a BelongsTo has one object at most; remove it
            12:60 `foreign_key`
                with `through` the table between has the foreign keys; remove `foreign_key`, or name its columns in `table(.., own(..), other(..))`
            12:42 `through`
                `on` says all that relates the two; remove `through`, or `on`
            12:60 `foreign_key`
                `on` says all that relates the two; remove `foreign_key`, or `on`
            12:95 `author`
                a relation with `on` is written by nobody, so nothing mirrors it; remove `inverse`
            14:28 `order_by`
                `order_by` is for collections, and a HasOne has one object at most; remove it
        "#]],
    );
}
