"""Whatever words come in, what goes out is within Zalo's limits."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.phones import canonical_phone
from domain.refusals import BadValue
from notifications.channels import ChannelMisconfigured
from notifications.wording import length
from notifications.zalo.templates import MissingFact, Parameter, fill, load_parameters
from notifications.zalo.texts import LONGEST, fitted, line_within, without_mentions

WORDS = st.text() | st.text("[@]\u200b\u0000 a😀e\u0302\u0301\n", max_size=6000)


@given(WORDS | st.text("a 😀\n", min_size=1900, max_size=2200))
@example("A\u001f\u0300")
@example("e\u0302\u0301" * 2100)
def test_a_text_never_exceeds_the_longest_and_stays_what_it_was_if_it_fits(text: str) -> None:
    found = fitted(text)

    assert length(found) <= LONGEST
    assert found == unicodedata.normalize("NFC", found)
    assert fitted(found) == found
    found.encode()  # no half of an emoji


@given(WORDS)
@example("[\n@")
@example("[\u200b\ufe0f@x")
def test_no_text_mentions_anyone(text: str) -> None:
    found = fitted(without_mentions(text))

    visible = "".join(c for c in found if unicodedata.category(c) not in {"Cf", "Mn"})
    assert "[@" not in visible


@given(WORDS, st.integers(1, 200))
def test_a_line_never_exceeds_what_its_parameter_allows(text: str, longest: int) -> None:
    found = line_within(text, longest)

    assert length(found) <= longest
    assert "\n" not in found


@given(st.dictionaries(st.sampled_from(["don_vi", "ma_viec", "noi_dung", "han", "con_lai", "x"]), WORDS))
def test_a_template_gets_all_its_parameters_none_empty_none_too_long(facts: dict[str, str]) -> None:
    parameters = load_parameters()

    filled = fill(parameters, facts)

    assert filled.keys() == parameters.keys()
    for name, value in filled.items():
        assert 0 < length(value) <= parameters[name].longest
        assert value == unicodedata.normalize("NFC", value)


@given(
    st.sampled_from(["0", "+84", "0084", "84", "(+84) ", "+84."]),
    st.sampled_from("35789"),
    st.text("0123456789", min_size=8, max_size=8),
    st.sampled_from(["", " ", ".", "-", "\u00a0", " - "]),
)
def test_a_mobile_number_has_one_form_however_it_was_typed(
    prefix: str, first: str, rest: str, between: str
) -> None:
    typed = prefix + between.join([first + rest[:2], rest[2:5], rest[5:]])

    found = canonical_phone(typed)

    assert found == f"84{first}{rest}"
    assert canonical_phone(found) == found


@given(st.text("0123456789+ .()a", max_size=16))
def test_what_is_taken_for_a_mobile_number_is_84_and_nine_digits(text: str) -> None:
    try:
        found = canonical_phone(text)
    except BadValue:
        return
    assert len(found) == 11
    assert found.startswith(("843", "845", "847", "848", "849"))


def test_a_cut_falls_between_words() -> None:
    assert fitted("Báo cáo kết quả rà soát", 15) == "Báo cáo kết …"
    assert line_within("Báo cáo kết quả rà soát", 15) == "Báo cáo kết…"


def test_half_an_address_leads_nowhere_and_so_none_goes() -> None:
    link = Parameter("lien_ket", 20, uncut=True)

    with pytest.raises(MissingFact):
        fill({"link": link}, {"lien_ket": "https://cchc.thanhdong.vn/tasks/II.3"})
    assert fill({"link": link}, {"lien_ket": "https://a.vn/II.3"}) == {"link": "https://a.vn/II.3"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[parameters]",
        "[other]\n",
        '[parameters]\nx = "han"',
        '[parameters]\nx = { fact = "han" }',
        '[parameters]\nx = { fact = "han", longest = "9" }',
        '[parameters]\nx = { fact = "han", longest = 0 }',
        '[parameters]\nx = { fact = "han", longest = 3, otherwise = "quá dài" }',
        '[parameters]\nx = { fact = "han", longest = 30, color = "red" }',
    ],
)
def test_a_file_of_parameters_with_a_mistake_is_refused_by_the_name_of_its_setting(
    tmp_path: Path, text: str
) -> None:
    own = tmp_path / "templates.toml"
    own.write_text(text, "utf-8")

    with pytest.raises(ChannelMisconfigured) as refusal:
        load_parameters(own)

    assert "CCHC_ZALO_TEMPLATES" in refusal.value.notice
