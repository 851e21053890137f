"""The findings that reading a piece of time text can make, each as a careful clerk would word it."""

from __future__ import annotations

from domain.plans import Severity

_INFO, _CHECK = Severity.INFO, Severity.CHECK

TIME: dict[str, tuple[Severity, str]] = {
    "unread": (_CHECK, "Không đọc được thời hạn từ “{source}”. Đề nghị đọc lại bản gốc và ấn định ngày."),
    "empty": (_CHECK, "Không ghi thời hạn. Đề nghị hỏi lại đơn vị soạn thảo và ấn định ngày."),
    "unspecified": (
        _CHECK,
        "“{source}” chưa phải là ngày cụ thể. Đề nghị người điều phối ấn định thời hạn.",
    ),
    "year_missing": (_CHECK, "“{source}” không ghi năm và chưa biết năm của kế hoạch. Đề nghị bổ sung năm."),
    "impossible_date": (_CHECK, "“{source}” không có trên lịch. Đề nghị đối chiếu bản gốc."),
    "fuzzy": (
        _CHECK,
        "“{source}” là khoảng thời gian ước chừng; tạm hiểu là {facts}. Đề nghị xác nhận ngày.",
    ),
    "assumed_day": (
        _CHECK,
        "“{source}” không ghi ngày; tạm lấy ngày cuối năm ({facts}). "
        "Đề nghị xác nhận hoặc ấn định ngày khác.",
    ),
    "no_day": (
        _INFO,
        "“{source}” chỉ nêu chu kỳ, không ghi ngày phải nộp. Hạn lấy theo lịch báo cáo của kế hoạch nếu có.",
    ),
    "no_rhythm": (
        _CHECK,
        "“{source}” nói định kỳ nhưng không nói bao lâu một lần. Đề nghị xác định chu kỳ.",
    ),
    "named_year": (
        _CHECK,
        "“{source}” chỉ gắn năm với tên công việc; tạm hiểu là làm trong năm đó. Đề nghị xác nhận thời hạn.",
    ),
    "incomplete": (
        _CHECK,
        "“{source}” không nói rõ năm nào; tạm hiểu là lặp lại hằng năm. Đề nghị xem lại câu đầy đủ.",
    ),
    "citation": (_INFO, "“{source}” là ngày của văn bản được viện dẫn, không phải thời hạn."),
    "cutoff": (_INFO, "“{source}” là kỳ lấy số liệu, không phải thời hạn nộp."),
    "length": (_INFO, "“{source}” là thời lượng cuộc họp, không phải thời hạn."),
    "contradiction": (
        _CHECK,
        "Hai thời hạn mâu thuẫn trong “{source}”: {facts}. Đề nghị xác định ngày nào đúng.",
    ),
    "reversed": (_CHECK, "“{source}”: ngày bắt đầu sau ngày kết thúc. Đề nghị đối chiếu bản gốc."),
    "no_base": (_CHECK, "“{source}” không nói tính từ ngày nào. Đề nghị xác định mốc bắt đầu."),
    "working_days": (
        _CHECK,
        "“{source}” tính theo ngày làm việc; ngày {facts} mới trừ thứ Bảy, Chủ nhật. "
        "Đề nghị trừ thêm ngày lễ.",
    ),
    "gapped": (
        _CHECK,
        "“{source}” nêu nhiều khoảng thời gian rời nhau; đã đọc thành nhiều mốc. Đề nghị xác nhận.",
    ),
    "slip": (_CHECK, "“{source}” có chữ viết sai hoặc quét sai ({facts}). Đề nghị đối chiếu bản gốc."),
    "bare": (
        _CHECK,
        "“{source}” viết không dấu; đã đọc theo nghĩa thường gặp. Đề nghị đối chiếu bản gốc.",
    ),
    "except": (
        _CHECK,
        "“{source}” là phần trừ ra, không đọc thành thời hạn. Đề nghị xem lại phạm vi áp dụng.",
    ),
    "moved": (
        _CHECK,
        "“{source}” là thời hạn cũ, không đọc thành thời hạn. Đề nghị xác nhận thời hạn đang áp dụng.",
    ),
    "bare_quarter": (
        _CHECK,
        "“{source}” chỉ ghi số La Mã; tạm hiểu là quý. Đề nghị xác nhận.",
    ),
    "either": (
        _CHECK,
        "“{source}” nêu hai thời hạn để chọn một; tạm đọc cả hai. Đề nghị xác định thời hạn nào áp dụng.",
    ),
    "report_first": (
        _CHECK,
        "Hạn báo cáo {facts} (“{source}”) ở trước hạn của phần việc nêu trước đó. "
        "Đề nghị kiểm tra năm của hạn báo cáo.",
    ),
    "year_taken": (
        _CHECK,
        "“{source}” không ghi năm; tạm hiểu là năm {facts}, trong khi mốc khác ghi năm khác. "
        "Đề nghị xác nhận năm.",
    ),
    "month_unsaid": (
        _CHECK,
        "“{source}” không nói ngày đó thuộc tháng nào trong kỳ; tạm hiểu là tháng cuối kỳ. Đề nghị xác nhận.",
    ),
    "lunar": (
        _CHECK,
        "“{source}” có thể tính theo âm lịch; tạm đọc theo dương lịch. Đề nghị ấn định ngày dương lịch.",
    ),
    "sheet_date": (
        _CHECK,
        "“{source}” là ô ngày của bảng tính: có thể vốn là tháng/năm, hoặc ngày và tháng bị đổi chỗ. "
        "Đề nghị đối chiếu bản gốc.",
    ),
    "session": (_CHECK, "“{source}”: thời hạn phụ thuộc ngày họp. Đề nghị ghi ngày họp khi có lịch."),
    "unused": (_INFO, "Phần “{source}” không chứa thời hạn đọc được. Đề nghị xem có bỏ sót mốc nào không."),
    "leftover": (_CHECK, "Chưa hiểu “{source}” trong cột thời gian. Đề nghị đối chiếu bản gốc."),
    "before_issue": (
        _CHECK,
        "Thời hạn {facts} (“{source}”) ở trước ngày ban hành kế hoạch. Đề nghị xác nhận hoặc điều chỉnh.",
    ),
    "on_issue": (
        _INFO,
        "Thời hạn {facts} (“{source}”) trùng ngày ban hành kế hoạch: việc phải xong ngay trong ngày.",
    ),
    "other_year": (
        _CHECK,
        "Thời hạn {facts} (“{source}”) khác năm của kế hoạch ({year}). Đề nghị xác nhận năm.",
    ),
}
