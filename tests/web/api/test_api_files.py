"""Documents that come over the API with their file."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import transaction
from services.audit import verify
from services.people import Ward
from tests.web.api.test_api import first_occurrence
from tests.web.conftest import Browse, Browser
from tests.web.machines import EVENT, Caller, token_of

PDF = b"%PDF-1.7 huong dan"


@pytest.fixture
def register(ward: Ward, engine: Engine, browser: Browser) -> Caller:
    return Caller(browser, token_of(engine, ward, "raise-events", "read").token)


def send(caller: Caller, name: str = "huong-dan.pdf", content: bytes = PDF, **more: Any) -> Any:
    sent = {"file": (name, content)}
    return caller.ask("POST", "/events/with-file", data={**EVENT, **more}, files=sent)


def test_a_document_is_recorded_with_its_file_which_the_pages_then_show(
    register: Caller, engine: Engine, browse: Browse
) -> None:
    made = send(register, tasks=["IV.1", "I.1"], due_on="2026-06-30")

    assert made.status_code == 201, made.text
    assert {each["task"] for each in made.json()["occurrences"]} == {"I.1", "IV.1"}
    digest = sha256(PDF).hexdigest()
    [event] = register.get("/events")["events"]
    assert (event["file_name"], event["sha256"], event["due_on"]) == ("huong-dan.pdf", digest, "2026-06-30")
    shown = browse(as_="dieuphoi").get(f"/documents/{digest}")
    assert (shown.status_code, shown.content) == (200, PDF)
    with transaction(engine) as connection:
        assert verify(connection).ok


def test_a_document_that_was_recorded_without_file_is_not_changed(register: Caller) -> None:
    register.ask("POST", "/events", json=EVENT)

    again = send(register)

    assert (again.status_code, again.json()["already"]) == (200, True)
    assert register.get("/events")["events"][0]["sha256"] is None


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"name": "huong-dan.pdf", "content": b"MZ program"}, 409),
        ({"content": b""}, 409),
        ({"doc_date": "2026-3-1"}, 422),
        ({"tasks": ["IX.9"]}, 404),
        ({"unknown": "x"}, 422),
    ],
)
def test_what_the_form_would_not_take_is_not_taken_here(
    register: Caller, more: dict[str, Any], status: int
) -> None:
    answer = send(register, **more)

    assert answer.status_code == status, answer.text
    assert register.get("/events")["events"] == []


def test_a_file_is_taken_only_with_the_scope_and_only_if_something_opens(
    register: Caller, reader: Caller, browser: Browser
) -> None:
    assert send(reader).status_code == 403
    assert send(register, type="training").status_code == 409
    assert register.ask("POST", "/events/with-file", data=EVENT).status_code == 422

    documents = browser.client.app.state.web.settings.data / "documents"  # type: ignore[attr-defined] # it is a FastAPI
    assert [each for each in documents.rglob("*") if each.is_file()] == []
    assert first_occurrence(reader, "I.1")
