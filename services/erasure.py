"""Erasing a person's data, and what browsers and Zalo left, without touching a proof.

The log names people by number and role and texts by their hash, so nothing in it changes. Records of the
office stay as the law on archives asks: what was handed in, decided and sent, under a pseudonym.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from domain.people import Action
from domain.refusals import UnknownUser
from models import directory, links, sessions
from models import erasure as models
from models.history import SYSTEM
from services.accounts import NotYourself
from services.history import record
from services.people import Ward, permitted


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of a person: the pseudonym, how many contacts went, how many sent letters stay."""

    pseudonym: str
    contacts: int
    letters: int


def erase_person(
    connection: Connection,
    ward: Ward,
    name: str,
    *,
    addresses: Sequence[str] = (),
    by: str | None,
    now: datetime,
) -> Erased:
    """Take a person's name, addresses, password and second factor out of the tables, for good.

    The account stays under a pseudonym, locked, because records refer to it. `addresses` are further ones of
    the person, such as a Zalo id or a telephone number among the units' contacts. What is still to be sent to
    them is dropped. Without `by` the installation itself does it.

    Raises:
        UnknownUser, NotPermitted, NotYourself: there is no such account, or it may not be done.
    """
    actor = SYSTEM
    if by is not None:
        eraser = permitted(connection, ward, by, Action.MANAGE_ACCOUNTS)
        if eraser.name == name:
            raise NotYourself
        actor = eraser.actor
    row = directory.account(connection, ward.id, name)
    if row is None or name.startswith(models.PSEUDONYM):
        raise UnknownUser(name)
    known = [each for each in (row.email, *addresses) if each]
    letters = models.letters_to(connection, ward.id, known)
    contacts = models.forget_addresses(connection, ward.id, known, now)
    models.forget_account(connection, ward.id, row.id)
    models.end_feeds(connection, ward.id, row.id, now)
    sessions.revoke(connection, ward.id, row.id, now=now, one=None, but=None)
    links.end(connection, ward.id, row.id, now)
    if row.active:
        record(connection, ward.id, "account.disabled", {"account": row.id}, actor=actor, now=now)
    facts = {"account": row.id, "contacts": contacts}
    record(connection, ward.id, "account.erased", facts, actor=actor, now=now)
    return Erased(f"{models.PSEUDONYM}{row.id}", contacts, letters)


def forget_traces(connection: Connection, now: datetime, keep_days: int) -> tuple[int, int]:
    """Forget which browser ended sessions came from and what old webhooks held; return how many of each.

    Of all wards, as the morning run asks it; a second time changes nothing.
    """
    return models.forget_traces(connection, now - timedelta(days=keep_days))
