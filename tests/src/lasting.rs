//! Databases that outlive their connections: a test's own, or a file where that is in memory.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Database;

/// A file for a database, which goes with it.
pub struct File(PathBuf);

impl File {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        File(std::env::temp_dir().join(format!("orm-tests-{}-{number}.db", std::process::id())))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

impl Database {
    /// A URL of a database that outlives its connections: its own, or that of a file where it is in memory.
    pub fn lasting(&self) -> (String, Option<File>) {
        let file = (!self.url.contains("//")).then(File::new);
        let url = match &file {
            Some(file) => format!("{}:{}", self.engine.dialect().name(), file.0.display()),
            None => self.url.clone(),
        };
        (url, file)
    }
}
