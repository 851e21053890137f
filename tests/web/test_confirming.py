"""What can't be taken back is asked for twice, with what will happen said in between."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from httpx import Response
from sqlalchemy import Engine

from domain.plans import Stage
from models.database import transaction
from services import extensions
from services.people import Ward
from services.stages import Submission, submit
from tests.builders import NOW, TODAY, occurrence, plan_of, task
from tests.web.conftest import Browse, Browser, words_of

DUE = date(2026, 3, 31)
STEP = "Không, quay lại"


@pytest.fixture
def ward(started: Callable[..., Ward], engine: Engine) -> Ward:
    made = started(plan_of(task("I.1", occurrences=[occurrence(plan=DUE, implement=DUE)]), task("I.2")))
    with transaction(engine) as connection:
        submit(connection, made.id, Submission(1, Stage.PLAN, TODAY), by="lan", today=TODAY, now=NOW)
    return made


def again(browser: Browser, step: Response, shown: str) -> Response:
    """Press the button of the step: send all that its form holds, and nothing else."""
    form = step.text.partition("<main")[2]
    action = re.search(r'<form method="post" action="([^"]+)"', form)
    assert action is not None
    held = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    fields: dict[str, list[str]] = {}
    for name, value in held:
        if name != "token":
            fields.setdefault(name, []).append(unescape(value))
    return browser.send(action[1], shown=shown, **fields)  # type: ignore[arg-type] # by is none of them


def events(engine: Engine, kind: str) -> int:
    with engine.connect() as connection:
        return int(
            connection.exec_driver_sql(
                "SELECT count(*) FROM cchc.audit_event WHERE body::jsonb ->> 'kind' = %s", (kind,)
            ).scalar_one()
        )


def test_accepting_one_says_first_what_it_does_and_then_does_it(
    ward: Ward, browse: Browse, engine: Engine
) -> None:
    judge = browse()

    step = judge.send("/occurrences/1/plan/accept", shown="/occurrences/1/plan", attempt="1")

    said = words_of(step.text)
    assert "Nghiệm thu bước “Ban hành kế hoạch” của nhiệm vụ I.1?" in said
    assert "kết quả này không trả lại được nữa" in said
    assert STEP in said
    assert events(engine, "stage.accepted") == 0
    done = again(judge, step, "/occurrences/1/plan")
    assert done.headers["location"] == "/occurrences/1/plan?done=accepted"
    assert events(engine, "stage.accepted") == 1


def test_accepting_many_shows_which_and_brings_them_all_along(
    ward: Ward, browse: Browse, engine: Engine
) -> None:
    with transaction(engine) as connection:
        submit(connection, ward.id, Submission(1, Stage.IMPLEMENT, TODAY), by="lan", today=TODAY, now=NOW)
        submit(connection, ward.id, Submission(1, Stage.REPORT, TODAY), by="lan", today=TODAY, now=NOW)
    judge = browse()
    chosen = ["1/plan/1", "1/implement/1", "1/report/1"]

    step = judge.send("/submissions/accept", shown="/", chosen=chosen, back="/")

    said = words_of(step.text)
    assert "Nghiệm thu 3 kết quả?" in said
    assert "Triển khai thực hiện" in said
    assert "Báo cáo được nghiệm thu là kỳ đó hoàn thành." in said
    assert events(engine, "stage.accepted") == 0
    assert again(judge, step, "/").headers["location"] == "/?accepted=3"


def test_granting_says_which_due_date_it_moves(ward: Ward, browse: Browse, engine: Engine) -> None:
    with transaction(engine) as connection:
        extensions.request(
            connection, ward, 1, Stage.IMPLEMENT,
            until=DUE + timedelta(40), reason="Chờ Sở", document="", by="lan", today=TODAY, now=NOW,
        )  # fmt: skip # one call
    leader = browse(as_="chutich")
    number = leader.page("/extensions").partition("/extensions/")[2].partition("/")[0]

    step = leader.send(
        f"/extensions/{number}/grant", shown="/extensions", until="2026-05-04", answer="Đồng ý <b>"
    )

    assert "Chấp thuận gia hạn đến 04/05/2026?" in words_of(step.text)
    assert events(engine, "extension.granted") == 0
    again(leader, step, "/extensions")
    assert events(engine, "extension.granted") == 1
    assert "Ý kiến: Đồng ý &lt;b&gt;" in leader.page("/extensions")


def test_locking_an_account_says_what_becomes_of_its_person(
    ward: Ward, browse: Browse, engine: Engine
) -> None:
    keeper = browse(as_="quantri")

    step = keeper.send("/accounts/hoa/disable", shown="/accounts")

    said = words_of(step.text)
    assert "Khoá tài khoản hoa?" in said
    assert "Nhiệm vụ đang phụ trách không tự chuyển" in said
    assert events(engine, "account.disabled") == 0
    assert again(keeper, step, "/accounts").headers["location"] == "/accounts"
    assert events(engine, "account.disabled") == 1


def test_what_would_be_refused_is_refused_without_being_asked_for(ward: Ward, browse: Browse) -> None:
    nobody = browse(as_="quantri").send("/accounts/aikhong/disable", shown="/accounts")
    again_later = browse().send("/occurrences/1/plan/accept", shown="/occurrences/1/plan", attempt="7")

    assert nobody.status_code == 404
    assert again_later.status_code == 409
    assert STEP not in nobody.text + again_later.text
