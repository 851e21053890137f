"""Nobody fills the memory or wears out the API: bodies, and how often is asked."""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest
from sqlalchemy import Engine
from starlette.types import Message

from domain.errors import SystemFault
from services.people import Ward
from tests.builders import OFFICE
from tests.web.conftest import Browser
from tests.web.machines import API, EVENT, Caller, submit, token_of
from web.api.gate import BY_STRANGER, BY_TOKEN, LARGEST_JSON
from web.api.problems import MEDIA_TYPE


def test_a_body_that_is_too_large_is_not_read(ward: Ward, engine: Engine, browser: Browser) -> None:
    caller = Caller(browser, token_of(engine, ward, "raise-events", "submit", unit=OFFICE).token)

    stated = caller.ask("POST", "/events", json=EVENT, headers={"content-length": str(10**9)})
    streamed = caller.ask("POST", "/events", content=(b"x" * 65536 for _ in range(8)))
    form = caller.ask(
        "POST",
        "/occurrences/1/stages/plan/submissions",
        files=[("files", ("a.pdf", b"x" * (22 * 1024 * 1024)))],
    )
    many = submit(caller, 1, files=[("files", (f"{n}.txt", b"x")) for n in range(11)])
    assert [each.status_code for each in (stated, streamed, form, many)] == [413] * 4


def test_a_body_without_an_end_is_given_up_soon(ward: Ward, engine: Engine, browser: Browser) -> None:
    token = token_of(engine, ward, "raise-events").token
    answers: list[Message] = []
    taken = 0

    async def endless() -> Message:
        nonlocal taken
        taken += 65536
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    async def keep(message: Message) -> None:
        answers.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": f"{API}/events",
        "raw_path": b"",
        "query_string": b"",
        "scheme": "http",
        "http_version": "1.1",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "headers": [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {token}".encode())],
    }

    asyncio.run(browser.client.app(scope, endless, keep))

    assert answers[0]["status"] == 413
    assert taken <= LARGEST_JSON + 2 * 65536


@pytest.mark.usefixtures("no_time_passes")
def test_a_machine_that_asks_too_often_waits_and_others_do_not(
    ward: Ward, engine: Engine, browser: Browser, reader: Caller
) -> None:
    other = Caller(browser, token_of(engine, ward, "read", name="may-khac").token)
    limiter = browser.client.app.state.web.limiter  # type: ignore[attr-defined] # it is a FastAPI
    token = reader.get("/wards/me") and browser_token(engine, "may-read")
    soon = monotonic() + 60  # so that nothing leaks while a slow machine asks
    for _ in range(BY_TOKEN.at_once):
        limiter.wait("api token", f"{ward.id}/{token}", BY_TOKEN, soon)

    answer = reader.ask("GET", "/tasks")
    assert (answer.status_code, answer.headers["content-type"]) == (429, MEDIA_TYPE)
    assert int(answer.headers["retry-after"]) >= 1
    assert other.ask("GET", "/tasks").status_code == 200


def browser_token(engine: Engine, name: str) -> int:
    with engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT m.id FROM cchc.machine_token m JOIN cchc.account a ON a.id = m.account_id"
            " WHERE a.name = %(name)s",
            {"name": name},
        ).scalar_one()
    return int(found)


@pytest.mark.usefixtures("no_time_passes")
def test_strangers_are_told_to_wait_and_their_token_is_not_even_looked_up(browser: Browser) -> None:
    stranger = Caller(browser, None)
    statuses = [stranger.ask("GET", "/tasks").status_code for _ in range(BY_STRANGER.at_once + 1)]

    assert statuses == [401] * BY_STRANGER.at_once + [429]


def test_a_fault_that_is_not_the_databases_is_not_said_to_pass_by_itself(
    reader: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise SystemFault("disk: /srv/keys", "Không dùng được khoá: /srv/keys.")

    monkeypatch.setattr("web.api.visits.log_mark", broken)

    answer = reader.ask("GET", "/tasks")

    said = answer.json()
    assert (answer.status_code, said["type"]) == (503, "urn:cchc:problem:broken")
    assert "retry-after" not in answer.headers
    assert "/srv" not in answer.text
    reference = said["notice"].rstrip(".").split()[-1]
    assert f"fault {reference}: SystemFault: disk: /srv/keys" in caplog.text
