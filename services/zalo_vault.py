"""A Zalo grant as it is kept: sealed, under one lock, each answer journalled before it is used."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from config.secrets import Keys
from domain.errors import SystemFault
from models import grants
from models.database import transaction
from models.grants import GrantState
from models.history import SYSTEM
from notifications.zalo.oauth import DEAD, Granted, NoAnswer, NotSent, OAuth, Refused, Reply, read
from services.history import record
from services.zalo_grants import Asked, Grant, Step, Turn
from services.zalo_words import NO_ANSWER, NOT_SENT, OTHER_ACCOUNT, lost_note, refused_note, said

PURPOSE = "zalo-grant"
ATTEMPTS = 2  # a refresh without an answer is repeated with the same token exactly once
LOCK_WAIT_S = 60.0  # longer than one call to Zalo may take
_AGAIN_S = (0.0, 1.0, 4.0, 15.0)  # an answer in hand is worth waiting for a database that starts again

Answer = Reply | NotSent | NoAnswer


@dataclass(frozen=True, slots=True)
class Vault:
    """The grant of one application for one official account."""

    engine: Engine
    keys: Keys
    oauth: OAuth
    oa_id: str
    timezone: ZoneInfo
    clock: Callable[[], datetime]
    pause: Callable[[float], object]

    def look(self) -> Grant | None:
        """Return the grant as it is now, without the lock."""
        with transaction(self.engine) as connection:
            return self._find(connection)

    def make(self, verifier: str) -> None:
        """Make the row of the grant, with its PKCE verifier, unless it is there."""
        sealed = self._seal(verifier, "verifier")
        with transaction(self.engine) as connection:
            grants.put(connection, self.oauth.app_id, self.oa_id, sealed)

    def begin_anew(self, verifier: str) -> None:
        """Forget the tokens, for the key that opens them is lost; what was journalled with them too."""
        self.make(verifier)
        with self._locked() as connection, connection.begin():
            row = grants.find(connection, self.oauth.app_id, self.oa_id)
            empty = dict.fromkeys(
                ("access_token", "refresh_token", "access_expires_at", "refresh_expires_at")
            )
            sealed = self._seal(verifier, "verifier")
            state = GrantState.NEEDS_CONSENT
            grants.change(connection, row, state=state, attempts=0, attempt_at=None, verifier=sealed, **empty)
            for answer in grants.unapplied(connection, self.oauth.app_id, self.oa_id):
                grants.applied(connection, answer.id, self.clock())

    def verifier(self, grant: Grant) -> str:
        """Return the fixed PKCE verifier of the grant."""
        return self._open(grant.row.verifier, "verifier") or ""

    @contextmanager
    def alone(self) -> Iterator[tuple[Connection, Grant | None]]:
        """Hold the grant's lock; an answer that its last holder left behind is used first.

        Raises:
            GrantBusy: somebody else is at it for long.
        """
        with self._locked() as connection:
            self._use_journal(connection)
            with connection.begin():
                grant = self._find(connection)
            yield connection, grant

    def change(self, connection: Connection, grant: Grant, **columns: object) -> Grant:
        """Set columns of the grant and commit; return it as it is then."""
        with connection.begin():
            grants.change(connection, grant.row, **columns)
            found = self._find(connection)
        assert found is not None  # noqa: S101 - a row is never deleted
        return found

    def settle(self, connection: Connection, grant: Grant, asked: Asked, answer: Answer) -> Turn:
        """Keep the answer, then use it; say what it came to.

        Raises:
            SystemFault: the database is away and stays away; the answer is lost.
        """
        if not isinstance(answer, Reply):
            with connection.begin():
                return self._use(connection, grant, asked, answer, self.clock())
        stated = json.dumps({"asked": asked, "status": answer.status, "body": answer.body})
        sealed = self._seal(stated, "answer", grant.row.generation)
        try:
            with connection.begin():
                grants.journal(connection, grant.row, sealed, self.clock())
        except DBAPIError as lost:  # and the lock went with the connection
            connection.close()
            self._journal_anew(grant, sealed, lost)
            with self._locked() as again:
                return self._use_journal(again)
        return self._use_journal(connection)

    def lose(self, connection: Connection, grant: Grant, code: str, why: str) -> Turn:
        """Stop asking, for only a new consent helps; say so in the history, and once to administrators."""
        unclear = grant.row.attempts if code == NO_ANSWER else 0
        columns = {"state": GrantState.NEEDS_CONSENT, "answer": said(code, why), "attempts": unclear}
        grants.change(connection, grant.row, **columns)
        if not grant.lost:
            self._tell(connection, "zalo-consent-needed", grant.row.generation, code)
            until = grant.row.access_expires_at if grant.usable(self.clock()) else None
            note = lost_note(self.oa_id, code, until and until.astimezone(self.timezone))
            self._alarm(connection, f"zalo-consent/{self.oa_id}/{grant.row.generation}", note)
        return Turn(Step.NEEDS_CONSENT, code, why)

    def _locked(self) -> Any:
        return grants.alone(self.engine, self.oauth.app_id, self.oa_id, wait=LOCK_WAIT_S)

    def _use_journal(self, connection: Connection) -> Turn:
        """Use every answer that was kept and not used yet; say what the last one came to."""
        turn = Turn(Step.KEPT)
        with connection.begin():
            waiting = grants.unapplied(connection, self.oauth.app_id, self.oa_id)
        for row in waiting:
            stated = json.loads(self._open(row.body, "answer", row.generation) or "{}")
            asked = Asked(stated["asked"])
            answer = self._judged(asked, read(Reply(stated["status"], stated["body"])))
            with connection.begin():
                grant = self._find(connection)
                if grant is not None and grant.row.generation == row.generation:
                    turn = self._use(connection, grant, asked, answer, row.answered_at)
                grants.applied(connection, row.id, self.clock())
        return turn

    def _judged(self, asked: Asked, answer: Granted | Refused | NoAnswer) -> Granted | Refused | NoAnswer:
        """Refuse tokens that a person brought for another official account than ours."""
        if asked is not Asked.REFRESH and isinstance(answer, Granted):
            owner = self.oauth.owner(answer.access_token)
            if owner not in {None, self.oa_id}:
                return Refused(OTHER_ACCOUNT, f"OA {owner}")
        return answer

    def _use(
        self,
        connection: Connection,
        grant: Grant,
        asked: Asked,
        answer: Granted | Refused | NotSent | NoAnswer,
        at: datetime,
    ) -> Turn:
        """Bring the row to where an answer puts it, in the caller's transaction."""
        if isinstance(answer, Granted):
            return self._take(connection, grant, asked, answer, at)
        refreshing, row = asked is Asked.REFRESH, grant.row
        if isinstance(answer, Refused):
            if refreshing and answer.code == DEAD:
                return self.lose(connection, grant, answer.code, answer.text)
            return self._refused(connection, grant, answer, refreshing=refreshing)
        if isinstance(answer, NoAnswer):
            if refreshing and row.attempts >= ATTEMPTS:
                return self.lose(connection, grant, NO_ANSWER, answer.why)
            grants.change(connection, row, answer=said(NO_ANSWER, answer.why))
            return Turn(Step.NO_ANSWER, NO_ANSWER, answer.why)
        columns: dict[str, object] = {"answer": said(NOT_SENT, answer.why)}
        if refreshing:
            left = max(0, row.attempts - 1)
            columns |= {"attempts": left, "attempt_at": row.attempt_at if left else None}
        if asked is Asked.CODE:
            columns["code_sha256"] = None  # the same code may come again
        grants.change(connection, row, **columns)
        return Turn(Step.NOT_SENT, NOT_SENT, answer.why)

    def _take(
        self, connection: Connection, grant: Grant, asked: Asked, granted: Granted, at: datetime
    ) -> Turn:
        generation = grant.row.generation + 1
        grants.change(
            connection,
            grant.row,
            state=GrantState.ACTIVE,
            generation=generation,
            access_token=self._seal(granted.access_token, "access", generation),
            refresh_token=self._seal(granted.refresh_token, "refresh", generation),
            access_expires_at=at + granted.access_life,
            refresh_expires_at=at + granted.refresh_life,
            refreshed_at=at,
            attempt_at=None,
            attempts=0,
            consent_until=None if asked is Asked.CODE else grant.row.consent_until,
            answer="granted",
        )
        kinds = {Asked.CODE: "zalo-consented", Asked.SEED: "zalo-seeded"}
        self._tell(connection, kinds.get(asked, "zalo-refreshed"), generation, None)
        return Turn(Step.GRANTED)

    def _refused(self, connection: Connection, grant: Grant, refused: Refused, *, refreshing: bool) -> Turn:
        """Keep what we have: the answer was definite, so the refresh token is as good as before."""
        row, answer = grant.row, said(refused.code, refused.text)
        columns: dict[str, object] = {"answer": answer}
        if refreshing:
            columns["attempts"] = max(0, row.attempts - 1)
        grants.change(connection, row, **columns)
        if answer != row.answer:
            self._tell(connection, "zalo-refused", row.generation, refused.code)
            if refreshing:
                step = f"zalo-refused/{self.oa_id}/{row.generation}/{refused.code}"
                self._alarm(connection, step, refused_note(self.oa_id, refused.code, refused.text))
        return Turn(Step.REFUSED, refused.code, refused.text)

    def _journal_anew(self, grant: Grant, sealed: bytes, lost: DBAPIError) -> None:
        for seconds in _AGAIN_S:
            self.pause(seconds)
            try:
                with transaction(self.engine) as connection:
                    grants.journal(connection, grant.row, sealed, self.clock())
                return
            except SystemFault:
                continue
        raise SystemFault(
            "the database went away before an answer of Zalo's could be kept",
            "Cơ sở dữ liệu ngừng đúng lúc Zalo cấp mã mới nên mã đó bị mất. Nếu lần sau Zalo từ chối,"
            " quản trị cấp quyền lại (xem: cchc zalo consent).",
        ) from lost

    def _tell(self, connection: Connection, kind: str, generation: int, code: str | None) -> None:
        """Write to the history of each ward whose messages need the grant."""
        facts = {"oa": self.oa_id, "generation": generation, "code": code}
        for ward in grants.wards_on_zalo(connection):
            record(connection, ward, kind, facts, actor=SYSTEM, now=self.clock())

    def _alarm(self, connection: Connection, step: str, note: str) -> None:
        wards = grants.wards_on_zalo(connection)
        grants.queue_alarm(connection, wards, step=step, note=note, now=self.clock())

    def _find(self, connection: Connection) -> Grant | None:
        row = grants.find(connection, self.oauth.app_id, self.oa_id)
        if row is None:
            return None
        access, refresh = (
            self._open(sealed, name, row.generation)
            for sealed, name in ((row.access_token, "access"), (row.refresh_token, "refresh"))
        )
        return Grant(row, access, refresh)

    def _seal(self, text: str, *place: object) -> bytes:
        return self.keys.seal(PURPOSE, text.encode(), self._place(*place))

    def _open(self, sealed: bytes | None, *place: object) -> str | None:
        return (
            None if sealed is None else self.keys.open(PURPOSE, bytes(sealed), self._place(*place)).decode()
        )

    def _place(self, *place: object) -> str:
        """Name where something is kept, so that it opens nowhere else."""
        return "/".join(map(str, (self.oauth.app_id, self.oa_id, *place)))
