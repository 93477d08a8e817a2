# Made by eventlog.generate_python from the taxonomy of an event log: do not edit it, generate it anew.
# For Python 3.11 and later. What is called ...Dict describes what json.loads gives; the structs of msgspec check it,
# and leave out keys that they do not know.

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Literal, NotRequired, TypeAlias, TypedDict, cast
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType


class CheckoutCompletedV1(Struct, kw_only=True):
    """Conversion funnel"""

    plan: Literal["free", "pro", "business"]
    stripeSessionId: Annotated[str, Meta(pattern="^cs_")]


class CheckoutCompletedV1Dict(TypedDict):
    """Conversion funnel"""

    plan: Literal["free", "pro", "business"]
    stripeSessionId: str


class ConversationStartedV1(Struct, kw_only=True):
    """Count new conversations, session mapping"""

    conversationId: Annotated[str, Meta(min_length=1, max_length=200)]
    sessionId: Annotated[str, Meta(min_length=1, max_length=200)]


class ConversationStartedV1Dict(TypedDict):
    """Count new conversations, session mapping"""

    conversationId: str
    sessionId: str


class EscalationTriggeredV1(Struct, kw_only=True):
    """Measure escalation rate and channel effectiveness"""

    conversationId: Annotated[str, Meta(min_length=1, max_length=200)]
    integrationId: str | UnsetType = UNSET
    # a code, never the words of a user
    reason: Annotated[str, Meta(pattern="^[a-z][a-z_]*\\Z")]


class EscalationTriggeredV1Dict(TypedDict):
    """Measure escalation rate and channel effectiveness"""

    conversationId: str
    integrationId: NotRequired[str]
    # a code, never the words of a user
    reason: str


class IngestCompletedV1(Struct, kw_only=True):
    """Success metrics"""

    chunks: Annotated[int, Meta(ge=0, le=1000000000)]
    docs: Annotated[int, Meta(ge=0, le=1000000)]
    sourceType: Literal["sitemap", "url", "file"]
    # Not said here: format "uri".
    url: str


class IngestCompletedV1Dict(TypedDict):
    """Success metrics"""

    chunks: int
    docs: int
    sourceType: Literal["sitemap", "url", "file"]
    url: str


class IngestFailedV1(Struct, kw_only=True):
    """Error tracking"""

    errorCode: Annotated[str, Meta(min_length=1)]
    sourceType: Literal["sitemap", "url", "file"]
    # Not said here: format "uri".
    url: str


class IngestFailedV1Dict(TypedDict):
    """Error tracking"""

    errorCode: str
    sourceType: Literal["sitemap", "url", "file"]
    url: str


class IngestStartedV1(Struct, kw_only=True):
    """Throughput and latency, paired with ingest_completed"""

    sourceType: Literal["sitemap", "url", "file"]
    # Not said here: format "uri".
    url: str


class IngestStartedV1Dict(TypedDict):
    """Throughput and latency, paired with ingest_completed"""

    sourceType: Literal["sitemap", "url", "file"]
    url: str


class IntegrationFailedV1(Struct, kw_only=True):
    """Reliability insights"""

    errorCode: Annotated[str, Meta(min_length=1)]
    integrationId: str
    type: str


class IntegrationFailedV1Dict(TypedDict):
    """Reliability insights"""

    errorCode: str
    integrationId: str
    type: str


class IntegrationSucceededV1(Struct, kw_only=True):
    """Success rate"""

    integrationId: str
    type: str


class IntegrationSucceededV1Dict(TypedDict):
    """Success rate"""

    integrationId: str
    type: str


class MessageSentV1(Struct, kw_only=True):
    """Fine-grained volume and deflection"""

    # how sure the assistant was
    confidence: Annotated[int, Meta(ge=0, le=1)] | Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    conversationId: Annotated[str, Meta(min_length=1, max_length=200)]
    role: Literal["user", "assistant"]


class MessageSentV1Dict(TypedDict):
    """Fine-grained volume and deflection"""

    # how sure the assistant was
    confidence: NotRequired[int | float]
    conversationId: str
    role: Literal["user", "assistant"]


class PlanUpdatedV1(Struct, kw_only=True):
    """Track upgrades, downgrades, churn"""

    newPlan: Literal["free", "pro", "business"]
    previousPlan: Literal["free", "pro", "business"]
    status: Literal["active", "trialing", "past_due", "canceled"]


class PlanUpdatedV1Dict(TypedDict):
    """Track upgrades, downgrades, churn"""

    newPlan: Literal["free", "pro", "business"]
    previousPlan: Literal["free", "pro", "business"]
    status: Literal["active", "trialing", "past_due", "canceled"]


class QuotaExceededV1(Struct, kw_only=True):
    """Usage friction signal"""

    attempted: Annotated[int, Meta(ge=1)]
    limit: Annotated[int, Meta(ge=0)]
    quotaType: Literal["messages", "documents", "seats"]


class QuotaExceededV1Dict(TypedDict):
    """Usage friction signal"""

    attempted: int
    limit: int
    quotaType: Literal["messages", "documents", "seats"]


# What an event of type "checkout_completed" has that names no version.
CheckoutCompleted: TypeAlias = CheckoutCompletedV1
CheckoutCompletedDict: TypeAlias = CheckoutCompletedV1Dict


# What an event of type "conversation_started" has that names no version.
ConversationStarted: TypeAlias = ConversationStartedV1
ConversationStartedDict: TypeAlias = ConversationStartedV1Dict


