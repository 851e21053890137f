"""Reading the words of a command line, with Vietnamese help and errors."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import NoReturn

from domain.command_words import in_vietnamese

# argparse asks gettext for its words; a message catalogue would be a binary file for fifteen lines.
setattr(argparse, "_", in_vietnamese)  # noqa: B010 - not in its stubs


class Parser(argparse.ArgumentParser):
    """Says what is wrong in Vietnamese, and exits with 2."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and how it goes."""
        self.exit(2, f"Chưa đúng cách dùng: {message}\n{self.format_usage()}")


Handler = Callable[[argparse.Namespace], int]
Subparsers = "argparse._SubParsersAction[Parser]"


class Commands:
    """A command with subcommands, each bound to the function that does it."""

    def __init__(self, name: str, what: str) -> None:
        self.parser = Parser(prog=f"cchc {name}", description=what)
        self._sub = self.parser.add_subparsers(metavar="VIỆC", required=True, dest="work")

    def add(self, name: str, what: str, handler: Handler) -> Parser:
        """Add a subcommand; return its parser, for its own words."""
        parser = self._sub.add_parser(name, help=what, description=what)
        parser.set_defaults(handler=handler)
        return parser

    def run(self, words: list[str]) -> int:
        """Read the words after the command's name and do what they say."""
        arguments = self.parser.parse_args(words)
        handler: Handler = arguments.handler
        return handler(arguments)


def day(text: str) -> date:
    """Read a day: `2026-03-31` or `31/3/2026`.

    Raises:
        argparse.ArgumentTypeError: it is neither, or there is no such day.
    """
    vietnamese = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text.strip())
    try:
        if vietnamese:
            return date(int(vietnamese[3]), int(vietnamese[2]), int(vietnamese[1]))
        return date.fromisoformat(text.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}” không phải là ngày; viết 2026-03-31 hoặc 31/3/2026"
        ) from None


def count(text: str) -> int:
    """Read how many rows are wanted, 1 to 100,000.

    Raises:
        argparse.ArgumentTypeError: it is no such number.
    """
    if re.fullmatch("[0-9]{1,6}", text) and 1 <= int(text) <= 100_000:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}” không phải là số từ 1 đến 100000")


def year(text: str) -> int:
    """Read a year, written with four digits.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if re.fullmatch("[1-9][0-9]{3}", text):
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}” không phải là năm; viết đủ bốn chữ số, ví dụ 2026")


def named(words: Mapping[str, str]) -> str:
    """Say in help what each value means: `email: thư điện tử; …`."""
    return "; ".join(f"{value}: {meaning}" for value, meaning in words.items())


def json_option(parser: argparse._ActionsContainer) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="in ra JSON cho máy đọc")


def by_option(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add `--by`."""
    parser.add_argument("--by", metavar="NGƯỜI", required=required, help="tên người dùng thực hiện")
