"""Texts that were made to harm, put into every field that keeps one, and looked for on every page."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial

import openpyxl
import pytest
from fastapi.routing import APIRoute
from icalendar import Calendar
from sqlalchemy import Engine

from domain.plans import Finding, PlanReading, Severity, Stage, TaskKind
from domain.typed import UNSEEN
from models.database import transaction
from services import events, extensions, feeds, stages, stand_ins
from services.composing import Office
from services.outbox import send_due
from services.people import Ward
from tests.builders import (
    CULTURE,
    NOW,
    TODAY,
    occurrence,
    office,
    plan_of,
    task,
)
from tests.hostile.forms import read
from tests.post import HANOI, Recorder
from tests.web.conftest import Browse, Browser
from tests.web.machines import Caller, token_of
from tests.web.test_access import EVERYONE, TABLE, address
from web import app

SCRIPT = "<script>z()</script>"
POISON = f'=1+1{SCRIPT}"><img src=q onerror=z()> {{{{7*7}}}}'
LINK = "javascript:z()"
ESCAPED = "&lt;script&gt;z()&lt;/script&gt;"
BIDI = "\u202e"
# Who signs in, leaves or changes whether anybody can is not tried: it is no text, and ends what is tried.
NOT_SENT = re.compile(r"/logout|/me/(password|code|sessions).*|/accounts/.*|/zalo.*|.*/(disable|revoke)")


def poisoned(**more: str) -> PlanReading:
    """Return a plan that a decision full of such texts would give."""
    rows = (
        task("I.1", occurrences=[occurrence(f"Kỳ {POISON}", plan=date(2026, 2, 27))]),
        task("II.2", lead=CULTURE, occurrences=[occurrence()]),
        task("IV.1", TaskKind.EVENT, event_types=["guidance"]),
    )
    rows = tuple(
        replace(each, title=f"{POISON} {each.code}", time_text=f"{POISON} {LINK}", products=(POISON, LINK))
        for each in rows
    )
    doubts = [
        Finding(code, Severity.CHECK, POISON, task="I.1", source_text=POISON)
        for code in ("group-lead", "assumed-date", "year")
    ]
    read = plan_of(*rows, findings=doubts, **more)
    sections = tuple(replace(each, title=POISON) for each in read.sections)
    return replace(read, sections=sections, decision=replace(read.decision, title=POISON))


@pytest.fixture
def ward(engine: Engine) -> Ward:
    """Give a ward whose plan, submissions, requests and events hold such texts."""
    with transaction(engine) as connection:
        made = office(connection, poisoned()).ward
        first, second = (
            row.id
            for row in connection.exec_driver_sql(
                f"SELECT o.id FROM cchc.occurrence o WHERE o.ward_id = {made.id} ORDER BY o.id"
            )
        )
        handed = stages.Submission(second, Stage.PLAN, TODAY, doc_number=POISON[:90], note=POISON)
        stages.submit(connection, made.id, handed, by="hoa", today=TODAY, now=NOW)
        stages.send_back(connection, made.id, second, Stage.PLAN, by="dieuphoi", reason=POISON, now=NOW)
        extensions.request(
            connection, made, first, Stage.REPORT,
            until=date(2026, 12, 20), reason=POISON, document=POISON, by="lan", today=TODAY, now=NOW,
        )  # fmt: skip # one call
        arrived = events.EventRequest("guidance", POISON[:90], TODAY, POISON, f"{POISON} {LINK}")
        events.raise_event(connection, made, arrived, by="dieuphoi", today=TODAY, now=NOW)
        stand_ins.name_stand_in(
            connection, made, "lan", "hoa",
            first=TODAY, last=TODAY, reason=POISON, by="lan", today=TODAY, now=NOW,
        )  # fmt: skip # one call
    return made


def pages(name: str) -> Iterator[str]:
    for (method, path), may in sorted(TABLE.items()):
        if method == "GET" and name in may and not path.endswith((".csv", ".xlsx")):
            yield address(path)


def visited(browser: Browser) -> dict[str, str]:
    """Return the HTML of every page that a role sees, of each task, and of what is searched."""
    assert browser.as_ is not None
    more = ["/tasks/II.2", "/tasks/IV.1", "/occurrences/2/plan", "/outbox/2"]
    asked = [f"{path}?q={{}}&unit={{}}&person={{}}&name={{}}" for path in ("/tasks", "/search", "/audit")]
    found = {}
    for path in [*pages(browser.as_), *more, *(each.replace("{}", POISON_IN_ADDRESS) for each in asked)]:
        answer = browser.get(path)
        if "text/html" in answer.headers.get("content-type", ""):
            found[path] = answer.text
    return found


POISON_IN_ADDRESS = "%3Cscript%3Ez()%3C%2Fscript%3E%22%3E%3Cimg%20src%3Dq%20onerror%3Dz()%3E"


def check(path: str, page: str) -> None:
    assert SCRIPT not in page, path
    assert "<img src=q" not in page, path
    assert read(page).active == [], path


def fill_every_form(browser: Browser) -> set[str]:
    """Send every form that a role is shown, each text field full of it; return where to."""
    done: set[str] = set()
    for path, page in visited(browser).items():
        for form in read(page).forms:
            if not form.posts or form.action in done or NOT_SENT.fullmatch(form.action):
                continue
            done.add(form.action)
            sent = form.filled(POISON, "2026-04-30")
            sent.pop("token", None)
            answer = browser.send(form.action, shown=path, **sent)
            assert answer.status_code < 500, (form.action, sent, answer.text[-3000:])
            if "text/html" in answer.headers.get("content-type", ""):
                check(form.action, answer.text)
    return done


@pytest.mark.parametrize("name", sorted(EVERYONE))
def test_no_text_acts_on_any_page_of_any_role(ward: Ward, browse: Browse, name: str) -> None:
    browser = browse(as_=name)

    found = visited(browser)

    for path, page in found.items():
        check(path, page)
    shown = [path for path, page in found.items() if ESCAPED in page]
    assert len(shown) >= 8, shown  # the texts are there, as texts


def test_what_is_typed_into_every_form_comes_back_as_text(ward: Ward, browse: Browse, engine: Engine) -> None:
    sent: set[str] = set()
    for name in ("lan", "dieuphoi", "chutich", "quantri"):
        sent |= fill_every_form(browse(as_=name))

    assert len(sent) >= 15, sorted(sent)
    for name in ("dieuphoi", "quantri"):
        for path, page in visited(browse(as_=name)).items():
            check(path, page)


def test_no_cell_of_a_list_that_is_taken_along_is_a_formula(ward: Ward, browse: Browse) -> None:
    browser = browse(as_="dieuphoi")
    files = [address(path) for method, path in TABLE if method == "GET" and path.endswith((".csv", ".xlsx"))]
    assert len(files) >= 4
    for path in files:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-disposition"].startswith("attachment"), path
        if path.endswith(".csv"):
            rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=",")
            cells = [part for row in rows for cell in row for part in (cell, *cell.split(";"))]
            bad = [cell for cell in cells if re.match(r"[=@\t\r]|[+-](?!\d)", cell)]
            assert not bad, (path, bad[:3])
            assert any("1+1" in cell for cell in cells) or "log" in path, path
        else:
            book = openpyxl.load_workbook(io.BytesIO(answer.content))
            assert not [
                cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
            ], path


def test_no_text_acts_in_a_letter_or_a_calendar(ward: Ward, engine: Engine) -> None:
    told = Recorder()
    send_due(partial(transaction, engine), told, Office("http://127.0.0.1:8000", HANOI), lambda: NOW)

    html = [message.html for message in told.messages if message.html]
    assert any(ESCAPED in each for each in html)
    for message in told.messages:
        assert "\n" not in message.subject
        check_letter(message.html or "")
        for attachment in message.attachments:
            if attachment.media_type.startswith("text/calendar"):
                check_calendar(attachment.content)
    with transaction(engine) as connection:
        made = feeds.make_feed(
            connection, ward, user="dieuphoi", by="dieuphoi", link_base="http://x", now=NOW
        )
        token = made.address.rpartition("/")[2].removesuffix(".ics")
        feed = feeds.calendar(connection, token, link_base="http://x", timezone=HANOI, now=NOW)
    assert check_calendar(feed.body)


def check_letter(html: str) -> None:
    found = [each for each in read(html).active if not each.endswith(" style") and each != "<style>"]
    assert not found  # letters bring their style with them, since mail programs take no other
    assert SCRIPT not in html


def check_calendar(body: bytes) -> bool:
    entries = Calendar.from_ical(body).walk("VEVENT")
    assert {name for entry in entries for name in entry} <= {
        *("UID", "SUMMARY", "DESCRIPTION", "DTSTART", "DTEND", "DTSTAMP", "SEQUENCE", "URL", "STATUS"),
        *("LAST-MODIFIED", "TRANSP", "CATEGORIES", "ORGANIZER", "ATTENDEE", "CREATED", "LOCATION", "CLASS"),
    }
    return bool(entries)


def test_the_api_gives_texts_as_they_are_and_takes_no_letters_that_turn_a_line_round(
    ward: Ward, engine: Engine, browse: Browse
) -> None:
    caller = Caller(browse(as_=None), token_of(engine, ward, "read", "raise-events", label=POISON).token)
    event = {
        "type": "guidance",
        "doc_number": f"2{POISON}"[:90],
        "doc_date": TODAY.isoformat(),
        "issuer": POISON,
        "summary": POISON,
    }

    assert caller.ask("POST", "/events", json=event).status_code == 201
    assert caller.ask("POST", "/events", json={**event, "summary": BIDI}).status_code == 422
    answer = caller.ask("GET", "/events")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["events"][0]["summary"] == POISON
    for name in ("dieuphoi", "quantri"):
        for path, page in visited(browse(as_=name)).items():
            check(path, page)


def test_letters_that_turn_a_line_round_are_left_out_of_what_is_typed(ward: Ward, browse: Browse) -> None:
    browser = browse(as_="quantri")
    turned = f"Trục{BIDI} liên thông\u2066"

    browser.send("/machines", shown="/machines", name="may", label=turned, **{"scope-read": "1"})

    page = browser.page("/machines")
    assert "Trục liên thông" in page
    assert not UNSEEN.search(page)


ODD = (
    *("%FF%FE", "%ED%A0%80", "-1", "99999999999999999999", "'", "x" * 3000, "%E2%80%AE"),
    *("[]", "0001-01-01", "9999-12-31", "%25", "\\"),
)


def test_no_odd_value_in_an_address_is_a_fault(ward: Ward, browse: Browse) -> None:
    first, other = browse(as_="dieuphoi"), browse(as_="quantri")
    assert first.get("/reminders/calendar?task=%00").status_code == 400
    faults = []
    for part in app.PAGES:
        for route in part.router.routes:
            if not isinstance(route, APIRoute) or "GET" not in route.methods:
                continue
            browser = first if "dieuphoi" in TABLE["GET", route.path] else other
            for each in sorted(parameters(route.dependant)):
                for odd in ODD:
                    asked = f"{address(route.path)}?{each}={odd}"
                    if browser.get(asked).status_code >= 500:
                        faults.append(asked[:120])
    assert not faults


def parameters(dependant: object) -> set[str]:
    own = {field.alias for field in dependant.query_params}  # type: ignore[attr-defined] # FastAPI's Dependant
    return own.union(*(parameters(each) for each in dependant.dependencies))  # type: ignore[attr-defined] # as above
