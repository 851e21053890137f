"""Meetings and changes that a clause only speaks of: how long one lasts, which one is to be held."""

from __future__ import annotations

from dataclasses import replace

from domain.reading.group import Group
from domain.reading.phrase import DATE, DAY, EVENT, EXCEPT, OFFSET, RHYTHM
from domain.reading.tokens import Token

_MOST = {"không quá", "không vượt quá", "tối đa", "tối đa là"}
_LONGEST = 10  # days of a meeting
_MEETING = {"nghị", "huấn", "thảo", "lớp", "tập"}  # hội nghị, tập huấn, hội thảo, diễn tập
_CHANGES = {"sáp", "hợp", "sắp", "kiện", "chia", "nhập", "tinh", "chuyển"}  # sáp nhập, hợp nhất, sắp xếp …
_OWN_TERM = {"báo cáo", "giải quyết", "thẩm định", "trình"}
_THING = {"word", "vague", "session"}


def with_lengths(ts: list[Token], groups: list[Group]) -> list[Group]:
    """Make one group, which says no time, of a meeting and how long it lasts: `Đại hội không quá 2 ngày`."""
    found: list[Group] = []
    for group in groups:
        if not _is_length(ts, group):
            found.append(group)
            continue
        meeting = found and found[-1].kind == EVENT and ts[found[-1].first].kind == "session"
        first = found.pop().first if meeting else group.first
        found.append(replace(group, kind=EXCEPT, first=first))
    return found


def _is_length(ts: list[Token], group: Group) -> bool:
    phrase = group.phrases[0]
    if group.kind != OFFSET or phrase.base or phrase.spans or phrase.unit != "D" or phrase.number > _LONGEST:
        return False
    if ts[group.first].text not in _MOST:
        return False
    for token in reversed(ts[: group.first]):
        if token.kind in {"finish", "before", "until", ";"} or token.text in _OWN_TERM:
            return False
        if token.kind == "session" or token.text in _MEETING:
            return True
    return False


def is_subject(ts: list[Token], group: Group, others: list[Group]) -> bool:
    """Say whether the meeting is the dated work itself: `Đại hội các chi bộ hoàn thành trước 30/6`."""
    if group.kind != EVENT or group.first or ts[0].kind != "session" or group.phrases[0].spans:
        return False
    for other in others:
        if other.kind == DATE and other.dates[0].bound and other.first >= group.last:
            return any(token.kind == "finish" for token in ts[group.first : other.last])
    return False


def is_aftermath(ts: list[Token], group: Group, others: list[Group]) -> bool:
    """Say whether `sau sáp nhập` only describes a thing, where a date is given: `các xã sau sáp nhập`."""
    if group.kind != EVENT or not group.first or ts[group.first].kind != "after":
        return False
    if ts[group.first + 1].text not in _CHANGES or ts[group.first - 1].kind not in _THING:
        return False
    return any(other.kind in {DATE, DAY, RHYTHM, OFFSET} for other in others)
