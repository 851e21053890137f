"""Write what stands in capitals as sentences write it."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

_WORD = re.compile(r"[^\W_]+(?:[/&][^\W_]+)*")
_PLACES = {"phường", "xã", "tỉnh", "huyện", "quận", "khu", "trấn", "vực", "ấp"}
_OFFICES = {"sở", "bộ", "phòng", "cục", "trường", "tâm"}
_SCHOOLS = {"THCS", "THPT", "PTDTNT"}
_SHORT = {"UBND", "HĐND", "THCS", "THPT", "CCHC", "TTHC", "MTTQ", "CNTT", "TP", "ISO", "TCVN", "BCĐ", "QPPL"}
_LETTERS = set("ABCDĐEGHIKLMNPQRSTVX")  # names of one letter; Y, Ý and Ở begin words
_NAMED = {("mầm", "non"), ("tiểu", "học")}  # kinds of schools, whose names follow
_HEADS = {"chính", "chủ", "ủy", "uỷ", "hội", "giám", "đảng", "sở", "bộ"}
_NO_NAMES = {"năm", "ủy", "uỷ", "về", "và", "trên", "giai", "trong", "theo", "của", "đến"}


def is_capitals(text: str) -> bool:
    """Say whether text is written in capitals."""
    letters = [char for char in text if char.isalpha()]
    return len(letters) > 2 and sum(char.isupper() for char in letters) > 0.9 * len(letters)


def cased(text: str, body: str) -> str:
    """Return text in capitals as `body` writes the same words elsewhere, else as a sentence writes them."""
    if not is_capitals(text):
        return text
    words, index = _index(body)
    found, at = list[str](), 0
    said = _WORD.findall(text)
    while at < len(said):
        run = _longest([word.lower() for word in said[at:]], words, index)
        found += run or [_plain(said, at, found)]
        at += max(len(run), 1)
    shown = iter(found)
    sentence = _WORD.sub(lambda _: next(shown), text)
    return sentence[:1].upper() + sentence[1:]


@lru_cache(maxsize=2)
def _index(body: str) -> tuple[list[str], dict[str, list[int]]]:
    """Return the words of the lines that aren't in capitals, and where each of them stands."""
    words = [word for line in body.splitlines() if not is_capitals(line) for word in _WORD.findall(line)]
    index: dict[str, list[int]] = {}
    for at, word in enumerate(words):
        index.setdefault(word.lower(), []).append(at)
    return words, index


def _longest(wanted: list[str], words: list[str], index: dict[str, list[int]]) -> list[str]:
    """Return the longest run of the wanted words in the body, as written there; one word alone is none."""
    best: list[str] = []
    for at in index.get(wanted[0], [])[:200]:
        size = 0
        while size < len(wanted) and at + size < len(words) and words[at + size].lower() == wanted[size]:
            size += 1
        run = words[at : at + size]
        if size > max(len(best), 1) and not is_capitals(" ".join(run)):
            best = run
    return best


def _plain(said: list[str], at: int, before: list[str]) -> str:
    """Return one word: names of places and offices keep their capital."""
    word, low = said[at], said[at].lower()
    last = before[-1].lower() if before else ""
    if word in _LETTERS or word in _SHORT | _SCHOOLS or any(char.isdigit() for char in word):
        return word
    if low in _PLACES or low == "trưởng" or (low, last) == ("phố", "thành"):
        return word.capitalize() if not before else low
    if not before or last in _OFFICES or (low in _HEADS and last in {"tịch", "trưởng", "đốc", "tướng"}):
        return word.capitalize()
    placed = [step for step, earlier in enumerate(before) if earlier.lower() in _PLACES | {"phố"}]
    placed += [step for step, earlier in enumerate(before) if earlier in _SCHOOLS]
    placed += [step for step, pair in enumerate(pairwise(before), 1) if tuple(map(str.lower, pair)) in _NAMED]
    between = [earlier.lower() for earlier in before[max(placed) + 1 :]] if placed else []
    named = bool(placed) and len(between) < 4 and not _NO_NAMES & {*between, low} and low != "thành"
    return word.capitalize() if named else low
