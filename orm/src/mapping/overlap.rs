//! Two relations that write one column: what one says the other would take back, unless both say that it is meant.

use super::configure::{Link, ResolvedRelation, Side};
use super::{Mapping, RelationKind, RelationMapping, Through};

/// What is wrong with the relations of an entity together.
pub(super) fn check(mapping: &'static Mapping, relations: &[ResolvedRelation]) -> Result<(), String> {
    let written = |relation: &ResolvedRelation| !relation.view;
    for (at, relation) in relations.iter().enumerate().filter(|(_, relation)| written(relation)) {
        for other in relations.iter().take(at).filter(|other| written(other)) {
            if let Some(columns) = both_write(other, relation)
                && !(allows(mapping, relation, other) && allows(mapping, other, relation))
            {
                let (entity, one, two) = (mapping.entity, other.field, relation.field);
                return Err(format!(
                    "{entity}.{one} and {entity}.{two} both write {columns}, so what one says the other takes back; \
                     make one a ViewMany or ViewOne, or say in both that it is meant: `overlaps = {one}`, `overlaps = {two}`"
                ));
            }
        }
        if let Some(back) = unmirrored(mapping, relation) {
            let (entity, field, target) = (mapping.entity, relation.field, relation.target.entity);
            let back = back.field;
            return Err(format!(
                "{entity}.{field} and {target}.{back} are one relation seen from both sides, and neither says so; \
                 write `inverse = {back}` on the first and `inverse = {field}` on the other"
            ));
        }
    }
    Ok(())
}

fn allows(mapping: &Mapping, relation: &ResolvedRelation, other: &ResolvedRelation) -> bool {
    mapping.relations.get(relation.index).is_some_and(|declared| declared.overlaps.contains(&other.field))
}

/// The columns that both write, for a message. What each kind of an enum has of its own is never there together.
fn both_write(one: &ResolvedRelation, other: &ResolvedRelation) -> Option<String> {
    let (table, first, second) = match (&one.link, &other.link) {
        (Link::Key { holder: Side::Own, own, .. }, Link::Key { holder: Side::Own, own: second, .. }) => {
            (one.owner, own, second)
        }
        (
            Link::Key { holder: Side::Target, other: first, .. },
            Link::Key { holder: Side::Target, other: second, .. },
        ) if one.target == other.target => (one.target, first, second),
        _ => return None,
    };
    let shared = first.iter().filter(|column| second.contains(column));
    let names: Vec<&str> = shared.filter_map(|&column| Some(table.columns.get(column)?.name)).collect();
    (!names.is_empty()).then(|| format!("{}.{}", table.table, names.join(", ")))
}

/// The relation at the other end that goes by the same foreign key or the same table, where neither names the other.
fn unmirrored(mapping: &'static Mapping, relation: &ResolvedRelation) -> Option<&'static RelationMapping> {
    let declared = mapping.relations.get(relation.index)?;
    if declared.inverse.is_some() {
        return None;
    }
    let target = (declared.target)();
    let same = |back: &&RelationMapping| {
        let leads_back = (back.target)().root() == mapping && back.inverse.is_none() && !back.view;
        leads_back
            && !std::ptr::eq(*back, declared)
            && !declared.overlaps.contains(&back.field)
            && match &relation.link {
                Link::Key { holder: Side::Target, other, .. } => {
                    let columns = back.columns.iter().map(|&column| target.root_column(column));
                    back.kind == RelationKind::BelongsTo && columns.eq(other.iter().copied())
                }
                Link::Through { table, .. } => match &back.through {
                    Some(Through::Table { name, .. }) => table.name == *name && table.schema.is_none(),
                    Some(Through::Entity { mapping, .. }) => mapping().table_name() == *table,
                    _ => false,
                },
                _ => false,
            }
    };
    // to itself a table between has two sides, and each is a relation of its own
    let through = matches!(relation.link, Link::Through { .. });
    target.relations.iter().find(same).filter(|_| !(through && target.root() == mapping))
}
