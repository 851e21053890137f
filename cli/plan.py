"""`cchc plan`: reading, importing and activating decisions."""

from __future__ import annotations

from argparse import Namespace

from cli.words import Commands, Parser, by_option, day, json_option, year


def run(words: list[str]) -> int:
    """Run `cchc plan …`."""
    commands = Commands("plan", "Kế hoạch: đọc quyết định, nhập, đưa vào thực hiện, lịch cả năm.")
    read = commands.add("read", "đọc thử một quyết định, không lưu gì", _read)
    read.add_argument("file", metavar="TỆP")
    _all_option(read)
    json_option(read)
    time = commands.add("read-time", "đọc thử một cụm thời gian; “-” đọc từng dòng JSON", _read_time)
    time.add_argument("text", nargs="+", metavar="CỤM-TỪ")
    time.add_argument("--year", type=year, metavar="NĂM", help="năm của kế hoạch")
    time.add_argument("--issued", type=day, metavar="NGÀY", help="ngày ban hành")
    json_option(time)
    imported = commands.add("import", "nhập một quyết định thành bản nháp kế hoạch", _import)
    imported.add_argument("file", metavar="TỆP")
    by_option(imported, required=False)
    json_option(imported)
    activate = commands.add("activate", "đưa bản nháp mới nhất vào thực hiện", _activate)
    by_option(activate, required=False)
    show = commands.add("show", "kế hoạch đang có và những điểm cần xem lại", _show)
    _all_option(show)
    json_option(show)
    _settling(commands)
    _amending(commands)
    calendar = commands.add("calendar", "lịch các thời hạn trong năm", _calendar)
    calendar.add_argument("--year", type=year, metavar="NĂM")
    form = calendar.add_mutually_exclusive_group()
    form.add_argument("--ics", metavar="TỆP", help="ghi vào một tệp lịch (Outlook, Google, điện thoại)")
    form.add_argument("--xlsx", metavar="TỆP", help="ghi vào một tệp Excel")
    json_option(form)
    return commands.run(words[1:])


def _all_option(parser: Parser) -> None:
    parser.add_argument("--all", action="store_true", help="in mọi điểm cần xem lại, không rút gọn")


def _amending(commands: Commands) -> None:
    amend = commands.add("amend", "xem một quyết định sửa đổi làm thay đổi gì, rồi áp dụng", _amend)
    amend.add_argument("file", metavar="TỆP")
    by_option(amend, required=False)
    amend.add_argument("--yes", action="store_true", help="áp dụng, không hỏi lại")
    amend.add_argument(
        "--despite", metavar="LÝ-DO", help="đã xem các điểm phải xử lý; chỉ áp dụng phần đã hiểu"
    )
    json_option(amend)
    after = commands.add(
        "successors", "nhiệm vụ nào là tiếp nối nhiệm vụ của kế hoạch năm trước", _successors
    )
    after.add_argument("--confirm", action="store_true", help="ghi nhận mọi cặp đang đề xuất")
    after.add_argument(
        "--set", nargs=2, metavar=("MỚI", "CŨ"), help="ghi nhận một cặp, hoặc “-” nếu là nhiệm vụ mới"
    )
    by_option(after, required=False)
    json_option(after)


def _settling(commands: Commands) -> None:
    settled = commands.add("settle", "ghi quyết định của người xem về những điểm cần xem lại", _settle)
    settled.add_argument("finding", type=int, nargs="*", metavar="SỐ", help="số ở cột đầu của cchc plan show")
    settled.add_argument("--code", metavar="LOẠI", help="mọi điểm còn mở thuộc loại này, thay cho SỐ")
    settled.add_argument(
        "--as",
        dest="verdict",
        choices=["confirmed", "corrected", "dismissed"],
        metavar="CÁCH",
        help="confirmed: đúng như đã đọc (mặc định); corrected: đã sửa; dismissed: không phải vấn đề",
    )
    settled.add_argument("--note", "--decision", dest="note", default="", metavar="GHI-CHÚ")
    settled.add_argument("--due", type=day, metavar="NGÀY", help="ấn định thời hạn cùng lúc")
    settled.add_argument(
        "--stage", choices=["plan", "implement", "report"], metavar="BƯỚC", help="bước của thời hạn đó"
    )
    settled.add_argument("--occurrence", metavar="KỲ", help="tên kỳ, khi nhiệm vụ có nhiều kỳ")
    by_option(settled)
    reopened = commands.add("reopen", "mở lại một điểm đã xử lý, có lý do", _reopen)
    reopened.add_argument("finding", type=int, metavar="SỐ")
    reopened.add_argument("--reason", required=True, metavar="LÝ-DO")
    by_option(reopened)


def _amend(arguments: Namespace) -> int:
    from cli.amend import plan_amend

    return plan_amend(arguments)


def _successors(arguments: Namespace) -> int:
    from cli.succession import plan_successors

    return plan_successors(arguments)


def _read(arguments: Namespace) -> int:
    from cli.reading import plan_read

    return plan_read(arguments.file, as_json=arguments.json, everything=arguments.all)


