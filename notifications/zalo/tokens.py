"""Where the Zalo channels take the access token from; who keeps it alive is not their business."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from domain.errors import WardError

# The code of answers for want of a token that only a person can bring.
NO_TOKEN = "no-token"  # noqa: S105 - a code, no secret


class NoToken(WardError):
    """There is no valid access token.

    Without `later` only an administrator of the official account can mend it, by consenting; with it the
    trouble is the network's or another process's, and there may be one in as many seconds.
    """

    def __init__(self, why: str, *, later: float | None = None) -> None:
        self.later = later
        super().__init__(
            f"no Zalo access token: {why}",
            "Chưa có quyền gửi qua Zalo OA hoặc quyền đã hết hạn. Quản trị cần cấp quyền lại."
            if later is None
            else "Chưa lấy được mã truy cập Zalo mới; chương trình tự thử lại sau ít phút.",
        )


class TokenSource(Protocol):
    """Gives the access token of one official account; safe to share between threads and processes."""

    def token(self) -> str:
        """Return the access token in force.

        Raises:
            NoToken: there is none.
        """

    def renewed(self, refused: str) -> str:
        """Return the token to use instead of `refused`, which the provider no longer takes.

        Raises:
            NoToken: there is none; consent is needed.
        """


@dataclass(frozen=True, slots=True)
class FixedToken:
    """A token that somebody else keeps alive, as an Apprise URL has it: a `TokenSource`."""

    value: str = field(repr=False)

    def token(self) -> str:
        """Return the token."""
        return self.value

    def renewed(self, refused: str) -> str:
        """Refuse: there is no other.

        Raises:
            NoToken: always.
        """
        raise NoToken("the only one was refused")
