# Made by eventlog.generate_python from the taxonomy of an event log: do not edit it, generate it anew.
# For Python 3.11 and later. What is called ...Dict describes what json.loads gives; the structs of msgspec check it,
# and leave out keys that they do not know.

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Literal, NotRequired, TypeAlias, TypedDict, cast
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType


FollowupDismissedV1: TypeAlias = "dict[str, Any]"


FollowupDismissedV1Dict: TypeAlias = "dict[str, Any]"


class FollowupScheduledV1(Struct, kw_only=True):
    due_at: Annotated[datetime, Meta(tz=True)]


class FollowupScheduledV1Dict(TypedDict):
    due_at: str


FollowupSentV1: TypeAlias = "dict[str, Any]"


FollowupSentV1Dict: TypeAlias = "dict[str, Any]"


class InvoiceIssuedV1(Struct, kw_only=True):
    # Not said here: multipleOf 0.01.
    amount: Annotated[int, Meta(gt=0)] | Annotated[float, Meta(gt=0)]
    due_at: Annotated[datetime, Meta(tz=True)]


class InvoiceIssuedV1Dict(TypedDict):
    amount: int | float
    due_at: str


LeadCreatedV1: TypeAlias = "dict[str, Any]"


LeadCreatedV1Dict: TypeAlias = "dict[str, Any]"


class NoteAddedV1(Struct, kw_only=True):
    text: Annotated[str, Meta(min_length=1, max_length=10000)]


class NoteAddedV1Dict(TypedDict):
    text: str


class PaymentReceivedV1(Struct, kw_only=True):
    # Not said here: multipleOf 0.01.
    amount: Annotated[int, Meta(gt=0)] | Annotated[float, Meta(gt=0)]


class PaymentReceivedV1Dict(TypedDict):
    amount: int | float


QuoteAcceptedV1: TypeAlias = "dict[str, Any]"


QuoteAcceptedV1Dict: TypeAlias = "dict[str, Any]"


class QuoteRejectedV1(Struct, kw_only=True):
    reason: Annotated[str, Meta(max_length=500)] | UnsetType = UNSET


class QuoteRejectedV1Dict(TypedDict):
    reason: NotRequired[str]


QuoteRequestedV1: TypeAlias = "dict[str, Any]"


QuoteRequestedV1Dict: TypeAlias = "dict[str, Any]"


class QuoteSentV1(Struct, kw_only=True):
    # in the currency of the organisation
    # Not said here: multipleOf 0.01.
    amount: Annotated[int, Meta(gt=0)] | Annotated[float, Meta(gt=0)] | UnsetType = UNSET


class QuoteSentV1Dict(TypedDict):
    # in the currency of the organisation
    amount: NotRequired[int | float]


# What an event of type "followup_dismissed" has that names no version.
FollowupDismissed: TypeAlias = FollowupDismissedV1
FollowupDismissedDict: TypeAlias = FollowupDismissedV1Dict


# What an event of type "followup_scheduled" has that names no version.
FollowupScheduled: TypeAlias = FollowupScheduledV1
FollowupScheduledDict: TypeAlias = FollowupScheduledV1Dict


# What an event of type "followup_sent" has that names no version.
FollowupSent: TypeAlias = FollowupSentV1
FollowupSentDict: TypeAlias = FollowupSentV1Dict


# What an event of type "invoice_issued" has that names no version.
InvoiceIssued: TypeAlias = InvoiceIssuedV1
InvoiceIssuedDict: TypeAlias = InvoiceIssuedV1Dict


# What an event of type "lead_created" has that names no version.
LeadCreated: TypeAlias = LeadCreatedV1
LeadCreatedDict: TypeAlias = LeadCreatedV1Dict


# What an event of type "note_added" has that names no version.
NoteAdded: TypeAlias = NoteAddedV1
NoteAddedDict: TypeAlias = NoteAddedV1Dict


# What an event of type "payment_received" has that names no version.
PaymentReceived: TypeAlias = PaymentReceivedV1
PaymentReceivedDict: TypeAlias = PaymentReceivedV1Dict


