//! Running a program with a limit on its time.

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What a program that ended left behind.
#[derive(Debug)]
pub struct Ran {
    /// It ended with status 0.
    pub ok: bool,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
    name: String,
}

impl Ran {
    /// The standard output of a program that must have succeeded.
    #[track_caller]
    pub fn expect_ok(self) -> String {
        assert!(self.ok, "{} failed:\n{}{}", self.name, self.out, self.err);
        self.out
    }

    /// Both outputs of a program that must have failed.
    #[track_caller]
    pub fn expect_failure(self) -> String {
        assert!(!self.ok, "{} should have failed:\n{}", self.name, self.out);
        self.out + &self.err
    }
}

/// Runs `command` to its end, with nothing on its standard input; after `limit` it is killed and the test fails.
#[track_caller]
pub fn run(command: &mut Command, limit: Duration) -> Ran {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run {name}: {error}"));
    let out = read_all(child.stdout.take().expect("stdout is piped"));
    let err = read_all(child.stderr.take().expect("stderr is piped"));
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break status;
        }
        if start.elapsed() > limit {
            child.kill().ok();
            child.wait().ok();
            panic!("{name} took longer than {limit:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let text = |reader: JoinHandle<String>| reader.join().expect("a reader does not panic");
    Ran {
        ok: status.success(),
        out: text(out),
        err: text(err),
        name,
    }
}

/// Reads in a thread of its own, so that neither pipe can fill up and stop the program.
fn read_all(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).ok();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
