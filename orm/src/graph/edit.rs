//! The guard of an edit. It publishes what was changed when it is dropped, and discards it where
//! a panic drops it, with what was said in the object's relation fields meanwhile.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use super::{Attached, Obj, undo};
use crate::error::{Error, ErrorKind};
use crate::mapping::{Entity, Mapping};

/// An edit under way: derefs to `&mut T`. See [`Obj::edit`].
pub struct Edit<'a, T: Entity> {
    object: &'a Obj<T>,
    draft: Option<Draft<T::Root>>,
    /// What the object is mapped to, which no edit changes.
    kind: &'static Mapping,
    /// Whether something was unwinding when it began: then its end says nothing about the edit.
    unwinding: bool,
    /// By which what is said in the object's relation fields meanwhile is known.
    number: u64,
    /// Not `Send`: an edit is over before the next await.
    marker: PhantomData<*const ()>,
}

/// What is being made of the object.
pub(crate) struct Draft<T> {
    pub value: T,
    /// What it began with, where another edit was under way already: then only what differs counts.
    pub base: Option<T>,
}

impl<'a, T: Entity> Edit<'a, T> {
    pub(super) fn new(object: &'a Obj<T>) -> Self {
        object.graph().remember(object.id());
        let draft = object.graph().arena::<T::Root>().draft(object.slot());
        let kind = draft.value.kind();
        let number = undo::open(object.graph(), object.id());
        Edit { object, draft: Some(draft), kind, unwinding: std::thread::panicking(), number, marker: PhantomData }
    }
}

// The draft is there until the guard is dropped, when nobody can reach it any more.
impl<T: Entity> Deref for Edit<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.draft {
            Some(draft) => T::of(&draft.value).unwrap_or(self.object),
            None => self.object,
        }
    }
}

impl<T: Entity> DerefMut for Edit<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        let object = self.object;
        let draft = self.draft.get_or_insert_with(|| object.graph().arena::<T::Root>().draft(object.slot()));
        match T::of_mut(&mut draft.value) {
            Some(value) => value,
            // the draft of an object is of the object's kind
            None => unreachable!("an object of another kind"),
        }
    }
}

impl<T: Entity> Drop for Edit<'_, T> {
    fn drop(&mut self) {
        let Some(mut draft) = self.draft.take() else { return };
        let graph = self.object.graph();
        let aborted = std::thread::panicking() && !self.unwinding;
        let id = self.object.id();
        if !aborted && let Err(refused) = graph.tell_edit(id, &mut draft.value) {
            graph.misuse(refused);
            graph.take_back(self.number);
            return graph.arena::<T::Root>().abandon(id.1, &draft);
        }
        let changed = draft.value.kind() != self.kind;
        if changed {
            graph.misuse(another_kind(self.kind, draft.value.kind()));
        }
        if changed || aborted {
            // half done: what is there stays as it was
            graph.take_back(self.number);
            return graph.arena::<T::Root>().abandon(self.object.slot(), &draft);
        }
        undo::keep(self.number);
        // a relation field that was given a new value joins the graph now
        let mut attached = Attached::new(graph.clone(), self.object.id());
        attached.attach(&mut draft.value);
        let mut rewritten = Vec::new();
        if graph.arena::<T::Root>().finish(self.object.slot(), draft, &mut rewritten) {
            graph.changed(self.object.id());
        }
        graph.rewritten(self.object.id(), rewritten);
        attached.adopt_all();
    }
}

/// The row of an object is of one kind for as long as it is there: others may refer to it as that.
#[cold]
fn another_kind(is: &Mapping, to: &Mapping) -> Error {
    Error::new(ErrorKind::State, format!("an edit made of the {} that an object is a {}", is.entity, to.entity))
        .entity(is.entity)
        .help("the edit was left out; delete the object and add another one, of the other kind")
}
