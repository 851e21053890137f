from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.parts import PartStatus, State, write_parts
from config.processes import started_at
from models.database import transaction
from services.people import Ward
from services.reminders import finish
from tests.builders import NOW, TODAY, occurrence, plan_of, task
from tests.web.conftest import Browse

Start = Callable[..., Ward]
SINCE = "2026-03-02T01:30:00+00:00"
PAGES = ("/", "/tasks/I.1", "/plan", "/calendar", "/inbox", "/outbox", "/running")


@pytest.fixture
def parts(data: Path) -> Callable[..., None]:
    """Give a function that writes down how the parts are, as the process that looks after them does."""

    def write(**states: State) -> None:
        pid = os.getpid()
        began = started_at(pid)
        known = [
            PartStatus(name, state, pid, f"http://{name}.invalid/api", SINCE, began=began)
            for name, state in states.items()
        ]
        write_parts(data, known)

    return write


def test_every_part_shows_its_state_and_since_when(
    started: Start, browse: Browse, parts: Callable[..., None]
) -> None:
    started(plan_of(task("I.1")))
    parts(database=State.RUNNING, web=State.RUNNING, prefect=State.STARTING, worker=State.DOWN)

    text = browse().text("/running")

    assert "Cơ sở dữ liệu đang chạy 08:30 ngày 02/03/2026" in text
    assert "Prefect (lập lịch) đang khởi động 08:30" in text
    assert "Bộ chạy quy trình đang ngừng 08:30" in text


def test_a_prefect_that_still_starts_is_announced_on_every_page(
    started: Start, browse: Browse, parts: Callable[..., None]
) -> None:
    started(plan_of(task("I.1")))
    parts(prefect=State.STARTING)
    browser = browse(as_="quantri")

    assert all("Prefect đang khởi động…" in browser.text(page) for page in PAGES)
    parts(prefect=State.RUNNING)
    assert not any("Prefect đang khởi động…" in browser.text(page) for page in PAGES)


def test_a_part_that_is_down_is_named_and_pages_alone_say_nothing(
    started: Start, browse: Browse, parts: Callable[..., None]
) -> None:
    started(plan_of(task("I.1")))
    browser = browse(as_="quantri")

    assert "Bộ phận đang ngừng" not in browser.text("/")
    parts(web=State.RUNNING, dispatcher=State.DOWN)
    assert "Bộ phận đang ngừng: Bộ gửi thư." in browser.text("/")


def test_administrators_get_the_way_to_prefects_own_pages_while_it_runs(
    started: Start, browse: Browse, parts: Callable[..., None]
) -> None:
    started(plan_of(task("I.1")))
    parts(prefect=State.RUNNING)

    assert 'href="http://prefect.invalid"' in browse(as_="quantri").page("/running")
    assert "prefect.invalid" not in browse(as_="lan").page("/running")


def test_a_missing_morning_run_turns_every_page_red_after_26_hours(started: Start, browse: Browse) -> None:
    started(plan_of(task("I.1")))
    within = browse(now=NOW + timedelta(hours=26) - timedelta(seconds=1))
    after = browse(now=NOW + timedelta(hours=26))

    warning = "Lượt nhắc việc buổi sáng không hoàn thành trong 26 giờ qua"
    assert not any(warning in within.text(page) for page in PAGES)
    assert all(warning in after.text(page) for page in PAGES)
    assert (within.get("/healthz").json()["morning"], after.get("/healthz").json()["morning"]) == (
        "ok",
        "late",
    )


def test_a_finished_morning_run_keeps_the_pages_calm_for_another_26_hours(
    started: Start, browse: Browse, engine: Engine
) -> None:
    started(plan_of(task("I.1")))
    ended = NOW + timedelta(days=3)
    with transaction(engine) as connection:
        finish(connection, TODAY + timedelta(days=3), ended)

    calm, red = browse(now=ended + timedelta(hours=25)), browse(now=ended + timedelta(hours=27))

    assert "Lần gần nhất xong lúc 09:00 ngày 05/03/2026, cho thứ Năm 05/03/2026: 0 lời nhắc" in calm.text(
        "/running"
    )
    assert "26 giờ qua" not in calm.text("/")
    assert "lần gần nhất xong lúc 09:00 ngày 05/03/2026" in red.text("/")
    assert (calm.get("/healthz").json()["morning"], red.get("/healthz").json()["morning"]) == ("ok", "late")


def test_a_run_of_last_year_does_not_blame_a_plan_activated_today(
    started: Start, browse: Browse, engine: Engine
) -> None:
    started(plan_of(task("I.1")))
    with transaction(engine) as connection:
        finish(connection, date(2025, 12, 31), NOW - timedelta(days=60))

    browser = browse()

    assert "26 giờ qua" not in browser.text("/")
    assert browser.get("/healthz").json()["morning"] == "ok"


def test_health_is_good_before_any_plan_and_bad_without_a_database(browse: Browse, data: Path) -> None:
    good = browse().get("/healthz")
    bad = browse(database_url=f"postgresql://postgres@/x?host={data}").get("/healthz")

    said = {name: good.json()[name] for name in ("status", "database", "morning")}
    assert (good.status_code, said) == (200, {"status": "ok", "database": "ok", "morning": "ok"})
    assert (bad.status_code, bad.json()["database"]) == (503, "down")


def test_what_opens_soon_what_waits_to_leave_and_what_runs_here_is_listed(
    started: Start, browse: Browse
) -> None:
    soon = occurrence("Quý II/2026", opens_on=date(2026, 4, 1), plan=date(2026, 6, 9))
    far = replace(occurrence("Quý IV/2026", opens_on=date(2026, 10, 1), plan=date(2026, 12, 9)))
    started(plan_of(task("I.1", occurrences=[occurrence(), soon, far])))

    text = browse(now=datetime(2026, 3, 2, 4, tzinfo=UTC)).text("/running")

    assert "thứ Tư 01/04/2026 I.1. Nhiệm vụ số I.1 Quý II/2026" in text
    assert "Quý IV/2026" not in text
    assert "chờ gửi 2" in text
    assert "1 thay đổi đang chờ báo cho bộ lập lịch (Prefect)" in text
    assert "PostgreSQL 1" in text
    assert "Prefect 3.8.8" in text
