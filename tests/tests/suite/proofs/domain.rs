//! What the proofs are made with: an entity for each shape of a key and of a relation, and a handle on any of them.

use orm::engine::Query;
use orm::prelude::*;
use orm::schema::{Column, Table};
use orm::{Engine, State};

/// Has posts, which stay when it goes.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "authors")]
pub struct Author {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(unique)]
    pub label: i64,
    #[orm(max_length = 20)]
    pub word: String,
    #[orm(has_many, inverse = author)]
    pub posts: HasMany<Post>,
}

/// Has a version, owns its lines, and has tags.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "posts")]
pub struct Post {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(unique)]
    pub label: i64,
    #[orm(max_length = 20)]
    pub word: String,
    #[orm(version)]
    pub version: i64,
    #[orm(references = Author::id)]
    pub author_id: Option<i64>,
    #[orm(belongs_to = author_id, inverse = posts)]
    pub author: BelongsTo<Option<Author>>,
    #[orm(has_many, inverse = post, owned)]
    pub lines: HasMany<Line>,
    #[orm(has_many, through = PostTag, inverse = posts)]
    pub tags: HasMany<Tag>,
}

/// Its key is of two columns, one of which follows its owner.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "post_lines", primary_key(post_id, label))]
pub struct Line {
    #[orm(references = Post::id)]
    pub post_id: i64,
    #[orm(unique)]
    pub label: i64,
    #[orm(max_length = 20)]
    pub word: String,
    #[orm(belongs_to = post_id, inverse = lines)]
    pub post: BelongsTo<Post>,
}

/// A natural key that changes, and rows between that follow it.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "tags")]
pub struct Tag {
    #[orm(primary_key, max_length = 20)]
    pub name: String,
    #[orm(unique)]
    pub label: i64,
    #[orm(max_length = 20)]
    pub word: String,
    #[orm(has_many, through = PostTag, inverse = tags)]
    pub posts: HasMany<Post>,
}

#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "post_tags")]
pub struct PostTag {
    #[orm(primary_key, references = Post::id, on_delete = cascade)]
    pub post_id: i64,
    #[orm(primary_key, references = Tag::name, on_delete = cascade, on_update = cascade, max_length = 20)]
    pub tag_name: String,
}

/// Refers to itself, by a natural key.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "nodes")]
pub struct Node {
    #[orm(primary_key, max_length = 20)]
    pub code: String,
    #[orm(unique)]
    pub label: i64,
    #[orm(max_length = 20)]
    pub word: String,
    #[orm(references = Node::code, max_length = 20)]
    pub parent_code: Option<String>,
    #[orm(belongs_to = parent_code, inverse = children)]
    pub parent: BelongsTo<Option<Node>>,
    #[orm(has_many, inverse = parent)]
    pub children: HasMany<Node>,
}

/// Has players, one of whom is its captain.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "squads")]
pub struct Squad {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(unique)]
    pub label: i64,
    #[orm(max_length = 20)]
    pub word: String,
    #[orm(references = Player::id)]
    pub captain_id: Option<i64>,
    #[orm(belongs_to = captain_id, inverse = leads)]
    pub captain: BelongsTo<Option<Player>>,
    #[orm(has_many, inverse = squad)]
    pub players: HasMany<Player>,
}

/// Belongs to a squad, and has a version.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "players")]
pub struct Player {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(unique)]
    pub label: i64,
    #[orm(max_length = 20)]
    pub word: String,
    #[orm(version)]
    pub version: i64,
    #[orm(references = Squad::id)]
    pub squad_id: Option<i64>,
    #[orm(belongs_to = squad_id, inverse = players)]
    pub squad: BelongsTo<Option<Squad>>,
    #[orm(has_many, inverse = captain)]
    pub leads: HasMany<Squad>,
}

pub fn tables() -> orm::schema::MetaData {
    schema![Author, Post, Line, Tag, PostTag, Node, Squad, Player]
}

