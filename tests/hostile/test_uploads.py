"""Files that were made to harm, through every door that takes a file."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from starlette.types import Message

from services.people import Ward
from tests.builders import OFFICE, occurrence, plan_of, task
from tests.services.formats.hostile import MEGABYTE, SHEET, crowded, swollen, with_macro
from tests.services.formats.valid import excel, word
from tests.web.conftest import Browse, Browser
from tests.web.machines import API, token_of
from web import app
from web.forms import LARGEST_BUNDLE, LARGEST_FILE, LARGEST_FORM, SESSION, own_bundle, own_upload

BIDI = "\u202e"
EVENT = {
    "type": "guidance",
    "doc_number": "1/UB",
    "doc_date": "2026-02-27",
    "issuer": "UBND tỉnh",
    "summary": "x",
    "tasks": "I.1",
    "task": "I.1",
}
# Each form that takes a file: who sends it, on which page it stands, what else is typed.
FORMS: dict[str, tuple[str, str, dict[str, str]]] = {
    "/plan/import": ("dieuphoi", "/plan/import", {}),
    "/plan/amend": ("dieuphoi", "/plan/amend", {}),
    "/events/new": ("dieuphoi", "/events/new", EVENT),
    "/occurrences/{occurrence_id}/{stage}/submit": ("lan", "/me", {"note": "x"}),
}
API_FORM = f"{API}/occurrences/1/stages/plan/submissions"


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(plan_of(task("I.1", occurrences=[occurrence()])))


def address(path: str) -> str:
    return path.format(occurrence_id=1, stage="plan")


Send = Callable[[str, bytes], Any]


@pytest.fixture
def sender(ward: Ward, browse: Browse, engine: Engine) -> Callable[[str], Send]:
    """Give a function that opens a door and returns what sends a file through it."""

    def opened(path: str) -> Send:
        if path == API_FORM:
            client = browse(as_=None).client
            headers = {"authorization": f"Bearer {token_of(engine, ward, 'submit', unit=OFFICE).token}"}
            return lambda name, content: client.post(
                API_FORM, headers=headers, files={"files": (name, content)}
            )
        who, shown, fields = FORMS[path]
        browser = browse(as_=who)
        return lambda name, content: browser.send(
            address(path), shown=shown, files={"file": (name, content)}, **fields
        )

    return opened


def unpacking_to(size: int) -> bytes:
    """Return a zip of a few kilobytes that unpacks to `size` bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", b"\0" * size)
    return buffer.getvalue()


PROGRAM = b"MZ\x90\x00" + b"\0" * 200
PAGE = b"<!doctype html><script>alert(document.cookie)</script>"
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
POLYGLOT = b"%PDF-1.7\n" + PAGE + b"\n%%EOF"
NAMES = (
    "../../../../etc/cron.d/x.pdf",
    "..\\..\\x.pdf",
    "C:\\Windows\\System32\\x.pdf",
    "/etc/passwd",
    "..",
    ".",
    "%2e%2e%2fx.pdf",
    "a\0b.pdf",
    f"bao-cao{BIDI}fdp.exe",
    "x" * 10_000 + ".pdf",
    "ký tự \r\nSet-Cookie: a=b.pdf",
    '"><img src=x onerror=alert(1)>.pdf',
    "{{7*7}}.pdf",
    "CON.pdf",
    "-rf.pdf",
    ".htaccess",
    "",
)
CONTENTS: dict[str, tuple[str, bytes]] = {
    "a program called .pdf": ("bao-cao.pdf", PROGRAM),
    "a program called .docx": ("bao-cao.docx", PROGRAM),
    "a program": ("setup.exe", PROGRAM),
    "nothing": ("trong.pdf", b""),
    "a page": ("trang.html", PAGE),
    "a page called .docx": ("trang.docx", PAGE),
    "a picture with a script": ("anh.svg", PICTURE),
    "a polyglot": ("bao-cao.pdf", POLYGLOT),
    "macros": ("bao-cao.docm", with_macro(word())),
    "macros called .docx": ("bao-cao.docx", with_macro(word())),
    "a zip that swells": ("bao-cao.zip", unpacking_to(64 * MEGABYTE)),
    "a sheet that swells": ("bao-cao.xlsx", swollen(excel(), SHEET, b"</t>", 40)),
    "a document of 30,000 parts": ("bao-cao.docx", crowded(word())),
    "half a zip": ("bao-cao.docx", word()[:300]),
    "text in no known encoding": ("bao-cao.txt", bytes(range(128, 256)) * 20),
    "text in UTF-16": ("bao-cao.txt", "Kế hoạch".encode("utf-16")),
    "a text of one line": ("bao-cao.txt", b"a" * MEGABYTE),
}


# Each is read in a process of its own; /plan/amend reads as /plan/import does, by the same functions.
QUICK = {"a program called .pdf", "nothing", "a page", "a picture with a script", "half a zip"}
SAME = {"macros", "a page called .docx", "a program called .docx"}


