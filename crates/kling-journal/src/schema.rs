//! The file: its tables, its version, and whether it is intact.

use std::fs::{self, Metadata, OpenOptions};
use std::io;
use std::path::{self, Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, MAIN_DB, OpenFlags, TransactionBehavior};

use crate::error::{Error, ErrorKind};

/// `klgj`: distinguishes a journal from other `SQLite` files.
const APPLICATION_ID: i32 = i32::from_be_bytes(*b"klgj");

/// The version of the journal. The tables are those of version 1; version 2 added records of the kind `answered`,
/// since version 3 a job may have several of the kind `saved`, and version 4 added those of the kind `billed`. Older
/// programs would take any of these for damage.
const VERSION: i32 = 4;

/// How long to wait for other processes, each of which locks the file for a few milliseconds at a time.
const BUSY: Duration = Duration::from_secs(5);

/// The smallest possible page of a database, in bytes.
const SMALLEST: u64 = 512;

/// The tables, in the order in which they are created. Their texts are compared with those in the file, so that damage
/// to them cannot hide a record.
const TABLES: [(&str, &str); 3] = [
    (
        "jobs",
        "CREATE TABLE jobs (number INTEGER PRIMARY KEY, key TEXT NOT NULL, service TEXT NOT NULL, \
         occurrence INTEGER NOT NULL, created INTEGER NOT NULL, source TEXT, client_business_id TEXT, text TEXT NOT NULL, \
         events INTEGER NOT NULL, last TEXT NOT NULL, seal TEXT NOT NULL, UNIQUE (key, service, occurrence)) STRICT",
    ),
    (
        "events",
        "CREATE TABLE events (sequence INTEGER PRIMARY KEY, job INTEGER NOT NULL, at INTEGER NOT NULL, \
         event TEXT NOT NULL, state TEXT NOT NULL, id TEXT, file TEXT, bytes INTEGER, detail TEXT, seal TEXT NOT NULL, \
         UNIQUE (job, sequence)) STRICT",
    ),
    (
        "claims",
        "CREATE TABLE claims (job INTEGER PRIMARY KEY, lock TEXT NOT NULL, pid INTEGER NOT NULL, host TEXT NOT NULL, \
         started INTEGER NOT NULL, seal TEXT NOT NULL) STRICT",
    ),
];

/// Opens a journal, or creates it; its folder must exist.
pub(crate) fn open(path: &Path) -> Result<Connection, Error> {
    // Prompts are private, so a new file is readable by its owner only. An existing file is not opened a second time
    // besides SQLite: closing it would release the locks that this process holds on it.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Error::io("cannot create the journal", path, &error)),
    }
    let metadata =
        fs::metadata(path).map_err(|error| Error::io("cannot open the journal", path, &error))?;
    refuse_odd(&metadata, path)?;
    let length = metadata.len();
    // SQLite would take a file that was cut this short for a new one.
    if (1..SMALLEST).contains(&length) {
        return Err(Error::new(
            ErrorKind::Foreign,
            format!(
                "{} is not a journal, or is the rest of one; restore it, or name another file, which will not know its jobs",
                path.display()
            ),
        ));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(file_name(path)?, flags)?;
    connection.busy_timeout(BUSY)?;
    if connection.is_readonly(MAIN_DB)? {
        return Err(Error::new(
            ErrorKind::Unusable,
            format!(
                "the journal {} cannot be written; make it writable, since another file would not know its jobs",
                path.display()
            ),
        ));
    }
    prepare(&mut connection).map_err(|error| error.naming(path))?;
    Ok(connection)
}

/// Opens an existing journal for reading only.
pub(crate) fn open_to_read(path: &Path) -> Result<Connection, Error> {
    let metadata =
        fs::metadata(path).map_err(|error| Error::io("cannot open the journal", path, &error))?;
    refuse_odd(&metadata, path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file_name(path)?, flags)?;
    connection.busy_timeout(BUSY)?;
    let check = || {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        check_version(&connection)?;
        check_tables(&connection)?;
        check_whole(&connection)
    };
    check().map_err(|error: Error| error.naming(path))?;
    Ok(connection)
}

