"""Receipts: polled where no webhook tells, recorded once, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import transaction
from models.history import SYSTEM
from models.outbox import ReceiptKind
from notifications.zalo.status import ask_status
from services.audit import verify
from services.people import Ward, add_contact
from services.receipts import (
    PATIENCE,
    Polled,
    Source,
    poll_statuses,
    reconcile_all,
    reconcile_unknown,
    record_not_delivered,
    record_receipt,
)
from tests.builders import NOW, OFFICE, occurrence, office, plan_of, task
from tests.granting import Granting
from tests.hooks import sent
from tests.zalo_server import ZaloServer, refusal

DAY = timedelta(days=1)


@pytest.fixture
def ward(engine: Engine) -> Ward:
    with transaction(engine) as connection:
        return office(connection, plan_of(task("II.2", occurrences=[occurrence()]))).ward


class Polling:
    """Our questions, and the fake Zalo's answers to them, at a time of the test's choice."""

    def __init__(self, granting: Granting) -> None:
        self.granting, self.now, self.pauses = granting, NOW, list[float]()

    @property
    def zalo(self) -> ZaloServer:
        return self.granting.zalo

    def poll(self, limit: int = 100) -> Polled:
        self.granting.now = self.now
        self.granting.given()
        ask = partial(ask_status, self.zalo.places(), self.granting.tokens())
        return poll_statuses(
            lambda: transaction(self.granting.engine),
            ask,
            lambda: self.now,
            limit=limit,
            pause=self.pauses.append,
        )

    def asked(self) -> list[str]:
        return [each.query["message_id"] for each in self.zalo.requests if each.path == "/message/status"]

    def every(self, query: str) -> list[Any]:
        with self.granting.engine.connect() as connection:
            assert verify(connection).ok
            return [tuple(row) for row in connection.exec_driver_sql(query)]


@pytest.fixture
def polling(engine: Engine, database_url: str) -> Iterator[Polling]:
    granting = Granting(database_url, engine, NOW)
    with granting.zalo:
        yield Polling(granting)


RECEIPTS = "SELECT outbox_id, kind, source FROM cchc.receipt ORDER BY outbox_id, kind"


def test_zalo_is_asked_about_each_message_once_and_a_delivered_one_is_evidence(
    polling: Polling, engine: Engine, ward: Ward
) -> None:
    ids = sent(engine, ward, rows=3)
    polling.zalo.statuses["m1"] = 1

    assert polling.poll() == Polled(1, 1, 0)
    assert polling.poll() == Polled(0, 0, 0)

    assert polling.every(RECEIPTS) == [(id_, "delivered", "poll") for id_ in ids]
    [(facts,)] = polling.every(
        "SELECT body::jsonb -> 'facts' FROM cchc.audit_event WHERE kind = 'delivery.delivered'"
    )
    assert (facts["outbox"], facts["source"], facts["at"]) == (ids, "poll", NOW.isoformat())


def test_what_is_not_delivered_yet_is_asked_about_again_and_told_after_a_day(
    polling: Polling, engine: Engine, ward: Ward
) -> None:
    [outbox] = sent(engine, ward)
    polling.zalo.statuses["m1"] = 0

    assert polling.poll() == Polled(1, 0, 0)
    assert polling.every(RECEIPTS) == []
    polling.now += DAY
    assert polling.poll() == Polled(1, 0, 1)
    assert polling.poll() == Polled(0, 0, 0)

    assert polling.every(RECEIPTS) == [(outbox, "not-delivered", "poll")]
    told = polling.every("SELECT recipient, channel, step FROM cchc.outbox WHERE reason = 'undelivered'")
    assert sorted(told, reverse=True) == [
        (f"{name}@example.vn", "email", str(outbox)) for name in ("dieuphoi", "dieuphoi-vh")
    ]


def test_what_is_not_delivered_goes_by_the_next_contact_where_there_is_one(
    polling: Polling, engine: Engine, ward: Ward
) -> None:
    with transaction(engine) as connection:
        for channel, address, rank in (("phone", "0912345678", 1), ("email", "vp@p.vn", 2)):
            add_contact(
                connection, ward, OFFICE, channel=channel, address=address, rank=rank, actor=SYSTEM, now=NOW
            )
        contact = connection.exec_driver_sql("SELECT min(id) FROM cchc.contact").scalar_one()
    [outbox] = sent(engine, ward, contact=contact, at=NOW - DAY)

    with transaction(engine) as connection:
        record_not_delivered(connection, ward.id, outbox, NOW, Source.POLL, NOW)

    assert polling.every("SELECT recipient, replaces FROM cchc.outbox WHERE replaces IS NOT NULL") == [
        ("vp@p.vn", outbox)
    ]
    assert polling.every("SELECT id FROM cchc.outbox WHERE reason = 'undelivered'") == []


def test_a_message_that_zalo_does_not_know_says_nothing(polling: Polling, engine: Engine, ward: Ward) -> None:
    sent(engine, ward, at=NOW - DAY)
    polling.zalo.statuses["m1"] = -1

    assert polling.poll() == Polled(1, 0, 0)
    assert polling.every(RECEIPTS) == []


def test_only_messages_by_telephone_of_the_last_three_days_that_zalo_named_are_asked_about(
    polling: Polling, engine: Engine, ward: Ward
) -> None:
    sent(engine, ward, provider_id="old", at=NOW - 3 * DAY - timedelta(seconds=1))
    sent(engine, ward, provider_id="new", at=NOW - 3 * DAY)
    sent(engine, ward, provider_id="group", channel="zalo-group", recipient="g")
    sent(engine, ward, provider_id="failed", state="failed")
    sent(engine, ward, provider_id=None, state="unknown")
    polling.zalo.statuses["new"] = 1

    polling.poll()

    assert polling.asked() == ["new"]


def test_an_unknown_outcome_is_settled_by_what_zalo_answers(
    polling: Polling, engine: Engine, ward: Ward
) -> None:
    sent(engine, ward, provider_id="came", state="unknown", at=NOW - DAY)
    sent(engine, ward, provider_id="lost", state="unknown", at=NOW - DAY)
    polling.zalo.statuses.update(came=1, lost=0)

    assert polling.poll() == Polled(2, 1, 1)

    states = polling.every("SELECT digest, state FROM cchc.outbox WHERE channel = 'phone' ORDER BY digest")
    assert states == [("unit/came", "sent"), ("unit/lost", "failed")]


def test_a_round_is_bounded_and_slow_enough_and_the_rest_has_its_turn(
    polling: Polling, engine: Engine, ward: Ward
) -> None:
    for number in range(7):
        sent(engine, ward, provider_id=f"m{number}")
        polling.zalo.statuses[f"m{number}"] = 1

    assert [polling.poll(3).delivered for _ in range(3)] == [3, 3, 1]
    assert len(polling.pauses) == 2 + 2
    assert all(pause >= 0.5 for pause in polling.pauses)


def test_where_zalo_is_in_trouble_the_round_ends(polling: Polling, engine: Engine, ward: Ward) -> None:
    for number in range(PATIENCE + 3):
        sent(engine, ward, provider_id=f"m{number}")
    polling.zalo.script("/message/status", *[refusal(-103)] * (PATIENCE + 3))

    assert polling.poll() == Polled(PATIENCE, 0, 0)


def test_messages_that_zalo_has_forgotten_keep_no_other_from_its_turn(
    polling: Polling, engine: Engine, ward: Ward
) -> None:
    for number in range(PATIENCE + 3):
        sent(engine, ward, provider_id=f"forgotten-{number}")
    sent(engine, ward, provider_id="m1")
    polling.zalo.statuses["m1"] = 1

    assert polling.poll() == Polled(PATIENCE + 4, 1, 0)


def test_a_receipt_is_recorded_once_even_by_many_at_once(engine: Engine, ward: Ward) -> None:
    ids = sent(engine, ward, rows=3)
    start, new = Barrier(8, timeout=60), list[int]()

    def one(outbox: int) -> None:
        start.wait()
        with transaction(engine) as connection:
            new.extend(
                record_receipt(connection, ward.id, outbox, ReceiptKind.SEEN, NOW, Source.WEBHOOK, NOW)
            )

    threads = [Thread(target=one, args=(ids[number % 3],), daemon=True) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(new) == ids


def test_a_receipt_is_of_one_message_not_of_another_of_the_same_morning(engine: Engine, ward: Ward) -> None:
    [first] = sent(engine, ward)
    with transaction(engine) as connection:
        [second] = sent(engine, ward, provider_id="m2", at=NOW + timedelta(hours=1))
        connection.exec_driver_sql("UPDATE cchc.outbox SET digest = 'same' WHERE channel = 'phone'")

    with transaction(engine) as connection:
        found = record_receipt(connection, ward.id, first, ReceiptKind.SEEN, NOW, Source.WEBHOOK, NOW)

    assert found == [first] != [second]


def test_nothing_is_told_to_have_happened_after_it_was_heard(engine: Engine, ward: Ward) -> None:
    [outbox] = sent(engine, ward)

    with transaction(engine) as connection:
        record_receipt(connection, ward.id, outbox, ReceiptKind.SEEN, NOW + DAY, Source.WEBHOOK, NOW)
        [at] = connection.exec_driver_sql("SELECT at FROM cchc.receipt").scalars()

    assert at == NOW


@pytest.mark.parametrize("kind", ReceiptKind)
def test_only_what_proves_that_a_message_arrived_settles_its_unknown_outcome(
    engine: Engine, ward: Ward, kind: ReceiptKind
) -> None:
    [outbox] = sent(engine, ward, state="unknown", provider_id=None)
    with transaction(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO cchc.receipt (ward_id, outbox_id, kind, at, source, recorded_at)"
            " VALUES (%(ward)s, %(id)s, %(kind)s, %(now)s, 'link', %(now)s)",
            {"ward": ward.id, "id": outbox, "kind": str(kind), "now": NOW},
        )

    arrived = int(kind is not ReceiptKind.NOT_DELIVERED)
    assert reconcile_all(lambda: transaction(engine), NOW) == arrived
    assert reconcile_all(lambda: transaction(engine), NOW) == 0


def test_only_the_rows_that_are_named_are_reconciled(engine: Engine, ward: Ward) -> None:
    ids = sent(engine, ward, rows=2)
    with transaction(engine) as connection:
        record_receipt(connection, ward.id, ids[0], ReceiptKind.DELIVERED, NOW, Source.POLL, NOW)
        connection.exec_driver_sql("UPDATE cchc.outbox SET state = 'unknown' WHERE channel = 'phone'")

        assert reconcile_unknown(connection, ward.id, ids[1:], now=NOW) == ids[1:]
        assert reconcile_unknown(connection, ward.id, now=NOW) == ids[:1]
