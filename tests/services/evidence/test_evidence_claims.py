"""What a pack's page says is held against its events, even where whoever has the key signed it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine

from domain.plans import Stage
from models.database import transaction
from models.migrate import driver_url
from services.assignments import assign, led_tasks
from services.events import EventRequest, raise_event
from services.evidence import Scope, prepare
from services.evidence_claims import Claims
from services.evidence_pack import chunks
from services.evidence_verifier import verify_pack
from services.extension_verdicts import grant
from services.extensions import request
from services.stages import Submission, submit
from tests.builders import NOW, TODAY
from tests.packs import Archive, archive


@pytest.fixture(scope="module")
def worked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Archive]:
    """Make a ward with submissions, verdicts, an extension that moved a date, and somebody in charge."""
    from models.database import open_engine

    url: str = request.getfixturevalue("new_database")(request.getfixturevalue("migrated"))
    engine = open_engine(url)
    one = archive(engine, tmp_path_factory.mktemp("data"))
    with transaction(engine) as connection:
        _prolong(connection, one)
        pairs = [(row.task_id, row.unit_id) for row in led_tasks(connection, one.ward) if row.code == "II.2"]
        assign(connection, one.ward, pairs, "lan", by="dieuphoi", now=NOW)
    return url, one


def _prolong(connection: Connection, one: Archive) -> None:
    occurrence = 1
    asked = request(
        connection, one.ward, occurrence, Stage.REPORT, until=TODAY + timedelta(days=300), reason="Bão",
        by="lan", today=TODAY, now=NOW,
    )  # fmt: skip
    until = TODAY + timedelta(days=290)
    grant(connection, one.ward, asked, until=until, objective=False, by="chutich", today=TODAY, now=NOW)
    submit(
        connection,
        one.ward.id,
        Submission(occurrence, Stage.IMPLEMENT, TODAY),
        by="lan",
        today=TODAY,
        now=NOW,
    )


@pytest.fixture(scope="module")
def path(worked: tuple[str, Archive], tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pack") / "x.zip"
    made.write_bytes(worked[1].pack())
    return made


Stated = dict[str, Any]


@pytest.fixture(scope="module")
def told(path: Path) -> tuple[list[dict[str, Any]], Stated]:

    with zipfile.ZipFile(path) as opened:
        events = [json.loads(line) for line in opened.read("events.jsonl").splitlines()]
        return events, json.loads(opened.read("statements.json"))


def judged(events: list[dict[str, Any]], stated: Stated) -> list[tuple[int | None, str]]:
    claims, found = Claims(), []
    for event in events:
        claims.learn(event["position"], event)
    claims.check(stated, lambda problem, position: found.append((position, problem)), whole=True)
    return found


def test_a_pack_from_before_first_dates_and_names_were_told_still_verifies(
    told: tuple[list[dict[str, Any]], Stated],
) -> None:
    events, honest = told
    stated = json.loads(json.dumps(honest))
    del stated["names"]
    for each in stated["occurrences"]:
        for stage in each["stages"].values():
            del stage["nominal_due"], stage["assumed"]
    older = json.loads(json.dumps(events))
    for event in older:
        for fact in ("nominal", "assumed", "opens_on", "names_sha256", "units"):
            event["facts"].pop(fact, None)

    assert judged(older, stated) == []
    assert judged(events, stated) == []
    assert judged(older, honest) == []


def test_a_pack_of_honest_work_states_what_its_events_say(path: Path) -> None:
    report = verify_pack(path)

    assert report.ok, report.problems


def test_the_page_sums_up_lateness_whatever_its_days_and_tells_of_answers_and_papers(
    engine: Engine, data: Path
) -> None:
    one = archive(engine, data)
    with transaction(engine) as connection:
        letter = one.store.keep(BytesIO(b"cong van"), "công văn.pdf")
        arrived = EventRequest("guidance", "7/HD", TODAY, "Sở Nội vụ", "Hướng dẫn", due_on=TODAY, file=letter)
        raise_event(connection, one.ward, arrived, by="dieuphoi", today=TODAY, now=NOW)
    one.now = NOW + timedelta(days=40)
    with zipfile.ZipFile(BytesIO(one.pack())) as opened:
        page = opened.read("index.html").decode()
    summary = page[page.index("Tổng hợp theo bước") :]

    assert "chưa có kết quả, quá hạn 40 ngày" in page
    assert "<li>chưa có kết quả, quá hạn: 3</li>" in summary
    assert f'href="tai-lieu/{letter.sha256[:16]}-cong-van.pdf"' in page
    assert "tháng 03/2026: có, văn bản số 7/HD (điều phối, tài khoản số 1" in page


def _first(stated: Stated) -> Any:
    return next(each for each in stated["occurrences"] if each["name"].startswith("II.2"))


def _tried(stated: Stated, attempt: int = 1) -> Any:
    return next(
        each for each in stated["submissions"] if (each["stage"], each["attempt"]) == ("plan", attempt)
    )


def _stage(stated: Stated, stage: str, **changes: object) -> None:
    _first(stated)["stages"][stage] |= changes


CHANGES: dict[str, tuple[Callable[[Stated], object], str | None, str]] = {
    "a later due date": (
        lambda stated: _stage(stated, "report", due_on="2027-01-01"), "due.changed", "thời hạn bước report",
    ),
    "no due date": (lambda stated: _stage(stated, "plan", due_on=None), "stage.submitted", "None"),
    "a later first date": (
        lambda stated: _stage(stated, "report", nominal_due="2027-01-01"), "occurrence.opened",
        "thời hạn ban đầu bước report",
    ),
    "a date made uncertain": (
        lambda stated: _stage(stated, "plan", assumed=1), "occurrence.opened", "tạm tính",
    ),
    "a document's name": (
        lambda stated: stated["names"][0]["names"].update({next(iter(stated["names"][0]["names"])): "0"}),
        "stage.submitted", "tên tài liệu",
    ),
    "accepted": (
        lambda stated: _stage(stated, "implement", state="accepted"), "stage.submitted", "submitted",
    ),
    "not handed in": (lambda stated: _stage(stated, "plan", state="open"), "stage.accepted", "bước plan"),
    "handed in": (
        lambda stated: _stage(stated, "report", state="submitted"), "occurrence.opened", "chưa nộp",
    ),
    "done": (lambda stated: _first(stated).update(state="done"), "occurrence.opened", "trạng thái done"),
    "an occurrence left out": (
        lambda stated: stated["occurrences"].remove(_first(stated)), "occurrence.opened", "không nêu",
    ),
    "never returned": (
        lambda stated: _tried(stated).update(verdict="accepted"), "stage.returned", "nghiệm thu",
    ),
    "accepted by another": (
        lambda stated: _tried(stated, 2).update(decided_by=6), "stage.accepted", "nghiệm thu",
    ),
    "another's submission": (
        lambda stated: _tried(stated).update(by=6), "stage.submitted", "khác với nhật ký",
    ),
    "recorded earlier": (
        lambda stated: _tried(stated).update(recorded_at="2026-01-01T00:00:00.000000Z"),
        "stage.submitted", "khác với nhật ký",
    ),
    "a submission from nowhere": (
        lambda stated: stated["submissions"].append({**_tried(stated), "position": None}), None,
        "khác với nhật ký",
    ),
    "another note": (
        lambda stated: _tried(stated).update(note_sha256="0" * 64), "stage.submitted",
        "khác với nhật ký",
    ),
    "another document": (
        lambda stated: _tried(stated)["documents"].pop(), "stage.submitted", "khác với nhật ký",
    ),
    "a former date forgotten": (
        lambda stated: stated["former_dues"].clear(), "due.changed", "không được nêu",
    ),
    "a former date made up": (
        lambda stated: stated["former_dues"].append({**stated["former_dues"][0], "due_on": "2026-09-09"}),
        None, "không có trong nhật ký",
    ),
    "an excuse": (
        lambda stated: stated["extensions"][0].update(objective=1), "extension.granted", "gia hạn số 1",
    ),
    "more time": (
        lambda stated: stated["extensions"][0].update(granted_until="2027-01-01"), "extension.granted",
        "gia hạn số 1",
    ),
    "an easier task": (
        lambda stated: stated["tasks"][0]["words"].update(time_text="Năm 2026"), "plan.activated",
        "nội dung nhiệm vụ II.2",
    ),
    "a request forgotten": (lambda stated: stated["extensions"].clear(), "extension.granted", "không nêu"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_stated_otherwise_is_named_with_the_event_that_says_so(
    told: tuple[list[dict[str, Any]], Stated], what: str
) -> None:
    events, honest = told
    change, kind, said = CHANGES[what]
    stated = json.loads(json.dumps(honest))
    change(stated)
    found = judged(events, stated)

    assert any(said in problem for _, problem in found), found
    if kind is not None:
        kinds = {event["position"]: event["kind"] for event in events}
        assert kind in {kinds[position] for position, _ in found if position is not None}


@pytest.fixture
def tables(worked: tuple[str, Archive]) -> Iterator[Connection]:
    engine = create_engine(driver_url(worked[0]))
    with engine.connect() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        yield connection
        connection.rollback()
    engine.dispose()


def test_a_pack_of_tables_that_were_changed_says_so_on_its_first_page_and_does_not_verify(
    worked: tuple[str, Archive], tables: Connection, tmp_path: Path
) -> None:
    one = worked[1]
    tables.exec_driver_sql("UPDATE cchc.account SET role = 'leader' WHERE name = 'lan'")
    tables.exec_driver_sql(
        "UPDATE cchc.stage SET due_on = due_on + 30 WHERE occurrence_id = 1 AND stage = 'report'"
    )
    prepared = prepare(tables, one.ward, Scope(), by=None, keys=one.keys, now=NOW)
    changed = tmp_path / "x.zip"
    changed.write_bytes(b"".join(chunks(tables, one.ward, prepared, store=one.store, keys=one.keys)))
    report = verify_pack(changed)
    said = json.dumps(report.problems, ensure_ascii=False)

    assert not report.ok
    assert "tài khoản số 3" in said
    assert "thời hạn bước report" in said

    with zipfile.ZipFile(changed) as opened:
        page = opened.read("index.html").decode()
    assert "không theo nhật ký" in page
    assert page.index("tài khoản số 3") < page.index("<main>")


@pytest.mark.parametrize("scope", [Scope(tasks=("II.2",)), Scope(section="II"), Scope(since=TODAY)])
def test_a_part_may_be_taken_of_tasks_that_somebody_is_in_charge_of(
    worked: tuple[str, Archive], tmp_path: Path, scope: Scope
) -> None:
    part = tmp_path / "x.zip"
    part.write_bytes(worked[1].pack(scope))
    report = verify_pack(part)

    assert report.ok, report.problems

    with zipfile.ZipFile(part) as opened:
        assert b'"kind":"task.assigned"' in opened.read("events.jsonl")


def test_work_that_is_recorded_while_a_pack_is_begun_is_in_it(
    engine: Engine, data: Path, tmp_path: Path
) -> None:
    one = archive(engine, data)
    with transaction(engine) as connection:
        prepared = prepare(connection, one.ward, Scope(), by=None, keys=one.keys, now=NOW)
        size = prepared.checkpoint.size
    with transaction(engine) as connection:
        submit(connection, one.ward.id, Submission(1, Stage.IMPLEMENT, TODAY), by="lan", today=TODAY, now=NOW)
    with transaction(engine) as connection:
        path = tmp_path / "x.zip"
        path.write_bytes(b"".join(chunks(connection, one.ward, prepared, store=one.store, keys=one.keys)))
    report = verify_pack(path, older=prepared.checkpoint.note)

    assert report.ok, report.problems
    assert report.facts["size"] == size + 1
