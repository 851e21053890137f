"""What no log can tell of itself: cut, rewritten whole, or replaced by an old backup; against checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from config.checkpoint_keys import CheckpointKeys, load_checkpoint_keys
from config.settings import Settings
from models import history
from models.history import SYSTEM
from services.audit import Against, WardVerdict, verify
from services.audit_against import everything
from services.checkpoints import UnreadableCheckpoint, make, publish_all
from services.people import Ward
from tests.builders import NOW
from tests.story import Tampering

WARD = Ward(1, "thu-nghiem", "UBND phường Thử Nghiệm")
AFRESH = """
DO $$
DECLARE
    e record;
BEGIN
    CREATE TEMP TABLE told ON COMMIT DROP AS
        SELECT * FROM cchc.audit_event WHERE ward_id = 1 AND position < {until} ORDER BY position;
    DELETE FROM cchc.audit_event WHERE ward_id = 1;
    DELETE FROM cchc.audit_node WHERE ward_id = 1;
    UPDATE cchc.audit_log SET size = 0, frontier = '{{}}' WHERE ward_id = 1;
    FOR e IN SELECT * FROM told ORDER BY position LOOP
        PERFORM cchc.append_audit(1, e.recorded_at, (e.body::json -> 'actor')::text, ARRAY[e.kind],
            ARRAY[replace((e.body::json -> 'facts')::text, {this}, {that})]);
    END LOOP;
    DROP TABLE told;
