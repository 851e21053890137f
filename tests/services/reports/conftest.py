"""A ward in the midst of its work, for reports."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from domain.plans import Stage, TaskKind
from tests.builders import CULTURE, TODAY, Office, occurrence, office, plan_of, task
from tests.desk import Desk


@pytest.fixture
def busy(connection: Connection) -> Office:
    """A ward where one stage came in time, one late, one not at all, and one waits for its verdict."""
    dated = [occurrence(plan=TODAY - timedelta(5), report=TODAY + timedelta(7))]
    one = office(
        connection,
        plan_of(
            task("II.2", occurrences=dated),
            task("II.3", occurrences=[occurrence(plan=TODAY - timedelta(1), report=None)]),
            task("V.2", TaskKind.EVENT, lead=CULTURE, event_types=["guidance"]),
            task("VI.3", TaskKind.UNSPECIFIED),
        ),
    )
    desk = Desk(connection, one)
    desk.submit(Stage.PLAN, doc_number="12/KH-UBND", doc_date=TODAY, on=TODAY)
    return one
