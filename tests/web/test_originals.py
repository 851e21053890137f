"""Words of a document on a page: marked, and never markup."""

from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.originals import holds, marked

PIECES = st.text(st.sampled_from("ab <>&\"'/\n…ơ\u0301") | st.characters(codec="utf-8"), max_size=30)


@given(PIECES, PIECES)
def test_what_is_shown_is_the_text_itself_whatever_is_sought(text: str, words: str) -> None:
    shown = str(marked(text, words))

    bare = re.sub("</?mark>", "", shown)
    assert "<" not in bare
    assert '"' not in bare
    assert html.unescape(bare) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("Trước\n Quý I/2026", "quý  I/2026", "Trước\n <mark>Quý I/2026</mark>"),
        ("trong Qu\u0301y I", "Qúy I", "trong <mark>Qúy I</mark>"),
        ("a, b, a", "a", "<mark>a</mark>, b, <mark>a</mark>"),
        ("<b>x</b>", "x", "&lt;b&gt;<mark>x</mark>&lt;/b&gt;"),
        ("<b>x</b>", "", "&lt;b&gt;x&lt;/b&gt;"),
        ("một hai ba", "hai…", "một <mark>hai</mark> ba"),
        ("một", "hai", "một"),
    ],
)
def test_doubtful_words_are_marked_however_they_are_spaced(text: str, words: str, shown: str) -> None:
    assert marked(text, words) == shown
    assert holds(text, words) == ("<mark>" in shown)
