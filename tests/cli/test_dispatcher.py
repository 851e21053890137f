"""The dispatcher as a process, between a real database, a real mail server and a Zalo of our own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from datetime import time as hour
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import Engine

from config.secrets import Keys
from domain.plans import Stage, TaskKind
from domain.quiet import QuietHours
from models.database import transaction
from models.history import SYSTEM
from services.channels import states
from services.due_dates import set_date
from services.events import EventRequest, raise_event
from services.people import Ward, add_contact
from services.reminder_rules import Hours, set_hours
from services.zalo_consent import seed
from tests.bench.mail import listening
from tests.builders import OFFICE, office, plan_of, task
from tests.cli.whole import until
from tests.granting import Granting
from tests.waiting import LONGEST_S
from tests.zalo_server import Reply, ZaloServer

KEY = bytes(range(32))
GROUP = "/v3.0/oa/group/message"


class Far:
    """A mail server that keeps what it takes."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.letters.append(
            message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), EmailMessage, policy=policy.default)
        )
        return "250 2.0.0 Ok: queued as 4F1D2A9C"

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if letter["to"] == address]


@pytest.fixture
def far() -> Far:
    return Far()


@pytest.fixture
def zalo() -> Iterator[ZaloServer]:
    with ZaloServer(lambda: datetime.now(UTC)) as server:
        yield server


@pytest.fixture
def ward(engine: Engine) -> Ward:
    """Give a ward at whose hour nobody is disturbed, whose office reads Zalo first."""
    now = datetime.now(UTC)
    with transaction(engine) as connection:
        made = office(
            connection, plan_of(task("V.1", TaskKind.EVENT, event_types=["guidance"])), now=now
        ).ward
        never = QuietHours(hour(0), hour(0))
        set_hours(connection, made, Hours(hour(7), never, 1), by="dieuphoi", now=now)
        for rank, (channel, address) in enumerate((("zalo-group", "g-vhxh"), ("email", "vp@phuong.vn")), 1):
            add_contact(
                connection, made, OFFICE, channel=channel, address=address, rank=rank, actor=SYSTEM, now=now
            )
        connection.exec_driver_sql("UPDATE cchc.outbox SET state = 'sent'")
    return made


@pytest.fixture
def dispatcher(
    database_url: str, data: Path, far: Far, zalo: ZaloServer, engine: Engine, ward: Ward
) -> Iterator[Callable[[], None]]:
    """Give a function that starts the dispatcher and waits for it; it is stopped in the end, at once."""
    with ExitStack() as stack:
        port = stack.enter_context(listening(far))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CCHC_")}
        environment = kept | {
            "CCHC_DATA": str(data),
            "CCHC_DATABASE_URL": database_url,
            "CCHC_MAIL_URL": f"mailto://127.0.0.1:{port}?from=cchc@phuong.vn&mode=insecure",
            "CCHC_KEY": b64encode(KEY).decode(),
            "PREFECT_API_URL": "http://127.0.0.1:9/api",
            **zalo.environment(),
        }

        def start() -> None:
            process = subprocess.Popen([sys.executable, "-m", "cli.dispatcher"], env=environment)
            stack.callback(_stop, process)
            until(lambda: group_of(engine, ward), "it knows its channels")

        yield start


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(LONGEST_S) == 0


def give(granting: Granting) -> None:
    granting.now = datetime.now(UTC)
    seed(granting.vault(keys=Keys(KEY, "biến CCHC_KEY")), *granting.zalo.new_pair())


@pytest.fixture
def granting(database_url: str, engine: Engine, zalo: ZaloServer) -> Granting:
    granting = Granting(database_url, engine, datetime.now(UTC))
    granting.zalo = zalo
    return granting


def arrives(engine: Engine, ward: Ward, number: str) -> None:
    now = datetime.now(UTC)
    asked = EventRequest("guidance", number, now.date(), "Sở Nội vụ", "Hướng dẫn", due_on=None)
    with transaction(engine) as connection:
        raise_event(connection, ward, asked, by="dieuphoi", today=now.date(), now=now)


def moves(engine: Engine, ward: Ward, day: int) -> None:
    now = datetime.now(UTC)
    due, today = now.date().replace(year=now.year + 1, day=day), now.date()
    with transaction(engine) as connection:
        set_date(connection, ward, "V.1", Stage.REPORT, due, reason="x", by="dieuphoi", today=today, now=now)


