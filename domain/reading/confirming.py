"""What each kind of finding is called, and what a person says by confirming it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.plans import Stage


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding: its short name, what confirming it means, what can be corrected at once.

    `dated` findings are about a due date, which settling may set. `settles` names the stage whose
    assumed dates become settled ones when the finding is confirmed.
    """

    name: str
    meaning: str
    dated: bool = False
    settles: Stage | None = None


def _date(name: str, meaning: str, *, settles: Stage | None = None) -> Kind:
    return Kind(name, f"Xác nhận nghĩa là: {meaning}", dated=True, settles=settles)


def _other(name: str, meaning: str) -> Kind:
    return Kind(name, f"Xác nhận nghĩa là: {meaning}")


_NO_DATE = "nhiệm vụ chưa có thời hạn; chương trình không nhắc việc cho đến khi có người ấn định ngày."
_ORIGINAL = "đã đối chiếu bản gốc, phần đã đọc được là đúng."

KINDS: dict[str, Kind] = {
    # The time of a task.
    "unread": _date("không đọc được thời hạn", _NO_DATE),
    "empty": _date("không ghi thời hạn", _NO_DATE),
    "no-time": _date("không ghi thời hạn", _NO_DATE),
    "unspecified": _date("chưa có ngày cụ thể", _NO_DATE),
    "year-missing": _date(
        "ngày không ghi năm", "năm của thời hạn là năm đã đọc; chưa có năm thì chưa có hạn."
    ),
    "impossible-date": _date(
        "ngày không có trên lịch", "bản gốc ghi đúng như vậy; bước này không có thời hạn."
    ),
    "fuzzy": _date("khoảng thời gian ước chừng", "lấy ngày cuối của khoảng đã tạm hiểu làm thời hạn."),
    "assumed-day": _date("ngày tạm tính", "lấy ngày tạm tính làm thời hạn."),
    "no-day": _date("chu kỳ không ghi ngày nộp", "thời hạn lấy theo lịch báo cáo của kế hoạch."),
    "incomplete": _date("không nói rõ năm nào", "việc lặp lại hằng năm như đã tạm hiểu."),
    "contradiction": _date("hai thời hạn mâu thuẫn", "mỗi bước giữ ngày đang ghi ở cột bên."),
    "reversed": _date("ngày bắt đầu sau ngày kết thúc", "thời hạn đang ghi ở cột bên là đúng."),
    "no-base": _date(
        "không nói tính từ ngày nào", "chưa tính được thời hạn; sẽ ấn định khi biết mốc bắt đầu."
    ),
    "working-days": _date("tính theo ngày làm việc", "thời hạn là ngày đã tính, chưa trừ ngày lễ."),
    "gapped": _date("nhiều khoảng thời gian rời nhau", "mỗi khoảng thời gian là một mốc riêng."),
    "slip": _date("chữ viết sai hoặc quét sai", "chữ sai đã được hiểu đúng, thời hạn đang ghi là đúng."),
    "sheet-date": _date("ô ngày của bảng tính", "ngày, tháng đã đọc từ ô bảng tính là đúng với bản gốc."),
    "session": _date("thời hạn theo ngày họp", "chờ lịch họp; ngày đang ghi chỉ là tạm tính."),
    "unused": _date("phần không có thời hạn", "phần này không nêu thời hạn nào, không bỏ sót mốc."),
    "leftover": _date(
        "chữ chưa hiểu trong cột thời gian", "phần chữ chưa hiểu không làm đổi thời hạn đã đọc."
    ),
    "before-issue": _date(
        "hạn trước ngày ban hành", "thời hạn đúng như văn bản ghi, dù trước ngày ban hành."
    ),
    "on-issue": _date("hạn trùng ngày ban hành", "việc phải xong ngay trong ngày ban hành."),
    "other-year": _date("hạn khác năm kế hoạch", "thời hạn thuộc năm đã đọc, không phải năm của kế hoạch."),
    "title-date": _date(
        "thời hạn nằm trong nội dung", "ngày nêu trong nội dung không phải thời hạn của bước nào."
    ),
    "report-assumed": _date(
        "ngày báo cáo tạm tính",
        "lấy kỳ báo cáo cuối cùng của năm làm hạn báo cáo; ngày này không còn là tạm tính.",
        settles=Stage.REPORT,
    ),
    "calendar-used": _date(
        "hạn theo lịch báo cáo",
        "các hạn lấy theo lịch báo cáo của kế hoạch; các ngày này không còn là tạm tính.",
        settles=Stage.REPORT,
    ),
    "dates-clash": _date("hai hạn cho cùng một bước", "bước này giữ ngày đang ghi ở cột bên."),
    "order-clash": _date("hạn báo cáo trước hạn kế hoạch", "hai ngày đúng như bản gốc ghi."),
    "citation": _other("ngày của văn bản viện dẫn", "ngày này không phải thời hạn."),
    "title-citation": _other("ngày của văn bản viện dẫn", "ngày này không phải thời hạn."),
    "cutoff": _other("kỳ lấy số liệu", "ngày này là mốc lấy số liệu, không phải thời hạn nộp."),
    # A row, a section, the whole plan.
    "rows-missing": _other(
        "thiếu nhiệm vụ so với số đã ghi", "số nhiệm vụ đọc được là đủ; con số ghi ở tên mục là nhầm."
    ),
    "rows-extra": _other(
        "thừa nhiệm vụ so với số đã ghi", "các dòng đọc được đều là nhiệm vụ; con số ở tên mục là nhầm."
    ),
    "number-gap": _other("đánh số không liền", "bản gốc đánh số như vậy, không thiếu dòng nào."),
    "duplicate-code": _other("hai nhiệm vụ cùng số", "hai dòng là hai nhiệm vụ khác nhau."),
    "no-lead": _other(
        "không có cơ quan chủ trì", "văn bản không giao chủ trì; nhiệm vụ sẽ không mở cho đơn vị nào."
    ),
    "no-title": _other("không có nội dung", "dòng này là nhiệm vụ dù không ghi nội dung."),
    "lead-is-coordinator": _other(
        "đơn vị vừa chủ trì vừa phối hợp", "đơn vị này chủ trì; việc ghi thêm ở cột phối hợp là nhầm."
    ),
    "group-lead": _other(
        "chủ trì là một nhóm đơn vị", "mỗi đơn vị trong danh sách có kỳ thực hiện riêng và tự báo cáo."
    ),
    "group-unknown": _other(
        "nhóm chủ trì chưa rõ gồm ai", "cả nhóm được coi là một đơn vị chủ trì, chỉ có một kỳ thực hiện."
    ),
    "product-condition": _other(
        "sản phẩm có điều kiện", "nhiệm vụ làm theo cột thời gian; điều kiện ở cột sản phẩm chỉ để biết."
    ),
    "units-glued": _other("tên đơn vị viết liền", "các đơn vị đã được tách đúng."),
    "unknown-unit": _other("đơn vị chưa biết", "đây là một đơn vị mới, đúng tên như văn bản ghi."),
    "spelling-joined": _other("tên viết nhiều cách", "các cách viết này là một đơn vị."),
    "no-event-type": _other(
        "chưa rõ loại sự kiện", "nhiệm vụ chờ sự kiện; khi ghi nhận văn bản phải chỉ rõ nhiệm vụ này."
    ),
    "no-calendar": _other(
        "không có chế độ báo cáo", "lịch báo cáo của kế hoạch là ngày cuối mỗi quý như đã tạm dùng."
    ),
    "report-year": _other("năm kế hoạch khác năm ban hành", "năm của kế hoạch đúng như đã đọc."),
    "odd-row": _other("dòng không thuộc nhiệm vụ nào", "dòng này không phải nhiệm vụ, bỏ qua được."),
    "column-missing": _other("bảng thiếu cột", "bản gốc không có cột này; phần còn lại đọc đúng."),
}

_UNNAMED = Kind("điểm khác", f"Xác nhận nghĩa là: {_ORIGINAL}", dated=False)


def kind_of(code: str) -> Kind:
    """Return what is known of a kind of finding; one that an older program made has general words."""
    return KINDS.get(code, _UNNAMED)


def meaning(code: str) -> str:
    """Say what confirming a finding of this kind means."""
    return kind_of(code).meaning
