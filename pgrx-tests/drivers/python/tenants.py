"""Tenants through psycopg 3: a login that says for whom each of its transactions is, and is held to that."""

import contextlib
import json
import os
import uuid

import psycopg
from psycopg.types.json import Jsonb

ACME, OTHER = uuid.UUID(int=0xA), uuid.UUID(int=0xB)
ANN = uuid.UUID(int=1)


@contextlib.contextmanager
def acting(connection, tenant, actor, reason=None):
    """A transaction for this tenant, in this user's name."""
    with connection.transaction():
        connection.execute(
            "select eventlog.set_context(%s, 'user', %s, reason => %s)", (tenant, actor, reason)
        )
        yield


def refused(connection, sql, arguments=(), tenant=ACME):
    try:
        with acting(connection, tenant, ANN):
            connection.execute(sql, arguments)
    except psycopg.Error as error:
        return error
    raise AssertionError(f"not refused: {sql} {arguments}")


def one(connection, sql, arguments=()):
    return connection.execute(sql, arguments).fetchone()[0]


LOG = "select eventlog.log_event('task_completed', %s, entity_type => 'task', entity_id => %s)"


def events_are_of_the_tenant_and_the_user(app):
    for tenant in (ACME, OTHER):
        with acting(app, tenant, ANN):
            event = one(app, LOG, (Jsonb({"step_id": 7}), 7))
            row = app.execute("select tenant_id, actor_id from events where id = %s", (event,)).fetchone()
            assert row == (tenant, str(ANN)), row
            assert one(app, "select count(*) from events") == 1


def nobody_writes_for_another(app):
    forged = "select eventlog.log_event('task_completed', %s, tenant_id => %s, actor_id => %s)"
    for tenant, actor, named in ((OTHER, None, "tenant_id"), (None, uuid.UUID(int=2), "actor_id")):
        error = refused(app, forged, (Jsonb({"step_id": 1}), tenant, actor))
        assert isinstance(error, psycopg.errors.InsufficientPrivilege), error
        assert named in error.diag.message_primary and str(tenant or actor) not in str(error), error
    # Nor without a context, which ends with its transaction.
    try:
        app.execute(LOG, (Jsonb({"step_id": 1}), 7))
    except psycopg.errors.NotNullViolation:
        pass
    else:
        raise AssertionError("an event of no tenant")
    assert one(app, "select count(*) from events") == 0


def a_refusal_has_its_violations(app):
    error = refused(app, LOG, (Jsonb({"step": 7}), 7))
    assert isinstance(error, psycopg.errors.CheckViolation) and error.sqlstate == "23514"
    assert [v["path"] for v in json.loads(error.diag.message_detail)] == ["/step_id"]


def a_tracked_table_tells_who_and_why(app):
    with acting(app, ACME, ANN):
        app.execute("insert into campaigns values (1, %s, 'Spring', 100.50)", (ACME,))
        app.execute("update campaigns set budget = 200 where id = 1")
    with acting(app, ACME, ANN, reason="duplicate"):
        app.execute("delete from campaigns where id = 1")
        told = app.execute("select type, actor_id, payload->>'reason' from events where entity_type = 'campaign' order by seq")
        assert told.fetchall() == [
            ("campaign.created", str(ANN), None), ("campaign.updated", str(ANN), None),
            ("campaign.deleted", str(ANN), "duplicate"),
        ]
        states = app.execute(
            "select eventlog.entity_state('campaign', %s, as_of => recorded_at, tenant_id => %s) from events"
            " where entity_type = 'campaign' order by seq", (1, ACME)).fetchall()
        assert [state and state[0] and state[0]["budget"] for state in states][:2] == [100.5, 200], states
    with acting(app, OTHER, ANN):
        assert one(app, "select eventlog.entity_state('campaign', 1, tenant_id => %s)", (ACME,)) is None


def main():
    tests = [
        events_are_of_the_tenant_and_the_user, nobody_writes_for_another, a_refusal_has_its_violations,
        a_tracked_table_tells_who_and_why,
    ]
    with psycopg.connect(autocommit=True) as app, psycopg.connect(autocommit=True, user=os.environ["PGREADER"]) as reader:
        for test in tests:
            test(app)
        # A reader sees the tenant's events, and writes none.
        with acting(reader, ACME, ANN):
            assert one(reader, "select count(*) from events") == 4
        error = refused(reader, LOG, (Jsonb({"step_id": 7}), 7))
        assert error.sqlstate == "42501" and "permission denied" in str(error), error
    print(f"{len(tests) + 1} passed")


if __name__ == "__main__":
    main()
