"""The guides of `docs/`, as pages of the program: whoever signs in can read them where they work."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path as File
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse, HTMLResponse
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from domain.refusals import BadValue
from web.page import reading

router = APIRouter()
DOCS = File(__file__).parents[1] / "docs"
INDEX = "README"
Name = Annotated[str, Path(max_length=60)]
# Written in English, for those who look after an installation or connect to it.
ENGLISH = ("api", "operations", "security")
# What replaces tags that need our style: a cell's label stands beside it on a phone, and long words break.
_READER = MarkdownIt("commonmark", {"html": False}).enable("table")


@router.get("/guides")
def show_guides(request: Request) -> HTMLResponse:
    """Show which guide is for whom."""
    return _shown(request, INDEX)


@router.get("/guides/{guide}")
def show_guide(request: Request, guide: Name) -> HTMLResponse:
    """Show one guide."""
    return _shown(request, guide)


@router.get("/guides/pictures/{picture}.png")
def show_picture(picture: Name) -> FileResponse:
    """Hand out a picture of a guide."""
    return FileResponse(_known(picture, pictures(), "Hình"), media_type="image/png")


def guides() -> dict[str, File]:
    """Return the guides by the names in their addresses; none where `docs/` was not installed."""
    found = {path.stem: path for path in (DOCS / "huong-dan").glob("*.md")}
    return found | {name: DOCS / f"{name}.md" for name in ENGLISH if (DOCS / f"{name}.md").is_file()}


def pictures() -> dict[str, File]:
    """Return the files of the pictures by their names."""
    return {path.stem: path for path in (DOCS / "pictures").glob("*.png")}


def _known(name: str, files: dict[str, File], what: str) -> File:
    if name not in files:
        raise BadValue(what, name, "không có; xem danh sách ở trang Hướng dẫn")
    return files[name]


def _shown(request: Request, name: str) -> HTMLResponse:
    path = _known(name, guides(), "Hướng dẫn")
    title, body = written(path, path.stat().st_mtime_ns)
    language = "en" if name in ENGLISH else "vi"
    with reading(request) as page:
        return page.render("guide.html", title=title, body=body, language=language, index=name == INDEX)


@lru_cache(maxsize=32)
def written(path: File, changed: int) -> tuple[str, Markup]:
    """Return a guide's title and its HTML; `changed` makes an edited file be read again."""
    text = path.read_text(encoding="utf-8")
    tokens = _READER.parse(text)
    _name_headings(tokens)
    _label_cells(tokens)
    for token in tokens:
        if token.type in {"fence", "code_block"}:
            token.type, token.content = (
                "html_block",
                f'<pre class="letter digest">{escape(token.content)}</pre>\n',
            )
        if token.children:
            token.children = _led(token.children)
    title = text.partition("\n")[0].lstrip("# ")
    return title, Markup(_READER.renderer.render(tokens, _READER.options, {}))  # noqa: S704 - HTML of a text is not passed on


def anchor(heading: str) -> str:
    """Return the name by which documents link to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _name_headings(tokens: list[Token]) -> None:
    for token, inside in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor(inside.content))


def _label_cells(tokens: list[Token]) -> None:
    """Write tables as our pages do, each cell with its column's name."""
    heads: list[str] = []
    column = 0
    for token, inside in pairwise(tokens):
        match token.type:
            case "table_open":
                token.attrSet("class", "list")
                heads = []
            case "th_open":
                token.attrSet("scope", "col")
                heads.append(inside.content.replace("`", ""))
            case "tr_open":
                column = 0
            case "td_open":
                label = heads[column] if column and heads[column] else ""
                shown = f' data-label="{escape(label)}"' if label else ' class="name"' if not column else ""
                token.type, token.content = "html_block", f"<td{shown}><div>"
                column += 1
            case "td_close":
                token.type, token.content = "html_block", "</div></td>\n"


def _led(children: list[Token]) -> list[Token]:
    """Return a line whose links and pictures lead to pages of ours; what is no page is left as its words."""
    kept, dropped = [], False
    for token in children:
        if token.type == "image":
            token.attrSet("src", f"/guides/pictures/{File(str(token.attrs['src'])).name}")
        elif token.type == "link_open":
            address = _address(str(token.attrs["href"]))
            dropped = address is None
            token.attrSet("href", address or "")
        elif token.type == "code_inline":
            token.attrSet("class", "digest")
        if not (dropped and token.type in {"link_open", "link_close"}):
            kept.append(token)
        dropped = dropped and token.type != "link_close"
    return kept


def _address(target: str) -> str | None:
    """Return the address here of what a document links to, if it is a page."""
    file, mark, heading = target.partition("#")
    name = File(file).stem
    if file.startswith("https://") or not file:
        return target
    if name in guides() and not file.endswith("decisions/README.md"):
        return f"/guides/{name}{mark}{heading}"
    return None
