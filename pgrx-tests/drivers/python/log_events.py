"""What an application in Python does, through psycopg 3 with server-side parameters, as an ordinary role."""

import json
import uuid
from datetime import datetime, timezone
from decimal import Decimal

import psycopg
from psycopg.types.json import Jsonb

TENANT = uuid.UUID("11111111-1111-4111-8111-111111111111")
ONE = "select eventlog.log_event(%s, %s, tenant_id => %s)"


def refused(connection, sql, arguments=()):
    """The server's error, which must come."""
    try:
        with connection.transaction():
            connection.execute(sql, arguments)
    except psycopg.Error as error:
        return error
    raise AssertionError(f"not refused: {sql} {arguments}")


def named_arguments_of_every_type_fit_without_casts(connection):
    returned = connection.execute(
        """
        select eventlog.log_event(
            type => %s, payload => %s, tenant_id => %s, entity_type => %s, entity_id => %s, actor_type => %s,
            actor_id => %s, occurred_at => %s, context => %s, correlation_id => %s, causation_id => %s,
            source_type => %s, source_id => %s, version => %s, idempotency_key => %s, log => %s)
        """,
        (
            "task_completed", Jsonb({"step_id": 7, "note": "ä€🎉"}), TENANT, "task", 7_000_000_000, "user",
            uuid.UUID(int=5), datetime(2024, 2, 29, 12, 0, tzinfo=timezone.utc), Jsonb({"tool": "x"}), "c-1", 70_000,
            "shop", "s-1", 1, "evt_1", "public.events",
        ),
    ).fetchone()[0]
    assert isinstance(returned, uuid.UUID) and returned.version == 7, returned
    row = connection.execute(
        "select tenant_id, entity_id, actor_id, correlation_id, causation_id, source_id, payload, context, version,"
        " occurred_at, idempotency_key from public.events where id = %s",
        (returned,),
    ).fetchone()
    assert row == (
        TENANT, "7000000000", str(uuid.UUID(int=5)), "c-1", "70000", "s-1", {"step_id": 7, "note": "ä€🎉"},
        {"tool": "x"}, 1, datetime(2024, 2, 29, 12, 0, tzinfo=timezone.utc), "evt_1",
    ), row


def every_column_decodes(connection):
    """A client that knows no type of the extension's, and no xid8, reads whole rows."""
    event = connection.execute(ONE, ("task_completed", Jsonb({"step_id": 1}), TENANT)).fetchone()[0]
    cursor = connection.execute("select * from public.events where id = %s", (event,))
    row = dict(zip((column.name for column in cursor.description), cursor.fetchone()))
    types = {name: type(value) for name, value in row.items() if value is not None}
    assert types == {
        "xid": int, "seq": int, "origin": int, "version": int, "id": uuid.UUID, "tenant_id": uuid.UUID, "type": str,
        "occurred_at": datetime, "recorded_at": datetime, "context": dict, "payload": dict,
    }, types
    seen = connection.execute(
        "select eventlog.is_visible(%s, pg_current_snapshot()), %s = any (select xid from public.events)",
        (row["xid"], row["xid"]),
    ).fetchone()
    assert seen == (True, True), seen


def small_integers_are_identifiers_too(connection):
    # psycopg sends an int as the smallest type that holds it.
    for number in (7, 40_000, 3_000_000_000):
        connection.execute(
            "select eventlog.log_event('task_completed', %s, tenant_id => %s, entity_type => 'task', entity_id => %s)",
            (Jsonb({"step_id": number}), TENANT, number),
        )


def none_means_not_given(connection):
    connection.execute(
        "select eventlog.log_event(%s, %s, tenant_id => %s, entity_id => %s, occurred_at => %s, context => %s,"
        " version => %s, idempotency_key => %s)",
        ("task_completed", Jsonb({"step_id": 1}), TENANT, None, None, None, None, None),
    )


