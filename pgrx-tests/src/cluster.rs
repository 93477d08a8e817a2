//! A throw-away cluster.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use postgres::{Client, NoTls};

use crate::{Install, LIMIT, run, wait_until};

/// The superuser of every cluster.
pub const SUPERUSER: &str = "postgres";

/// Each cluster has a socket directory of its own, so the port is only a part of a name.
pub(crate) const PORT: &str = "5432";

/// Quick rather than safe from a power cut; a killed server loses nothing by these.
const SETTINGS: &str = "
wal_level = logical
fsync = off
full_page_writes = off
autovacuum = off
shared_buffers = 64MB
max_connections = 60
max_prepared_transactions = 10
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
statement_timeout = '120s'
log_line_prefix = '%m [%p] %q%u@%d '
";

/// Waits for the end of the process that made the cluster, however that ends, and then clears up.
/// Its standard input is a pipe that only that process holds open.
const REAPER: &str =
    r#"read -r _; "$1/pg_ctl" -D "$2/data" -m immediate -t 60 -w stop; rm -rf "$2""#;

/// A cluster of its own in a temporary directory, reached only through a socket there. It trusts everyone who
/// can open that: the directory is closed to other users. Dropping it stops and removes it.
#[derive(Debug)]
pub struct Cluster {
    install: Install,
    directory: PathBuf,
    postmaster: Option<Child>,
    reaper: Child,
    /// what the shell is told before it becomes the server
    shell: String,
}

impl Cluster {
    /// A running cluster of the Postgres under test.
    pub fn new() -> Self {
        Self::with(Install::under_test(), &[])
    }

    /// A running cluster of this Postgres, with these lines added to its `postgresql.conf`.
    pub fn with(install: Install, settings: &[&str]) -> Self {
        let mut cluster = Self::stopped(install, settings);
        cluster.start();
        cluster
    }

    /// A running cluster each process of which has at most so many kilobytes of memory.
    pub fn limited(install: Install, settings: &[&str], kilobytes: u64) -> Self {
        let mut cluster = Self::stopped(install, settings);
        cluster.shell = format!("ulimit -v {kilobytes}");
        cluster.start();
        cluster
    }

    /// A cluster that was initialised and not yet started.
    pub fn stopped(install: Install, settings: &[&str]) -> Self {
        refuse_root();
        let directory = fresh_directory();
        let reaper = Command::new("sh")
            .args(["-c", REAPER, "reaper"])
            .arg(install.bindir())
            .arg(&directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("cannot run sh");
        let mut initdb = install.program("initdb");
        initdb.args([
            "--no-sync",
            "--no-instructions",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        ]);
        if install.major() >= 18 {
            // As before 18, so that pg_upgrade accepts one for the other.
            initdb.arg("--no-data-checksums");
        }
        initdb
            .args(["-U", SUPERUSER, "-D"])
            .arg(directory.join("data"));
        run(&mut initdb, LIMIT).expect_ok();
        let cluster = Self {
            install,
            directory,
            postmaster: None,
            reaper,
            shell: ":".to_owned(),
        };
        let configuration = cluster.data().join("postgresql.conf");
        let mut text = fs::read_to_string(&configuration).expect("initdb wrote postgresql.conf");
        text.push_str(SETTINGS);
        // Last, so that they hold: what is to be tried with the whole suite, such as jit.
        let tried = std::env::var("EVENTLOG_SETTINGS").unwrap_or_default();
        for setting in settings.iter().copied().chain(tried.split(';')) {
            text.push_str(setting);
            text.push('\n');
        }
        fs::write(&configuration, text).expect("postgresql.conf can be written");
        cluster
    }

    /// The Postgres it runs on.
    pub fn install(&self) -> &Install {
        &self.install
    }

    /// Its data directory.
    pub fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// The directory of its socket, which is also free for a test's own files.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The process id of its postmaster.
    pub fn pid(&self) -> u32 {
        self.postmaster
            .as_ref()
            .expect("the cluster is not running")
            .id()
    }

    /// Starts it and waits until it accepts connections.
    pub fn start(&mut self) {
        assert!(self.postmaster.is_none(), "the cluster is running already");
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.directory.join("log"));
        let log = log.expect("the log can be opened");
        let postgres = self.install.program("postgres");
        let mut shell = Command::new("sh");
        for (key, value) in postgres.get_envs() {
            match value {
                Some(value) => shell.env(key, value),
                None => shell.env_remove(key),
            };
        }
        let postmaster = shell
            .arg("-c")
            .arg(format!("{}; exec \"$@\"", self.shell))
            .arg("sh")
            .arg(postgres.get_program())
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(&self.directory)
            .args(["-h", "", "-p", PORT])
            // As somebody may run it: no backtrace may ever stand in an error.
            .env("RUST_BACKTRACE", "1")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file can be cloned"))
            .stderr(log)
            // A Ctrl-C in the terminal is for the tests; the reaper then ends the server.
            .process_group(0)
            .spawn()
            .expect("cannot run postgres");
        let postmaster = self.postmaster.insert(postmaster);
        let mut ended = false;
        let directory = &self.directory;
        wait_until("Postgres accepts connections", || {
            ended = postmaster
                .try_wait()
                .expect("a child can be waited for")
                .is_some();
            ended
                || config(directory, "postgres", SUPERUSER)
                    .connect(NoTls)
                    .is_ok()
        });
        assert!(!ended, "Postgres does not start:\n{}", self.log());
    }

