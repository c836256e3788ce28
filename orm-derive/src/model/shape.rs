//! What a type looks like. A macro sees only its spelling, so these are guesses that may miss an alias;
//! each is only used where a miss leaves the compiler or the library to find out.

use syn::{GenericArgument, PathArguments, PathSegment, Type};

use super::Kind;

/// The type without invisible groups and parentheses.
fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        other => other,
    }
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match peel(ty) {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        _ => None,
    }
}

/// The `T` of `Name<T>`.
fn argument(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The `T` of `Name<K, T>`.
fn last_argument(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().rev().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The `T` of `Option<T>`.
pub fn optional(ty: &Type) -> Option<&Type> {
    last_segment(ty).filter(|segment| segment.ident == "Option").and_then(argument)
}

/// The kind and `T` of `HasMany<T>`, `HasOne<T>`, `BelongsTo<T>`, `ViewMany<T>`, `ViewOne<T>`, `WriteOnly<T>`, `HasMap<K, T>`.
pub fn relation(ty: &Type) -> Option<(Kind, &Type)> {
    let segment = last_segment(ty)?;
    let is =
        |kind: &Kind| segment.ident == kind.type_name() || kind.view_name().is_some_and(|name| segment.ident == name);
    let kind = Kind::ALL.into_iter().find(is);
    let kind = kind.or((is_write_only(ty) || map_key(ty).is_some()).then_some(Kind::HasMany))?;
    last_argument(segment).map(|target| (kind, target))
}

/// The `K` of `HasMap<K, T>`.
pub fn map_key(ty: &Type) -> Option<&Type> {
    last_segment(ty).filter(|segment| segment.ident == "HasMap").and_then(argument)
}

/// The `T` of `Deferred<T>`.
pub fn deferred(ty: &Type) -> Option<&Type> {
    last_segment(ty).filter(|segment| segment.ident == "Deferred").and_then(argument)
}

/// Whether it is `WriteOnly<T>`: a relation to many that is never loaded.
pub fn is_write_only(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == "WriteOnly")
}

/// Whether it is a relation that is only looked at.
pub fn is_view(ty: &Type) -> bool {
    let views = |segment: &syn::Ident| Kind::ALL.iter().filter_map(|kind| kind.view_name()).any(|name| segment == name);
    last_segment(ty).is_some_and(|segment| views(&segment.ident))
}

/// The `T` of `Vec<T>`, `Option<Vec<T>>` and such; a type without arguments itself.
pub fn innermost(ty: &Type) -> &Type {
    last_segment(ty).and_then(argument).map_or(ty, innermost)
}

/// The last word of the type's path, `Option` aside.
pub fn base_name(ty: &Type) -> Option<String> {
    last_segment(optional(ty).unwrap_or(ty)).map(|segment| segment.ident.to_string())
}

const INTEGERS: [&str; 8] = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];
const OTHERS: [&str; 14] = [
    "String",
    "bool",
    "f32",
    "f64",
    "char",
    "Vec",
    "Uuid",
    "Decimal",
    "NaiveDate",
    "NaiveTime",
    "NaiveDateTime",
    "DateTime",
    "Json",
    "Bytes",
];

/// Whether it may be an integer: one of them, or a type of the user's.
pub fn may_be_integer(ty: &Type) -> bool {
    base_name(ty).is_none_or(|name| !OTHERS.contains(&name.as_str()))
}

/// Whether it may be text: `String`, or a type of the user's.
pub fn may_be_text(ty: &Type) -> bool {
    base_name(ty)
        .is_none_or(|name| name == "String" || !(OTHERS.contains(&name.as_str()) || INTEGERS.contains(&name.as_str())))
}

/// Whether it may be a decimal: `Decimal`, or a type of the user's.
pub fn may_be_decimal(ty: &Type) -> bool {
    base_name(ty)
        .is_none_or(|name| name == "Decimal" || !(OTHERS.contains(&name.as_str()) || INTEGERS.contains(&name.as_str())))
}

/// Whether it is a floating-point number.
pub fn is_float(ty: &Type) -> bool {
    base_name(ty).is_some_and(|name| name == "f32" || name == "f64")
}

/// Whether it is one of the types that are one column each.
pub fn is_value(ty: &Type) -> bool {
    base_name(ty).is_some_and(|name| INTEGERS.contains(&name.as_str()) || OTHERS.contains(&name.as_str()))
}

/// Why no column can hold it, and what to use, where the spelling tells.
pub fn unsupported(ty: &Type) -> Option<&'static str> {
    if optional(ty).is_some_and(|inner| deferred(inner).is_some()) {
        return Some(
            "a deferred column is there in every object, and its value may be NULL; write Deferred<Option<..>>",
        );
    }
    let ty = deferred(ty).unwrap_or(ty);
    match peel(optional(ty).unwrap_or(ty)) {
        Type::Reference(_) => {
            Some("a column cannot hold a reference, because an entity owns its values; use String or Vec<u8>")
        }
        Type::Ptr(_) => {
            Some("a column cannot hold a raw pointer; use a value, or #[orm(skip)] for a field that is not stored")
        }
        Type::Tuple(_) => Some("a column cannot hold a tuple; use one field for each part"),
        Type::Array(array) if base_name(&array.elem).is_none_or(|item| item == "u8") => None,
        Type::Array(_) | Type::Slice(_) => Some(
            "a column cannot hold this array; use [u8; N] for bytes, Vec<T> for values, HasMany<T> for related rows",
        ),
        Type::FnPtr(_) | Type::Never(_) | Type::ImplTrait(_) | Type::TraitObject(_) | Type::Infer(_) => {
            Some("a column cannot hold this; use a plain type, or #[orm(skip)] for a field that is not stored")
        }
        other => by_name(other),
    }
}

fn by_name(ty: &Type) -> Option<&'static str> {
    let segment = last_segment(ty)?;
    match segment.ident.to_string().as_str() {
        "usize" | "isize" => Some("a column has the same width on every machine; use i64 or u64"),
        "u128" => Some("databases have no integers of 128 bits; use u64, or i128, which is kept as a decimal"),
        "str" => Some("an entity owns its text; use String"),
        "Option" => Some("an Option in an Option cannot be told from one in a database; use one Option"),
        "HasMany" | "HasOne" | "BelongsTo" | "WriteOnly" | "HasMap" if argument(segment).is_some() => Some(
            "a relation is no column, and is never an Option; for one that may be missing write BelongsTo<Option<T>>",
        ),
        _ => None,
    }
}