def numbers_keep_every_digit(connection):
    text = '{"step_id": 12345678901234567890.123, "price": 1.10, "huge": 1e400}'
    event = connection.execute(ONE, ("task_completed", text, TENANT)).fetchone()[0]
    stored = connection.execute("select payload::text from public.events where id = %s", (event,)).fetchone()[0]
    payload = json.loads(stored, parse_float=Decimal)
    assert str(payload["price"]) == "1.10" and payload["huge"] == Decimal("1e400"), stored
    assert str(payload["step_id"]) == "12345678901234567890.123", stored


def a_refusal_carries_its_violations(connection):
    error = refused(connection, ONE, ("task_completed", Jsonb({"other": 1}), TENANT))
    assert isinstance(error, psycopg.errors.CheckViolation), error
    violations = json.loads(error.diag.message_detail)
    assert [(v["code"], v["path"]) for v in violations] == [("required", "/step_id")], violations
    assert error.diag.message_hint is None or error.diag.message_hint
    error = refused(connection, ONE, ("no_such_type", Jsonb({}), TENANT))
    assert error.sqlstate == "23514" and json.loads(error.diag.message_detail)[0]["code"] == "unknown_type"


def a_batch_is_one_call(connection):
    events = [{"type": "task_completed", "payload": {"step_id": n}, "tenant_id": str(TENANT)} for n in range(50)]
    with connection.cursor() as cursor:
        cursor.execute("select eventlog.log_events(%s)", (Jsonb(events),))
        ids = [row[0] for row in cursor.fetchall()]
    steps = connection.execute(
        "select array_agg((payload->>'step_id')::int order by seq) from public.events where id = any (%s)", (ids,)
    ).fetchone()[0]
    assert len(ids) == 50 and ids == sorted(ids) and steps == list(range(50)), steps


def prepared_and_pipelined_calls_work(connection):
    with connection.pipeline():
        cursors = [
            connection.execute(ONE, ("task_completed", Jsonb({"step_id": n}), TENANT), prepare=True) for n in range(20)
        ]
    ids = [cursor.fetchone()[0] for cursor in cursors]
    assert ids == sorted(set(ids)), ids


def a_repeated_key_gives_the_first_id(connection):
    call = "select eventlog.log_event(%s, %s, tenant_id => %s, idempotency_key => %s)"
    arguments = ("task_completed", Jsonb({"step_id": 1}), TENANT, "webhook-1")
    first, again = (connection.execute(call, arguments).fetchone()[0] for _ in range(2))
    assert first == again
    error = refused(connection, call, ("task_completed", Jsonb({"step_id": 2}), TENANT, "webhook-1"))
    assert isinstance(error, psycopg.errors.UniqueViolation), error


def copy_passes_the_gate(connection):
    with connection.cursor() as cursor, cursor.copy(
        "copy public.events (type, tenant_id, payload) from stdin"
    ) as copy:
        for step in range(3):
            copy.write_row(("task_completed", TENANT, json.dumps({"step_id": step})))
    try:
        with connection.transaction(), connection.cursor() as cursor, cursor.copy(
            "copy public.events (type, tenant_id, payload) from stdin"
        ) as copy:
            copy.write_row(("task_completed", TENANT, "{}"))
    except psycopg.errors.CheckViolation as error:
        assert "required" in error.diag.message_detail
    else:
        raise AssertionError("COPY went past the gate")


def a_rollback_leaves_nothing(connection):
    count = "select count(*) from public.events"
    before = connection.execute(count).fetchone()
    try:
        with connection.transaction():
            connection.execute(ONE, ("task_completed", Jsonb({"step_id": 1}), TENANT))
            raise RuntimeError
    except RuntimeError:
        pass
    assert connection.execute(count).fetchone() == before


def history_cannot_be_edited(connection):
    for sql in ("update public.events set type = 'x' where false", "delete from public.events where false"):
        error = refused(connection, sql)
        assert isinstance(error, psycopg.errors.InsufficientPrivilege), error


def main():
    tests = [
        test for test in list(globals().values())
        if callable(test) and getattr(test, "__module__", None) == "__main__" and test not in (main, refused)
    ]
    with psycopg.connect(autocommit=True) as connection:
        for test in tests:
            test(connection)
    print(f"{len(tests)} passed")


if __name__ == "__main__":
    main()
