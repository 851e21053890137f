"""What the Vietnamese guides name is called so on the pages: buttons, fields, pages, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web.navigation import DESKS, ENTRIES

ROOT = Path(__file__).resolve().parents[1]
GUIDES = {
    path.name: re.sub(r"\s+", " ", path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "docs/huong-dan").glob("*.md"))
}
PAGES = [*(ROOT / "web").rglob("*.py"), *(ROOT / "web").rglob("*.html"), ROOT / "web/static/app.js"]
SPEECH = [*(ROOT / "domain").glob("*.py"), *(ROOT / "notifications").rglob("*.j2")]
OF_THE_MACHINE = ("/api/v1", "/opt/", "/etc/")
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{[^{}]*\}", re.DOTALL)
# After these words a name in bold is one that people look for on a page; elsewhere bold stresses.
CUE = r"(?:[Tt]rang(?: đầu,)?|[Nn]út|[Bb]ấm|[Ôô]|[Mm]ục|[Mm]ở|[Cc]họn|[Cc]ột|[Pp]hần|[Dd]òng|[Dd]anh sách)"
NAMES = re.compile(CUE + r" ((?:\*\*[^*]+\*\*(?:, | hoặc |, hoặc | và )?)+)")


def pieces() -> set[str]:
    """Return the words between two tags or quotes; what is filled in stands as “…”."""
    found: set[str] = set()
    for path in [*PAGES, *SPEECH]:
        text = path.read_text(encoding="utf-8")
        whole = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
        # A template's own literals (`{{ "A" if … else "B" }}`) are words of the page as well.
        for part in [JINJA.sub("…", whole), *JINJA.findall(whole)]:
            found |= {tidy(each) for each in re.split(r'<[^>]*>|"|\n', part)}
    return found - {""}


def tidy(words: str) -> str:
    """Return a name without what stands behind it in brackets, counts, arrows and stops."""
    plain = re.sub(r"\s+", " ", words.replace("→", "").replace("←", ""))
    plain = re.sub(r" ?(?:\([^()]*\)|…)(?: \([^()]*\))*$", "", plain.strip())
    return plain.strip(" .:…,·").casefold()


def names(text: str) -> list[str]:
    """Return what a guide calls a page, a button, a field."""
    return [name for chain in NAMES.findall(text) for name in re.findall(r"\*\*([^*]+)\*\*", chain)]


@pytest.mark.parametrize("guide", GUIDES)
def test_what_guides_name_stands_on_the_pages_in_the_same_words(guide: str) -> None:
    known = pieces()

    assert [name for name in names(GUIDES[guide]) if tidy(name) not in known] == []


def test_the_guides_name_enough_for_that_to_mean_something() -> None:
    named = {name for text in GUIDES.values() for name in names(text)}

    assert len(named) > 100
    assert tidy("Một nút không có") not in pieces()


def test_every_page_of_the_menu_is_told_of_in_a_guide() -> None:
    named = {tidy(name) for text in GUIDES.values() for name in names(text)}

    assert {tidy(each.name) for each in ENTRIES} | {tidy(each) for each in DESKS.values()} <= named


@pytest.mark.parametrize("guide", GUIDES)
def test_addresses_in_guides_are_served(guide: str) -> None:
    routes = "\n".join(path.read_text(encoding="utf-8") for path in PAGES if path.suffix == ".py")
    for address in re.findall(r"`(/[a-z][\w/.-]*)`", GUIDES[guide]):
        assert f'"{address}' in routes or address.startswith(OF_THE_MACHINE), address
