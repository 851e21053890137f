"""The page of one stage: what each role finds there, and what becomes of its forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from domain.plans import Stage
from models.database import transaction
from services.people import Ward
from services.stages import Submission, submit
from services.tasks import show_task
from tests.builders import NOW, TODAY, occurrence, plan_of, task
from tests.web.conftest import Browse, Browser, words_of

PDF = b"%PDF-1.7 ket qua"
PAGE = "/occurrences/1/plan"


@pytest.fixture
def ward(started: Callable[..., Ward]) -> Ward:
    return started(plan_of(task("II.2", occurrences=[occurrence()])))


@pytest.fixture
def lan(ward: Ward, browse: Browse) -> Browser:
    return browse(as_="lan")


def stage_of(engine: Engine, ward: Ward, which: int = 0) -> Any:
    with engine.connect() as connection:
        return show_task(connection, ward, "II.2", TODAY).occurrences[0].stages[which]


def hand_in(browser: Browser, files: Any = None, **typed: str) -> Any:
    fields = {"effective_on": "2026-03-02", **typed}
    return browser.send(f"{PAGE}/submit", shown=PAGE, files=files, **fields)


def test_an_officer_hands_in_with_files_and_is_told_so(lan: Browser, engine: Engine, ward: Ward) -> None:
    files = [
        ("files", ("kế hoạch.pdf", PDF, "application/pdf")),
        ("files", ("ảnh.jpg", b"\xff\xd8\xff\xe0 anh", "image/jpeg")),
        ("files", ("", b"", "application/octet-stream")),  # what a browser sends for a field left empty
    ]
    answer = hand_in(lan, files, doc_number="5/KH-VP", doc_date="2026-03-01", note="Đã ban hành")

    assert answer.headers["location"] == f"{PAGE}?done=submitted"
    (handed,) = stage_of(engine, ward)["submissions"]
    assert (handed["doc_number"], handed["doc_date"], handed["note"]) == (
        "5/KH-VP",
        "2026-03-01",
        "Đã ban hành",
    )
    assert [each["name"] for each in handed["documents"]] == ["kế hoạch.pdf", "ảnh.jpg"]
    page = lan.text(f"{PAGE}?done=submitted")
    assert "Đã nộp kết quả; đang chờ nghiệm thu" in page
    assert "Rút lại kết quả" in page
    assert lan.get(f"/documents/{handed['documents'][0]['sha256']}").content == PDF


def test_a_form_with_nothing_but_its_date_is_enough(lan: Browser, engine: Engine, ward: Ward) -> None:
    assert f'value="{TODAY}"' in lan.page(PAGE)
    assert hand_in(lan).status_code == 303
    assert stage_of(engine, ward)["state"] == "submitted"


def test_the_same_form_twice_is_one_submission(lan: Browser, engine: Engine, ward: Ward) -> None:
    for _ in range(2):
        assert hand_in(lan, [("files", ("a.pdf", PDF, "application/pdf"))]).status_code == 303
    assert len(stage_of(engine, ward)["submissions"]) == 1


def test_a_refused_form_comes_again_with_all_that_was_typed_and_its_files(
    lan: Browser, engine: Engine, ward: Ward
) -> None:
    file = ("files", ("báo cáo.pdf", PDF, "application/pdf"))
    answer = hand_in(lan, [file], effective_on="2026-03-09", doc_number="5/<b>KH", note="Ghi chú dài")

    assert answer.status_code == 409
    assert "ở sau ngày hôm nay" in answer.text
    assert 'value="5/&lt;b&gt;KH"' in answer.text
    assert "Ghi chú dài" in answer.text
    kept = re.search(r'name="kept" value="([^"]+)"', answer.text)
    assert kept
    assert "báo cáo.pdf" in words_of(answer.text)
    assert hand_in(lan, None, kept=kept[1]).status_code == 303
    (document,) = stage_of(engine, ward)["submissions"][0]["documents"]
    assert document["name"] == "báo cáo.pdf"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("rong.pdf", b"", "không có nội dung"),
        ("virus.pdf", b"MZ\x90\x00", "không phải là PDF"),
        ("anh.jpg", b"<script>", "không phải là ảnh"),
        ("bang.xlsx", b"chu", "không phải là văn bản Office"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_by_name_and_the_others_are_kept(
    lan: Browser, engine: Engine, ward: Ward, name: str, content: bytes, why: str
) -> None:
    good = ("files", ("tốt.pdf", PDF, "application/pdf"))
    answer = hand_in(lan, [("files", (name, content, "application/pdf")), good], note="còn đây")

    text = words_of(answer.text)
    assert answer.status_code == 409
    assert f"Tệp “{name}”: " in text
    assert why in text
    assert "tốt.pdf" in text
    assert "còn đây" in text
    assert stage_of(engine, ward)["state"] == "open"


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\lan\\bao cao.pdf", "bao cao.pdf"),
        ("hoa\u202efdp.pdf", "hoafdp.pdf"),
        ("x" * 1000 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_hostile_names_become_plain_ones(
    lan: Browser, engine: Engine, ward: Ward, name: str, kept_as: str
) -> None:
    assert hand_in(lan, [("files", (name, PDF, "application/pdf"))]).status_code == 303
    (document,) = stage_of(engine, ward)["submissions"][0]["documents"]
    assert document["name"] == kept_as


def test_pages_and_programs_are_kept_marked_and_only_ever_saved(
    lan: Browser, engine: Engine, ward: Ward
) -> None:
    files = [
        ("files", ("trang.html", b"<html><script>alert(1)</script>", "text/html")),
        ("files", ("bang.xlsm", b"PK\x05\x06" + b"\0" * 18, "application/vnd.ms-excel")),
    ]
    assert hand_in(lan, files).status_code == 303

    macro, web = stage_of(engine, ward)["submissions"][0]["documents"]
    text = lan.text(PAGE)
    assert "bang.xlsm (22 byte) có macro" in text
    assert "trang web, chỉ tải về" in text
    for each in (macro, web):
        served = lan.get(f"/documents/{each['sha256']}")
        assert served.headers["content-type"] == "application/octet-stream"
        assert served.headers["content-disposition"].startswith("attachment")
        assert served.headers["x-content-type-options"] == "nosniff"


def test_files_kept_by_another_wards_people_or_by_nobody_are_not_found(lan: Browser) -> None:
    for kept in ("0" * 64 + "/x.pdf", "../../etc/passwd", "x"):
        answer = hand_in(lan, None, kept=kept)
        assert answer.status_code == 409
        assert "không còn" in words_of(answer.text)


def test_who_handed_in_takes_it_back_and_hands_in_again(lan: Browser, engine: Engine, ward: Ward) -> None:
    hand_in(lan)
    answer = lan.send(f"{PAGE}/withdraw", shown=PAGE, attempt="1")
    assert answer.headers["location"] == f"{PAGE}?done=withdrawn"

    page = lan.text(f"{PAGE}?done=withdrawn")
    assert "đã rút lại, cần nộp lại" in page
    assert "bị trả lại" not in page
    assert "bị trả lại" not in lan.text("/tasks/II.2")
    assert hand_in(lan, note="lần hai").status_code == 303
    assert len(stage_of(engine, ward)["submissions"]) == 2


def test_a_coordinator_accepts_what_was_handed_in(
    lan: Browser, browse: Browse, engine: Engine, ward: Ward
) -> None:
    hand_in(lan)
    judge = browse(as_="dieuphoi")
    assert f'action="{PAGE}/submit"' not in judge.page(PAGE)

    asked = judge.send(f"{PAGE}/accept", shown=PAGE, attempt="1")
    assert "không trả lại được nữa" in words_of(asked.text)
    assert stage_of(engine, ward)["state"] == "submitted"

    done = judge.send(f"{PAGE}/accept", shown=PAGE, attempt="1", confirmed="1")
    assert done.headers["location"] == f"{PAGE}?done=accepted"
    assert "Đã nghiệm thu." in judge.text(f"{PAGE}?done=accepted")
    assert stage_of(engine, ward)["state"] == "accepted"


def test_a_return_says_why_to_the_unit(lan: Browser, browse: Browse) -> None:
    hand_in(lan)
    judge = browse(as_="chutich")
    refused = judge.send(f"{PAGE}/return", shown=PAGE, attempt="1", reason=" ")
    assert "Phải ghi lý do khi trả lại" in words_of(refused.text)
    judge.send(f"{PAGE}/return", shown=PAGE, attempt="1", reason="Thiếu <phụ lục>")

    assert "Lý do: Thiếu &lt;phụ lục&gt;" in lan.page(PAGE)
    assert "Nộp kết quả" in lan.text(PAGE)


def test_whoever_looks_at_an_old_page_judges_nothing(
    lan: Browser, browse: Browse, engine: Engine, ward: Ward
) -> None:
    hand_in(lan)
    judge = browse(as_="dieuphoi")
    assert 'name="attempt" value="1"' in judge.page(PAGE)
    lan.send(f"{PAGE}/withdraw", shown=PAGE)
    hand_in(lan, note="bản khác")

    answer = judge.send(f"{PAGE}/accept", shown=PAGE, attempt="1")
    assert answer.status_code == 409
    assert "Kết quả đã được nộp lại hoặc xử lý trong lúc trang đang mở" in answer.text
    assert 'name="attempt" value="2"' in answer.text
    assert stage_of(engine, ward)["state"] == "submitted"


def test_an_officer_of_another_unit_is_told_whose_it_is(ward: Ward, browse: Browse) -> None:
    page = browse(as_="hoa").page(PAGE)

    assert "Chỉ người của đơn vị chủ trì (Văn phòng HĐND và UBND phường) được nộp kết quả" in words_of(page)
    assert 'action="/occurrences' not in page


@pytest.mark.parametrize("name", ["thanhtra", "quantri"])
def test_those_who_only_read_find_no_forms(lan: Browser, browse: Browse, name: str) -> None:
    hand_in(lan)
    page = browse(as_=name).page(PAGE)

    assert 'action="/occurrences' not in page
    assert "chờ nghiệm thu" in words_of(page)


def test_a_stand_in_hands_in_on_the_days_of_the_absence(ward: Ward, browse: Browse, engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO cchc.stand_in (ward_id, account_id, stand_in_id, first_day, last_day, reason,"
            " made_by, made_at) SELECT l.ward_id, l.id, h.id, %(day)s, %(day)s, 'x', l.id, %(now)s"
            " FROM cchc.account l JOIN cchc.account h ON h.ward_id = l.ward_id AND h.name = 'hoa'"
            " WHERE l.name = 'lan'",
            {"day": TODAY, "now": NOW},
        )

    assert hand_in(browse(as_="hoa")).status_code == 303
    tomorrow = browse(as_="hoa", now=NOW + timedelta(1))
    assert "Chỉ người của đơn vị chủ trì" in tomorrow.text("/occurrences/1/implement")


def test_a_unit_asks_for_more_time_and_takes_that_back(lan: Browser, engine: Engine, ward: Ward) -> None:
    refused = lan.send(f"{PAGE}/extend", shown=PAGE, until="2026-03-31", reason="Chờ Sở")
    assert refused.status_code == 422
    assert "Chờ Sở" in refused.text
    assert "phải sau thời hạn 31/03/2026" in words_of(refused.text)
    asked = lan.send(f"{PAGE}/extend", shown=PAGE, until="2026-04-15", reason="Chờ Sở", document="3/TTr")
    assert asked.headers["location"] == f"{PAGE}?done=asked"
    assert "chờ lãnh đạo quyết định" in lan.text(PAGE)

    lan.send("/extensions/1/withdraw", shown=PAGE, back=PAGE)
    assert [each["verdict"] for each in stage_of(engine, ward)["extensions"]] == ["withdrawn"]


def test_a_stage_without_a_due_date_says_so(lan: Browser) -> None:
    assert "không có thời hạn" in lan.text("/occurrences/1/implement")


def test_a_coordinator_settles_a_date_unless_it_was_moved_meanwhile(
    ward: Ward, browse: Browse, engine: Engine
) -> None:
    browser = browse(as_="dieuphoi")
    assert 'name="seen" value="2026-03-31"' in browser.page(PAGE)
    typed = {"due_on": "2026-04-10", "reason": "Theo kết luận họp"}
    assert browser.send(f"{PAGE}/due", shown=PAGE, seen="2026-03-31", **typed).status_code == 303
    assert stage_of(engine, ward)["due"] == "2026-04-10"

    late = browser.send(f"{PAGE}/due", shown=PAGE, seen="2026-03-31", due_on="2026-04-20", reason="Khác")
    assert late.status_code == 409
    assert "đã được người khác đổi" in late.text
    assert stage_of(engine, ward)["due"] == "2026-04-10"


def test_work_of_a_stage_whose_turn_has_not_come_is_refused_in_words(lan: Browser) -> None:
    page = lan.text("/occurrences/1/report")
    assert "Chưa thể thực hiện bước “Báo cáo kết quả”" in page


@pytest.mark.parametrize("path", ["/occurrences/99/plan", "/occurrences/1/khac", "/occurrences/0/plan"])
def test_what_is_not_there_is_not_found(ward: Ward, browse: Browse, path: str) -> None:
    assert browse().get(path).status_code in {404, 422}


def test_the_task_page_leads_to_each_stage(lan: Browser, engine: Engine, ward: Ward) -> None:
    page = lan.page("/tasks/II.2")
    assert f'href="{PAGE}">Nộp kết quả' in page
    with transaction(engine) as connection:
        wanted = Submission(1, Stage.PLAN, date(2026, 3, 2))
        submit(connection, ward.id, wanted, by="lan", today=TODAY, now=NOW)
    assert f'href="{PAGE}">Xem, rút lại kết quả' in lan.page("/tasks/II.2")
