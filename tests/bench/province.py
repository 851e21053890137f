"""Wards half a year into the real plan, with something of everything that a page can show."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, partial
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import Connection, Engine

from domain.plans import PlanReading
from models.database import open_engine, transaction
from models.history import SYSTEM
from services.documents import DocumentStore, register
from services.events import EventRequest, raise_event
from services.feeds import make_feed
from services.machine_tokens import Order, make_token
from services.occurrences import open_due
from services.people import Ward, add_contact
from services.reading import read_file
from services.reminders import finish, sweep
from services.setup import PACKAGED
from services.stand_ins import name_stand_in
from tests.builders import OFFICE
from tests.half_year import HANOI, TODAY, at, half_year
from tests.signing_in import signed_in

ROLES = ("dieuphoi", "lan", "chutich", "thanhtra", "quantri")
MACHINE = "may"
LETTERS = 12
# What a ward has at least one of, as its page is asked for by number.
IDS = {
    "plan_id": "SELECT max(id) FROM cchc.plan WHERE ward_id = %(ward)s",
    "unit_id": "SELECT min(id) FROM cchc.unit WHERE ward_id = %(ward)s AND NOT is_group",
    "message_id": "SELECT max(id) FROM cchc.outbox WHERE ward_id = %(ward)s",
    "event_id": "SELECT max(id) FROM cchc.event WHERE ward_id = %(ward)s",
    "position": "SELECT max(position) - 3 FROM cchc.audit_event WHERE ward_id = %(ward)s",
    "occurrence_id": """
        SELECT min(o.id) FROM cchc.occurrence o JOIN cchc.unit u ON u.ward_id = o.ward_id AND u.id = o.unit_id
        WHERE o.ward_id = %(ward)s AND o.state = 'open' AND u.name = %(office)s""",
    "code": """
        SELECT t.code FROM cchc.occurrence o JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
        WHERE o.ward_id = %(ward)s GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1""",
}


@dataclass(frozen=True)
class Place:
    """A ward that is looked at: the numbers in its addresses, and a session of each role."""

    ward: Ward
    ids: Mapping[str, object]
    headers: Mapping[str, str]


def fill(url: str, data: Path, wards: int, visitors: int) -> list[Place]:
    """Make wards; return a place for each visitor, in as many different wards as there are."""
    engine = open_engine(url)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as several:
        made = list(several.map(partial(_made, url, data, visitors), range(wards), chunksize=4))
    places = []
    with transaction(engine) as connection:
        open_due(connection, TODAY, at(TODAY, 6))
        sweep(connection, TODAY, at(TODAY, 6), timezone=HANOI)
        finish(connection, TODAY, at(TODAY, 6))
        for number in range(visitors):
            ward = made[number % min(wards, visitors)]
            kept = {"letter_id": _letters(data / "inbox", ward), "digest": _draft(data, ward)}
            places.append(_place(connection, ward, number, kept))
    engine.dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return places


def _made(url: str, data: Path, visitors: int, number: int) -> Ward:
    """Make one ward; several processes do, each with a connection of its own."""
    with transaction(_engine(url)) as connection:
        ward = _ward(connection, _plan(), number)
        if number < visitors:
            _fill_up(connection, ward, number, data)
    return ward


@cache
def _engine(url: str) -> Engine:
    return open_engine(url, pool_size=1)


@cache
def _plan() -> PlanReading:
    return read_file(PACKAGED)


def _ward(connection: Connection, plan: PlanReading, number: int) -> Ward:
    decision = replace(plan.decision, issuer=f"UBND phường Số {number}")
    office = half_year(connection, replace(plan, decision=decision))
    office.ask()
    return office.ward


def _fill_up(connection: Connection, ward: Ward, number: int, data: Path) -> None:
    """Add what half a year of handing in leaves out."""
    now = at(TODAY)
    arrived = EventRequest(
        "guidance", f"{number + 1}/SNV-CCHC", TODAY, "Sở Nội vụ", "Hướng dẫn rà soát thủ tục"
    )
    raise_event(connection, ward, arrived, by="dieuphoi", today=TODAY, now=now)
    add_contact(connection, ward, OFFICE, channel="email", address="vp@x.vn", actor=SYSTEM, now=now)
    spell = {"first": TODAY, "last": TODAY + timedelta(7), "reason": "Nghỉ phép"}
    name_stand_in(connection, ward, "lan", "hoa", by="lan", today=TODAY, now=now, **spell)  # type: ignore[arg-type] # days and a text
    make_feed(connection, ward, unit=OFFICE, by="lan", link_base="http://127.0.0.1", now=now)
    paper = DocumentStore(data / "documents").keep_file(PACKAGED)
    register(connection, ward.id, [paper])


def _draft(data: Path, ward: Ward) -> str:
    """Keep a decision of the ward's own as one that was uploaded; return its digest."""
    name = ward.name.partition("phường ")[2]
    text = PACKAGED.read_text("utf-8").replace("Thành Đông", name).replace("THÀNH ĐÔNG", name.upper())
    store = DocumentStore(data / "incoming" / str(ward.id))
    return store.keep(BytesIO(text.encode()), PACKAGED.name).sha256


def _letters(folder: Path, ward: Ward) -> str:
    """Keep letters as the local inbox does; return the name of the last."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(LETTERS):
        text = (
            f"From: khong-tra-loi@cchc.invalid\r\nTo: lan@example.vn\r\nSubject: Viec {number}\r\n"
            f"Message-ID: <{ward.code}.{number}@cchc.invalid>\r\n\r\n" + "Nhiem vu con 7 ngay.\r\n" * 40
        )
        name = f"20260706T0200{number:08d}Z-{uuid4().hex[:8]}.eml"
        (folder / name).write_text(text, encoding="utf-8")
    return name.removesuffix(".eml")


def _place(connection: Connection, ward: Ward, number: int, kept: Mapping[str, object]) -> Place:
    now = at(TODAY)
    params = {"ward": ward.id, "office": OFFICE}
    ids = {name: connection.exec_driver_sql(sql, params).scalar_one() for name, sql in IDS.items()}
    headers = {name: f"cookie: cchc_session={signed_in(connection, ward, name, now)}" for name in ROLES}
    order = Order(f"{MACHINE}-{number}", "Đo tốc độ", ("read", "metrics"))
    token = make_token(connection, ward, order, by="quantri", now=now).token
    return Place(ward, {**ids, **kept}, {**headers, MACHINE: f"authorization: Bearer {token}"})
