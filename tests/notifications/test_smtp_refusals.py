"""Whom a mail server's refusal concerns, in the words of the servers that are met most."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels import Action, Outcome
from notifications.smtp_refusals import judge

ADDRESS = (
    ("RCPT", "550 5.1.1 <a@b.vn>: Recipient address rejected: User unknown in local recipient table"),
    ("RCPT", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
    ("RCPT", "550 5.4.1 Recipient address rejected: Access denied. [HK2.prod.example.com]"),
    ("RCPT", "550-5.1.1 The email account that you tried to reach does not exist. 5.1.1 Please try again"),
    ("RCPT", "550 5.2.1 The email account that you tried to reach is disabled."),
    ("RCPT", "550 No such user here"),
    ("RCPT", "551 User not local"),
    ("RCPT", "553 Mailbox name not allowed"),
    ("RCPT", "554 5.7.1 <a@b.vn>: Recipient address rejected: Access denied"),
    ("DATA", "550 5.1.1 User unknown"),
)
SETTINGS = (
    ("MAIL", "550 5.7.1 Sender rejected"),
    ("MAIL", "553 5.1.8 <cchc@b.vn>: Domain of sender address does not exist"),
    ("MAIL", "530 5.7.0 Authentication required"),
    ("RCPT", "530 5.7.57 Client not authenticated to send mail"),
    ("RCPT", "553 5.7.1 <cchc@b.vn>: Sender address rejected: not owned by user lan"),
    ("RCPT", "550 5.1.8 <cchc@b.vn>: Sender address rejected: Domain not found"),
    ("DATA", "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
)
RELAY = (
    ("RCPT", "554 5.7.1 <a@b.vn>: Relay access denied"),
    ("RCPT", "554 5.7.1 <a@b.vn>: Recipient address rejected: Relay access denied"),
    ("RCPT", "550 relay not permitted"),
    ("RCPT", "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"),
)
LETTER = (
    ("DATA", "554 5.7.1 Message rejected as spam"),
    ("DATA", "552 5.3.4 Message size exceeds fixed limit"),
    ("MAIL", "552 5.3.4 Message size exceeds fixed limit"),
    ("RCPT", "552 5.2.2 Mailbox full"),
    ("RCPT", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required"),
    ("RCPT", "550 5.7.1 Refused by policy"),
    ("DATA", "550 Content refused"),
)


def code_of(said: str) -> int:
    return int(said[:3])


@pytest.mark.parametrize(("step", "said"), ADDRESS)
def test_an_address_that_is_no_more_is_given_up(step: str, said: str) -> None:
    answer = judge(step, code_of(said), said)

    assert (answer.outcome, answer.action, answer.channel_down) == (Outcome.FAILED, Action.RECIPIENT, False)
    assert (answer.text, answer.code) == (said, said[:3])


@pytest.mark.parametrize(("step", "said"), SETTINGS)
def test_what_would_meet_every_letter_stops_the_channel_and_loses_none(step: str, said: str) -> None:
    answer = judge(step, code_of(said), said)

    assert (answer.outcome, answer.action, answer.channel_down) == (Outcome.RETRY, Action.CHANNEL, True)
    assert said in answer.text
    assert "CCHC_MAIL_URL" in answer.text
    assert answer.code == said[:3]


@pytest.mark.parametrize(("step", "said"), RELAY)
def test_a_letter_that_is_not_relayed_waits_alone_since_others_may_be(step: str, said: str) -> None:
    answer = judge(step, code_of(said), said)

    assert (answer.outcome, answer.action, answer.channel_down) == (Outcome.RETRY, Action.CHANNEL, False)
    assert "CCHC_MAIL_URL" in answer.text


@pytest.mark.parametrize(("step", "said"), LETTER)
def test_in_doubt_only_the_letter_is_put_aside(step: str, said: str) -> None:
    answer = judge(step, code_of(said), said)

    assert (answer.outcome, answer.action, answer.channel_down) == (Outcome.FAILED, Action.DEFECT, False)


@given(st.sampled_from(("MAIL", "RCPT", "DATA")), st.integers(400, 499), st.text(max_size=60))
def test_whatever_a_server_says_beside_a_4xx_the_letter_goes_again(step: str, code: int, words: str) -> None:
    answer = judge(step, code, f"{code} {words}")

    assert (answer.outcome, answer.action, answer.code) == (Outcome.RETRY, None, str(code))


@given(st.sampled_from(("MAIL", "RCPT", "DATA")), st.integers(500, 599), st.text(max_size=60))
def test_a_5xx_is_never_tried_again_unless_somebody_mends_the_settings(
    step: str, code: int, words: str
) -> None:
    answer = judge(step, code, f"{code} {words}")

    assert answer.action is not None
    assert (answer.outcome is Outcome.RETRY) == (answer.action is Action.CHANNEL)
