"""The words that time is written with, by what they do in a sentence."""

from __future__ import annotations

from domain.reading.normal import fold

# One line for each kind of token, its value, and the phrases that carry it.
_PHRASES: tuple[tuple[str, str | int, str], ...] = (
    ("before", "", "trước|trước thời điểm|trước mốc"),
    ("until", "", "trước và trong|trước hoặc trong|trước và đến hết|chậm nhất|muộn nhất|trễ nhất"),
    ("until", "", "không muộn hơn|không chậm hơn|không trễ hơn|không quá|đến hết|tới hết|cho đến hết|hết"),
    ("until", "", "hạn cuối|hạn chót|hạn cuối cùng|không sau|không vượt quá"),
    ("to", "", "đến|tới|cho đến|cho tới"),
    ("in", "", "trong|vào|trong khoảng|ngay trong|trong suốt|suốt|cả|trong cả"),
    ("in", "about", "khoảng|vào khoảng|trong khoảng thời gian|ước|khoảng chừng"),
    ("in", "", "dự kiến|dự kiến vào|dự kiến trong|trong thời gian"),
    (
        "within",
        "",
        "trong vòng|trong thời hạn|thời hạn|hết thời hạn|quá thời hạn|sau thời hạn|thời gian không quá",
    ),
    (
        "from",
        "",
        "từ|bắt đầu từ|bắt đầu|kể từ|khởi đầu từ|"
        "khởi công|khởi công từ|khởi động từ|bắt đầu vào|bắt đầu trong",
    ),
    (
        "reckon",
        "",
        "tính từ|được tính từ|số liệu từ|số liệu tính từ|dữ liệu từ|dữ liệu tính từ|số liệu tính đến",
    ),
    ("reckon", "", "thời gian chốt số liệu|thời điểm chốt số liệu|chốt số liệu|số liệu báo cáo từ"),
    (
        "reckon",
        "",
        "lấy từ|số liệu lấy từ|số liệu lấy đến|số liệu được tính từ|số liệu được lấy từ|lấy số liệu từ",
    ),
    (
        "reckon",
        "",
        "tính đến|số liệu đến|chốt đến|số liệu chốt đến|được tính đến|lấy số liệu đến|chốt số liệu đến",
    ),
    (
        "reckon",
        "",
        "thời gian lấy số liệu|thời điểm lấy số liệu|kỳ số liệu|thời gian thống kê từ|"
        "số liệu chốt|kỳ báo cáo từ|kỳ báo cáo tính từ|kỳ báo cáo được tính từ|thời gian báo cáo từ",
    ),
    ("after", "", "sau|sau thời điểm"),
    ("unit", "D", "ngày|các ngày|những ngày|ngày mai|mùng|mồng|ngày mùng|ngày mồng"),
    ("unit", "W", "tuần"),
    ("unit", "M", "tháng|các tháng|những tháng"),
    ("unit", "Q", "quý|các quý"),
    ("unit", "Y", "năm"),
    ("unit", "P", "kỳ|kỳ báo cáo|các kỳ báo cáo|từng kỳ báo cáo"),
    ("hour", "", "giờ|h|g"),
    ("minute", "", "phút|ph"),
    ("every", "", "hàng|mỗi|từng|theo từng"),
    ("periodic", "", "định kỳ|theo định kỳ|thường kỳ|báo cáo thường kỳ"),
    ("times", "", "lần|buổi|cuộc|đợt|lượt"),
    (
        "ongoing",
        "",
        "thường xuyên|liên tục|lâu dài|xuyên suốt|quanh năm|"
        "thường trực|suốt năm|trong suốt năm|suốt cả năm|tx",
    ),
    (
        "onward",
        "",
        "các năm tiếp theo|những năm tiếp theo|các năm sau|các năm tới|những năm sau|những năm tới",
    ),
    ("onward", "", "trở đi|về sau|các năm kế tiếp|những năm kế tiếp|các năm sau đó|những năm sau đó"),
    (
        "onward",
        "",
        "các năm học tiếp theo|các quý tiếp theo|các tháng tiếp theo|các ngày tiếp theo|các kỳ tiếp theo",
    ),
    ("onward", "", "các năm tiếp sau|giai đoạn tiếp theo|thời gian tiếp theo|các giai đoạn tiếp theo"),
    ("year", 1, "năm sau|năm tới|năm kế tiếp|năm tiếp theo|năm liền kề|năm liền sau|năm sau liền kề"),
    ("year", 1, "năm dương lịch tiếp theo|năm dương lịch sau|năm tài chính tiếp theo|năm tài chính sau"),
    ("year", 0, "năm nay|năm này|năm kế hoạch|năm hiện tại|năm báo cáo|năm dương lịch|năm tài chính"),
    ("year", -1, "năm ngoái|năm trước|năm liền trước|năm trước liền kề"),
    ("next", "M", "tháng sau|tháng tiếp theo|tháng kế tiếp|tháng liền kề|tháng liền sau|tháng sau liền kề"),
    ("next", "Q", "quý sau|quý tiếp theo|quý kế tiếp|quý liền kề|quý liền sau|quý sau liền kề"),
    ("next", "P", "kỳ sau|kỳ tiếp theo|kỳ báo cáo sau|kỳ báo cáo tiếp theo"),
    (
        "when",
        "",
        "khi|khi có|ngay khi|ngay khi có|mỗi khi|"
        "mỗi khi có|khi nào có|trong trường hợp|trường hợp|nếu|sau có",
    ),
    ("when", "after", "sau khi|ngay sau khi|sau khi có|ngay sau khi có"),
    ("when", "before", "trước khi|trước khi có"),
    ("when", "until", "đến khi|cho đến khi|tới khi|cho tới khi|đến khi có"),
    ("when", "from", "từ khi|kể từ khi|từ khi có|kể từ khi có"),
    ("ifany", "", "nếu có|nếu cần|nếu cần thiết|khi cần|khi cần thiết"),
    ("sudden", "", "đột xuất|bất thường"),
    ("soon", "", "kịp thời|khẩn trương|ngay lập tức|sớm nhất|thời gian sớm nhất|thời gian tới|sớm"),
    (
        "per",
        "",
        "theo|căn cứ|tùy theo|tuỳ theo|phụ thuộc|phụ thuộc vào|tùy|tuỳ|tùy thuộc|tuỳ thuộc|căn cứ vào",
    ),
    ("per", "", "trên cơ sở|căn cứ theo"),
    ("cause", "", "chỉ đạo|hướng dẫn|yêu cầu|đề nghị|công văn|cv|triệu tập|phân công|văn bản|thông báo"),
    (
        "cause",
        "",
        "ý kiến|đề xuất|giấy mời|thư mời|giấy triệu tập|"
        "công điện|lệnh|phát sinh|phản ánh|kiến nghị|chủ trương",
    ),
    ("vague", "", "quy định|tiến độ|lộ trình|thời gian|lịch|nhu cầu|thực tế|tình hình|nhiệm vụ|điều kiện"),
    (
        "soon",
        "",
        "quá trình|trong quá trình|trong suốt quá trình|trong thời gian tới|trong thời gian sớm nhất",
    ),
    ("vague", "plan", "kế hoạch|kh|chương trình|quyết định|nghị quyết|quy chế|đề án|dự án|phương án|chỉ thị"),
    ("vague", "law", "luật|bộ luật|pháp lệnh|nghị định|thông tư|hợp đồng|kết luận"),
    (
        "stage",
        "plan",
        "ban hành|phê duyệt|soạn thảo|dự thảo|trình|trình ban hành|tham mưu ban hành|lập kế hoạch",
    ),
    ("stage", "draft", "xây dựng|lập"),
    ("stage", "implement", "triển khai|thực hiện|tổ chức|tiến hành|vận hành|áp dụng|duy trì|thí điểm"),
    (
        "stage",
        "implement",
        "triển khai thực hiện|tổ chức thực hiện|tổ chức triển khai|tổ chức triển khai thực hiện",
    ),
    ("stage", "report", "báo cáo|bc|tổng kết|sơ kết|kết quả|thông báo kết luận|báo cáo kết quả"),
    ("finish", "", "hoàn thành|xong|hoàn tất|kết thúc|gửi|nộp|hoàn thiện|đưa vào|gửi về"),
    ("done", "", "đã hoàn thành|đã thực hiện|đã ban hành|đã xong|đã triển khai|đã báo cáo"),
    ("session", "", "phiên họp|kỳ họp|đại hội|tết|tết nguyên đán|khai giảng|năm học mới|mùa mưa bão|mùa mưa"),
    ("edge", "first", "đầu|đầu tiên"),
    ("edge", "mid", "giữa"),
    ("edge", "last", "cuối|cuối cùng"),
    ("edge", "h1", "nửa đầu"),
    ("edge", "h2", "nửa cuối|nửa sau"),
    ("edge", "t1", "thượng tuần"),
    ("edge", "t2", "trung tuần"),
    ("edge", "t3", "hạ tuần"),
    ("era", "", "giai đoạn|nhiệm kỳ|thời kỳ|các năm|những năm"),
    ("school", "", "năm học|niên học"),
    ("term", "", "học kỳ|học kì"),
    ("weekday", "MO", "thứ hai"),
    ("weekday", "TU", "thứ ba"),
    ("weekday", "WE", "thứ tư"),
    ("weekday", "TH", "thứ năm"),
    ("weekday", "FR", "thứ sáu"),
    ("weekday", "SA", "thứ bảy"),
    ("weekday", "SU", "chủ nhật"),
    ("nth", "", "thứ"),
    ("season", "", "hè|mùa hè|dịp hè|mùa khô|mùa xuân|mùa thu|mùa đông|vụ xuân|vụ hè thu|vụ mùa|vụ đông"),
    ("vague", "", "không thường xuyên|không định kỳ"),
    ("horizon", "", "tầm nhìn|tầm nhìn đến|định hướng|định hướng đến"),
    ("rest", "", "còn lại"),
    ("moved", "", "lùi|dời|hoãn|lùi từ|dời từ|lùi đến|dời đến|lùi sang|dời sang|chuyển từ|điều chỉnh từ"),
    ("moved", "", "thay vì|thay cho|sang"),
    ("except", "", "trừ|ngoại trừ|không kể|không tính|không bao gồm|trừ các|trừ ngày|trừ những"),
    ("feast", "", "kỷ niệm|chào mừng|nhân dịp|dịp|hưởng ứng|nhân ngày"),
    ("scope", "", "đối với|áp dụng đối với|cho"),
    ("of", "", "của|thuộc"),
    ("and", "", "và|hoặc|cùng|với|hay"),
    ("is", "", "là|ngay"),
    ("least", "", "ít nhất|tối thiểu|tối đa|chậm nhất là|tối đa là"),
    ("workday", "", "làm việc"),
    ("now", "", "nay|hiện nay"),
    ("checked", "", "kiểm tra|bố trí|giám sát|đánh giá|rà soát"),
    # Compounds whose syllables mean something else here.
    ("word", "", "theo dõi|kèm theo|quy trình|công trình|tờ trình|giáo trình|trước mắt|trước đây"),
    (
        "word",
        "",
        "sau đây|sau đó|sau này|sau cùng|trước kia|ngày càng|"
        "hàng hóa|hàng hoá|khách hàng|ngân hàng|trong đó|trên cơ sở đó",
    ),
    (
        "word",
        "",
        "cho ý kiến|cho chủ trương|cho phép|"
        "lần thứ|vỉa hè|tuần lễ|tuần tra|đến từ|hết sức|hết hiệu lực|hàng đầu|quý báu|thường xuyên hơn",
    ),
    ("word", "", "khoảng cách|từ điển|năm trong số|cả nước|cả hai|vào cuộc|đưa vào cuộc"),
)

