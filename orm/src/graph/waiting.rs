//! What waits in the relation fields of plain values, to join a session with its owner. A value may hold
//! another, and that a third: letting go of such a chain goes link by link, because the stack would end first.

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use once_cell::race::OnceBox;

/// What waits in one field, if anything does; made when something is put in, because rows have no use for it.
///
/// It holds no `C` as a type. Otherwise, whether an entity is `Send` would hang on whether those it is
/// related to are, and so on through the whole schema; the compiler gives up after some dozens.
/// Thin, because every row has such fields.
pub(super) struct Field<C> {
    waiting: OnceBox<Box<dyn Any + Send + Sync>>,
    marker: PhantomData<fn() -> C>,
}

impl<C: Default + Send + 'static> Field<C> {
    pub fn new(items: C) -> Self {
        Field { waiting: OnceBox::with_value(Self::erased(Waiting::new(items))), marker: PhantomData }
    }

    fn erased(waiting: Waiting<C>) -> Box<Box<dyn Any + Send + Sync>> {
        Box::new(Box::new(waiting))
    }

    /// What waits.
    pub fn get(&self) -> Option<&Waiting<C>> {
        self.waiting.get()?.downcast_ref()
    }

    /// Where something can be put.
    pub fn place(&self) -> &Waiting<C> {
        match self.waiting.get_or_init(|| Self::erased(Waiting::default())).downcast_ref() {
            Some(waiting) => waiting,
            None => unreachable!("a field holds what was put into it"),
        }
    }

    /// Takes out what waits.
    pub fn into_inner(self) -> Option<C> {
        self.get().map(|waiting| std::mem::take(&mut *waiting.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl<C> Default for Field<C> {
    fn default() -> Self {
        Field { waiting: OnceBox::new(), marker: PhantomData }
    }
}

/// What waits in one field: a list of items, or one.
pub(super) struct Waiting<C: Default + Send + 'static>(Mutex<C>);

impl<C: Default + Send + 'static> Waiting<C> {
    pub fn new(items: C) -> Self {
        Waiting(Mutex::new(items))
    }

    fn leave(&mut self) -> C {
        std::mem::take(self.0.get_mut().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<C: Default + Send + 'static> Default for Waiting<C> {
    fn default() -> Self {
        Waiting::new(C::default())
    }
}

impl<C: Default + Send + 'static> Deref for Waiting<C> {
    type Target = Mutex<C>;

    fn deref(&self) -> &Mutex<C> {
        &self.0
    }
}

thread_local! {
    /// What is still to be let go of, while something further out in the chain is.
    static LEAVING: RefCell<Option<Vec<Box<dyn Any>>>> = const { RefCell::new(None) };
}

impl<C: Default + Send + 'static> Drop for Waiting<C> {
    fn drop(&mut self) {
        let items = self.leave();
        let outermost = LEAVING.try_with(|leaving| match &mut *leaving.borrow_mut() {
            Some(list) => {
                list.push(Box::new(items));
                None
            }
            none => {
                *none = Some(Vec::new());
                Some(items)
            }
        });
        // (at the end of a thread there is no list any more, and what is left goes by itself)
        let Ok(Some(items)) = outermost else { return };
        let _end = End;
        drop(items);
        while let Ok(Some(next)) = LEAVING.try_with(|leaving| leaving.borrow_mut().as_mut().and_then(Vec::pop)) {
            drop(next);
        }
    }
}

/// The outermost is gone, or its drop panicked: the list is nobody's any more.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        let rest = LEAVING.try_with(|leaving| leaving.borrow_mut().take());
        drop(rest);
    }
}
