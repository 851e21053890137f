"""Reading stands whatever it is given: it never raises, takes its time, and hides no word of time."""

from __future__ import annotations

import random
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.reading.normal import key
from domain.reading.times import read_time
from tests.domain.reading.test_expressions import EXPRESSIONS, UNSEEN
from tests.domain.reading.test_variants import VARIANTS

TEXTS = [entry["text"] for entry in (*EXPRESSIONS, *UNSEEN, *VARIANTS)]
SIZE = 40_000  # letters
SECONDS = 5.0  # a machine of this decade needs under one
_CHARS = random.Random(16)
HOSTILE = {
    "garbage": "".join(chr(_CHARS.randrange(32, 0x1FF)) for _ in range(SIZE)),
    "nested brackets": "(" * (SIZE // 2) + ")" * (SIZE // 2),
    "brackets that never close": "(trước " * (SIZE // 7),
    "bullets": "- trước ngày 30/6/2026\n" * (SIZE // 4),
    "digits": "1" * SIZE,
    "fractions": "1/" * (SIZE // 2),
    "a list of ones": "1," * (SIZE // 2),
    "a list of days": "30/6, " * (SIZE // 6),
    "bounds": "sau " * (SIZE // 4),
    "causes": "khi " * (SIZE // 4),
    "ranges": "từ ngày 1 đến " * (SIZE // 14),
    "one word": "a" * SIZE,
    "empty lines": "\n" * SIZE,
    "hours": "1h - " * (SIZE // 5),
    "years": "năm 2026 " * (SIZE // 9),
    "documents": "1/QĐ-UBND " * (SIZE // 10),
}


def _facts(text: str) -> list[tuple[object, ...]]:
    milestones, _ = read_time(text, year=2026)
    return [(m.kind, m.stage, m.start, m.due, m.due_time, m.recurrence, m.due_rule) for m in milestones]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_read_in_bounded_time(name: str) -> None:
    begun = time.process_time()
    milestones, _ = read_time(HOSTILE[name], year=2026)

    assert milestones
    assert time.process_time() - begun < SECONDS


@given(st.text(alphabet=st.characters(), max_size=200), st.sampled_from(TEXTS))
@example("\x00\ud800", "Quý I/2026")
def test_reading_never_raises_whatever_stands_beside_a_time(noise: str, text: str) -> None:
    for shown in (noise, noise + text, f"{text} {noise}"):
        assert read_time(shown, year=2026)[0]


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.upper() if "\n" not in text else text,
        lambda text: text.lower() if "\n" not in text else text,
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace("-", "\u2013"),
        lambda text: f"{text}.",
        lambda text: f"- {text}",
        lambda text: f"\n{text}\n",
    ],
    ids=["capitals", "small letters", "NFD", "spaces", "hard spaces", "dashes", "stop", "bullet", "lines"],
)
def test_no_expression_changes_its_reading_with_its_typography(changed: object) -> None:
    assert callable(changed)
    other = [text for text in TEXTS if _facts(text) != _facts(changed(text))]

    assert other == []


def test_every_word_of_every_expression_is_in_what_was_read_or_in_a_finding() -> None:
    missing = {}
    for text in TEXTS:
        milestones, findings = read_time(text, year=2026)
        told = " ".join([*(m.source_text for m in milestones), *(f.source_text for f in findings)])
        left = set(key(text).split()) - set(key(told).split())
        words = {word for word in left if len(word) > 1 and not word.isdigit()}
        if words:
            missing[text] = words

    assert missing == {}
