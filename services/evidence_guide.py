"""`MUOI-PHUT.html` of an evidence pack: how to check it in ten minutes without any program of ours."""

from __future__ import annotations

from pathlib import Path

TEXT = Path(__file__).with_name("templates") / "kiem-tra-ho-so.md"
GUIDE = "MUOI-PHUT.html"


def guide_page() -> bytes:
    """Return the guide of `docs/` as a page; what it links to is not in a pack, so those are words alone."""
    from markdown_it import MarkdownIt
    from markupsafe import Markup

    from services.evidence_pages import template

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    for tag in ("link_open", "link_close"):
        reader.add_render_rule(tag, lambda *_: "")
    text = TEXT.read_text(encoding="utf-8")
    title = text.partition("\n")[0].lstrip("# ")
    body = Markup(reader.render(text))  # noqa: S704 - HTML of a text is not passed on
    return template("evidence_guide.html.j2").render(title=title, body=body).encode()
