"""The state of the log at the end of a report: a signed checkpoint that leaves the house with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from config.checkpoint_keys import CheckpointKeys
from services.checkpoints import make
from services.people import Ward


def proof_of(connection: Connection, ward: Ward, keys: CheckpointKeys, now: datetime) -> str:
    """Sign what the ward's log is now and return it as a report prints it, note and all.

    Let the report leave only after the commit.

    Raises:
        HistoryRewritten: the log does not continue what was signed before.
    """
    made = make(connection, ward, keys=keys, now=now, cause="report")
    return (
        f"Điểm chốt nhật ký khi lập báo cáo: {made.size} sự kiện, gốc {made.root.hex()}. Giữ nguyên văn đoạn"
        " dưới đây để kiểm tra về sau (cchc audit verify --checkpoint TỆP):\n" + made.note.strip()
    )
