"""`cchc zalo`: the right to send through a Zalo official account: how it is, consent, keeping it alive."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cli.office import Office, database, print_json, print_table
from cli.words import Commands, json_option

if TYPE_CHECKING:
    from services.zalo_consent import GrantStatus
    from services.zalo_grants import Turn
    from services.zalo_vault import Vault


def run(words: list[str]) -> int:
    """Run `cchc zalo …`."""
    commands = Commands("zalo", "Quyền gửi tin qua Zalo OA: tình trạng, cấp quyền, làm mới.")
    json_option(commands.add("status", "quyền còn hiệu lực đến lúc nào, lần làm mới gần nhất", _status))
    consent = commands.add(
        "consent", "những gì cần khai báo ở trang của Zalo, và liên kết cấp quyền", _consent
    )
    consent.add_argument(
        "--anew",
        action="store_true",
        help="bỏ quyền đang lưu vì khoá của cài đặt đã mất; khai báo lại từ đầu",
    )
    code = commands.add("code", "dùng mã (code) mà Zalo trả về khi máy chủ không có địa chỉ công khai", _code)
    code.add_argument("code", metavar="MÃ", help="code trong địa chỉ mà Zalo trả về")
    code.add_argument("--oa-id", required=True, metavar="OA", help="oa_id trong địa chỉ mà Zalo trả về")
    commands.add("seed", "nhận hai mã của trang API Explorer từ đầu vào chuẩn, mỗi mã một dòng", _seed)
    refresh = commands.add("refresh", "làm mới quyền nếu đã đến lúc", _refresh)
    refresh.add_argument(
        "--now",
        action="store_true",
        help="làm mới ngay; sau hai lần Zalo không trả lời thì hỏi thêm một lần",
    )
    commands.add("updates", "đọc ngay tin gửi tới Zalo Bot (mã liên kết), không chờ lượt mỗi giờ", _updates)
    return commands.run(words[1:])


def _updates(arguments: Namespace) -> int:
    from functools import partial

    from models.database import transaction
    from notifications.zalo.bot import get_updates
    from services.opening import places_of
    from services.webhooks import drain_bot

    with database() as office:
        places = places_of(office.settings)
        fetch = partial(get_updates, places, 2.0)
        read = drain_bot(partial(transaction, office.engine), office.settings, lambda: office.now, fetch)
    print(f"Đã đọc {read} tin gửi tới bot.")
    return 0


def _status(arguments: Namespace) -> int:
    from models.database import transaction
    from services.zalo_consent import grant_status

    with database() as office, transaction(office.engine) as connection:
        grants = grant_status(connection)
    if arguments.json:
        print_json({"grants": [_as_json(grant, office.now) for grant in grants]})
    elif not grants:
        print("Chưa cấp quyền gửi tin qua Zalo OA. Xem cách làm: cchc zalo consent")
    else:
        _print_grants(grants, office)
    return 0


def _as_json(grant: GrantStatus, now: datetime) -> dict[str, Any]:
    return {
        "app_id": grant.app_id,
        "oa_id": grant.oa_id,
        "state": str(grant.state) if grant.given else "unset",
        "usable": grant.access_expires_at is not None and now < grant.access_expires_at,
        "access_expires_at": grant.access_expires_at,
        "refresh_expires_at": grant.refresh_expires_at,
        "refreshed_at": grant.refreshed_at,
        "attempts": grant.attempts,
        "last_answer": grant.answer,
        "troubled": grant.troubled,
        "consent_until": grant.consent_until,
    }


def _print_grants(grants: Sequence[GrantStatus], office: Office) -> None:
    from services.zalo_words import last_answer, state_words

    def moment(at: datetime | None) -> str:
        return f"{at.astimezone(office.settings.timezone):%H:%M %d/%m/%Y}" if at else "—"

    print_table(
        "Quyền gửi tin qua Zalo OA",
        [
            "OA",
            "Ứng dụng",
            "Tình trạng",
            "Gửi được đến",
            "Làm mới được đến",
            "Làm mới lúc",
            "Kết quả gần nhất",
        ],
        [
            [
                grant.oa_id,
                grant.app_id,
                state_words(given=grant.given, troubled=grant.troubled),
                moment(grant.access_expires_at),
                moment(grant.refresh_expires_at),
                moment(grant.refreshed_at),
                last_answer(grant.answer),
            ]
            for grant in grants
        ],
    )


def _consent(arguments: Namespace) -> int:
    from services.zalo_consent import await_consent, callback_of
    from services.zalo_words import PERMISSIONS

    with database() as office:
        told = await_consent(_vault(office), callback_of(office.settings), anew=arguments.anew)
        until = told.until.astimezone(office.settings.timezone) if told.until else office.now
    for line in (
        "Ở trang quản lý ứng dụng của Zalo (developers.zalo.me), mục Official Account, khai báo một lần:",
        f"  Địa chỉ nhận kết quả (Callback URL): {told.callback}",
        f"  Code challenge:                      {told.challenge}",
        f"Chọn đủ mọi quyền cần dùng ngay trước lần cấp quyền đầu tiên ({PERMISSIONS}): sửa địa chỉ hoặc danh"
        " sách quyền về sau làm mất quyền đã cấp.",
        "Đăng nhập Zalo bằng tài khoản quản trị của OA rồi mở liên kết cấp quyền trong trang đó, có dạng:",
        f"  {told.link}",
        f"Chương trình nhận kết quả đến {until:%H:%M ngày %d/%m/%Y}.",
        "Máy chủ không có địa chỉ công khai: chép “code” và “oa_id” trong địa chỉ mà trình duyệt được chuyển"
        " đến, rồi trong 10 phút chạy: cchc zalo code MÃ --oa-id OA",
    ):
        print(line)
    return 0


def _code(arguments: Namespace) -> int:
    from services.zalo_consent import take_code

    with database() as office:
        turn = take_code(_vault(office), arguments.code.strip(), arguments.oa_id.strip(), by_hand=True)
    return _tell(turn)


def _seed(arguments: Namespace) -> int:
    from domain.refusals import BadValue
    from services.zalo_consent import seed

    if sys.stdin.isatty():
        print("Dán access token rồi refresh token, mỗi mã một dòng:", file=sys.stderr)
    lines = [line.strip() for line in (sys.stdin.readline(), sys.stdin.readline())]
    if not all(lines):
        raise BadValue("Đầu vào", "", "cần hai dòng: access token, rồi refresh token")
    with database() as office:
        turn = seed(_vault(office), *lines)
    return _tell(turn)


def _refresh(arguments: Namespace) -> int:
    from services.zalo_tokens import refresh

    with database() as office:
        turn = refresh(_vault(office), by_hand=arguments.now)
    return _tell(turn)


def _vault(office: Office) -> Vault:
    from services.zalo_tokens import open_vault

    return open_vault(office.settings, office.engine)


def _tell(turn: Turn) -> int:
    """Print what a turn came to; return 0 if there is a token that works."""
    from services.zalo_grants import Step
    from services.zalo_words import turn_words

    done = turn.step in {Step.GRANTED, Step.KEPT}
    print(turn_words(turn), file=sys.stdout if done else sys.stderr)
    return 0 if done else 1
