"""Several people who settle the same doubts at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine

from domain.refusals import (
    BlockingFindings,
)
from models.database import transaction
from services.finding_refusals import AlreadySettled
from services.findings import (
    Decision,
    findings,
    reopen_finding,
    settle_finding,
)
from services.plans import activate_plan
from tests.builders import NOW, TODAY
from tests.drafts import (
    BLOCKING,
    CHECK,
    CONFIRMED,
    Draft,
)
from tests.waiting import until_blocked


def test_two_people_at_once_leave_one_decision(engine: Engine) -> None:
    with transaction(engine) as connection:
        draft = Draft(connection, CHECK)
        one = draft.row("group-lead").id

    def decide(by: str) -> str:
        try:
            with transaction(engine) as own:
                settle_finding(own, draft.ward, one, Decision(CONFIRMED), by=by, today=TODAY, now=NOW)
        except AlreadySettled:
            return "too late"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ended = sorted(pool.map(decide, ["dieuphoi", "dieuphoi-vh"]))

    assert ended == ["done", "too late"]
    with transaction(engine) as connection:
        (row,) = findings(connection, draft.ward, draft.plan)
        assert len(row.decisions) == 1


def test_a_plan_is_not_activated_while_a_finding_of_it_is_just_being_reopened(engine: Engine) -> None:
    with transaction(engine) as connection:
        draft = Draft(connection, BLOCKING)
        draft.settle("number-gap", CONFIRMED, "Đủ")
        one = draft.row("number-gap").id

    def activate() -> str:
        try:
            with transaction(engine) as own:
                later = NOW + timedelta(minutes=1)
                activate_plan(own, draft.ward, by="dieuphoi", today=TODAY, now=later, plan_id=draft.plan)
        except BlockingFindings:
            return "refused"
        return "activated"

    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as own:
            reopen_finding(own, draft.ward, one, "Thiếu dòng", by="dieuphoi", now=NOW)
            waiting = pool.submit(activate)
            until_blocked(own)
        assert waiting.result() == "refused"
