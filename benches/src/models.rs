//! The entities: users, their posts, tags of posts through a table between.

macro_rules! blog {
    ($(#[doc = $doc:literal])* $name:ident, $on_delete:ident) => {
        $(#[doc = $doc])*
        pub mod $name {
            use orm::prelude::*;

            #[derive(Entity, Debug, Clone, Default)]
            #[orm(table = "users")]
            pub struct User {
                #[orm(primary_key, generated)]
                pub id: i64,
                pub name: String,
                #[orm(unique)]
                pub email: String,
                pub age: Option<i32>,
                pub created_at: i64,
                #[orm(has_many, inverse = author)]
                pub posts: HasMany<Post>,
            }

            #[derive(Entity, Debug, Clone, Default)]
            #[orm(table = "posts")]
            pub struct Post {
                #[orm(primary_key, generated)]
                pub id: i64,
                #[orm(index, references = User::id, on_delete = $on_delete)]
                pub author_id: i64,
                pub title: String,
                pub body: String,
                pub published: bool,
                pub score: i64,
                #[orm(belongs_to = author_id, inverse = posts)]
                pub author: BelongsTo<User>,
                #[orm(has_many, through = PostTag)]
                pub tags: HasMany<Tag>,
            }

            #[derive(Entity, Debug, Clone, Default)]
            #[orm(table = "tags")]
            pub struct Tag {
                #[orm(primary_key, generated)]
                pub id: i64,
                #[orm(unique)]
                pub name: String,
            }

            #[derive(Entity, Debug, Clone, Default)]
            #[orm(table = "post_tags")]
            pub struct PostTag {
                #[orm(primary_key, references = Post::id, on_delete = $on_delete)]
                pub post_id: i64,
                #[orm(primary_key, index, references = Tag::id, on_delete = $on_delete)]
                pub tag_id: i64,
            }

            /// The tables.
            pub fn schema() -> orm::schema::MetaData {
                schema![User, Post, Tag, PostTag]
            }
        }
    };
}

blog!(
    /// Foreign keys that the database only enforces.
    plain,
    no_action
);
blog!(
    /// Foreign keys along which the database deletes.
    cascading,
    cascade
);
