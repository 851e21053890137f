"""No page leads anybody to a page that is not theirs, or that is not there."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import Engine

from domain.people import Role
from domain.plans import Finding, Severity, Stage, TaskKind
from models import directory
from models.database import transaction
from services.events import EventRequest, raise_event
from services.people import Ward
from services.plans import calendar
from services.stages import Submission, submit
from tests.builders import CULTURE, NOW, OFFICE, TODAY, occurrence, plan_of, task
from tests.web.conftest import Browse, Browser

NAMES = ("dieuphoi", "lan", "chutich", "thanhtra", "quantri")
ENOUGH = 2  # pages of one kind: those of other tasks and steps have the same links
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]+)"')


def shape(address: str) -> str:
    """Return what is alike in the addresses of pages of one kind."""
    parts = urlsplit(address)
    path = re.sub(r"\b([IVX]+\.)?\d+\b", "#", parts.path)
    return path + "?" + "&".join(sorted(each.partition("=")[0] for each in parts.query.split("&")))


def dead_ends(browser: Browser) -> list[str]:
    """Follow every link from the first page on; return those that are refused, each with its page."""
    known, waiting, bad = {"/"}, [("/", "/")], []
    counts: dict[str, int] = {}
    while waiting:
        address, seen_on = waiting.pop()
        answer = browser.get(address)
        if answer.status_code >= 400 and not address.startswith("/documents/"):  # the store is empty here
            bad.append(f"{answer.status_code} {address} on {seen_on}")
        if "html" not in answer.headers["content-type"]:
            continue
        for link in LINK.findall(answer.text):
            target = urlsplit(urljoin(address, html.unescape(link)))
            there = target._replace(scheme="", netloc="", fragment="").geturl()
            counts[shape(there)] = counts.get(shape(there), 0) + (there not in known)
            if target.netloc == "" and there not in known and counts[shape(there)] <= ENOUGH:
                known.add(there)
                waiting.append((there, address))
    assert len(known) > 10
    return bad


@pytest.fixture
def busy(started: Callable[..., Ward], engine: Engine) -> None:
    """Make an office with work of every kind."""
    late = [occurrence(plan=date(2026, 2, 2))]
    guided = task("II.3", TaskKind.EVENT, event_types=["guidance"])
    rows = (
        task("I.1", occurrences=late),
        task("I.2", lead=CULTURE, occurrences=late),
        task("II.2", TaskKind.UNSPECIFIED),
    )
    ward = started(plan_of(*rows, guided, findings=[Finding("x", Severity.CHECK, "Xem lại giúp.", "I.1")]))
    arrived = EventRequest("guidance", "1/HD-SNV", TODAY, "Sở Nội vụ", "Hướng dẫn", tasks=("II.3",))
    with transaction(engine) as connection:
        raise_event(connection, ward, arrived, by="dieuphoi", today=TODAY, now=NOW)
        first = min(each.occurrence_id for each in calendar(connection, ward))
        submit(connection, ward.id, Submission(first, Stage.PLAN, TODAY), by="lan", today=TODAY, now=NOW)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_led_to_a_refusal(busy: None, browse: Browse, name: str) -> None:
    assert dead_ends(browse(as_=name)) == []


def test_nor_before_there_is_a_plan(browse: Browse, engine: Engine) -> None:
    with transaction(engine) as connection:
        ward = directory.put_ward(connection, "phuong-moi", "UBND phường Mới")
        unit = directory.put_unit(connection, ward, OFFICE, is_group=False)
        directory.put_account(connection, ward, "lan", Role.OFFICER, unit, None)
    browser = browse()
    for browser.as_ in NAMES:
        assert dead_ends(browser) == [], browser.as_
