from __future__ import annotations

import re

import pytest

from tests.web.conftest import Browser
from web.style import FOLDER, PARTS, style

STYLE = style().decode()
TONES = ("good", "busy", "warn", "bad", "calm")
PAIRS = [
    ("ink", "ground"), ("ink", "paper"), ("ink", "calm-ground"), ("soft", "ground"), ("soft", "paper"),
    ("link", "ground"), ("link", "paper"), ("bad", "ground"), ("bad", "paper"), ("on-brand", "brand"),
    *((tone, f"{tone}-ground") for tone in TONES),
]  # fmt: skip # short values read best packed


def tokens(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", text))


LIGHT = tokens(STYLE.partition("@media")[0])
DARK = LIGHT | tokens(STYLE.partition("prefers-color-scheme: dark")[2].partition("\n}\n")[0])


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("text", "ground"), PAIRS)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_stand_out_from_their_ground_as_wcag_aa_asks(
    theme: dict[str, str], text: str, ground: str
) -> None:
    darker, lighter = sorted((luminance(theme[text]), luminance(theme[ground])))

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_dark_theme_is_one_of_its_own() -> None:
    assert len(DARK) > 15
    assert DARK["ground"] != LIGHT["ground"]


def test_components_take_every_colour_from_the_tokens() -> None:
    components = re.sub(r"@media print.*", "", STYLE.partition("\n*, ::before")[2], flags=re.DOTALL)

    assert re.findall(r"#[0-9a-f]{3,6}\b", components) == []


def test_the_sheet_is_sent_as_one_and_no_part_of_it_is_forgotten(stranger: Browser) -> None:
    address = re.findall(r'href="(/static/style\.css\?v=[0-9a-f]{12})"', stranger.page("/login"))[0]
    sent = stranger.client.get(address)

    assert sent.headers["content-type"] == "text/css; charset=utf-8"
    assert sent.content == style()
    assert stranger.client.head(address).headers["content-length"] == str(len(style()))
    assert stranger.client.post(address).status_code in {403, 405}
    assert {each.stem for each in FOLDER.iterdir()} == set(PARTS)
    assert max(len(each.read_text(encoding="utf-8").splitlines()) for each in FOLDER.iterdir()) <= 300
