from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.event_types import load_event_types
from config.units import load_units
from domain.reading.event_types import types_named
from domain.reading.unit_readings import Names
from domain.reading.units import Unit, UnitBook, members_of, split_units

BOOK = load_units()
CENTRE = "Trung tâm Phục vụ hành chính công"
CULTURE = "Phòng Văn hóa - Xã hội"
OFFICE = "Văn phòng HĐND và UBND phường"


def names(cell: str) -> list[str]:
    return [hit.name for hit in split_units(cell, BOOK)]


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("Trung tâm PV HCC", CENTRE),
        ("Trung tâm phục vụ HCC", CENTRE),
        ("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", CENTRE),
        ("Phòng Văn hoá – xã hội", CULTURE),
        ("phòng Văn hóa-Xã hội", CULTURE),
        ("Văn phòng HĐND&UBND phường", OFFICE),
        ("Văn phòng HĐND và UBND", OFFICE),
        ("Phòng Kinh tế, Hạ tầng và Đô thị", "Phòng Kinh tế, Hạ tầng và Đô thị"),
        ("Phòng Văn hóa - Xã hội phường Thành Đông", CULTURE),
        ("Công an phường", "Công an"),
        ("Các phòng chuyên môn, đơn vị có liên quan trên địa bàn phường", "Các phòng chuyên môn, đơn vị"),
    ],
)
def test_a_spelling_is_its_unit(spelling: str, name: str) -> None:
    assert names(spelling) == [name]


@pytest.mark.parametrize("joiner", ["; ", ", ", " và ", "\n", " - ", "\n- ", " "])
def test_units_are_told_apart_however_they_are_joined(joiner: str) -> None:
    assert names(joiner.join([CENTRE, CULTURE, OFFICE])) == [CENTRE, CULTURE, OFFICE]


def test_only_space_between_two_units_is_noticed() -> None:
    glued = [hit.glued for hit in split_units(f"{CENTRE} {CULTURE}; {OFFICE}", BOOK)]

    assert glued == [False, True, False]


def test_unknown_units_stand_between_known_ones() -> None:
    assert names(f"{CENTRE}; Đội Cờ đỏ, phường Đoàn; {CULTURE}") == [
        CENTRE,
        "Đội Cờ đỏ, phường Đoàn",
        CULTURE,
    ]


def test_a_group_that_is_not_in_the_book_still_names_its_kinds() -> None:
    (hit,) = split_units("Các ban và trung tâm ở cơ sở", BOOK)

    assert hit.is_group
    assert hit.kinds == ("department", "service")


# Names that hold what parts names elsewhere, of every level; none of them is a spelling in the book.
WHOLE = (
    "Sở Văn hóa, Thể thao và Du lịch",
    "Sở Nông nghiệp và Môi trường",
    "Phòng Kinh tế, Xây dựng và Môi trường",
    "Bộ Khoa học và Công nghệ",
    "Vụ Tổ chức cán bộ",
    "Cục Chuyển đổi số",
    "Văn phòng UBND tỉnh",
    "Văn phòng Đoàn ĐBQH và HĐND tỉnh",
    "Văn phòng HĐND và UBND tỉnh",
    "Ban Quản lý các khu công nghiệp",
    "Ban Chỉ đạo phòng, chống tham nhũng",
    "Trung tâm Thông tin - Hội nghị",
    "Công an tỉnh",
    "Hội Cựu giáo chức",
    "Trường Tiểu học số 2",
    "Tổ dân phố số 5",
    "Chủ tịch UBND phường",
    "Đồng chí Phó Chủ tịch UBND phường phụ trách",
    "UBND các xã, phường, đặc khu",
    "UBND xã/phường",
    "UBND huyện, thị xã, thành phố",
    "Sở, ban, ngành",
    "Các sở, ban, ngành",
    "CÁC SỞ, BAN, NGÀNH",
    "Các phòng, ban, ngành, đoàn thể",
    "Các cơ quan, đơn vị, địa phương",
    "Các bộ, cơ quan ngang bộ, cơ quan thuộc Chính phủ",
    "Thủ trưởng các cơ quan, đơn vị",
    "Cán bộ, công chức phường",
    "Phòng VHXH & TT",
    "Phòng Kinh tế đối ngoại",
)
KNOWN = [unit.name for unit in BOOK.units if unit.kind != "group" and not unit.name.startswith("Các")]
JOINED = ["; ", ", ", " và ", "\n", "\n- ", "; và ", " - ", "/", ",\n", " & ", "\n+ "]
_LEVELS = st.sampled_from(
    [
        "Sở Nội vụ",
        "Bộ Tư pháp",
        "Cục Thuế",
        "Chi cục Thủy lợi",
        "Kho bạc Nhà nước",
        "Đài Phát thanh",
        *KNOWN,
        *WHOLE[:16],
    ]
)


