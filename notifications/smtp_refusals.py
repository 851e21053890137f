"""What a mail server's refusal is about: the moment, the address, the letter, or our settings.

The three-digit code says whether waiting helps; whom it concerns is in the step that was refused, in the
enhanced code (RFC 3463) and, where servers use one code for everything (`5.7.1`), in their words. What is in
doubt is held against the letter alone: an address wrongly given up, or a channel wrongly held, costs more.
"""

from __future__ import annotations

import re
from dataclasses import replace

from notifications.channels import Action, Answer, Outcome
from notifications.smtp_connection import misconfigured

_LOG_IN_FIRST = frozenset({530, 534, 535, 538})
RELAY_WAIT = 3600.0  # seconds before a letter is tried again that the server does not relay
_NO_SUCH_ADDRESS = frozenset({550, 551, 553})
_ENHANCED = re.compile(r"\b5\.(\d{1,3}\.\d{1,3})\b")
# Subjects and details of RFC 3463 and 7505; 4.1 is what Exchange Online says of an address that it has not.
_ADDRESS_GONE = frozenset({"1.0", "1.1", "1.2", "1.3", "1.4", "1.6", "1.9", "1.10", "2.1", "4.1", "4.4"})
_NOT_FOR_US = frozenset({"1.7", "1.8", "7.8", "7.9", "7.11", "7.57", "7.60", "7.64"})
_NO_RELAY = re.compile(
    r"relay(ing)?\b.{0,20}(denied|not (permitted|allowed)|prohibited|forbidden)|unable to relay",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(
    r"sender address rejected|client host (rejected|blocked)|not owned by"
    r"|must (first )?(log ?in|authenticate|issue a starttls)",
    re.IGNORECASE,
)
_ABOUT_THE_ADDRESS = re.compile(r"recipient address rejected|user unknown|no such user", re.IGNORECASE)


def judge(step: str, code: int, text: str) -> Answer:
    """Return what a refusal (4xx or 5xx) at `MAIL`, `RCPT` or `DATA` means for the one letter under way.

    One recipient a letter: what is said of the recipient at `DATA` concerns that one too. A refusal of our
    own login, sender or host loses no letter; the letter waits until somebody has mended the settings.
    """
    if code in _LOG_IN_FIRST:
        return misconfigured("Máy chủ thư đòi đăng nhập", text, code)
    if code < 500:
        return Answer(Outcome.RETRY, text, code=str(code))
    if step == "MAIL" and code != 552:  # 552 is about this letter's size
        return misconfigured("Máy chủ thư không nhận người gửi ghi ở from=", text, code)
    found = _ENHANCED.search(text)
    enhanced = found[1] if found else ""
    no_relay = bool(_NO_RELAY.search(text))
    if no_relay or enhanced in _NOT_FOR_US or _ABOUT_US.search(text):
        ours = "Máy chủ thư không nhận chuyển thư của tài khoản hoặc người gửi này"
        answer = misconfigured(ours, text, code)
        # It may relay to its own domains all the same: letters to those must not wait for this one.
        return replace(answer, channel_down=False, retry_after=RELAY_WAIT) if no_relay else answer
    gone = enhanced in _ADDRESS_GONE or bool(_ABOUT_THE_ADDRESS.search(text))
    if step == "RCPT" and not enhanced and code in _NO_SUCH_ADDRESS:
        gone = True
    return Answer(Outcome.FAILED, text, action=Action.RECIPIENT if gone else Action.DEFECT, code=str(code))
