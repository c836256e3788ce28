//! One session, used by two futures at once.

use orm::prelude::*;

async fn both(mut session: Session) {
    let (first, second) = (session.commit(), session.flush());
    let _ = (first.await, second.await);
}

fn main() {}
