//! Rows as a short table of text. It knows values and tuples of them, and no question.

use orm::types::chrono::NaiveDateTime;
use rust_decimal::Decimal;

/// Rows that are shown; of more than these the number is told.
const SHOWN: usize = 8;

/// A row that can be shown.
pub trait Line {
    /// Its cells.
    fn cells(&self) -> Vec<String>;
}

/// A value that can be shown.
pub trait Cell {
    /// As text.
    fn text(&self) -> String;
}

macro_rules! displayed {
    ($($name:ty: $format:literal),*) => { $(
        impl Cell for $name {
            fn text(&self) -> String {
                format!($format, self)
            }
        }
    )* };
}

displayed!(i32: "{}", i64: "{}", f64: "{:.2}", Decimal: "{:.2}", String: "{}");

impl Cell for NaiveDateTime {
    fn text(&self) -> String {
        self.date().to_string()
    }
}

impl<T: Cell> Cell for Option<T> {
    fn text(&self) -> String {
        self.as_ref().map_or_else(|| "-".to_owned(), Cell::text)
    }
}

impl<T: Cell> Line for T {
    fn cells(&self) -> Vec<String> {
        vec![self.text()]
    }
}

macro_rules! lines {
    ($($name:ident)*) => {
        impl<$($name: Cell),*> Line for ($($name,)*) {
            #[allow(non_snake_case)]
            fn cells(&self) -> Vec<String> {
                let ($($name,)*) = self;
                vec![$($name.text()),*]
            }
        }
    };
}

lines!(A B);
lines!(A B C);
lines!(A B C D);
lines!(A B C D E);
lines!(A B C D E F);
lines!(A B C D E F G);

/// Prints the first rows in columns.
pub fn print<L: Line>(heading: &str, rows: Vec<L>) {
    println!("== {heading}");
    let lines: Vec<Vec<String>> = rows.iter().take(SHOWN).map(Line::cells).collect();
    let columns = lines.first().map_or(0, Vec::len);
    let wide = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(wide).collect();
    for line in &lines {
        let cells = line.iter().zip(&widths).map(|(cell, width)| {
            let number = cell.chars().all(|sign| sign.is_ascii_digit() || "-.".contains(sign));
            if number { format!("{cell:>width$}") } else { format!("{cell:width$}") }
        });
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    if rows.len() > SHOWN {
        println!("and {} more", rows.len() - SHOWN);
    }
    println!();
}
