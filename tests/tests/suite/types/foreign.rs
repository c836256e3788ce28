//! Types of one database on the others: refused, with what to use instead.

use orm::prelude::*;
use orm::schema::{Column, MetaData, Table};
use orm_postgres::types::{Bits, CiText, Cidr, Hstore, Inet, MacAddr, Multirange, Range, TsVector};
use orm_tests::each_database;

#[test]
fn a_type_that_only_others_have_is_refused_with_a_remedy() {
    each_database(async |database| {
        let dialect = database.engine.dialect();
        let columns = [
            Column::new::<Inet>("c"),
            Column::new::<Cidr>("c"),
            Column::new::<MacAddr>("c"),
            Column::new::<Bits>("c"),
            Column::new::<Hstore>("c"),
            Column::new::<CiText>("c"),
            Column::new::<TsVector>("c"),
            Column::new::<Range<i64>>("c"),
            Column::new::<Multirange<i32>>("c"),
        ];
        for column in columns {
            let ty = column.ty.clone();
            let created = orm::ddl::create_all(&**dialect, &MetaData::new([Table::new("t").with(column)]));
            match created {
                Ok(ddl) => {
                    assert!(dialect.capabilities().array_binds && ddl[0].contains(&ty.to_string()), "{ddl:?}");
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Unsupported);
                    assert!(error.help_text().is_some(), "{error}");
                    assert_eq!((error.table_name(), error.column_names().next()), (Some("t"), Some("c")));
                    assert!(!dialect.capabilities().array_binds);
                }
            }
        }
        Ok(())
    });
}
