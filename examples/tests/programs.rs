//! The programs, run as their users run them. `chinook` says the same on each database, whether it
//! made the tables itself or works on tables that a script made, under other names.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use orm_tests::each_database;

/// What a program prints; it has to succeed.
fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?} failed: {errors}");
    String::from_utf8(output.stdout).expect("the output is text")
}

#[test]
fn quickstart() {
    let printed = output(env!("CARGO_BIN_EXE_quickstart"), &[]);
    for line in ["2: Engine by Ada Lovelace [\"machines\", \"mathematics\"]", "Ada Lovelace wrote 2 posts"] {
        assert!(printed.lines().any(|printed| printed == line), "{line} is missing in\n{printed}");
    }
}

#[test]
fn deferred() {
    let expected = "\
Spring and Summer
Report.text is not loaded (entity Report); add `.undefer(Report::text)` to the query, or `.load(&mut session).await` it; `set` needs no loading
It rained.
It did not.
2 statements
front, written in: $0 = UPDATE reports (front) BY id × 1

Summer: It did not. None
";
    assert_eq!(output(env!("CARGO_BIN_EXE_deferred"), &[]), expected);
}

#[test]
fn multi_tenant() {
    let printed = output(env!("CARGO_BIN_EXE_multi_tenant"), &[]);
    let expected = "\
ada's desk: ada's ticket 2, ada's ticket 3
ticket 5 is there: false
2 tickets renamed of 6
1 left
2 in the archive
";
    // the statements come first
    assert!(printed.ends_with(expected), "{printed}");
    assert_eq!(printed.matches("\"customer\" = ?").count(), 2, "{printed}");
}

#[test]
fn audit_log() {
    let expected = "\
updated at Some(2026-01-02T03:04:05)
refused: an account with a limit is not closed
Ann: account 1 opened
Ann: account 1: limit Int(100) → Int(250)
Ann: account 1: limit Int(250) → Int(0)
Ann: account 1 closed
";
    assert_eq!(output(env!("CARGO_BIN_EXE_audit_log"), &[]), expected);
}

#[test]
fn soft_delete() {
    let expected = "\
sent: UPDATE \"notes\" SET \"deleted\" = ? WHERE \"notes\".\"id\" = ?
1 note is seen
2 rows are there
2 notes are seen
";
    assert_eq!(output(env!("CARGO_BIN_EXE_soft_delete"), &[]), expected);
}

#[test]
fn cache_invalidation() {
    let printed = output(env!("CARGO_BIN_EXE_cache_invalidation"), &[]);
    assert_eq!(printed, "hello\nhello (cached)\nhello (cached)\ngoodbye\ngoodbye (cached)\n");
}

#[test]
fn tree() {
    let expected = "\
5 statements
all
  books
  music
    jazz
      bop
      swing
    opera
  photos
all
  books
  music
    jazz
      ..
    opera
      ..
  photos
/all/music/jazz/bop
all
  photos
  music
    opera
    jazz
      swing
      bop
";
    assert_eq!(output(env!("CARGO_BIN_EXE_tree"), &[]), expected);
}

#[test]
fn mapping() {
    let printed = output(env!("CARGO_BIN_EXE_mapping"), &[]);
    let expected = "\
refused: Station.name: is empty; Station.place: this place is not on Earth (entity Station, table stations, column name); nothing was written; mend the objects
Blindern by import, revision 1
without a depot: Alert
beyond the polar circle: Alert, true
sent: UPDATE \"stations\" SET \"longitude\" = ?, \"revision\" = ? WHERE \"stations\".\"id\" = ? AND \"stations\".\"revision\" = ?
Blindern (60°, 12°): 2 readings
Alert (82°, 0°): 0 readings
the warmest of 2 readings: 19
";
    assert_eq!(printed, expected);
}

#[test]
fn dynamic() {
    let program = env!("CARGO_BIN_EXE_dynamic");
    let printed = output(program, &[]);
    let expected = "\
title=Moon sort=-year show=title,year
  Moon at 100% | 1999
  Woman in the Moon | 1929
  A Trip to the Moon | 1902
from=1920 to=1970 director=Fritz_Lang sort=minutes show=title,minutes
  Metropolis | 153
  Woman in the Moon | 169
director=none show=title,director
  Moon at 100% | -
where=minutes<100 where=year>=1950 sort=title show=title,minutes,year
  Ikarie XB-1 | 86 | 1963
  Moon at 100% | 61 | 1999
title=100% show=title
  Moon at 100%
sort=length
  table films has no column length; it has: id, title, year, minutes, director
where=year>soon
  the value for films.year cannot be read as i32
";
    assert_eq!(printed, expected);
    assert_eq!(output(program, &["title=Solaris", "show=year"]), "  1972\n");
    for arguments in [&["sort=nothing"][..], &["where=year"], &["colour=red"], &["show=title; DROP TABLE films"]] {
        let output = Command::new(program).args(arguments).output().expect("the program starts");
        assert!(!output.status.success() && !output.stderr.is_empty(), "{arguments:?}");
    }
}

