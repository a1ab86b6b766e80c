"""What people read is written as an officer of a council would write it, and comments are not far from it."""

import re

from tests.architecture.source import CHECKOUT, SOURCE

_NOWHERE = re.compile(r"\b(somebody|whoever|anew|nothing stands|for want of|the want of|a want of)\b", re.IGNORECASE)


def _texts() -> dict[str, str]:
    """Our own texts: code with its comments, pages, the documents beside it."""
    return {
        str(path.relative_to(CHECKOUT)): path.read_text(encoding="utf-8")
        for path in sorted([*SOURCE.rglob("*"), *(CHECKOUT / "docs").rglob("*.md"), CHECKOUT / "README.md"])
        if path.suffix in (".py", ".html", ".yaml", ".md") and "migrations" not in path.parts
    }


def test_no_text_has_the_words_that_nobody_says() -> None:
    assert [f"{name}: {hit.group()}" for name, text in _texts().items() for hit in _NOWHERE.finditer(text)] == []
