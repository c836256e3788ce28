//! The text of a prepared query, with the places of values that are given each time it is run.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use super::{Language, write_statement};
use crate::dialect::driver::Command;
use crate::error::Result;
use crate::sql::Statement;
use crate::types::{SqlType, Value};

/// In how many languages texts are kept. Programs speak one or two; more come where schemas are exchanged.
const MOST: usize = 16;

/// A statement with parameters, and its texts in the languages that it was run in.
pub(crate) struct PreparedText {
    statement: Statement,
    texts: RwLock<Vec<(Language, Arc<Text>)>>,
}

struct Text {
    sql: Arc<str>,
    types: Arc<[SqlType]>,
    values: Vec<Place>,
    returns_rows: bool,
}

impl fmt::Debug for PreparedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.statement.fmt(f)
    }
}

/// Where the value of a placeholder comes from.
enum Place {
    /// The statement, which always has the same one.
    Same(Value<'static>),
    /// The parameter of that number.
    Given(usize),
}

impl PreparedText {
    pub fn new(statement: Statement) -> Self {
        PreparedText { statement, texts: RwLock::default() }
    }

    /// What is sent, with these values for the parameters.
    pub fn command(&self, language: &Language, given: &dyn Fn(usize) -> Value<'static>) -> Result<Command> {
        let text = self.text(language)?;
        let value = |place: &Place| match place {
            Place::Same(value) => value.clone(),
            Place::Given(number) => given(*number),
        };
        Ok(Command {
            values: text.values.iter().map(value).collect(),
            sql: text.sql.clone(),
            types: text.types.clone(),
            sets: 1,
            returns_rows: text.returns_rows,
            cache: true,
            generated: false,
        })
    }

    fn text(&self, language: &Language) -> Result<Arc<Text>> {
        let known = |texts: &[(Language, Arc<Text>)]| {
            texts.iter().find(|(known, _)| known.shares_texts_with(language)).map(|(_, text)| text.clone())
        };
        if let Some(text) = known(&self.texts.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(text);
        }
        let text = Arc::new(self.compile(language)?);
        let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
        if texts.len() == MOST {
            texts.remove(0);
        }
        texts.push((language.clone(), text.clone()));
        Ok(text)
    }

    fn compile(&self, language: &Language) -> Result<Text> {
        let mut compiler = language.spoken().compiler();
        compiler.parameters = Some(Vec::new());
        let returns_rows = write_statement(&mut compiler, &language.restricted(&self.statement))?;
        let parameters = compiler.parameters.take().unwrap_or_default();
        let compiled = compiler.finish(returns_rows)?;
        let mut values: Vec<Place> = compiled.values.into_iter().map(Place::Same).collect();
        for (at, number) in parameters {
            if let Some(place) = values.get_mut(at) {
                *place = Place::Given(number);
            }
        }
        Ok(Text { sql: compiled.sql.into(), types: compiled.types.into(), values, returns_rows })
    }
}
