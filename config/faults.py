"""What the operating system refuses, in words for people."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterator

from domain.errors import SystemFault

WORDS = {
    errno.ENOSPC: "ổ đĩa đầy",
    errno.EDQUOT: "hết hạn mức ổ đĩa",
    errno.EACCES: "không có quyền",
    errno.EPERM: "không được phép",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.ENOENT: "không tìm thấy",
    errno.EEXIST: "tên đã có",
    errno.ENOTDIR: "không phải thư mục",
    errno.EADDRINUSE: "cổng đang được chương trình khác dùng",
    socket.EAI_NONAME: "không có máy nào tên đó",
    socket.EAI_AGAIN: "không tra được tên này",
    errno.EADDRNOTAVAIL: "địa chỉ không có trên máy này",
}


@contextlib.contextmanager
def reported(what: str) -> Iterator[None]:
    """Turn an `OSError` into a `SystemFault` whose notice begins with `what`.

    Raises:
        SystemFault: the system refused something inside the block.
    """
    try:
        yield
    except OSError as problem:
        where = f": {problem.filename}" if problem.filename else ""
        why = WORDS.get(problem.errno or 0, problem.strerror or str(problem))
        raise SystemFault(str(problem), f"{what}{where} ({why}).") from problem