/// A script of the data set, which is no part of this repository: it lies beside it, or nowhere.
fn script(database: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/datasets/chinook");
    let path = path.join(format!("chinook_{database}.sql.gz"));
    path.exists().then(|| path.to_string_lossy().into_owned())
}

#[test]
fn chinook_says_the_same_on_each_database() {
    let Some(sqlite) = script("sqlite") else {
        println!("the data set is not there, so chinook was not run");
        return;
    };
    let printed: Mutex<Vec<(String, String)>> = Mutex::default();
    let run = |what: String, arguments: &[&str]| {
        let text = output(env!("CARGO_BIN_EXE_chinook"), arguments);
        printed.lock().expect("no other test holds it").push((what, text));
    };
    each_database(async |database| {
        run(format!("copied to {}", database.name), &[&sqlite, &database.url]);
        Ok(())
    });
    // the tables of a script are the database's own: snake_case on PostgreSQL, no rules for deleting
    each_database(async |database| {
        let script = script(database.name).expect("there is a script for each database");
        run(format!("the script of {}", database.name), &["--schema-script", &script, &database.url]);
        Ok(())
    });
    let printed = printed.into_inner().expect("no other test holds it");
    let (_, first) = &printed[0];
    for line in [
        " 15607 in all",
        "   49.62  Helena Holý              Steve Johnson",
        "        Jane Peacock, Sales Support Agent",
        "Rock                    178.20    155.43    156.42    162.36    174.24",
        "4 levels, 4 statements",
        "17 playlists are left, with 8700 tracks",
    ] {
        assert!(first.lines().any(|printed| printed == line), "{line} is missing in\n{first}");
    }
    for (what, text) in &printed {
        assert_eq!(text, first, "{what}");
    }
    assert_eq!(printed.len(), 6);
}

// what it answers is compared with SQL by hand, on each database, in its own test
#[test]
fn reports() {
    let Some(sqlite) = script("sqlite") else {
        println!("the data set is not there, so reports was not run");
        return;
    };
    let program = env!("CARGO_BIN_EXE_reports");
    let printed = output(program, &[&sqlite]);
    for line in [
        "2021-05-01  37.62  186.12",
        "2025  102.96  108.90  112.86  125.86  450.58",
        "1  Rock                826.65  35.50  35.50",
        "Grunge                      2  Alternative, Rock",
        "Edwards   4  2328.60",
        "2  Adams > Edwards > Johnson",
        "Canada      -  303.96",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "{line} is missing in\n{printed}");
    }
    assert_eq!(output(program, &[]), printed, "it finds the data set by itself");
}

#[test]
fn programs_explain_themselves() {
    for program in [env!("CARGO_BIN_EXE_chinook"), env!("CARGO_BIN_EXE_reports")] {
        for arguments in [&["--what"][..], &["a", "b", "c"], &["nowhere.sql.gz"]] {
            let output = Command::new(program).args(arguments).output().expect("the program starts");
            assert!(!output.status.success(), "{arguments:?}");
            assert!(!output.stderr.is_empty(), "{arguments:?}");
        }
    }
}

#[test]
fn keyset() {
    let expected = "\
first: B 9, D 7
second: E 4, A 4
third: F 2, C -
there is more: false
back: G 8, D 7
the cursor is of a query with another order
page 2 of 2, 6 in all: F 2, C -
";
    assert_eq!(output(env!("CARGO_BIN_EXE_keyset"), &[]), expected);
}

#[test]
fn association_object() {
    let expected = "\
Metropolis
  Alfred Abel as Joh Fredersen, 500
  Gustav Fröhlich as Freder, 400
  Brigitte Helm as Maria, 300
  with Alfred Abel, Brigitte Helm, Gustav Fröhlich
L'Argent
  Brigitte Helm as Sandorf, 600
  with Brigitte Helm
dear: Alfred Abel
dear: Brigitte Helm
with Abel: Metropolis
most: Brigitte Helm as Sandorf in L'Argent
2 parts in Metropolis
";
    assert_eq!(output(env!("CARGO_BIN_EXE_association_object"), &[]), expected);
}

#[test]
fn generic_associations() {
    let expected = "\
Notes: a good one, indeed
grey: Oslo
a good one is about the post Notes
indeed is about the post Notes
grey is about the photo of Oslo
1 left
";
    assert_eq!(output(env!("CARGO_BIN_EXE_generic_associations"), &[]), expected);
}
