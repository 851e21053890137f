"""The morning sweep: reminders for every stage that today's steps touch, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from domain.ladder import Ladder, Step
from domain.plans import Stage, TaskKind


@dataclass(frozen=True, slots=True)
class Rungs:
    """A ladder, and its steps that touch a day."""

    ladder: Ladder
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Rule:
    """Which ladder, by its place in the sweep, a ward set for a kind and a stage; empty is any."""

    ward_id: int
    kind: str
    stage: str
    ladder: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """When the day's messages may leave: each ward's own moment, and that of all others."""

    others: datetime
    own: Sequence[tuple[int, datetime]] = ()


# The most specific rule of a ward for each kind of task and each stage; the first ladder for all else.
_CHOSEN = """chosen AS MATERIALIZED (
    SELECT DISTINCT ON (r.ward_id, k.kind, g.stage) r.ward_id, k.kind, g.stage, r.ladder
    FROM unnest(%(rule_ward)s::int[], %(rule_kind)s::text[], %(rule_stage)s::text[], %(rule_ladder)s::int[])
        AS r(ward_id, kind, stage, ladder)
    JOIN unnest(%(kinds)s::text[]) AS k(kind) ON r.kind IN ('', k.kind)
    JOIN unnest(%(stages)s::text[]) AS g(stage) ON r.stage IN ('', g.stage)
    ORDER BY r.ward_id, k.kind, g.stage, r.kind <> '' DESC, r.stage <> '' DESC
)"""
# Each step is fenced off (MATERIALIZED, LATERAL): whatever the statistics say, the sweep starts from the
# few stages that are due today and never from all that are open. Who has said “đã nhận” to a due date is
# told of it again only when it is past. A ladder that changes on a day reminds nobody twice on it.
SWEEP = f"""
WITH {_CHOSEN}, due AS MATERIALIZED (
    SELECT s.ward_id, s.occurrence_id, s.stage, s.due_on, step.ladder, step.name, step.late
    FROM unnest(%(ladder)s::int[], %(due_on)s::date[], %(name)s::text[], %(late)s::int[])
        AS step(ladder, due_on, name, late)
    JOIN cchc.stage s ON s.due_on = step.due_on AND s.state IN ('waiting', 'open', 'returned')
        AND (%(ward)s::int IS NULL OR s.ward_id = %(ward)s)
), owed AS MATERIALIZED (
    SELECT due.*, o.unit_id FROM due
    CROSS JOIN LATERAL (
        SELECT o.unit_id, o.task_id FROM cchc.occurrence o
        WHERE o.ward_id = due.ward_id AND o.id = due.occurrence_id AND o.state = 'open' LIMIT 1
    ) o
    WHERE due.ladder = CASE WHEN cardinality(%(rule_ward)s::int[]) = 0 THEN 0 ELSE coalesce((
            SELECT c.ladder FROM cchc.task t
            JOIN chosen c ON c.ward_id = t.ward_id AND c.kind = t.kind AND c.stage = due.stage
            WHERE t.ward_id = due.ward_id AND t.id = o.task_id), 0) END
        AND (due.late > 0 OR NOT EXISTS (
            SELECT FROM cchc.acknowledgement k WHERE k.ward_id = due.ward_id
                AND k.occurrence_id = due.occurrence_id AND k.stage = due.stage AND k.due_on = due.due_on))
), reached AS MATERIALIZED (
    SELECT unit.ward_id, unit.unit_id, unit.ladder, r.channel, r.address, min(told.least) AS least,
        min(r.contact_id) AS contact_id, bool_or(r.first) AS first,
        CASE WHEN bool_or(r.role = 'officer') THEN 'reminder' ELSE 'escalation' END AS reason
    FROM (SELECT DISTINCT ward_id, unit_id, ladder FROM owed) unit
    JOIN cchc.recipient r ON r.ward_id = unit.ward_id AND r.unit_id = unit.unit_id
    JOIN unnest(%(told_ladder)s::int[], %(role)s::text[], %(least)s::int[]) AS told(ladder, role, least)
        ON told.ladder = unit.ladder AND told.role = r.role
    GROUP BY unit.ward_id, unit.unit_id, unit.ladder, r.channel, r.address
)
INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel, contact_id, digest,
    not_before)
SELECT s.ward_id, s.occurrence_id, s.stage, r.reason, s.due_on || '/' || s.name, r.address, r.channel,
    r.contact_id, 'morning/' || %(today)s::date, coalesce(own.leaves, %(leaves)s::timestamptz)
FROM owed s
JOIN reached r ON r.ward_id = s.ward_id AND r.unit_id = s.unit_id AND r.ladder = s.ladder
    AND r.least <= s.late AND (r.first OR r.channel = 'email' AND s.late > 0)
LEFT JOIN unnest(%(own_ward)s::int[], %(own_leaves)s::timestamptz[]) AS own(ward_id, leaves)
    ON own.ward_id = s.ward_id
WHERE NOT EXISTS (
    SELECT FROM cchc.outbox b
    WHERE b.ward_id = s.ward_id AND b.occurrence_id = s.occurrence_id AND b.stage = s.stage
        AND b.reason IN ('reminder', 'escalation') AND b.recipient = r.address AND b.channel = r.channel
        AND b.digest = 'morning/' || %(today)s::date)