/// All rows: the number of the kind, the label, the key where it is natural, the word, the version, and the label of
/// what it belongs to; and each pair of a post and a tag.
const ROWS: &str = "CREATE VIEW all_rows (kind, label, name, word, version, belongs) AS \
    SELECT a.label * 0, a.label, '', a.word, a.label * 0, NULL FROM authors a \
    UNION ALL SELECT p.label * 0 + 1, p.label, '', p.word, p.version, a.label \
        FROM posts p LEFT JOIN authors a ON a.id = p.author_id \
    UNION ALL SELECT l.label * 0 + 2, l.label, '', l.word, l.label * 0, p.label \
        FROM post_lines l LEFT JOIN posts p ON p.id = l.post_id \
    UNION ALL SELECT t.label * 0 + 3, t.label, t.name, t.word, t.label * 0, NULL FROM tags t \
    UNION ALL SELECT n.label * 0 + 4, n.label, n.code, n.word, n.label * 0, o.label \
        FROM nodes n LEFT JOIN nodes o ON o.code = n.parent_code \
    UNION ALL SELECT s.label * 0 + 5, s.label, '', s.word, s.label * 0, p.label \
        FROM squads s LEFT JOIN players p ON p.id = s.captain_id \
    UNION ALL SELECT p.label * 0 + 6, p.label, '', p.word, p.version, s.label \
        FROM players p LEFT JOIN squads s ON s.id = p.squad_id \
    UNION ALL SELECT p.label * 0 + 7, p.label, '', '', p.label * 0, t.label \
        FROM post_tags b JOIN posts p ON p.id = b.post_id JOIN tags t ON t.name = b.tag_name";

pub type Row = (i64, i64, String, String, i64, Option<i64>);

/// Makes the tables, and a view of all rows.
pub async fn create(engine: &Engine) -> orm::Result<()> {
    engine.create_all(tables()).await?;
    engine.execute(text(ROWS)).await.map(drop)
}

/// All rows, sorted.
pub fn rows() -> orm::Result<Query<Row>> {
    let view = Table::new("all_rows")
        .with(Column::new::<i64>("kind"))
        .with(Column::new::<i64>("label"))
        .with(Column::new::<String>("name"))
        .with(Column::new::<String>("word"))
        .with(Column::new::<i64>("version"))
        .with(Column::new::<Option<i64>>("belongs"));
    let numbers = (view.column_as("kind")?, view.column_as("label")?);
    let words = (view.column_as("name")?, view.column_as("word")?);
    Ok(select((numbers.0, numbers.1, words.0, words.1, view.column_as("version")?, view.column_as("belongs")?))
        .from_table(&view))
}

/// What makes all tables empty.
pub const EMPTY: [&str; 11] = [
    "DELETE FROM post_tags",
    "DELETE FROM post_lines",
    "DELETE FROM posts",
    "DELETE FROM authors",
    "DELETE FROM tags",
    "UPDATE nodes SET parent_code = NULL",
    "DELETE FROM nodes",
    "UPDATE squads SET captain_id = NULL",
    "UPDATE players SET squad_id = NULL",
    "DELETE FROM squads",
    "DELETE FROM players",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Author,
    Post,
    Line,
    Tag,
    Node,
    Squad,
    Player,
}

impl Kind {
    pub const ALL: [Kind; 7] = [Kind::Author, Kind::Post, Kind::Line, Kind::Tag, Kind::Node, Kind::Squad, Kind::Player];

    /// What it belongs to.
    pub fn up(self) -> Option<Kind> {
        match self {
            Kind::Author | Kind::Tag => None,
            Kind::Post => Some(Kind::Author),
            Kind::Line => Some(Kind::Post),
            Kind::Node => Some(Kind::Node),
            Kind::Squad => Some(Kind::Player),
            Kind::Player => Some(Kind::Squad),
        }
    }

    pub fn is_versioned(self) -> bool {
        matches!(self, Kind::Post | Kind::Player)
    }

    pub fn is_natural(self) -> bool {
        matches!(self, Kind::Tag | Kind::Node)
    }
}

