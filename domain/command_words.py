"""What `argparse` says of a command line, in Vietnamese."""

from __future__ import annotations

_SAID = {
    "usage: ": "Cách dùng: ",
    "positional arguments": "Tham số",
    "options": "Tuỳ chọn",
    "show this help message and exit": "xem hướng dẫn này",
    "the following arguments are required: %s": "còn thiếu: %s",
    "unrecognized arguments: %s": "không hiểu: %s",
    "expected one argument": "cần một giá trị",
    "expected at least one argument": "cần ít nhất một giá trị",
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "“%(value)s” không có; chọn một trong: %(choices)s"
    ),
    "invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)": (
        "“%(value)s” không có; chọn một trong: %(choices)s"
    ),
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "%(prog)s: error: %(message)s\n": "%(message)s\n",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s chưa rõ: %(matches)s",
    "not allowed with argument %s": "không đi cùng %s",
    "one of the arguments %s is required": "cần một trong: %s",
    "invalid %(type)s value: %(value)r": "“%(value)s” không phải là số",
}


def in_vietnamese(message: str) -> str:
    """Return what a message of `argparse` says, with its places for values; one that is unknown as it is."""
    return _SAID.get(message, message)
