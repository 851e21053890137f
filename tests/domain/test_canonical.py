"""One value, one text: RFC 8785, and PostgreSQL writes it the same way."""

from __future__ import annotations

import json
from collections import OrderedDict
from datetime import date

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.canonical import canonical

# PostgreSQL keeps no NUL, and no surrogate is a character.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
AWKWARD = st.text(st.sampled_from('\b\t\n\f\r\x01\x1f\x7f"\\/<>&\u2028\u2029éế🂡𝌆\ufeffđĐ\u0301'))
STRINGS = TEXT | AWKWARD
SAFE = st.integers(-(2**53) + 1, 2**53 - 1)
KEYS = st.text(st.characters(max_codepoint=127), max_size=5)
VALUES = st.recursive(
    STRINGS | SAFE, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)

ESCAPED = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def by_the_rfc(value: object) -> str:
    """Serialise as RFC 8785, section 3.2, says, one rule after the other."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return "{" + ",".join(f"{by_the_rfc(key)}:{by_the_rfc(inner)}" for key, inner in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(by_the_rfc, value)) + "]"
    if isinstance(value, int):
        return str(value)
    assert isinstance(value, str)
    return '"' + "".join(ESCAPED.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value) + '"'


@given(VALUES)
def test_a_value_is_written_as_the_rfc_says(value: object) -> None:
    assert canonical(value) == by_the_rfc(value)


@given(VALUES)
def test_what_was_written_reads_back_as_it_was(value: object) -> None:
    assert json.loads(canonical(value)) == value


@given(st.dictionaries(KEYS, SAFE, min_size=2))
def test_the_order_in_which_members_were_put_leaves_no_trace(members: dict[str, int]) -> None:
    turned = OrderedDict(reversed(members.items()))

    assert canonical(turned) == canonical(members)


def test_the_examples_of_the_rfc_come_out_as_printed_there() -> None:
    assert canonical('€$\x0f\nA\'B"\\\\"/') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'
    assert canonical({"\r": 1, "1": 2, "\x7f": 3, "a": []}) == '{"\\r":1,"1":2,"a":[],"\x7f":3}'


@pytest.mark.parametrize(
    "value", [1.0, True, None, {"a": None}, [False], b"x", date(2026, 1, 1), {1: "a"}, {"đ": 1}, {1, 2}]
)
def test_what_could_be_written_in_two_ways_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**40])
def test_a_number_that_other_readers_would_round_is_refused(number: int) -> None:
    with pytest.raises(TypeError):
        canonical({"n": number})


def test_half_a_character_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical({"name": "\ud83d"})


@pytest.fixture(scope="module")
def postgres(server_url: str) -> psycopg.Connection[tuple[str]]:
    return psycopg.connect(server_url, autocommit=True)


@settings(deadline=None)
@given(st.lists(STRINGS, min_size=1, max_size=50))
def test_postgresql_writes_strings_as_we_do(
    postgres: psycopg.Connection[tuple[str]], texts: list[str]
) -> None:
    rows = postgres.execute(
        "SELECT to_json(t)::text FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n", [texts]
    )

    assert [text for (text,) in rows] == [canonical(text) for text in texts]


@settings(deadline=None)
@given(STRINGS, SAFE, st.lists(STRINGS, max_size=3))
def test_postgresql_writes_rows_as_we_do_when_their_columns_are_in_order(
    postgres: psycopg.Connection[tuple[str]], text: str, number: int, texts: list[str]
) -> None:
    row = postgres.execute(
        "SELECT json_strip_nulls(row_to_json(f))::text FROM"
        " (SELECT %s::text[] AS a, %s::bigint AS b, NULL::text AS c, %s::text AS d) f",
        [texts, number, text],
    ).fetchone()

    assert row is not None
    assert row[0] == canonical({"a": texts, "b": number, "d": text})
