"""What we say to Prefect's REST API and what we read from it: plain values, and their JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

WORKER_LABEL = "prefect.worker.name"
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment as we want it, or as it is; two that are equal need no request."""

    flow: str
    name: str
    entrypoint: str
    work_pool: str
    tags: frozenset[str] = frozenset()
    description: str = ""
    cron: str | None = None
    timezone: str | None = None
    parameters: Mapping[str, str] = field(default_factory=lambda: NOTHING)  # name: JSON type

    @property
    def path(self) -> str:
        """The name that people type: flow and deployment."""
        return f"{self.flow}/{self.name}"

    def to_json(self, flow_id: str) -> dict[str, Any]:
        """Return the body that makes this deployment."""
        return {
            "name": self.name,
            "flow_id": flow_id,
            "entrypoint": self.entrypoint,
            "work_pool_name": self.work_pool,
            "tags": sorted(self.tags),
            "description": self.description,
            "paused": False,
            "schedules": [
                {"schedule": {"cron": self.cron, "timezone": self.timezone}, "active": True, "slug": "daily"}
            ]
            if self.cron
            else [],
            "parameter_openapi_schema": {
                "type": "object",
                "title": "Parameters",
                "properties": {name: {"title": name, "type": kind} for name, kind in self.parameters.items()},
            },
        }


@dataclass(frozen=True, slots=True)
class NewRun:
    """A flow run to be made; a second one with the same `key` is the same run."""

    key: str
    name: str
    parameters: Mapping[str, int]
    scheduled_for: datetime

    def to_json(self) -> dict[str, Any]:
        """Return the body that makes this run."""
        return {
            "idempotency_key": self.key,
            "name": self.name,
            "parameters": dict(self.parameters),
            "state": scheduled(self.scheduled_for),
        }


@dataclass(frozen=True, slots=True)
class Run:
    """A flow run as Prefect shows it; `state` is the type, `state_name` what people read."""

    id: UUID
    name: str
    key: str  # empty where someone made it by hand
    parameters: Mapping[str, Any]
    deployment_id: UUID | None
    state: str
    state_name: str
    since: datetime
    scheduled_for: datetime | None = None
    worker: str | None = None


def scheduled(at: datetime, name: str | None = None) -> dict[str, Any]:
    """Return the state of a run that starts at `at`."""
    state = {"type": "SCHEDULED", "state_details": {"scheduled_time": at.astimezone(UTC).isoformat()}}
    return {**state, "name": name} if name else state


def deployment_from(found: Mapping[str, Any], flows: Mapping[str, str]) -> Deployment:
    """Read a deployment, with its flow's name from `flows`; one that people changed is not equal to ours."""
    active = [each["schedule"] for each in found["schedules"] if each["active"]]
    schema = found.get("parameter_openapi_schema") or {}
    properties = schema.get("properties") or {}
    return Deployment(
        flow=flows.get(found["flow_id"], ""),
        name=found["name"],
        entrypoint=found.get("entrypoint") or "",
        work_pool="" if found.get("paused") else found.get("work_pool_name") or "",
        tags=frozenset(found["tags"]),
        description=found.get("description") or "",
        cron=active[0].get("cron") if len(active) == 1 else None,
        timezone=active[0].get("timezone") if len(active) == 1 else None,
        parameters={name: str(value.get("type")) for name, value in properties.items()},
    )


def run_from(found: Mapping[str, Any]) -> Run:
    """Read a flow run."""
    state = found.get("state") or {}
    at = (state.get("state_details") or {}).get("scheduled_time")
    return Run(
        id=UUID(found["id"]),
        name=found["name"],
        key=found.get("idempotency_key") or "",
        parameters=found.get("parameters") or {},
        deployment_id=UUID(found["deployment_id"]) if found.get("deployment_id") else None,
        state=found.get("state_type") or "",
        state_name=found.get("state_name") or "",
        since=datetime.fromisoformat(state.get("timestamp") or found["created"]),
        scheduled_for=datetime.fromisoformat(at) if at else None,
        worker=(found.get("labels") or {}).get(WORKER_LABEL),
    )
