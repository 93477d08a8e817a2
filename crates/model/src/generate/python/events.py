

Event: TypeAlias = "$EVENT"

_EVENTS: dict[tuple[str, int], Any] = {
$TABLE}


class UnknownEvent(ValueError):
    """An event of a type or version that the taxonomy did not have when this was made."""


def parse_event(row: dict[str, Any]) -> Event:
    """Checks an event: a row of the log as a dict. What does not fit is a msgspec.ValidationError with its place."""
    kind = _EVENTS.get((row["type"], row["version"]))
    if kind is None:
        raise UnknownEvent(f"{row['type']} {row['version']}")
    return cast("Event", msgspec.convert(row, kind))


_encoder = msgspec.json.Encoder(decimal_format="number")


def to_json(payload: Any) -> str:
    """A payload as JSON, to be given to eventlog.log_event; numbers with all their digits."""
    return _encoder.encode(payload).decode()
