//! The doubtful constructs, run: they mean the same on every database.
