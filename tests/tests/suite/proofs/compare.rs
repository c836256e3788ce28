//! What is compared after each step: objects, relations and rows with the model.

use orm::State;

use super::domain::{Row, rows};
use super::play::{Play, Told, told};
use super::world::Life;

impl Play<'_> {
    /// Compares all objects with the model.
    pub fn compare(&self) -> Told<()> {
        for (at, thing) in self.world.things.iter().enumerate() {
            let Some(handle) = &self.handles[at] else { continue };
            let name = self.name(at);
            let states: &[State] = match thing.life {
                Life::Pending => &[State::Pending],
                Life::Persistent => &[State::Persistent],
                Life::Doomed => &[State::Doomed],
                Life::Gone => &[State::Deleted, State::Detached],
            };
            if !states.contains(&handle.state()) {
                return Err(format!("{name} is {:?}, and should be {:?}", handle.state(), thing.life));
            }
            if thing.life == Life::Gone {
                continue;
            }
            let expected = (at as i64, thing.now.name.clone(), thing.now.word.clone(), thing.version);
            if handle.columns() != expected {
                return Err(format!("{name} holds {:?}, and should hold {expected:?}", handle.columns()));
            }
            let up = thing.now.up.map(|up| up as i64);
            if handle.up().is_some_and(|known| known != up) {
                return Err(format!("{name} belongs to {:?}, and should to {up:?}", handle.up()));
            }
            let (down, links) = handle.downs();
            let expected: Vec<i64> = self.world.belonging(at).into_iter().map(|at| at as i64).collect();
            if down.as_ref().is_some_and(|down| *down != expected) {
                return Err(format!("{name} has {down:?}, and should have {expected:?}"));
            }
            let linked = self.world.links.iter().filter_map(|&(post, tag)| match at {
                _ if post == at => Some(tag as i64),
                _ if tag == at => Some(post as i64),
                _ => None,
            });
            let expected: Vec<i64> = linked.collect();
            if links.as_ref().is_some_and(|links| *links != expected) {
                return Err(format!("{name} is linked to {links:?}, and should be to {expected:?}"));
            }
        }
        Ok(())
    }

    /// Compares all rows with the model, and foreign keys of objects with those that they belong to.
    pub async fn compare_rows(&mut self) -> Told<()> {
        let mut rows: Vec<Row> = told(told(rows())?.all(&mut *self.session.no_autoflush()).await)?;
        rows.sort();
        let expected = self.world.rows();
        if rows != expected {
            return Err(format!("the rows are\n{rows:?}\nand should be\n{expected:?}"));
        }
        for (at, thing) in self.world.things.iter().enumerate() {
            let settled = thing.life == Life::Persistent && thing.row.as_ref() == Some(&thing.now);
            let up = thing.now.up.and_then(|up| self.handles[up].as_ref());
            if settled && self.handles[at].as_ref().is_some_and(|handle| !handle.follows(up)) {
                return Err(format!("the foreign key of {} is not that of {:?}", self.name(at), thing.now.up));
            }
        }
        Ok(())
    }
}
