"""The lines of long lists as HTML, rendered once for as long as neither they nor the day change."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jinja2 import Template
from markupsafe import Markup
from sqlalchemy import Row

from web.days import Days
from web.page import Web

MOST = 8192  # lines that are kept, of some 500 bytes each


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, told from others by all that is in it."""

    key: Hashable
    shown: Any = field(compare=False)


def pieces(web: Web, template: str, lines: Iterable[Any], days: Days) -> list[Markup]:
    """Return each line as a template shows it as `each`: it may show nothing but the line and the day."""
    found = web.templates.get_template(template)
    return [_piece(found, _Line(_key(line), line), days) for line in lines]


@lru_cache(maxsize=MOST)
def _piece(template: Template, line: _Line, days: Days) -> Markup:
    return Markup(template.render(each=line.shown, days=days))  # noqa: S704 - the template has escaped it


def _key(line: Any) -> Hashable:
    if isinstance(line, Row):
        return tuple([tuple(cell) if type(cell) is list else cell for cell in line])
    found: Hashable = line
    return found
