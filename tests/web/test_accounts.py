from __future__ import annotations

import re
from collections.abc import Callable

from services.people import Ward
from tests.builders import plan_of, task
from tests.web.conftest import Browse


def test_what_is_copied_from_the_page_is_the_link_or_password_alone(
    started: Callable[..., Ward], browse: Browse
) -> None:
    started(plan_of(task("I.1")))
    browser = browse(as_="quantri")
    boxes = []
    for act in ("link", "temporary"):
        page = browser.send(f"/accounts/lan/{act}", shown="/accounts").text
        boxes += re.findall(r'<output class="address"[^>]*>([^<]*)</output>', page)
        assert re.search(r'<label for="made">[^<]* của lan:</label>', page)

    link, password = boxes
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/reset/[\w-]{43}", link)
    assert re.fullmatch(r"\S+", password)
