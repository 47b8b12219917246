//! The writer lock of a data directory: one process writes, any number read.
//!
//! The operating system's file lock is the truth: it ends with its process, however that ends, so there is no stale lock to clean up. The file's content only
//! names the process for the message.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::StoreError;

/// The lock file's name within the data directory.
pub const LOCK_FILE: &str = "lockstep.lock";

/// Holds the writer lock of one data directory until it is dropped.
#[derive(Debug)]
pub(super) struct WriterLock {
    file: File,
}

impl WriterLock {
    /// Takes the lock without waiting; the directory must exist.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another holder lives, in this process or another; [`StoreError::Io`] when the file cannot be made.
    pub(super) fn take(directory: &Path) -> Result<Self, StoreError> {
        let path = directory.join(LOCK_FILE);
        let io = |action| {
            let path = path.clone();
            move |source| StoreError::Io { action, path, source }
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io("Could not open the lock file"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Busy { path: directory.to_owned(), holder: read_holder(&mut file) });
            }
            Err(TryLockError::Error(source)) => return Err(io("Could not lock")(source)),
        }
        name_holder(&mut file).map_err(io("Could not write the lock file"))?;
        Ok(Self { file })
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // Closing the file releases the lock too; a failure here has nothing left to protect.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

fn name_holder(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())?;
    file.flush()
}

/// Reads who holds the lock; none where the file cannot be read (Windows locks reading too) or is just being written.
fn read_holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
