"""The account that PostgreSQL runs under: the caller's own, or a system user where the caller is root.

PostgreSQL refuses to run as root. The system user then owns the server's folder and nothing
else; folders above it get at most the right to be passed through (`o+x`), never to be listed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from domain.errors import SystemFault

NAME = "cchc-postgres"


class Account(NamedTuple):
    """A user and its group."""

    uid: int
    gid: int

    def popen(self) -> dict[str, Any]:
        """Return what `subprocess` needs to run something as this account."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_pass(self, folder: os.stat_result) -> bool:
        """Say whether this account may go through `folder`."""
        if folder.st_uid == self.uid:
            return bool(folder.st_mode & stat.S_IXUSR)
        if folder.st_gid == self.gid:
            return bool(folder.st_mode & stat.S_IXGRP)
        return bool(folder.st_mode & stat.S_IXOTH)


def account_for(pgdata: Path) -> Account:
    """Return the account for the server in `pgdata`, made if root needs it.

    Root keeps to whoever already owns the folder: a ward that once ran the program
    under an ordinary account can still run a command with sudo.

    Raises:
        SystemFault: root has no way to make the system user.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if pgdata.exists() and (owner := pgdata.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    return _find() or _make()


def open_way(account: Account, *folders: Path) -> None:
    """Let `account` pass through everything above `folders`, adding only what is missing.

    Only root changes anything, and only `o+x`.
    """
    if os.geteuid() != 0 or account.uid == 0:
        return
    for folder in folders:
        for parent in folder.resolve().parents:
            found = parent.stat()
            if not account.can_pass(found):
                parent.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)


def open_programs(account: Account, root: Path) -> None:
    """Let `account` read the server's own programs, where a strict umask has hidden them."""
    if os.geteuid() != 0 or (root / "bin" / "postgres").stat().st_mode & stat.S_IROTH:
        return
    for path in [root, *root.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | (mode & (stat.S_IRUSR | stat.S_IXUSR)) >> 6)


def _find() -> Account | None:
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _make() -> Account:
    # `su` without `-` leaves root without the sbin folders.
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    why = "no useradd on this machine"
    if useradd:
        made = subprocess.run(  # noqa: S603 -- an absolute path and fixed arguments
            [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME],
            capture_output=True,
            text=True,
            check=False,
        )
        why = made.stderr.strip()
    account = _find()  # another command may have made it in the same instant
    if account is None:
        raise SystemFault(
            f"cannot make the system user {NAME}: {why}",
            f"PostgreSQL không chạy được bằng tài khoản root, và không tạo được tài khoản hệ thống “{NAME}”"
            f" ({why}). Hãy chạy chương trình bằng một tài khoản thường, hoặc tạo tài khoản đó bằng lệnh:"
            f" useradd --system {NAME}",
        )
    return account
