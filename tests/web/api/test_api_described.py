"""The API against its own description: whatever that allows is answered as it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Engine

from domain.machine_tokens import Scope
from domain.plans import TaskKind
from services.people import Ward
from tests.builders import OFFICE, occurrence, plan_of, task
from tests.web.conftest import Browse
from tests.web.machines import API, token_of
from web.limits import Limiter

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 5
WITH_FILE = "/events/with-file"
OCCURRENCES = "/occurrences/{occurrence_id}/stages/{stage}/submissions"
# What each token is there for: the other routes answer it with 403, which one more scope shows as well.
ROUTES = {
    Scope.READ: (
        *("/wards/me", "/plans", "/calendar", "/statistics", "/extensions", "/audit/head"),
        *("/tasks", "/tasks/{code}", "/occurrences/{occurrence_id}", "/events"),
    ),
    Scope.RAISE_EVENTS: ("/events", WITH_FILE),
    Scope.SUBMIT: (OCCURRENCES,),
    Scope.METRICS: ("/tasks", "/events", WITH_FILE, OCCURRENCES),
}


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(
        plan_of(
            task("I.1", occurrences=[occurrence()]),
            task("IV.1", TaskKind.EVENT, event_types=["guidance"]),
        )
    )


class Unhurried(Limiter):
    """Lets everybody ask as often as they like: how often is tried in tests/web/api/test_api_limits.py."""

    def wait(self, *_: object, **__: object) -> int:
        return 0


@pytest.mark.parametrize("scope", Scope)
def test_whatever_the_description_allows_is_answered_as_it_says(
    ward: Ward, engine: Engine, browse: Browse, scope: Scope
) -> None:
    app = browse(as_=None).client.app
    app.state.web.limiter = Unhurried()  # type: ignore[attr-defined] # it is a FastAPI
    token = token_of(engine, ward, scope, unit=OFFICE).token
    headers = {"authorization": f"Bearer {token}", "host": "127.0.0.1:8000"}
    schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", app, headers=headers)

    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path not in ROUTES[scope]:
            continue
        for mode in schemathesis.GenerationMode:
            _try(operation, mode, headers)


def _try(
    operation: schemathesis.APIOperation, mode: schemathesis.GenerationMode, headers: dict[str, str]
) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(mode))
    def tried(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    tried()
