"""The whole path of letters: outbox, words, Apprise, SMTP; against smtplib with prebuilt letters."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import psycopg
from sqlalchemy import Engine

from models.database import open_engine, transaction
from notifications.channels import Channel, open_channel
from services.composing import Office
from services.opening import MAIL_DESKS
from services.outbox import send_due
from tests.bench.mail import prebuilt, raw_rate, sink
from tests.bench.office import NOW, fill, new_database, server
from tests.post import HANOI

ROUNDS = 5
LETTERS = 500
OFFICE = Office("https://cchc.thanhdong.vn", HANOI, mail_domain="thanhdong.vn")
QUEUE = """
INSERT INTO cchc.outbox (ward_id, occurrence_id, stage, reason, step, recipient, channel, note, not_before)
SELECT o.ward_id, o.id, 'plan', 'accepted', %(round)s, 'donvi' || row_number() OVER () || '@thanhdong.vn',
    'email', NULL, %(now)s
FROM cchc.occurrence o ORDER BY o.id LIMIT %(count)s
"""


def run() -> None:
    """Print both rates, each the median of rounds that take turns, and the share of the whole path."""
    with server() as running, sink() as far_end:
        url = new_database(running, "letters")
        fill(url, 1, LETTERS, due=NOW.date() + timedelta(days=30))
        with psycopg.connect(url, autocommit=True) as superuser:
            superuser.execute("UPDATE cchc.outbox SET state = 'sent', settled_at = now()")
        engine = open_engine(url)
        channels = [open_channel("email", far_end.url) for _ in range(MAIL_DESKS)]
        letters = prebuilt(LETTERS)
        raw, whole = [], []
        for number in range(ROUNDS):
            raw.append(raw_rate(far_end.port, letters))
            whole.append(_whole(url, engine, channels, number))
        for channel in channels:
            channel.close()
        engine.dispose()
        if far_end.taken != 2 * ROUNDS * LETTERS:
            raise RuntimeError(f"the sink took {far_end.taken} letters")
    share = statistics.median(one / other for one, other in zip(whole, raw, strict=True))
    print(
        f"smtplib, prebuilt: {statistics.median(raw):.0f}/s; outbox to server, one transaction before and one"
        f" after each: {statistics.median(whole):.0f}/s; share {share:.2f} (goal 0.3)"
    )


def _desk(engine: Engine, channel: Channel) -> int:
    sent = 0
    while turn := send_due(partial(transaction, engine), channel, OFFICE, lambda: NOW):
        sent += turn
    return sent


def _whole(url: str, engine: Engine, channels: Sequence[Channel], number: int) -> float:
    with psycopg.connect(url, autocommit=True) as superuser:
        superuser.execute(QUEUE, {"round": f"r{number}", "now": NOW, "count": LETTERS})
        superuser.execute("ANALYZE cchc.outbox")
    began = time.perf_counter()
    with ThreadPoolExecutor(len(channels)) as pool:
        sent = sum(pool.map(partial(_desk, engine), channels))
    spent = time.perf_counter() - began
    if sent != LETTERS:
        raise RuntimeError(f"{sent} letters left")
    return LETTERS / spent