ORDER BY s.ward_id, s.occurrence_id, s.stage, r.address, r.channel
ON CONFLICT ON CONSTRAINT uq_outbox_once DO NOTHING
"""  # noqa: S608 - made of constants

# What the morning told all wards to send at one moment leaves when each ward's own hours have it.
KEEP_HOURS = """
UPDATE cchc.outbox b SET not_before = own.leaves
FROM unnest(%(own_ward)s::int[], %(own_leaves)s::timestamptz[]) AS own(ward_id, leaves)
WHERE b.ward_id = own.ward_id AND b.channel = 'email' AND b.state = 'pending'
    AND b.reason IN ('waiting', 'bulletin') AND b.not_before = %(leaves)s
"""


def sweep(
    connection: Connection,
    ladders: Sequence[Rungs],
    *,
    rules: Sequence[Rule],
    today: date,
    leaving: Leaving,
    ward: int | None = None,
) -> int:
    """Queue the reminders of the ladders' steps; return how many are new. A second sweep queues none.

    The first ladder is the one of all wards, kinds and stages for which no rule names another.
    """
    params = {
        **_rules(rules),
        **_steps([(number, step) for number, rungs in enumerate(ladders) for step in rungs.steps]),
        **_told([rungs.ladder for rungs in ladders]),
        **_leaving(leaving),
        "today": today,
        "ward": ward,
    }
    return connection.exec_driver_sql(SWEEP, params).rowcount


def keep_hours(connection: Connection, leaving: Leaving) -> None:
    """Let the morning's other messages leave when their ward's own hours have it."""
    if leaving.own:
        connection.exec_driver_sql(KEEP_HOURS, _leaving(leaving))


def last_sweep(connection: Connection, ward: int | None = None) -> date | None:
    """Return the day of the oldest of the wards' last finished morning runs; None without any."""
    statement = """
        SELECT min(day) FROM (
            SELECT max(day) AS day FROM cchc.morning_run
            WHERE %(ward)s::int IS NULL OR ward_id = %(ward)s GROUP BY ward_id
        ) last
    """
    day: date | None = connection.exec_driver_sql(statement, {"ward": ward}).scalar_one()
    return day


def told_until(connection: Connection, off: Sequence[date], ward: int | None = None) -> date | None:
    """Return the day up to which all wards were reminded; None where there was no run yet.

    Runs on the days `off` queued nothing, whatever had been missed by then, so they do not count; unless
    there are no others: then the first of them is where reminding began. A run that did not know the
    notices of today is made again from the day before: its own day may have got the steps of one after it.
    """
    statement = """
        SELECT min(day) FROM (
            SELECT coalesce(max(day - (finished_at < n.changed_at)::int)
                FILTER (WHERE day <> ALL(%(off)s::date[])), min(day)) AS day
            FROM cchc.morning_run
            CROSS JOIN (SELECT coalesce(max(greatest(added_at, withdrawn_at)), '-infinity') AS changed_at
                FROM cchc.calendar_notice) n
            WHERE %(ward)s::int IS NULL OR ward_id = %(ward)s GROUP BY ward_id
        ) last
    """
    day: date | None = connection.exec_driver_sql(statement, {"off": list(off), "ward": ward}).scalar_one()
    return day


def finish(connection: Connection, *, day: date, now: datetime) -> None:
    """Record for every ward that the morning run of `day` is done, with the reminders it queued."""
    connection.exec_driver_sql(
        """
        INSERT INTO cchc.morning_run (ward_id, day, finished_at, reminders)
        SELECT w.id, %(day)s, %(now)s, (
            SELECT count(*) FROM cchc.outbox b
            WHERE b.ward_id = w.id AND b.reason IN ('reminder', 'escalation')
                AND b.digest = 'morning/' || %(day)s::date)
        FROM cchc.ward w
        ON CONFLICT (ward_id, day) DO UPDATE
            SET finished_at = excluded.finished_at, reminders = excluded.reminders
        """,
        {"day": day, "now": now},
    )


def _rules(rules: Sequence[Rule]) -> dict[str, Any]:
    return {
        "rule_ward": [rule.ward_id for rule in rules],
        "rule_kind": [rule.kind for rule in rules],
        "rule_stage": [rule.stage for rule in rules],
        "rule_ladder": [rule.ladder for rule in rules],
        "kinds": list(TaskKind),
        "stages": list(Stage),
    }


def _steps(steps: Sequence[tuple[int, Step]]) -> dict[str, Any]:
    return {
        "ladder": [number for number, _ in steps],
        "due_on": [step.due_on for _, step in steps],
        "name": [step.name for _, step in steps],
        "late": [step.late for _, step in steps],
    }


def _told(ladders: Sequence[Ladder]) -> dict[str, Any]:
    told = [(number, role, least) for number, each in enumerate(ladders) for role, least in each.told()]
    return {
        "told_ladder": [number for number, _, _ in told],
        "role": [role for _, role, _ in told],
        "least": [least for _, _, least in told],
    }


def _leaving(leaving: Leaving) -> dict[str, Any]:
    return {
        "leaves": leaving.others,
        "own_ward": [ward for ward, _ in leaving.own],
        "own_leaves": [moment for _, moment in leaving.own],
    }
