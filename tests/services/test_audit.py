"""The history: what is stored is what was hashed, without gaps, one log for each ward."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from domain.canonical import canonical
from domain.merkle import Frontier, leaf_hash
from models import history
from models.database import transaction
from models.history import SYSTEM
from services import audit_stream
from services.audit import verify, verify_one
from tests.builders import NOW, office, plan_of, task
from tests.story import Tampering, long_story


def rows(connection: Connection) -> list[Any]:
    return list(connection.exec_driver_sql("SELECT * FROM cchc.audit_event ORDER BY ward_id, position"))


def test_every_stored_body_is_canonical_and_holds_all_other_columns(superuser: Tampering) -> None:
    stored = rows(superuser.connection)
    codes = dict(superuser.connection.exec_driver_sql("SELECT id, code FROM cchc.ward").tuples().all())

    assert len({row.kind for row in stored}) >= 12
    for row in stored:
        body = json.loads(row.body)
        assert canonical(body) == row.body
        assert set(body) == {"actor", "at", "facts", "kind", "position", "ward"}
        assert (body["ward"], body["position"], body["kind"]) == (codes[row.ward_id], row.position, row.kind)
        assert body["at"] == row.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        assert row.leaf_hash == leaf_hash(row.body.encode())


def test_the_log_names_people_by_id_and_role_and_holds_nothing_personal(superuser: Tampering) -> None:
    text = "\n".join(row.body for row in rows(superuser.connection))

    assert '"actor":{"id":0,"role":"system"}' in text
    for personal in ("lan@p.vn", "example.vn", "dieuphoi", "ghi chú", "@"):
        assert personal not in text


def test_the_stored_roots_are_those_of_the_tree(superuser: Tampering) -> None:
    for ward in (1, 2):
        frontier = Frontier()
        for row in rows(superuser.connection):
            if row.ward_id == ward:
                frontier.append(row.leaf_hash)
        log = superuser.connection.exec_driver_sql(
            "SELECT size, frontier FROM cchc.audit_log WHERE ward_id = %s", (ward,)
        ).one()
        assert (log.size, list(log.frontier)) == (frontier.size, frontier.roots)
        assert verify(superuser.connection).wards[ward - 1].root == frontier.root().hex()


def test_a_verification_during_work_raises_no_false_alarm(engine: Engine) -> None:
    ward = long_story(engine)
    written: list[int] = []

    def work(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "audit_log" in statement and not written:  # the heads were read, the events not yet
            written.append(1)
            with transaction(engine) as other:
                append(other, ward, "during")

    with engine.connect() as connection:
        event.listen(connection, "after_cursor_execute", work)
        verdict = verify(connection)

    assert written
    assert verdict.ok
    with engine.connect() as connection:
        assert verify(connection).wards[0].size == verdict.wards[0].size + 1


def test_honest_events_are_judged_without_being_parsed(
    superuser: Tampering, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parsed(*_: object) -> str:
        raise AssertionError("a million events would take minutes")

    monkeypatch.setattr(audit_stream, "mismatch", parsed)

    assert verify(superuser.connection).ok


def append(connection: Connection, ward: int, *kinds: str) -> None:
    facts = [canonical({"n": number}) for number in range(len(kinds))]
    history.append(connection, ward, at=NOW, actor=SYSTEM, kinds=kinds, facts=facts)


def test_positions_have_no_gaps_under_eight_writers_and_those_who_give_up(engine: Engine) -> None:
    with engine.begin() as connection:
        wards = [
            office(connection, plan_of(task("I.1"), issuer=f"UBND phường {name}")).ward.id
            for name in ("Một", "Hai")
        ]

    def write(writer: int) -> None:
        for number in range(12):
            with engine.connect() as connection:
                append(connection, wards[writer % 2], *["x"] * (number % 3 + 1))
                (connection.rollback if number % 4 == 3 else connection.commit)()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(write, writer) for writer in range(8)]:
            done.result()

    with engine.connect() as connection:
        outcome = verify(connection)
        positions = connection.exec_driver_sql(
            "SELECT count(*), max(position) + 1 FROM cchc.audit_event GROUP BY ward_id"
        ).all()
    assert outcome.ok
    assert [count for count, _ in positions] == [end for _, end in positions]
    assert all(ward.size > 60 for ward in outcome.wards)


def test_one_wards_writer_does_not_wait_for_anothers(engine: Engine) -> None:
    with engine.begin() as connection:
        one, two = (
            office(connection, plan_of(task("I.1"), issuer=f"UBND phường {name}")).ward.id
            for name in ("Một", "Hai")
        )

    with engine.connect() as slow, engine.connect() as quick:
        append(slow, one, "x")
        quick.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
        append(quick, two, "x")
        quick.commit()
        slow.commit()
        assert verify(slow).ok


def test_one_wards_log_is_verified_as_among_all_without_a_look_at_the_others(superuser: Tampering) -> None:
    among = verify(superuser.connection).wards
    asked: list[Any] = []

    @event.listens_for(superuser.connection, "before_cursor_execute")
    def note(_c: object, _u: object, statement: str, params: Any, *_: object) -> None:
        if "cchc.ward w" in statement:
            asked.append(params["ward"])

    for number, verdict in enumerate(among, start=1):
        assert verify_one(superuser.connection, number) == verdict
        assert asked.pop() == number
