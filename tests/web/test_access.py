"""Who sees which page and may do what there: role by route, and two wards that never meet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from domain.plans import Finding, Severity, Stage
from models.database import transaction
from models.history import SYSTEM
from services.events import EventRequest, raise_event
from services.extensions import request
from services.machine_tokens import Order, make_token
from services.people import Ward, add_contact
from services.plans import calendar, plans
from services.stages import Submission, submit
from services.stand_ins import name_stand_in
from tests.builders import NOW, OFFICE, TODAY, occurrence, office, plan_of, task
from tests.web.conftest import Browse, Browser
from web import app

EVERYONE = frozenset({"dieuphoi", "lan", "chutich", "thanhtra", "quantri"})
COORDINATOR = frozenset({"dieuphoi"})
KEEPERS = frozenset({"dieuphoi", "quantri"})
READERS = EVERYONE - {"lan"}
ADMIN = frozenset({"quantri"})
LEADER = frozenset({"chutich"})
DOERS = frozenset({"dieuphoi", "lan"})  # for what their own unit leads
JUDGES = frozenset({"dieuphoi", "chutich"})
HANDS = frozenset({"dieuphoi", "lan"})
# Each route of a page: who may, and with what form. A page that anybody signed in may read is for EVERYONE.
TABLE: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/"): EVERYONE,
    ("GET", "/overview"): EVERYONE,
    ("GET", "/charts"): EVERYONE,
    ("GET", "/submissions"): JUDGES,
    ("POST", "/submissions/accept"): JUDGES,
    ("GET", "/tasks"): EVERYONE,
    ("GET", "/tasks.csv"): EVERYONE,
    ("GET", "/search"): EVERYONE,
    ("GET", "/help"): EVERYONE,
    ("GET", "/help/{role}"): EVERYONE,
    ("GET", "/guides"): EVERYONE,
    ("GET", "/guides/{guide}"): EVERYONE,
    ("GET", "/guides/pictures/{picture}.png"): EVERYONE,
    ("GET", "/audit"): READERS,
    ("GET", "/audit/log.csv"): READERS,
    ("GET", "/audit/events/{position}"): READERS,
    ("GET", "/audit/tasks/{code}"): READERS,
    ("POST", "/audit/verify"): READERS,
    ("GET", "/evidence"): READERS,
    ("POST", "/evidence"): READERS,
    ("GET", "/tasks.xlsx"): EVERYONE,
    ("GET", "/calendar.csv"): EVERYONE,
    ("GET", "/calendar.xlsx"): EVERYONE,
    ("GET", "/tasks/{code}"): EVERYONE,
    ("GET", "/plan"): EVERYONE,
    ("GET", "/calendar"): EVERYONE,
    ("GET", "/documents/{sha256}"): EVERYONE,
    ("GET", "/running"): EVERYONE,
    ("GET", "/plan/findings"): EVERYONE,
    ("GET", "/plan/{plan_id}/findings"): EVERYONE,
    ("POST", "/plan/{plan_id}/findings/{finding_id}"): COORDINATOR,
    ("POST", "/plan/{plan_id}/findings/{finding_id}/reopen"): COORDINATOR,
    ("POST", "/plan/{plan_id}/activate"): COORDINATOR,
    ("GET", "/plan/import"): KEEPERS,
    ("POST", "/plan/import"): KEEPERS,
    ("GET", "/plan/import/{digest}"): KEEPERS,
    ("POST", "/plan/import/{digest}"): KEEPERS,
    ("GET", "/plan/amend"): KEEPERS,
    ("POST", "/plan/amend"): KEEPERS,
    ("GET", "/plan/amend/{digest}"): KEEPERS,
    ("POST", "/plan/amend/{digest}"): COORDINATOR,
    ("GET", "/feeds"): EVERYONE,
    ("POST", "/feeds"): EVERYONE - {"thanhtra"},
    ("POST", "/feeds/{feed_id}/revoke"): EVERYONE - {"thanhtra"},
    ("GET", "/outbox"): READERS,
    ("GET", "/outbox/{message_id}"): READERS,
    ("POST", "/outbox/{message_id}/resend"): KEEPERS,
    ("POST", "/outbox/{message_id}/confirm"): KEEPERS,
    ("POST", "/outbox/channels/{name}/release"): KEEPERS,
    ("GET", "/inbox"): KEEPERS,
    ("GET", "/inbox/{letter_id}"): KEEPERS,
    ("GET", "/zalo"): ADMIN,
    ("POST", "/zalo/consent"): ADMIN,
    ("POST", "/zalo/refresh"): ADMIN,
    ("GET", "/contacts"): READERS,
    ("GET", "/contacts/{unit_id}"): READERS,
    ("POST", "/contacts/{unit_id}"): KEEPERS,
    ("POST", "/contacts/{unit_id}/code"): KEEPERS,
    ("POST", "/contacts/{unit_id}/{contact_id}"): KEEPERS,
    ("GET", "/reminders"): EVERYONE,
    ("POST", "/reminders/rules"): KEEPERS,
    ("POST", "/reminders/rules/remove"): KEEPERS,
    ("POST", "/reminders/hours"): KEEPERS,
    ("GET", "/reminders/calendar"): READERS,
    ("GET", "/calendar/notices"): EVERYONE,
    ("POST", "/calendar/notices"): KEEPERS,
    ("POST", "/calendar/notices/{number}/withdraw"): KEEPERS,
    ("GET", "/events"): EVERYONE,
    ("GET", "/events/new"): COORDINATOR,
    ("POST", "/events/new"): COORDINATOR,
    ("POST", "/events"): COORDINATOR,
    ("GET", "/events/{event_id}"): EVERYONE,
    ("POST", "/events/{event_id}/cancel"): COORDINATOR,
    ("GET", "/questions"): EVERYONE,
    ("POST", "/questions"): COORDINATOR,
    ("GET", "/hand-over"): HANDS,
    ("POST", "/hand-over"): HANDS,
    ("GET", "/stand-ins"): EVERYONE,
    ("POST", "/stand-ins"): HANDS,
    ("POST", "/stand-ins/{number}/end"): HANDS,
    ("GET", "/me"): EVERYONE,
    ("GET", "/me/password"): EVERYONE,
    ("POST", "/me/password"): EVERYONE,
    ("POST", "/me/sessions/revoke"): EVERYONE,
    ("POST", "/me/sessions/{session}/revoke"): EVERYONE,
    ("POST", "/me/code"): EVERYONE,
    ("POST", "/me/code/begin"): EVERYONE,
    ("POST", "/me/code/remove"): EVERYONE,
    ("GET", "/reports"): READERS,
    ("POST", "/reports"): READERS,
    ("GET", "/reports/scorecard"): READERS,
    ("GET", "/reports/scorecard.xlsx"): READERS,
    ("GET", "/occurrences/{occurrence_id}/{stage}"): EVERYONE,
    ("POST", "/occurrences/{occurrence_id}/{stage}/submit"): DOERS,
    ("POST", "/occurrences/{occurrence_id}/{stage}/withdraw"): DOERS,
    ("POST", "/occurrences/{occurrence_id}/{stage}/accept"): JUDGES,
    ("POST", "/occurrences/{occurrence_id}/{stage}/return"): JUDGES,
    ("POST", "/occurrences/{occurrence_id}/{stage}/extend"): DOERS,
    ("POST", "/occurrences/{occurrence_id}/{stage}/due"): JUDGES,
    ("GET", "/extensions"): EVERYONE,
    ("POST", "/extensions/{extension_id}/grant"): LEADER,
    ("POST", "/extensions/{extension_id}/refuse"): LEADER,
    ("POST", "/extensions/{extension_id}/withdraw"): DOERS,
    ("GET", "/accounts"): ADMIN,
    ("POST", "/accounts"): ADMIN,
    ("GET", "/machines"): ADMIN,
    ("POST", "/machines"): ADMIN,
    ("POST", "/machines/{number}/revoke"): ADMIN,
    **{
        ("POST", f"/accounts/{{name}}/{act}"): ADMIN
        for act in ("change", "disable", "link", "temporary", "revoke", "code")
    },
}
FIELDS: dict[str, dict[str, str]] = {
    "/occurrences/{occurrence_id}/{stage}/extend": {"until": "2026-04-30", "reason": "x"},
    "/occurrences/{occurrence_id}/{stage}/due": {"due_on": "2026-04-30", "reason": "x", "seen": "2026-03-31"},
    "/occurrences/{occurrence_id}/{stage}/return": {"reason": "x"},
    "/extensions/{extension_id}/grant": {"until": "2026-04-30", "confirmed": "1"},
    "/occurrences/{occurrence_id}/{stage}/accept": {"confirmed": "1"},
    "/submissions/accept": {"confirmed": "1"},
    "/accounts/{name}/disable": {"confirmed": "1"},
    "/extensions/{extension_id}/refuse": {"answer": "x"},
    "/contacts/{unit_id}": {"channel": "email", "address": "moi@phuong.vn", "role": "officer"},
    "/contacts/{unit_id}/code": {"channel": "zalo-user", "role": "officer"},
    "/contacts/{unit_id}/{contact_id}": {"do": "remove"},
    "/reminders/rules": {"before": "7", "late_every": "3"},
    "/calendar/notices": {"document": "1/TB", "year": "2027"},
    "/plan/{plan_id}/findings/{finding_id}": {"verdict": "confirmed", "note": "x"},
    "/plan/{plan_id}/findings/{finding_id}/reopen": {"reason": "x"},
    "/outbox/{message_id}/confirm": {"outcome": "arrived", "reason": "x"},
    "/feeds": {"of": f"unit:{OFFICE}"},
    "/accounts": {"name": "moi", "role": "auditor"},
    "/accounts/{name}/change": {"role": "auditor"},
    "/machines": {"name": "may-moi", "label": "x", "scope-read": "1"},
}


def routes() -> Iterator[tuple[str, str]]:
    for part in app.PAGES:
        for route in part.router.routes:
            for method in getattr(route, "methods", ()):
                yield method, route.path  # type: ignore[attr-defined] # a router of pages has no other routes


def address(path: str, **more: object) -> str:
    known = {
        "code": "I.1", "sha256": "0" * 64, "plan_id": 1, "finding_id": 1, "digest": "0" * 64, "feed_id": 1,
        "unit_id": 1, "contact_id": 1, "number": 1, "message_id": 1, "name": "email", "letter_id": "x",
        "session": 1, "position": 0, "role": "don-vi", "occurrence_id": 1, "stage": "plan",
        "extension_id": 1, "event_id": 1, "guide": "don-vi", "picture": "task", **more,
    }  # fmt: skip
    if path.startswith("/accounts/"):
        known["name"] = more.get("name", "hoa")
    return path.format(**known)


@pytest.fixture
def ward(started: Callable[..., Ward], engine: Engine) -> Ward:
    doubt = Finding("group-lead", Severity.CHECK, "Chủ trì là nhóm.")
    return started(plan_of(task("I.1", occurrences=[occurrence()]), findings=[doubt]))


def test_no_page_is_forgotten_here() -> None:
    assert set(routes()) == set(TABLE)


def test_everything_else_that_is_served_says_itself_why_it_needs_no_log_in() -> None:
    free = {route.path for part in (*app.ENTRIES, *app.OPEN_ROUTES) for route in part.router.routes}  # type: ignore[attr-defined] # as above

    assert {path for path in free if not path.startswith("/open/")} == {
        *(
            "/login",
            "/login/oidc",
            "/login/oidc/callback",
            "/login/code",
            "/logout",
            "/healthz",
            "/metrics",
            "/reset",
            "/reset/{token}",
            "/first/{token}",
        ),
    }


def test_nobody_gets_anywhere_without_signing_in(ward: Ward, browse: Browse) -> None:
    client = browse(as_=None).client

    for method, path in sorted(TABLE):
        for headers in ({}, {"origin": "http://127.0.0.1:8000"}, {"cookie": "cchc_session=" + "A" * 43}):
            answer = client.request(method, address(path), headers=headers, follow_redirects=False)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/login?next="), path
            assert answer.text == "", path


@pytest.mark.parametrize("name", sorted(EVERYONE))
def test_each_role_gets_as_far_as_it_may(ward: Ward, browse: Browse, name: str) -> None:
    browser = browse(as_=name)
    for method, path in sorted(TABLE):
        if method == "GET":
            status = browser.get(address(path)).status_code
        else:
            status = browser.send(address(path), shown="/me", **FIELDS.get(path, {})).status_code
        assert (status == 403) is (name not in TABLE[method, path]), (method, path, status)
        assert status < 500 or path.startswith(("/documents", "/zalo")), (method, path, status)


@pytest.mark.parametrize("name", sorted(EVERYONE))
def test_a_button_that_a_role_may_not_use_is_not_shown(ward: Ward, browse: Browse, name: str) -> None:
    browser = browse(as_=name)
    posts = {
        re.sub(r"\{\w+\}", r"[^/]+", known): may for (kind, known), may in TABLE.items() if kind == "POST"
    }
    for (method, path), may in sorted(TABLE.items()):
        if method == "GET" and name in may:
            page = browser.get(address(path)).text
            for action in set(re.findall(r'method="post" action="([^"]+)"', page)) - {"/logout"}:
                allowed = [roles for known, roles in posts.items() if re.fullmatch(known, action)]
                assert allowed, action
                assert all(name in roles for roles in allowed), (path, action)


def test_an_officer_makes_calendars_for_their_own_unit_alone(ward: Ward, browse: Browse) -> None:
    lan, hoa = browse(as_="lan"), browse(as_="hoa")

    assert lan.send("/feeds", shown="/feeds", of=f"unit:{OFFICE}").status_code == 200
    assert hoa.send("/feeds", shown="/feeds", of=f"unit:{OFFICE}").status_code == 409


class Neighbours:
    """Two wards with the same names and codes in them; the second has something secret in every text."""

    def __init__(self, engine: Engine, browse: Browse) -> None:
        self.engine = engine
        doubt = Finding("group-lead", Severity.CHECK, "BÍ MẬT cần xem.")
        with transaction(engine) as connection:
            self.ours = office(connection, plan_of(task("I.1", occurrences=[occurrence()]))).ward
            row = task("IX.9", occurrences=[occurrence("BÍ MẬT kỳ")])
            secret = plan_of(row, issuer="UBND xã BÍ MẬT", number="99/BÍ MẬT", findings=[doubt])
            self.theirs = office(connection, secret).ward
            add_contact(
                connection,
                self.theirs,
                OFFICE,
                channel="email",
                address="bi-mat@xa.vn",
                actor=SYSTEM,
                now=NOW,
            )
            self.act(connection)
            self.plan = plans(connection, self.theirs)[0].id
        self.us: Callable[[str], Browser] = lambda name: browse(as_=name, ward=self.ours.code)
        self.them: Callable[[str], Browser] = lambda name: browse(as_=name, ward=self.theirs.code)

    def act(self, connection: Connection) -> None:
        """Let the other ward do what leaves traces, each of which says that it is secret."""
        ward, when = self.theirs, {"today": TODAY, "now": NOW}
        arrived = EventRequest("guidance", "1/BÍ MẬT", TODAY, "BÍ MẬT", "BÍ MẬT", tasks=("IX.9",))
        [opened] = raise_event(connection, ward, arrived, by="dieuphoi", **when).occurrences
        reason = "BÍ MẬT"
        until = date(2026, 12, 20)
        first = next(each.occurrence_id for each in calendar(connection, ward) if each.stage == "report")
        request(connection, ward, first, Stage.REPORT, until=until, reason=reason, by="lan", **when)
        name_stand_in(
            connection, ward, "lan", "hoa", first=TODAY, last=TODAY, reason=reason, by="lan", **when
        )
        make_token(connection, ward, Order("may", reason, ("read",)), by="quantri", now=NOW)
        handed = Submission(opened.id, Stage.PLAN, TODAY, note=reason)
        submit(connection, ward.id, handed, by="lan", **when)

    def one(self, table: str) -> int:
        with self.engine.connect() as connection:
            found = connection.exec_driver_sql(
                f"SELECT coalesce(max(id), 1) FROM cchc.{table} WHERE ward_id = {self.theirs.id}"
            ).scalar_one()
        return int(found)

    def rows(self) -> list[Any]:
        """Return what belongs to the other ward, to be compared before and after."""
        with self.engine.connect() as connection:
            return [
                connection.exec_driver_sql(
                    f"SELECT coalesce(string_agg(t::text, ';' ORDER BY t::text), '') FROM cchc.{table} t"
                    " WHERE ward_id = %(ward)s",
                    {"ward": self.theirs.id},
                ).scalar_one()
                for table in (
                    "account",
                    "plan",
                    "finding",
                    "outbox",
                    "calendar_feed",
                    "web_session",
                    "contact",
                    "stage",
                    "submission",
                    "extension",
                    "event",
                    "stand_in",
                    "machine_token",
                    "assignment",
                    "event_answer",
                )
            ]


@pytest.mark.parametrize("name", sorted(EVERYONE))
def test_two_wards_in_one_installation_never_see_each_others_anything(
    engine: Engine, browse: Browse, name: str
) -> None:
    two = Neighbours(engine, browse)
    two.them("lan").page("/me")
    made = two.them("dieuphoi").send("/feeds", shown="/feeds", of=f"unit:{OFFICE}")
    assert made.status_code == 200
    there: dict[str, object] = {
        "code": "IX.9",
        "plan_id": two.plan,
        "finding_id": two.one("finding"),
        "message_id": two.one("outbox"),
        "feed_id": two.one("calendar_feed"),
        "session": two.one("web_session"),
        "unit_id": two.one("unit"),
        "contact_id": two.one("contact"),
        "occurrence_id": two.one("occurrence"),
        "extension_id": two.one("extension"),
        "event_id": two.one("event"),
    }
    numbers = {"/machines": two.one("machine_token"), "/stand-ins": two.one("stand_in")}
    before = two.rows()

    browser = two.us(name)
    for method, path in sorted(TABLE):
        there["number"] = numbers.get("/" + path.split("/")[1], 1)
        if method == "GET":
            answer = browser.get(address(path, **there))
        else:
            answer = browser.send(address(path, **there), shown="/me", **FIELDS.get(path, {}))
        assert "BÍ MẬT" not in answer.text, (method, path)
        assert "bi-mat" not in answer.text, (method, path)
    assert two.rows() == before