/// An object of any kind.
#[derive(Debug, Clone)]
pub enum Handle {
    Author(Obj<Author>),
    Post(Obj<Post>),
    Line(Obj<Line>),
    Tag(Obj<Tag>),
    Node(Obj<Node>),
    Squad(Obj<Squad>),
    Player(Obj<Player>),
}

/// The same for an object of any kind.
#[macro_export]
macro_rules! for_any {
    ($handle:expr, $object:ident => $do:expr) => {
        match $handle {
            Handle::Author($object) => $do,
            Handle::Post($object) => $do,
            Handle::Line($object) => $do,
            Handle::Tag($object) => $do,
            Handle::Node($object) => $do,
            Handle::Squad($object) => $do,
            Handle::Player($object) => $do,
        }
    };
}

impl Handle {
    /// A new object.
    pub fn add(session: &mut Session, kind: Kind, label: usize, name: &str) -> Handle {
        let (label, word, name) = (label as i64, String::from("new"), name.to_owned());
        match kind {
            Kind::Author => Handle::Author(session.add(Author { label, word, ..Default::default() })),
            Kind::Post => Handle::Post(session.add(Post { label, word, ..Default::default() })),
            Kind::Line => Handle::Line(session.add(Line { label, word, ..Default::default() })),
            Kind::Tag => Handle::Tag(session.add(Tag { label, word, name, ..Default::default() })),
            Kind::Node => Handle::Node(session.add(Node { label, word, code: name, ..Default::default() })),
            Kind::Squad => Handle::Squad(session.add(Squad { label, word, ..Default::default() })),
            Kind::Player => Handle::Player(session.add(Player { label, word, ..Default::default() })),
        }
    }

    pub fn state(&self) -> State {
        for_any!(self, object => Obj::state(object))
    }

    pub fn is(&self, other: &Handle) -> bool {
        match (self, other) {
            (Handle::Author(one), Handle::Author(two)) => Obj::ptr_eq(one, two),
            (Handle::Post(one), Handle::Post(two)) => Obj::ptr_eq(one, two),
            (Handle::Line(one), Handle::Line(two)) => Obj::ptr_eq(one, two),
            (Handle::Tag(one), Handle::Tag(two)) => Obj::ptr_eq(one, two),
            (Handle::Node(one), Handle::Node(two)) => Obj::ptr_eq(one, two),
            (Handle::Squad(one), Handle::Squad(two)) => Obj::ptr_eq(one, two),
            (Handle::Player(one), Handle::Player(two)) => Obj::ptr_eq(one, two),
            _ => false,
        }
    }

    /// Label, natural key, word and version.
    pub fn columns(&self) -> (i64, String, String, i64) {
        match self {
            Handle::Author(it) => (it.label, String::new(), it.word.clone(), 0),
            Handle::Post(it) => (it.label, String::new(), it.word.clone(), it.version),
            Handle::Line(it) => (it.label, String::new(), it.word.clone(), 0),
            Handle::Tag(it) => (it.label, it.name.clone(), it.word.clone(), 0),
            Handle::Node(it) => (it.label, it.code.clone(), it.word.clone(), 0),
            Handle::Squad(it) => (it.label, String::new(), it.word.clone(), 0),
            Handle::Player(it) => (it.label, String::new(), it.word.clone(), it.version),
        }
    }

    pub fn set_word(&self, word: &str) {
        for_any!(self, object => object.edit().word = word.to_owned());
    }

    /// Sets what it belongs to, from its own side.
    pub fn set_up(&self, to: Option<&Handle>) {
        match (self, to) {
            (Handle::Post(it), Some(Handle::Author(to))) => drop(it.author.set(to)),
            (Handle::Post(it), _) => it.author.clear(),
            (Handle::Line(it), Some(Handle::Post(to))) => drop(it.post.set(to)),
            (Handle::Node(it), Some(Handle::Node(to))) => drop(it.parent.set(to)),
            (Handle::Node(it), _) => it.parent.clear(),
            (Handle::Squad(it), Some(Handle::Player(to))) => drop(it.captain.set(to)),
            (Handle::Squad(it), _) => it.captain.clear(),
            (Handle::Player(it), Some(Handle::Squad(to))) => drop(it.squad.set(to)),
            (Handle::Player(it), _) => it.squad.clear(),
            (Handle::Author(_) | Handle::Line(_) | Handle::Tag(_), _) => {}
        }
    }

