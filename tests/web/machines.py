"""Another system in front of the API, with a token of its own."""

from __future__ import annotations

from typing import Any

from httpx import Response
from sqlalchemy import Engine

from models.database import transaction
from services.machine_tokens import Made, Order, make_token
from services.people import Ward
from tests.builders import NOW
from tests.web.conftest import Browser

API = "/api/v1"
EVENT = {
    "type": "guidance",
    "doc_number": "12/UBND-NC",
    "doc_date": "2026-02-27",
    "issuer": "UBND tỉnh",
    "summary": "Hướng dẫn cải cách",
}


def token_of(engine: Engine, ward: Ward, *scopes: str, **more: Any) -> Made:
    """Make a token as the administrator does."""
    order = Order(**{"name": "may-" + "-".join(scopes), "label": "Kiểm thử", "scopes": scopes, **more})
    with transaction(engine) as connection:
        return make_token(connection, ward, order, by="quantri", now=NOW)


class Caller:
    """Calls the API of a browser's application with a token, and no cookie."""

    def __init__(self, browser: Browser, token: str | None) -> None:
        self.client = browser.client
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def ask(self, method: str, path: str, **more: Any) -> Response:
        """Ask, and return whatever comes."""
        headers = {**self.headers, **more.pop("headers", {})}
        self.client.cookies.clear()
        answer: Response = self.client.request(method, API + path, headers=headers, **more)
        return answer

    def get(self, path: str, **more: Any) -> Any:
        """Return the JSON of what must be there."""
        answer = self.ask("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()


def submit(caller: Caller, occurrence: int, stage: str = "plan", **more: Any) -> Any:
    return caller.ask("POST", f"/occurrences/{occurrence}/stages/{stage}/submissions", **more)
