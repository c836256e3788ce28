//! Data of a program's own that a session carries along, by its type.

use std::any::{Any, TypeId};
use std::collections::HashMap;

use super::Session;

/// Values, one of each type.
#[derive(Default)]
pub(super) struct Data(HashMap<TypeId, Box<dyn Any + Send>>);

impl Session {
    /// A value of the program's own that the session carries along: who asks, what a cache is to forget. There is
    /// one of each type; it begins as the type's default.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = blog().await?;
    /// use orm::session::Events;
    ///
    /// #[derive(Default)]
    /// struct Editor(String);
    ///
    /// let signed = Events::new().before_update::<Post>(|post, session| {
    ///     let editor = &session.data::<Editor>().0;
    ///     post.edit().title += &format!(" (edited by {editor})");
    ///     Ok(())
    /// });
    /// let mut session = engine.session().with_events(signed);
    /// session.data::<Editor>().0 = "Grace".into();
    /// let post = session.get::<Post>(1).await?.expect("a post");
    /// post.edit().title = "Remarks".into();
    /// session.commit().await?;
    /// assert_eq!(post.title, "Remarks (edited by Grace)");
    /// # Ok(()) }
    /// ```
    pub fn data<T: Default + Send + 'static>(&mut self) -> &mut T {
        let value = self.data.0.entry(TypeId::of::<T>()).or_insert_with(|| Box::new(T::default()));
        match value.downcast_mut() {
            Some(value) => value,
            // it is kept by its type
            None => unreachable!("a value of another type"),
        }
    }
}
