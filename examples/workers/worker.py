"""A consumer: writes each payment into table ledger, exactly once.

What it writes and the ack of what it received share a transaction, so a crash at any point undoes both, and the same
events come again. Start as many as you like. It finds the database in libpq's environment variables, takes the name of
the subscription as its argument, and stops on SIGTERM or SIGINT when the batch at hand is done. When the connection is
lost it ends with an error: whatever supervises it starts it again.
"""

import signal
import sys

import psycopg

BATCH = 100
# Notifications come 10 ms apart at least, so after a busy time two quick looks pay.
QUICK, QUICK_LOOKS, PATIENT = 0.005, 2, 5.0


class Stopped(Exception):
    """Ends a wait."""


class Worker:
    def __init__(self, connection, subscription):
        self.connection = connection
        self.subscription = subscription
        self.stopping = False
        self.waiting = False

    def stop(self, *_):
        self.stopping = True
        if self.waiting:
            raise Stopped

    def handle(self, event_id, order_id, payload):
        """What this consumer is for."""
        self.connection.execute(
            "insert into ledger (event_id, order_id, amount) values (%s, %s, %s)",
            (event_id, order_id, payload["amount"]),
        )

    def batch(self, careful):
        """Deals with one batch; how many events it had. A careful one finds out which event fails, and says so."""
        with self.connection.transaction():
            events = self.connection.execute(
                "select receipt, id, entity_id, payload from eventlog.receive(%s, %s)", (self.subscription, BATCH)
            ).fetchall()
            for receipt, *event in events:
                if not careful:
                    self.handle(*event)
                    continue
                try:
                    with self.connection.transaction():
                        self.handle(*event)
                except psycopg.OperationalError:
                    raise
                except Exception as error:
                    self.connection.execute(
                        "select eventlog.nack(%s, %s, %s::uuid[], %s)",
                        (self.subscription, receipt, [event[0]], str(error)),
                    )
            if events:
                self.connection.execute("select eventlog.ack(%s, %s)", (self.subscription, events[0][0]))
        return len(events)

    def wait(self, seconds):
        """Until a notification comes, for so long at most."""
        try:
            self.waiting = True
            if not self.stopping:
                for _ in self.connection.notifies(timeout=seconds, stop_after=1):
                    pass
        except Stopped:
            pass
        finally:
            self.waiting = False

    def run(self):
        # First listen, then look: what comes in between is told.
        self.connection.execute("listen eventlog")
        looks, careful = 0, False
        while not self.stopping:
            try:
                count = self.batch(careful)
            except psycopg.OperationalError:
                raise
            except Exception:
                if careful:
                    raise
                # All of the batch is undone. The same events come again, and the next round tells which one it was.
                careful = True
                continue
            careful = False
            if count:
                looks = 0
            else:
                self.wait(QUICK if looks < QUICK_LOOKS else PATIENT)
                looks += 1


def main():
    subscription = sys.argv[1] if len(sys.argv) > 1 else "ledger"
    with psycopg.connect(autocommit=True) as connection:
        worker = Worker(connection, subscription)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, worker.stop)
        worker.run()


if __name__ == "__main__":
    main()
