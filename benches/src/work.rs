//! The workloads, how large they are, and the data that they work on.

use std::ops::Range;

/// Tags that posts choose from.
pub const TAGS: u64 = 50;
/// Posts of a user.
pub const POSTS: u64 = 10;
/// Tags of a post.
pub const LINKS: u64 = 2;
/// How often each pair of a post and a tag is streamed.
pub const TIMES: u64 = 2;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Users with their posts with their tags are inserted, and their keys read back.
    Graph,
    /// Posts are loaded.
    Load,
    /// Users are fetched by their key, one after the other.
    Gets,
    /// Users are loaded with their posts with their tags.
    Eager,
    /// Posts are loaded, one column of each is changed and stored.
    Update,
    /// A query that filters, joins and aggregates is run again and again, built each time.
    Aggregate,
    /// Users are deleted with their posts with their links.
    Delete,
    /// Users are inserted, as rows of which nothing comes back.
    Insert,
    /// Rows of a product are read one after the other, and none is kept.
    Stream,
}

/// How much of it is done.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Users of the graph that is inserted and deleted.
    pub graph: u64,
    /// Posts that are loaded; the large database has so many.
    pub load: u64,
    /// Users fetched by key.
    pub gets: u64,
    /// Users loaded with posts and tags.
    pub eager: u64,
    /// Posts changed.
    pub update: u64,
    /// Aggregate queries.
    pub aggregates: u64,
    /// SQL texts built.
    pub builds: u64,
    /// Users inserted as rows.
    pub insert: u64,
    /// Posts, each of which is streamed with every pair of a tag and one of the first [`TIMES`] tags.
    pub stream: u64,
}

impl Sizes {
    /// The sizes of the goals.
    pub const FULL: Sizes = Sizes {
        graph: 1_000,
        load: 100_000,
        gets: 10_000,
        eager: 1_000,
        update: 10_000,
        aggregates: 2_000,
        builds: 100_000,
        insert: 100_000,
        stream: 100_000,
    };

    /// So little that only the program itself is tried.
    pub const QUICK: Sizes = Sizes {
        graph: 20,
        load: 1_000,
        gets: 100,
        eager: 20,
        update: 200,
        aggregates: 20,
        builds: 1_000,
        insert: 1_500,
        stream: 50,
    };

    /// Users of the large database.
    pub fn users(&self) -> u64 {
        self.load / POSTS
    }

    /// The users that an aggregate query is about.
    pub fn window(&self, round: u64) -> Range<i64> {
        let width = 100.min(self.users());
        let start = (round * 37) % (self.users() - width + 1) + 1;
        start as i64..(start + width) as i64
    }
}

/// The name of a user.
pub fn name(user: u64) -> String {
    format!("User number {user}")
}

/// Their address.
pub fn email(user: u64) -> String {
    format!("user{user}@example.org")
}

/// Their age; some do not tell.
pub fn age(user: u64) -> Option<i32> {
    (!user.is_multiple_of(5)).then_some((user % 80) as i32)
}

/// The title of a post.
pub fn title(post: u64) -> String {
    format!("The title of post number {post}")
}

/// Its text, about 200 characters.
pub fn body(post: u64) -> String {
    const TEXT: &str = "Whoever reads this far has read what was never meant to be read: words that only \
                        take up the room that words take up, so that a row is about as long as rows are.";
    format!("{post}: {TEXT} {post}")
}

/// The name of a tag.
pub fn tag(number: u64) -> String {
    format!("tag {number}")
}

/// The numbers, from 0, of a post's tags.
pub fn tags_of(post: u64) -> impl Iterator<Item = usize> {
    (0..LINKS).map(move |link| ((post * 7 + link * 11) % TAGS) as usize)
}