    /// Stops it in order, ending all sessions.
    pub fn stop(&mut self) {
        let mut postmaster = self.postmaster.take().expect("the cluster is not running");
        let mut stop = self.install.program("pg_ctl");
        stop.args(["-m", "fast", "-w", "-t", "60", "stop", "-D"])
            .arg(self.data());
        run(&mut stop, LIMIT * 2).expect_ok();
        postmaster.wait().expect("a child can be waited for");
    }

    /// Stops and starts it.
    pub fn restart(&mut self) {
        self.stop();
        self.start();
    }

    /// Kills the postmaster and all its processes with SIGKILL, as a crash of the machine's memory would,
    /// and waits until they are gone. `start` then recovers.
    pub fn kill_9(&mut self) {
        let mut postmaster = self.postmaster.take().expect("the cluster is not running");
        let children = children_of(postmaster.id());
        postmaster.kill().expect("a child can be killed");
        postmaster.wait().expect("a child can be waited for");
        for child in &children {
            // The shell's own: the program comes with a package that a bare machine lacks.
            let mut kill = Command::new("sh");
            kill.args(["-c", "kill -9 \"$1\"", "kill"]);
            run(kill.arg(child.to_string()), LIMIT);
        }
        wait_until("the killed server's processes are gone", || {
            children
                .iter()
                .all(|child| !Path::new(&format!("/proc/{child}")).exists() || is_zombie(*child))
        });
    }

    /// A connection.
    #[track_caller]
    pub fn connect(&self, database: &str, role: &str) -> Client {
        match self.try_connect(database, role) {
            Ok(client) => client,
            Err(error) => panic!("cannot connect to {database} as {role}: {error:?}"),
        }
    }

    /// A connection, if the server gives one.
    pub fn try_connect(&self, database: &str, role: &str) -> Result<Client, postgres::Error> {
        self.config(database, role).connect(NoTls)
    }

    /// How to connect.
    pub fn config(&self, database: &str, role: &str) -> postgres::Config {
        config(&self.directory, database, role)
    }

    /// What the server wrote to its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.join("log")).unwrap_or_default()
    }
}

impl Default for Cluster {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.reaper.stdin.take());
        self.reaper.wait().ok();
        if let Some(mut postmaster) = self.postmaster.take() {
            postmaster.kill().ok();
            postmaster.wait().ok();
        }
    }
}

/// Postgres's programs refuse root with a message of their own, deep inside `initdb`; say it better, and first.
fn refuse_root() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let uid = status.lines().find_map(|line| {
        line.strip_prefix("Uid:")?
            .split_whitespace()
            .nth(1)
            .map(str::to_owned)
    });
    assert!(
        uid.as_deref() != Some("0"),
        "Postgres does not run as root: use `make test`, or `scripts/as-postgres cargo test`"
    );
}

/// A new directory with a path short enough for a socket (107 bytes).
fn fresh_directory() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "eventlog-{}-{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    let mut parent = std::env::temp_dir();
    if parent.as_os_str().len() > 60 {
        parent = "/tmp".into();
    }
    let directory = parent.join(name);
    // One of the same process id may be left from before a reboot.
    fs::remove_dir_all(&directory).ok();
    fs::DirBuilder::new()
        .mode(0o700)
        .create(&directory)
        .unwrap_or_else(|error| panic!("cannot make {}: {error}", directory.display()));
    directory
}

fn config(directory: &Path, database: &str, role: &str) -> postgres::Config {
    let mut config = postgres::Config::new();
    config
        .host_path(directory)
        .port(PORT.parse().expect("it is a number"))
        .dbname(database)
        .user(role);
    config
        .connect_timeout(Duration::from_secs(10))
        .application_name("pg_eventlog-tests");
    config
}

/// The processes whose parent is `pid`, from `/proc/N/stat`: `N (name) state ppid ...`.
fn children_of(pid: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").expect("there is /proc").flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| stat_field(*id, 1).is_some_and(|parent| parent == pid.to_string()))
        .collect()
}

fn is_zombie(pid: u32) -> bool {
    stat_field(pid, 0).is_none_or(|state| state == "Z")
}

/// A field of `/proc/pid/stat`, counted from the one after the name (which may itself contain spaces).
fn stat_field(pid: u32, index: usize) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split(' ').nth(index).map(str::to_owned)
}
