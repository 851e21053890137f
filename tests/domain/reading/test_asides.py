"""Sentences outside the tables that give work by a day are listed, once, for a person to look at."""

from __future__ import annotations

import pytest

from domain.plans import Finding
from tests.domain.reading.conftest import plan_in

HEAD = """UBND PHƯỜNG THÀNH ĐÔNG
Số: 7/KH-UBND
Thành Đông, ngày 20 tháng 01 năm 2026
KẾ HOẠCH
Cải cách hành chính năm 2026
Căn cứ Kế hoạch số 12/KH-UBND ngày 15/01/2026 của UBND tỉnh;
"""
TABLE = "TT\tNội dung\tChủ trì\tThời gian\n1\tRà soát văn bản\tCông an\tQuý I\n"


def listed(body: str) -> list[Finding]:
    plan = plan_in(f"{HEAD}{TABLE}{body}\n")
    assert len(plan.tasks) == 1
    return [finding for finding in plan.findings if finding.code == "prose-deadlines"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Giao Phòng Văn hóa - Xã hội theo dõi, tổng hợp, báo cáo UBND phường trước ngày 20/11/2026.",
        "1. Phòng Kinh tế chủ trì rà soát, hoàn thành trước ngày 31/3/2026.",
        "- Các phòng chuyên môn gửi kế hoạch về Văn phòng chậm nhất ngày 05/02/2026 để tổng hợp.",
        "Trước ngày 15/12/2026, các phòng chuyên môn gửi kết quả tự chấm điểm.",
        "Yêu cầu Trung tâm Phục vụ hành chính công niêm yết lại thủ tục trong tháng 2/2026.",
        "Phòng Kinh tế: lập dự toán kinh phí, trình trước ngày 10/02/2026.",
        "2. Phòng Kinh tế\n- Lập dự toán kinh phí, trình UBND phường trước ngày 10/02/2026.",
        "2. Phòng Kinh tế\n- Theo dõi, đôn đốc; tổng hợp, trình UBND phường trước ngày 05/12/2026.",
        "Các cơ quan phối hợp tốt. Đề nghị Công an phường làm sạch dữ liệu xong trước 30/6/2026.",
    ],
)
def test_a_sentence_with_unit_and_day_outside_the_table_is_listed(sentence: str) -> None:
    (finding,) = listed(f"II. TỔ CHỨC THỰC HIỆN\n{sentence}")

    assert "2026" in finding.message
    assert finding.place is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "Giao Phòng Văn hóa - Xã hội theo dõi, đôn đốc việc thực hiện kế hoạch.",
        "Phấn đấu đến ngày 31/12/2026 đạt 100% hồ sơ trực tuyến.",
        "Căn cứ Nghị quyết số 76/NQ-CP ngày 15/7/2021 của Chính phủ.",
        "Thực hiện Kế hoạch số 5/KH-UBND ngày 10/01/2026, UBND phường ban hành Kế hoạch này.",
        "Phòng Kinh tế chủ trì, trình phê duyệt kinh phí thực hiện nhiệm vụ trong năm 2026.",
        "Quyết định này có hiệu lực kể từ ngày 01/02/2026.",
        "Các phòng chuyên môn báo cáo quý trước ngày 10 của tháng cuối quý, báo cáo năm trước ngày 10/12.",
    ],
)
def test_duties_without_a_day_targets_grounds_and_the_reporting_regime_are_not(sentence: str) -> None:
    assert listed(f"II. TỔ CHỨC THỰC HIỆN\n{sentence}") == []


def test_many_sentences_give_one_finding() -> None:
    body = "\n".join(f"- Phòng Kinh tế lập báo cáo số {n}, gửi trước ngày {n}/3/2026." for n in range(1, 10))
    (finding,) = listed(f"II. TỔ CHỨC THỰC HIỆN\n{body}")

    assert "Ngoài bảng còn 9 câu" in finding.message
