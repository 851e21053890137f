"""The error table: what Zalo's documentation asks for each code, and what a file of one's own may change."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from notifications.channels import Action, ChannelMisconfigured, Outcome
from notifications.zalo.errors import HANOI, UNLISTED, Rule, load_errors, seconds_until
from notifications.zalo.exchange import Exchange
from notifications.zalo.verdicts import Judge

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=HANOI)

# As the reference of Zalo's errors puts them, a line for each action.
ZBS = """
R -100
C -101 -102 -103 -104 -105 -109 -117 -131 -127 -120 -1201 -1202 -135 -1351 -138 -1381 -145 -1241 -125 -126
C -136 -137 -146
D -106 -121 -122 -111 -112 -107 -113 -1131 -116 -1121 -1122 -1123 -1124 -130 -132 -153
D -123 -128 -129 -142 -143 -148 -149 -150 -151 -152 -1491 -158 -159 -160 -161 -162
N -108 -110 -114 -118 -119 -134 -139 -140 -141
Q -115 -133 -144 -1441 -147 -1471 -1472
T -124
"""
OA = """
Q -32 -211 -218 -234
R -200
D -201 -210 -233 -249 -240
C -204 -205 -209 -212 -215 -219 -221 -223 -224 -235 -237 -238 -403 -242 -248 -320 -321
N -213 -217 -227 -244
T -216 -220
W -230 -232 -305 -311
"""
BOT = """
D 400
N 404
C 401 403
Q 429
U 408 500 502 503 504
"""
TRANSPORT = """
R dns refused connect connect-timeout tls
U no-answer reset server-error not-json too-large unforeseen
Q rate
T unauthorized
C redirect client-error malformed
"""
MEANT = {
    "R": (Outcome.RETRY, None),
    "T": (Outcome.RETRY, Action.CHANNEL),  # the renewed token was refused too
    "N": (Outcome.FAILED, Action.RECIPIENT),
    "W": (Outcome.FAILED, Action.WINDOW),
    "C": (Outcome.RETRY, Action.CHANNEL),
    "D": (Outcome.FAILED, Action.DEFECT),
    "Q": (Outcome.RETRY, Action.WAIT),
    "U": (Outcome.UNKNOWN, None),
}


def rows(table: str) -> list[tuple[str, str]]:
    lines = [line.split() for line in table.strip().splitlines()]
    return [(action, code) for action, *codes in lines for code in codes]


def refused(api: str, code: str, words: str = "refused") -> Exchange:
    body = (
        {"ok": False, "error_code": int(code), "description": words}
        if api == "bot"
        else {"error": int(code), "message": words}
    )
    return Exchange(None, words, 200, body)


@pytest.mark.parametrize(
    ("api", "action", "code"),
    [(api, *row) for api, table in (("zbs", ZBS), ("oa", OA), ("bot", BOT)) for row in rows(table)],
)
def test_each_code_is_answered_as_the_reference_asks(api: str, action: str, code: str) -> None:
    answer = Judge(load_errors(), api, lambda: NOW).judge(refused(api, code), "td-1")

    assert (answer.outcome, answer.action) == MEANT[action]
    assert answer.code == code
    assert (answer.retry_after is not None) is (action == "Q")
    assert answer.channel_down or action != "C"
    assert re.match(r"\w.+ \(mã -?\d+\): refused", answer.text)


@pytest.mark.parametrize(("action", "trouble"), rows(TRANSPORT))
def test_each_trouble_of_the_wire_is_answered_as_the_reference_asks(action: str, trouble: str) -> None:
    found = Exchange(trouble, "words")

    answer = Judge(load_errors(), "oa", lambda: NOW).judge(found, "td-1")

    assert (answer.outcome, answer.action) == MEANT[action]


@pytest.mark.parametrize(("api", "table"), [("zbs", ZBS), ("oa", OA), ("bot", BOT), ("transport", TRANSPORT)])
def test_the_table_has_these_codes_and_no_other(api: str, table: str) -> None:
    assert sorted(load_errors().rules[api]) == sorted(code for _, code in rows(table))


@pytest.mark.parametrize("api", ["zbs", "oa", "uid", "bot"])
def test_an_unlisted_code_holds_the_channel_and_is_never_tried_by_itself(api: str) -> None:
    answer = Judge(load_errors(), api, lambda: NOW).judge(refused(api, "-99999"), "td-1")

    assert (answer.outcome, answer.action, answer.channel_down) == (Outcome.RETRY, Action.CHANNEL, True)
    assert answer.text.startswith(UNLISTED.meaning.capitalize()[:10])


@pytest.mark.parametrize(
    ("api", "code", "words", "action"),
    [
        ("oa", "-201", "user_id is invalid", Action.RECIPIENT),
        ("oa", "-201", "message is invalid", Action.DEFECT),
        ("bot", "400", "Bad Request: chat not found", Action.RECIPIENT),
        ("bot", "400", "text is invalid", Action.DEFECT),
    ],
)
def test_a_field_that_zalo_names_decides_whose_fault_it_is(
    api: str, code: str, words: str, action: Action
) -> None:
    assert Judge(load_errors(), api, lambda: NOW).judge(refused(api, code, words), "td-1").action is action


@pytest.mark.parametrize(
    ("wait", "now", "then"),
    [
        ("60 s", "2026-11-24 09:00", "2026-11-24 09:01"),
        ("10 m", "2026-11-24 23:55", "2026-11-25 00:05"),
        ("2 h", "2026-11-24 09:00", "2026-11-24 11:00"),
        ("06:05", "2026-11-24 05:00", "2026-11-24 06:05"),
        ("06:05", "2026-11-24 06:05", "2026-11-25 06:05"),
        ("06:05", "2026-11-24 22:00", "2026-11-25 06:05"),
        ("next day 00:05", "2026-11-24 00:01", "2026-11-25 00:05"),
        ("next day 00:05", "2026-12-31 23:59", "2027-01-01 00:05"),
        ("next month", "2026-11-24 09:00", "2026-12-01 00:05"),
        ("next month", "2026-12-31 23:59", "2027-01-01 00:05"),
        ("next month", "2027-01-31 00:00", "2027-02-01 00:05"),
    ],
)
def test_a_wait_ends_by_the_clock_of_viet_nam(wait: str, now: str, then: str) -> None:
    began = datetime.fromisoformat(now).replace(tzinfo=HANOI)

    ends = began + timedelta(seconds=seconds_until(wait, began))

    assert ends == datetime.fromisoformat(then).replace(tzinfo=HANOI)


def test_a_success_between_two_failing_handshakes_begins_the_count_again() -> None:
    judge = Judge(load_errors(), "oa", lambda: NOW)
    failed, taken = Exchange("tls", "x"), Exchange(None, "ok", 200, {"error": 0})

    answers = [judge.judge(found, "td-1") for found in (failed, failed, taken, failed, failed, failed)]

    assert [answer.action for answer in answers] == [None] * 5 + [Action.CHANNEL]


def test_a_file_of_ones_own_changes_the_keys_that_it_names_and_adds_codes(tmp_path: Path) -> None:
    own = tmp_path / "errors.toml"
    own.write_text(
        '[oa]\n"-237" = { action = "N", whole = false }\n"-9" = { action = "Q", wait = "2 h" }\n', "utf-8"
    )

    table = load_errors(own)

    assert table.find("oa", "-237").action == "N"
    assert table.find("oa", "-237").meaning == load_errors().find("oa", "-237").meaning
    assert table.find("oa", "-9").wait == "2 h"
    assert table.find("oa", "-238") == load_errors().find("oa", "-238")


@pytest.mark.parametrize(
    "text",
    [
        "[oa",
        "oa = 7",
        "[unknown]\n",
        '[oa]\n"-1" = 7',
        '[oa]\n"-1" = { action = "X" }',
        '[oa]\n"-1" = { action = "Q" }',
        '[oa]\n"-1" = { meaning = "x" }',
        '[oa]\n"-1" = { action = "Q", wait = "tomorrow" }',
        '[oa]\n"-1" = { action = "Q", wait = "25:00" }',
        '[oa]\n"-1" = { action = "R", tries = "two" }',
        '[oa]\n"-1" = { action = "R", color = "red" }',
        '[oa]\n"-1" = { action = "D", words = { user = "Z" } }',
        '[oa]\n"-1" = { action = "D", words = "user" }',
    ],
)
def test_a_file_with_a_mistake_is_refused_by_the_name_of_its_setting(tmp_path: Path, text: str) -> None:
    own = tmp_path / "errors.toml"
    own.write_text(text, "utf-8")

    with pytest.raises(ChannelMisconfigured) as refusal:
        load_errors(own)

    assert "CCHC_ZALO_ERRORS" in refusal.value.notice


def test_what_a_rule_says_fits_on_one_line() -> None:
    rules: list[Rule] = [rule for codes in load_errors().rules.values() for rule in codes.values()]

    assert all(rule.meaning.isprintable() and 0 < len(rule.meaning) <= 110 for rule in rules)
