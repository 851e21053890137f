"""Many routes as one that finds among them quickly: by the first word of an address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send


class Shelves(BaseRoute):
    """Routes whose first words are written out; only those of the word that is asked for are tried, in order.

    Starlette tries one after the other, which for a hundred pages takes a tenth of what a page takes.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = routes
        self._by_word: dict[str, list[Route]] = defaultdict(list)
        for route in routes:
            self._by_word[_first_word(route.path_format)].append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return the first route that takes address and method, else the first that takes the address."""
        found: tuple[Match, Scope] = (Match.NONE, {})
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        for route in self._by_word.get(_first_word(path), ()):
            match, taken = route.matches(scope)
            if match is Match.FULL:
                return match, {**taken, "route": route}
            if match is Match.PARTIAL and found[0] is Match.NONE:
                found = match, {**taken, "route": route}
        return found

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the route answer that was found."""
        await scope["route"].handle(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Return the address of the route that is called so."""
        for route in self.routes:
            with suppress(NoMatchFound):
                return route.url_path_for(name, **path_params)
        raise NoMatchFound(name, path_params)


def _first_word(path: str) -> str:
    return path[1:].partition("/")[0]
