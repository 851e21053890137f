"""Charts: what is drawn is what the tables say, and nothing in it is forbidden on our pages."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from services.people import Ward
from tests.builders import CULTURE, occurrence, plan_of, task
from tests.web.conftest import Browse
from web.drawing import Series, bars, lying_bars

Start = Callable[..., Ward]
PLAN = plan_of(
    task("I.1", occurrences=[occurrence(plan=date(2026, 2, 2))]),
    task("II.1", lead=CULTURE, occurrences=[occurrence()]),
)
HOSTILE = "<script>alert(1)</script>\"'&"
NUMBERS = st.lists(st.integers(0, 500), min_size=3, max_size=3)


def numbers_on(picture: str) -> list[str]:
    """Return the numbers that stand on the bars, sorted."""
    root = ElementTree.fromstring(picture[: picture.index("</svg>") + 6])
    over = [each for each in root.iter("g") if "text-overlay" in each.get("class", "")]
    return sorted(text.text or "" for group in over for text in group.iter("text") if text.text)


def test_each_chart_stands_beside_the_table_of_its_numbers(started: Start, browse: Browse) -> None:
    started(PLAN)

    page = browse().page("/charts")

    assert page.count('<svg class="chart" role="img"') == 4
    assert page.count("<table") == 4
    assert "<title>Nhiệm vụ theo mục</title>" in page
    assert "mục I: 1 đang thực hiện quá hạn; mục II: 1 đang thực hiện trong hạn" in page


def test_a_picture_has_no_script_style_or_address_in_it(started: Start, browse: Browse) -> None:
    started(PLAN)
    page = browse(as_="chutich")

    for path in ("/charts", "/overview"):
        pictures = re.findall(r"<svg.*?</svg>", page.page(path), re.DOTALL)
        assert pictures
        for picture in pictures:
            assert not re.search(r"<(?:ns\d:)?(script|style|foreignObject|a|image|use)\b", picture)
            assert not re.search(r"\b(on\w+|href|style|id)=", picture)
            assert "http" not in picture


def test_words_in_a_picture_are_words() -> None:
    picture = bars(HOSTILE, HOSTILE, (HOSTILE,), (Series(HOSTILE, "good", (1,)),))

    assert "<script" not in picture
    assert picture.count("&lt;script&gt;") >= 3


@settings(max_examples=20, deadline=None)
@given(NUMBERS, NUMBERS)
def test_the_numbers_on_the_bars_are_those_that_were_given(one: list[int], two: list[int]) -> None:
    series = (Series("một", "good", tuple(one)), Series("hai", "bad", tuple(two)))
    expected = sorted(str(number) for number in (*one, *two) if number)

    for draw in (bars, lying_bars):
        assert numbers_on(draw("t", "s", ("a", "b", "c"), series)) == expected


def test_a_page_without_a_chart_never_loads_what_draws_them() -> None:
    code = "import sys, web.app; sys.exit('pygal' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_ward_without_a_plan_has_no_charts(browse: Browse, started: Start) -> None:
    started(plan_of(task("I.1")))

    assert "Chưa có kỳ thực hiện nào." in browse().text("/charts")
