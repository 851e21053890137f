"""What pages keep: never older than the request, never somebody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event, Thread

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event

from models import sessions
from models.database import transaction
from models.snapshots import snapshot
from services.people import Ward, person
from tests.builders import NOW, occurrence, plan_of, task
from tests.waiting import LONGEST_S
from tests.web.conftest import Browse
from web.kept import Ahead, Kept, Snapshots

PLAN = plan_of(task("I.1", occurrences=[occurrence()]))


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(PLAN)


@pytest.fixture
def owner(database_url: str) -> Callable[[str], None]:
    """Give a function that gives I.1 another title, as nobody but the database's owner may."""

    def rename(title: str) -> None:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("UPDATE cchc.task SET title = %s", (title,))

    return rename


def test_a_change_by_whomever_is_seen_by_the_next_request(
    ward: Ward, browse: Browse, owner: Callable[[str], None]
) -> None:
    browser = browse()
    for title in ("Tên thứ nhất", "Tên thứ hai", "Tên thứ ba"):
        owner(title)
        assert title in browser.text("/tasks")
        assert title in browser.text("/tasks")


def test_a_page_that_is_kept_is_its_visitors_own(ward: Ward, browse: Browse) -> None:
    one, other = browse(as_="lan"), browse(as_="thanhtra")
    other.client.app = one.client.app
    other.client._transport = one.client._transport  # both in front of one application

    assert "cán bộ đơn vị" in one.text("/tasks")
    assert "cán bộ đơn vị" not in other.text("/tasks")
    assert "cán bộ đơn vị" in one.text("/tasks")


def test_a_session_that_was_ended_elsewhere_ends_at_once(ward: Ward, browse: Browse, engine: Engine) -> None:
    browser = browse(as_="lan")
    browser.page("/tasks")
    with transaction(engine) as connection:
        lan = person(connection, ward, "lan")
        assert sessions.revoke(connection, ward.id, lan.id, now=NOW, one=None, but=None) == 1

    assert browser.client.get("/tasks", follow_redirects=False).status_code == 303


def test_the_snapshot_changes_with_a_commit_and_with_nothing_else(engine: Engine) -> None:
    def now() -> str:
        with engine.connect() as connection:
            return snapshot(connection)

    def read(connection: Connection) -> None:
        connection.exec_driver_sql("SELECT count(*) FROM cchc.ward")

    def same() -> bool:
        before = now()
        with transaction(engine) as connection:
            read(connection)
        return now() == before

    assert any(same() for _ in range(50))  # a vacuum commits when it likes
    before = now()
    with transaction(engine) as connection:
        connection.exec_driver_sql("SELECT pg_current_xact_id()")
        during = now()
    assert before != now() != during


def test_an_answer_is_never_older_than_the_question() -> None:
    """Whoever asks while a question is on its way gets the answer to a later one."""
    go, begun, asked = Event(), Event(), []

    def ask() -> str:
        asked.append(str(len(asked)))
        number = asked[-1]
        begun.set()
        go.wait(LONGEST_S)
        return number

    snapshots, answers = Snapshots(ask), []
    first = Thread(target=lambda: answers.append(snapshots.now()), daemon=True)
    first.start()
    assert begun.wait(LONGEST_S)
    late = [Thread(target=lambda: answers.append(snapshots.now()), daemon=True) for _ in range(8)]
    for thread in late:
        thread.start()
    go.set()
    for thread in (first, *late):
        thread.join(LONGEST_S)

    assert sorted(answers)[0] == "0"
    assert answers.count("0") == 1
    assert len(answers) == 9


def test_who_waits_in_the_event_loop_shares_a_question_and_its_failure() -> None:
    asked: list[int] = []

    def ask() -> str:
        asked.append(1)
        if len(asked) == 2:
            raise RuntimeError("away")
        return "x"

    async def all_at_once() -> list[object]:
        ahead = Ahead(Snapshots(ask))
        first = await asyncio.gather(*(ahead.now() for _ in range(16)))
        second = await asyncio.gather(*(ahead.now() for _ in range(3)), return_exceptions=True)
        return [*first, *second, await ahead.now()]

    answers = asyncio.run(all_at_once())

    assert answers[:16] == ["x"] * 16
    assert all(isinstance(each, RuntimeError) for each in answers[16:19])
    assert answers[19] == "x"
    assert len(asked) == 3


def test_a_failed_question_leaves_nobody_waiting() -> None:
    answers = iter([RuntimeError("away"), "x"])

    def ask() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    snapshots = Snapshots(ask)
    with pytest.raises(RuntimeError):
        snapshots.now()
    assert snapshots.now() == "x"


def test_what_is_kept_is_made_anew_from_another_snapshot_and_the_oldest_goes_first() -> None:
    made, kept = [], Kept(most=2)

    def make() -> int:
        made.append(1)
        return len(made)

    assert [kept.once("a", "1", make), kept.once("a", "1", make), kept.once("a", "2", make)] == [1, 1, 2]
    kept.once("b", "2", make)
    kept.once("c", "2", make)
    assert kept.found("a", "2") is None
    assert kept.found("c", "2") == 4


def test_what_many_ask_for_at_once_is_made_once() -> None:
    kept, begun, go, made = Kept(), Event(), Event(), list[int]()

    def make() -> int:
        begun.set()
        assert go.wait(5)
        made.append(len(made))
        return 7

    answers: list[int] = []
    asking = [Thread(target=lambda: answers.append(kept.shared("a", "1", make))) for _ in range(5)]
    for each in asking:
        each.start()
    assert begun.wait(5)
    go.set()
    for each in asking:
        each.join(5)

    assert (answers, made) == ([7] * 5, [0])
    assert kept.shared("a", "2", lambda: 8) == 8
    assert not kept._turns


def test_what_fails_for_one_is_tried_by_the_next_who_waits() -> None:
    kept = Kept()

    def fail() -> int:
        raise ValueError("away")

    for _ in range(2):
        with pytest.raises(ValueError, match="away"):
            kept.shared("a", "1", fail)
    assert kept.shared("a", "1", lambda: 3) == 3


def test_the_head_of_a_page_takes_one_question(
    ward: Ward, browse: Browse, owner: Callable[[str], None]
) -> None:
    browser, asked = browse(), list[str]()
    browser.text("/tasks")
    owner("Tên khác")
    note = lambda *args: asked.append(args[2])  # noqa: E731 - listened to below and taken away again
    event.listen(Engine, "before_cursor_execute", note)
    try:
        browser.text("/help/don-vi")
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert len(asked) == 3, asked  # whether anything changed, whose session it is, and the head
