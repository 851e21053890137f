"""The page on which leaders decide on requests for more time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from domain.plans import Stage
from models.database import transaction
from services import extensions
from services.people import Ward
from tests.builders import NOW, TODAY, occurrence, plan_of, task
from tests.web.conftest import Browse, Browser, words_of

LATER = date(2026, 4, 15)
DUE = date(2026, 3, 31)


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(plan_of(task("II.2", occurrences=[occurrence(implement=date(2026, 4, 10))])))


@pytest.fixture
def leader(ward: Ward, browse: Browse) -> Browser:
    return browse(as_="chutich")


def asked(engine: Engine, ward: Ward, on: date = TODAY, reason: str = "Chờ <Sở>") -> int:
    with transaction(engine) as connection:
        return extensions.request(
            connection, ward, 1, Stage.PLAN,
            until=LATER, reason=reason, by="lan", today=on, now=NOW + (on - TODAY),
        )  # fmt: skip # one call


def decided(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.exec_driver_sql(
            "SELECT e.verdict, e.objective, e.answer, s.due_on FROM cchc.extension e"
            " JOIN cchc.stage s ON s.stage = e.stage"
        ).one()


def test_a_leader_grants_less_than_asked_and_hears_of_later_stages(
    leader: Browser, engine: Engine, ward: Ward
) -> None:
    number = asked(engine, ward)
    page = leader.page("/extensions")
    assert "Chờ &lt;Sở&gt;" in page
    assert "xin trước hạn" in page

    answer = leader.send(
        f"/extensions/{number}/grant", shown="/extensions", until="2026-04-12", answer="Đồng ý", confirmed="1"
    )
    shown = leader.text(answer.headers["location"])
    assert decided(engine) == ("granted", False, "Đồng ý", date(2026, 4, 12))
    assert "Thời hạn của bước sau nay ở trước thời hạn mới: Triển khai thực hiện (10/04/2026)" in shown
    assert "gia hạn đến 12/04/2026" in shown
    assert "Không có đề nghị nào chờ quyết định" in shown


def test_a_late_request_is_approved_apart_and_says_so(leader: Browser, engine: Engine, ward: Ward) -> None:
    number = asked(engine, ward, on=DUE + timedelta(2))
    leader.now = NOW + timedelta(40)
    assert "xin sau khi quá hạn" in leader.text("/extensions")

    answer = leader.send(
        f"/extensions/{number}/grant", shown="/extensions", until="2026-04-15", objective="1", confirmed="1"
    )
    shown = leader.text(answer.headers["location"])
    assert decided(engine) == ("granted", True, None, DUE)
    assert "chấp thuận chậm đến 15/04/2026, khách quan" in shown
    assert "vẫn tính quá hạn" in shown
    assert "chấp thuận chậm đến 15/04/2026, lý do khách quan" in leader.text("/occurrences/1/plan")


def test_a_refusal_without_an_answer_comes_again_with_what_was_typed(
    leader: Browser, engine: Engine, ward: Ward
) -> None:
    number = asked(engine, ward)
    answer = leader.send(
        f"/extensions/{number}/refuse", shown="/extensions", until="2026-04-02", objective="1", answer=" "
    )
    assert answer.status_code == 409
    assert "Phải ghi lý do khi từ chối gia hạn" in words_of(answer.text)
    assert 'value="2026-04-02"' in answer.text

    done = leader.send(f"/extensions/{number}/refuse", shown="/extensions", answer="Không có căn cứ")
    assert done.headers["location"] == "/extensions?done=refused"
    assert decided(engine) == ("refused", False, "Không có căn cứ", DUE)


def test_of_two_decisions_the_second_is_told_of_the_first(
    leader: Browser, engine: Engine, ward: Ward
) -> None:
    number = asked(engine, ward)
    for _ in range(2):  # the same click twice
        sent = leader.send(
            f"/extensions/{number}/grant", shown="/extensions", until=str(LATER), confirmed="1"
        )
        assert sent.status_code == 303
    answer = leader.send(f"/extensions/{number}/refuse", shown="/extensions", answer="Muộn")

    assert answer.status_code == 409
    assert "đã được chấp thuận từ trước" in words_of(answer.text)
    assert decided(engine).verdict == "granted"


@pytest.mark.parametrize("name", ["lan", "dieuphoi", "thanhtra", "hoa"])
def test_others_read_and_decide_nothing(engine: Engine, ward: Ward, browse: Browse, name: str) -> None:
    number = asked(engine, ward)
    page = browse(as_=name).page("/extensions")

    assert "Chờ &lt;Sở&gt;" in page
    assert f"/extensions/{number}/grant" not in page
    assert (f"/extensions/{number}/withdraw" in page) is (name == "lan")


def test_a_way_back_leads_to_our_own_pages_only(engine: Engine, ward: Ward, browse: Browse) -> None:
    number = asked(engine, ward)
    answer = browse(as_="lan").send(
        f"/extensions/{number}/withdraw", shown="/extensions", back="https://kẻ.xấu/"
    )

    assert answer.headers["location"] == "/"
