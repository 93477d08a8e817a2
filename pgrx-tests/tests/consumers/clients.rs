//! What consumers do, through plain connections: for clusters of their own.

use postgres::Client;

/// Logs an event that is told by its name, of an entity.
pub fn say(client: &mut Client, name: &str, entity: &str) {
    let sql = format!(
        "select eventlog.log_event('said', '{{\"name\": \"{name}\"}}', entity_type => 'e', entity_id => '{entity}')"
    );
    client.batch_execute(&sql).expect("it is logged");
}

/// What comes, in its order, and its receipt.
pub fn receive(client: &mut Client, subscription: &str, most: i32) -> (Vec<String>, i64) {
    let rows = client
        .query(
            "select payload ->> 'name', receipt from eventlog.receive($1, $2)",
            &[&subscription, &most],
        )
        .expect("it can be received");
    let receipt = rows.first().map_or(0, |row| row.get(1));
    (rows.iter().map(|row| row.get(0)).collect(), receipt)
}

/// Acks all of a receipt.
pub fn ack(client: &mut Client, subscription: &str, receipt: i64) {
    client
        .execute("select eventlog.ack($1, $2)", &[&subscription, &receipt])
        .expect("it is acked");
}

/// Receives and acks until nothing comes; the names in their order.
pub fn drain(client: &mut Client, subscription: &str, most: i32) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        let (names, receipt) = receive(client, subscription, most);
        if names.is_empty() {
            return all;
        }
        all.extend(names);
        ack(client, subscription, receipt);
    }
}

/// The numbers of a range as names.
pub fn names(of: std::ops::Range<usize>) -> Vec<String> {
    of.map(|n| n.to_string()).collect()
}