# What an event of type "escalation_triggered" has that names no version.
EscalationTriggered: TypeAlias = EscalationTriggeredV1
EscalationTriggeredDict: TypeAlias = EscalationTriggeredV1Dict


# What an event of type "ingest_completed" has that names no version.
IngestCompleted: TypeAlias = IngestCompletedV1
IngestCompletedDict: TypeAlias = IngestCompletedV1Dict


# What an event of type "ingest_failed" has that names no version.
IngestFailed: TypeAlias = IngestFailedV1
IngestFailedDict: TypeAlias = IngestFailedV1Dict


# What an event of type "ingest_started" has that names no version.
IngestStarted: TypeAlias = IngestStartedV1
IngestStartedDict: TypeAlias = IngestStartedV1Dict


# What an event of type "integration_failed" has that names no version.
IntegrationFailed: TypeAlias = IntegrationFailedV1
IntegrationFailedDict: TypeAlias = IntegrationFailedV1Dict


# What an event of type "integration_succeeded" has that names no version.
IntegrationSucceeded: TypeAlias = IntegrationSucceededV1
IntegrationSucceededDict: TypeAlias = IntegrationSucceededV1Dict


# What an event of type "message_sent" has that names no version.
MessageSent: TypeAlias = MessageSentV1
MessageSentDict: TypeAlias = MessageSentV1Dict


# What an event of type "plan_updated" has that names no version.
PlanUpdated: TypeAlias = PlanUpdatedV1
PlanUpdatedDict: TypeAlias = PlanUpdatedV1Dict


# What an event of type "quota_exceeded" has that names no version.
QuotaExceeded: TypeAlias = QuotaExceededV1
QuotaExceededDict: TypeAlias = QuotaExceededV1Dict


# The types of events.
EventType: TypeAlias = Literal[
    "checkout_completed",
    "conversation_started",
    "escalation_triggered",
    "ingest_completed",
    "ingest_failed",
    "ingest_started",
    "integration_failed",
    "integration_succeeded",
    "message_sent",
    "plan_updated",
    "quota_exceeded",
]
EVENT_TYPES: tuple[EventType, ...] = (
    "checkout_completed",
    "conversation_started",
    "escalation_triggered",
    "ingest_completed",
    "ingest_failed",
    "ingest_started",
    "integration_failed",
    "integration_succeeded",
    "message_sent",
    "plan_updated",
    "quota_exceeded",
)


class CheckoutCompletedV1Event(Struct, kw_only=True):
    type: Literal["checkout_completed"]
    version: Literal[1]
    payload: CheckoutCompletedV1
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


class ConversationStartedV1Event(Struct, kw_only=True):
    type: Literal["conversation_started"]
    version: Literal[1]
    payload: ConversationStartedV1
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


class EscalationTriggeredV1Event(Struct, kw_only=True):
    type: Literal["escalation_triggered"]
    version: Literal[1]
    payload: EscalationTriggeredV1
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


class IngestCompletedV1Event(Struct, kw_only=True):
    type: Literal["ingest_completed"]
    version: Literal[1]
    payload: IngestCompletedV1
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


class IngestFailedV1Event(Struct, kw_only=True):
    type: Literal["ingest_failed"]
    version: Literal[1]
    payload: IngestFailedV1
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


class IngestStartedV1Event(Struct, kw_only=True):
    type: Literal["ingest_started"]
    version: Literal[1]
    payload: IngestStartedV1
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


class IntegrationFailedV1Event(Struct, kw_only=True):
    type: Literal["integration_failed"]
    version: Literal[1]
    payload: IntegrationFailedV1
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


class IntegrationSucceededV1Event(Struct, kw_only=True):
    type: Literal["integration_succeeded"]
    version: Literal[1]
    payload: IntegrationSucceededV1
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


class MessageSentV1Event(Struct, kw_only=True):
    type: Literal["message_sent"]
    version: Literal[1]
    payload: MessageSentV1
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


class PlanUpdatedV1Event(Struct, kw_only=True):
    type: Literal["plan_updated"]
    version: Literal[1]
    payload: PlanUpdatedV1
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


class QuotaExceededV1Event(Struct, kw_only=True):
    type: Literal["quota_exceeded"]
    version: Literal[1]
    payload: QuotaExceededV1
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


Event: TypeAlias = "CheckoutCompletedV1Event | ConversationStartedV1Event | EscalationTriggeredV1Event | IngestCompletedV1Event | IngestFailedV1Event | IngestStartedV1Event | IntegrationFailedV1Event | IntegrationSucceededV1Event | MessageSentV1Event | PlanUpdatedV1Event | QuotaExceededV1Event"

_EVENTS: dict[tuple[str, int], Any] = {
    ("checkout_completed", 1): CheckoutCompletedV1Event,
    ("conversation_started", 1): ConversationStartedV1Event,
    ("escalation_triggered", 1): EscalationTriggeredV1Event,
    ("ingest_completed", 1): IngestCompletedV1Event,
    ("ingest_failed", 1): IngestFailedV1Event,
    ("ingest_started", 1): IngestStartedV1Event,
    ("integration_failed", 1): IntegrationFailedV1Event,
    ("integration_succeeded", 1): IntegrationSucceededV1Event,
    ("message_sent", 1): MessageSentV1Event,
    ("plan_updated", 1): PlanUpdatedV1Event,
    ("quota_exceeded", 1): QuotaExceededV1Event,
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
