from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.event_types import load_event_types
from config.units import load_units
from domain.reading.event_types import types_named
from domain.reading.units import split_units

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
