//! Messages as the servers word them, and what is read out of them.

use super::*;

fn read(code: u16, text: &str, flavor: Flavor) -> String {
    let error = server(ServerError { code, message: text.to_owned(), state: "HY000".to_owned() }, flavor);
    let columns = error.column_names().collect::<Vec<_>>().join(",");
    let part = |part: Option<&str>| part.unwrap_or("-").to_owned();
    format!("{:?} {} {} {columns}", error.kind(), part(error.table_name()), part(error.constraint_name()))
}

#[test]
fn names_are_read_out_of_messages() {
    let mysql = Flavor::mysql(8, 4, 0);
    let maria = Flavor::mariadb(10, 11, 0);
    assert_eq!(read(1062, "Duplicate entry 'a' for key 'users.email'", mysql), "Unique users email ");
    assert_eq!(read(1062, "Duplicate entry 'for key 'x'' for key 'a.b'", maria), "Unique - a.b ");
    assert_eq!(read(1062, "Duplicate entry '1' for key 'PRIMARY'", maria), "Unique - PRIMARY ");
    let child = "Cannot add or update a child row: a foreign key constraint fails (`d(b`.`ch``ild`, CONSTRAINT `f,k` \
                 FOREIGN KEY (`a`, `b`) REFERENCES `parent` (`x`, `y`))";
    assert_eq!(read(1452, child, maria), "ForeignKey ch`ild f,k a,b");
    assert_eq!(read(1216, "Cannot add or update a child row", mysql), "ForeignKey - - ");
    assert_eq!(read(1048, "Column 'name' cannot be null", maria), "NotNull - - name");
    assert_eq!(read(1364, "Field 'name' doesn't have a default value", maria), "NotNull - - name");
    assert_eq!(read(3819, "Check constraint 'ck' is violated.", mysql), "Check - ck ");
    assert_eq!(read(4025, "CONSTRAINT `ck_b` failed for `test`.`cst`", maria), "Check cst ck_b ");
    assert_eq!(read(4025, "CONSTRAINT `t.c` failed for `test`.`t`", maria), "Check t t.c ");
    assert_eq!(read(1406, "Data too long for column 'v' at row 1", maria), "Data - - v");
    assert_eq!(
        read(1366, "Incorrect integer value: 'for column 'x'' for column `d`.`t`.`c` at row 1", maria),
        "Data t - c"
    );
    assert_eq!(read(1927, "Connection was killed", maria), "ConnectionLost - - ");
    assert_eq!(read(1062, "for key '", maria), "Unique -  ");
    assert_eq!(read(1452, "(`", maria), "ForeignKey - - ");
}

#[test]
fn what_is_lost() {
    let of = |code| lost(&Wire::Server(ServerError { code, message: String::new(), state: String::new() }));
    assert_eq!(
        [of(1062), of(1213), of(1205), of(1927)],
        [Lost::Statement, Lost::Transaction, Lost::Transaction, Lost::Connection]
    );
    assert_eq!(lost(&Wire::Driver(DriverError::ConnectionClosed)), Lost::Connection);
}