_NUMBERS = (
    "một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|mười một|mười hai|mười ba|mười bốn|mười lăm|mười sáu|"
    "mười bảy|mười tám|mười chín|hai mươi|hai mốt|hai hai|hai ba|hai bốn|hai lăm|hai sáu|"
    "hai bảy|hai tám|hai chín|ba mươi"
)
# How the same word is also written.
VARIANTS = {
    "hằng": "hàng",
    "quí": "quý",
    "qúy": "quý",
    "qúi": "quý",
    "kì": "kỳ",
    "uỷ": "ủy",
    "gởi": "gửi",
    "bẩy": "bảy",
}
# Bounds that are told again by their letters alone; a garbled one would move a deadline in silence.
BOUND_SLIPS = {"truoc": "trước"}
# What scanning makes of a word, each time a finding.
SCANNED = {"thưòng": "thường", "trưóc": "trước", "truớc": "trước", "trưởc": "trước", "qúỷ": "quý"}
# Words that scanning garbles, and only where a number or a rhythm stands beside them.
UNIT_SLIPS = {"ngay": "ngày", "tuan": "tuần", "thang": "tháng", "quy": "quý", "nam": "năm"}

Entry = tuple[tuple[str, ...], str, str | int]
Heads = dict[str, tuple[dict[str, list[Entry]], Entry | None]]


