"""What a person must know before reading the page: what is missing, what is down, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from config.parts import PartStatus, State
from domain.people import Action
from notifications.wording import impersonal, shortened
from services.overview import Overview
from services.sessions import Visitor
from web.days import Days
from web.words import CHANNELS, PARTS


@dataclass(frozen=True, slots=True)
class Banner:
    """One notice; `link` leads to where more is said.

    With `actor`, it is for those who may do that. Of one that others notice, too, `ask` says whom they ask.
    """

    tone: str
    text: str
    link: str = ""
    link_text: str = ""
    actor: Action | None = None
    ask: str = ""


LATE = "Thư nhắc, thông báo có thể đến chậm; thời hạn trên các trang này vẫn đúng."
_SEEN_BY = {
    "/outbox": Action.SEE_MESSAGES,
    "/inbox": Action.MANAGE_MESSAGES,
    "/zalo": Action.MANAGE_ZALO,
}


def for_visitor(banners: Sequence[Banner], me: Visitor) -> list[Banner]:
    """Return what whoever is signed in can act on, with links only to pages that they may see.

    Of all else that they may notice there is one sentence: whom to ask.
    """
    mine = [each for each in banners if each.actor is None or me.may(each.actor)]
    hidden = {page for page, action in _SEEN_BY.items() if not me.may(action)}
    shown = [replace(each, link="") if each.link.partition("?")[0] in hidden else each for each in mine]
    asked = dict.fromkeys(each.ask for each in banners if each not in mine and each.ask)
    if asked:
        text = f"{LATE} Cần hỏi thì liên hệ {' hoặc '.join(asked)} của phường."
        shown.append(Banner("calm", text))
    return shown


def alarms(overview: Overview, parts: Sequence[PartStatus], days: Days) -> list[Banner]:
    """Return what stands on every page of who can mend it: the program does not do all that it should."""
    found = []
    if overview.morning.late:
        last = overview.morning.finished_at
        when = f"lần gần nhất xong lúc {days.moment(last)}" if last else "chưa có lần nào"
        found.append(
            Banner(
                "bad",
                "Lượt nhắc việc buổi sáng không hoàn thành trong 26 giờ qua "
                f"({when}); có thể thư nhắc chưa được gửi. Đề nghị báo quản trị.",
                "/running",
                "Xem tình trạng hệ thống",
                Action.MANAGE_MESSAGES,
                "điều phối",
            )
        )
    found += _channels(overview, days)
    looked_after = [part for part in parts if part.since is not None]
    for part in looked_after:
        if part.state is State.STARTING and part.name == "prefect":
            found.append(
                Banner(
                    "busy",
                    "Prefect đang khởi động… Các trang vẫn dùng được, dữ liệu vẫn được ghi nhận.",
                    actor=Action.MANAGE_ACCOUNTS,
                )
            )
    down = [PARTS.get(part.name, part.name) for part in looked_after if part.state is State.DOWN]
    if down:
        text = f"Bộ phận đang ngừng: {', '.join(down)}. Dữ liệu đã ghi không mất."
        found.append(
            Banner("warn", text, "/running", "Xem tình trạng hệ thống", Action.MANAGE_ACCOUNTS, "quản trị")
        )
    return found


def _channels(overview: Overview, days: Days) -> list[Banner]:
    """Say which channels let nothing through, and since when; what is sent by another way is not lost."""
    found = []
    for held in overview.troubles.held:
        why = f" Lý do: {shortened(impersonal(held.why))}" if held.why else ""
        text = f"Kênh {CHANNELS.get(held.channel, held.channel)} tạm giữ từ {days.moment(held.since)}.{why}"
        found.append(Banner("bad", text, "/outbox", "Xem thông báo", Action.MANAGE_MESSAGES, "điều phối"))
    for stuck in overview.troubles.stuck:
        text = (
            f"{stuck.waiting} thông báo qua {CHANNELS.get(stuck.channel, stuck.channel)} chưa gửi được, "
            f"chờ từ {days.moment(stuck.since)}."
        )
        found.append(Banner("warn", text, "/outbox", "Xem thông báo", Action.MANAGE_MESSAGES, "điều phối"))
    if overview.troubles.zalo:
        text = (
            "Zalo OA không cho gửi tin: quyền đã mất hoặc bị từ chối. Đề nghị quản trị xem và cấp quyền lại."
        )
        found.append(Banner("bad", text, "/zalo", "Xem quyền Zalo", Action.MANAGE_ZALO, "quản trị"))
    return found


def notices(overview: Overview, *, local_mail: bool) -> list[Banner]:
    """Return what stands above the tasks: what people have yet to set up or to look at."""
    found = []
    if local_mail:
        text = "Chưa có máy chủ thư: thư được giữ ở máy này, không gửi ra ngoài."
        found.append(Banner("calm", text, "/inbox", "Hộp thư nội bộ", Action.MANAGE_MESSAGES))
    if overview.unreached:
        text = f"{len(overview.unreached)} đơn vị chủ trì chưa có địa chỉ liên hệ; thư gửi cho điều phối."
        found.append(Banner("warn", text, "/running#units", "Xem các đơn vị", Action.MANAGE_CONTACTS))
    return [*found, *_lost(overview), *_doubts(overview)]


def _lost(overview: Overview) -> list[Banner]:
    """Say how many messages of the last week reached nobody, or nobody knows whether they did."""
    found = []
    for count, state, said in (
        (overview.troubles.failed, "failed", "không gửi được bằng cách nào"),
        (overview.troubles.unknown, "unknown", "chưa rõ đã tới hay chưa: cần hỏi người nhận"),
    ):
        if count:
            text = f"{count} thông báo trong 7 ngày qua {said}."
            link = f"/outbox?state={state}"
            found.append(Banner("warn", text, link, "Xem các thông báo này", Action.MANAGE_MESSAGES))
    return found


def _doubts(overview: Overview) -> list[Banner]:
    """Say how many points wait for a person, in the plans in force and in the drafts."""
    found = []
    for plan in overview.plans:
        which = f"Kế hoạch năm {plan.year}" if len(overview.plans) > 1 else "Kế hoạch"
        if plan.open_findings:
            text = f"{which} còn {plan.open_findings} điểm cần người xem lại."
            link = f"/plan/{plan.id}/findings"
            found.append(Banner("warn", text, link, "Xem các điểm này", Action.SETTLE_FINDING))
    for plan in overview.drafts:
        checks = plan.open_findings - plan.blocking_findings
        text = f"Bản nháp Quyết định {plan.number} chờ đưa vào thực hiện"
        if plan.open_findings:
            text += f": còn {plan.blocking_findings} điểm phải xử lý, {checks} điểm cần xem"
        tone = "bad" if plan.blocking_findings else "warn"
        link = f"/plan/{plan.id}/findings"
        found.append(Banner(tone, f"{text}.", link, "Xem bản nháp", Action.IMPORT_PLAN))
    return found
