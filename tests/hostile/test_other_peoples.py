"""What belongs to another unit or another ward, named in forms that one may send for one's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from domain.plans import Stage, TaskKind
from models import history
from models.database import transaction
from services import assignments, events, extensions, stages, stand_ins
from services.people import Ward
from tests.builders import CULTURE, NOW, OFFICE, TODAY, occurrence, office, plan_of, task
from tests.web.conftest import Browse, Browser
from tests.web.machines import Caller, token_of

PLAN = plan_of(
    task("I.1", occurrences=[occurrence(implement=date(2026, 6, 30), report=date(2026, 11, 30))]),
    task("II.2", lead=CULTURE, occurrences=[occurrence()]),
    task("IV.1", TaskKind.EVENT, event_types=["guidance"]),
)
Sent = dict[str, str | list[str]]


class Things:
    """A ward in which Lan has handed something in, asked for more time and named a stand-in."""

    def __init__(self, engine: Engine, **plan: str) -> None:
        self.engine = engine
        when = {"today": TODAY, "now": NOW}
        with transaction(engine) as connection:
            self.ward: Ward = office(connection, plan_of(*PLAN.tasks, **plan)).ward
            rows = assignments.led_tasks(connection, self.ward)
            [lans] = [(row.task_id, row.unit_id) for row in rows if row.code == "I.1"]
            self.lans = f"{lans[0]}.{lans[1]}"
            assignments.assign(connection, self.ward, [lans], "lan", by="lan", now=NOW)
            self.question = f"{next(row.task_id for row in rows if row.code == 'IV.1')}.2026-03"
            self.one: int = connection.exec_driver_sql(
                "SELECT o.id FROM cchc.occurrence o JOIN cchc.task t ON t.id = o.task_id"
                f" WHERE o.ward_id = {self.ward.id} AND t.code = 'I.1'"
            ).scalar_one()
            handed = stages.Submission(self.one, Stage.PLAN, TODAY)
            stages.submit(connection, self.ward.id, handed, by="lan", **when)
            self.asked = extensions.request(
                connection, self.ward, self.one, Stage.REPORT,
                until=date(2026, 12, 20), reason="x", by="lan", **when,
            )  # fmt: skip # one call
            self.stand_in = stand_ins.name_stand_in(
                connection, self.ward, "lan", "minh", first=TODAY, last=TODAY, reason="x", by="lan", **when
            )
            arrived = events.EventRequest("guidance", "1/UB", date(2026, 2, 27), "UB", "x", tasks=("IV.1",))
            raised = events.raise_event(connection, self.ward, arrived, by="dieuphoi", **when)
            self.event, self.opened = raised.event_id, raised.occurrences[0].id

    def head(self) -> object:
        with self.engine.connect() as connection:
            return history.head(connection, self.ward.id)


@pytest.fixture
def things(engine: Engine) -> Things:
    return Things(engine)


Form = Callable[[Things], tuple[str, Sent]]
BY_UNIT: dict[str, Form] = {
    "ask": lambda the: (
        f"/occurrences/{the.one}/implement/extend",
        {"until": "2026-12-20", "reason": "x"},
    ),
    "hand in": lambda the: (f"/occurrences/{the.one}/implement/submit", {}),
    "hand in an event's": lambda the: (f"/occurrences/{the.opened}/plan/submit", {}),
    "take back": lambda the: (f"/occurrences/{the.one}/plan/withdraw", {"attempt": "1"}),
    "ask no more": lambda the: (f"/extensions/{the.asked}/withdraw", {}),
    "end a stand-in": lambda the: (f"/stand-ins/{the.stand_in}/end", {}),
    "name a stand-in": lambda the: (
        "/stand-ins",
        {"account": "lan", "stand_in": "hoa", "first": "2026-03-02", "last": "2026-03-03", "reason": "x"},
    ),
    "hand over": lambda the: ("/hand-over", {"from": "lan", "to": "hoa", "task": [the.lans]}),
    "leave to nobody": lambda the: ("/hand-over", {"from": "lan", "to": "-", "task": [the.lans]}),
    "take over": lambda the: ("/hand-over", {"from": "-", "to": "hoa", "task": [the.lans]}),
    "a calendar": lambda the: ("/feeds", {"of": f"unit:{OFFICE}"}),
}
BY_WARD: dict[str, Form] = BY_UNIT | {
    "accept": lambda the: (f"/occurrences/{the.one}/plan/accept", {"attempt": "1", "confirmed": "1"}),
    "accept many": lambda the: (
        "/submissions/accept",
        {"chosen": [f"{the.one}/plan/1"], "confirmed": "1"},
    ),
    "return": lambda the: (f"/occurrences/{the.one}/plan/return", {"reason": "x", "attempt": "1"}),
    "set a date": lambda the: (
        f"/occurrences/{the.one}/report/due",
        {"due_on": "2026-11-20", "reason": "x", "seen": "2026-11-30"},
    ),
    "grant": lambda the: (f"/extensions/{the.asked}/grant", {"until": "2026-12-18", "confirmed": "1"}),
    "refuse": lambda the: (f"/extensions/{the.asked}/refuse", {"answer": "x"}),
    "answer": lambda the: ("/questions", {"question": [the.question]}),
    "cancel": lambda the: (
        f"/events/{the.event}/cancel",
        {"occurrence": str(the.opened), "reason": "x", "document": "1"},
    ),
}


# Whoever may; without this nobody would notice that a form is refused for another reason.
DONE = (
    {"lan": ["ask", "hand in", "hand in an event's", "take back", "ask no more", "end a stand-in"]},
    {
        "lan": ["name a stand-in", "a calendar", "leave to nobody"],
        "dieuphoi": ["accept", "set a date", "answer", "cancel"],
    },
    {"chutich": ["return", "grant"]},
    {"chutich": ["refuse"], "dieuphoi": ["accept many"]},
)


@pytest.mark.parametrize("done", DONE)
def test_each_of_these_forms_is_done_for_whoever_may(
    things: Things, browse: Browse, done: dict[str, list[str]]
) -> None:
    for name, forms in done.items():
        browser = browse(as_=name)
        found = {of: sent(browser, BY_WARD[of], things) for of in forms}
        assert found == dict.fromkeys(forms, 303) | ({"a calendar": 200} if "a calendar" in forms else {})


def sent(browser: Browser, form: Form, things: Things) -> int:
    path, fields = form(things)
    return browser.send(path, shown="/me", **fields).status_code


def test_what_another_unit_leads_is_not_ones_own_whatever_a_form_names(
    things: Things, browse: Browse
) -> None:
    before, hoa = things.head(), browse(as_="hoa")

    found = {name: sent(hoa, form, things) for name, form in BY_UNIT.items()}

    assert {status for status in found.values() if not 400 <= status < 500} == set(), found
    assert things.head() == before


@pytest.mark.parametrize("name", ["dieuphoi", "lan", "chutich"])
def test_what_another_ward_has_is_not_there_whatever_a_form_names(
    engine: Engine, browse: Browse, name: str
) -> None:
    Things(engine)
    theirs = Things(engine, issuer="UBND xã Bên", number="2/QĐ-UBND")
    before = theirs.head()
    browser = browse(as_=name, ward="thu-nghiem")

    # Naming a stand-in and a calendar go by names, which both wards have.
    found = {of: sent(browser, form, theirs) for of, form in BY_WARD.items() if of not in OWN}

    assert {status for status in found.values() if not 400 <= status < 500} == set(), found
    assert theirs.head() == before


OWN = {"name a stand-in", "a calendar"}


def test_a_file_for_what_another_unit_leads_is_not_kept_among_the_documents(
    things: Things, engine: Engine, browse: Browse, data: Path
) -> None:
    files = {"file": ("ke-hoach.pdf", b"%PDF-1.7 of nobody")}
    path, fields = BY_UNIT["hand in"](things)
    token = token_of(engine, things.ward, "submit", unit=CULTURE).token

    hoas = browse(as_="hoa").send(path, shown="/me", files=files, **fields)
    called = Caller(browse(as_=None), token).ask(
        "POST",
        f"/occurrences/{things.one}/stages/implement/submissions",
        files={"files": files["file"]},
    )

    assert (hoas.status_code, called.status_code) == (409, 409)
    assert "not-own-unit" in called.text
    assert not [each for each in (data / "documents").rglob("*") if each.is_file()]
