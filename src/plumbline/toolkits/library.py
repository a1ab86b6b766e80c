"""The toolkits that come with the product, kept as YAML files beside this module."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act
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


def load(*, act: Act, folder: Path = _FOLDER) -> None:
    """The library into the database; run again, it changes only what a file changed (`versions.take_shipped`)."""
    for shipped in read(folder):
        versions.take_shipped(text=shipped.text, content=shipped.content, act=act)


def _read(path: Path) -> Shipped:
    return _checked(path.name, path.read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def _checked(name: str, text: str) -> Shipped:
    """The same text passes once in a process: going through all of them takes a second."""
    content, faults = schema.check(text, name)
    if content is None:
        raise RuleBroken("\n".join(str(fault) for fault in faults), code="wrong_toolkit")
    if content["key"] != Path(name).stem:
        raise RuleBroken(f"{name}: the key is “{content['key']}”; the file must be named so.", code="wrong_toolkit")
    return Shipped(content["key"], text, content)
