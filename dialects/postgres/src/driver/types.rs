//! The wire type that each SQL type is declared as.

use orm::types::SqlType;
use tokio_postgres::types::Type;

/// The type of a parameter. What is not known is left to the server to infer.
pub(super) fn wire_type(ty: &SqlType) -> Type {
    match ty.base() {
        SqlType::Bool => Type::BOOL,
        SqlType::I8 | SqlType::I16 | SqlType::U8 => Type::INT2,
        SqlType::I32 | SqlType::U16 => Type::INT4,
        SqlType::I64 | SqlType::U32 => Type::INT8,
        SqlType::U64 | SqlType::Decimal { .. } => Type::NUMERIC,
        SqlType::F32 => Type::FLOAT4,
        SqlType::F64 => Type::FLOAT8,
        SqlType::Text => Type::TEXT,
        SqlType::Bytes => Type::BYTEA,
        SqlType::Date => Type::DATE,
        SqlType::Time => Type::TIME,
        SqlType::DateTime => Type::TIMESTAMP,
        SqlType::Timestamp => Type::TIMESTAMPTZ,
        SqlType::Interval | SqlType::Duration => Type::INTERVAL,
        SqlType::Uuid => Type::UUID,
        SqlType::Json => Type::JSONB,
        SqlType::Array(of) => match wire_type(of) {
            Type::BOOL => Type::BOOL_ARRAY,
            Type::INT2 => Type::INT2_ARRAY,
            Type::INT4 => Type::INT4_ARRAY,
            Type::INT8 => Type::INT8_ARRAY,
            Type::NUMERIC => Type::NUMERIC_ARRAY,
            Type::FLOAT4 => Type::FLOAT4_ARRAY,
            Type::FLOAT8 => Type::FLOAT8_ARRAY,
            Type::TEXT => Type::TEXT_ARRAY,
            Type::BYTEA => Type::BYTEA_ARRAY,
            Type::DATE => Type::DATE_ARRAY,
            Type::TIME => Type::TIME_ARRAY,
            Type::TIMESTAMP => Type::TIMESTAMP_ARRAY,
            Type::TIMESTAMPTZ => Type::TIMESTAMPTZ_ARRAY,
            Type::INTERVAL => Type::INTERVAL_ARRAY,
            Type::UUID => Type::UUID_ARRAY,
            Type::JSONB => Type::JSONB_ARRAY,
            _ => Type::UNKNOWN,
        },
        _ => Type::UNKNOWN,
    }
}

/// Whether values of the type travel as plain text.
pub(super) fn is_text(ty: &Type) -> bool {
    use tokio_postgres::types::Kind;
    match *ty {
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::XML => true,
        ref other => matches!(other.kind(), Kind::Enum(_)) || (other.name() == "citext" && is_extension(other)),
    }
}

/// Whether the type is none of the built-in ones, whose names nobody else can take.
fn is_extension(ty: &Type) -> bool {
    Type::from_oid(ty.oid()).is_none()
}
