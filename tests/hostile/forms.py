"""Reads pages as a browser would: their forms, and everything that could act in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = {"text", "search", "", "textarea"}


@dataclass
class Form:
    """One form of a page; `fields` are (name, kind, value)."""

    action: str
    posts: bool
    fields: list[tuple[str, str, str]] = field(default_factory=list)

    def filled(self, with_text: str, days: str) -> dict[str, str]:
        """Return what is sent when every text field holds this text, the rest what somebody might choose."""
        sent: dict[str, str] = {}
        for name, kind, value in self.fields:
            if kind in TYPED:
                sent[name] = with_text
            elif kind == "date":
                sent[name] = value or days
            elif kind == "email":
                sent[name] = value or "a@b.vn"
            elif kind == "select":
                sent[name] = sent.get(name) or value
            elif kind not in {"file", "submit", "password"}:
                sent[name] = value
        return sent


class Reader(HTMLParser):
    """Collects the forms of a page, and what no page of ours has: scripts in it, handlers, foreign links."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.active: list[str] = []
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._look(tag, given)
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower() == "post")
            self.forms.append(self._form)
        if self._form is None:
            return
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._form.fields.append((self._select, "select", given.get("value", "")))
        elif name and tag == "textarea":
            self._form.fields.append((name, "textarea", ""))
        elif name and tag in {"input", "button"}:
            kind = given.get("type", "" if tag == "input" else "submit").lower()
            self._form.fields.append((name, kind, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""

    def _look(self, tag: str, given: dict[str, str]) -> None:
        own_script = tag == "script" and given.get("src", "").startswith("/static/")
        if tag in {"script", "iframe", "object", "embed", "base", "style"} and not own_script:
            self.active.append(f"<{tag}>")
        self.active += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action", "formaction", "srcset"):
            said = given.get(name, "").strip().lower()
            foreign = said.startswith(("javascript:", "data:", "vbscript:", "//"))
            if foreign or (name, said) == ("src", "q"):
                self.active.append(f"{tag} {name}={said[:60]}")


def read(page: str) -> Reader:
    """Return what a page holds."""
    reader = Reader()
    reader.feed(page)
    return reader
