"""What fills an approved ZBS template: our facts under the approved names, never longer than allowed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from domain.errors import WardError
from notifications.channels import ChannelMisconfigured
from notifications.wording import clean, length
from notifications.zalo.texts import line_within

_PACKAGED = Path(__file__).with_name("templates.toml")


class MissingFact(WardError):
    """A message has nothing for a parameter that the approved template needs."""

    def __init__(self, parameter: str, fact: str) -> None:
        super().__init__(
            f"no fact {fact!r} for the template's parameter {parameter!r}",
            f"Tin không có nội dung cho tham số “{parameter}” của mẫu tin Zalo (lấy từ “{fact}”).",
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    """Where one parameter's value comes from; the keys are explained in `templates.toml`."""

    fact: str
    longest: int
    otherwise: str = ""
    uncut: bool = False

    def value(self, facts: Mapping[str, str]) -> str:
        """Return the value, at most `longest` characters; empty where there is none."""
        said = clean(facts.get(self.fact, ""))
        if self.uncut and length(said) > self.longest:
            said = ""
        return line_within(said or self.otherwise, self.longest)


Parameters = Mapping[str, Parameter]


def fill(parameters: Parameters, facts: Mapping[str, str]) -> dict[str, str]:
    """Return exactly the listed parameters with their values.

    Raises:
        MissingFact: one would be empty, which Zalo refuses.
    """
    filled = {name: parameter.value(facts) for name, parameter in parameters.items()}
    for name, value in filled.items():
        if not value:
            raise MissingFact(name, parameters[name].fact)
    return filled


@lru_cache(maxsize=8)
def load_parameters(own: Path | None = None) -> Parameters:
    """Read the parameters from `own`, or from the file that ships.

    Raises:
        ChannelMisconfigured: the file cannot be read, or says what we do not understand.
    """
    try:
        raw = tomllib.loads((own or _PACKAGED).read_text(encoding="utf-8"))
        if raw.keys() != {"parameters"} or not raw["parameters"]:
            raise ValueError("[parameters]")
        return {name: _parameter(name, keys) for name, keys in raw["parameters"].items()}
    except (OSError, ValueError, TypeError, AttributeError) as problem:  # no file, no TOML, another form
        notice = f"Tệp tham số mẫu tin Zalo (CCHC_ZALO_TEMPLATES) có chỗ chưa dùng được: {problem}."
        raise ChannelMisconfigured("zalo", f"template parameters: {problem}", notice) from None


def _parameter(name: str, keys: Mapping[str, Any]) -> Parameter:
    if unknown := keys.keys() - {each.name for each in fields(Parameter)}:
        raise ValueError(f"{name}: {', '.join(sorted(unknown))}")
    made = Parameter(**keys)
    typed = (
        isinstance(made.fact, str)
        and type(made.longest) is int
        and isinstance(made.otherwise, str)
        and isinstance(made.uncut, bool)
    )
    if not typed or made.longest < 1 or length(made.otherwise) > made.longest:
        raise ValueError(name)
    return made
