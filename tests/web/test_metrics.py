from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from config.backup_record import record_backup
from models.database import transaction
from services import audit_room
from services.people import Ward
from tests.builders import NOW, occurrence, office, plan_of, task
from tests.web.conftest import Browse, Browser
from tests.web.machines import token_of
from web.api.gate import BY_STRANGER

Sample = tuple[str, frozenset[tuple[str, str]]]


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(
        plan_of(
            task("I.1", occurrences=[occurrence(plan=date(2026, 2, 27))]),
            task("II.2", occurrences=[occurrence()]),
        )
    )


def scraped(browser: Browser, token: str | None = None) -> dict[Sample, float]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = browser.client.get("/metrics", headers=headers) if token else browser.get("/metrics")
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(found: dict[Sample, float], name: str, **labels: str) -> float:
    return found[name, frozenset(labels.items())]


def test_a_monitor_reads_how_a_ward_stands(ward: Ward, browse: Browse, engine: Engine) -> None:
    found = scraped(browse(as_=None), token_of(engine, ward, "metrics").token)

    assert value(found, "cchc_stages", ward=ward.code, state="open", late="yes") == 1
    assert value(found, "cchc_stages", ward=ward.code, state="open", late="no") == 1
    assert value(found, "cchc_log_events", ward=ward.code) > 8
    assert value(found, "cchc_open_findings", ward=ward.code) == 0
    waiting = [n for (name, labels), n in found.items() if name == "cchc_outbox_messages" and labels]
    assert sum(waiting) > 0
    assert not [name for name, _ in found if name == "cchc_morning_run_seconds"]  # there was none yet


def test_administrators_read_it_in_their_browser_and_nobody_else(ward: Ward, browse: Browse) -> None:
    assert scraped(browse(as_="quantri"))
    for name in ("dieuphoi", "lan", "chutich", "thanhtra", None):
        assert browse(as_=name).get("/metrics").status_code == 401, name


def test_a_token_for_something_else_reads_no_numbers(ward: Ward, browse: Browse, engine: Engine) -> None:
    client = browse(as_=None).client
    other = {"authorization": f"Bearer {token_of(engine, ward, 'read').token}"}

    answer = client.get("/metrics", headers=other)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="cchc"')
    # More than once as many: on a slow machine the bucket leaks meanwhile.
    assert 429 in {client.get("/metrics").status_code for _ in range(3 * BY_STRANGER.at_once)}


def test_a_ward_reads_its_own_numbers_alone(ward: Ward, browse: Browse, engine: Engine) -> None:
    with transaction(engine) as connection:
        office(connection, plan_of(task("I.1", occurrences=[occurrence()]), issuer="UBND xã Kín"))

    answer = browse(as_="quantri", ward=ward.code).get("/metrics")
    assert f'ward="{ward.code}"' in answer.text
    assert "kin" not in answer.text.replace("looking", "")


def test_requests_are_counted_under_their_route_and_never_under_what_was_asked_for(
    ward: Ward, browse: Browse, engine: Engine
) -> None:
    browser = browse(as_="quantri")
    token = token_of(engine, ward, "read").token
    for path in ("/tasks/I.1", "/tasks/II.2", "/tasks/X.9", "/khong-co/bi-mat", "/static/style.css"):
        browser.get(path)
    browser.client.get("/api/v1/tasks/I.1", headers={"authorization": f"Bearer {token}"})
    browser.client.request("BÍMẬT".encode().hex(), "/tasks")

    found = scraped(browser)
    name = "cchc_request_seconds_count"
    assert value(found, name, method="GET", route="/tasks/{code}", status="2xx") == 2
    assert value(found, name, method="GET", route="/tasks/{code}", status="4xx") == 1
    assert value(found, name, method="GET", route="/api/v1/tasks/{code}", status="2xx") == 1
    routes = {value for (_, labels) in found for label, value in labels if label == "route"}
    assert all("I.1" not in route and "bi-mat" not in route for route in routes)


def test_the_page_of_health_says_its_parts(ward: Ward, browse: Browse) -> None:
    answer = browse(as_=None).client.get("/healthz").json()

    assert answer["status"] == "ok"
    assert {"database", "morning"} <= answer.keys()
    assert answer["parts"].keys() >= {"web", "database", "prefect", "worker", "dispatcher"}


def test_what_looks_after_the_log_is_counted_once_it_has_happened(
    ward: Ward, browse: Browse, engine: Engine, data: Path
) -> None:
    browser = browse(as_="quantri")
    before = {name for name, _ in scraped(browser)}
    assert not before & {"cchc_verified_seconds", "cchc_backup_seconds", "cchc_checkpoint_seconds"}

    with transaction(engine) as connection:
        verdict = audit_room.verify(connection, ward, by="thanhtra")
        audit_room.note(connection, ward, verdict, data, by="thanhtra", now=NOW)
    record_backup(data, {"at": (NOW - timedelta(hours=3)).isoformat(), "path": "x", "size": 1})

    found = scraped(browser)
    assert value(found, "cchc_verified_clean", ward=ward.code) == 1
    assert value(found, "cchc_verified_seconds", ward=ward.code) == 0
    assert value(found, "cchc_backup_seconds", ward=ward.code) == 3 * 3600
    assert value(found, "cchc_part_up", ward=ward.code, part="worker") == 0


def test_messages_that_wait_and_channels_that_are_held_are_counted(
    ward: Ward, browse: Browse, engine: Engine
) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO cchc.channel_state (name, enabled, changed_at, held_since, held_why)"
            " VALUES ('email', true, %(now)s, %(now)s, 'x'), ('phone', true, %(now)s, NULL, NULL)"
            " ON CONFLICT (name) DO UPDATE SET enabled = true, held_since = excluded.held_since",
            {"now": NOW},
        )

    found = scraped(browse(as_="quantri"))
    assert value(found, "cchc_channel_held", ward=ward.code, channel="email") == 1
    assert value(found, "cchc_channel_held", ward=ward.code, channel="phone") == 0
    assert value(found, "cchc_oldest_message_seconds", ward=ward.code) >= 0