def _read_time(arguments: Namespace) -> int:
    from cli.reading import plan_read_time

    return plan_read_time(
        arguments.text, year=arguments.year, issued=arguments.issued, as_json=arguments.json
    )


def _import(arguments: Namespace) -> int:
    from pathlib import Path

    from cli.office import database, print_json
    from cli.progress import progress
    from models.database import transaction
    from services.documents import DocumentStore
    from services.people import all_wards
    from services.plans import ended_by, import_plan
    from services.reading import read_file
    from services.succession import beside_last_year
    from services.units import known_units

    with database() as office:
        with transaction(office.engine) as connection:
            units = known_units(connection, office.settings.ward)
        reading = read_file(Path(arguments.file), units=units, progress=progress())
        source = DocumentStore(office.settings.data / "documents").keep_file(Path(arguments.file))
        with transaction(office.engine) as connection:
            imported = import_plan(
                connection, reading, source, by=arguments.by, now=office.now, code=office.settings.ward
            )
            beside = beside_last_year(connection, imported.ward, imported.plan_id)
            ends = ended_by(connection, imported.ward, imported.plan_id)
            wards = all_wards(connection)
    if arguments.json:
        print_json(
            {
                "ward": imported.ward.code,
                "plan": imported.plan_id,
                "tasks": imported.tasks,
                "findings": imported.findings,
                "blocking": imported.blocking,
                "last_year": beside.line if beside else None,
            }
        )
        return 0
    print(
        f"Đã nhập {reading.decision.number} ({imported.ward.name}): {imported.tasks} nhiệm vụ, "
        f"{imported.findings} điểm cần xem lại, trong đó {imported.blocking} điểm phải xử lý trước.\n"
        "Xem: cchc plan show. Đưa vào thực hiện: cchc plan activate"
    )
    if imported.new_ward and len(wards) > 1:
        print(
            f"{imported.ward.name} là đơn vị mới: cài đặt này nay phục vụ {len(wards)} đơn vị, nên từ nay "
            f"mỗi lệnh cần biết đơn vị nào: đặt CCHC_WARD, ví dụ CCHC_WARD={imported.ward.code}"
        )
    if any(finding.code == "amends-other" for finding in reading.findings):
        print(
            "Văn bản này sửa đổi một kế hoạch khác. Để áp dụng vào kế hoạch đó, đừng đưa bản nháp vào "
            f"thực hiện mà chạy: cchc plan amend {arguments.file}"
        )
    for each in ends:
        print(f"Đưa bản nháp này vào thực hiện thì kế hoạch {each.number} đang thực hiện sẽ kết thúc.")
    if beside is not None:
        print(f"{beside.line}; xem: cchc plan successors")
    return 0


def _activate(arguments: Namespace) -> int:
    from cli.office import database, vietnamese
    from services.plans import activate_plan, plans

    with database() as office, office.begin() as (connection, ward):
        active = {row.id for row in plans(connection, ward) if row.state == "active"}
        plan_id = activate_plan(connection, ward, by=arguments.by, today=office.today, now=office.now)
        after = plans(connection, ward)
    plan = next(row for row in after if row.id == plan_id)
    print(f"Kế hoạch {plan.number} năm {plan.year} đang được thực hiện: {plan.tasks} nhiệm vụ.")
    for ended in (row for row in after if row.id in active and row.state == "closed"):
        print(f"Kế hoạch {ended.number} ngày {vietnamese(ended.issued_on)}, cùng năm, đã kết thúc.")
    return 0


def _settle(arguments: Namespace) -> int:
    from cli.findings import settle

    return settle(arguments)


def _reopen(arguments: Namespace) -> int:
    from cli.findings import reopen

    return reopen(arguments)


def _show(arguments: Namespace) -> int:
    from cli.findings import as_data, of_rows, plan_next, print_findings
    from cli.office import database, print_json, vietnamese
    from domain.words import PLAN_STATES
    from services.findings import findings
    from services.plans import plans

    with database() as office, office.begin() as (connection, ward):
        rows = [(plan, findings(connection, ward, plan.id)) for plan in plans(connection, ward)]
    if arguments.json:
        data = [_as_dict(plan) | {"findings": [as_data(each) for each in found]} for plan, found in rows]
        print_json({"ward": ward.code, "plans": data})
        return 0
    for plan, found in rows:
        print(
            f"{plan.number} ngày {vietnamese(plan.issued_on)} – {plan.title}\n"
            f"{ward.name}, năm {plan.year}: {plan.tasks} nhiệm vụ, {PLAN_STATES[plan.state]}\n"
            f"Lịch báo cáo: {', '.join(vietnamese(each) for each in plan.reporting_calendar)}"
        )
        print_findings(of_rows(found), everything=arguments.all, then=plan_next(plan, found))
    return 0


def _as_dict(plan: object) -> dict[str, object]:
    fields = ("id", "number", "issued_on", "issuer", "title", "year", "state", "tasks", "reporting_calendar")
    return {field: getattr(plan, field) for field in fields}


def _calendar(arguments: Namespace) -> int:
    from cli.due_dates import calendar

    return calendar(arguments)