END $$
"""


@pytest.fixture
def keys(data: Path) -> CheckpointKeys:
    return load_checkpoint_keys(data)


@pytest.fixture
def away(data: Path) -> Path:
    return data / "away"


@pytest.fixture
def signed(superuser: Tampering, keys: CheckpointKeys, away: Path) -> Tampering:
    """Sign and send out a checkpoint, then let the log grow to where it has a kept node."""
    made(superuser.connection, keys, away)
    history.append(superuser.connection, 1, at=NOW, actor=SYSTEM, kinds=["x"] * 300, facts=['{"n":1}'] * 300)
    made(superuser.connection, keys, away)
    return superuser


def made(connection: Connection, keys: CheckpointKeys, away: Path) -> None:
    make(connection, WARD, keys=keys, now=NOW)
    publish_all(connection, away)


Look = Callable[[], WardVerdict]


@pytest.fixture
def look(superuser: Tampering, data: Path, away: Path) -> Look:
    """Verify against the keys and what lies in the folder on the other disk."""

    def verdict() -> WardVerdict:
        against = everything(Settings(data=data, checkpoint_dir=away))
        both = Against(against.verifiers, against.outside)
        return next(ward for ward in verify(superuser.connection, both).wards if ward.ward == WARD.code)

    return verdict


def test_an_untouched_log_agrees_with_all_checkpoints(signed: Tampering, look: Look) -> None:
    verdict = look()

    assert verdict.problems == []
    assert verdict.checkpoints == 4  # two in the table, two in the folder


def test_a_checkpoint_that_was_deleted_shows_where_its_copy_was_sent(signed: Tampering, look: Look) -> None:
    size = signed.connection.exec_driver_sql("SELECT min(size) FROM cchc.checkpoint").scalar_one()
    signed.run(f"DELETE FROM cchc.checkpoint WHERE size = {size}")

    [problem] = look().problems
    assert problem.startswith(f"Vị trí {size}: ")
    assert "đã bị xoá" in problem


def test_a_log_cut_together_with_its_head_and_its_checkpoints_is_found_from_outside(
    signed: Tampering, look: Look
) -> None:
    signed.run("DELETE FROM cchc.checkpoint", AFRESH.format(until=20, this="''", that="''"))
    verdict = look()

    assert verify(signed.connection).wards[0].problems == [], "the log alone is in order"
    assert verdict.first_bad == 20
    assert "đã bị cắt" in verdict.problems[0]


def test_a_log_written_afresh_is_found_from_outside_with_where_it_must_have_changed(
    signed: Tampering, look: Look
) -> None:
    signed.run("DELETE FROM cchc.checkpoint", AFRESH.format(until=10_000, this="'\"n\":1'", that="'\"n\":2'"))
    verdict = look()

    assert verify(signed.connection).wards[0].problems == []
    assert verdict.first_bad == signed.size  # up to the first checkpoint it is what it was
    assert f"sự kiện {signed.size}–{signed.size + 299}" in verdict.problems[0]


def test_a_log_written_afresh_contradicts_the_stored_checkpoints_too(signed: Tampering, look: Look) -> None:
    signed.run(AFRESH.format(until=10_000, this="'role'", that="'rule'"))

    assert look().first_bad == 0


def test_a_log_and_its_checkpoints_signed_afresh_with_new_keys_are_found(
    signed: Tampering, data: Path, away: Path, look: Look
) -> None:
    signed.run("DELETE FROM cchc.checkpoint", AFRESH.format(until=10_000, this="'\"n\":1'", that="'\"n\":2'"))
    for path in (data / "keys").iterdir():
        path.unlink()
    make(signed.connection, WARD, keys=load_checkpoint_keys(data), now=NOW)

    verdict = look()
    assert verdict.first_bad == 0
    assert "không do khoá nào của cài đặt này ký" in verdict.problems[0]


def test_an_old_backup_restored_is_found_from_outside(
    superuser: Tampering, keys: CheckpointKeys, away: Path, look: Look
) -> None:
    superuser.run("SAVEPOINT backup")
    history.append(superuser.connection, 1, at=NOW, actor=SYSTEM, kinds=["x"], facts=["{}"])
    made(superuser.connection, keys, away)
    superuser.run("ROLLBACK TO backup")
    history.append(superuser.connection, 1, at=NOW, actor=SYSTEM, kinds=["y"], facts=["{}"])
    history.append(superuser.connection, 1, at=NOW, actor=SYSTEM, kinds=["y"], facts=["{}"])

    assert look().first_bad == 0  # it went on differently, and no checkpoint says up to where it is the same
    superuser.run("ROLLBACK TO backup")
    assert look().first_bad == superuser.size


def test_a_ward_that_is_gone_with_its_log_is_missed(signed: Tampering, look: Look) -> None:
    signed.run(
        *(
            f"DELETE FROM cchc.{table} WHERE ward_id = 1"
            for table in ("checkpoint", "audit_node", "audit_event", "audit_log", "plan")
        ),
        "DELETE FROM cchc.ward WHERE id = 1",
    )

    assert "không còn nhật ký" in look().problems[0]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE cchc.checkpoint SET size = size - 1", "khác với bản đã ký"),
        ("UPDATE cchc.checkpoint SET root = sha256('x')", "khác với bản đã ký"),
        ("UPDATE cchc.checkpoint SET note = replace(note, 'at 2026', 'at 2025')", "không có chữ ký đúng"),
        ("UPDATE cchc.checkpoint SET note = 'x'", "không có chữ ký đúng"),
    ],
)
def test_a_changed_checkpoint_is_named_with_its_size(
    signed: Tampering, look: Look, statement: str, said: str
) -> None:
    signed.run(f"{statement} WHERE ward_id = 1 AND size = {signed.size}")
    verdict = look()

    assert verdict.first_bad in {signed.size, signed.size - 1}
    assert said in verdict.problems[0]


HASH = "sha256('\\x00'::bytea || convert_to(body, 'UTF8'))"


@pytest.mark.parametrize(
    ("statements", "position"),
    [
        (
            [
                "UPDATE cchc.audit_event SET body = replace(body, '\"n\":1', '\"n\":3')"
                " WHERE ward_id = 1 AND position = 200",
                f"UPDATE cchc.audit_event SET leaf_hash = {HASH} WHERE ward_id = 1 AND position = 200",
            ],
            0,
        ),
        (["UPDATE cchc.audit_node SET hash = sha256('x') WHERE ward_id = 1"], 0),
        (["DELETE FROM cchc.audit_node WHERE ward_id = 1"], 0),
    ],
    ids=["an event with its hash", "a node", "a node gone"],
)
def test_a_kept_node_and_its_events_belong_together(
    signed: Tampering, statements: list[str], position: int
) -> None:
    signed.run(*statements)
    [problem, *_] = verify(signed.connection).wards[0].problems

    assert verify(signed.connection).wards[0].first_bad == position
    assert "cây băm" in problem


def test_a_node_over_events_that_are_not_there_is_noticed(signed: Tampering) -> None:
    signed.run("INSERT INTO cchc.audit_node VALUES (1, 8, 7, sha256('x'))")

    assert "không thuộc sự kiện nào" in verify(signed.connection).wards[0].problems[0]


def test_a_file_that_is_no_checkpoint_is_refused(data: Path) -> None:
    path = data / "x.txt"
    path.write_text("không phải điểm chốt")

    with pytest.raises(UnreadableCheckpoint) as refusal:
        everything(Settings(data=data), [path])
    assert "x.txt" in refusal.value.notice
