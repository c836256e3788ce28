//! Just enough of Rust's lexer to tell code from comments, strings and tests.

/// The code of a file: comments are gone, and what stands in strings too, unless `strings` is set.
/// Lines keep their numbers.
pub fn code(text: &str, strings: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let end = match c {
            '/' if chars.get(at + 1) == Some(&'/') => Piece::Comment(line(&chars, at)),
            '/' if chars.get(at + 1) == Some(&'*') => Piece::Comment(block(&chars, at)),
            '"' => Piece::String(string(&chars, at)),
            'r' if !word_before(&chars, at) && raw(&chars, at).is_some() => {
                Piece::String(raw(&chars, at).unwrap_or(at + 1))
            }
            '\'' => character(&chars, at).map_or(Piece::Code(at + 1), Piece::String),
            _ => Piece::Code(at + 1),
        };
        let (end, kept) = match end {
            Piece::Code(end) => (end, true),
            Piece::String(end) => (end, strings),
            Piece::Comment(end) => (end, false),
        };
        out.extend(chars[at..end].iter().filter(|&&c| kept || c == '\n'));
        at = end;
    }
    out
}

/// Where a piece that begins here ends.
enum Piece {
    Code(usize),
    String(usize),
    Comment(usize),
}

fn word_before(chars: &[char], at: usize) -> bool {
    // a `b` before it makes a byte string
    at > 0 && (chars[at - 1].is_alphanumeric() && chars[at - 1] != 'b' || chars[at - 1] == '_')
}

fn line(chars: &[char], at: usize) -> usize {
    (at..chars.len()).find(|&i| chars[i] == '\n').unwrap_or(chars.len())
}

fn block(chars: &[char], at: usize) -> usize {
    let mut depth = 0;
    let mut i = at;
    while i < chars.len() {
        match (chars[i], chars.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) => {
                (depth, i) = (depth - 1, i + 2);
                if depth == 0 {
                    return i;
                }
            }
            _ => i += 1,
        }
    }
    chars.len()
}

fn string(chars: &[char], at: usize) -> usize {
    let mut i = at + 1;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            '"' => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

/// A raw string, where one begins here.
fn raw(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
    let open = at + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let closes =
        |i: usize| chars[i] == '"' && chars[i + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes;
    (open + 1..chars.len()).find(|&i| closes(i)).map(|i| i + 1 + hashes).or(Some(chars.len()))
}

/// A character; none where the quote is a lifetime's.
fn character(chars: &[char], at: usize) -> Option<usize> {
    match (chars.get(at + 1)?, chars.get(at + 2)) {
        ('\\', _) => (at + 3..chars.len()).find(|&i| chars[i] == '\'').map(|i| i + 1),
        (_, Some('\'')) => Some(at + 3),
        _ => None,
    }
}

/// Code without its modules of tests. It takes what [`code`] gives, without strings.
pub fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::new();
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        let item = &rest[at + MARK.len()..];
        // `mod tests;` ends before any brace
        rest = match (item.find('{'), item.find(';')) {
            (Some(open), semicolon) if semicolon.is_none_or(|semicolon| open < semicolon) => {
                let mut depth = 0;
                let close = item[open..].char_indices().find(|(_, c)| {
                    depth += i32::from(*c == '{') - i32::from(*c == '}');
                    depth == 0
                });
                close.map_or("", |(close, _)| &item[open + close + 1..])
            }
            (_, Some(semicolon)) => &item[semicolon + 1..],
            _ => "",
        };
    }
    out.push_str(rest);
    out
}

#[test]
fn code_is_told_from_comments_strings_and_tests() {
    let text = "a /* b /* c */ */ \"d\\\"//\" r#\"e\"f\"# 'g' '\\'' &'h i // j\nk";
    assert_eq!(code(text, false), "a      &'h i \nk");
    assert_eq!(code(text, true), "a  \"d\\\"//\" r#\"e\"f\"# 'g' '\\'' &'h i \nk");
    assert_eq!(without_tests("a #[cfg(test)] mod tests { b { c } } d #[cfg(test)] mod tests; e"), "a  d  e");
}
