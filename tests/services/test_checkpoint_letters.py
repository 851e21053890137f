"""Checkpoints leave the database: at the end of digests, by mail to an address outside, into a folder."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.checkpoint_keys import CheckpointKeys, load_checkpoint_keys
from config.settings import Settings
from domain.checkpoints import clean_note, opened
from domain.plans import TaskKind
from flows import signing
from models.database import transaction
from models.history import SYSTEM
from services.checkpoints import make
from services.people import Ward, add_contact
from services.reminders import sweep
from tests.builders import NOW, OFFICE, TODAY, occurrence, office, plan_of, task
from tests.post import Post, Recorder

OUTSIDE = "luu-tru@so.example.vn"


@pytest.fixture
def keys(data: Path) -> CheckpointKeys:
    return load_checkpoint_keys(data)


@pytest.fixture
def ward(engine: Engine) -> Ward:
    dated = [occurrence(plan=TODAY + timedelta(7))]
    reading = plan_of(task("I.1", occurrences=dated), task("I.2", TaskKind.RECURRING, occurrences=dated))
    with transaction(engine) as connection:
        made = office(connection, reading).ward
        add_contact(connection, made, OFFICE, channel="email", address="lan@p.vn", actor=SYSTEM, now=NOW)
    return made


def letters(engine: Engine) -> list[tuple[str, str, str]]:
    post, recorder = Post(engine), Recorder()
    post.send(recorder)
    return [(each.recipient, each.text, each.html or "") for each in recorder.messages]


def test_a_digest_bears_the_newest_checkpoint_and_it_verifies_as_it_was_received(
    engine: Engine, ward: Ward, keys: CheckpointKeys
) -> None:
    with transaction(engine) as connection:
        made = make(connection, ward, keys=keys, now=NOW)
        sweep(connection, TODAY, NOW, timezone=Settings().timezone)
    digests = [(text, html) for to, text, html in letters(engine) if "việc cải cách hành chính" in text]

    assert digests
    for text, html in digests:
        received = clean_note(text.replace("\n", "\r\n"))
        assert opened(received, keys.verifiers(ward.code)).root == made.root
        assert made.note.splitlines()[2] in html


def test_the_leaders_bulletin_bears_it_as_well(engine: Engine, ward: Ward, keys: CheckpointKeys) -> None:
    with transaction(engine) as connection:
        made = make(connection, ward, keys=keys, now=NOW)
        sweep(connection, TODAY, NOW, timezone=Settings().timezone)
    [(text, html)] = [(text, html) for _, text, html in letters(engine) if "Kính gửi: Lãnh đạo" in text]

    assert opened(clean_note(text), keys.verifiers(ward.code)).root == made.root
    assert made.note.splitlines()[2] in html


def test_without_a_checkpoint_letters_are_as_they_were(engine: Engine, ward: Ward) -> None:
    with transaction(engine) as connection:
        sweep(connection, TODAY, NOW, timezone=Settings().timezone)

    assert not any("Điểm chốt" in text + html for _, text, html in letters(engine))


def test_each_morning_signs_once_and_tells_folder_and_address(
    engine: Engine, ward: Ward, data: Path, keys: CheckpointKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "ward_database", lambda: engine)
    settings = Settings(data=data, checkpoint_dir=data / "away", checkpoint_mail=OUTSIDE)

    for _ in range(2):
        assert signing.sign_logs(settings, NOW) == []

    [path] = (data / "away").glob("*.txt")
    [text] = [text for to, text, _ in letters(engine) if to == OUTSIDE]
    verifiers = keys.verifiers(ward.code)
    assert opened(clean_note(text), verifiers) == opened(path.read_text(), verifiers)
    assert "verify.py" in text


def test_a_rewritten_log_is_told_of_and_keeps_no_other_from_being_signed(
    engine: Engine, ward: Ward, data: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setattr(signing, "ward_database", lambda: engine)
    settings = Settings(data=data, checkpoint_dir=data / "away")
    with transaction(engine) as connection:
        office(connection, plan_of(task("I.1"), issuer="UBND phường Hai"))
    assert signing.sign_logs(settings, NOW) == []
    rewrite(database_url)
    with transaction(engine) as connection:
        office(connection, plan_of(task("I.1"), issuer="UBND phường Ba"))

    [notice] = signing.sign_logs(settings, NOW + timedelta(days=1))

    assert "PHÁT HIỆN ĐƯỢC SỬA ĐỔI" in notice
    assert len(list((data / "away").glob("*.txt"))) == 3


def rewrite(url: str) -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE cchc.audit_log SET frontier[1] = sha256('y') WHERE ward_id = 1")