# What an event of type "quote_accepted" has that names no version.
QuoteAccepted: TypeAlias = QuoteAcceptedV1
QuoteAcceptedDict: TypeAlias = QuoteAcceptedV1Dict


# What an event of type "quote_rejected" has that names no version.
QuoteRejected: TypeAlias = QuoteRejectedV1
QuoteRejectedDict: TypeAlias = QuoteRejectedV1Dict


# What an event of type "quote_requested" has that names no version.
QuoteRequested: TypeAlias = QuoteRequestedV1
QuoteRequestedDict: TypeAlias = QuoteRequestedV1Dict


# What an event of type "quote_sent" has that names no version.
QuoteSent: TypeAlias = QuoteSentV1
QuoteSentDict: TypeAlias = QuoteSentV1Dict


# The types of events.
EventType: TypeAlias = Literal[
    "followup_dismissed",
    "followup_scheduled",
    "followup_sent",
    "invoice_issued",
    "lead_created",
    "note_added",
    "payment_received",
    "quote_accepted",
    "quote_rejected",
    "quote_requested",
    "quote_sent",
]
EVENT_TYPES: tuple[EventType, ...] = (
    "followup_dismissed",
    "followup_scheduled",
    "followup_sent",
    "invoice_issued",
    "lead_created",
    "note_added",
    "payment_received",
    "quote_accepted",
    "quote_rejected",
    "quote_requested",
    "quote_sent",
)


class FollowupDismissedV1Event(Struct, kw_only=True):
    type: Literal["followup_dismissed"]
    version: Literal[1]
    payload: FollowupDismissedV1
    context: dict[str, Any] | UnsetType = UNSET
    id: UUID | UnsetType = UNSET
    tenant_id: Any = UNSET
    occurred_at: datetime | UnsetType = UNSET
    entity_type: str | None | UnsetType = UNSET
    entity_id: str | None | UnsetType = UNSET
    actor_type: str | None | UnsetType = UNSET
    actor_id: str | None | UnsetType = UNSET
    correlation_id: str | None | UnsetType = UNSET
    causation_id: str | None | UnsetType = UNSET
    source_type: str | None | UnsetType = UNSET
    source_id: str | None | UnsetType = UNSET
    idempotency_key: str | None | UnsetType = UNSET


class FollowupScheduledV1Event(Struct, kw_only=True):
    type: Literal["followup_scheduled"]
    version: Literal[1]
    payload: FollowupScheduledV1
    context: dict[str, Any] | UnsetType = UNSET
    id: UUID | UnsetType = UNSET
    tenant_id: Any = UNSET
    occurred_at: datetime | UnsetType = UNSET
    entity_type: str | None | UnsetType = UNSET
    entity_id: str | None | UnsetType = UNSET
    actor_type: str | None | UnsetType = UNSET
    actor_id: str | None | UnsetType = UNSET
    correlation_id: str | None | UnsetType = UNSET
    causation_id: str | None | UnsetType = UNSET
    source_type: str | None | UnsetType = UNSET
    source_id: str | None | UnsetType = UNSET
    idempotency_key: str | None | UnsetType = UNSET


class FollowupSentV1Event(Struct, kw_only=True):
    type: Literal["followup_sent"]
    version: Literal[1]
    payload: FollowupSentV1
    context: dict[str, Any] | UnsetType = UNSET
    id: UUID | UnsetType = UNSET
    tenant_id: Any = UNSET
    occurred_at: datetime | UnsetType = UNSET
    entity_type: str | None | UnsetType = UNSET
    entity_id: str | None | UnsetType = UNSET
    actor_type: str | None | UnsetType = UNSET
    actor_id: str | None | UnsetType = UNSET
    correlation_id: str | None | UnsetType = UNSET
    causation_id: str | None | UnsetType = UNSET
    source_type: str | None | UnsetType = UNSET
    source_id: str | None | UnsetType = UNSET
    idempotency_key: str | None | UnsetType = UNSET


