//! What aliases are to queries: whole entities in a select list, and the beginning of a join.

use super::join::Joinable;
use crate::error::Result;
use crate::load::Whole;
use crate::mapping::{Alias, Entity, ResolvedRelation};
use crate::sql::Ident;

impl<E: Entity> Alias<E> {
    /// All of it, for a select list: an object.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let other = Post::alias("other");
    /// let pairs: Vec<(Obj<Post>, Obj<Post>)> = select((Post::entity(), other.entity()))
    ///     .from::<Post>()
    ///     .join_table(&other, other.author_id.eq(Post::author_id).and(other.id.gt(Post::id)))
    ///     .all(&mut session)
    ///     .await?;
    /// assert_eq!((pairs[0].0.title.as_str(), pairs[0].1.title.as_str()), ("Notes", "Engine"));
    /// # Ok(()) }
    /// ```
    pub fn entity(&self) -> Whole<E> {
        Whole::new(self.source_name.clone())
    }

    /// A relation that leads from it, to be joined along.
    pub fn along<R: Joinable<From = E>>(&self, relation: R) -> Along<R> {
        Along { from: self.clone(), relation }
    }
}

/// A relation that leads from an alias. [`Alias::along`] makes it.
#[derive(Debug)]
pub struct Along<R: Joinable> {
    from: Alias<R::From>,
    relation: R,
}

impl<R: Joinable> Joinable for Along<R> {
    type From = R::From;
    type To = R::To;

    fn joinable(&self) -> Result<&'static ResolvedRelation> {
        self.relation.joinable()
    }

    fn start(&self) -> Option<&Alias<R::From>> {
        Some(&self.from)
    }
}

/// Its name, for what is loaded from a join to it.
impl<E: Entity> From<&Alias<E>> for Ident {
    fn from(alias: &Alias<E>) -> Ident {
        alias.source_name.clone()
    }
}
