//! Subscriptions in the midst of their work, for whatever happens to their database then.

use postgres::Client;

use crate::clients::{ack, drain, names, receive, say};

/// Transactions before it, most of which have ids that a younger cluster gives out again.
pub const EVENTS: usize = 3_000;

/// The log, in a database that has the extension.
pub const LOG: &str =
    "select eventlog.create_log('public.events', require_tenant => false, unregistered => 'allow')";

/// The event that none has seen.
const BEHIND: &str = "behind";

const SUBSCRIPTIONS: [&str; 4] = ["middle", "done", "failing", "split"];

/// What they have handed out.
pub struct Midst {
    /// what `middle` has handed out and was acked
    middle: Vec<String>,
    /// what it has handed out and nobody settled
    open: Vec<String>,
    receipt: i64,
    split: Vec<String>,
}

/// What becomes of the batch that was handed out and not settled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// its receipt does not count any more: the database is in another cluster
    Void,
    /// it is acked
    Acked,
    /// its lease runs out, as its worker is not there any more
    RunsOut,
}

impl Midst {
    /// Makes a log and brings subscriptions into the midst of it. One is in the middle of a window, with a batch that
    /// nobody settled; one is at its end; one has a dead letter, one that waits and some that are held; one is going to
    /// be split.
    pub fn make(client: &mut Client) -> Midst {
        client.batch_execute(LOG).expect("the log is made");
        for subscription in SUBSCRIPTIONS {
            // Such as are to become dead letters do so at once.
            let attempts = if subscription == "failing" { 1 } else { 5 };
            let sql =
                format!("select eventlog.subscribe('{subscription}', max_attempts => {attempts})");
            client.batch_execute(&sql).expect("it is subscribed");
        }
        client
            .batch_execute(&format!(
                "do $$ begin for n in 1..{EVENTS} loop
                    perform eventlog.log_event('said', jsonb_build_object('name', n), entity_type => 'e', entity_id => n % 7);
                    commit;
                end loop; end $$"
            ))
            .expect("they are logged");
        let (middle, receipt) = receive(client, "middle", 700);
        ack(client, "middle", receipt);
        let (open, open_receipt) = receive(client, "middle", 100);
        assert_eq!(drain(client, "done", 1_000), names(1..EVENTS + 1));
        let (_, receipt) = receive(client, "failing", 5_000);
        let fail = "select eventlog.nack('failing', $1, array(select id from public.events where payload ->> 'name' = any ($2)), 'no')";
        client
            .execute(fail, &[&receipt, &vec!["1"]])
            .expect("one fails");
        client
            .batch_execute("select eventlog.alter_subscription('failing', '{\"max_attempts\": 5, \"options\": {\"retry_base\": \"1 microsecond\"}}')")
            .expect("it is changed");
        client
            .execute(fail, &[&receipt, &vec!["2"]])
            .expect("another one fails");
        ack(client, "failing", receipt);
        let (split, receipt) = receive(client, "split", 1_000);
        ack(client, "split", receipt);
        client
            .batch_execute("select eventlog.alter_subscription('split', '{\"shards\": 3}')")
            .expect("it is changed");
        // None of them has come here: no window that was begun ends behind it.
        say(client, BEHIND, "5");
        Midst {
            middle,
            open,
            receipt: open_receipt,
            split,
        }
    }

    /// All of them go on: nothing is missing, nothing comes twice, and what is written now comes after what was there.
    /// `came` were written since, which `done` has come past, if there are any; `told` names what is written here.
    pub fn goes_on(&self, client: &mut Client, open: Open, came: &[&str], told: &str) {
        let mut middle = self.middle.clone();
        let state = "select state from eventlog.subscriptions where name = 'middle'";
        let state: String = value(client, state);
        if open == Open::RunsOut {
            assert_eq!(state, "delivering");
            let run_out = "update eventlog.subscription_shard set lease_until = clock_timestamp() where is_open";
            client.batch_execute(run_out).expect("it is a superuser");
        }
        let acked = client.execute("select eventlog.ack('middle', $1)", &[&self.receipt]);
        match open {
            Open::Acked => {
                acked.expect("its receipt counts");
                middle.extend(self.open.clone());
            }
            Open::Void | Open::RunsOut => {
                let stale = acked.expect_err("its receipt does not count any more");
                assert_eq!(stale.code().map(|c| c.code()), Some("55000"));
            }
        }
        if open == Open::Void {
            assert_eq!(state, "idle");
        }
        let [new, newer, newest] = ["new", "newer", "newest"].map(|name| format!("{name} {told}"));
        say(client, &new, "1");
        // In parts, so that the old window goes on here.
        let (names_of_middle, receipt) = receive(client, "middle", 300);
        assert!(receipt > self.receipt, "{receipt} after {}", self.receipt);
        middle.extend(names_of_middle);
        ack(client, "middle", receipt);
        say(client, &newer, "2");
        middle.extend(drain(client, "middle", 300));
        let mut later: Vec<String> = came.iter().map(|name| (*name).to_owned()).collect();
        later.extend([new, newer]);
        let mut expected = names(1..EVENTS + 1);
        expected.push(BEHIND.to_owned());
        expected.extend(later.iter().cloned());
        assert_eq!(middle, expected);
        let mut done = later[came.len()..].to_vec();
        if came.is_empty() {
            done.insert(0, BEHIND.to_owned());
        }
        assert_eq!(drain(client, "done", 10), done);

        // 9, 16 ... are of the entity of 2, and are behind it.
        let failed = drain(client, "failing", 5_000);
        let of_two: Vec<String> = (2..=EVENTS).step_by(7).map(|n| n.to_string()).collect();
        let mut again: Vec<String> = failed.clone();
        again.retain(|name| of_two.contains(name));
        assert_eq!(again, of_two);
        assert_eq!(failed.len(), of_two.len() + later.len() + 1, "{failed:?}");
        let dead = "select count(*) from eventlog.dead_letter where subscription = 'failing'";
        assert_eq!(value::<i64>(client, dead), 1);

        let mut all = self.split.clone();
        all.extend(drain(client, "split", 300));
        let shards = "select count(*) from eventlog.subscriptions where name = 'split' and next_shards is null";
        assert_eq!(value::<i64>(client, shards), 3);
        all.sort_unstable();
        expected.sort_unstable();
        assert_eq!(all, expected);

        // And on it goes.
        say(client, &newest, "3");
        for subscription in SUBSCRIPTIONS {
            assert_eq!(
                drain(client, subscription, 10),
                [newest.as_str()],
                "{subscription}"
            );
        }
    }
}

fn value<T: for<'a> postgres::types::FromSql<'a>>(client: &mut Client, query: &str) -> T {
    client.query_one(query, &[]).expect("it can be seen").get(0)
}
