"""2026 on the real plan, from the morning's run to the mail server: what each unit really gets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from domain.leaving import PATIENT
from domain.plans import PlanReading
from services.outbox import send_due
from tests.post import HERE, Recorder
from tests.proofs import times
from tests.year import DAY, HANOI, YEAR, Year, plan_year, work_is_done, works

# The dispatcher always runs; these hours stand for all: early, at the hour, after the hand-ins, at night.
HOURS = (time(6, 10), time(7, 10), time(12, 30), time(22, 30))
# Tết, its quiet weeks and the first dates that pass; the other seasons in `make proofs`.
DAYS = YEAR[: times(120, 365)]
DELIVERIES = """
SELECT b.occurrence_id, b.stage, b.reason, b.step, b.recipient, b.state, d.tried_at,
    coalesce(d.message ->> 'message_id', '') AS message_id
FROM cchc.outbox b LEFT JOIN cchc.delivery d ON d.ward_id = b.ward_id AND d.outbox_id = b.id
WHERE b.channel = 'email' ORDER BY b.id
"""


@pytest.fixture
def year(engine: Engine, packaged: PlanReading) -> Iterator[Year]:
    """Give the year in a database of its own: what is committed each time stays fast."""
    with engine.connect() as connection:
        yield plan_year(connection, packaged)


class Post:
    """The dispatcher beside the plan's year."""

    def __init__(self, year: Year) -> None:
        self.connection, self.mail = year.connection, Recorder()

    def send(self, day: date, hours: tuple[time, ...] = HOURS) -> None:
        for hour in hours:
            now = datetime.combine(day, hour, HANOI)
            while send_due(self._begin, self.mail, HERE, lambda now=now: now):  # type: ignore[misc] # bound now
                pass

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        yield self.connection
        self.connection.commit()

    def deliveries(self) -> list[Any]:
        return list(self.connection.exec_driver_sql(DELIVERIES))


def local(moment: datetime) -> datetime:
    return moment.astimezone(HANOI)


def test_over_the_months_each_step_reaches_everyone_once_in_one_digest_a_morning(year: Year) -> None:
    post, done = Post(year), work_is_done(year)

    def after(day: date) -> None:
        post.send(day, HOURS[:2])
        for line in done.get(day, ()):
            year.hand_in(line, day)
        post.send(day, HOURS[2:])

    year.mornings(DAYS, after)

    rows = post.deliveries()
    steps = [row for row in rows if row.reason in {"reminder", "escalation"}]
    told = Counter(
        (local(row.tried_at).date(), row.occurrence_id, row.stage, row.step, row.recipient) for row in steps
    )
    expected = Counter(row for line in year.lines for row in line.rows() if row[0] <= DAYS[-1])
    assert told == expected
    assert {row.state for row in steps} == {"sent"}
    for row in rows:
        if row.reason in PATIENT and row.state == "sent":
            assert works(local(row.tried_at).date())
            assert time(6, 30) <= local(row.tried_at).time() < time(21)
    mornings = {
        (row.recipient, local(row.tried_at).date(), row.message_id)
        for row in rows
        if row.reason in PATIENT - {"bulletin"} and row.state == "sent" and local(row.tried_at).hour < 12
    }
    assert max(Counter(each[:2] for each in mornings).values()) == 1
    bulletins = [local(row.tried_at).date() for row in rows if row.reason == "bulletin"]
    assert len(bulletins) == len({day.isocalendar()[:2] for day in bulletins}) >= len(DAYS) // 7 - 1
    assert len(post.mail.messages) == len({message.message_id for message in post.mail.messages})


@pytest.mark.parametrize(
    ("down", "back"),
    [
        (date(2026, 2, 11), date(2026, 2, 25)),  # the mail server was away over Tết
        (date(2026, 3, 4), date(2026, 3, 13)),
        (date(2026, 8, 26), date(2026, 9, 5)),  # back on a Saturday
    ],
)
def test_after_an_outage_each_gets_one_message_about_how_things_stand(
    year: Year, down: date, back: date
) -> None:
    post = Post(year)
    year.mornings([down - 2 * DAY, down - DAY], post.send)
    before = len(post.mail.messages)
    year.mornings(down + n * DAY for n in range((back - down).days))
    monday = next(day for day in YEAR if day >= back and works(day))
    year.mornings([back + n * DAY for n in range((monday - back).days + 1)], post.send)

    late = post.mail.messages[before:]
    to_units = [each for each in late if each.recipient.startswith("canbo")]
    assert len(to_units) == len({each.recipient for each in to_units}) > 2
    rows = [row for row in post.deliveries() if row.reason in {"reminder", "escalation"}]
    at_once = [row for row in rows if row.tried_at and local(row.tried_at).date() == monday]
    assert len(at_once) == len({(row.occurrence_id, row.stage, row.recipient) for row in at_once})
    assert Counter(row.state for row in rows).keys() <= {"sent", "dropped"}
    assert not [row for row in rows if row.tried_at and down <= local(row.tried_at).date() < monday]


def test_what_was_handed_in_while_the_server_was_away_is_not_reminded_of(year: Year) -> None:
    post = Post(year)
    days = [date(2026, 3, 2) + n * DAY for n in range(8)]
    year.mornings(days)
    lines = {row.occurrence_id for row in post.deliveries() if row.reason == "reminder"}
    handed = next(line for line in year.lines if line.occurrence in lines)
    year.hand_in(handed, days[-1])

    post.send(days[-1] + timedelta(days=1))

    states = {row.state for row in post.deliveries() if row.occurrence_id == handed.occurrence and row.stage}
    assert states == {"dropped"}
