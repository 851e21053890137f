"""Sources of access tokens for channels under test."""

from __future__ import annotations

from dataclasses import dataclass, field

from notifications.zalo.tokens import NoToken
from tests.zalo_server import ZaloServer


@dataclass
class Tokens:
    """Holds the token in force at the fake Zalo, and has it renewed there when a channel is refused."""

    zalo: ZaloServer
    held: str = ""
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.held = self.held or self.zalo.access_token

    def token(self) -> str:
        return self.held

    def renewed(self, refused: str) -> str:
        self.refused.append(refused)
        self.held, _ = self.zalo.new_pair()
        return self.held


@dataclass
class NoTokens:
    """Has no token, for as long as `later` says."""

    later: float | None = None

    def token(self) -> str:
        raise NoToken("test", later=self.later)

    def renewed(self, refused: str) -> str:
        raise NoToken("test", later=self.later)