@pytest.mark.parametrize("name", WHOLE)
def test_a_name_with_a_comma_a_dash_or_another_name_in_it_stays_one(name: str) -> None:
    assert names(name) == [name]


@given(st.lists(_LEVELS, min_size=1, max_size=5), st.data())
def test_units_of_every_level_come_back_in_order_however_they_are_joined(
    units: list[str], data: st.DataObject
) -> None:
    cell = units[0]
    for unit in units[1:]:
        cell += data.draw(st.sampled_from(JOINED)) + unit

    assert names(cell) == units


@given(st.lists(st.sampled_from(KNOWN), min_size=1, max_size=5))
def test_known_units_come_back_in_order_with_nothing_between(units: list[str]) -> None:
    hits = split_units(" ".join(units), BOOK)

    assert [hit.name for hit in hits] == units
    assert [hit.glued for hit in hits] == [False] + [True] * (len(units) - 1)


@pytest.mark.parametrize(
    ("cell", "units"),
    [
        ("Các sở, ban, ngành; UBND các xã, phường", ["Các sở, ban, ngành", "UBND các xã, phường"]),
        ("Các sở, ban, ngành tỉnh và UBND các xã", ["Các sở, ban, ngành tỉnh", "UBND các xã"]),
        ("Các Sở, ngành có liên quan, UBND cấp xã", ["Các Sở, ngành có liên quan", "UBND cấp xã"]),
        ("sở nội vụ, sở tài chính", ["Sở nội vụ", "Sở tài chính"]),
        ("1. Sở Nội vụ 2. Sở Tài chính", ["Sở Nội vụ", "Sở Tài chính"]),
        ("a) Sở Nội vụ\nb) Sở Tài chính", ["Sở Nội vụ", "Sở Tài chính"]),
        ("Sở Nội vụ (cơ quan thường trực)", ["Sở Nội vụ"]),
        ("Các sở (Sở Nội vụ, Sở Y tế)", ["Các sở", "Sở Nội vụ", "Sở Y tế"]),
        ("Sở Nội vụ chủ trì", ["Sở Nội vụ"]),
        ("Sở Nội vụ Sở Tài chính", ["Sở Nội vụ", "Sở Tài chính"]),
        ("Sở Văn hóa, Thể thao\nvà Du lịch\nSở Nội vụ", ["Sở Văn hóa, Thể thao và Du lịch", "Sở Nội vụ"]),
        ("Công an phường, Quân sự", ["Công an", "Quân sự"]),
        ("Cơ quan thường trực: Phòng VHXH", [CULTURE]),
        ("Không", []),
        (
            "Các cơ quan chuyên môn thuộc UBND tỉnh, UBND cấp xã",
            ["Các cơ quan chuyên môn thuộc UBND tỉnh", "UBND cấp xã"],
        ),
        (
            "Các phòng chuyên môn, đơn vị có liên quan trên địa bàn phường Thành Đông; Công an",
            ["Các phòng chuyên môn, đơn vị", "Công an"],
        ),
        ("Đảng ủy - HĐND - UBND", ["Đảng ủy", "Hội đồng nhân dân", "Ủy ban nhân dân"]),
    ],
)
def test_cells_as_offices_write_them(cell: str, units: list[str]) -> None:
    assert names(cell) == units


def test_another_place_makes_another_unit_and_ones_own_does_not() -> None:
    home = "Chủ tịch UBND phường Thành Đông"
    cell = "Công an phường Thành Đông; Công an phường; Công an phường Hải Châu"

    assert [hit.name for hit in split_units(cell, BOOK, home)] == [
        "Công an",
        "Công an",
        "Công an phường Hải Châu",
    ]


