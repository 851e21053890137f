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
    "no-rhythm": _date("chưa rõ chu kỳ", "việc làm theo từng kỳ báo cáo của kế hoạch."),
    "named-year": _date("chỉ nêu năm", "việc phải xong trong năm đã đọc."),
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
    "bare": _date("viết không dấu", "chữ không dấu đã được hiểu đúng."),
    "either": _date("hai thời hạn để chọn một", "cả hai thời hạn đều áp dụng."),
    "report-first": _date("hạn báo cáo trước việc khác", "hạn báo cáo đúng như bản gốc ghi."),
    "year-taken": _date("năm tạm hiểu", "thời hạn thuộc năm đã tạm hiểu."),
    "month-unsaid": _date("chưa rõ tháng nào trong kỳ", "ngày nộp ở tháng cuối kỳ."),
    "lunar": _date("có thể là âm lịch", "ngày tính theo dương lịch như đã đọc."),
    "except": _date("phần trừ ra", "phần trừ ra không có thời hạn riêng; thời hạn đã đọc là đúng."),
    "moved": _date("thời hạn cũ", "ngày này là thời hạn cũ, không còn áp dụng."),
    "bare-quarter": _date("chỉ ghi số La Mã", "số La Mã là số của quý."),
    "period-differs": _date("khác thời gian của nhóm", "thời gian ghi riêng ở nhiệm vụ này là đúng."),
    "prose-deadlines": _other(
        "câu giao việc ngoài bảng", "các câu này không thêm nhiệm vụ nào vào kế hoạch."
    ),
    "citation": _other("ngày của văn bản viện dẫn", "ngày này không phải thời hạn."),
    "title-citation": _other("ngày của văn bản viện dẫn", "ngày này không phải thời hạn."),
    "cutoff": _other("kỳ lấy số liệu", "ngày này là mốc lấy số liệu, không phải thời hạn nộp."),
    "length": _other("thời lượng cuộc họp", "số ngày này là thời lượng, không phải thời hạn."),
    # A row, a section, the whole plan.
    "amends-other": _other(
        "văn bản sửa đổi kế hoạch khác",
        "đây là một kế hoạch đầy đủ, thay hẳn kế hoạch đang thực hiện của năm.",
    ),
    "rows-missing": _other(
        "thiếu nhiệm vụ so với số đã ghi", "số nhiệm vụ đọc được là đủ; con số ghi ở tên mục là nhầm."
    ),
    "rows-extra": _other(
        "thừa nhiệm vụ so với số đã ghi", "các dòng đọc được đều là nhiệm vụ; con số ở tên mục là nhầm."
    ),
    "number-gap": _other("đánh số không liền", "bản gốc đánh số như vậy, không thiếu dòng nào."),
    "duplicate-code": _other(
        "hai nhiệm vụ cùng số", "hai dòng là hai nhiệm vụ khác nhau; dòng sau mang số có thêm “-2”."
    ),
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
    "units-new": _other("đơn vị mới", "đây là tên đúng của các đơn vị này."),
    "spelling-joined": _other("tên viết nhiều cách", "các cách viết này là một đơn vị."),
    "no-event-type": _other(
        "chưa rõ loại sự kiện", "nhiệm vụ chờ sự kiện; khi ghi nhận văn bản phải chỉ rõ nhiệm vụ này."
    ),
    "no-calendar": _other(
        "không có chế độ báo cáo", "lịch báo cáo của kế hoạch là ngày cuối mỗi quý như đã tạm dùng."
    ),
    "no-number": _other("không có số văn bản", "văn bản không có số; kế hoạch được nhập mà không có số."),
    "no-date": _other("không có ngày ban hành", "ngày ban hành là ngày đã tạm lấy."),
    "report-year": _other("năm kế hoạch khác năm ban hành", "năm của kế hoạch đúng như đã đọc."),
    "odd-row": _other("dòng không thuộc nhiệm vụ nào", "dòng này không phải nhiệm vụ, bỏ qua được."),
    "other-ending": _other(
        "tên tệp khác loại tệp", "tệp đúng là tệp cần đọc; chỉ phần đuôi của tên tệp là nhầm."
    ),
    "column-missing": _other("bảng thiếu cột", "bản gốc không có cột này; phần còn lại đọc đúng."),
    "scanned": _date("đọc từ bản quét", "đã đối chiếu từng ô của nhiệm vụ này với bản giấy."),
    "note-row": _other("dòng ghi chú", "dòng này không phải nhiệm vụ."),
    "row-joined": _other("dòng nối vào nhiệm vụ trên", "dòng này thuộc nhiệm vụ phía trên."),
    "number-unread": _other("số thứ tự không hiểu", "nhiệm vụ mang số theo thứ tự dòng đã đánh."),
    "number-assigned": _other("nhiệm vụ không có số", "các nhiệm vụ mang số đã đánh theo thứ tự."),
    "section-numbered": _other("mục không có số", "mục mang số đã đánh theo thứ tự."),
    "section-empty": _other("mục không có nhiệm vụ", "mục này không giao nhiệm vụ nào."),
    "heading-row": _other("dòng tiêu đề nhóm", "dòng này không phải nhiệm vụ."),
    "inherited": _other("lấy theo mục", "đơn vị, thời hạn của mục áp dụng cho nhiệm vụ này."),
    "ditto": _other("như dòng trên", "nhiệm vụ này lấy đúng như dòng trên."),
    "lead-guessed": _other("chủ trì tạm lấy", "đơn vị đứng đầu là đơn vị chủ trì."),
    "month-marks": _date("hạn từ ô đánh dấu", "thời hạn là ngày cuối của tháng, quý được đánh dấu."),
    "table-left-out": _other("bảng không được đọc", "bảng này không giao nhiệm vụ nào."),
    "prose-left-out": _other("đoạn văn chưa đọc", "các đoạn văn này không giao nhiệm vụ nào."),
    "prose-read": _other("nhiệm vụ đọc từ lời văn", "các nhiệm vụ đã được tách đúng và đủ."),
    "prose-guessed": _date("lấy từ trong câu", "đơn vị và thời hạn lấy từ câu này là đúng."),
    "total-differs": _other("tổng số không khớp", "các nhiệm vụ đọc được là đủ; con số ghi là nhầm."),
    "note-time": _date("thời gian ở cột ghi chú", "thời gian ở cột ghi chú không phải thời hạn."),
    "plan-years": _other("kế hoạch nhiều năm", "năm của kế hoạch là năm đầu của giai đoạn."),
    "year-from-issue": _other("năm lấy theo ngày ban hành", "năm của kế hoạch là năm ban hành."),
    "column-unread": _other("cột chưa hiểu", "cột này không chứa thời hạn hay đơn vị."),
    "mark-words": _date("chữ trong ô đánh dấu", "chữ trong ô không nêu thời hạn khác của nhiệm vụ."),
    "stray-cell": _other("chữ ngoài các cột", "phần chữ này không thuộc nhiệm vụ nào."),
    "header-missing": _other("bảng không có tiêu đề", "các cột đã được đoán đúng."),
    "parts-prefixed": _other("số lặp lại ở các phụ lục", "số của phụ lục đứng trước số của nhiệm vụ."),
    "next-year": _other("kế hoạch cho năm sau", "năm của kế hoạch là năm sau năm ban hành."),
    # What the format of a file hid, and what was made of it.
    "tracked-changes": _other(
        "có sửa đổi chưa chấp nhận", "bản có hiệu lực gồm phần thêm và không gồm phần xoá."
    ),
    "text-box": _other("khung chữ không được đọc", "trong khung không có nhiệm vụ hay thời hạn nào."),
    "hidden-text": _other("chữ bị ẩn", "phần chữ ẩn không thuộc văn bản."),
    "struck-text": _other("chữ bị gạch ngang", "phần bị gạch ngang vẫn còn hiệu lực như đã đọc."),
    "comments": _other("ghi chú bên lề", "các ghi chú không thuộc văn bản."),
    "footnotes": _other("chú thích cuối trang", "chú thích không làm thay đổi nhiệm vụ hay thời hạn."),
    "nested-table": _other("bảng nằm trong ô", "các dòng chữ đã lấy từ bảng bên trong là đủ."),
    "picture-in-table": _other("hình ảnh trong bảng", "hình không thay cho chữ nào của bảng."),
    "picture": _other("hình ảnh", "hình không chứa nội dung cần đọc."),
    "numbering": _other("đánh số tự động", "số đã đọc đúng với số hiện trên trang giấy."),
    "embedded": _other("tài liệu chèn bên trong", "tài liệu chèn bên trong không thuộc kế hoạch."),
    "hidden-sheet": _other("trang tính bị ẩn", "trang tính bị ẩn không thuộc kế hoạch."),
    "hidden-rows": _other("dòng bị ẩn", "các dòng bị ẩn đã đọc đều thuộc kế hoạch."),
    "hidden-columns": _other("cột bị ẩn", "các cột bị ẩn đã đọc đều thuộc kế hoạch."),
    "no-value": _other("ô công thức chưa có kết quả", "các ô này để trống cũng không thiếu nội dung."),
    "error-value": _other("ô công thức báo lỗi", "các ô báo lỗi không mang nội dung cần đọc."),
    "typed-date": _date("ô ngày chỉ hiện tháng, năm", "chữ hiện trên ô là thời hạn đúng."),
    "columns-touch": _other("hai cột sát nhau", "chữ của hai cột đã được tách đúng."),
    "rows-guessed": _other("ranh giới nhiệm vụ phỏng đoán", "các nhiệm vụ đã được tách đúng như bản gốc."),
    "columns-merged": _other("không tách được cột", "các cột đã được đọc đúng như bản gốc."),
    "row-unsure": _other("chưa chắc đầu dòng", "nhiệm vụ đã được tách đúng như bản gốc."),
    "columns-changed": _other("số cột của bảng đổi", "các cột ở trang này đã được đọc đúng."),
    "pages-scanned": _other("trang là ảnh quét", "các trang này không chứa nhiệm vụ hay thời hạn."),
    "pages-unread": _other("trang có phông chữ lạ", "các trang này không chứa nhiệm vụ hay thời hạn."),
    "letters-unread": _other("ký tự không đọc được", "các ký tự này không làm thay đổi nội dung."),
    "slanted-text": _other("chữ nghiêng, chữ dọc", "đó chỉ là dấu chìm hoặc con dấu."),
    "too-many-rules": _other("trang quá nhiều nét vẽ", "bảng ở trang này đã được đọc đúng."),
    "scan-unsure": _other("nhận dạng chưa chắc", "các chữ đã nhận dạng đúng với bản gốc."),
    "scan-empty": _other("trang không nhận dạng được", "trang này không chứa nhiệm vụ hay thời hạn."),
    # A later decision that changes the plan.
    "clause-unread": _other("quy định sửa đổi chưa hiểu", "quy định này không làm thay đổi nhiệm vụ nào."),
    "no-table": _other("thiếu bảng nhiệm vụ", "quyết định này không kèm phụ lục thay thế."),
    "nothing-ordered": _other("không có nội dung sửa đổi", "quyết định này không sửa đổi nhiệm vụ nào."),
    "own-number": _other("không có số của quyết định", "số của quyết định sửa đổi không ghi trong tệp."),
    "unknown-code": _other("không có nhiệm vụ này", "nội dung này không áp dụng cho nhiệm vụ nào."),
    "code-twice": _other("hai dòng mang cùng số", "hai dòng là hai nhiệm vụ khác nhau."),
    "code-taken": _other("số nhiệm vụ đã có", "nhiệm vụ bổ sung là một nhiệm vụ khác, trùng số."),
    "number-chosen": _other("nhiệm vụ chưa đánh số", "nhiệm vụ bổ sung mang số đã tạm đánh."),
    "former-differs": _other(
        "nội dung cũ không khớp", "vẫn sửa nhiệm vụ này, dù nội dung cũ được dẫn khác kế hoạch."
    ),
    "words-missing": _other("không có cụm từ cần thay", "cụm từ này không có trong kế hoạch, bỏ qua."),
    "twice": _other("sửa đổi nhiều lần", "lấy nội dung sửa đổi sau cùng."),
    "row-unclear": _other("sửa đổi hay bổ sung", "dòng này sửa đổi nhiệm vụ đang mang số đó."),
    "row-resembles": _other("giống nhiệm vụ khác", "dòng này là nhiệm vụ mới."),
    "row-unmatched": _other("dòng chưa rõ nhiệm vụ", "dòng này là nhiệm vụ mới."),
    "match-unclear": _other("ứng với nhiều nhiệm vụ", "nhiệm vụ đã tạm lấy là đúng."),
    "many-gone": _other("nhiều nhiệm vụ không còn", "phụ lục mới thay thế toàn bộ phụ lục cũ."),
    "target-undated": _other("không ghi ngày quyết định gốc", "quyết định được sửa đổi đã nhận đúng."),
    "out-of-order": _other("quyết định ban hành trước", "nội dung của quyết định này vẫn có hiệu lực."),
    "kept-open": _other("kỳ không còn trong kế hoạch", "giữ kỳ này vì đã có kết quả được nộp."),
    "born-late": _date("hạn trước ngày sửa đổi", "thời hạn đúng như quyết định sửa đổi ghi."),
}

_UNNAMED = Kind("điểm khác", f"Xác nhận nghĩa là: {_ORIGINAL}", dated=False)


def kind_of(code: str) -> Kind:
    """Return what is known of a kind of finding; one that an older program made has general words."""
    return KINDS.get(code, _UNNAMED)


def meaning(code: str) -> str:
    """Say what confirming a finding of this kind means."""
    return kind_of(code).meaning
