"""What tests of reports ask for, and how they read what was written."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from docx import Document
from sqlalchemy import Connection

from domain.reports import Period, whole
from services.people import Ward
from services.report_writing import write_report
from services.reports import Report, report
from tests.builders import TODAY

YEAR = whole(2026)
NASTY = '=HYPERLINK("http://x") <w:p>&amp; \x1b\u202e“kết quả”'


def facts_of(
    connection: Connection, ward: Ward, period: Period = YEAR, today: date = TODAY, **more: Any
) -> Report:
    return report(connection, ward, period, by=None, today=today, **more)


def written(facts: Report, **more: Any) -> Any:
    stream = io.BytesIO()
    write_report(facts, stream, **more)
    stream.seek(0)
    return Document(stream)


def words_of(document: Any) -> str:
    """Return everything that is written, in order, cells of tables after all paragraphs."""
    texts = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        texts += [cell.text for row in table.rows for cell in row.cells]
    return "\n".join(texts)


def mm(length: Any) -> int:
    """Word keeps twentieths of a point."""
    return round(length.mm)


def extend(connection: Connection, code: str, *, reason: str, objective: bool) -> None:
    """Grant an extension up to a day that has passed too."""
    connection.exec_driver_sql(
        """
        INSERT INTO cchc.extension (ward_id, occurrence_id, stage, former_due, asked_until, reason, asked_by,
            asked_at, verdict, granted_until, objective, decided_by, decided_at)
        SELECT o.ward_id, o.id, 'plan', %(day)s, %(day)s, %(reason)s, a.id, now(), 'granted', %(day)s,
            %(objective)s, b.id, now()
        FROM cchc.occurrence o JOIN cchc.task t ON t.ward_id = o.ward_id AND t.id = o.task_id
        JOIN cchc.account a ON a.ward_id = o.ward_id AND a.name = 'lan'
        JOIN cchc.account b ON b.ward_id = o.ward_id AND b.name = 'chutich'
        WHERE t.code = %(code)s
        """,
        {"day": TODAY - timedelta(1), "reason": reason, "objective": objective, "code": code},
    )
