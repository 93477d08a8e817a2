

class $NAME(Struct, kw_only=True):
    type: Literal[$TYPE]
    version: Literal[$VERSION]
    payload: $PAYLOAD
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