    /// Adds to what belongs to it, or takes away from there. Whether there is such a relation.
    pub fn relate(&self, child: &Handle, add: bool) -> orm::Result<bool> {
        macro_rules! both {
            ($many:expr, $child:expr) => {
                match add {
                    true => drop($many.push($child)),
                    false => $many.remove($child)?,
                }
            };
        }
        match (self, child) {
            (Handle::Author(it), Handle::Post(child)) => both!(it.posts, child),
            (Handle::Post(it), Handle::Line(child)) => both!(it.lines, child),
            (Handle::Post(it), Handle::Tag(child)) => both!(it.tags, child),
            (Handle::Tag(it), Handle::Post(child)) => both!(it.posts, child),
            (Handle::Node(it), Handle::Node(child)) => both!(it.children, child),
            (Handle::Squad(it), Handle::Player(child)) => both!(it.players, child),
            (Handle::Player(it), Handle::Squad(child)) => both!(it.leads, child),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The label of what it belongs to, where that is loaded.
    pub fn up(&self) -> Option<Option<i64>> {
        match self {
            Handle::Post(it) => it.author.get().ok().map(|up| up.map(|up| up.label)),
            Handle::Line(it) => it.post.get().ok().map(|up| Some(up.label)),
            Handle::Node(it) => it.parent.get().ok().map(|up| up.map(|up| up.label)),
            Handle::Squad(it) => it.captain.get().ok().map(|up| up.map(|up| up.label)),
            Handle::Player(it) => it.squad.get().ok().map(|up| up.map(|up| up.label)),
            Handle::Author(_) | Handle::Tag(_) => None,
        }
    }

    /// The labels of what belongs to it by a foreign key, and by rows between, where they are loaded; sorted.
    pub fn downs(&self) -> (Option<Vec<i64>>, Option<Vec<i64>>) {
        macro_rules! labels {
            ($many:expr) => {
                $many.is_whole().then(|| {
                    let mut labels: Vec<i64> = $many.get().map_or(Vec::new(), |all| all.map(|it| it.label).collect());
                    labels.sort_unstable();
                    labels
                })
            };
        }
        match self {
            Handle::Author(it) => (labels!(it.posts), None),
            Handle::Post(it) => (labels!(it.lines), labels!(it.tags)),
            Handle::Tag(it) => (None, labels!(it.posts)),
            Handle::Node(it) => (labels!(it.children), None),
            Handle::Squad(it) => (labels!(it.players), None),
            Handle::Player(it) => (labels!(it.leads), None),
            Handle::Line(_) => (None, None),
        }
    }

    /// Whether its foreign key is the key of what it belongs to.
    pub fn follows(&self, up: Option<&Handle>) -> bool {
        match (self, up) {
            (Handle::Post(it), Some(Handle::Author(up))) => it.author_id == Some(up.id),
            (Handle::Post(it), None) => it.author_id.is_none(),
            (Handle::Line(it), Some(Handle::Post(up))) => it.post_id == up.id,
            (Handle::Node(it), Some(Handle::Node(up))) => it.parent_code.as_ref() == Some(&up.code),
            (Handle::Node(it), None) => it.parent_code.is_none(),
            (Handle::Squad(it), Some(Handle::Player(up))) => it.captain_id == Some(up.id),
            (Handle::Squad(it), None) => it.captain_id.is_none(),
            (Handle::Player(it), Some(Handle::Squad(up))) => it.squad_id == Some(up.id),
            (Handle::Player(it), None) => it.squad_id.is_none(),
            _ => true,
        }
    }
}
