"""Templates as files: the packaged ones, and an office's own in their place as long as they work."""

from __future__ import annotations

import logging
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment, Template

PACKAGED = Path(__file__).with_name("templates")
LONGEST = 1_000_000  # characters; a template that writes more is broken
_log = logging.getLogger(__name__)


class Templates:
    """Renders by name: from `folder` where it works, else the packaged template.

    The packaged templates are compiled once. An office's own replace them by bearing
    their names; they run in a sandbox and are read again when their file changes.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._known: dict[str, Template] = {}

    def render(self, name: str, faults: list[str], **facts: object) -> str:
        """Return `name` filled with `facts`; what is wrong with an own template is added to `faults`.

        An own template that cannot be read, breaks in the middle, writes nothing or without end
        is not used: a message must still go.
        """
        if self.folder is not None and any(self.folder.glob("*.j2")):
            try:
                return _usable(self._sandbox.get_template(name).render(facts))
            except Exception as problem:  # whatever a template does wrong, its syntax or a division by zero
                _log.warning("own template %s not used: %r", name, problem)
                faults.append(f"{name}: {problem}")
        return self._packaged(name).render(facts)

    def _packaged(self, name: str) -> Template:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = _packaged_environment().get_template(name)
        return found

    @cached_property
    def _sandbox(self) -> Environment:
        from jinja2.sandbox import SandboxedEnvironment

        folders = [folder for folder in (self.folder, PACKAGED) if folder is not None]
        return _environment(SandboxedEnvironment, folders, auto_reload=True)


@cache
def templates(folder: Path | None) -> Templates:
    """Return the templates with those in `folder` over the packaged ones; made once."""
    return Templates(folder)


def fault(faults: list[str]) -> str | None:
    """Say to people which of their templates were not used; None where all were."""
    if not faults:
        return None
    return f"Đã dùng mẫu của chương trình, vì mẫu riêng có lỗi: {'; '.join(faults)}."


@cache
def _packaged_environment() -> Environment:
    from jinja2 import Environment

    return _environment(Environment, [PACKAGED], auto_reload=False)


def _environment(kind: type[Environment], folders: list[Path], *, auto_reload: bool) -> Environment:
    from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape

    return kind(
        loader=FileSystemLoader(folders),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), disabled_extensions=("txt.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=auto_reload,
    )


def _usable(text: str) -> str:
    if not text.strip():
        raise ValueError("the template wrote nothing")
    if len(text) > LONGEST:
        raise ValueError(f"the template wrote more than {LONGEST} characters")
    return text
