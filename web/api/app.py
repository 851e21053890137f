"""The API as an application of its own, below the pages."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from types import ModuleType
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

from web.api import events, stages, tasks, wards
from web.api.gate import DESCRIPTION, Gate
from web.api.problems import MEDIA_TYPE, handle_problems
from web.page import Web

PREFIX = "/api/v1"
PARTS: tuple[ModuleType, ...] = (wards, tasks, events, stages)
ABOUT = """\
The tasks of a ward's yearly plan (kế hoạch cải cách hành chính) for other systems.

Each request carries a token of a machine account: `Authorization: Bearer cchc_…`. A token belongs to one
ward and sees nothing of another. What can't be done is answered as a problem (RFC 9457) whose `notice` can be
shown to people. Lists carry an `ETag`; with `If-None-Match` nothing is sent again while nothing has changed.
Everything may be sent again: the same event or submission is recorded once.

To record a document that arrived:

    curl -H "Authorization: Bearer cchc_…" -H "Content-Type: application/json" …/api/v1/events -d '{
      "type": "guidance", "doc_number": "1874/SNV-CCVC", "doc_date": "2026-03-16", "issuer": "Sở Nội vụ",
      "summary": "Hướng dẫn", "tasks": ["V.2"], "due_on": "2026-12-18"}'
"""


class Below(Mount):
    """Takes every address below its own: Starlette's pattern lets those with a line feed pass it by."""

    def __init__(self, path: str, app: ASGIApp) -> None:
        super().__init__(path, app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


def create_api(web: Web) -> FastAPI:
    """Make the application that is mounted at `PREFIX`."""
    api = FastAPI(
        title="CCHC",
        version=f"1 (cchc {version('cchc')})",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=DESCRIPTION,
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
        routes=list(_routes()),
    )
    api.state.web = web
    handle_problems(api)
    api.add_middleware(Gate, web=web)
    described = cache(lambda: _description(api))
    setattr(api, "openapi", described)  # noqa: B010 - FastAPI's way of saying what the description is
    return api


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Put the parts together, once in a process."""
    whole = APIRouter()
    for part in PARTS:
        whole.include_router(part.router)
    return tuple(whole.routes)


def _description(api: FastAPI) -> dict[str, Any]:
    """Return what the API says of itself; problems have their own media type, which FastAPI does not know."""
    made = get_openapi(
        title=api.title,
        version=api.version,
        description=api.description,
        routes=api.routes,
        servers=api.servers,
    )
    for path in made["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and "content" in answer:
                    answer["content"] = {MEDIA_TYPE: answer["content"].pop("application/json")}
    return made
