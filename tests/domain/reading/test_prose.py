"""Plans in running text: labels, assignments in sentences, units with their duties."""

from __future__ import annotations

import pytest

from config.units import load_units
from domain.errors import NotADecision
from domain.plans import PlanReading, Source
from domain.reading.labels import labelled
from domain.reading.sentences import assignment_in
from tests.domain.reading.conftest import plan_in

HEAD = """UBND PHƯỜNG THÀNH ĐÔNG
Số: 7/KH-UBND
Thành Đông, ngày 20 tháng 01 năm 2026
KẾ HOẠCH
Cải cách hành chính năm 2026

I. MỤC ĐÍCH, YÊU CẦU
1. Hoàn thành các chỉ tiêu trước ngày 30/11/2026.
"""
LEAD = "Phòng Văn hóa - Xã hội"


def told(plan: PlanReading) -> list[tuple[str, str, tuple[str, ...], str]]:
    return [(task.code, task.title, task.lead_units, task.time_text) for task in plan.tasks]


def found(plan: PlanReading, code: str) -> list[str | None]:
    return [finding.task for finding in plan.findings if finding.code == code]


@pytest.mark.parametrize(
    "body",
    [
        f"1. Ban hành Kế hoạch\n- Cơ quan chủ trì: {LEAD}.\n- Thời gian: Quý I/2026.\n"
        "- Sản phẩm: Kế hoạch.",
        f"1. Ban hành\na) Nhiệm vụ: Ban hành Kế hoạch;\nb) Cơ quan chủ trì: {LEAD};\n"
        "c) Thời gian: Quý I/2026;\nd) Sản phẩm: Kế hoạch.",
        f"1. Ban hành Kế hoạch. Đơn vị chủ trì: {LEAD}; thời gian: Quý I/2026; sản phẩm: Kế hoạch.",
        f"1. Ban hành Kế hoạch (Chủ trì: {LEAD}; Thời gian: Quý I/2026; Sản phẩm: Kế hoạch).",
        f"1. Nhiệm vụ: Ban hành Kế hoạch\n+ Người phụ trách: {LEAD}\n+ Tiến độ: Quý I/2026\n"
        "+ Kết quả: Kế hoạch",
        f"1. Ban hành Kế hoạch\n\n- Cơ quan chủ trì:\n+ {LEAD}\n- Thời gian:\n+ Quý I/2026\n"
        "- Sản phẩm:\n+ Kế hoạch",
    ],
)  # fmt: skip # short values read best packed
def test_labels_say_who_when_and_what_in_lines_or_within_one(body: str) -> None:
    (task,) = plan_in(f"{HEAD}II. NHIỆM VỤ\n{body}\n").tasks

    assert (task.code, task.title, task.lead_units) == ("II.1", "Ban hành Kế hoạch", (LEAD,))
    assert ([str(m.due) for m in task.milestones], task.products) == (["2026-03-31"], ("Kế hoạch",))


def test_tabs_after_numbers_and_labels_make_no_table() -> None:
    body = f"1.\tBan hành Kế hoạch\n-\tCơ quan chủ trì:\t{LEAD}\n-\tThời gian:\tQuý I/2026\n"
    plan = plan_in(f"{HEAD}II. NHIỆM VỤ\n{body}")

    assert told(plan) == [("II.1", "Ban hành Kế hoạch", (LEAD,), "Quý I/2026")]


def test_several_labelled_tasks_below_one_number_are_its_parts() -> None:
    body = f"1. Thể chế\n- Nhiệm vụ: A\n+ Chủ trì: {LEAD}\n- Nhiệm vụ: B\n+ Chủ trì: Công an\n"
    plan = plan_in(f"{HEAD}II. NHIỆM VỤ\n{body}")

    assert [(task.code, task.title, task.lead_units) for task in plan.tasks] == [
        ("II.1.1", "A", (LEAD,)),
        ("II.1.2", "B", ("Công an",)),
    ]


def test_printed_lines_are_put_together_over_a_page_number() -> None:
    body = (
        f"1. Rà soát văn bản quy phạm pháp luật do phường ban hành có liên quan đến\nphòng, chống ma túy\n"
        f"- Cơ quan chủ trì: {LEAD}.\n- Thời gian: Báo cáo trước ngày 20/11 hằng\n\n   2\n\n"
        "năm và khi có yêu cầu.\n"
    )
    (task,) = plan_in(f"{HEAD}II. NHIỆM VỤ\n{body}").tasks

    assert task.title.endswith("có liên quan đến phòng, chống ma túy")
    assert task.time_text == "Báo cáo trước ngày 20/11 hằng năm và khi có yêu cầu"


