//! "did you mean": the nearest of the known words.

use std::fmt::Display;

/// The one of `known` that is near enough to `written`.
pub fn nearest<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let (distance, word) =
        known.into_iter().map(|word| (distance(written, word), word)).min_by_key(|(distance, _)| *distance)?;
    // of a short word, a few letters are all
    (distance <= 1 + word.len() / 4 && distance < word.len()).then_some(word)
}

/// `; did you mean `x`? {are} `x`, `y``
pub fn known<'k>(written: &str, are: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> String {
    let list = quoted_list(known.clone());
    match nearest(written, known) {
        Some(word) => format!("; did you mean `{word}`? {are} {list}"),
        None => format!("; {are} {list}"),
    }
}

/// "`a`, `b`"
pub fn quoted_list<T: Display>(words: impl IntoIterator<Item = T>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// How many letters must be changed, added or left out (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        let mut left = i + 1;
        for (to, pair) in b.iter().zip(row.windows(2)) {
            let [above_left, above] = pair else { continue };
            left = (left + 1).min(above + 1).min(above_left + usize::from(from != *to));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
