//! A newer Postgres in the midst of subscriptions: by `pg_upgrade`, and by the old version's own dump.

use pg_eventlog_tests::{Cluster, Install, SUPERUSER};
use postgres::Client;

use crate::midst::{Midst, Open};

/// The newer versions that are there with this very build of the extension.
fn newer() -> Vec<Install> {
    let old = Install::under_test();
    let newer = (old.major() + 1..=18).filter_map(Install::of_major);
    newer
        .filter(|new| new.has_same_extension_as(&old))
        .collect()
}

fn in_midst(cluster: &Cluster) -> (Midst, String) {
    let mut client = cluster.connect("postgres", SUPERUSER);
    client
        .batch_execute("create extension pg_eventlog")
        .expect("it is installed");
    let midst = Midst::make(&mut client);
    let outside = "select \"position\" from eventlog.read_events('now')";
    let outside = client.query_one(outside, &[]).expect("it is given").get(0);
    (midst, outside)
}

fn goes_on(midst: &Midst, outside: &str, client: &mut Client) {
    let elsewhere = client.query("select from eventlog.read_events($1)", &[&outside]);
    let elsewhere = elsewhere.expect_err("it is of another cluster");
    assert_eq!(elsewhere.code().map(|c| c.code()), Some("55000"));
    midst.goes_on(client, Open::Void, &[], "upgraded");
}

/// `pg_upgrade` makes another cluster, whose transaction ids go on after those of the old one. It does so to the same
/// version too, so this needs no newer one; where one is there, it is upgraded to.
#[test]
fn pg_upgrade_in_the_midst_of_subscriptions() {
    let old = Install::under_test();
    assert!(old.can_upgrade(), "Postgres comes with pg_upgrade");
    for install in [vec![old], newer()].concat() {
        let major = install.major();
        let mut source = Cluster::new();
        let (midst, outside) = in_midst(&source);
        source.stop();
        let mut target = Cluster::stopped(install, &[]);
        let upgraded = source.pg_upgrade_into(&target, &[]);
        if upgraded.err.contains(Cluster::ATTVER) {
            println!("Postgres {major} is of an older release than the source");
            continue;
        }
        upgraded.expect_ok();
        target.start();
        goes_on(&midst, &outside, &mut target.connect("postgres", SUPERUSER));
    }
}

/// Where `pg_upgrade` refuses, the old version's own dump does not.
#[test]
fn a_dump_into_a_newer_version_in_the_midst_of_subscriptions() {
    for install in newer() {
        let source = Cluster::new();
        let (midst, outside) = in_midst(&source);
        let target = Cluster::with(install, &[]);
        let file = target.directory().join("old.sql");
        source
            .pg_dump("postgres", SUPERUSER, &[], &file)
            .expect_ok();
        target.psql_file("postgres", SUPERUSER, &file).expect_ok();
        goes_on(&midst, &outside, &mut target.connect("postgres", SUPERUSER));
    }
}
