"""Applying an amending decision: the plan stays, its tasks keep their history, all in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from domain.people import Action
from domain.reading.layout import Sheet
from domain.refusals import BadValue
from models import amendments
from services.amendment_refusals import NothingAmended, OnlyWhole, ProposalChanged, UnsettledAmendment
from services.amendment_writing import Writing
from services.documents import StoredFile, register
from services.people import Ward, permitted
from services.proposals import Proposal, propose


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of an amendment; `already` says that it had been applied before."""

    proposal: Proposal
    already: bool


def apply(
    connection: Connection,
    ward: Ward,
    sheet: Sheet,
    source: StoredFile,
    *,
    by: str,
    today: date,
    now: datetime,
    expected: str | None = None,
    despite: str | None = None,
) -> Applied:
    """Amend the plan that a decision names; applying it again changes nothing.

    `expected` is the digest of the proposal that a person saw. `despite` is their reason for going on
    without what isn't certain: such clauses, and tasks that have such a doubt, are left out, and both
    the reason and the doubts are kept with the amendment.

    Raises:
        UnsettledAmendment, OnlyWhole, NothingAmended, ProposalChanged: nothing was applied.
        NoTarget, NotThisPlan, AmendmentExists, NotADecision: as `services.proposals.propose`.
        UnknownUser, NotPermitted: only a coordinator amends plans.
    """
    person = permitted(connection, ward, by, Action.ACTIVATE_PLAN)
    amendments.lock(connection)
    proposal = propose(connection, ward, sheet, source=source.sha256)
    if proposal.already:
        return Applied(proposal, already=True)
    check(proposal, expected=expected, despite=despite)
    register(connection, ward.id, [source])
    amendment = amendments.put(
        connection,
        ward.id,
        plan=proposal.plan.id,
        number=proposal.decision.number,
        issued_on=proposal.decision.issued_on,
        issuer=proposal.decision.issuer,
        title=proposal.decision.title,
        source=source.sha256,
        unread=[finding.message for finding in proposal.blocking],
        despite=despite.strip() if despite and proposal.blocking else None,
        now=now,
        by=person.id,
    )
    certain = replace(proposal, changes=proposal.certain)
    writing = Writing(connection, ward, certain, amendment, source.sha256, person, today, now)
    writing.tasks()
    writing.occurrences()
    writing.history()
    return Applied(proposal, already=False)


def check(proposal: Proposal, *, expected: str | None, despite: str | None) -> None:
    """Return if the proposal may be applied.

    Raises:
        UnsettledAmendment, OnlyWhole, NothingAmended, ProposalChanged, BadValue: it may not.
    """
    if expected is not None and expected != proposal.digest:
        raise ProposalChanged
    if proposal.blocking and not (despite or "").strip():
        raise UnsettledAmendment([finding.message for finding in proposal.blocking])
    if proposal.renumbers and len(proposal.certain) < len(proposal.changes):
        raise OnlyWhole([finding.message for finding in proposal.blocking])
    if not proposal.decision.number:
        raise BadValue("Số quyết định", "", "quyết định sửa đổi phải có số")
    if not proposal.certain:
        raise NothingAmended(proposal.decision.number)


def amendments_of(connection: Connection, ward: Ward, plan_id: int | None = None) -> Sequence[Any]:
    """Return the amendments that were applied, oldest first."""
    return amendments.applied(connection, ward.id, plan_id)
