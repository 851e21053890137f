"""Nothing in the history can be changed unnoticed, not by a superuser with triggers off."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.audit import verify
from tests.story import Tampering


def test_an_untouched_history_is_in_order(superuser: Tampering) -> None:
    verdict = superuser.verdict()

    assert verdict.problems == []
    assert (verdict.first_bad, verdict.size) == (None, superuser.size)
    assert superuser.size > 25


WHERE = "WHERE ward_id = 1 AND position = 9"
HASHED = "leaf_hash = sha256('\\x00'::bytea || convert_to({body}, 'UTF8'))"
BODY = "replace(body, '\"kind\"', '\"kind\" ')"
CHANGED = {
    "ward_id": "UPDATE cchc.audit_event SET ward_id = 3 " + WHERE,
    "position": "UPDATE cchc.audit_event SET position = 1000 " + WHERE,
    "recorded_at": "UPDATE cchc.audit_event SET recorded_at = recorded_at + interval '1 microsecond' "
    + WHERE,
    "recorded_at for ever": "UPDATE cchc.audit_event SET recorded_at = 'infinity' " + WHERE,
    "recorded_at before Christ": "UPDATE cchc.audit_event SET recorded_at = '0044-03-15 BC' " + WHERE,
    "kind": "UPDATE cchc.audit_event SET kind = kind || ' ' " + WHERE,
    "body": f"UPDATE cchc.audit_event SET body = {BODY} " + WHERE,
    "body, no JSON": "UPDATE cchc.audit_event SET body = 'x' " + WHERE,
    "body, too deep": "UPDATE cchc.audit_event SET body = repeat('[', 3000) " + WHERE,
    "body, another thing": "UPDATE cchc.audit_event SET body = '5' " + WHERE,
    "leaf_hash": "UPDATE cchc.audit_event SET leaf_hash = sha256('') " + WHERE,
    "leaf_hash, empty": "UPDATE cchc.audit_event SET leaf_hash = '' " + WHERE,
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_change_of_any_column_is_noticed_where_it_is(superuser: Tampering, what: str) -> None:
    superuser.run(CHANGED[what])
    outcome = verify(superuser.connection)

    assert not outcome.ok
    assert outcome.wards[0].first_bad == 9
    assert outcome.wards[0].problems


def test_a_body_changed_together_with_its_hash_is_noticed(superuser: Tampering) -> None:
    superuser.run(f"UPDATE cchc.audit_event SET body = {BODY}, {HASHED.format(body=BODY)} {WHERE}")
    verdict = superuser.verdict()

    # What cannot be told without proofs is which leaf of the subtree it was.
    assert verdict.problems
    assert verdict.first_bad == 0


@pytest.mark.parametrize("position", ["first", "middle", "last"])
def test_a_deleted_event_is_noticed(superuser: Tampering, position: str) -> None:
    gone = {"first": 0, "middle": 9, "last": superuser.size - 1}[position]
    superuser.run(f"DELETE FROM cchc.audit_event WHERE ward_id = 1 AND position = {gone}")

    assert superuser.verdict().first_bad == gone


def test_a_cut_tail_is_noticed(superuser: Tampering) -> None:
    superuser.run("DELETE FROM cchc.audit_event WHERE ward_id = 1 AND position >= 12")

    assert superuser.verdict().first_bad == 12


@pytest.mark.parametrize("at", ["middle", "end", "beyond"])
def test_an_inserted_event_is_noticed(superuser: Tampering, at: str) -> None:
    place = {"middle": 9, "end": superuser.size, "beyond": superuser.size + 5}[at]
    superuser.run(
        "ALTER TABLE cchc.audit_event DROP CONSTRAINT ck_audit_event_position_not_negative",
        f"UPDATE cchc.audit_event SET position = -position - 2 WHERE ward_id = 1 AND position >= {place}",
        "UPDATE cchc.audit_event SET position = -position - 1 WHERE ward_id = 1 AND position < 0",
        f"INSERT INTO cchc.audit_event SELECT ward_id, {place}, recorded_at, kind, body, leaf_hash"
        " FROM cchc.audit_event WHERE ward_id = 1 AND position = 3",
    )

    expected = {"middle": 9, "end": superuser.size, "beyond": superuser.size}[at]
    assert superuser.verdict().first_bad == expected


def test_swapped_positions_are_noticed(superuser: Tampering) -> None:
    superuser.run(
        "UPDATE cchc.audit_event SET position = 9999 WHERE ward_id = 1 AND position = 7",
        "UPDATE cchc.audit_event SET position = 7 WHERE ward_id = 1 AND position = 14",
        "UPDATE cchc.audit_event SET position = 14 WHERE ward_id = 1 AND position = 9999",
    )

    assert superuser.verdict().first_bad == 7


def test_swapped_contents_are_noticed(superuser: Tampering) -> None:
    superuser.run(
        "UPDATE cchc.audit_event e SET recorded_at = o.recorded_at, kind = o.kind, body = o.body,"
        " leaf_hash = o.leaf_hash FROM cchc.audit_event o WHERE e.ward_id = 1 AND o.ward_id = 1"
        " AND (e.position, o.position) IN ((7, 14), (14, 7))"
    )

    assert superuser.verdict().first_bad == 7


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cchc.audit_log SET size = size - 1 WHERE ward_id = 1",
        "UPDATE cchc.audit_log SET size = size + 1 WHERE ward_id = 1",
        "UPDATE cchc.audit_log SET frontier[1] = sha256('') WHERE ward_id = 1",
        "UPDATE cchc.audit_log SET frontier = frontier || sha256('') WHERE ward_id = 1",
        "UPDATE cchc.audit_log SET frontier = '{}' WHERE ward_id = 1",
        "DELETE FROM cchc.audit_log WHERE ward_id = 1",
        "DELETE FROM cchc.audit_event WHERE ward_id = 1",
    ],
)
def test_a_change_of_the_logs_head_is_noticed(superuser: Tampering, statement: str) -> None:
    superuser.run(statement)

    assert superuser.verdict().problems


def test_a_log_deleted_whole_is_noticed(superuser: Tampering) -> None:
    superuser.run(
        "DELETE FROM cchc.audit_event WHERE ward_id = 1", "DELETE FROM cchc.audit_log WHERE ward_id = 1"
    )

    assert superuser.verdict().first_bad == 0


def test_a_log_deleted_whole_with_its_head_set_to_nothing_is_noticed(superuser: Tampering) -> None:
    superuser.run(
        "DELETE FROM cchc.audit_event WHERE ward_id = 1",
        "UPDATE cchc.audit_log SET size = 0, frontier = '{}' WHERE ward_id = 1",
    )

    assert superuser.verdict().first_bad == 0


@pytest.mark.parametrize(
    "statements",
    [
        ["DELETE FROM cchc.ward"],
        ["DELETE FROM cchc.ward", "DELETE FROM cchc.audit_event"],
        ["DELETE FROM cchc.ward", "DELETE FROM cchc.audit_event", "DELETE FROM cchc.audit_log"],
    ],
)
def test_wards_that_were_deleted_from_under_their_logs_are_noticed(
    superuser: Tampering, statements: list[str]
) -> None:
    superuser.run(*statements)
    outcome = verify(superuser.connection)

    assert not outcome.ok
    assert len(outcome.wards) == 2


def test_an_event_of_a_ward_that_does_not_exist_is_noticed(superuser: Tampering) -> None:
    superuser.run(
        "INSERT INTO cchc.audit_event SELECT 77, position, recorded_at, kind, body, leaf_hash"
        " FROM cchc.audit_event WHERE ward_id = 1 AND position = 0"
    )
    outcome = verify(superuser.connection)

    assert not outcome.ok
    assert outcome.wards[-1].ward == "#77"


def test_a_ward_renamed_in_the_history_is_noticed(superuser: Tampering) -> None:
    superuser.run("UPDATE cchc.ward SET code = 'khac' WHERE id = 1")

    assert superuser.verdict().first_bad == 0


def test_the_verdict_reads_as_the_command_prints_it(superuser: Tampering) -> None:
    superuser.run("DELETE FROM cchc.audit_event WHERE ward_id = 1 AND position = 4")
    printed: dict[str, Any] = json.loads(json.dumps(verify(superuser.connection).as_dict()))

    assert printed["ok"] is False
    ward = printed["wards"][0]
    assert set(ward) == {"ward", "size", "root", "checkpoints", "first_bad", "problems"}
    assert (ward["ward"], ward["first_bad"]) == ("thu-nghiem", 4)
    assert ward["problems"][0].startswith("Vị trí 4: ")
