//! A consumer: writes each payment into table ledger, exactly once.
//!
//! What it writes and the ack of what it received share a transaction, so a crash at any point undoes both, and the same
//! events come again. Start as many as you like. It takes how to connect and the name of the subscription as its
//! arguments, and stops on SIGTERM or SIGINT when the batch at hand is done. When the connection is lost it ends with an
//! error: whatever supervises it starts it again.

use std::error::Error;
use std::future::poll_fn;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{Receiver, channel};
use tokio_postgres::{AsyncMessage, Client, NoTls, Transaction};
use uuid::Uuid;

const BATCH: i32 = 100;
/// Notifications come 10 ms apart at least, so after a busy time two quick looks pay.
const QUICK: Duration = Duration::from_millis(5);
const QUICK_LOOKS: u32 = 2;
const PATIENT: Duration = Duration::from_secs(5);

/// What this consumer is for.
async fn handle(
    transaction: &Transaction<'_>,
    id: Uuid,
    order: &str,
    amount: &str,
) -> Result<(), tokio_postgres::Error> {
    let insert =
        "insert into ledger (event_id, order_id, amount) values ($1, $2, $3::text::numeric)";
    transaction.execute(insert, &[&id, &order, &amount]).await?;
    Ok(())
}

/// Deals with one batch; how many events it had. A careful one finds out which event fails, and says so.
async fn batch(
    client: &mut Client,
    subscription: &str,
    careful: bool,
) -> Result<usize, tokio_postgres::Error> {
    let mut transaction = client.transaction().await?;
    let receive =
        "select receipt, id, entity_id::text, payload ->> 'amount' from eventlog.receive($1, $2)";
    let events = transaction.query(receive, &[&subscription, &BATCH]).await?;
    for event in &events {
        let (receipt, id): (i64, Uuid) = (event.get(0), event.get(1));
        let (order, amount): (&str, &str) = (event.get(2), event.get(3));
        if !careful {
            handle(&transaction, id, order, amount).await?;
            continue;
        }
        let savepoint = transaction.transaction().await?;
        match handle(&savepoint, id, order, amount).await {
            Ok(()) => savepoint.commit().await?,
            Err(error) if error.is_closed() => return Err(error),
            Err(error) => {
                savepoint.rollback().await?;
                let nack = "select eventlog.nack($1, $2, $3, $4)";
                let error = error
                    .as_db_error()
                    .map_or_else(|| error.to_string(), |e| e.to_string());
                transaction
                    .execute(nack, &[&subscription, &receipt, &vec![id], &error])
                    .await?;
            }
        }
    }
    if let Some(event) = events.first() {
        let ack = "select eventlog.ack($1, $2)";
        transaction
            .execute(ack, &[&subscription, &event.get::<_, i64>(0)])
            .await?;
    }
    transaction.commit().await?;
    Ok(events.len())
}

/// Until a notification comes, for so long at most. False where the worker is to stop.
async fn wait(news: &mut Receiver<()>, stop: &mut Receiver<()>, at_most: Duration) -> bool {
    tokio::select! {
        _ = tokio::time::sleep(at_most) => true,
        told = news.recv() => told.is_some(),
        _ = stop.recv() => false,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let config = arguments.next().unwrap_or_default();
    let subscription = arguments.next().unwrap_or_else(|| "ledger".to_owned());
    let (mut client, mut connection) = tokio_postgres::connect(&config, NoTls).await?;

    // One notification that waits is as good as many.
    let (tell, mut news) = channel(1);
    tokio::spawn(async move {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            match message {
                Ok(AsyncMessage::Notification(_)) => drop(tell.try_send(())),
                Ok(_) => {}
                Err(error) => return eprintln!("{error}"),
            }
        }
    });
    let (ask, mut stop) = channel(1);
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        ask.try_send(()).ok();
    });

    // First listen, then look: what comes in between is told.
    client.batch_execute("listen eventlog").await?;
    let (mut looks, mut careful) = (0, false);
    while stop.try_recv().is_err() {
        match batch(&mut client, &subscription, careful).await {
            // All of the batch is undone. The same events come again, and the next round tells which one it was.
            Err(error) if !careful && !error.is_closed() => careful = true,
            Err(error) => return Err(error.into()),
            Ok(0) => {
                careful = false;
                let at_most = if looks < QUICK_LOOKS { QUICK } else { PATIENT };
                looks += 1;
                if !wait(&mut news, &mut stop, at_most).await {
                    break;
                }
            }
            Ok(_) => (looks, careful) = (0, false),
        }
    }
    Ok(())
}