def _index() -> dict[str, list[Entry]]:
    entries: dict[str, list[Entry]] = {}
    numbers = enumerate(_NUMBERS.split("|"), start=1)
    numerals = [("numeral", value, word) for value, word in numbers if word != "năm"]
    for kind, value, phrases in (
        *_PHRASES,
        *numerals,
        ("numeral", 4, "tư"),
        ("numeral", 1, "giêng"),
        ("numeral", 12, "chạp"),
    ):
        for phrase in phrases.split("|"):
            head, *tail = phrase.split()
            entries.setdefault(head, []).append((tuple(tail), kind, value))
    for found in entries.values():
        found.sort(key=lambda entry: -len(entry[0]))
    return entries


LEXICON = _index()


def by_second(lexicon: dict[str, list[Entry]]) -> Heads:
    """Return the phrases of each first word by their second one, with what the first word means alone."""
    heads: Heads = {}
    for head, entries in lexicon.items():
        seconds: dict[str, list[Entry]] = {}
        alone = None
        for entry in entries:
            if entry[0]:
                seconds.setdefault(entry[0][0], []).append(entry)
            elif alone is None:
                alone = entry
        heads[head] = seconds, alone
    return heads


def bare_lexicon() -> dict[str, list[Entry]]:
    """Return the lexicon without diacritics, for text that was typed or scanned without them."""
    bare: dict[str, list[Entry]] = {}
    for head, entries in LEXICON.items():
        plain = [(tuple(map(fold, tail)), kind, value) for tail, kind, value in entries if kind != "numeral"]
        bare.setdefault(fold(head), []).extend(plain)
    for found in bare.values():
        found.sort(key=lambda entry: -len(entry[0]))
    return bare
