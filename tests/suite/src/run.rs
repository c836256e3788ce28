//! Runs the cases: each on a database of its own, gated by what the dialect says it has.

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use futures_util::FutureExt as _;
use libtest_mimic::{Arguments, Failed, Trial};
use orm::dialect::Dialect;
use orm::{Error, ErrorKind};

use crate::case::Case;
use crate::cases::all;
use crate::report::{Gate, Report};
use crate::{Databases, Requirement, keeps_every_character};

/// A dialect under test.
struct Subject {
    databases: Box<dyn Databases>,
    report: Report,
    /// Whether its databases are fit to tell anything, found out once.
    fit: OnceLock<Result<(), String>>,
}

/// The names of all cases.
pub fn cases() -> impl Iterator<Item = &'static str> {
    all().map(|case| case.name)
}

/// Runs all cases on all these dialects, by the arguments of the process; and prints, for each dialect, how many ran
/// and which were gated. It is the `main` of a test without a harness.
///
/// The run fails where a case fails, and where a dialect claims what no case exercised, unless only some were run.
pub fn run<const N: usize>(databases: [Box<dyn Databases>; N]) -> ExitCode {
    let arguments = Arguments::from_args();
    let subjects: Vec<Arc<Subject>> = databases
        .into_iter()
        .map(|databases| Arc::new(Subject { databases, report: Report::default(), fit: OnceLock::new() }))
        .collect();
    let trials = subjects.iter().flat_map(|subject| {
        all().map(|case| {
            let name = format!("{}::{}", subject.databases.name(), case.name);
            let subject = Arc::clone(subject);
            Trial::test(name, move || subject.attempt(case))
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    if arguments.list {
        return ExitCode::SUCCESS;
    }
    let whole = conclusion.num_filtered_out == 0 && conclusion.num_ignored == 0;
    let mut idle = false;
    for subject in &subjects {
        let unused = if whole { subject.report.unexercised() } else { Vec::new() };
        idle |= !unused.is_empty();
        print!("{}", subject.report.shown(subject.databases.name(), &unused));
    }
    if conclusion.has_failed() || idle { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

impl Subject {
    fn attempt(&self, case: &Case) -> Result<(), Failed> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        self.fit.get_or_init(|| runtime.block_on(self.check())).clone()?;
        runtime.block_on(self.run(case))
    }

    /// Looks at a database before anything is concluded from what it does.
    async fn check(&self) -> Result<(), String> {
        let shown = |error: Error| format!("{error:?}");
        let database = self.databases.create().await.map_err(shown)?;
        let kept = keeps_every_character(&database.engine).await;
        self.databases.remove(database).await.map_err(shown)?;
        kept.map_err(shown)
    }

    async fn run(&self, case: &Case) -> Result<(), Failed> {
        let shown = |error: Error| Failed::from(format!("{error:?}\n{}", error.with_values()));
        let database = self.databases.create().await.map_err(shown)?;
        let dialect = Arc::clone(database.engine.dialect());
        let gate = self.gate(&*dialect, case);
        let result = match &gate {
            Ok(Some(Gate { refused: false, .. })) => Ok(Ok(())),
            _ => AssertUnwindSafe((case.run)(database.engine.clone())).catch_unwind().await,
        };
        let removed = self.databases.remove(database).await;
        let result = result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        match gate? {
            None => {
                result.map_err(shown)?;
                self.report.ran(case.needs);
            }
            Some(gate) => {
                if gate.refused {
                    is_refused(result, &gate)?;
                }
                self.report.gated(gate);
            }
        }
        removed.map_err(shown)
    }

    /// What keeps a case from being run on a dialect; and notes all that the dialect claims.
    fn gate(&self, dialect: &dyn Dialect, case: &Case) -> Result<Option<Gate>, Failed> {
        let claimed = self.report.claims(dialect)?;
        let mut missing = case.needs.iter().copied().filter(|need| !claimed.contains(need)).peekable();
        let Some(first) = missing.peek().copied() else { return Ok(None) };
        // what is worked around is refused by nobody
        let planned = missing.find(|need| !need.is_refused());
        Ok(Some(Gate { case: case.name, requirement: planned.unwrap_or(first), refused: planned.is_none() }))
    }
}

/// A dialect that lacks something says so, and what to do instead.
fn is_refused(result: Result<(), Error>, gate: &Gate) -> Result<(), Failed> {
    let lacking = gate.requirement.name();
    match result {
        Ok(()) => Err(format!("the dialect does not claim {lacking}, and yet the case went through").into()),
        Err(error) if error.kind() != ErrorKind::Unsupported => {
            Err(format!("the dialect does not claim {lacking}, and refuses it otherwise: {error:?}").into())
        }
        Err(error) if error.help_text().is_none() => {
            Err(format!("{lacking} is refused without a word on what to do instead: {error:?}").into())
        }
        Err(_) => Ok(()),
    }
}

/// What a dialect claims of all requirements.
pub(crate) fn claimed(dialect: &dyn Dialect) -> Result<Vec<Requirement>, Error> {
    let mut claimed = Vec::new();
    for requirement in Requirement::ALL {
        if requirement.is_claimed(dialect)? {
            claimed.push(*requirement);
        }
    }
    Ok(claimed)
}
