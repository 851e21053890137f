"""docs/api.md, followed word for word by somebody who has nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.event_types import load_event_types
from domain.plans import TaskKind
from services.people import Ward
from tests.builders import CULTURE, NOW, OFFICE, occurrence, plan_of, task
from tests.web.conftest import Browse
from tests.web.machines import Caller, token_of
from web.api.gate import BY_TOKEN, LARGEST_JSON
from web.api.stages import MOST_FILES

GUIDE = (Path(__file__).resolve().parents[3] / "docs/api.md").read_text(encoding="utf-8")
SENT = json.loads(re.findall(r"<<'JSON'\n(.*?)\nJSON", GUIDE, re.DOTALL)[0])
REFUSED = json.loads(re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)[0])


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(
        plan_of(
            task("II.2", lead=CULTURE, occurrences=[occurrence(plan=date(2026, 3, 31))]),
            task("V.2", TaskKind.EVENT, event_types=["guidance"]),
        )
    )


def test_a_stranger_can_raise_an_event_read_and_hand_in(ward: Ward, engine: Engine, browse: Browse) -> None:
    register = Caller(browse(as_=None), token_of(engine, ward, "raise-events", "read").token)
    sent = SENT | {"doc_date": NOW.date().isoformat()}

    raised = register.ask("POST", "/events", json=sent)
    assert raised.status_code == 201, raised.text
    assert [each["task"] for each in raised.json()["occurrences"]] == SENT["tasks"]
    again = register.ask("POST", "/events", json=sent)
    assert (again.status_code, again.json()["already"]) == (200, True)
    unlabelled = register.ask("POST", "/events", content=json.dumps(sent).encode())
    assert unlabelled.status_code == 422

    more = dict(re.findall(r'-F "?(\w+)=([^@"]+?)"?(?= -F| \\|$)', section("Record"), re.MULTILINE))
    with_file = register.ask(
        "POST",
        "/events/with-file",
        data=more | {"doc_date": NOW.date().isoformat()},
        files={"file": ("cong-van.pdf", b"%PDF-1.7 cong van")},
    )
    assert with_file.status_code == 201, with_file.text
    assert register.get("/events")["events"][0]["file_name"] == "cong-van.pdf"

    opened = str(raised.json()["occurrences"][0]["id"])
    for address in ("/wards/me", *re.findall(r"`(/[a-z/]+(?:V\.2|56)?)`", section("Read"))):
        assert register.get(address.replace("56", opened)), address
    refused = register.ask("GET", "/tasks/IX.9")
    assert refused.json() == REFUSED

    unit = Caller(browse(as_=None), token_of(engine, ward, "submit", unit=OFFICE).token)
    fields = dict(re.findall(r"-F (\w+)=([^@\s]+)", section("Hand a stage in")))
    fields |= {name: NOW.date().isoformat() for name in ("effective_on", "doc_date")}
    handed = unit.ask(
        "POST",
        f"/occurrences/{opened}/stages/plan/submissions",
        data=fields,
        files=[("files", ("ke-hoach.pdf", b"%PDF-1.7 ke hoach"))],
    )
    assert handed.status_code == 201, handed.text
    assert handed.json()["late"] is False


def section(title: str) -> str:
    """Return a section of the guide."""
    return GUIDE.partition(f"\n## {title}")[2].partition("\n## ")[0]


def test_the_guide_tells_the_types_and_limits_that_there_are() -> None:
    types = dict(re.findall(r"^\| `([\w-]+)` \| (.+) \|$", section("Record"), re.MULTILINE))

    assert types == {each.code: each.label for each in load_event_types()}
    assert f"{BY_TOKEN.at_once} calls at once or {BY_TOKEN.a_minute} a minute" in GUIDE
    assert f"{LARGEST_JSON // 1024} KB of JSON" in GUIDE
    assert f"{MOST_FILES} files" in GUIDE