@pytest.mark.parametrize(
    ("sentence", "title", "lead", "helping", "time"),
    [
        (
            f"Giao {LEAD} chủ trì, phối hợp với Công an phường rà soát hộ nghèo, hoàn thành trước ngày "
            "15/4/2026.",
            "rà soát hộ nghèo", LEAD, "Công an phường", "trước ngày 15/4/2026",
        ),
        (
            f"Công khai dự toán. {LEAD} chủ trì, phối hợp với Công an (thường xuyên).",
            "Công khai dự toán", LEAD, "Công an", "thường xuyên",
        ),
        (
            "Đề nghị Ủy ban MTTQ Việt Nam phường vận động Nhân dân; thời gian từ ngày 20/3 đến ngày "
            "30/4/2026.",
            "vận động Nhân dân", "Ủy ban MTTQ Việt Nam phường", "", "từ ngày 20/3 đến ngày 30/4/2026",
        ),
        (
            f"Số hóa 100% hồ sơ ({LEAD} chủ trì, hoàn thành trong Quý II/2026).",
            "Số hóa 100% hồ sơ", LEAD, "", "trong Quý II/2026",
        ),
        (
            "Ban hành Quy chế theo Nghị định số 59/2019/NĐ-CP ngày 01/7/2019 (hoàn thành trước ngày "
            "30/6/2026).",
            "Ban hành Quy chế theo Nghị định số 59/2019/NĐ-CP ngày 01/7/2019", "", "",
            "hoàn thành trước ngày 30/6/2026",
        ),
        (
            "Trung tâm Phục vụ hành chính công công khai thủ tục trong tháng 3/2026.",
            "công khai thủ tục", "Trung tâm Phục vụ hành chính công", "", "trong tháng 3/2026",
        ),
        ("Nâng cao nhận thức của cán bộ.", "Nâng cao nhận thức của cán bộ", "", "", ""),
        ("Rà soát văn bản (Công an; trước 31/3/2026).", "Rà soát văn bản", "Công an", "", "trước 31/3/2026"),
        (
            f"Mở hội nghị, hoàn thành trong Quý II/2026 ({LEAD} chủ trì).",
            "Mở hội nghị", LEAD, "", "trong Quý II/2026",
        ),
        (
            "Ban hành Kế hoạch và tổ chức triển khai, hoàn thành trước ngày 30/6/2026.",
            "Ban hành Kế hoạch và tổ chức triển khai", "", "", "trước ngày 30/6/2026",
        ),
        (
            "Tổ chức hội nghị, báo cáo kết quả kiểm tra trong tháng 3/2026.",
            "Tổ chức hội nghị, báo cáo kết quả kiểm tra", "", "", "trong tháng 3/2026",
        ),
    ],
)  # fmt: skip # short values read best packed
def test_a_sentence_says_who_does_what_by_when(
    sentence: str, title: str, lead: str, helping: str, time: str
) -> None:
    said = assignment_in(sentence, load_units())

    assert (said.title, said.lead, said.coordinating, said.time) == (title, lead, helping, time)


def test_sentences_are_tasks_where_nothing_is_labelled_and_must_be_confirmed() -> None:
    body = f"1. Giao {LEAD} kiểm tra đất đai, hoàn thành trong Quý II/2026.\n2. Nâng cao nhận thức."
    plan = plan_in(f"{HEAD}II. PHÂN CÔNG NHIỆM VỤ\n{body}\n")

    assert told(plan) == [("II.1", "kiểm tra đất đai", (LEAD,), "trong Quý II/2026")]
    assert found(plan, "prose-guessed") == ["II.1"]
    assert plan.tasks[0].source == Source(0, 10)


def test_a_unit_as_heading_leads_its_duties_and_those_without_a_day_are_told() -> None:
    body = (
        f"1. {LEAD}:\n- Tham mưu Kế hoạch kiểm tra trước ngày 28/02/2026.\n- Theo dõi, đôn đốc.\n"
        "2. Công an\n- Tuần tra, xong trong Quý II/2026.\n"
    )
    plan = plan_in(f"{HEAD}II. TỔ CHỨC THỰC HIỆN\n{body}")

    assert [(code, lead) for code, _, lead, _ in told(plan)] == [
        ("II.1.1", (LEAD,)),
        ("II.2.1", ("Công an",)),
    ]
    (left,) = [finding for finding in plan.findings if finding.code == "prose-left-out"]
    assert left.source_text == "Theo dõi, đôn đốc."
    assert left.place == Source(0, 12)


