"""The API does what the pages do, for machines, by the same rules."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from domain.plans import Stage
from models.database import transaction
from services.audit import verify
from services.extensions import request as ask_for_time
from services.machine_tokens import revoke_token
from services.people import Ward, disable_user
from tests.builders import CULTURE, NOW, OFFICE, TODAY, occurrence, office, plan_of, task
from tests.web.conftest import Browse, Browser
from tests.web.machines import API, EVENT, Caller, submit, token_of
from web.api.app import PARTS
from web.api.problems import MEDIA_TYPE


def first_occurrence(reader: Caller, code: str) -> int:
    return int(reader.get(f"/tasks/{code}")["occurrences"][0]["id"])


def test_a_token_says_whose_it_is(reader: Caller, ward: Ward) -> None:
    me = reader.get("/wards/me")

    assert me["ward"] == {"code": ward.code, "name": ward.name}
    assert (me["account"], me["role"], me["scopes"]) == ("may-read", "auditor", ["read"])


@pytest.mark.parametrize("shown", [{}, {"authorization": "Bearer cchc_" + "A" * 43}, {"authorization": "x"}])
def test_nobody_gets_anything_without_a_token_that_counts(
    ward: Ward, browser: Browser, shown: dict[str, str]
) -> None:
    stranger = Caller(browser, None)
    for part in PARTS:
        for route in part.router.routes:
            path = route.path.format(code="I.1", occurrence_id=1, stage="plan")
            for method in route.methods:
                answer = stranger.ask(method, path, headers=shown)
                assert (answer.status_code, answer.headers["content-type"]) == (401, MEDIA_TYPE), path
                assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_cookie_of_somebody_signed_in_opens_no_door_of_the_api(ward: Ward, browse: Browse) -> None:
    assert browse(as_="quantri").get(f"{API}/tasks").status_code == 401


def test_a_token_that_was_taken_back_or_whose_account_is_locked_is_nobodys(
    ward: Ward, engine: Engine, browser: Browser
) -> None:
    one, two = token_of(engine, ward, "read"), token_of(engine, ward, "read", name="may-khac")
    with transaction(engine) as connection:
        revoke_token(connection, ward, one.id, by="quantri", now=NOW)
        disable_user(connection, ward, "may-khac", actor='{"id":0,"role":"system"}', now=NOW)

    for made in (one, two):
        assert Caller(browser, made.token).ask("GET", "/tasks").status_code == 401


SCOPES = {
    "read": {"/wards/me", "/plans", "/tasks", "/tasks/I.1", "/events", "/calendar", "/statistics"}
    | {"/extensions", "/audit/head"},
    "raise-events": {"POST /events", "POST /events/with-file"},
    "submit": {"POST /occurrences/1/stages/plan/submissions"},
    "metrics": set(),
}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_does_what_its_scopes_say_and_nothing_else(
    ward: Ward, engine: Engine, browser: Browser, scope: str
) -> None:
    caller = Caller(browser, token_of(engine, ward, scope, unit=OFFICE).token)

    for of, calls in SCOPES.items():
        for call in calls:
            method, _, path = call.rpartition(" ")
            answer = caller.ask(method or "GET", path, **({"json": EVENT} if "events" in call else {}))
            assert (answer.status_code == 403) is (of != scope), (call, answer.text)


def test_the_tasks_come_with_their_official_status_and_page_by_page(reader: Caller) -> None:
    whole = reader.get("/tasks")
    first = reader.get("/tasks", params={"limit": 2})
    second = reader.get("/tasks", params={"limit": 2, "after": first["next"]})

    assert [each["code"] for each in whole["tasks"]] == ["I.1", "II.2", "IV.1"]
    assert whole["next"] is None
    assert [first["tasks"], second["tasks"]] == [whole["tasks"][:2], whole["tasks"][2:]]
    assert second["next"] is None
    late = reader.get("/tasks", params={"status": "đang thực hiện quá hạn"})["tasks"]
    assert [each["code"] for each in late] == ["I.1"]
    ours = reader.get("/tasks", params={"unit": "vp hđnd & ubnd"})["tasks"]
    assert {"I.1", "II.2"} & {each["code"] for each in ours} == {"I.1"}
    assert reader.ask("GET", "/tasks", params={"after": "2026:VII.7"}).status_code == 422


def test_a_task_and_its_occurrence_say_the_same(reader: Caller) -> None:
    task = reader.get("/tasks/II.2")
    [found] = task["occurrences"]

    alone = reader.get(f"/occurrences/{found['id']}")
    assert {**found, "task": "II.2", "title": task["title"], "year": 2026} == alone
    assert [each["stage"] for each in found["stages"]] == ["plan", "implement", "report"]
    assert found["stages"][0]["due"] == "2026-03-31"
    assert "deliveries" not in found  # they name people's addresses


def test_the_same_document_twice_is_recorded_once(ward: Ward, engine: Engine, browser: Browser) -> None:
    caller = Caller(browser, token_of(engine, ward, "raise-events", "read").token)

    first = caller.ask("POST", "/events", json=EVENT)
    again = caller.ask("POST", "/events", json=EVENT)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["occurrences"] == again.json()["occurrences"]
    assert (first.json()["new"], again.json()["new"], again.json()["already"]) == (1, 0, True)
    [event] = caller.get("/events")["events"]
    assert (event["doc_number"], event["recorded_by"]) == ("12/UBND-NC", "may-raise-events-read")
    assert [each["task"] for each in event["occurrences"]] == ["IV.1"]


def test_events_come_newest_first_and_page_by_page(ward: Ward, engine: Engine, browser: Browser) -> None:
    caller = Caller(browser, token_of(engine, ward, "raise-events", "read").token)
    for number in range(3):
        caller.ask("POST", "/events", json={**EVENT, "doc_number": f"{number}/UBND"})

    page = caller.get("/events", params={"limit": 2})
    rest = caller.get("/events", params={"limit": 2, "after": page["next"]})
    numbers = [each["doc_number"] for each in page["events"] + rest["events"]]
    assert numbers == ["2/UBND", "1/UBND", "0/UBND"]
    assert rest["next"] is None


def test_a_stage_is_handed_in_with_its_files_once(
    ward: Ward, engine: Engine, browser: Browser, reader: Caller
) -> None:
    caller = Caller(browser, token_of(engine, ward, "submit", unit=OFFICE).token)
    one = first_occurrence(reader, "I.1")
    form: dict[str, Any] = {
        "data": {"doc_number": "5/KH-UBND", "doc_date": "2026-03-02", "note": "Đã ban hành"},
        "files": [("files", ("kh.pdf", b"%PDF-1.7", "application/pdf")), ("files", ("pl.txt", b"x"))],
    }

    first, again = submit(caller, one, **form), submit(caller, one, **form)

    assert (first.status_code, again.status_code) == (201, 200), again.text
    assert first.json() == {
        "occurrence": one,
        "stage": "plan",
        "attempt": 1,
        "late": True,
        "already": False,
    }
    assert again.json()["already"]
    [handed] = reader.get(f"/occurrences/{one}")["stages"][0]["submissions"]
    assert {each["name"] for each in handed["documents"]} == {"kh.pdf", "pl.txt"}
    assert (handed["by"], handed["effective_on"]) == ("may-submit", TODAY.isoformat())
    with transaction(engine) as connection:
        assert verify(connection).ok


def test_a_machine_hands_in_for_its_own_unit_alone(
    ward: Ward, engine: Engine, browser: Browser, reader: Caller
) -> None:
    caller = Caller(browser, token_of(engine, ward, "submit", unit=CULTURE).token)

    refused = submit(caller, first_occurrence(reader, "I.1"), data={"note": "x"})

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:cchc:problem:not-own-unit")
    assert OFFICE in refused.json()["notice"]


def test_what_is_refused_is_a_problem_with_a_notice_for_people(reader: Caller) -> None:
    answer = reader.ask("GET", "/tasks/X.9")

    assert (answer.status_code, answer.headers["content-type"]) == (404, MEDIA_TYPE)
    problem = answer.json()
    assert problem["type"] == "urn:cchc:problem:unknown-task"
    assert "X.9" in problem["notice"]
    assert problem["detail"] == "unknown task X.9"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/tasks/I%0A1", 404),
        ("GET", "/no%0Awhere", 404),
        ("DELETE", "/tasks", 405),
        ("GET", "/tasks?limit=x", 422),
        ("GET", "/tasks?unit=%00", 422),
        ("GET", "/tasks?status=xong", 422),
        ("GET", "/occurrences/99999999999999999999", 422),
        ("GET", "/occurrences/999", 404),
        ("GET", "/calendar?year=1", 422),
    ],
)
def test_what_cannot_be_asked_is_a_problem_too(reader: Caller, method: str, path: str, status: int) -> None:
    answer = reader.ask(method, path)

    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE)
    assert answer.json()["notice"]
    if status == 405:
        assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"doc_date": 20260101},
        {"doc_date": "0001-01-01"},
        {"doc_date": "2026-13-01"},
        {"summary": "a\0b"},
        {"doc_number": ""},
        {"doc_number": "x" * 101},
        {"issuer": "\ud800"},
        {"more": 1},
        {"type": "không có"},
        {"due_on": "2020-01-01"},
        {"tasks": ["I.1"] * 101},
    ],
)
def test_an_event_that_cannot_be_right_is_not_taken(
    ward: Ward, engine: Engine, browser: Browser, wrong: dict[str, Any]
) -> None:
    caller = Caller(browser, token_of(engine, ward, "raise-events", "read").token)
    body = json.dumps(EVENT | wrong).encode()

    answer = caller.ask("POST", "/events", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 422, answer.text
    assert not caller.get("/events")["events"]


def test_nothing_is_sent_again_while_nothing_has_changed(
    ward: Ward, engine: Engine, browser: Browser, reader: Caller
) -> None:
    caller = Caller(browser, token_of(engine, ward, "raise-events").token)
    for path in ("/tasks", "/tasks?limit=1", "/plans", "/calendar", "/statistics", "/events", "/audit/head"):
        tag = reader.ask("GET", path).headers["etag"]
        same = reader.ask("GET", path, headers={"if-none-match": f'"x", {tag}'})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag), path
        caller.ask("POST", "/events", json={**EVENT, "doc_number": path})
        assert reader.ask("GET", path, headers={"if-none-match": tag}).status_code == 200
    tag = reader.ask("GET", "/tasks").headers["etag"]
    browser.now = NOW + timedelta(days=1)  # what is late changes with the day
    browser.client.app.state.web.clock = lambda: browser.now  # type: ignore[attr-defined] # it is a FastAPI
    assert reader.ask("GET", "/tasks", headers={"if-none-match": tag}).status_code == 200


def test_a_log_that_was_restored_and_went_on_otherwise_is_something_new(
    database_url: str, reader: Caller
) -> None:
    tag = reader.ask("GET", "/tasks").headers["etag"]
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE cchc.audit_log SET frontier[1] = sha256('another')")

    assert reader.ask("GET", "/tasks", headers={"if-none-match": tag}).status_code == 200


def test_the_official_numbers_add_up_to_the_tasks(reader: Caller) -> None:
    numbers = reader.get("/statistics")

    assert (numbers["year"], numbers["as_of"], numbers["total"]) == (2026, TODAY.isoformat(), 3)
    assert sum(numbers["tasks"].values()) == 3
    assert numbers["tasks"]["đang thực hiện quá hạn"] == 1
    assert {each["unit"] for each in numbers["units"]} == {OFFICE, CULTURE}


def test_the_head_of_the_log_is_the_one_that_the_verifier_finds(
    ward: Ward, engine: Engine, reader: Caller
) -> None:
    head = reader.get("/audit/head")

    with transaction(engine) as connection:
        [found] = verify(connection).wards
    assert head == {"ward": ward.code, "size": found.size, "root": found.root}


def test_requests_for_more_time_are_listed(ward: Ward, engine: Engine, reader: Caller) -> None:
    one = first_occurrence(reader, "II.2")
    with transaction(engine) as connection:
        ask_for_time(
            connection,
            ward,
            one,
            Stage.PLAN,
            until=date(2026, 4, 15),
            reason="Chờ hướng dẫn",
            by="hoa",
            today=TODAY,
            now=NOW,
        )

    [waits] = reader.get("/extensions")["waiting"]
    assert (waits["task"], waits["asked_until"], waits["verdict"]) == ("II.2", "2026-04-15", None)


def test_the_plan_and_the_calendar_are_those_of_the_ward(reader: Caller) -> None:
    [plan] = reader.get("/plans")["plans"]
    dates = reader.get("/calendar", params={"year": 2026})["dates"]

    assert (plan["number"], plan["state"], plan["tasks"]) == ("1/QĐ-UBND", "active", 3)
    assert [each["due_on"] for each in dates] == sorted(each["due_on"] for each in dates)
    assert {each["code"] for each in dates} == {"I.1", "II.2"}
    assert reader.get("/calendar", params={"year": 2027})["dates"] == []


def test_two_wards_never_see_each_other_over_the_api(engine: Engine, browser: Browser) -> None:
    with transaction(engine) as connection:
        ours = office(connection, plan_of(task("I.1", occurrences=[occurrence()]))).ward
        secret = plan_of(
            task("IX.9", occurrences=[occurrence("BÍ MẬT")]), issuer="UBND xã BÍ MẬT", number="9/BÍ MẬT"
        )
        theirs = office(connection, secret).ward
    them = Caller(browser, token_of(engine, theirs, "read", "raise-events").token)
    us = Caller(browser, token_of(engine, ours, "read", "submit", "raise-events", unit=OFFICE).token)
    them.ask("POST", "/events", json={**EVENT, "issuer": "BÍ MẬT", "tasks": ["IX.9"]})
    one = first_occurrence(them, "IX.9")
    head = them.get("/audit/head")

    named = {"/tasks/IX.9", f"/occurrences/{one}"}
    for path in (*SCOPES["read"], *named, "/tasks?year=2026"):
        answer = us.ask("GET", path)
        assert "BÍ MẬT" not in answer.text, path
        assert answer.status_code == (404 if path in named else 200), path
    assert submit(us, one, data={"note": "x"}).status_code == 404
    assert us.ask("POST", "/events", json={**EVENT, "tasks": ["IX.9"]}).status_code == 404
    assert them.get("/audit/head") == head


def test_use_of_a_token_is_kept(ward: Ward, engine: Engine, reader: Caller) -> None:
    reader.get("/tasks")

    with engine.connect() as connection:
        used = connection.exec_driver_sql("SELECT used_at FROM cchc.machine_token").scalar_one()
    assert used == NOW


def test_the_api_describes_itself_and_names_every_route(browser: Browser) -> None:
    described = Caller(browser, None).get("/openapi.json")

    routes = {route.path for part in PARTS for route in part.router.routes}
    assert set(described["paths"]) == routes
    assert described["servers"] == [{"url": API}]
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert operation["security"], path
            assert set(operation["responses"]["401"]["content"]) == {MEDIA_TYPE}


def test_the_api_answers_with_the_same_seals_as_pages(reader: Caller) -> None:
    headers = reader.ask("GET", "/tasks").headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_an_unexpected_fault_is_a_problem_without_details(
    reader: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("mật khẩu là 123")

    monkeypatch.setattr("web.api.tasks.list_tasks", broken)

    answer = reader.ask("GET", "/tasks")
    assert (answer.status_code, answer.headers["content-type"]) == (500, MEDIA_TYPE)
    assert "123" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
