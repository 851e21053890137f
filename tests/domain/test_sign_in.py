from __future__ import annotations

from datetime import timedelta

import pytest

from domain.sign_in import LONGEST_PAUSE, WeakPassword, check_new, locked_for, normal


def test_a_few_failures_lock_nobody_out_and_each_one_after_them_for_twice_as_long() -> None:
    pauses = [locked_for(failures) for failures in range(1, 11)]

    assert pauses[:4] == [timedelta(0)] * 4
    assert [pause.total_seconds() for pause in pauses[4:]] == [30, 60, 120, 240, 480, 900]


def test_no_one_can_be_kept_out_for_good() -> None:
    assert locked_for(30_000) == LONGEST_PAUSE


@pytest.mark.parametrize(
    "password",
    [
        "ngắn", "1234567890", "12345678901234", "aaaaaaaaaaaa", "matkhau12345",
        "Mật khẩu 123", "password!!!!",
        "vietnam2026!", "nguyen.lan", "nguyen.lan1990", "Nguyễn.Lân1990", "x" * 129,
    ],
)  # fmt: skip
def test_what_would_be_guessed_first_is_no_password(password: str) -> None:
    with pytest.raises(WeakPassword) as refusal:
        check_new(password, ("nguyen.lan", "nguyen.lan@phuong.example", None))

    assert refusal.value.notice.startswith("Mật khẩu chưa dùng được: ")
    assert password not in str(refusal.value)


@pytest.mark.parametrize("password", ["bốn con trâu qua cầu", "correct horse battery", "Xk9#mQ2$vL7p"])
def test_a_sentence_or_a_random_word_is_taken(password: str) -> None:
    check_new(password, ("lan", "lan@phuong.example", None))


def test_a_password_is_the_same_however_a_keyboard_composes_its_letters() -> None:
    assert normal("tie\u0302\u0301ng") == normal("tiếng")
