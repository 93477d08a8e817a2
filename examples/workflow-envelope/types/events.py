# Made by eventlog.generate_python from the taxonomy of an event log: do not edit it, generate it anew.
# For Python 3.11 and later. What is called ...Dict describes what json.loads gives; the structs of msgspec check it,
# and leave out keys that they do not know.

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Literal, NotRequired, TypeAlias, TypedDict, cast
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType


class InvoiceCreatedV1(Struct, kw_only=True):
    """An invoice was made in the accounting system"""

    # Not said here: multipleOf 0.01.
    amount: Annotated[int, Meta(ge=0)] | Annotated[float, Meta(ge=0)]
    customer_id: Annotated[str, Meta(pattern="^CUST-[0-9]+\\Z")]
    invoice_id: Annotated[str, Meta(pattern="^INV-[0-9]+\\Z")]


class InvoiceCreatedV1Dict(TypedDict):
    """An invoice was made in the accounting system"""

    amount: int | float
    customer_id: str
    invoice_id: str


class InvoicePaidV1(Struct, kw_only=True):
    """An invoice was paid in full"""

    invoice_id: Annotated[str, Meta(pattern="^INV-[0-9]+\\Z")]
    paid_at: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET


class InvoicePaidV1Dict(TypedDict):
    """An invoice was paid in full"""

    invoice_id: str
    paid_at: NotRequired[str]


class TaskFailedV1(Struct, kw_only=True):
    """A step of a workflow failed"""

    attempt: Annotated[int, Meta(ge=1, le=100)] | UnsetType = UNSET
    error: str
    task: Annotated[str, Meta(min_length=1)]


class TaskFailedV1Dict(TypedDict):
    """A step of a workflow failed"""

    attempt: NotRequired[int]
    error: str
    task: str


class WorkflowCompletedV1(Struct, kw_only=True):
    """A workflow came to its end"""

    error: str | UnsetType = UNSET
    result: Any | UnsetType = UNSET
    workflow: Annotated[str, Meta(min_length=1)]


class WorkflowCompletedV1Dict(TypedDict):
    """A workflow came to its end"""

    error: NotRequired[str]
    result: NotRequired[Any]
    workflow: str


class WorkflowStartedV1(Struct, kw_only=True):
    """A workflow began to run"""

    workflow: Annotated[str, Meta(min_length=1)]


class WorkflowStartedV1Dict(TypedDict):
    """A workflow began to run"""

    workflow: str


# What an event of type "invoice.created" has that names no version.
InvoiceCreated: TypeAlias = InvoiceCreatedV1
InvoiceCreatedDict: TypeAlias = InvoiceCreatedV1Dict


# What an event of type "invoice.paid" has that names no version.
InvoicePaid: TypeAlias = InvoicePaidV1
InvoicePaidDict: TypeAlias = InvoicePaidV1Dict


# What an event of type "task.failed" has that names no version.
TaskFailed: TypeAlias = TaskFailedV1
TaskFailedDict: TypeAlias = TaskFailedV1Dict


# What an event of type "workflow.completed" has that names no version.
WorkflowCompleted: TypeAlias = WorkflowCompletedV1
WorkflowCompletedDict: TypeAlias = WorkflowCompletedV1Dict


# What an event of type "workflow.started" has that names no version.
WorkflowStarted: TypeAlias = WorkflowStartedV1
WorkflowStartedDict: TypeAlias = WorkflowStartedV1Dict


# The types of events.
EventType: TypeAlias = Literal[
    "invoice.created",
    "invoice.paid",
    "task.failed",
    "workflow.completed",
    "workflow.started",
]
EVENT_TYPES: tuple[EventType, ...] = (
    "invoice.created",
    "invoice.paid",
    "task.failed",
    "workflow.completed",
    "workflow.started",
)


class InvoiceCreatedV1Event(Struct, kw_only=True):
    type: Literal["invoice.created"]
    version: Literal[1]
    payload: InvoiceCreatedV1
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


class InvoicePaidV1Event(Struct, kw_only=True):
    type: Literal["invoice.paid"]
    version: Literal[1]
    payload: InvoicePaidV1
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


class TaskFailedV1Event(Struct, kw_only=True):
    type: Literal["task.failed"]
    version: Literal[1]
    payload: TaskFailedV1
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


class WorkflowCompletedV1Event(Struct, kw_only=True):
    type: Literal["workflow.completed"]
    version: Literal[1]
    payload: WorkflowCompletedV1
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


class WorkflowStartedV1Event(Struct, kw_only=True):
    type: Literal["workflow.started"]
    version: Literal[1]
    payload: WorkflowStartedV1
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


Event: TypeAlias = "InvoiceCreatedV1Event | InvoicePaidV1Event | TaskFailedV1Event | WorkflowCompletedV1Event | WorkflowStartedV1Event"

_EVENTS: dict[tuple[str, int], Any] = {
    ("invoice.created", 1): InvoiceCreatedV1Event,
    ("invoice.paid", 1): InvoicePaidV1Event,
    ("task.failed", 1): TaskFailedV1Event,
    ("workflow.completed", 1): WorkflowCompletedV1Event,
    ("workflow.started", 1): WorkflowStartedV1Event,
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
