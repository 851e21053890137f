"""Opening a channel by name and Apprise URL."""

from __future__ import annotations

import pytest

from notifications.channels import ChannelMisconfigured, UnknownChannel, open_channel
from notifications.mail import MailChannel

PASSWORD = "mat-khau-rat-kin"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "zalo://x",
        f"mailto://lan:{PASSWORD}@",
        "mailto://mail.vn",
        f"mailtos://lan:{PASSWORD}@mail.vn?from=a@b.vn&mode=vpn",
        f"mailtos://lan:{PASSWORD}@mail.vn/x@y.vn?from=a@b.vn",
        f"mailtos://lan:{PASSWORD}@mail.vn?from=a@b.vn&to=x@y.vn",
        f"mailtos://lan:{PASSWORD}@mail.vn?from=a@b.vn&bcc=x@y.vn",
        f"mailtos://lan:{PASSWORD}@mail.vn?from=a@b.vn&pgp=encrypt",
        f"mailtos://lan:{PASSWORD}@mail.vn?from=a@b.vn&ca=/no/such/file.pem",
        f"mailtos://lan:{PASSWORD}ế@mail.vn?from=a@b.vn",
    ],
)
def test_a_mail_url_that_cannot_work_is_refused_without_repeating_its_secret(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)

    with pytest.raises(ChannelMisconfigured) as refused:
        open_channel("email", url)

    assert "CCHC_MAIL_URL" in refused.value.notice
    assert PASSWORD not in f"{refused.value} {refused.value.notice} {caplog.text}"


def test_an_apprise_url_as_people_write_it_is_understood_without_a_connection() -> None:
    channel = open_channel(
        "email", f"mailtos://lan:{PASSWORD}@smtp.phuong.gov.vn:587?from=cchc@phuong.gov.vn"
    )

    assert isinstance(channel, MailChannel)
    assert channel.name == "email"
    assert "mailtos://lan:****@smtp.phuong.gov.vn" in repr(channel)


def test_a_channel_that_nobody_built_is_refused_by_name() -> None:
    with pytest.raises(UnknownChannel) as refused:
        open_channel("fax", "fax://1")

    assert "fax" in refused.value.notice
