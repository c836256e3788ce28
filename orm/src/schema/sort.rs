//! The order in which tables can be created: depth-first, stable by declaration. Where foreign keys
//! form a circle, the keys that close it are broken out.

use super::{ForeignKey, Table};

/// Tables, each after the ones it refers to; and the foreign keys that refer forward nevertheless.
/// A reference to the table itself, or to one outside the set, is no dependency,
/// and neither is a key that is to be added by ALTER TABLE; such keys come last in any case.
pub fn creation_order(tables: &[Table]) -> (Vec<&Table>, Vec<(&Table, &ForeignKey)>) {
    let position = |key: &ForeignKey| tables.iter().position(|table| table.name == key.target);
    let waits = |table: &Table| -> Vec<usize> {
        table.foreign_keys.iter().filter(|key| !key.use_alter).filter_map(position).collect()
    };
    let edges: Vec<Vec<usize>> = tables.iter().map(waits).collect();

    // an explicit stack, because a chain of tables may be long
    let mut order = Vec::with_capacity(tables.len());
    let mut state = vec![Visit::New; tables.len()];
    for start in 0..tables.len() {
        let mut stack = vec![(start, 0)];
        while let Some((at, next)) = stack.pop() {
            if next == 0 {
                if state[at] != Visit::New {
                    continue;
                }
                state[at] = Visit::Open;
            }
            match edges[at].get(next) {
                Some(&to) => {
                    stack.push((at, next + 1));
                    if state[to] == Visit::New {
                        stack.push((to, 0));
                    }
                }
                None => {
                    state[at] = Visit::Done;
                    order.push(at);
                }
            }
        }
    }

    let mut rank = vec![0; tables.len()];
    for (index, &table) in order.iter().enumerate() {
        rank[table] = index;
    }
    let closing = order
        .iter()
        .flat_map(|&at| tables[at].foreign_keys.iter().map(move |key| (at, key)))
        .filter(|(at, key)| key.use_alter || position(key).is_some_and(|to| rank[to] > rank[*at]))
        .map(|(at, key)| (&tables[at], key))
        .collect();
    (order.into_iter().map(|at| &tables[at]).collect(), closing)
}

#[derive(Clone, Copy, PartialEq)]
enum Visit {
    New,
    Open,
    Done,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &'static str, targets: &[&'static str]) -> Table {
        targets
            .iter()
            .fold(Table::new(name), |table, target| table.foreign_key(ForeignKey::new(["x"], *target, ["id"])))
    }

    fn check(tables: &[Table], order: &[&str], closing: &[&str]) {
        let (sorted, keys) = creation_order(tables);
        assert_eq!(sorted.iter().map(|t| t.name.name.as_ref()).collect::<Vec<_>>(), order);
        assert_eq!(keys.iter().map(|(t, k)| format!("{} -> {}", t.name, k.target)).collect::<Vec<_>>(), closing);
    }

    #[test]
    fn referred_to_first() {
        check(&[table("c", &["b"]), table("b", &["a"]), table("a", &[])], &["a", "b", "c"], &[]);
    }

    #[test]
    fn a_reference_to_itself_is_no_cycle() {
        check(&[table("tree", &["tree"])], &["tree"], &[]);
    }

    #[test]
    fn a_cycle_is_broken_at_one_key() {
        check(&[table("a", &["b"]), table("b", &["c"]), table("c", &["a"])], &["c", "b", "a"], &["c -> a"]);
    }
}
