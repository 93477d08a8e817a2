//! A fresh database for each test, in one cluster for all tests of a process.

use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use postgres::Client;

use crate::{Cluster, Ran, SUPERUSER, Session};

/// The database with the extension that the others are copied from.
const TEMPLATE: &str = "eventlog_template";

/// A database of the shared cluster with the extension in it.
#[derive(Debug)]
pub struct Database {
    cluster: &'static Cluster,
    name: String,
}

impl Database {
    /// A new database with the extension.
    pub fn fresh() -> Self {
        static TEMPLATE_MADE: OnceLock<()> = OnceLock::new();
        let cluster = shared_cluster();
        TEMPLATE_MADE.get_or_init(|| make_template(cluster));
        Self::copy_of(cluster, TEMPLATE)
    }

    /// A new database with the extension, in a cluster of its own: nobody else's transactions run there. Like the shared
    /// one it ends after the process.
    pub fn alone() -> Self {
        let cluster: &'static Cluster = Box::leak(Box::default());
        make_template(cluster);
        Self::copy_of(cluster, TEMPLATE)
    }

    /// A new database without the extension.
    pub fn empty() -> Self {
        Self::copy_of(shared_cluster(), "template0")
    }

    /// A copy of this one, to which nobody may be connected.
    pub fn copy(&self) -> Self {
        Self::copy_of(self.cluster, &self.name)
    }

    fn copy_of(cluster: &'static Cluster, template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mut client = cluster.connect("postgres", SUPERUSER);
        client
            .batch_execute(&format!("create database {name} template {template}"))
            .expect("a database can be made");
        Self { cluster, name }
    }

    /// The shared cluster.
    pub fn cluster(&self) -> &'static Cluster {
        self.cluster
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A connection as the superuser.
    #[track_caller]
    pub fn admin(&self) -> Client {
        self.connect(SUPERUSER)
    }

    /// A connection as this role.
    #[track_caller]
    pub fn connect(&self, role: &str) -> Client {
        self.cluster.connect(&self.name, role)
    }

    /// A session whose statements may wait for those of another one.
    #[track_caller]
    pub fn session(&self) -> Session {
        Session::open(self, SUPERUSER)
    }

    /// Makes a login role for this test alone, since roles are shared by all databases, and returns its name.
    #[track_caller]
    pub fn role(&self, name: &str) -> String {
        let role = format!("{name}_{}", self.name);
        self.admin()
            .batch_execute(&format!("create role {role} login"))
            .expect("a role can be made");
        role
    }

    /// Runs SQL through psql, stopping at the first error.
    #[track_caller]
    pub fn psql(&self, role: &str, sql: &str) -> Ran {
        self.cluster.psql(&self.name, role, sql)
    }

    /// A client program, told how to reach this database through the socket.
    pub fn client_program(&self, name: &str, role: &str) -> Command {
        self.cluster.client_program(name, &self.name, role)
    }
}

/// Never dropped, as it is shared: its reaper ends it after the process.
fn shared_cluster() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(Cluster::new)
}

fn make_template(cluster: &Cluster) {
    let install = cluster.install();
    assert!(
        install.has_extension(),
        "pg_eventlog is not installed into the Postgres of {}: run `make install PG_CONFIG=...`",
        install.pg_config().display()
    );
    let mut client = cluster.connect("postgres", SUPERUSER);
    client
        .batch_execute(&format!("create database {TEMPLATE}"))
        .expect("a database can be made");
    let mut client = cluster.connect(TEMPLATE, SUPERUSER);
    client
        .batch_execute("create extension pg_eventlog")
        .expect("the extension can be created");
}