/// Returns the path to pass to `SQLite`: it is absolute, so that no name is read as a URI or as a database in memory.
fn file_name(path: &Path) -> Result<PathBuf, Error> {
    path::absolute(path).map_err(|error| Error::io("cannot open the journal", path, &error))
}

/// Refuses anything that does not keep what is written to it.
fn refuse_odd(metadata: &Metadata, path: &Path) -> Result<(), Error> {
    if metadata.is_file() {
        return Ok(());
    }
    #[cfg(unix)]
    let is_pipe = std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type());
    #[cfg(not(unix))]
    let is_pipe = false;
    let kind = match (metadata.is_dir(), is_pipe) {
        (true, _) => "a folder",
        (false, true) => "a pipe",
        (false, false) => "a device or a socket",
    };
    Err(Error::new(
        ErrorKind::Unusable,
        format!(
            "{} is {kind}, not a regular file; name another file",
            path.display()
        ),
    ))
}

/// Creates a journal that is gone when the process ends.
pub(crate) fn in_memory() -> Result<Connection, Error> {
    let mut connection = Connection::open_in_memory()?;
    prepare(&mut connection)?;
    Ok(connection)
}

fn prepare(connection: &mut Connection) -> Result<(), Error> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    if is_empty(connection)? {
        create(connection)?;
    }
    check_version(connection)?;
    upgrade(connection)?;
    // A write-ahead log would be silently discarded from its first damaged record on. A journal in memory has no such
    // file.
    connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    // EXTRA is FULL plus synchronising the folder after a commit: otherwise the rollback journal could reappear after
    // a power loss, and undo the record of a request that has been sent.
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    check_tables(connection)?;
    check_whole(connection)
}

fn is_empty(connection: &Connection) -> Result<bool, Error> {
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(tables == 0
        && pragma(connection, "application_id")? == 0
        && pragma(connection, "user_version")? == 0)
}

fn pragma(connection: &Connection, name: &str) -> Result<i32, Error> {
    Ok(connection.pragma_query_value(None, name, |row| row.get(0))?)
}

fn create(connection: &mut Connection) -> Result<(), Error> {
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been first.
    if is_empty(&transaction)? {
        for (_, text) in TABLES {
            transaction.execute(text, [])?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()?;
    Ok(())
}

fn check_version(connection: &Connection) -> Result<(), Error> {
    if pragma(connection, "application_id")? != APPLICATION_ID {
        return Err(Error::new(
            ErrorKind::Foreign,
            "the file is the database of another program; name another file for the journal",
        ));
    }
    match pragma(connection, "user_version")? {
        1..=VERSION => Ok(()),
        version if version > VERSION => Err(Error::new(
            ErrorKind::Newer,
            format!(
                "the journal has version {version}, but this program knows version {VERSION}; use the newer program"
            ),
        )),
        _ => Err(Error::damaged("it has no version")),
    }
}

/// Upgrades a journal of an earlier version. Two processes may do so at once: both write the same.
fn upgrade(connection: &Connection) -> Result<(), Error> {
    if pragma(connection, "user_version")? < VERSION {
        connection.pragma_update(None, "user_version", VERSION)?;
    }
    Ok(())
}

fn check_tables(connection: &Connection) -> Result<(), Error> {
    let mut select = connection.prepare(
        "SELECT name, sql FROM sqlite_schema WHERE type <> 'index' OR sql IS NOT NULL ORDER BY rowid",
    )?;
    let found = select
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(String, String)>, _>>()?;
    let is_same = found.len() == TABLES.len()
        && found
            .iter()
            .zip(TABLES)
            .all(|((name, text), expected)| (name.as_str(), text.as_str()) == expected);
    if is_same {
        Ok(())
    } else {
        Err(Error::damaged(
            "its tables are not those it was created with",
        ))
    }
}

/// Checks that tables and indexes agree. Takes time linear in the file.
fn check_whole(connection: &Connection) -> Result<(), Error> {
    let result: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if result == "ok" {
        Ok(())
    } else {
        Err(Error::damaged(crate::plain::plain(&result)))
    }
}
