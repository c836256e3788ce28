//! A dialect that is another one but for what it says.

use super::{Capabilities, DdlFeatures, DdlSyntax, DeleteSources, Dialect, SelectSyntax, Syntax};
use crate::error::Result;
use crate::schema::{Column, Table, Unique};
use crate::sql::{
    Arrays, BinaryOp, Count, Emit, Expr, Frame, FullText, Function, Grouping, Ident, InSet, JsonAccess, Like, Lock,
    OnConflict, Quantifier, Sample, SetOp, TableName, Text, Violation,
};
use crate::types::{SqlType, Value};

/// The hooks of all three traits: each is asked of the base, unless the variant has its own.
macro_rules! hooks {
    ($($trait:ident { $(fn $name:ident(&self $(, $arg:ident: $ty:ty)*) $(-> $ret:ty)?;)* })*) => {
        /// A dialect that differs from another one in a few points: a fork of a server, a service that speaks a
        /// known protocol, a server in another mode. It names the other and says what differs; whatever it does
        /// not say is asked of the other. It is a [`Dialect`] as any.
        ///
        /// What the base writes it writes through the same [`Emit`], so names within are quoted, and expressions
        /// within written, as the variant says.
        ///
        /// ```
        /// use orm::dialect::{Capabilities, Dialect, Variant};
        ///
        /// /// A server without RETURNING, and with other words for truth.
        /// struct Old {
        ///     base: orm_sqlite::SqliteDialect,
        ///     capabilities: Capabilities,
        /// }
        ///
        /// impl Variant for Old {
        ///     fn base(&self) -> &dyn Dialect {
        ///         &self.base
        ///     }
        ///
        ///     fn name(&self) -> &'static str {
        ///         "old"
        ///     }
        ///
        ///     fn capabilities(&self) -> &Capabilities {
        ///         &self.capabilities
        ///     }
        ///
        ///     fn boolean(&self, value: bool) -> &'static str {
        ///         if value { "1" } else { "0" }
        ///     }
        /// }
        ///
        /// let base = orm_sqlite::SqliteDialect::default();
        /// let capabilities = Capabilities { insert_returning: false, ..base.capabilities().clone() };
        /// let old = Old { base, capabilities };
        /// let insert = orm::sql::Insert { returning: vec![orm::sql::Expr::column("t", "n").into()], ..orm::sql::Insert::new("t") };
        /// let error = orm::compile::compile(&old, &insert.into()).unwrap_err();
        /// assert!(error.to_string().starts_with("old has no INSERT .. RETURNING"), "{error}");
        /// ```
        #[diagnostic::on_unimplemented(
            message = "`{Self}` is no dialect",
            label = "is no dialect",
            note = "implement `Dialect`, `Syntax`, `SelectSyntax` and `DdlSyntax`, \
                    or `Variant` alone, for what differs from another dialect"
        )]
        pub trait Variant: Send + Sync + 'static {
            /// The dialect that it differs from.
            fn base(&self) -> &dyn Dialect;

            /// As [`Dialect::name`].
            fn name(&self) -> &'static str;

            /// As [`Dialect::is_called`]: by its own name, and by those of the base.
            fn is_called(&self, name: &str) -> bool {
                name == self.name() || self.base().is_called(name)
            }

            /// As [`Dialect::capabilities`].
            fn capabilities(&self) -> &Capabilities {
                self.base().capabilities()
            }

            /// As [`Dialect::fits_name`].
            fn fits_name(&self, name: &str) -> bool {
                self.base().fits_name(name)
            }

            /// As [`Syntax::syntax_name`].
            fn syntax_name(&self) -> &'static str {
                self.name()
            }

            $($(
                #[doc = concat!("As [`", stringify!($trait), "::", stringify!($name), "`].")]
                fn $name(&self $(, $arg: $ty)*) $(-> $ret)? {
                    self.base().$name($($arg),*)
                }
            )*)*
        }

        hooks!(@dialect $($trait { $(fn $name(&self $(, $arg: $ty)*) $(-> $ret)?;)* })*);
    };
    (@dialect $first:ident { $($hooks:tt)* } $($trait:ident { $($more:tt)* })*) => {
        hooks!(@of $first { fn syntax_name(&self) -> &'static str; $($hooks)* });
        $(hooks!(@of $trait { $($more)* });)*
    };
    (@of $trait:ident { $(fn $name:ident(&self $(, $arg:ident: $ty:ty)*) $(-> $ret:ty)?;)* }) => {
        impl<V: Variant> $trait for V {
            $(
                fn $name(&self $(, $arg: $ty)*) $(-> $ret)? {
                    Variant::$name(self $(, $arg)*)
                }
            )*
        }
    };
}

impl<V: Variant> Dialect for V {
    fn name(&self) -> &'static str {
        Variant::name(self)
    }

    fn is_called(&self, name: &str) -> bool {
        Variant::is_called(self, name)
    }

    fn capabilities(&self) -> &Capabilities {
        Variant::capabilities(self)
    }

    fn fits_name(&self, name: &str) -> bool {
        Variant::fits_name(self, name)
    }
}

