"""Checkpoints: made from the log alone, proved from kept nodes, never against what was signed before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from config.checkpoint_keys import CheckpointKeys, load_checkpoint_keys
from domain.canonical import canonical
from domain.checkpoints import opened
from domain.merkle import is_consistent, leaf_hash, root_from_inclusion
from models import history
from models.history import SYSTEM
from services.checkpoints import HistoryRewritten, latest, make, make_for_all, publish_all, rotate
from services.people import Ward
from services.proofs import BrokenTree, StoredTree
from tests.builders import NOW, office, plan_of, task
from tests.story import Tampering


@pytest.fixture
def keys(data: Path) -> CheckpointKeys:
    return load_checkpoint_keys(data)


@pytest.fixture
def ward(connection: Connection) -> Ward:
    return office(connection, plan_of(task("I.1"))).ward


def write(connection: Connection, ward: Ward, count: int) -> None:
    facts = [canonical({"n": number}) for number in range(count)]
    history.append(connection, ward.id, at=NOW, actor=SYSTEM, kinds=["x"] * count, facts=facts)


def test_a_checkpoint_says_what_the_log_is_and_is_made_once(
    connection: Connection, ward: Ward, keys: CheckpointKeys
) -> None:
    made = make(connection, ward, keys=keys, now=NOW)
    again = make(connection, ward, keys=keys, now=NOW + timedelta(days=1))

    said = opened(made.note, keys.verifiers(ward.code))
    leaves = connection.exec_driver_sql("SELECT leaf_hash FROM cchc.audit_event ORDER BY position").scalars()
    assert (said.size, said.root, said.at) == (len(list(leaves)), made.root, "2026-03-02T02:00:00Z")
    assert again == made == latest(connection, ward)
    assert made.short.startswith(f"{said.size} · {said.root.hex()[:16]} · ")


def test_each_ward_signs_its_own_log(connection: Connection, ward: Ward, keys: CheckpointKeys) -> None:
    other = office(connection, plan_of(task("I.1"), issuer="UBND phường Hai")).ward
    (_, one), (_, two) = make_for_all(connection, keys=keys, now=NOW)

    assert (one.ward, two.ward) == (ward.code, other.code)
    assert opened(one.note, keys.verifiers(ward.code)).origin.endswith(f"/{ward.code}")
    with pytest.raises(ValueError, match="known key"):
        opened(one.note, keys.verifiers(other.code))


@pytest.mark.parametrize("size", [256, 257, 700, 1024])
def test_proofs_come_from_kept_nodes_at_any_size(connection: Connection, ward: Ward, size: int) -> None:
    write(connection, ward, size - head(connection, ward))
    rows = connection.exec_driver_sql("SELECT body FROM cchc.audit_event ORDER BY position").scalars().all()
    tree = StoredTree(connection, ward.id)
    root = tree.root(size)

    kept = connection.exec_driver_sql("SELECT count(*) FROM cchc.audit_node WHERE level = 8").scalar_one()
    assert kept == size // 256
    for position in (0, 1, 255, size - 1, size // 2):
        proof = StoredTree(connection, ward.id).inclusion(position, size)
        assert root_from_inclusion(leaf_hash(rows[position].encode()), position, size, proof) == root
    for old in (1, 255, 256, size - 1):
        proof = StoredTree(connection, ward.id).consistency(old, size)
        assert is_consistent(old, tree.root(old), size, root, proof)


def test_a_proof_reads_a_few_hundred_hashes_of_a_long_log(connection: Connection, ward: Ward) -> None:
    write(connection, ward, 5_000 - head(connection, ward))
    counted: list[int] = []
    tree = StoredTree(connection, ward.id)
    load = tree._load

    def counting(kept: int, block: int) -> None:
        counted.append(256)
        load(kept, block)

    tree._load = counting  # type: ignore[method-assign] # what is read is what is promised
    tree.inclusion(1_234, 5_000)

    assert 0 < sum(counted) <= 3 * 256


def test_beyond_the_end_there_is_no_proof(connection: Connection, ward: Ward) -> None:
    with pytest.raises(BrokenTree):
        StoredTree(connection, ward.id).root(10_000)


def test_a_change_of_keys_stands_in_the_history_and_is_vouched_for(
    connection: Connection, ward: Ward, keys: CheckpointKeys, data: Path
) -> None:
    before = make(connection, ward, keys=keys, now=NOW)
    changed, [made] = rotate(connection, data, by=SYSTEM, now=NOW)

    kind = connection.exec_driver_sql(
        "SELECT kind FROM cchc.audit_event ORDER BY position DESC LIMIT 1"
    ).scalar_one()
    assert kind == "checkpoint.key-changed"
    assert made.size == before.size + 1
    assert opened(made.note, keys.verifiers(ward.code)).root == made.root  # who knows the former key alone
    assert opened(before.note, changed.verifiers(ward.code)).root == before.root


def test_the_folder_gets_what_it_lacks_and_nothing_is_written_over(
    connection: Connection, ward: Ward, keys: CheckpointKeys, data: Path
) -> None:
    folder = data / "away" / "diem-chot"
    make(connection, ward, keys=keys, now=NOW)
    [first] = publish_all(connection, folder)
    first.write_text("kept")
    write(connection, ward, 1)
    make(connection, ward, keys=keys, now=NOW)

    assert len(publish_all(connection, folder)) == 1
    assert publish_all(connection, folder) == []
    assert first.read_text() == "kept"
    assert sorted(path.name for path in folder.glob("*.txt"))[0] == first.name


@pytest.fixture
def rewritten(superuser: Tampering, data: Path) -> tuple[Tampering, Ward, CheckpointKeys]:
    keys, ward = load_checkpoint_keys(data), Ward(1, "thu-nghiem", "UBND phường Thử Nghiệm")
    make(superuser.connection, ward, keys=keys, now=NOW)
    return superuser, ward, keys


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE cchc.audit_event SET leaf_hash = sha256('x') WHERE ward_id = 1 AND position = 2"],
        ["DELETE FROM cchc.audit_event WHERE ward_id = 1 AND position = 2"],
        ["UPDATE cchc.audit_log SET size = 1, frontier = ARRAY[sha256('')] WHERE ward_id = 1"],
        ["UPDATE cchc.audit_log SET frontier = '{}' WHERE ward_id = 1"],
    ],
    ids=["rewritten", "deleted", "cut", "no head at all"],
)
def test_nothing_is_signed_that_contradicts_what_was_signed(
    rewritten: tuple[Tampering, Ward, CheckpointKeys], statements: list[str]
) -> None:
    superuser, ward, keys = rewritten
    history.append(superuser.connection, 1, at=NOW, actor=SYSTEM, kinds=["x"], facts=["{}"])
    superuser.run(*statements)

    with pytest.raises(HistoryRewritten) as refusal:
        make(superuser.connection, ward, keys=keys, now=NOW)
    assert "PHÁT HIỆN ĐƯỢC SỬA ĐỔI" in refusal.value.notice


def head(connection: Connection, ward: Ward) -> int:
    size: int = connection.exec_driver_sql(
        "SELECT size FROM cchc.audit_log WHERE ward_id = %s", (ward.id,)
    ).scalar_one()
    return size


def test_checkpoints_are_only_ever_added(engine: Engine, data: Path) -> None:
    from sqlalchemy.exc import DBAPIError

    with engine.begin() as connection:
        ward = office(connection, plan_of(task("I.1"))).ward
        make(connection, ward, keys=load_checkpoint_keys(data), now=NOW)
    for statement in ("UPDATE cchc.checkpoint SET size = 0", "DELETE FROM cchc.checkpoint"):
        with engine.connect() as connection, pytest.raises(DBAPIError):
            connection.exec_driver_sql(statement)
