"""The findings that reading can make, each as a careful clerk would word it."""

from __future__ import annotations

from domain.plans import Finding, Severity, Source
from domain.reading.time_doubts import TIME

_INFO, _CHECK, _BLOCKING = Severity.INFO, Severity.CHECK, Severity.BLOCKING

_PLAN: dict[str, tuple[Severity, str]] = {
    "amends_other": (
        _BLOCKING,
        "Đây là văn bản sửa đổi một kế hoạch khác: “{source}”. Để áp dụng vào kế hoạch đó, tải tệp lên "
        "ở trang “Quyết định sửa đổi kế hoạch” hoặc chạy: cchc plan amend TỆP. Nếu đưa chính bản nháp này "
        "vào thực hiện thì kế hoạch đang thực hiện của năm {year} kết thúc.",
    ),
    "rows_missing": (
        _BLOCKING,
        "Mục {section} ghi {declared} nhiệm vụ nhưng chỉ đọc được {found}. "
        "Đề nghị bổ sung dòng còn thiếu hoặc xác nhận con số đúng trước khi áp dụng.",
    ),
    "rows_extra": (
        _CHECK,
        "Mục {section} ghi {declared} nhiệm vụ nhưng đọc được {found}. Đề nghị đối chiếu bản gốc.",
    ),
    "number_gap": (_BLOCKING, "{facts}. Đề nghị kiểm tra dòng bị thiếu hoặc đánh số sai."),
    "duplicate_code": (
        _BLOCKING,
        "Có hai nhiệm vụ cùng số {code}. Đề nghị sửa số thứ tự trước khi áp dụng.",
    ),
    "no_lead": (_BLOCKING, "Nhiệm vụ {code} không có cơ quan chủ trì. Đề nghị bổ sung trước khi áp dụng."),
    "no_title": (_BLOCKING, "Nhiệm vụ {code} không có nội dung. Đề nghị bổ sung trước khi áp dụng."),
    "lead_is_coordinator": (
        _CHECK,
        "Nhiệm vụ {code}: {unit} vừa chủ trì vừa phối hợp. Đề nghị xác nhận cơ quan phối hợp.",
    ),
    "group_lead": (
        _CHECK,
        "Nhiệm vụ {code}: chủ trì là nhóm “{unit}”, không phải một đơn vị; "
        "mỗi đơn vị sau sẽ có một kỳ thực hiện riêng: {members}. Đề nghị xác nhận danh sách.",
    ),
    "group_unknown": (
        _CHECK,
        "Nhiệm vụ {code}: chủ trì là nhóm “{unit}” nhưng chưa biết gồm đơn vị nào. Đề nghị ghi rõ.",
    ),
    "product_condition": (
        _CHECK,
        "Nhiệm vụ {code}: cột thời gian ghi “{time}” nhưng cột sản phẩm đặt điều kiện “{source}”. "
        "Đề nghị xác nhận nhiệm vụ làm thường xuyên hay chỉ khi có điều kiện đó.",
    ),
    "units_glued": (
        _CHECK,
        "Nhiệm vụ {code}: tên các đơn vị viết liền, không có dấu phân cách: “{source}”; đã tách thành "
        "{units}. "
        "Đề nghị xác nhận.",
    ),
    "unknown_unit": (
        _CHECK,
        "Nhiệm vụ {code}: chưa biết đơn vị “{unit}”{hint}. "
        "Đề nghị chọn đơn vị tương ứng hoặc thêm đơn vị mới.",
    ),
    "units_new": (
        _INFO,
        "Chưa có trong danh mục nhưng đúng dạng tên cơ quan, nên đã nhận là đơn vị: {units}. "
        "Nếu có tên chỉ là cách viết khác của đơn vị đã biết, đề nghị ghi: cchc unit alias.",
    ),
    "spelling_joined": (
        _INFO,
        "“{unit}” được viết theo nhiều cách: {spellings}; đã coi là một đơn vị. Nếu không phải, đề nghị "
        "tách ra.",
    ),
    "report_assumed": (
        _CHECK,
        "Nhiệm vụ {code}: không ghi ngày báo cáo kết quả; tạm lấy kỳ báo cáo cuối cùng của năm, {date}. "
        "Đề nghị xác nhận hoặc ấn định ngày khác.",
    ),
    "calendar_used": (
        _INFO,
        "Nhiệm vụ {code}: “{source}” không ghi ngày nộp; lấy theo lịch báo cáo của kế hoạch: {dates}.",
    ),
    "title_citation": (
        _INFO,
        "Nhiệm vụ {code}: “{source}” là ngày của văn bản được viện dẫn, không phải thời hạn.",
    ),
    "title_date": (
        _CHECK,
        "Nhiệm vụ {code}: nội dung nêu thời hạn {facts} (“{source}”) nhưng cột thời gian không ghi. "
        "Đề nghị xác nhận thời hạn.",
    ),
    "no_event_type": (
        _CHECK,
        "Nhiệm vụ {code}: chưa rõ “{source}” thuộc loại sự kiện nào. Đề nghị chọn loại sự kiện.",
    ),
    "no_time": (_CHECK, "Nhiệm vụ {code}: không ghi thời hạn. Đề nghị người điều phối ấn định."),
    "no_calendar": (
        _CHECK,
        "Không đọc được chế độ báo cáo trong văn bản; tạm dùng ngày cuối mỗi quý. "
        "Đề nghị xác nhận lịch báo cáo.",
    ),
    "report_year": (
        _CHECK,
        "Kế hoạch năm {year} nhưng văn bản ban hành ngày {date}. Đề nghị xác nhận năm của kế hoạch.",
    ),
    "odd_row": (_CHECK, "Dòng {row} không thuộc nhiệm vụ nào: “{source}”. Đề nghị đối chiếu bản gốc."),
    "dates_clash": (
        _CHECK,
        "Nhiệm vụ {code}: cùng một bước có nhiều thời hạn khác nhau ({facts}). "
        "Đề nghị xác định ngày nào đúng; nếu là nhiều đợt thì chọn ngày cần theo dõi.",
    ),
    "order_clash": (
        _CHECK,
        "Nhiệm vụ {code}: hạn báo cáo {report} ở trước hạn ban hành kế hoạch {plan}. "
        "Đề nghị đối chiếu bản gốc.",
    ),
    "other_ending": (
        _INFO,
        "Tên tệp “{source}” ghi {ending} nhưng nội dung là {kind}; đã đọc theo nội dung.",
    ),
    "column_missing": (_CHECK, "Bảng không có cột {column}. Đề nghị đối chiếu bản gốc."),
    "scanned": (
        _CHECK,
        "Nhiệm vụ {code} đọc từ bản quét bằng nhận dạng chữ. Đề nghị đối chiếu từng ô với bản gốc.",
    ),
    "note_row": (_INFO, "Dòng {row} là ghi chú hoặc phần ký, không phải nhiệm vụ: “{source}”."),
    "row_joined": (
        _CHECK,
        "Dòng {row} không có số thứ tự nên đã nối vào nhiệm vụ phía trên: “{source}”. "
        "Đề nghị xác nhận đây không phải một nhiệm vụ riêng.",
    ),
    "number_unread": (
        _CHECK,
        "Dòng {row}: không hiểu số thứ tự; đã đánh số theo thứ tự dòng: “{source}”. "
        "Đề nghị đối chiếu bản gốc.",
    ),
    "number_assigned": (
        _INFO,
        "{count} nhiệm vụ không có số thứ tự (từ “{source}”); đã đánh số theo thứ tự trong văn bản.",
    ),
    "section_numbered": (
        _INFO,
        "Mục “{source}” không có số; đã đánh số là mục {section} theo thứ tự trong văn bản.",
    ),
    "section_empty": (
        _CHECK,
        "Mục {section} “{source}” không có nhiệm vụ nào. Đề nghị kiểm tra dòng bị thiếu.",
    ),
    "heading_row": (_INFO, "“{source}” được coi là tiêu đề nhóm, không phải nhiệm vụ."),
    "inherited": (
        _INFO,
        "Nhiệm vụ {code} không ghi riêng; đơn vị hoặc thời hạn lấy theo mục {section} “{source}”.",
    ),
    "ditto": (_INFO, "Nhiệm vụ {code}: “{source}” được hiểu là như dòng trên: {facts}."),
    "lead_guessed": (
        _CHECK,
        "Nhiệm vụ {code}: cột chung cho chủ trì và phối hợp không nói ai chủ trì; tạm lấy đơn vị đứng đầu, "
        "{unit}. Đề nghị xác nhận.",
    ),
    "month_marks": (
        _CHECK,
        "Nhiệm vụ {code}: thời hạn đọc từ các ô đánh dấu theo tháng hoặc quý: {facts}. "
        "Đề nghị xác nhận ngày.",
    ),
    "table_left_out": (
        _CHECK,
        "Bảng {table} có thể chứa nhiệm vụ nhưng không có cột thời gian hay đơn vị chủ trì "
        "nên không được đọc: "
        "“{source}”. Đề nghị xem bảng này.",
    ),
    "prose_left_out": (
        _CHECK,
        "Còn {count} đoạn văn giao việc chưa được đọc thành nhiệm vụ, ví dụ “{source}”. "
        "Đề nghị xem có nhiệm vụ nào bị sót.",
    ),
    "prose_deadlines": (
        _CHECK,
        "Ngoài bảng còn {count} câu giao việc có thời hạn, chưa thành nhiệm vụ: {shown}. "
        "Đề nghị xem có việc nào cần thêm vào kế hoạch không.",
    ),
    "prose_read": (
        _CHECK,
        "Văn bản không có bảng nhiệm vụ; đã đọc {count} nhiệm vụ từ lời văn. Đề nghị đối chiếu với bản gốc.",
    ),
    "prose_guessed": (
        _CHECK,
        "Nhiệm vụ {code}: đơn vị và thời hạn lấy từ trong câu “{source}”. Đề nghị xác nhận.",
    ),
    "total_differs": (
        _CHECK,
        "Văn bản ghi tổng số {declared} nhiệm vụ nhưng đọc được {found}. Đề nghị đối chiếu bản gốc.",
    ),
    "period_differs": (
        _CHECK,
        "Nhiệm vụ {code}: ghi thời gian “{time}” nhưng nằm dưới “{source}”. Đề nghị xác nhận thời hạn đúng.",
    ),
    "note_time": (
        _CHECK,
        "Nhiệm vụ {code}: cột ghi chú nêu thời gian “{source}”. Đề nghị xem có phải thời hạn không.",
    ),
    "plan_years": (
        _CHECK,
        "Kế hoạch cho giai đoạn {first} - {last}; đã đọc theo năm {year}. Đề nghị xác nhận năm.",
    ),
    "year_from_issue": (
        _INFO,
        "Tên văn bản không ghi năm; lấy theo năm ban hành {year}.",
    ),
    "column_unread": (
        _INFO,
        "Chưa hiểu cột “{source}” nên không đọc. Đề nghị xem cột này có thời hạn hay đơn vị nào không.",
    ),
    "stray_cell": (
        _CHECK,
        "Dòng {row}: chữ “{source}” nằm ngoài các cột có tiêu đề nên không đọc. Đề nghị đối chiếu bản gốc.",
    ),
    "mark_words": (
        _CHECK,
        "Dòng {row}: ô đánh dấu theo tháng hoặc quý ghi “{source}”; chỉ đọc là có làm trong kỳ đó. "
        "Đề nghị xem chữ này có nêu thời hạn, sản phẩm hay công việc riêng không.",
    ),
    "header_missing": (
        _CHECK,
        "Bảng {table} không có dòng tiêu đề; đã đoán các cột theo nội dung (dòng đầu: “{source}”). "
        "Đề nghị xác nhận đâu là đơn vị chủ trì, thời hạn và sản phẩm.",
    ),
    "parts_prefixed": (
        _CHECK,
        "Mỗi phụ lục đánh số lại từ đầu; nhiệm vụ của “{source}” mang thêm {section} trước số. "
        "Đề nghị xác nhận cách đánh số.",
    ),
    "next_year": (
        _INFO,
        "Văn bản ban hành ngày {date} cho năm sau, {year}.",
    ),
}


def about_time(code: str, source: str, facts: str = "", year: int | None = None) -> Finding:
    """Return a finding about a piece of time text."""
    severity, message = TIME[code]
    text = message.format(source=source, facts=facts, year=year)
    return Finding(code.replace("_", "-"), severity, text, source_text=source)


def about_plan(
    code: str, *, task: str | None = None, source: str = "", place: Source | None = None, **facts: object
) -> Finding:
    """Return a finding about a row, a section or the whole plan; `place` is where its words stand."""
    severity, message = _PLAN[code]
    text = message.format(code=task, source=source, **facts)
    return Finding(code.replace("_", "-"), severity, text, task, source, place)