def invitation(letter: EmailMessage) -> Any:
    [part] = [each for each in letter.walk() if each.get_content_type() == "text/calendar"]
    return Calendar.from_ical(part.get_payload(decode=True))


def test_an_event_reaches_the_group_and_the_mailbox_and_a_moved_date_moves_in_the_calendar(
    engine: Engine, ward: Ward, dispatcher: Callable[[], None], far: Far, granting: Granting
) -> None:
    zalo = granting.zalo
    give(granting)
    dispatcher()
    arrives(engine, ward, "12/SNV")
    until(lambda: far.to("vp@phuong.vn") and zalo.accepted, "both have it")
    for number, day in ((2, 20), (3, 27)):
        moves(engine, ward, day)
        until(lambda: len(far.to("vp@phuong.vn")) == number == len(zalo.accepted), "both hear of it")  # noqa: B023 - it is over before the next round

    opened, first, second = far.to("vp@phuong.vn")
    assert "V.1" in zalo.accepted[0].message["message"]["text"]
    assert opened["references"] == first["references"] == second["references"] is not None
    assert len({letter["message-id"] for letter in (opened, first, second)}) == 3
    entries = [invitation(letter).walk("VEVENT")[0] for letter in (first, second)]
    assert entries[0]["UID"] == entries[1]["UID"]
    assert [entry["SEQUENCE"] for entry in entries] == [1, 2]
    assert entries[1].decoded("DTSTART").day == 27
    assert {str(invitation(letter)["METHOD"]) for letter in (first, second)} == {"REQUEST"}


def test_a_group_that_refuses_holds_the_channel_and_the_message_goes_by_mail(
    engine: Engine, ward: Ward, dispatcher: Callable[[], None], far: Far, granting: Granting
) -> None:
    give(granting)
    granting.zalo.script(GROUP, Reply({"error": -224, "message": "OA tier"}))
    dispatcher()
    arrives(engine, ward, "13/SNV")

    until(lambda: far.to("vp@phuong.vn"), "the letter")
    until(lambda: any("tạm giữ" in body(letter) for letter in far.letters), "the alarm")
    assert held(engine, ward) == "-224"
    assert len(far.to("vp@phuong.vn")) == 1


def test_a_channel_without_its_grant_sends_again_by_itself_once_there_is_one(
    engine: Engine, ward: Ward, dispatcher: Callable[[], None], far: Far, granting: Granting
) -> None:
    dispatcher()
    arrives(engine, ward, "14/SNV")
    until(lambda: held(engine, ward) == "no-token", "it is held")

    give(granting)
    with transaction(engine) as connection:
        connection.exec_driver_sql("SELECT pg_notify('cchc_outbox', '')")
    until(lambda: held(engine, ward) is None, "it is released")
    arrives(engine, ward, "15/SNV")
    until(lambda: granting.zalo.accepted, "the group has it")


def test_a_channel_whose_grant_is_dead_stays_held_though_its_refused_token_has_not_run_out(
    engine: Engine, ward: Ward, dispatcher: Callable[[], None], far: Far, granting: Granting
) -> None:
    give(granting)
    granting.zalo.access_tokens.clear()  # as when somebody edits the application in Zalo's console
    granting.zalo.refresh_tokens.clear()
    dispatcher()
    arrives(engine, ward, "16/SNV")
    until(lambda: any("tạm giữ" in body(letter) for letter in far.letters), "the alarm")
    with transaction(engine) as connection:
        connection.exec_driver_sql("SELECT pg_notify('cchc_outbox', '')")
    time.sleep(2)

    assert held(engine, ward) == "no-token"
    give(granting)
    with transaction(engine) as connection:
        connection.exec_driver_sql("SELECT pg_notify('cchc_outbox', '')")
    until(lambda: held(engine, ward) is None, "it is released")


def group_of(engine: Engine, ward: Ward) -> Any | None:
    with transaction(engine) as connection:
        known = states(connection, ward, datetime.now(UTC))
    return next((row for row in known if row.name == "zalo-group"), None)


def held(engine: Engine, ward: Ward) -> str | None:
    group = group_of(engine, ward)
    assert group is not None
    code: str | None = group.held_code
    return code


def body(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    return str(part.get_content()) if part else ""