@pytest.mark.parametrize(
    ("issuer", "odd"),
    [
        ("UBND phường Thành Đông", {"Phòng Pháp chế", "Đội Cờ đỏ lưu động", "Xem phụ lục", "Ban"}),
        ("UBND tỉnh Hải Dương", {"Xem phụ lục", "Ban"}),
        ("Bộ Nội vụ", {"Xem phụ lục", "Ban"}),
    ],
)
def test_only_what_is_odd_where_it_stands_is_asked_about(issuer: str, odd: set[str]) -> None:
    written = Names(BOOK, issuer)
    hits = written.read(
        "Sở Nội vụ; Vụ Pháp chế; Phòng Pháp chế; Đội Cờ đỏ lưu động; Xem phụ lục; Ban; Công an"
    )

    assert {hit.name for hit in hits if written.is_odd(hit)} == odd
    (said,) = written.findings()
    assert said.severity == "info"
    assert "Sở Nội vụ" in said.message
    assert not any(name in said.message for name in ("Xem phụ lục", "Công an"))


def test_an_unknown_unit_written_in_two_ways_is_one() -> None:
    written = Names(BOOK, "UBND tỉnh Hải Dương")
    for cell in ("Sở Nội vụ", "SỞ NỘI VỤ", "sở  nội vụ"):
        written.read(cell)

    (reading,) = written.readings()
    assert (reading.name, reading.aliases) == ("Sở Nội vụ", ("SỞ NỘI VỤ", "sở nội vụ"))


def test_up_to_three_known_names_are_suggested_for_a_strange_one() -> None:
    assert BOOK.suggestions("Phòng VHXH & TT") == (CULTURE,)
    assert BOOK.suggestions("Hành chính công Trung tâm phục vụ")[0] == CENTRE
    assert BOOK.suggestions("Đội Cờ đỏ") == ()
    assert all(len(BOOK.suggestions(f"{word} xã hội")) <= 3 for word in ("Phòng", "Ban", "Hội", "Trung tâm"))


def test_members_that_people_named_come_before_those_of_a_kind() -> None:
    group = Unit("Các phòng", "group", kinds=("department",), members=("Công an",))
    (hit,) = split_units("Các phòng", UnitBook((group, *BOOK.units)))

    assert members_of(hit, BOOK.units) == ("Công an",)


@given(st.text(max_size=60))
def test_any_cell_can_be_split(cell: str) -> None:
    assert all(hit.name and hit.spelling for hit in split_units(cell, BOOK))


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("Khi có văn bản hướng dẫn, chỉ đạo của cơ quan cấp trên", ("guidance",)),
        ("Theo chỉ đạo, yêu cầu của cấp trên", ("guidance", "request")),
        ("Khi có phản ánh, kiến nghị của tổ chức", ("feedback",)),
        ("kết luận của kiểm toán nhà nước", ("audit-conclusion",)),
        ("khi có chương trình đào tạo của các Sở", ("training",)),
        ("sau khi Luật có hiệu lực", ()),
    ],
)
def test_words_name_the_type_of_event(text: str, types: tuple[str, ...]) -> None:
    assert types_named(text, load_event_types()) == types


def test_every_shipped_type_has_a_vietnamese_label() -> None:
    labels = {kind.code: kind.label for kind in load_event_types()}

    assert set(labels) == {"guidance", "request", "feedback", "audit-conclusion", "training"}
    assert labels["guidance"] == "Văn bản hướng dẫn, chỉ đạo của cấp trên"


@pytest.mark.parametrize(
    ("home", "name"),
    [
        ("UBND phường Thành Đông", "Văn phòng HĐND và UBND phường"),
        ("Chủ tịch UBND xã Gia Kiệm", "Văn phòng HĐND và UBND xã"),
        ("UBND đặc khu Cát Hải", "Văn phòng HĐND và UBND đặc khu"),
        ("Bộ Nội vụ", "Văn phòng HĐND và UBND"),
        ("", "Văn phòng HĐND và UBND phường"),
    ],
)
def test_the_office_is_named_after_the_kind_of_place_that_it_serves(home: str, name: str) -> None:
    (hit,) = Names(BOOK.at(home), home).read("VP HĐND&UBND")

    assert hit.name == name
    assert BOOK.at(home).known("Văn phòng HĐND và UBND phường") == hit.unit
