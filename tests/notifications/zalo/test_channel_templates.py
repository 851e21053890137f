"""What goes into an approved template: exactly its parameters, from the message's facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from notifications.channels import Action, Channel, Message, Outcome
from tests.zalo_server import ZaloServer

Open = Callable[..., Channel]
FACTS = {
    "ma_viec": "II.3",
    "ten_viec": "Rà soát thủ tục hành chính",
    "noi_dung": "Rà soát, đánh giá thủ tục hành chính",
    "don_vi": "Phòng Văn hóa - Xã hội",
    "han": "09/12/2026",
    "con_lai": "còn 5 ngày làm việc",
    "lien_ket": "https://cchc.thanhdong.vn/tasks/II.3",
}


def message(name: str, **changes: Any) -> Message:
    recipient = "0912.345.678" if name == "phone" else "2460001"
    made = Message(recipient, "II.3", "x", facts=FACTS, message_id="<1.1@thanhdong.vn>", tracking_id="td-17")
    return replace(made, **changes)


@pytest.mark.parametrize("name", ["phone", "zalo-uid"])
def test_a_template_gets_exactly_its_parameters_from_the_facts(
    zalo: ZaloServer, channel: Open, name: str
) -> None:
    channel(name).send(message(name))

    sent = zalo.accepted[0].message
    assert sent["template_id"] == "300001"
    assert sent["template_data"] == {
        "ten_don_vi": "Phòng Văn hóa - Xã hội",
        "ma_viec": "II.3",
        "ten_viec": "Rà soát, đánh giá thủ tục hành chính",
        "thoi_han": "09/12/2026",
        "tinh_trang": "còn 5 ngày làm việc",
    }


def test_only_a_template_by_phone_carries_our_tracking_id(zalo: ZaloServer, channel: Open) -> None:
    for name in ("phone", "zalo-uid"):
        channel(name).send(message(name))

    assert [taken.message.get("tracking_id") for taken in zalo.accepted] == ["td-17", None]


@pytest.mark.parametrize("given", [None, "quá-dài-và-có-dấu", "x" * 49])
def test_a_tracking_id_that_zalo_would_refuse_becomes_one_that_is_the_same_at_each_attempt(
    zalo: ZaloServer, channel: Open, given: str | None
) -> None:
    for _ in range(2):
        assert channel("phone").send(message("phone", tracking_id=given)).outcome is Outcome.SENT

    first, second = (taken.tracking_id for taken in zalo.accepted)
    assert first == second


def test_development_reaches_the_administrators_alone(zalo: ZaloServer, channel: Open) -> None:
    first = channel("phone", development=True).send(message("phone"))
    zalo.admins.add("84912345678")
    second = channel("phone", development=True).send(message("phone"))

    assert (first.code, first.action) == ("-127", Action.CHANNEL)
    assert second.outcome is Outcome.SENT
    assert zalo.accepted[0].message["mode"] == "development"


def test_ones_own_file_says_what_fills_another_template(
    zalo: ZaloServer, channel: Open, tmp_path: Path
) -> None:
    zalo.templates = {"77": {"viec": 30, "link": 200}}
    own = tmp_path / "templates.toml"
    own.write_text(
        '[parameters]\nviec = { fact = "ten_viec", longest = 30 }\n'
        'link = { fact = "lien_ket", longest = 200, uncut = true }\n'
    )

    answer = channel("phone", templates=own).send(message("phone"))

    assert answer.outcome is Outcome.SENT
    assert zalo.accepted[0].message["template_data"] == {
        "viec": FACTS["ten_viec"],
        "link": FACTS["lien_ket"],
    }


def test_a_message_without_a_fact_that_its_template_needs_is_put_aside_before_any_call(
    zalo: ZaloServer, channel: Open, tmp_path: Path
) -> None:
    own = tmp_path / "templates.toml"
    own.write_text('[parameters]\nlink = { fact = "lien_ket", longest = 20, uncut = true }\n')

    answer = channel("phone", templates=own).send(message("phone"))

    assert (answer.outcome, answer.action) == (Outcome.FAILED, Action.DEFECT)
    assert "lien_ket" in answer.text
    assert zalo.requests == []
