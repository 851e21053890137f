"""`cchc remind rules`, `rule`, `hours`: by which ladder people are reminded, and in which hours."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from cli.office import database, print_json
from cli.words import Commands, by_option, json_option
from domain.calendar import WEEKDAYS
from domain.ladder import Ladder
from domain.plans import Stage, TaskKind
from domain.refusals import BadValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.reminder_rules import Hours, HoursLine, RuleLine


_OPTIONS = {"from_time": "--from"}


def rule_commands(commands: Commands) -> None:
    """Add `rules`, `rule` and `hours`."""
    json_option(commands.add("rules", "các quy tắc nhắc việc và giờ gửi đang áp dụng", _rules))
    rule = commands.add("rule", "đặt hoặc bỏ quy tắc riêng cho một loại nhiệm vụ, một bước", _rule)
    rule.add_argument("--kind", choices=list(TaskKind), default="", help="loại nhiệm vụ; không ghi: mọi loại")
    rule.add_argument("--stage", choices=list(Stage), default="", help="bước; không ghi: mọi bước")
    rule.add_argument("--before", metavar="NGÀY,…", help="số ngày trước hạn, ví dụ 30,14,7,3,1,0")
    rule.add_argument("--late-every", metavar="SỐ", help="quá hạn: nhắc lại sau mỗi số ngày làm việc này")
    rule.add_argument(
        "--escalate",
        metavar="CẤP:SỐ,…",
        help="quá hạn bao nhiêu ngày làm việc thì báo cáo ai, ví dụ head:3,coordinator:6,leader:9; "
        "“” là không báo cáo",
    )
    rule.add_argument("--remove", action="store_true", help="bỏ quy tắc riêng, dùng lại quy tắc chung hơn")
    by_option(rule)
    hours = commands.add("hours", "đặt giờ gửi nhắc việc, giờ yên lặng, ngày gửi bản tin tuần", _hours)
    hours.add_argument("--from", dest="from_time", metavar="GIỜ", help="nhắc việc từ giờ này, ví dụ 07:00")
    hours.add_argument("--quiet", metavar="TỪ-ĐẾN", help="giờ yên lặng, ví dụ 21:00-06:30")
    hours.add_argument("--bulletin", metavar="THỨ", help="ngày gửi bản tin: monday … hoặc 1 (thứ Hai) đến 7")
    by_option(hours)


def _rules(arguments: Namespace) -> int:
    from services.reminder_rules import rule_lines, ward_hours, ward_rules

    with database() as office, office.begin() as (connection, ward):
        lines = rule_lines(connection, ward)
        packaged = ward_rules(connection, ward.id).packaged
        hours = ward_hours(connection, ward)
    if arguments.json:
        print_json(
            {
                "packaged": _stated(packaged),
                "rules": [_line(line) for line in lines if line.ladder],
                "hours": _stated_hours(hours.hours),
            }
        )
        return 0
    _print(lines, packaged, hours)
    return 0


def _print(lines: Sequence[RuleLine], packaged: Ladder, hours: HoursLine) -> None:
    from domain.ladder_words import scope_in_words

    print("Thang nhắc việc; khi nhiều quy tắc cùng phù hợp, quy tắc cụ thể hơn được áp dụng:")
    for line in lines:
        if line.ladder:
            print(f"- {scope_in_words(line.kind, line.stage)}: {_in_words(line.ladder)}{_set_by(line)}")
    print(f"- còn lại: {_in_words(packaged)} (thang mặc định)")
    print(hours_in_words(hours.hours))


def _set_by(line: RuleLine) -> str:
    return f" ({line.changed_by} đặt)" if line.changed_by else ""


def hours_in_words(hours: Hours) -> str:
    """Say when messages leave."""
    quiet = f"{hours.quiet.begins:%H:%M} đến {hours.quiet.ends:%H:%M}"
    if hours.quiet.begins == hours.quiet.ends:
        quiet = "không đặt"
    return (
        f"Nhắc việc gửi từ {hours.from_time:%H:%M} các ngày làm việc; giờ yên lặng: {quiet}; "
        f"bản tin tuần: {WEEKDAYS[hours.bulletin_weekday - 1]}."
    )


def _rule(arguments: Namespace) -> int:
    from domain.ladder_words import scope_in_words
    from services.reminder_rules import remove_rule, set_rule, ward_rules

    _something(arguments, "before", "late_every", "escalate", "remove")
    scope = scope_in_words(arguments.kind, arguments.stage)
    with database() as office, office.begin() as (connection, ward):
        if arguments.remove:
            gone = remove_rule(
                connection, ward, arguments.kind, arguments.stage, by=arguments.by, now=office.now
            )
            print(f"Đã bỏ quy tắc riêng của {scope}." if gone else f"Không có quy tắc riêng của {scope}.")
            return 0
        _, known = ward_rules(connection, ward.id).of(arguments.kind, arguments.stage)
        ladder = set_rule(
            connection,
            ward,
            arguments.kind,
            arguments.stage,
            _typed(arguments, known),
            by=arguments.by,
            now=office.now,
        )
    print(f"Đã đặt quy tắc cho {scope}, áp dụng từ lượt nhắc việc sau: {_in_words(ladder)}.")
    return 0


def _typed(arguments: Namespace, known: Ladder) -> Ladder:
    """Return the ladder that was typed; what was left out stays as it counts until now."""
    from domain.ladder_words import escalation_typed, parse_ladder

    before, every, rungs = arguments.before, arguments.late_every, arguments.escalate
    return parse_ladder(
        ",".join(map(str, known.before)) if before is None else before,
        str(known.late_every) if every is None else every,
        escalation_typed(known) if rungs is None else rungs,
    )


def _hours(arguments: Namespace) -> int:
    from domain.ladder_words import parse_clock, parse_quiet, parse_weekday
    from services.reminder_rules import Hours, set_hours, ward_hours

    _something(arguments, "from_time", "quiet", "bulletin")
    with database() as office, office.begin() as (connection, ward):
        known = ward_hours(connection, ward).hours
        hours = Hours(
            parse_clock("Giờ bắt đầu nhắc việc", arguments.from_time)
            if arguments.from_time
            else known.from_time,
            parse_quiet(arguments.quiet) if arguments.quiet else known.quiet,
            parse_weekday(arguments.bulletin) if arguments.bulletin else known.bulletin_weekday,
        )
        set_hours(connection, ward, hours, by=arguments.by, now=office.now)
    print(f"Đã đặt. {hours_in_words(hours)}")
    return 0


def _something(arguments: Namespace, *names: str) -> None:
    """Refuse to set what was there before as if it were new."""
    if all(getattr(arguments, name) in {None, False} for name in names):
        options = ", ".join(_OPTIONS.get(name, f"--{name.replace('_', '-')}") for name in names)
        raise BadValue("Thay đổi", "", f"ghi ít nhất một trong {options}")


def _in_words(ladder: Ladder) -> str:
    from domain.ladder_words import before_in_words, escalation_in_words, late_in_words

    return f"{before_in_words(ladder)}; {late_in_words(ladder)}; {escalation_in_words(ladder)}"


def _line(line: RuleLine) -> dict[str, object]:
    assert line.ladder is not None  # noqa: S101 - asked for by the caller
    return {
        "kind": line.kind,
        "stage": line.stage,
        **_stated(line.ladder),
        "changed_by": line.changed_by,
        "changed_at": line.changed_at,
    }


def _stated(ladder: Ladder) -> dict[str, object]:
    return {
        "before": ladder.before,
        "late_every": ladder.late_every,
        "escalation": [{"late": late, "role": role} for late, role in ladder.escalation],
    }


def _stated_hours(hours: Hours) -> dict[str, object]:
    return {
        "from_time": f"{hours.from_time:%H:%M}",
        "quiet": f"{hours.quiet.begins:%H:%M}-{hours.quiet.ends:%H:%M}",
        "bulletin_weekday": hours.bulletin_weekday,
    }
