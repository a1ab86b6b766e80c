"""The toolkits that come with the product, kept as YAML files beside this module."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from plumbline.kernel.errors import RuleBroken
from plumbline.people.models import User
from plumbline.toolkits import schema
from plumbline.toolkits.operations import versions

_FOLDER = Path(__file__).parent / "library"


@dataclass(frozen=True, slots=True)
class Shipped:
    """One file of the library: its text, and the same as checked content."""

    key: str
    text: str
    content: dict[str, Any]


def read(folder: Path = _FOLDER) -> tuple[Shipped, ...]:
    """Every toolkit of the library. Raises RuleBroken (wrong_toolkit) with every fault where a file does not pass."""
    return tuple(_read(path) for path in sorted(folder.glob("*.yaml")))


def load(*, at: datetime, by: User | None = None, folder: Path = _FOLDER) -> None:
    """The library into the database; run again, it changes only what a file changed (`versions.take_shipped`)."""
    for shipped in read(folder):
        versions.take_shipped(text=shipped.text, content=shipped.content, by=by, at=at)


def _read(path: Path) -> Shipped:
    text = path.read_text(encoding="utf-8")
    content, faults = schema.check(text, path.name)
    if content is None:
        raise RuleBroken("\n".join(str(fault) for fault in faults), code="wrong_toolkit")
    if content["key"] != path.stem:
        raise RuleBroken(
            f"{path.name}: the key is “{content['key']}”; the file must be named so.", code="wrong_toolkit"
        )
    return Shipped(content["key"], text, content)