class InvoiceIssuedV1Event(Struct, kw_only=True):
    type: Literal["invoice_issued"]
    version: Literal[1]
    payload: InvoiceIssuedV1
    context: dict[str, Any] | UnsetType = UNSET
    id: UUID | UnsetType = UNSET
    tenant_id: Any = UNSET
    occurred_at: datetime | UnsetType = UNSET
    entity_type: str | None | UnsetType = UNSET
    entity_id: str | None | UnsetType = UNSET
    actor_type: str | None | UnsetType = UNSET
    actor_id: str | None | UnsetType = UNSET
    correlation_id: str | None | UnsetType = UNSET
    causation_id: str | None | UnsetType = UNSET
    source_type: str | None | UnsetType = UNSET
    source_id: str | None | UnsetType = UNSET
    idempotency_key: str | None | UnsetType = UNSET


class LeadCreatedV1Event(Struct, kw_only=True):
    type: Literal["lead_created"]
    version: Literal[1]
    payload: LeadCreatedV1
    context: dict[str, Any] | UnsetType = UNSET
    id: UUID | UnsetType = UNSET
    tenant_id: Any = UNSET
    occurred_at: datetime | UnsetType = UNSET
    entity_type: str | None | UnsetType = UNSET
    entity_id: str | None | UnsetType = UNSET
    actor_type: str | None | UnsetType = UNSET
    actor_id: str | None | UnsetType = UNSET
    correlation_id: str | None | UnsetType = UNSET
    causation_id: str | None | UnsetType = UNSET
    source_type: str | None | UnsetType = UNSET
    source_id: str | None | UnsetType = UNSET
    idempotency_key: str | None | UnsetType = UNSET


class NoteAddedV1Event(Struct, kw_only=True):
    type: Literal["note_added"]
    version: Literal[1]
    payload: NoteAddedV1
    context: dict[str, Any] | UnsetType = UNSET
    id: UUID | UnsetType = UNSET
    tenant_id: Any = UNSET
    occurred_at: datetime | UnsetType = UNSET
    entity_type: str | None | UnsetType = UNSET
    entity_id: str | None | UnsetType = UNSET
    actor_type: str | None | UnsetType = UNSET
    actor_id: str | None | UnsetType = UNSET
    correlation_id: str | None | UnsetType = UNSET
    causation_id: str | None | UnsetType = UNSET
    source_type: str | None | UnsetType = UNSET
    source_id: str | None | UnsetType = UNSET
    idempotency_key: str | None | UnsetType = UNSET


class PaymentReceivedV1Event(Struct, kw_only=True):
    type: Literal["payment_received"]
    version: Literal[1]
    payload: PaymentReceivedV1
    context: dict[str, Any] | UnsetType = UNSET
    id: UUID | UnsetType = UNSET
    tenant_id: Any = UNSET
    occurred_at: datetime | UnsetType = UNSET
    entity_type: str | None | UnsetType = UNSET
    entity_id: str | None | UnsetType = UNSET
    actor_type: str | None | UnsetType = UNSET
    actor_id: str | None | UnsetType = UNSET
    correlation_id: str | None | UnsetType = UNSET
    causation_id: str | None | UnsetType = UNSET
    source_type: str | None | UnsetType = UNSET
    source_id: str | None | UnsetType = UNSET
    idempotency_key: str | None | UnsetType = UNSET


class QuoteAcceptedV1Event(Struct, kw_only=True):
    type: Literal["quote_accepted"]
    version: Literal[1]
    payload: QuoteAcceptedV1
    context: dict[str, Any] | UnsetType = UNSET
    id: UUID | UnsetType = UNSET
    tenant_id: Any = UNSET
    occurred_at: datetime | UnsetType = UNSET
    entity_type: str | None | UnsetType = UNSET
    entity_id: str | None | UnsetType = UNSET
    actor_type: str | None | UnsetType = UNSET
    actor_id: str | None | UnsetType = UNSET
    correlation_id: str | None | UnsetType = UNSET
    causation_id: str | None | UnsetType = UNSET
    source_type: str | None | UnsetType = UNSET
    source_id: str | None | UnsetType = UNSET
    idempotency_key: str | None | UnsetType = UNSET