def test_aims_and_grounds_are_no_tasks() -> None:
    plan = plan_in(f"{HEAD}II. NHIỆM VỤ\n1. A\n- Chủ trì: {LEAD}\n- Thời gian: Quý I\n")

    assert [task.code for task in plan.tasks] == ["II.1"]


def test_a_table_wins_and_a_labelled_task_outside_it_is_told() -> None:
    table = "PHỤ LỤC\nTT\tNội dung\tChủ trì\tThời gian\n1\tA\tCông an\tQuý I/2026\n"
    plan = plan_in(f"{HEAD}II. NHIỆM VỤ\n1. B\n- Chủ trì: {LEAD}\n- Thời gian: Quý I\n{table}")

    assert [(task.code, task.title) for task in plan.tasks] == [("1", "A")]
    assert found(plan, "prose-left-out") == [None]


def test_text_without_any_assignment_is_no_decision() -> None:
    with pytest.raises(NotADecision):
        plan_in(f"{HEAD}II. NHIỆM VỤ\n1. Nâng cao nhận thức của cán bộ.\n")


@pytest.mark.parametrize(
    "text", ["Phòng Kinh tế: rà soát", "Ví dụ: A", "Điều 3: Chánh Văn phòng", "Ghi rõ: không"]
)
def test_a_name_before_a_colon_is_no_label(text: str) -> None:
    assert labelled(text) == (text, [])


@pytest.mark.parametrize(
    ("sentence", "title", "lead", "helping", "time"),
    [
        ("Tháng 02/2026: Thành lập Đoàn kiểm tra.", "Thành lập Đoàn kiểm tra", "", "", "Tháng 02/2026"),
        (
            f"Từ 01/6 đến 30/6/2026: Tháng hành động ({LEAD} chủ trì phối hợp với Công an).",
            "Tháng hành động", LEAD, "Công an", "Từ 01/6 đến 30/6/2026",
        ),
        (
            f"Trước ngày 15/4: Gửi báo cáo ({LEAD} chủ trì, Công an xã phối hợp).",
            "Gửi báo cáo", LEAD, "Công an xã", "Trước ngày 15/4",
        ),
        (
            "Chậm nhất ngày 10/12, các phòng gửi báo cáo để tổng hợp.",
            "gửi báo cáo để tổng hợp", "các phòng", "", "Chậm nhất ngày 10/12",
        ),
        (
            f"Xây dựng dự toán ({LEAD} chủ trì, phối hợp với Sở Tài chính; tháng 5/2026).",
            "Xây dựng dự toán", LEAD, "Sở Tài chính", "tháng 5/2026",
        ),
        (
            f"Vận hành thử ({LEAD}; Quý III), vận hành chính thức (Quý IV).",
            "Vận hành thử, vận hành chính thức", LEAD, "", "Quý III; Quý IV",
        ),
        (
            f"Sau khi tỉnh hướng dẫn: Ban hành quy chế ({LEAD} chủ trì, hoàn thành trước 30/9).",
            "Ban hành quy chế", LEAD, "", "Sau khi tỉnh hướng dẫn; trước 30/9",
        ),
        ("Nêu tiến độ (Thanh tra Sở; 01 lần/quý).", "Nêu tiến độ", "Thanh tra Sở", "", "01 lần/quý"),
        ("Rà soát đất đai (Luật Đất đai 2024).", "Rà soát đất đai (Luật Đất đai 2024)", "", "", ""),
        ("Tập huấn (02 lớp, 50 người, Quý III).", "Tập huấn (02 lớp, 50 người, Quý III)", "", "", "Quý III"),
        ("Phân bổ vốn ngay sau khi tỉnh giao.", "Phân bổ vốn", "", "", "ngay sau khi tỉnh giao"),
        ("Đôn đốc, định kỳ thứ Sáu báo cáo.", "Đôn đốc", "", "", "định kỳ thứ Sáu báo cáo"),
        ("Công an: tuần tra, thường xuyên.", "tuần tra", "Công an", "", "thường xuyên"),
    ],
)  # fmt: skip # short values read best packed
def test_a_time_may_stand_in_front_and_brackets_may_name_unit_and_time(
    sentence: str, title: str, lead: str, helping: str, time: str
) -> None:
    said = assignment_in(sentence, load_units())

    assert (said.title, said.lead, said.coordinating, said.time) == (title, lead, helping, time)
