//! What ran on a dialect, what was gated, and what it claims that nothing exercised.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Mutex, OnceLock};

use libtest_mimic::Failed;
use orm::dialect::Dialect;

use crate::Requirement;
use crate::run::claimed;

/// A case that did not run as it stands.
pub(crate) struct Gate {
    /// The case.
    pub case: &'static str,
    /// What the dialect lacks.
    pub requirement: Requirement,
    /// Whether it was run to be refused; otherwise it was passed over.
    pub refused: bool,
}

/// The tally of a dialect.
#[derive(Default)]
pub(crate) struct Report {
    claimed: OnceLock<Vec<Requirement>>,
    tally: Mutex<Tally>,
}

#[derive(Default)]
struct Tally {
    ran: usize,
    exercised: BTreeSet<Requirement>,
    gated: BTreeMap<Requirement, Vec<(&'static str, bool)>>,
}

impl Report {
    /// What the dialect claims, asked once.
    pub fn claims(&self, dialect: &dyn Dialect) -> Result<&[Requirement], Failed> {
        if self.claimed.get().is_none() {
            let claimed = claimed(dialect).map_err(|error| format!("{error:?}"))?;
            let _ = self.claimed.set(claimed);
        }
        Ok(self.claimed.get().map_or(&[], Vec::as_slice))
    }

    pub fn ran(&self, needs: &[Requirement]) {
        let mut tally = self.tally.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        tally.ran += 1;
        tally.exercised.extend(needs);
    }

    pub fn gated(&self, gate: Gate) {
        let mut tally = self.tally.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        tally.gated.entry(gate.requirement).or_default().push((gate.case, gate.refused));
    }

    /// What is claimed, and no case needed.
    pub fn unexercised(&self) -> Vec<Requirement> {
        let tally = self.tally.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let claimed = self.claimed.get().map_or(&[][..], Vec::as_slice);
        claimed.iter().copied().filter(|claim| !tally.exercised.contains(claim)).collect()
    }

    pub fn shown(&self, dialect: &str, unused: &[Requirement]) -> String {
        let tally = self.tally.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let gated: usize = tally.gated.values().map(Vec::len).sum();
        let claims = self.claimed.get().map_or(0, Vec::len);
        let of = Requirement::ALL.len();
        let mut text =
            format!("suite on {dialect}: {} cases ran, {gated} were gated; it claims {claims} of {of}\n", tally.ran);
        for (requirement, cases) in &tally.gated {
            let how = if cases.iter().all(|(_, refused)| *refused) { "refused" } else { "passed over" };
            let mut names: Vec<_> = cases.iter().map(|(case, _)| *case).collect();
            names.sort_unstable();
            let _ = writeln!(text, "  {} {how}: {}", requirement.name(), names.join(", "));
        }
        for claim in unused {
            let _ = writeln!(text, "  FAILED: {} is claimed, and no case that passed needs it", claim.name());
        }
        text
    }
}
