from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from cli.prefect_server import under_own_names


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:4200", 200),
        ("localhost:4200", 200),
        ("evil.example:4200", 400),
        ("127.0.0.1.evil.example", 400),
        ("", 400),
    ],
)
def test_a_foreign_name_for_this_machine_does_not_reach_prefect(host: str, status: int) -> None:
    client = TestClient(under_own_names(PlainTextResponse("of Prefect")))

    assert client.post("/api/flow_runs/filter", headers={"host": host}).status_code == status
