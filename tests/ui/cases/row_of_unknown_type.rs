//! A row with a field that no column is known for.

use orm::FromRow;

struct Point;

#[derive(FromRow)]
struct Row {
    home: Point,
}

fn main() {}
