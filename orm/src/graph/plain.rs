//! Out of the graph: an object as a plain value, with all that is loaded of its relations.

use std::any::Any;

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::changes::Id;
use super::{Graph, Obj};
use crate::mapping::{Entity, RelationKind};

/// What is still to be looked at.
enum Step {
    /// An object, and where it goes: the number of its owner, and the owner's relation.
    Enter(Id, Option<(usize, usize)>),
    /// All below an object was looked at.
    Leave(Id),
}

impl<T: Entity> Obj<T> {
    /// The object as a plain value, as it stands, that is in no session: its relation fields hold plain values of what is
    /// loaded, and so on to any depth. What is not loaded stays unsaid. An object within itself, such as a post's author
    /// within the posts of that author, is left out; one that is in several places is in each of them.
    ///
    /// `(*object).clone()` is the same without relations.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// # let mut session = engine.session();
    /// let ada = User::query().load(User::posts).order_by(User::id.asc()).first(&mut session).await?.expect("Ada");
    /// let value: User = Obj::to_value(&ada);
    /// assert_eq!(value.posts.into_values().iter().map(|post| post.title.as_str()).collect::<Vec<_>>(), ["Notes", "Engine"]);
    /// # Ok(()) }
    /// ```
    pub fn to_value(this: &Self) -> T {
        // most often an arena's values are of the type; of a kind they are the enum's
        let kind = |whole: Box<dyn Any>| T::from_whole(*whole.downcast::<T::Root>().ok()?);
        let value = match plain(this.graph(), this.id()).downcast::<T>() {
            Ok(value) => Some(*value),
            Err(whole) => kind(whole),
        };
        match value {
            Some(value) => value,
            None => unreachable!("an arena's values are of its type"),
        }
    }
}

/// An object's relations, each with the numbers of what it holds.
type Held = Vec<(usize, Vec<usize>)>;

fn plain(graph: &Graph, root: Id) -> Box<dyn Any> {
    // first every object after its owner, then backwards: what is held is made before its holder
    let mut found: Vec<(Id, Held)> = Vec::new();
    let mut above: HashSet<Id, RandomState> = HashSet::default();
    let mut steps = vec![Step::Enter(root, None)];
    while let Some(step) = steps.pop() {
        let (id, holder) = match step {
            Step::Leave(id) => {
                above.remove(&id);
                continue;
            }
            Step::Enter(id, holder) => (id, holder),
        };
        let number = found.len();
        found.push((id, Vec::new()));
        if let Some((holder, relation)) = holder {
            let held = &mut found[holder].1;
            match held.iter_mut().find(|(known, _)| *known == relation) {
                Some((_, numbers)) => numbers.push(number),
                None => held.push((relation, vec![number])),
            }
        }
        above.insert(id);
        steps.push(Step::Leave(id));
        let arena = graph.by_number(id.0);
        for relation in arena.mapping().relations_resolved().unwrap_or_default().iter().rev() {
            if relation.owner.relations[relation.index].write_only {
                continue;
            }
            let links = arena.links(relation.index);
            let members = match relation.kind {
                RelationKind::HasMany => links.get_many(id.1).unwrap_or_default(),
                _ => links.get_one(id.1).flatten().into_iter().collect(),
            };
            let target = relation.target.number.get();
            let members = members.into_iter().rev().map(|slot| (target, slot)).filter(|id| !above.contains(id));
            steps.extend(members.map(|id| Step::Enter(id, Some((number, relation.index)))));
        }
    }
    let mut made: Vec<Option<Box<dyn Any>>> = found.iter().map(|_| None).collect();
    for (number, (id, held)) in found.into_iter().enumerate().rev() {
        let mut take = |numbers: Vec<usize>| numbers.into_iter().filter_map(|number| made[number].take()).collect();
        let held = held.into_iter().map(|(relation, numbers)| (relation, take(numbers))).collect();
        made[number] = Some(graph.by_number(id.0).plain(id.1, held));
    }
    match made.into_iter().next().flatten() {
        Some(root) => root,
        None => unreachable!("the root is the first"),
    }
}
