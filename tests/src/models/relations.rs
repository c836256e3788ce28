//! Relations that need a word: which key, which way, which condition, which order.

use orm::prelude::*;

/// Follows others, and is followed: many to many within one table, by an entity that says since when.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "members")]
pub struct Member {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(unique, max_length = 20)]
    pub handle: String,
    #[orm(has_many, through = Follow(own(follower_id), other(followed_id)), inverse = followers)]
    pub follows: HasMany<Member>,
    #[orm(has_many, through = Follow(own(followed_id), other(follower_id)), inverse = follows)]
    pub followers: HasMany<Member>,
    /// Those who follow back.
    #[orm(has_many, on = |member, other| {
        let (there, back) = (Follow::alias("there"), Follow::alias("back"));
        exists(
            select(literal(1))
                .from_alias(&there)
                .join_table(&back, back.col(Follow::follower_id).eq(there.col(Follow::followed_id))
                    .and(back.col(Follow::followed_id).eq(there.col(Follow::follower_id))))
                .filter(there.col(Follow::follower_id).eq(member.col(Member::id)))
                .filter(there.col(Follow::followed_id).eq(other.col(Member::id))),
        )
    }, order_by = Member::handle.asc())]
    pub friends: ViewMany<Member>,
    /// By a column that is unique, and not the key.
    #[orm(has_many, inverse = by)]
    pub notices: HasMany<Notice>,
}

/// Who follows whom.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "follows", primary_key(follower_id, followed_id))]
pub struct Follow {
    #[orm(references = Member::id)]
    pub follower_id: i64,
    #[orm(references = Member::id)]
    pub followed_id: i64,
}

/// Refers to a unique column.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "notices")]
pub struct Notice {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = Member::handle, max_length = 20)]
    pub by_handle: String,
    pub text: String,
    #[orm(belongs_to = by_handle, inverse = notices)]
    pub by: BelongsTo<Member>,
}

/// Two ways to one table, a condition, the newest of many, and a way through another entity.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "buyers")]
pub struct Buyer {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(references = Place::id)]
    pub home_id: Option<i64>,
    #[orm(references = Place::id)]
    pub work_id: Option<i64>,
    #[orm(belongs_to = home_id, inverse = residents)]
    pub home: BelongsTo<Option<Place>>,
    #[orm(belongs_to = work_id)]
    pub work: BelongsTo<Option<Place>>,
    #[orm(has_many, inverse = buyer, order_by = (Deal::amount.desc(), Deal::id.asc()))]
    pub deals: HasMany<Deal>,
    #[orm(has_many, on = large_deals)]
    pub large: ViewMany<Deal>,
    #[orm(has_one, on = |buyer, deal| deal.col(Deal::buyer_id).eq(buyer.col(Buyer::id)), order_by = Deal::id.desc())]
    pub newest: ViewOne<Deal>,
    #[orm(has_many, through = (Buyer::deals, Deal::marks), order_by = Mark::word.asc())]
    pub marks: ViewMany<Mark>,
}

/// A condition as a function: deals of a buyer from 100 on.
fn large_deals(buyer: &Alias<Buyer>, deal: &Alias<Deal>) -> orm::sql::Sql<bool> {
    deal.col(Deal::buyer_id).eq(buyer.col(Buyer::id)).and(deal.col(Deal::amount).ge(100))
}

/// A place to live or to work.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "places")]
pub struct Place {
    #[orm(primary_key, generated)]
    pub id: i64,
    pub name: String,
    #[orm(has_many, inverse = home)]
    pub residents: HasMany<Buyer>,
    #[orm(has_many, foreign_key = work_id)]
    pub workers: ViewMany<Buyer>,
}

/// Has a buyer, and marks through a table whose columns go by the entities' names.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "deals")]
pub struct Deal {
    #[orm(primary_key, generated)]
    pub id: i64,
    #[orm(references = Buyer::id)]
    pub buyer_id: i64,
    pub amount: i64,
    #[orm(belongs_to = buyer_id, inverse = deals)]
    pub buyer: BelongsTo<Buyer>,
    #[orm(has_many, through = table("deal_marks"), inverse = deals)]
    pub marks: HasMany<Mark>,
}

/// A word on a deal; its key has two columns.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "marks", primary_key(language, word))]
pub struct Mark {
    #[orm(max_length = 2)]
    pub language: String,
    #[orm(max_length = 20)]
    pub word: String,
    #[orm(has_many, through = table("deal_marks"), inverse = marks)]
    pub deals: HasMany<Deal>,
}

/// A tree whose nodes say the way to them: `/1/4/`.
#[derive(Entity, Debug, Clone, Default)]
#[orm(table = "nodes")]
pub struct Node {
    #[orm(primary_key)]
    pub id: i64,
    #[orm(max_length = 50)]
    pub path: String,
    #[orm(has_many, on = |node, below| {
        below.col(Node::path).like(node.col(Node::path).concat("_%"))
    }, order_by = Node::path.asc())]
    pub descendants: ViewMany<Node>,
    #[orm(has_many, on = |node, above| {
        node.col(Node::path).like(above.col(Node::path).concat("_%"))
    }, order_by = Node::path.asc())]
    pub ancestors: ViewMany<Node>,
}
