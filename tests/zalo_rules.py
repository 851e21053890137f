"""What the fake Zalo knows and decides: the rules of its documentation, without the wire."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.zalo_grants import MORNING, Reply, Request, ZaloGrants, refusal

_PHONE = re.compile(r"84[35789][0-9]{8}")


@dataclass(frozen=True)
class Accepted:
    """One message that Zalo took, whether or not its answer reached the sender."""

    channel: str  # as ours are called: zalo-group, zalo-user, zalo-uid, phone, zalo-bot
    recipient: str
    message: dict[str, Any]  # the whole body of the request
    message_id: str
    tracking_id: str | None
    at: datetime


def bot_refusal(code: int, description: str = "refused", status: int = 200) -> Reply:
    """Return an error of the Bot Platform."""
    return Reply({"ok": False, "error_code": code, "description": description}, status)


class ZaloRules(ZaloGrants):
    """Adds groups, followers, templates and a bot. A test may change any attribute."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        super().__init__(clock)
        self.requests: list[Request] = []
        self.accepted: list[Accepted] = []
        self.groups = {"g-vhxh": "Phòng Văn hóa - Xã hội", "g-kt": "Phòng Kinh tế, Hạ tầng và Đô thị"}
        self.users: dict[str, datetime] = {"2460001": MORNING}  # followers, and their last interaction
        self.refusals: dict[str, int] = {}  # by recipient: what every message to them is refused with
        self.templates: dict[str, dict[str, int]] = {"300001": dict(DEFAULT_TEMPLATE)}  # parameter: longest
        self.admins: set[str] = set()  # phones that development mode reaches
        self.daily_quota, self.sent_today = 500, 0
        self.night_refused = True
        self.statuses: dict[str, int] = {}  # of ZBS messages: 1 delivered, 0 not, -1 unknown
        self.bot_token = "1234567890:bot-secret-AbCdEf"
        self.chats = {"chat-1"}
        self.updates: list[dict[str, Any]] = []
        self.bot_errors_on_200 = True  # the documentation shows the body only

    def answer(self, request: Request) -> Reply:
        """Decide one request."""
        if request.path.startswith("/bot/"):
            return self._bot(request)
        if request.path == "/v4/oa/access_token" and request.method == "POST":
            return self.grant(request)
        route = self._routes().get((request.method, request.path))
        if route is None:
            return Reply(b"<html>404 Not Found</html>", 404, {"Content-Type": "text/html"})
        zbs = not request.path.startswith(("/v2.0/", "/v3.0/"))
        problem = self.refuse_token(request, zbs=zbs)
        return problem or route(request)

    def _routes(self) -> dict[tuple[str, str], Callable[[Request], Reply]]:
        return {
            ("GET", "/v2.0/oa/getoa"): lambda _: _ok({"oa_id": self.consenting_oa, "name": "UBND phường"}),
            ("POST", "/v3.0/oa/message/cs"): self._consultation,
            ("POST", "/v3.0/oa/quota/message"): self._quota_message,
            ("POST", "/v3.0/oa/group/message"): self._group,
            ("GET", "/v3.0/oa/group/getgroupsofoa"): self._list_groups,
            ("POST", "/v3.0/oa/quota/group"): self._quota_group,
            ("POST", "/v3.0/oa/message/template"): self._template_by_uid,
            ("POST", "/message/template"): self._template_by_phone,
            ("GET", "/message/status"): self._status,
            ("GET", "/message/quota"): self._quota_zbs,
            ("GET", "/template/info/v2"): self._template_info,
        }

    def accept(
        self, channel: str, recipient: str, request: Request, tracking_id: str | None = None
    ) -> Accepted:
        """Take a message."""
        at = self.clock()
        taken = Accepted(channel, recipient, request.json, f"m{next(self._numbers):06}", tracking_id, at)
        self.accepted.append(taken)
        return taken

    def _consultation(self, request: Request) -> Reply:
        user, text = _read_text(request, "user_id")
        if not user or text is None:
            return refusal(-201, f"{'user_id' if not user else 'message'} is invalid")
        since = self.clock() - self.users[user] if user in self.users else None
        if user in self.refusals:
            return refusal(self.refusals[user])
        if since is None:
            return refusal(-213, "User has not followed OA")
        if _units(text) > 2000:
            return refusal(-210, "Parameter exceeds the limit")
        if since > timedelta(days=7):
            return refusal(-230, "User has not interacted with the OA in the past 7 days")
        taken = self.accept("zalo-user", user, request)
        kind = "reply" if since <= timedelta(hours=48) else "sub_quota"
        quota = {"quota_type": kind, "remain": "499", "total": "500"}
        return _ok({"message_id": taken.message_id, "user_id": user, "quota": quota})

    def _quota_message(self, request: Request) -> Reply:
        user = str((request.json or {}).get("user_id", ""))
        if user not in self.users:
            return refusal(-213, "User has not followed OA")
        last = str(int(self.users[user].timestamp() * 1000))
        return _ok({"last_interaction": last, "remain": "500", "total": "500"})

    def _group(self, request: Request) -> Reply:
        group, text = _read_text(request, "group_id")
        if not group or text is None:
            return refusal(-201, f"{'group_id' if not group else 'message'} is invalid")
        if group in self.refusals:
            return refusal(self.refusals[group])
        if group not in self.groups:
            return refusal(-403, "OA is not in the group")
        if _units(text) > 2000:
            return refusal(-210, "Parameter exceeds the limit")
        taken = self.accept("zalo-group", group, request)
        return _ok({"message_id": taken.message_id, "group_id": group})

    def _list_groups(self, request: Request) -> Reply:
        start, size = int(request.query.get("offset", "0")), int(request.query.get("count", "5"))
        rows = [{"group_id": key, "name": name, "total_member": "9"} for key, name in self.groups.items()]
        return _ok({"total": str(len(rows)), "groups": rows[start : start + size]})

    def _quota_group(self, request: Request) -> Reply:
        return _ok(
            [{"product_type": "gmf10", "asset_id": f"asset-{key}", "status": "used"} for key in self.groups]
        )

    def _template_by_uid(self, request: Request) -> Reply:
        body = request.json or {}
        user = str(body.get("user_id", ""))
        if user in self.refusals:
            return refusal(self.refusals[user])
        if user not in self.users:
            return refusal(-201, "user_id is invalid")
        problem = self._refuse_template(body)
        if problem is not None:
            return problem
        taken = self.accept("zalo-uid", user, request)
        return _ok({"message_id": taken.message_id, "user_id": user, **self._sent()})

    def _template_by_phone(self, request: Request) -> Reply:
        body, now = request.json, self.clock()
        if not isinstance(body, dict) or not body:
            return refusal(-121 if not request.body else -122, "Body is invalid")
        phone, tracking = str(body.get("phone", "")), body.get("tracking_id")
        if not _PHONE.fullmatch(phone):
            return refusal(-108, "Phone number is invalid")
        if not isinstance(tracking, str) or not tracking.isascii() or not 0 < len(tracking) <= 48:
            return refusal(-112, "tracking_id is invalid")
        if phone in self.refusals:
            return refusal(self.refusals[phone])
        if body.get("mode") == "development" and phone not in self.admins:
            return refusal(-127, "Template test is only sent to admins")
        problem = self._refuse_template(body)
        if problem is not None:
            return problem
        if self.night_refused and not 6 <= now.hour < 22:
            return refusal(-133, "ZNS is not allowed to be sent at night")
        if self.sent_today >= self.daily_quota:
            return refusal(-144, "OA has exceeded the daily quota")
        self.sent_today += 1
        taken = self.accept("phone", phone, request, tracking)
        self.statuses.setdefault(taken.message_id, 1)
        return _ok({"msg_id": taken.message_id, "sending_mode": "1", **self._sent()})

    def _refuse_template(self, body: dict[str, Any]) -> Reply | None:
        wanted, given = self.templates.get(str(body.get("template_id"))), body.get("template_data")
        if wanted is None:
            return refusal(-109, "Template id is invalid")
        if not isinstance(given, dict):
            return refusal(-111, "Template has no data")
        if wanted.keys() - given.keys():
            return refusal(-1122, "Template data is missing parameters")
        if given.keys() - wanted.keys() or not all(isinstance(v, str) and v for v in given.values()):
            return refusal(-1124, "Template data has a wrong format")
        if any(_units(value) > wanted[name] for name, value in given.items()):
            return refusal(-1121, "Template data exceeds the longest length")
        return None

    def _sent(self) -> dict[str, Any]:
        left = str(self.daily_quota - self.sent_today)
        quota = {"dailyQuota": str(self.daily_quota), "remainingQuota": left}
        return {"sent_time": str(int(self.clock().timestamp() * 1000)), "quota": quota}

    def _status(self, request: Request) -> Reply:
        found = self.statuses.get(request.query.get("message_id", ""))
        if found is None:
            return refusal(-107, "message_id is invalid")
        at = self.clock().strftime("%H:%M:%S %d/%m/%Y") if found == 1 else ""
        return _ok({"delivery_time": at, "status": str(found), "message": ""})

    def _quota_zbs(self, request: Request) -> Reply:  # this one answers with numbers
        return _ok({"dailyQuota": self.daily_quota, "remainingQuota": self.daily_quota - self.sent_today})

    def _template_info(self, request: Request) -> Reply:
        found = self.templates.get(request.query.get("template_id", ""))
        if found is None:
            return refusal(-109, "Template id is invalid")
        params = [{"name": k, "require": True, "type": "STRING", "maxLength": v} for k, v in found.items()]
        prices = {"price_sdt": "300.0", "price_uid": "200.0"}
        return _ok({"templateId": request.query["template_id"], "listParams": params, **prices})

    def _bot(self, request: Request) -> Reply:
        method, body = request.path.rpartition("/")[2], request.json or {}
        if request.token != self.bot_token:
            return self._bot_refusal(401, "Unauthorized")
        if method == "getUpdates":
            if not self.updates:
                return self._bot_refusal(408, "Request timeout")
            return Reply({"ok": True, "result": self.updates.pop(0)})
        if method != "sendMessage":
            return Reply({"ok": True, "result": {"id": "bot-1", "account_name": "Bot CCHC"}})
        chat, text = str(body.get("chat_id", "")), body.get("text")
        if chat in self.refusals:
            return self._bot_refusal(self.refusals[chat], "refused")
        if chat not in self.chats:
            return self._bot_refusal(404, "Chat not found")
        if not isinstance(text, str) or not 1 <= _units(text) <= 2000:
            return self._bot_refusal(400, "text is invalid")
        taken = self.accept("zalo-bot", chat, request)
        date = int(self.clock().timestamp() * 1000)
        return Reply({"ok": True, "result": {"message_id": taken.message_id, "date": date}})

    def _bot_refusal(self, code: int, description: str) -> Reply:
        return bot_refusal(code, description, 200 if self.bot_errors_on_200 else code)


DEFAULT_TEMPLATE = {"ten_don_vi": 30, "ma_viec": 30, "ten_viec": 200, "thoi_han": 20, "tinh_trang": 30}


def _units(text: str) -> int:
    """Count characters as UTF-16 does; the documentation doesn't say, and this is the harder case."""
    return len(text.encode("utf-16-le")) // 2


def _ok(data: Any) -> Reply:
    return Reply({"error": 0, "message": "Success", "data": data})


def _read_text(request: Request, name: str) -> tuple[str, str | None]:
    body = request.json
    if not isinstance(body, dict):
        return "", None
    text = (body.get("message") or {}).get("text")
    recipient = str((body.get("recipient") or {}).get(name, ""))
    return recipient, text if isinstance(text, str) and text else None
