"""The main job, whole: a stranger starts the program, and the ward's decision is alive."""

from __future__ import annotations

import email
import email.header
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.cli.whole import Whole, until
from tests.ports import free_port

STAGES = ("plan", "implement", "report")
CULTURE = "Phòng Văn hóa - Xã hội"


class Letters:
    """A real mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.kept: list[tuple[list[str], email.message.Message]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        assert isinstance(envelope.content, bytes)
        self.kept.append((list(envelope.rcpt_tos), email.message_from_bytes(envelope.content)))
        return "250 2.0.0 Ok: queued as ABC123"

    def subjects_to(self, address: str) -> list[str]:
        """Return the decoded subjects of the letters to an address, in order of arrival."""
        return [
            str(email.header.make_header(email.header.decode_header(letter["Subject"])))
            for to, letter in self.kept
            if address in to
        ]


@pytest.fixture(scope="module")
def letters() -> Iterator[tuple[Letters, int]]:
    """Run a mail server."""
    kept, port = Letters(), free_port()
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    yield kept, port
    server.stop()


@pytest.fixture(scope="module")
def whole(letters: tuple[Letters, int]) -> Iterator[Whole]:
    """Run the program with that mail server; whatever happens, leave nothing running."""
    data = Path(tempfile.mkdtemp(prefix="cchc-"))
    data.chmod(0o711)
    program = Whole(data, CCHC_MAIL_URL=f"mailto://127.0.0.1:{letters[1]}?from=cchc@example.vn&mode=insecure")
    program.start()
    yield program
    assert program.process is not None
    if program.process.poll() is None:
        program.stop()
    shutil.rmtree(data, ignore_errors=True)


@pytest.mark.slow
def test_an_event_becomes_a_run_that_survives_kills_and_ends_as_evidence(
    whole: Whole, letters: tuple[Letters, int]
) -> None:
    until(
        lambda: "UBND phường Thành Đông" in whole.page("/login"),
        "the ward of the packaged decision asks to sign in",
    )
    until(whole.all_run, "every part runs")
    assert {part["state"] for part in whole.read("status")["parts"]} == {"running"}
    tasks = whole.read("task", "list")["tasks"]
    assert len(tasks) == 33

    whole.run("unit", "contact", CULTURE, "--email", "vhxh@example.vn")
    whole.run("user", "add", "lan", "--role", "officer", "--unit", CULTURE, "--email", "lan@example.vn")
    raised = whole.read(
        "event", "raise", "guidance", "--doc-number", "12/SNV-CCHC", "--doc-date", "2026-02-02",
        "--issuer", "Sở Nội vụ", "--summary", "Hướng dẫn tổ chức lại đơn vị sự nghiệp", "--task", "IV.1",
        "--by", "dieuphoi",
    )  # fmt: skip # short values read best packed
    assert [each["unit"] for each in raised["occurrences"]] == [CULTURE]
    kept, _ = letters
    until(
        lambda: any("IV.1" in subject for subject in kept.subjects_to("vhxh@example.vn")),
        "the lead unit is told of the event",
    )
    until(lambda: run_state(whole) == "Chờ ban hành kế hoạch", "the run waits for the plan")

    for stage in STAGES:
        if stage == "implement":
            whole.kill("worker")
        if stage == "report":
            whole.kill("prefect")
        whole.run("stage", "submit", "IV.1", stage, "--by", "lan", "--doc-number", f"5/{stage}")
        if stage == "plan":
            whole.run("stage", "accept", "IV.1", stage, "--by", "lan", code=1)
        whole.run("stage", "accept", "IV.1", stage, "--by", "dieuphoi")
    until(whole.all_run, "what was killed runs again")
    with pytest.raises(
        HTTPError, match="400"
    ):  # as a page on the internet asks that makes its name point here
        whole.prefect("/flow_runs/filter", {}, Host="evil.example")
    until(lambda: run_state(whole) == "Completed", "the run ends")

    until(
        lambda: (
            sum("nghiệm thu" in subject for subject in kept.subjects_to("vhxh@example.vn")) == len(STAGES)
        ),
        "the unit is told of each acceptance, once",
    )
    shown = whole.read("task", "show", "IV.1")
    assert shown["occurrences"][0]["status"] == "hoàn thành không có hạn"
    assert shown["flow_runs"]
    assert whole.read("audit", "verify")["ok"]
    assert not whole.watched.exists() or whole.watched.read_text() == "", "an outside address was tried"


@pytest.mark.slow
def test_nothing_is_lost_or_left_when_all_of_it_is_killed(whole: Whole) -> None:
    until(whole.all_run, "every part runs")
    url = whole.parts()["database"]["url"]
    with psycopg.connect(url, autocommit=True) as connection:
        before = connection.execute("SELECT count(*) FROM cchc.audit_event").fetchone()
    assert whole.process is not None
    whole.process.kill()
    whole.process.wait()
    until(
        lambda: all(part["state"] == "down" for name, part in whole.parts().items() if name != "database"),
        "every part goes with it",
    )

    whole.start()
    until(whole.all_run, "the next start carries on")
    assert whole.read("audit", "verify")["ok"]
    with psycopg.connect(whole.parts()["database"]["url"], autocommit=True) as connection:
        after = connection.execute("SELECT count(*) FROM cchc.audit_event").fetchone()
    assert before is not None
    assert after is not None
    assert after[0] >= before[0]
    assert "Đã nhập" not in whole.page()
    assert whole.run("up", code=3).count("đang chạy rồi") == 1
    assert whole.stop() == 0
    until(lambda: not list(whole.data.glob("pgdata/postmaster.pid")), "the database is stopped too")
    assert not whole.watched.exists() or whole.watched.read_text() == "", "an outside address was tried"


def run_state(whole: Whole) -> str:
    """Return the state's name of the run of IV.1, as Prefect shows it."""
    runs = whole.prefect("/flow_runs/filter", {"flow_runs": {"name": {"like_": "IV.1 "}}})
    return runs[0]["state"]["name"] if runs else ""
