//! Queries of sessions that somebody answers before a database is asked: from a cache of results, say.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use super::Session;
use crate::dialect::driver::{BoxFuture, Command, Outcome, Row, Script, Step, given_back};
use crate::error::{Error, ErrorKind, Result};
use crate::mapping::Mapping;
use crate::types::Value;

/// Answers queries of sessions before a database is asked, and learns what a database said. It is given to
/// [`Events::answers`](super::Events::answers).
///
/// Queries of objects, with what they load along, and `select`s are such questions, one for each statement. It is not asked
/// within a transaction, which sees what it wrote itself, and not for what is to be as the database has it now: `get`,
/// `refresh`, loads of relation fields, queries that lock rows or populate existing objects.
///
/// An answer becomes objects as rows do; objects that the session has already stay as they are. How long an answer
/// holds is the matter of who gives it: [`SessionEvents::after_commit`](super::SessionEvents::after_commit) is a place
/// to forget.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/blog.rs.in"));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// # let engine = blog().await?;
/// use std::collections::HashMap;
/// use std::sync::{Arc, Mutex};
/// use orm::session::{Answer, Answers, Events, Question, Reply, SessionEvents};
///
/// /// What users were found by which query, until somebody commits.
/// #[derive(Clone, Default)]
/// struct Known(Arc<Mutex<HashMap<String, Arc<Answer>>>>);
///
/// impl Answers for Known {
///     fn reply(&self, question: &Question<'_>) -> Reply {
///         if !question.sql().contains("users") {
///             return Reply::Ask;
///         }
///         self.0.lock().unwrap().get(&question.to_key()).map_or(Reply::Learn, |known| Reply::Known(known.clone()))
///     }
///
///     fn learn(&self, question: &Question<'_>, answer: Arc<Answer>) {
///         self.0.lock().unwrap().insert(question.to_key(), answer);
///     }
/// }
///
/// impl SessionEvents for Known {
///     async fn after_commit(&self, _: &mut Session) {
///         self.0.lock().unwrap().clear();
///     }
/// }
///
/// let known = Known::default();
/// let sessions = engine.sessions().with_events(Events::new().answers(known.clone()).session(known));
/// let query = || User::query().filter(User::name.starts_with("A"));
/// assert_eq!(query().all(&mut sessions.session()).await?.len(), 1);
///
/// let recorder = engine.record();
/// let mut session = sessions.session();
/// let found = query().all(&mut session).await?;
/// assert!(recorder.take().is_empty());
///
/// found[0].edit().name = "Grace".into();
/// session.commit().await?;
/// assert!(query().all(&mut sessions.session()).await?.is_empty());
/// # Ok(()) }
/// ```
pub trait Answers: Send + Sync + 'static {
    /// What is to become of a question.
    fn reply(&self, question: &Question<'_>) -> Reply;

    /// What the database said, where the reply was [`Reply::Learn`]. It may be called on a driver's own thread: it should be
    /// quick.
    fn learn(&self, _question: &Question<'_>, _answer: Arc<Answer>) {}
}

/// What is to become of a question.
#[derive(Debug, Clone)]
pub enum Reply {
    /// The database is asked.
    Ask,
    /// The database is asked, and what it says is to be learnt.
    Learn,
    /// This is what it would say.
    Known(Arc<Answer>),
}

/// A statement that asks for rows, about to be sent.
#[derive(Clone, Copy)]
pub struct Question<'q> {
    command: &'q Command,
    database: usize,
}

impl<'q> Question<'q> {
    /// The text, with placeholders, in the language of its database.
    pub fn sql(&self) -> &'q str {
        &self.command.sql
    }

    /// The values, one a placeholder.
    pub fn values(&self) -> &'q [Value<'static>] {
        &self.command.values
    }

    /// The number of the database in the session; of one alone, 0.
    pub fn database(&self) -> usize {
        self.database
    }

    /// A text that is the same for the same question, values included, and another one for another: the key of a cache.
    pub fn to_key(&self) -> String {
        format!("{} {:?} {}", self.database, self.command.values, self.command.sql)
    }
}

/// It shows no values.
impl std::fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Question({})", self.command.sql)
    }
}

/// Rows that answer a question.
#[derive(Clone, Default, PartialEq)]
pub struct Answer {
    names: Vec<String>,
    rows: Vec<Vec<Value<'static>>>,
}

impl Answer {
    /// An answer of rows whose columns have these names.
    pub fn new(names: Vec<String>, rows: Vec<Vec<Value<'static>>>) -> Self {
        Answer { names, rows }
    }

    /// The names of the columns; none where there are no rows.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The rows.
    pub fn rows(&self) -> &[Vec<Value<'static>>] {
        &self.rows
    }
}

/// It shows no values.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({} rows of {})", self.rows.len(), self.names.join(", "))
    }
}

/// A row of an answer, as a driver would hand it out.
struct Told<'a> {
    names: &'a [String],
    values: &'a [Value<'static>],
}

impl Row for Told<'_> {
    fn len(&self) -> usize {
        self.values.len()
    }

    fn value(&mut self, index: usize) -> Result<Value<'_>> {
        match self.values.get(index) {
            Some(Value::Text(text)) => Ok(Value::Text(Cow::Borrowed(text))),
            Some(Value::Json(text)) => Ok(Value::Json(Cow::Borrowed(text))),
            Some(Value::Bytes(bytes)) => Ok(Value::Bytes(Cow::Borrowed(bytes))),
            Some(value) => Ok(value.clone()),
            None => Err(Error::new(
                ErrorKind::Decode,
                format!("the row has {} columns, and one more was asked for", self.values.len()),
            )
            .help("an answer has the columns of its question, in their order")),
        }
    }

    fn name(&self, index: usize) -> String {
        self.names.get(index).cloned().unwrap_or_default()
    }
}

