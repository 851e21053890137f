"""Read what brackets behind a task say: who leads, who helps, until when."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_PIECE = re.compile(r"[^,;]+")
_INTRODUCED = re.compile(
    r"^(?:thời gian|thời hạn|tiến độ)(?:\s+(?:thực hiện|hoàn thành))?(?:\s*:)?\s+",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"^(?:phải\s+)?(?:hoàn thành|xong)\s+(?=\D)", re.IGNORECASE)
_LEADS_BEFORE = re.compile(
    r"(?:do\s+)?(?:cơ quan |đơn vị )?(?:chủ trì|đầu mối)(?:\s*:|\s+là)?\s+(?=\S)", re.IGNORECASE
)
_LEADS_AFTER = re.compile(
    r"\s+(?:là\s+(?:cơ quan\s+|đơn vị\s+)?)?(?:chủ trì|đầu mối)(?:\s+thực hiện)?\s*$", re.IGNORECASE
)
_HELPS_BEFORE = re.compile(
    r"(?:và\s+)?(?:các\s+)?(?:cơ quan |đơn vị )?phối hợp(?:\s*:|\s+(?:chặt chẽ\s+)?(?:với|cùng))*\s+(?=\S)",
    re.IGNORECASE,
)
_HELPS_AFTER = re.compile(r"\s+phối hợp(?:\s+thực hiện)?\s*$", re.IGNORECASE)
_BOTH = re.compile(r"(?<=chủ trì)\s+(?=(?:và\s+)?phối hợp\b)", re.IGNORECASE)


@dataclass(slots=True)
class Bracketed:
    """What brackets say; `lead` and `time` are empty where they don't."""

    lead: str = ""
    coordinating: str = ""
    time: str = ""
    whole: bool = True  # nothing else stands in them


@dataclass(slots=True)
class _Said:
    lead: list[str] = field(default_factory=list)
    coordinating: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  # names whose part is told after the last of them
    role: list[str] | None = None  # where names after `phối hợp với` go

    def take(self, piece: str) -> None:
        """File the next piece that is no time."""
        after = _LEADS_AFTER.search(piece) or _HELPS_AFTER.search(piece)
        before = _LEADS_BEFORE.match(piece) or _HELPS_BEFORE.match(piece)
        if after is not None:
            target = self.lead if _LEADS_AFTER.search(piece) else self.coordinating
            target += [*self.waiting, piece[: after.start()].strip()]
            self.waiting, self.role = [], None
        elif before is not None:
            self.role = self.lead if _LEADS_BEFORE.match(piece) else self.coordinating
            self.role.append(piece[before.end() :].strip())
        elif self.role is not None:
            self.role.append(piece)
        else:
            self.waiting.append(piece)


def bracketed(
    text: str, *, is_time: Callable[[str], bool], is_unit: Callable[[str], bool]
) -> Bracketed | None:
    """Return the units and times that a text in brackets consists of; None where it tells something else.

    `Phòng A chủ trì, Phòng B phối hợp; trước 31/3` · `Phòng A, Phòng B; Quý I` · `tháng 5`.
    """
    said = _Said()
    for match in _PIECE.finditer(_BOTH.sub(", ", text)):
        piece = match[0].strip(" .")
        told = _INTRODUCED.sub("", piece)
        if told and is_time(told) and not is_unit(piece):
            said.times.append(told)
            said.role = None
        elif piece:
            said.take(piece)
    if said.waiting and (said.lead or not all(map(is_unit, said.waiting))):
        return Bracketed(time="; ".join(said.times), whole=False) if said.times and not said.lead else None
    lead = said.lead or (said.waiting if said.times or said.coordinating else [])
    if not lead and not said.times:
        return None
    times = [_UNTIL.sub("", time) for time in said.times] if lead else said.times
    return Bracketed(", ".join(lead), ", ".join(said.coordinating), "; ".join(times))
