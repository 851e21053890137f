"""Zalo at the other end of a webhook, with a ward that has written to people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from httpx import Response
from pydantic import SecretStr
from sqlalchemy import Engine

from models.database import transaction
from services.audit import verify
from services.binding import make_code
from services.people import Ward
from tests.builders import NOW, OFFICE
from tests.web.conftest import Browse, Browser

APP, OA, SECRET, BOT_SECRET = "4069", "2460999", "bí mật OA", "bot-secret-0123"
HOST = {"host": "cchc.phuong.example"}
SETTINGS: dict[str, object] = {
    "base_url": "https://cchc.phuong.example",
    "zalo_app_id": APP,
    "zalo_oa_id": OA,
    "zalo_oa_secret": SecretStr(SECRET),
    "zalo_bot_secret": SecretStr(BOT_SECRET),
    "zalo_template": "300001",
}


def stamp(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))


def signature(raw: bytes, at: str, *, app: str = APP, secret: str = SECRET) -> str:
    return "mac=" + hashlib.sha256(app.encode() + raw + at.encode() + secret.encode()).hexdigest()


@dataclass
class Hooks:
    """Zalo, and what the database says after it has told something."""

    browser: Browser
    engine: Engine
    ward: Ward
    path: str = "/open/zalo/webhook"
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def tell(self, name: str, *, at: datetime | None = None, **parts: Any) -> Response:
        """Send an event as Zalo does."""
        return self.post(self.event(name, at=at, **parts))

    def event(self, name: str, *, at: datetime | None = None, **parts: Any) -> bytes:
        event = {"app_id": APP, "event_name": name, "timestamp": stamp(at or self.browser.now), **parts}
        return json.dumps(event, ensure_ascii=False).encode()

    def post(self, raw: bytes, *, signed: str | None = None, **headers: str) -> Response:
        if signed is None:
            signed = signature(raw, str(json.loads(raw)["timestamp"]))
        answer: Response = self.browser.client.post(
            self.path, content=raw, headers={**HOST, "X-ZEvent-Signature": signed, **headers}
        )
        return answer

    def says(self, user: str, text: str, *, at: datetime | None = None, oa: str = OA) -> Response:
        """Let somebody write to the official account."""
        message = {"text": text, "msg_id": f"in-{next(self.numbers)}"}
        return self.tell("user_send_text", at=at, sender={"id": user}, recipient={"id": oa}, message=message)

    def to_bot(self, chat: str, text: str, *, secret: str = BOT_SECRET) -> Response:
        """Let somebody write to the bot."""
        message = {
            "from": {"id": "u-9", "display_name": "Trần Thị Lan"},
            "chat": {"id": chat, "chat_type": "PRIVATE"},
            "text": text,
            "message_id": f"b-{next(self.numbers)}",
            "date": int(self.browser.now.timestamp() * 1000),
        }
        body = {"ok": True, "result": {"event_name": "message.text.received", "message": message}}
        answer: Response = self.browser.client.post(
            "/open/zalo/bot",
            content=json.dumps(body, ensure_ascii=False).encode(),
            headers={**HOST, "X-Bot-Api-Secret-Token": secret},
        )
        return answer

    def code(self, channel: str = "zalo-user", *, unit: str = OFFICE, role: str = "officer") -> str:
        """Make a one-time code."""
        with transaction(self.engine) as connection:
            made = make_code(
                connection, self.ward, unit, channel=channel, role=role, by="dieuphoi", now=self.browser.now
            )
        return made.code

    def every(self, query: str) -> list[Any]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def contacts(self) -> list[Any]:
        return self.every(
            "SELECT channel, address, role, muted_at IS NOT NULL FROM cchc.contact WHERE active ORDER BY id"
        )

    def events(self) -> list[Any]:
        return self.every("SELECT name, problem FROM cchc.webhook_event ORDER BY received_at, key")

    def kinds(self, prefix: str) -> list[str]:
        with self.engine.connect() as connection:
            assert verify(connection).ok
        query = f"SELECT kind FROM cchc.audit_event WHERE kind LIKE '{prefix}%%' ORDER BY position"
        return [kind for (kind,) in self.every(query)]


@contextmanager
def moved(hooks: Hooks, after: timedelta) -> Iterator[None]:
    """Let time pass for a while."""
    hooks.browser.now += after
    yield
    hooks.browser.now -= after


def opened(browse: Browse, engine: Engine, ward: Ward, now: datetime = NOW, **settings: object) -> Hooks:
    """Give a ward whose settings name Zalo."""
    return Hooks(browse(now, **{**SETTINGS, **settings}), engine, ward)


def sent(
    engine: Engine,
    ward: Ward,
    *,
    channel: str = "phone",
    recipient: str = "84912345678",
    state: str = "sent",
    provider_id: str | None = "m1",
    rows: int = 1,
    at: datetime = NOW,
    contact: int | None = None,
) -> list[int]:
    """Put a message of so many rows into the outbox, as it stands once it was tried; return their ids."""
    ids = []
    with transaction(engine) as connection:
        for number in range(rows):
            facts = {
                "ward": ward.id,
                "step": f"2026-03-31/{provider_id}/{number}",
                "recipient": recipient,
                "channel": channel,
                "digest": f"unit/{provider_id}",
                "state": state,
                "at": at,
                "contact": contact,
            }
            outbox = connection.exec_driver_sql(TRIED, facts).scalar_one()
            if state in {"sent", "unknown", "failed"}:
                connection.exec_driver_sql(ANSWERED, {**facts, "id": outbox, "provider": provider_id})
            ids.append(outbox)
    return ids


TRIED = """
INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel, digest, state,
    attempts, not_before, created_at, settled_at, contact_id)
SELECT %(ward)s, min(id), 'plan', 'reminder', %(step)s, %(recipient)s, %(channel)s, %(digest)s, %(state)s, 1,
    %(at)s, %(at)s, %(at)s, %(contact)s
FROM cchc.occurrence WHERE ward_id = %(ward)s RETURNING id
"""
ANSWERED = """
INSERT INTO cchc.delivery (ward_id, outbox_id, attempt, tried_at, outcome, provider_id, answer)
VALUES (%(ward)s, %(id)s, 1, %(at)s, %(state)s, %(provider)s, 'ok')
"""
