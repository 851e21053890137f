"""What the documents name is there: files, headings, commands, settings, targets."""

from __future__ import annotations

import argparse
import re
import shlex
import tomllib
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import NoReturn

import pytest

from cli.main import main
from cli.words import Parser
from config.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in DOCUMENTS}
PICTURES = sorted((ROOT / "docs").rglob("*.png"))
FENCE = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"^ *(?:\$ )?(?:\w+=\S+ +)*(?:\S*/)?cchc +(\S.*)$", re.MULTILINE)

each_document = pytest.mark.parametrize("name", TEXTS)


class Understood(BaseException):
    """The words were read to the end; nothing is done about them."""


def typed(text: str) -> list[str]:
    """Return the commands of the blocks that people copy from."""
    return [command for block in FENCE.findall(text) for command in TYPED.findall(block.replace("\\\n", " "))]


def named(text: str) -> list[str]:
    """Return the commands that sentences name, perhaps without all their words."""
    return re.findall(r"`(?:\S*/)?cchc ([^`]+)`", FENCE.sub("", text))


@pytest.fixture
def only_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands be read to the end and not be done."""

    def read(parser: Parser, words: Sequence[str]) -> NoReturn:
        _, rest = argparse.ArgumentParser.parse_known_args(parser, words)
        if rest:
            parser.error(f"không hiểu: {' '.join(rest)}")
        raise Understood

    monkeypatch.setattr(Parser, "parse_args", read)


def objection(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what the program has against a command's words; nothing if it understands them."""
    try:
        status = main(shlex.split(command))
    except Understood:
        return ""
    except SystemExit as end:
        status = int(end.code or 0)
    told = capsys.readouterr()
    return told.err or f"ended with {status}: {told.out}"


@each_document
def test_every_link_leads_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", TEXTS[name]):
        if target.startswith("https://"):
            continue
        file, _, heading = target.partition("#")
        path = (ROOT / name).parent / file if file else ROOT / name

        assert path.exists(), target
        assert not heading or heading in anchors(path), target


def anchors(path: Path) -> set[str]:
    """Return the names that the headings of a document are linked by."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_document
@pytest.mark.usefixtures("only_read")
def test_every_command_that_can_be_copied_is_understood(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in typed(TEXTS[name]):
        assert not objection(command, capsys), command


@each_document
@pytest.mark.usefixtures("only_read")
def test_every_command_that_is_named_is_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in named(TEXTS[name]):
        told = objection(command, capsys)
        assert not told or "còn thiếu" in told, f"{command}: {told}"


@pytest.mark.usefixtures("only_read")
@pytest.mark.parametrize("command", ["back-up x", "stage hand-in", "user list --wrong", "up --port x"])
def test_a_command_that_is_not_there_would_be_noticed(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = objection(command, capsys)

    assert told
    assert "còn thiếu" not in told


def test_the_guides_show_what_people_type() -> None:
    """The tests above would also pass if they found no command at all."""
    shown = {name: len(typed(text)) for name, text in TEXTS.items() if typed(text)}

    assert shown.keys() >= {
        "README.md",
        "docs/huong-dan/dieu-phoi.md",
        "docs/huong-dan/don-vi.md",
        "docs/huong-dan/quan-tri.md",
    }
    assert sum(shown.values()) > 20


@each_document
def test_every_setting_that_is_named_is_there(name: str) -> None:
    known = {f"CCHC_{field.upper()}" for field in Settings.model_fields}

    assert set(re.findall(r"\bCCHC_[A-Z_]+", TEXTS[name])) <= known


@each_document
def test_every_make_target_that_is_named_is_there(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for targets in re.findall(r"(?:`|^ *|-i )make ([a-z ]+)", TEXTS[name], re.MULTILINE):
        for target in targets.split():
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_every_picture_is_small_and_shown(picture: Path) -> None:
    content = picture.read_bytes()

    assert content.startswith(b"\x89PNG")
    assert len(content) < 200_000
    assert any(f"pictures/{picture.name})" in text for text in TEXTS.values())


def test_every_decision_is_listed_and_says_what_a_decision_says() -> None:
    records = {name: text for name, text in TEXTS.items() if re.search(r"decisions/\d{4}-", name)}
    listed = TEXTS["docs/decisions/README.md"]

    assert records
    for name, text in records.items():
        assert f"]({Path(name).name})" in listed
        for part in ("**Context.**", "**Decision.**", "**Consequences.**", "**Alternatives.**"):
            assert part in text, name
        assert len(text.splitlines()) <= 50, f"{name} is longer than a page"


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    rows = re.findall(
        r"^\| (?:\*\w+:\* )?([^|]+) \|", TEXTS["docs/decisions/0010-dependencies.md"], re.MULTILINE
    )
    told = {re.sub(r"\[.*", "", each) for row in rows[1:] for each in re.split(r"[,;] ", row)}

    assert told == {re.split(r"[\[<>=]", each)[0] for each in declared}


CODE = re.compile(r"`((?:cli|config|domain|flows|models|notifications|services|tests|web)[./][\w./-]+)`")


@each_document
def test_every_part_of_the_code_that_is_named_is_there(name: str) -> None:
    for part in CODE.findall(TEXTS[name]):
        if "/" in part:
            assert (ROOT / part).exists(), part
        else:
            assert defined(part.split(".")), part


def defined(names: list[str]) -> bool:
    """Tell whether dotted names lead to a module, or to something that its text defines."""
    for cut in range(len(names), 0, -1):
        for path in (
            ROOT.joinpath(*names[:cut]).with_suffix(".py"),
            ROOT.joinpath(*names[:cut], "__init__.py"),
        ):
            if path.is_file():
                text = path.read_text(encoding="utf-8")
                return all(re.search(rf"\b{re.escape(each)}\b", text) for each in names[cut:])
    return False


def test_every_word_of_the_glossary_is_used_in_the_code() -> None:
    """A term that was renamed or dropped would stay in the glossary and mislead."""
    folders = ("cli", "config", "domain", "flows", "models", "notifications", "services", "web")
    code = "\n".join(
        path.read_text(encoding="utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py")
    )
    words = re.findall(r"^\| [^|]+ \| ([^|]+) \|", TEXTS["docs/glossary.md"], re.MULTILINE)
    named = [each for column in words for each in re.findall(r"`([^`]+)`", column)]

    known = set(re.findall(r"[\w-]+", code))

    assert len(named) > 150
    assert [each for each in named if not set(re.findall(r"[\w-]+", each)) <= known] == []
