from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest

from services.people import Ward
from tests.builders import plan_of, task
from tests.web.conftest import Browse, Browser
from web.guides import INDEX, guides


@pytest.fixture
def lan(started: Callable[..., Ward], browse: Browse) -> Browser:
    started(plan_of(task("I.1")))
    return browse(as_="lan")


def test_every_guide_is_a_page_whose_links_and_pictures_open(lan: Browser) -> None:
    read = {f"/guides/{name}": lan.page(f"/guides/{name}") for name in guides()}
    assert lan.page("/guides").partition("<main")[2] == read[f"/guides/{INDEX}"].partition("<main")[2]

    led: set[tuple[str, str]] = set()
    shown: set[str] = set()
    for address, page in read.items():
        body = page.partition("<article")[2].partition("</article>")[0]
        shown |= set(re.findall(r'src="([^"]+)"', body))
        for target in re.findall(r'href="([^"]+)"', body):
            file, _, heading = target.partition("#")
            led.add((file or address, unquote(heading)))
        assert ".md" not in "".join(re.findall(r'(?:href|src)="([^"]*)"', body)), address
        assert "](" not in re.sub(r"<pre.*?</pre>|<code.*?</code>", "", body, flags=re.DOTALL), address

    assert len(led) > 20
    for file, heading in led:
        if not file.startswith("https://"):
            assert file in read, file
            assert not heading or f' id="{heading}"' in read[file], (file, heading)
    assert {lan.get(each).headers["content-type"] for each in shown} == {"image/png"}


def test_each_role_is_led_from_its_help_to_its_guide(lan: Browser) -> None:
    assert 'href="/guides/don-vi"' in lan.page("/help")
    assert 'href="/guides/lanh-dao"' in lan.page("/help/lanh-dao")


@pytest.mark.parametrize("name", ["khong-co", "glossary", "%2e%2e%2fREADME", "..%2fdecisions%2fREADME"])
def test_nothing_but_guides_and_pictures_is_handed_out(lan: Browser, name: str) -> None:
    assert lan.get(f"/guides/{name}").status_code in {404, 422}
    assert lan.get(f"/guides/pictures/{name}.png").status_code in {404, 422}


def test_a_table_says_on_a_phone_what_each_cell_is(lan: Browser) -> None:
    page = lan.page("/guides/don-vi")

    assert '<td data-label="Cần làm"><div>' in page
    assert '<pre class="letter digest">' in page
