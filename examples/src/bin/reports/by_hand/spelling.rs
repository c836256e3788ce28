//! What databases spell differently in SQL by hand: `{year invoice_date}` is what each of them calls the year.

/// A word in braces, and what it stands for on SQLite, PostgreSQL and MariaDB; `$` is the first argument, `@` the
/// second. Arguments are separated by `;`.
const WORDS: [(&str, [&str; 3]); 20] = [
    // a sum of money; on SQLite by hand it is a double
    ("money", ["CAST(ROUND($, 2) AS TEXT)", "$", "$"]),
    ("integer", ["CAST($ AS INTEGER)", "CAST($ AS BIGINT)", "CAST($ AS SIGNED)"]),
    ("text", ["CAST($ AS TEXT)", "CAST($ AS TEXT)", "CAST($ AS CHAR(200))"]),
    ("round1", ["ROUND($, 1)", "CAST(ROUND(CAST($ AS NUMERIC), 1) AS FLOAT)", "CAST(ROUND($, 1) AS DOUBLE)"]),
    ("round2", ["ROUND($, 2)", "CAST(ROUND(CAST($ AS NUMERIC), 2) AS FLOAT)", "CAST(ROUND($, 2) AS DOUBLE)"]),
    ("year", ["CAST(strftime('%Y', $) AS INTEGER)", "CAST(EXTRACT(YEAR FROM $) AS INTEGER)", "YEAR($)"]),
    ("month", ["CAST(strftime('%m', $) AS INTEGER)", "CAST(EXTRACT(MONTH FROM $) AS INTEGER)", "MONTH($)"]),
    ("quarter", ["(strftime('%m', $) + 2) / 3", "CAST(EXTRACT(QUARTER FROM $) AS INTEGER)", "QUARTER($)"]),
    (
        "month_start",
        ["strftime('%Y-%m-01 00:00:00', $)", "DATE_TRUNC('month', $)", "CAST(DATE_FORMAT($, '%Y-%m-01') AS DATETIME)"],
    ),
    ("date", ["date($)", "CAST($ AS DATE)", "CAST($ AS DATE)"]),
    ("next_day", ["date($, '+1 day')", "$ + 1", "$ + INTERVAL 1 DAY"]),
    ("later90", ["datetime($, '+90 days')", "$ + INTERVAL '90 days'", "$ + INTERVAL 90 DAY"]),
    (
        "days",
        [
            "CAST(julianday(date(@)) - julianday(date($)) AS INTEGER)",
            "CAST(@ AS DATE) - CAST($ AS DATE)",
            "DATEDIFF(@, $)",
        ],
    ),
    (
        "age",
        [
            "strftime('%Y', @) - strftime('%Y', $) - (strftime('%m%d', @) < strftime('%m%d', $))",
            "CAST(EXTRACT(YEAR FROM AGE(@, $)) AS INTEGER)",
            "TIMESTAMPDIFF(YEAR, $, @)",
        ],
    ),
    (
        "list",
        [
            "GROUP_CONCAT($, ', ' ORDER BY $)",
            "STRING_AGG($, ', ' ORDER BY $)",
            "GROUP_CONCAT($ ORDER BY $ SEPARATOR ', ')",
        ],
    ),
    ("cast_date", ["'$'", "DATE '$'", "DATE '$'"]),
    ("largest", ["MAX($, @)", "GREATEST($, @)", "GREATEST($, @)"]),
    (
        "on_conflict",
        ["WHERE true ON CONFLICT ($) DO UPDATE SET", "ON CONFLICT ($) DO UPDATE SET", "ON DUPLICATE KEY UPDATE"],
    ),
    ("brought", ["excluded.$", "excluded.$", "VALUES($)"]),
    ("own", ["standing.$", "standing.$", "$"]),
];

/// The SQL for that database. Words are replaced from the innermost on.
pub fn spell(database: &str, sql: &str) -> String {
    let place = ["sqlite", "postgres", "mysql"].iter().position(|name| *name == database).expect("one of three");
    let mut sql = sql.to_owned();
    while let Some(begin) = sql.rfind('{') {
        let end = begin + sql[begin..].find('}').expect("a brace is closed");
        let (word, arguments) = sql[begin + 1..end].split_once(' ').expect("a word has arguments");
        let (first, second) = arguments.split_once("; ").unwrap_or((arguments, ""));
        let (_, spelled) = WORDS.iter().find(|(known, _)| *known == word).unwrap_or_else(|| panic!("no word {word}"));
        let spelled = spelled[place].replace('$', first).replace('@', second);
        sql.replace_range(begin..=end, &spelled);
    }
    sql
}
