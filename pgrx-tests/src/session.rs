//! Sessions with explicit steps, for races with a fixed interleaving.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;

use postgres::{Client, SimpleQueryMessage};

use crate::{Database, LIMIT, Refusal, wait_until};

type Rows = Vec<Vec<Option<String>>>;
type Answer = Result<Rows, Refusal>;

/// A connection in a thread of its own: its statements may block while the test goes on.
#[derive(Debug)]
pub struct Session {
    pid: i32,
    statements: Option<Sender<(String, Sender<Answer>)>>,
    thread: Option<JoinHandle<()>>,
    watch: Watch,
}

/// A statement under way.
#[derive(Debug)]
pub struct Pending {
    sql: String,
    answer: Receiver<Answer>,
}

/// How to look at the session from outside.
struct Watch(Client);

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watch")
    }
}

impl Session {
    /// Opens a session of this role.
    #[track_caller]
    pub fn open(database: &Database, role: &str) -> Self {
        let mut client = database.connect(role);
        let row = client
            .query_one("select pg_backend_pid()", &[])
            .expect("a session has a process");
        let (statements, inbox) = channel::<(String, Sender<Answer>)>();
        let thread = std::thread::spawn(move || {
            for (sql, reply) in inbox {
                reply
                    .send(
                        client
                            .simple_query(&sql)
                            .map(rows)
                            .map_err(|error| Refusal::of(&error)),
                    )
                    .ok();
            }
        });
        let watch = Watch(database.cluster().connect("postgres", crate::SUPERUSER));
        Self {
            pid: row.get(0),
            statements: Some(statements),
            thread: Some(thread),
            watch,
        }
    }

    /// The process id of its backend.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Sends a statement and does not wait for its end.
    pub fn start(&self, sql: &str) -> Pending {
        let (reply, answer) = channel();
        let statements = self.statements.as_ref().expect("the session is open");
        statements
            .send((sql.to_owned(), reply))
            .expect("the session's thread lives");
        Pending {
            sql: sql.to_owned(),
            answer,
        }
    }

    /// Runs a statement that must succeed; the rows of its last result, as text.
    #[track_caller]
    pub fn run(&self, sql: &str) -> Rows {
        self.start(sql).succeeds()
    }

    /// Runs a statement that must succeed and returns the only value of its only row.
    #[track_caller]
    pub fn value(&self, sql: &str) -> String {
        let rows = self.run(sql);
        assert!(
            rows.len() == 1 && rows[0].len() == 1,
            "not one value from {sql}: {rows:?}"
        );
        rows[0][0].clone().unwrap_or_else(|| "null".to_owned())
    }

    /// Runs a statement that must fail.
    #[track_caller]
    pub fn refused(&self, sql: &str) -> Refusal {
        self.start(sql).refused()
    }

    /// Waits until the session's statement waits for a lock that another session holds.
    #[track_caller]
    pub fn wait_until_blocked(&mut self) {
        let Self { pid, watch, .. } = self;
        wait_until("the session is blocked", || {
            let row = watch
                .0
                .query_one("select cardinality(pg_blocking_pids($1)) > 0", &[pid]);
            row.expect("a superuser may look").get(0)
        });
    }
}

impl Pending {
    /// Waits for its end, whichever that is.
    #[track_caller]
    pub fn end(self) -> Answer {
        match self.answer.recv_timeout(LIMIT) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => panic!("no answer within {LIMIT:?} to: {}", self.sql),
            Err(RecvTimeoutError::Disconnected) => panic!("the session ended during: {}", self.sql),
        }
    }

    /// Waits until its session has ended. Whether the server's last word still comes through is chance.
    #[track_caller]
    pub fn dies(self) {
        match self.answer.recv_timeout(LIMIT) {
            Ok(Ok(rows)) => panic!("{}\nwas to die, and gave {rows:?}", self.sql),
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {}
            Err(RecvTimeoutError::Timeout) => panic!("no answer within {LIMIT:?} to: {}", self.sql),
        }
    }

    /// Waits for its end, which must be a success.
    #[track_caller]
    pub fn succeeds(self) -> Rows {
        let sql = self.sql.clone();
        self.end()
            .unwrap_or_else(|refusal| panic!("{sql}\nwas refused: {refusal:?}"))
    }

    /// Waits for its end, which must be an error.
    #[track_caller]
    pub fn refused(self) -> Refusal {
        let sql = self.sql.clone();
        match self.end() {
            Ok(rows) => panic!("{sql}\nshould have been refused, and gave {rows:?}"),
            Err(refusal) => refusal,
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.statements.take());
        // A statement that still waits, after a failed assertion, would hold up the join.
        self.watch
            .0
            .execute("select pg_terminate_backend($1)", &[&self.pid])
            .ok();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// The rows of the last statement that gave any.
fn rows(messages: Vec<SimpleQueryMessage>) -> Rows {
    let mut rows = Rows::new();
    let mut ended = false;
    for message in messages {
        match message {
            SimpleQueryMessage::Row(row) => {
                if std::mem::take(&mut ended) {
                    rows.clear();
                }
                rows.push(
                    (0..row.len())
                        .map(|column| row.get(column).map(str::to_owned))
                        .collect(),
                );
            }
            SimpleQueryMessage::CommandComplete(_) => ended = true,
            _ => {}
        }
    }
    rows
}
