"""`cchc reconcile`: Prefect brought in line with the database, and what was mended."""

from __future__ import annotations

import os

from cli.office import database, print_json
from config.parts import State, read_parts
from config.settings import Settings
from domain.errors import SystemFault


def reconcile(*, as_json: bool) -> int:
    """Mend Prefect's deployments and runs, print what was mended, and return 0.

    Raises:
        SystemFault: Prefect does not run or does not answer.
    """
    from flows import reconcile as engine
    from flows.prefect_api import PrefectApi

    with database() as office:
        url = _prefect_url(office.settings)
        with PrefectApi(url, auth=os.environ.get("PREFECT_API_AUTH_STRING")) as api:
            report = engine.reconcile(office.engine, api, office.today, office.now)
    if as_json:
        print_json(report.to_json())
        return 0
    for line in report.lines:
        print(line)
    mended = sum(report.mended.values())
    print(
        f"Đã đối chiếu {report.deployments} cấu hình triển khai và {report.runs} lượt chạy: "
        + (f"sửa {mended} chỗ lệch." if mended else "không có gì lệch.")
    )
    return 0


def _prefect_url(settings: Settings) -> str:
    """Return Prefect's API as `cchc up` wrote it down."""
    part = next(part for part in read_parts(settings.data) if part.name == "prefect")
    if part.url is None or part.state is State.DOWN:
        raise SystemFault(
            "Prefect does not run", "Prefect chưa chạy. Hãy khởi động bằng “cchc up” rồi đối chiếu lại."
        )
    if part.state is State.STARTING:
        raise SystemFault(
            "Prefect is starting", "Prefect đang khởi động. Hãy đợi nửa phút rồi đối chiếu lại."
        )
    return part.url
