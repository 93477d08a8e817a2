"""The official SDK of CloudEvents: what it writes the log takes, and what the log shows it reads as the same."""

import json
from datetime import datetime, timedelta, timezone

import psycopg
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

FORMAT = JSONFormat()
TENANT = "11111111-1111-4111-8111-111111111111"
LOG = "select eventlog.log_cloudevent(%s::jsonb)"
SHOW = "select eventlog.to_cloudevent(to_jsonb(e))::text from public.events e where id = %s"
NOON = datetime(2024, 3, 15, 12, 0, 0, 123456, timezone.utc)


def event(data=None, **attributes):
    required = {"specversion": "1.0", "id": "1", "source": "/shop/eu", "type": "task_completed", "time": NOON, "tenantid": TENANT}
    return CloudEvent(required | attributes, data)


def one(connection, sql, *arguments):
    return connection.execute(sql, arguments).fetchone()[0]


def what_it_writes_comes_back(connection):
    events = [
        event({"step_id": 7, "amount": 1.5, "note": "ä€🎉"}, subject="order/7"),
        event({"step_id": 1}, id="2", source="https://example.com/a?b#c", comexample="x", sequence="17", flag=True, count=5),
        event({"step_id": 1}, id="3", time=datetime(2024, 3, 15, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        event({"step_id": 1}, id="4", dataschema="https://example.com/schema", datacontenttype="application/json"),
        event("hello", id="5", type="note_written", datacontenttype="text/plain"),
        event(b"\x00\x01\x02", id="6", type="note_written", datacontenttype="application/octet-stream"),
        event(None, id="7", type="note_written", subject="a/b/c%2Fd"),
    ]
    for sent in events:
        text = FORMAT.write(sent).decode()
        logged = one(connection, LOG, text)
        shown = one(connection, SHOW, logged)
        assert json.loads(shown) == json.loads(text), (text, shown)
        read = FORMAT.read(None, shown)
        assert read.get_attributes() == sent.get_attributes(), (read.get_attributes(), sent.get_attributes())
        assert read.get_data() == sent.get_data(), (read.get_data(), sent.get_data())
        # It is delivered again, as the log shows it.
        assert one(connection, LOG, FORMAT.write(read).decode()) == logged


def it_reads_what_the_log_has(connection):
    logged = one(
        connection,
        "select eventlog.log_event('task_completed', '{\"step_id\": 9}', %s, 'task', 9, 'user', 'ann', %s, source_type => 'shop')",
        TENANT, NOON,
    )
    read = FORMAT.read(None, one(connection, SHOW, logged))
    assert read.get_id() == str(logged) and read.get_type() == "task_completed" and read.get_source() == "/shop"
    assert read.get_subject() == "task/9" and read.get_time() == NOON and read.get_data() == {"step_id": 9}
    assert read.get_extension("tenantid") == TENANT and read.get_extension("actorid") == "ann"
    assert read.get_dataschema() == "urn:eventlog:type:task_completed:1"
    assert read.get_extension("sequence").isdigit()
    # And as a CloudEvent it is another event, of the same content.
    again = one(connection, LOG, FORMAT.write(read).decode())
    rows = connection.execute(
        "select type, payload, tenant_id, entity_type, entity_id, actor_type, actor_id, occurred_at, source_type, version"
        " from public.events where id = any (%s)", ([logged, again],),
    ).fetchall()
    assert len(rows) == 2 and rows[0] == rows[1], rows


def main():
    with psycopg.connect(autocommit=True) as connection:
        what_it_writes_comes_back(connection)
        it_reads_what_the_log_has(connection)
    print("2 passed")


if __name__ == "__main__":
    main()
