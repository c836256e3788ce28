//! `rename_all`: how names are spelled in the database.

use heck::{ToKebabCase, ToLowerCamelCase, ToPascalCase, ToShoutySnakeCase, ToSnakeCase};

/// A way to spell names of several words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Case {
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
}

impl Case {
    /// The names of the cases, as attributes give them.
    pub const NAMES: [&str; 5] = ["PascalCase", "camelCase", "snake_case", "SCREAMING_SNAKE_CASE", "kebab-case"];

    /// The case with that name.
    pub fn named(name: &str) -> Option<Self> {
        const CASES: [Case; 5] = [Case::Pascal, Case::Camel, Case::Snake, Case::ScreamingSnake, Case::Kebab];
        Case::NAMES.iter().position(|known| *known == name).and_then(|index| CASES.get(index).copied())
    }

    /// `name`, spelled so.
    pub fn apply(self, name: &str) -> String {
        match self {
            Case::Pascal => name.to_pascal_case(),
            Case::Camel => name.to_lower_camel_case(),
            Case::Snake => name.to_snake_case(),
            Case::ScreamingSnake => name.to_shouty_snake_case(),
            Case::Kebab => name.to_kebab_case(),
        }
    }
}