class QuoteRejectedV1Event(Struct, kw_only=True):
    type: Literal["quote_rejected"]
    version: Literal[1]
    payload: QuoteRejectedV1
    context: dict[str, Any] | UnsetType = UNSET
    id: UUID | UnsetType = UNSET
    tenant_id: Any = UNSET
    occurred_at: datetime | UnsetType = UNSET
    entity_type: str | None | UnsetType = UNSET
    entity_id: str | None | UnsetType = UNSET
    actor_type: str | None | UnsetType = UNSET
    actor_id: str | None | UnsetType = UNSET
    correlation_id: str | None | UnsetType = UNSET
    causation_id: str | None | UnsetType = UNSET
    source_type: str | None | UnsetType = UNSET
    source_id: str | None | UnsetType = UNSET
    idempotency_key: str | None | UnsetType = UNSET


class QuoteRequestedV1Event(Struct, kw_only=True):
    type: Literal["quote_requested"]
    version: Literal[1]
    payload: QuoteRequestedV1
    context: dict[str, Any] | UnsetType = UNSET
    id: UUID | UnsetType = UNSET
    tenant_id: Any = UNSET
    occurred_at: datetime | UnsetType = UNSET
    entity_type: str | None | UnsetType = UNSET
    entity_id: str | None | UnsetType = UNSET
    actor_type: str | None | UnsetType = UNSET
    actor_id: str | None | UnsetType = UNSET
    correlation_id: str | None | UnsetType = UNSET
    causation_id: str | None | UnsetType = UNSET
    source_type: str | None | UnsetType = UNSET
    source_id: str | None | UnsetType = UNSET
    idempotency_key: str | None | UnsetType = UNSET


class QuoteSentV1Event(Struct, kw_only=True):
    type: Literal["quote_sent"]
    version: Literal[1]
    payload: QuoteSentV1
    context: dict[str, Any] | UnsetType = UNSET
    id: UUID | UnsetType = UNSET
    tenant_id: Any = UNSET
    occurred_at: datetime | UnsetType = UNSET
    entity_type: str | None | UnsetType = UNSET
    entity_id: str | None | UnsetType = UNSET
    actor_type: str | None | UnsetType = UNSET
    actor_id: str | None | UnsetType = UNSET
    correlation_id: str | None | UnsetType = UNSET
    causation_id: str | None | UnsetType = UNSET
    source_type: str | None | UnsetType = UNSET
    source_id: str | None | UnsetType = UNSET
    idempotency_key: str | None | UnsetType = UNSET


Event: TypeAlias = "FollowupDismissedV1Event | FollowupScheduledV1Event | FollowupSentV1Event | InvoiceIssuedV1Event | LeadCreatedV1Event | NoteAddedV1Event | PaymentReceivedV1Event | QuoteAcceptedV1Event | QuoteRejectedV1Event | QuoteRequestedV1Event | QuoteSentV1Event"

_EVENTS: dict[tuple[str, int], Any] = {
    ("followup_dismissed", 1): FollowupDismissedV1Event,
    ("followup_scheduled", 1): FollowupScheduledV1Event,
    ("followup_sent", 1): FollowupSentV1Event,
    ("invoice_issued", 1): InvoiceIssuedV1Event,
    ("lead_created", 1): LeadCreatedV1Event,
    ("note_added", 1): NoteAddedV1Event,
    ("payment_received", 1): PaymentReceivedV1Event,
    ("quote_accepted", 1): QuoteAcceptedV1Event,
    ("quote_rejected", 1): QuoteRejectedV1Event,
    ("quote_requested", 1): QuoteRequestedV1Event,
    ("quote_sent", 1): QuoteSentV1Event,
}


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