def files_in(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


def kept(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT sha256 FROM cchc.document").scalars())


def check_documents(browser: Browser, engine: Engine) -> None:
    """Whatever was kept is handed out to be saved, under a name that is one."""
    for digest in kept(engine):
        answer = browser.get(f"/documents/{digest}")
        if answer.status_code == 503:  # of the plan in these tests there is no file
            continue
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith("attachment; filename")
        name = unquote(disposition.partition("''")[2]) or disposition.partition('"')[2].rstrip('"')
        assert name
        assert len(name) <= 200
        assert not re.search(r"[/\\\0\r\n\u202a-\u202e\u2066-\u2069]", name), name
        assert name not in {".", ".."}


def test_no_form_that_takes_a_file_is_forgotten_here() -> None:
    def takes_file(dependant: Dependant) -> bool:
        return dependant.call in {own_upload, own_bundle} or any(map(takes_file, dependant.dependencies))

    found = {
        route.path
        for part in app.PAGES
        for route in part.router.routes
        if isinstance(route, APIRoute) and takes_file(route.dependant)
    }
    assert found == FORMS.keys()


@pytest.mark.parametrize("door", [*FORMS, API_FORM])
def test_no_name_of_a_file_leads_out_of_the_store(
    sender: Callable[[str], Send], browse: Browse, engine: Engine, data: Path, door: str
) -> None:
    send = sender(door)
    for name in NAMES:
        # What a decision is read from needs no PDF here, which would take a process for each name.
        answer = send(name, (b"x " if door.startswith("/plan/") else b"%PDF-1.7 ") + name.encode())
        assert answer.status_code < 500, (name, answer.text)
        assert "<img src=x" not in answer.text
        assert "<b>49" not in answer.text
        assert "a=b" not in answer.headers.get("set-cookie", "")
    for path in files_in(data):
        assert re.fullmatch(r"(documents|incoming/\d+)/[0-9a-f]{2}/[0-9a-f]{64}", path) or path.startswith(
            ("keys/", "run/")
        ), path
    check_documents(browse(as_="thanhtra"), engine)


@pytest.mark.parametrize("door", [*FORMS, API_FORM])
def test_no_content_of_a_file_harms_anybody(
    sender: Callable[[str], Send], browse: Browse, engine: Engine, data: Path, door: str
) -> None:
    send = sender(door)
    for what, (name, content) in CONTENTS.items():
        if (door == "/plan/amend" and what not in QUICK) or (door == "/plan/import" and what in SAME):
            continue
        answer = send(name, content)
        assert answer.status_code < 500, (what, answer.text[:2000])
        assert b"<script>alert" not in answer.content, what
        if what in {"nothing", "a program called .pdf"}:
            assert answer.status_code in {409, 422}, what
    assert not [path for path in files_in(data) if "/.new-" in path]
    check_documents(browse(as_="thanhtra"), engine)


@pytest.mark.parametrize("door", [*FORMS, API_FORM])
def test_a_file_of_200_megabytes_is_refused_and_fills_neither_memory_nor_disk(
    ward: Ward, browse: Browse, engine: Engine, data: Path, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = None if door == API_FORM else FORMS[door][0]
    browser = browse(as_=who)
    headers = {"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:8000"}
    if who is None:
        headers["authorization"] = f"Bearer {token_of(engine, ward, 'submit', unit=OFFICE).token}"
    else:
        token = re.search(r'name="token" value="([^"]+)"', browser.page("/me"))
        assert token
        headers["cookie"] = f"{SESSION}={browser.client.cookies[SESSION]}"
    spooled = watched(monkeypatch)

    status, taken = asyncio.run(streamed(browser, address(door), headers, token[1] if who else ""))

    assert status == 413
    largest = LARGEST_BUNDLE if "submit" in door and who else LARGEST_FILE
    assert spooled[0] <= largest + LARGEST_FORM + 2 * MEGABYTE
    assert taken <= 201 * MEGABYTE
    assert not [path for path in files_in(data) if path.startswith(("documents", "incoming"))]


def watched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how many bytes a form's files take in."""
    from starlette.datastructures import UploadFile

    written, write = [0], UploadFile.write

    async def counting(self: UploadFile, chunk: bytes) -> None:
        written[0] += len(chunk)
        await write(self, chunk)

    monkeypatch.setattr(UploadFile, "write", counting)
    return written


async def streamed(browser: Browser, path: str, headers: dict[str, str], token: str) -> tuple[int, int]:
    """Send a form with 200 MB in pieces, without saying before how long it is."""
    answers: list[Message] = []
    begin = (
        f'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n{token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n%PDF-1.7 '
    )
    pieces = [begin.encode(), *[b"\0" * MEGABYTE] * 200, b"\r\n--x--\r\n"]
    at = 0

    async def receive() -> Message:
        nonlocal at
        at += 1
        return {"type": "http.request", "body": pieces[at - 1], "more_body": at < len(pieces)}

    async def send(message: Message) -> None:
        answers.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": b"",
        "scheme": "http",
        "http_version": "1.1",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "headers": [
            *((name.encode(), value.encode()) for name, value in headers.items()),
            (b"content-type", b"multipart/form-data; boundary=x"),
        ],
    }
    await browser.client.app(scope, receive, send)
    return answers[0]["status"], sum(map(len, pieces[:at]))


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "utf-16", "idna", "no-such", "rot13", "\xff"])
def test_a_form_in_a_strange_encoding_is_no_fault(ward: Ward, browse: Browse, charset: str) -> None:
    browser = browse(as_="lan")
    token = re.search(r'name="token" value="([^"]+)"', browser.page("/me"))
    assert token
    body = (
        f'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n{token[1]}\r\n'
        '--x\r\nContent-Disposition: form-data; name="note"\r\n\r\n\\ud800 \\u0000 +2AA-\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="\\ud800\\u0000.pdf"\r\n\r\n%PDF'
        "\r\n--x--\r\n"
    )
    headers = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}

    answer = browser.client.post(
        "/occurrences/1/plan/submit",
        content=body.encode(),
        headers={
            **headers,
            "content-type": f"multipart/form-data; boundary=x; charset={charset}".encode("latin-1"),
        },  # type: ignore[dict-item] # httpx takes bytes as well
        follow_redirects=False,
    )

    assert answer.status_code < 500
