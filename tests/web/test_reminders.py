"""The page of the rules of reminding: in words, changed, taken back, refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from domain.ladder import Ladder
from models.database import transaction
from services.people import Ward
from services.reminder_rules import ward_hours, ward_rules
from tests.builders import occurrence, plan_of, task
from tests.web.conftest import Browse, Browser, words_of

PAGE = "/reminders"
RULE = {
    "kind": "recurring",
    "stage": "report",
    "before": "10, 5, 0",
    "late_every": "2",
    "head": "2",
    "coordinator": "",
    "leader": "6",
    "by": "dieuphoi",
}
HOURS = {
    "from_time": "08:00",
    "quiet_begins": "20:30",
    "quiet_ends": "06:45",
    "bulletin": "5",
    "by": "quantri",
}


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(plan_of(task("II.2", occurrences=[occurrence()])))


@pytest.fixture
def opened(ward: Ward, browse: Browse) -> Browser:
    return browse()


def ladders(engine: Engine, ward: Ward) -> dict[tuple[str, str], Ladder]:
    with transaction(engine) as connection:
        return dict(ward_rules(connection, ward.id).own)


def test_without_a_rule_the_packaged_ladder_stands_there_in_words(opened: Browser) -> None:
    text = opened.text(PAGE)

    assert "Mọi nhiệm vụ, mọi bước thang mặc định trước hạn 30, 14, 7, 3, 1 ngày và đúng ngày đến hạn" in text
    assert "cứ 3 ngày làm việc quá hạn một lần" in text
    assert "lãnh đạo từ 9 ngày làm việc" in text
    assert "Đang dùng giờ mặc định" in text


def test_a_rule_is_set_shown_with_who_set_it_and_taken_back(
    opened: Browser, engine: Engine, ward: Ward
) -> None:
    answer = opened.send(f"{PAGE}/rules", shown=PAGE, **RULE)

    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert ladders(engine, ward) == {
        ("recurring", "report"): Ladder((10, 5, 0), 2, ((2, "head"), (6, "leader")))
    }
    text = opened.text(PAGE)
    assert "Nhiệm vụ định kỳ, bước “Báo cáo kết quả” trước hạn 10, 5 ngày và đúng ngày đến hạn" in text
    assert "02/03/2026 dieuphoi" in text
    assert 'name="before" value="10, 5, 0"' in opened.page(f"{PAGE}?kind=recurring&stage=report")

    answer = opened.send(f"{PAGE}/rules/remove", shown=PAGE, kind="recurring", stage="report", by="quantri")
    assert answer.status_code == 303
    assert ladders(engine, ward) == {}
    assert "Quy tắc đã bỏ (1)" in opened.text(PAGE)


def test_a_refused_rule_comes_back_as_it_was_typed_with_the_reason(
    opened: Browser, engine: Engine, ward: Ward
) -> None:
    answer = opened.send(f"{PAGE}/rules", shown=PAGE, **{**RULE, "before": "10, 10"})

    assert answer.status_code == 409
    assert "Mỗi số ngày trước hạn chỉ ghi một lần" in words_of(answer.text)
    assert 'name="before" value="10, 10"' in answer.text
    assert '<option value="recurring" selected>' in answer.text
    assert ladders(engine, ward) == {}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"by": "lan"}, 403),
        ({"by": "chutich"}, 403),
        ({"kind": "weekly"}, 422),
        ({"stage": "end"}, 422),
        ({"late_every": "x"}, 422),
        ({"leader": "1"}, 409),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    opened: Browser, engine: Engine, ward: Ward, fields: dict[str, str], status: int
) -> None:
    answer = opened.send(f"{PAGE}/rules", shown=PAGE, **{**RULE, **fields})

    assert answer.status_code == status
    assert ladders(engine, ward) == {}


def test_a_form_that_no_page_of_ours_showed_is_refused(opened: Browser, engine: Engine, ward: Ward) -> None:
    opened.enter()
    for path in ("rules", "rules/remove", "hours"):
        answer = opened.client.post(f"{PAGE}/{path}", data={**RULE, **HOURS})
        assert answer.status_code == 403

    assert ladders(engine, ward) == {}


def test_hours_are_set_and_shown_with_who_set_them(opened: Browser, engine: Engine, ward: Ward) -> None:
    assert opened.send(f"{PAGE}/hours", shown=PAGE, **HOURS).status_code == 303

    page = opened.page(PAGE)
    for name in ("from_time", "quiet_begins", "quiet_ends"):
        assert f'name="{name}" value="{HOURS[name]}"' in page
    assert '<option value="5" selected>Thứ Sáu</option>' in page
    assert "Đặt lúc 09:00 ngày 02/03/2026, quantri" in words_of(page)
    with transaction(engine) as connection:
        assert ward_hours(connection, ward).hours.bulletin_weekday == 5


def test_refused_hours_come_back_as_they_were_typed(opened: Browser) -> None:
    answer = opened.send(f"{PAGE}/hours", shown=PAGE, **{**HOURS, "from_time": "06:00"})

    assert answer.status_code == 422
    assert "không được nằm trong giờ yên lặng" in words_of(answer.text)
    assert 'name="from_time" value="06:00"' in answer.text
    assert 'name="before" value="30, 14, 7, 3, 1, 0"' in answer.text


def test_a_rule_of_nothing_that_exists_is_not_asked_for(opened: Browser) -> None:
    assert opened.get(f"{PAGE}?kind=weekly").status_code == 422
