//! Relation fields that are another one within, and show less of it or show it in another way.

/// What a field that holds another one has from it. It is written with a `wrap` and an `inner` of its own.
macro_rules! forwards {
    ([$($bounds:tt)*] $name:ty, $of:ty) => {
        impl<$($bounds)*> $name {
            /// The same relation of a working copy of the owner.
            pub fn fork(&self) -> Self {
                Self::wrap(self.inner().fork())
            }

            pub(crate) fn home(&self) -> Option<&$crate::graph::Home> {
                self.inner().home()
            }
        }

        /// Nothing is said about it.
        impl<$($bounds)*> Default for $name {
            fn default() -> Self {
                Self::wrap(<$of>::default())
            }
        }

        /// A clone is an independent plain value: it has nothing of a session.
        impl<$($bounds)*> Clone for $name {
            fn clone(&self) -> Self {
                Self::wrap(self.inner().clone())
            }
        }

        /// Always equal: what is related is no part of a value.
        impl<$($bounds)*> PartialEq for $name {
            fn eq(&self, _: &Self) -> bool {
                true
            }
        }

        impl<$($bounds)*> Eq for $name {}

        /// Nothing, as it is always equal.
        impl<$($bounds)*> std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
        }

        impl<$($bounds)*> $crate::mapping::RelationField for $name {
            fn as_any(&self) -> &dyn std::any::Any {
                self
            }

            fn holds_items(&self) -> bool {
                self.inner().holds_items()
            }

            fn join(&mut self, to: &mut dyn std::any::Any) {
                self.inner_mut().join(to);
            }

            fn hold(&mut self, values: Vec<Box<dyn std::any::Any>>) {
                self.inner_mut().hold(values);
            }
        }
    };
}

pub(super) use forwards;
