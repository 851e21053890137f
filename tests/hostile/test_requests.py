"""Requests that no browser of an honest person sends: they are answered, and leave nothing in the log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from services.people import Ward
from tests.builders import OFFICE, occurrence, plan_of, task
from tests.web.conftest import Browse
from tests.web.machines import Caller, token_of

BROKEN = ("//[", "http://[", "//a@b[", "//\u2100")  # each of these `urlsplit` refuses to take apart


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(plan_of(task("I.1", occurrences=[occurrence()])))


@pytest.mark.parametrize("broken", BROKEN)
def test_an_address_that_is_none_leads_to_the_first_page_and_is_no_fault(
    ward: Ward, browse: Browse, broken: str
) -> None:
    stranger, lan = browse(as_=None).client, browse(as_="lan")
    sent = broken.encode()

    assert stranger.get("/login", params={"next": broken}).status_code == 200
    assert lan.get("/login", params={"next": broken}, follow_redirects=False).headers["location"] == "/"
    asked = stranger.post("/me/password", headers={"referer": sent}, follow_redirects=False)
    assert asked.headers["location"] == "/login?next=%2F"
    assert lan.client.post("/me/password", headers={"origin": sent}).status_code == 403
    assert lan.send("/extensions/1/withdraw", shown="/me", back=broken).status_code == 404
    assert stranger.post("/open/received/" + "A" * 43, headers={"origin": sent}).status_code in {403, 404}


def test_a_name_of_a_file_in_half_letters_is_answered_by_the_api_like_any_other(
    ward: Ward, engine: Engine, browse: Browse
) -> None:
    token = token_of(engine, ward, "submit", unit=OFFICE).token
    body = (
        b'--B\r\nContent-Disposition: form-data; name="files"; filename="\\ud800.pdf"\r\n\r\nMZ\r\n--B--\r\n'
    )
    kind = "multipart/form-data; boundary=B; charset=unicode_escape"

    answer = Caller(browse(as_=None), token).ask(
        "POST", "/occurrences/1/stages/plan/submissions", content=body, headers={"content-type": kind}
    )

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:cchc:problem:bad-file"), answer.text


@pytest.mark.parametrize("path", ["/reset/{}", "/first/{}", "/open/calendar/{}.ics", "/open/received/{}"])
def test_no_log_holds_the_token_of_a_link_that_was_asked_for_while_the_database_was_away(
    browse: Browse, tmp_path: Path, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    away = SecretStr(f"postgresql:///nothing?host={tmp_path}")

    answer = browse(as_=None, database_url=away).client.get(path.format("S" * 43))

    said = [record.getMessage() for record in caplog.records if record.name.startswith(("web", "uvicorn"))]
    assert answer.status_code == 503
    assert said
    assert "SSSS" not in "".join(said)
