"""Handing in, accepting and returning, against a real database."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from domain.people import Action
from domain.plans import Stage
from services.audit import verify
from services.stages import Submission, accept, submit
from services.tasks import find_occurrence, show_task
from tests.builders import NOW, TODAY, Office, occurrence, office, plan_of, task


@pytest.fixture
def ward(connection: Connection) -> Office:
    return office(connection, plan_of(task("II.2", occurrences=[occurrence()])))


def test_an_occurrence_goes_through_its_stages_and_closes(connection: Connection, ward: Office) -> None:
    one = find_occurrence(connection, ward.ward, "II.2", Stage.PLAN, Action.SUBMIT, label=None, by="lan")
    for stage in Stage:
        result = submit(
            connection,
            ward.ward.id,
            Submission(one, stage, TODAY, doc_number="5/KH"),
            by="lan",
            today=TODAY,
            now=NOW,
        )
        assert (result.attempt, result.late, result.already) == (1, False, False)
        accept(connection, ward.ward.id, one, stage, by="dieuphoi", now=NOW)

    view = show_task(connection, ward.ward, "II.2", TODAY)
    assert view.line.status == "hoàn thành đúng hạn"
    assert verify(connection).ok
    assert verify(connection).wards[0].size > 10