/// What a database says of a question, until it is all.
struct Learning {
    command: Command,
    answer: Answer,
}

/// A script whose questions are put to those who may answer them first. What they know of a step as a whole is not sent.
struct Asking {
    script: Box<dyn Script>,
    all: Vec<Arc<dyn Answers>>,
    database: usize,
    /// What is to be sent next, where that is known; none within says that all is done.
    ahead: Option<Option<Step>>,
    /// By the number of the command.
    learning: Vec<Option<(Arc<dyn Answers>, Learning)>>,
    answered: bool,
}

impl Asking {
    /// Who answers a command, or learns of it.
    fn reply(&self, command: &Command) -> (Reply, Option<Arc<dyn Answers>>) {
        if !command.returns_rows || command.sets != 1 {
            return (Reply::Ask, None);
        }
        let question = Question { command, database: self.database };
        for answers in &self.all {
            match answers.reply(&question) {
                Reply::Ask => {}
                reply => return (reply, Some(answers.clone())),
            }
        }
        (Reply::Ask, None)
    }

    /// Goes on for as long as answers are known.
    fn advance(&mut self) -> Result<()> {
        loop {
            let Some(step) = self.script.next()? else {
                self.ahead = Some(None);
                return Ok(());
            };
            let replies: Vec<_> = step.iter().map(|command| self.reply(command)).collect();
            let known: Vec<Arc<Answer>> = replies
                .iter()
                .filter_map(|(reply, _)| if let Reply::Known(answer) = reply { Some(answer.clone()) } else { None })
                .collect();
            if known.is_empty() || known.len() < step.len() {
                let learns = |(command, (reply, answers)): (&Command, (Reply, Option<Arc<dyn Answers>>))| {
                    let answers = answers.filter(|_| matches!(reply, Reply::Learn))?;
                    Some((answers, Learning { command: command.clone(), answer: Answer::default() }))
                };
                self.learning = step.iter().zip(replies).map(learns).collect();
                self.ahead = Some(Some(step));
                return Ok(());
            }
            self.answered = true;
            for (number, answer) in known.iter().enumerate() {
                for values in &answer.rows {
                    self.script.row(number, &mut Told { names: &answer.names, values })?;
                }
                self.script.end(number, Outcome::default())?;
            }
        }
    }
}

impl Script for Asking {
    fn next(&mut self) -> Result<Option<Step>> {
        if self.ahead.is_none() {
            self.advance()?;
        }
        Ok(self.ahead.take().flatten())
    }

    fn row(&mut self, command: usize, row: &mut dyn Row) -> Result<()> {
        let Some(Some((_, Learning { answer, .. }))) = self.learning.get_mut(command) else {
            return self.script.row(command, row);
        };
        if answer.rows.is_empty() {
            answer.names = (0..row.len()).map(|index| row.name(index)).collect();
        }
        let values = (0..row.len()).map(|index| row.value(index).map(Value::into_owned)).collect::<Result<Vec<_>>>()?;
        self.script.row(command, &mut Told { names: &answer.names, values: &values })?;
        answer.rows.push(values);
        Ok(())
    }

    fn inserted(&mut self, command: usize, id: i64) {
        self.script.inserted(command, id);
    }

    fn end(&mut self, command: usize, outcome: Outcome) -> Result<()> {
        if let Some((answers, Learning { command, answer })) = self.learning.get_mut(command).and_then(Option::take) {
            answers.learn(&Question { command: &command, database: self.database }, Arc::new(answer));
        }
        self.script.end(command, outcome)
    }

    fn next_set(&mut self, command: usize) -> bool {
        let several = self.script.next_set(command);
        if several && let Some(learning) = self.learning.get_mut(command) {
            // more than one list of rows is no answer
            *learning = None;
        }
        several
    }

    fn pause(&mut self) -> Option<BoxFuture<'static, ()>> {
        self.script.pause()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl Session {
    /// Runs a script of questions: those who listen may answer them. Whether they did, of any.
    pub(super) async fn ask(&mut self, at: usize, script: Box<dyn Script>) -> Result<(Box<dyn Script>, bool)> {
        let all = self.events.as_ref().map(|events| events.all_answers().to_vec()).unwrap_or_default();
        if all.is_empty() {
            return Ok((self.run_script(at, script).await?, false));
        }
        self.ready()?;
        self.flush_first(|| "a flush before this query failed".to_owned()).await?;
        if self.in_transaction() {
            return Ok((self.run_script(at, script).await?, false));
        }
        let learning = Vec::new();
        let mut asking = Box::new(Asking { script, all, database: at, ahead: None, learning, answered: false });
        asking.advance()?;
        if !matches!(asking.ahead, Some(None)) {
            asking = given_back(self.run_script(at, asking).await?)?;
        }
        Ok((asking.script, asking.answered))
    }

    /// The same, in the database that an entity lives in, and gives the script back as what it is.
    pub(super) async fn ask_for<S: Script>(&mut self, mapping: &'static Mapping, script: S) -> Result<(S, bool)> {
        let at = self.home_of(mapping);
        let (script, answered) = self.ask(at, Box::new(script)).await?;
        Ok((*given_back(script)?, answered))
    }
}