// a test sees to it that no hook is left out
hooks! {
    Syntax {
        fn quote(&self) -> char;
        fn placeholder(&self, out: &mut String, number: usize, ty: &SqlType);
        fn boolean(&self, value: bool) -> &'static str;
        fn limit(&self, out: &mut dyn Emit, limit: Option<&Count>, offset: Option<&Count>) -> Result<()>;
        fn like(&self, out: &mut dyn Emit, like: &Like) -> Result<()>;
        fn in_set(&self, out: &mut dyn Emit, set: &InSet) -> Result<()>;
        fn is_not_distinct(&self, out: &mut dyn Emit, left: &Expr, right: &Expr, negated: bool) -> Result<()>;
        fn concat(&self, out: &mut dyn Emit, left: &Expr, right: &Expr) -> Result<()>;
        fn bitwise(&self, out: &mut dyn Emit, op: BinaryOp, left: &Expr, right: &Expr) -> Result<()>;
        fn bit_not(&self, out: &mut dyn Emit, operand: &Expr) -> Result<()>;
        fn quantified(&self, out: &mut dyn Emit, op: BinaryOp, left: &Expr, quantifier: Quantifier, of: &Expr) -> Result<()>;
        fn frame(&self, out: &mut dyn Emit, frame: &Frame) -> Result<()>;
        fn cast(&self, out: &mut dyn Emit, expr: &Expr, ty: &SqlType) -> Result<()>;
        fn json(&self, out: &mut dyn Emit, access: &JsonAccess) -> Result<()>;
        fn full_text(&self, out: &mut dyn Emit, search: &FullText) -> Result<()>;
        fn function_end(&self, function: &Function) -> &'static str;
        fn function(&self, out: &mut dyn Emit, function: &Function) -> Result<bool>;
        fn cast_type(&self, ty: &SqlType) -> Result<String>;
        fn default_row(&self) -> &'static str;
        fn update_sources_first(&self) -> bool;
        fn default_word(&self) -> Option<&'static str>;
        fn insert_word(&self, violation: Violation) -> Result<&'static str>;
        fn delete_sources(&self) -> DeleteSources;
        fn excluded(&self, out: &mut dyn Emit, column: &str);
        fn on_conflict(&self, out: &mut dyn Emit, table: &TableName, conflict: &OnConflict) -> Result<()>;
        fn bind_cast(&self, ty: &SqlType) -> Result<Option<String>>;
        fn literal(&self, out: &mut String, value: &Value<'_>, ty: &SqlType) -> Result<()>;
    }

    SelectSyntax {
        fn lateral(&self) -> Result<&'static str>;
        fn cast_growing(&self, out: &mut dyn Emit, expr: &Expr) -> Result<()>;
        fn values(&self, out: &mut dyn Emit, rows: &[Vec<Expr>], alias: &Ident, columns: &[Ident]) -> Result<()>;
        fn table_function(&self, out: &mut dyn Emit, call: &Function, alias: &Ident, columns: &[Ident]) -> Result<()>;
        fn arrays(&self, out: &mut dyn Emit, arrays: &Arrays) -> Result<()>;
        fn only(&self, out: &mut dyn Emit, table: &TableName) -> Result<()>;
        fn sample(&self, out: &mut dyn Emit, sample: &Sample) -> Result<()>;
        fn distinct_on(&self, out: &mut dyn Emit, exprs: &[Expr]) -> Result<()>;
        fn grouping(&self, out: &mut dyn Emit, plain: &[Expr], sets: &[Grouping], ordered: bool) -> Result<()>;
        fn set_op(&self, op: SetOp) -> Result<&'static str>;
        fn materialized(&self, materialized: bool) -> &'static str;
        fn with_ties(&self, out: &mut dyn Emit, limit: &Count, offset: Option<&Count>) -> Result<()>;
        fn lock(&self, out: &mut dyn Emit, lock: &Lock) -> Result<()>;
    }

    DdlSyntax {
        fn ddl_features(&self) -> &DdlFeatures;
        fn column_type(&self, table: &Table, column: &Column) -> Result<String>;
        fn inline_primary_key(&self, table: &Table) -> bool;
        fn table_prefix(&self, table: &Table) -> Result<&'static str>;
        fn table_options(&self, out: &mut dyn Emit, table: &Table) -> Result<()>;
        fn column_options(&self, out: &mut dyn Emit, column: &Column) -> Result<()>;
        fn not_null_options(&self, out: &mut dyn Emit, column: &Column) -> Result<()>;
        fn primary_key_options(&self, out: &mut dyn Emit, table: &Table) -> Result<()>;
        fn unique_options(&self, out: &mut dyn Emit, unique: &Unique) -> Result<()>;
        fn before_table(&self, table: &Table) -> Result<Vec<String>>;
        fn after_drop(&self, table: &Table) -> Vec<String>;
        fn drop_foreign_key(&self) -> &'static str;
        fn full_text_index(&self, out: &mut dyn Emit, columns: &[&Ident]) -> Result<bool>;
        fn next_value(&self, out: &mut dyn Emit, sequence: &TableName) -> Result<()>;
        fn list_tables(&self) -> &'static str;
        fn list_columns(&self) -> &'static str;
        fn list_objects(&self, schema: Option<&str>) -> Text;
        fn enum_check(&self, ty: &SqlType) -> bool;
    }
}
