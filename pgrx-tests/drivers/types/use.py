"""The generated types in use, for mypy and for msgspec."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import Any

import bare
import events
import exact
import msgspec


def describe(event: events.Event) -> str:
    match event:
        case events.OrderShippedV1Event(payload=payload):
            return f"{payload.order_id + 1} {payload.to.city if payload.to is not msgspec.UNSET else ''}"
        case events.OrderShippedV2Event(payload=other):
            return other.order_id.upper()
        case events.TreeGrownV1Event(payload=tree):
            return tree.name
        case _:
            return event.type


plain: bare.OrderShippedDict = {"order_id": 7, "carrier": "dhl", "to": {"city": "Bonn"}}
keyed: events.T2faClassV1Dict = {
    "class": "x", "__proto__": 1, "a-b": True, "a_b": False, "int": 1, "constructor": None, "größe": 1.5, '"quoted"': [],
}
event_type: events.EventType = "payment"

# What must not pass; mypy says which of these it lets pass, as they are strict.
wrong: bare.OrderShippedDict = {"order_id": 7, "carrier": "pigeon"}  # type: ignore[typeddict-item]
missing: bare.OrderShippedDict = {}  # type: ignore[typeddict-item]
other_type: events.EventType = "paymant"  # type: ignore[assignment]


def taken(module: Any, line: str) -> bool:
    """Whether an event is taken, read from its JSON."""
    document = json.loads(line)
    kind = module._EVENTS[(document["type"], document["version"])]
    try:
        msgspec.json.decode(line, type=kind)
    except msgspec.ValidationError:
        return False
    return True


def main() -> None:
    row = {"type": "order_shipped", "version": 1, "payload": {"order_id": 7, "to": {"city": "Bonn"}}}
    assert describe(events.parse_event(row)) == "8 Bonn"
    payload = events.OrderShipped(order_id=7, weight=0.5)
    assert json.loads(events.to_json(payload)) == {"order_id": 7, "weight": 0.5}
    assert exact.to_json(exact.OrderShipped(order_id=7, weight=Decimal("0.10"))) == '{"order_id":7,"weight":0.10}'
    tree = events.TreeGrownV1(name="a", leaves=[events.TreeGrownV1Node(name="b")])
    assert json.loads(events.to_json(tree)) == {"name": "a", "leaves": [{"name": "b"}]}
    try:
        events.parse_event({"type": "order_shipped", "version": 9, "payload": {}})
        raise AssertionError("there is no such version")
    except events.UnknownEvent:
        pass
    with open(sys.argv[1], encoding="utf-8") as documents:
        lines = [line for line in documents.read().split("\n") if line]
    print(json.dumps([[taken(events, line), taken(exact, line)] for line in lines]))


if __name__ == "__main__":
    main()
