"""Words that councils call differently, and change on a day: our own sentences hold a place for each.

"Open {tacs}" is said with the words of the day (`say`); the work of a day begins by saying which day’s they are
(`speaking`). Only what is written here with places is ever filled: what a person typed is put beside it, untouched.
Decision record: docs/adr/0040.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from plumbline.kernel.errors import RuleBroken

LONGEST = 80
# By the key of a label and its forms' names; so it is kept, too.
Forms = Mapping[str, str]
# By the name of a place, every way in which a sentence may need it: tac, a_tac, Tac, A_tac.
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a label: the name of its place, the words that Plumbline comes with, and what is asked for."""

    name: str
    shipped: str
    asked: str


@dataclass(frozen=True, slots=True)
class Label:
    """`title`: what it is, where the list of labels names it; `example`: a sentence that shows its forms in use."""

    key: str
    title: str
    about: str
    example: str
    forms: tuple[Form, ...]

    @property
    def shipped(self) -> Forms:
        return {form.name: form.shipped for form in self.forms}


LABELS: Mapping[str, Label] = {
    label.key: label
    for label in (
        Label(
            "tac",
            "Early help for one family",
            "The people who help one child or family together outside social care, and their plan. Said on lists and "
            "records of early help, in figures and reports, and where extracts are taken in.",
            "{A_tac} is {a_tac_long}. Two {tacs} are open.",
            (
                Form("tac", "TAC", "In short, one of them"),
                Form("tacs", "TACs", "In short, several"),
                Form("tac_long", "Team Around the Child", "In full, one of them"),
            ),
        ),
        Label(
            "board",
            "The body that leads on safeguarding in the area",
            "Who assesses whether a contract with a statutory function keeps children safe. Said where contracts are "
            "assured and rated.",
            "{A_board} assessment is an assessment by the {board_in_full}: {a_board_before} assessment.",
            (
                Form("board", "board", "In short, before “assessment”"),
                Form("board_in_full", "safeguarding board", "In full"),
                Form("board_before", "safeguarding-board", "In full, before “assessment”"),
            ),
        ),
        Label(
            "contact_centre",
            "Whom people call about a child",
            "The office that takes calls about children, day by day. Said on serious incidents and whom to tell of "
            "them, and in what a new supplier is given.",
            "Telephone the {contact_centre} at once.",
            (Form("contact_centre", "customer service centre", "What it is called"),),
        ),
    )
}

# A word in capitals without one of these is spelt out: "an FHP". One with them is read as a word: "a TAC".
_VOWELS = "AEIOU"
_SPELT_WITH_VOWEL = "AEFHILMNORSX"
_AS_YOU = re.compile(r"(?i)(eu|uni([^nm]|$)|us[aeu]|one\b|ut[ei])")
_SILENT_H = re.compile(r"(?i)(hour|honest|honour|heir)")


def article(word: str) -> str:
    """ "a" or "an", by how the word begins when it is said."""
    first = re.split(r"[\s-]", word, maxsplit=1)[0]
    if len(first) > 1 and first.isupper() and not any(letter in _VOWELS for letter in first):
        return "an" if first[0] in _SPELT_WITH_VOWEL else "a"
    if _SILENT_H.match(first):
        return "an"
    return "an" if first[:1].upper() in tuple(_VOWELS) and not _AS_YOU.match(first) else "a"


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def small(words: str) -> str:
    """As they stand inside a sentence; "URN" and "TAC" stay as they are."""
    return words if len(words) > 1 and words[1].isupper() else words[:1].lower() + words[1:]


def words_of(wording: Mapping[str, Forms]) -> Words:
    """Every way in which a sentence may need the forms, by the name of its place. Of a label that is not among them:
    as shipped."""
    found: dict[str, str] = {}
    for label in LABELS.values():
        for name, text in {**label.shipped, **wording.get(label.key, {})}.items():
            with_article = f"{article(text)} {text}"
            found |= {
                name: text,
                f"a_{name}": with_article,
                f"A_{name}": capital(with_article),
                "_".join(part.capitalize() for part in name.split("_")): " ".join(map(capital, text.split(" "))),
            }
            found[capital(name)] = capital(text)
    return found


def wording_on(rows: Iterable[tuple[str, date, Forms]], day: date) -> dict[str, Forms]:
    """Of each label the forms in force on a day; none before its first day."""
    return {key: forms for key, from_on, forms in sorted(rows, key=lambda row: row[1]) if from_on <= day}


SHIPPED: Words = words_of({})
_PLACE = re.compile(r"(?<!\{)\{(" + "|".join(SHIPPED) + r")\}(?!\})")
_SPOKEN: ContextVar[Callable[[], Words]] = ContextVar("spoken", default=lambda: SHIPPED)


def current() -> Callable[[], Words]:
    """What gives the words that are spoken now, for work that goes on when the page that set them is done."""
    return _SPOKEN.get()


@contextmanager
def speaking(words: Callable[[], Words]) -> Iterator[None]:
    """Let everything inside be said in these words; asked for only where something is said."""
    before = _SPOKEN.set(words)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def as_shipped() -> AbstractContextManager[None]:
    """Let everything inside be said as Plumbline comes: what is hashed or compared, and our own documentation."""
    return speaking(lambda: SHIPPED)


def word(name: str) -> str:
    """The word for one place, such as "a_tac". Raises KeyError for a place that there is not."""
    return _SPOKEN.get()()[name]


def say(text: str) -> str:
    """A text of ours with its places filled; other braces stay."""
    return _PLACE.sub(lambda place: word(place[1]), text) if "{" in text else text


class Said(Mapping[str, str]):
    """A table of texts of ours, each said when it is read."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __getitem__(self, key: str) -> str:
        return say(self._texts[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


class Spoken:
    """Every word by the name of its place, for templates: `labels.a_tac`."""

    def __getitem__(self, name: str) -> str:
        return word(name)


def in_words(label: Label, forms: Forms) -> str:
    """The label's example in these forms; in those it is shipped with where there are none."""
    with speaking(lambda: words_of({label.key: forms})):
        return say(label.example)


_Class = TypeVar("_Class", bound=type)


def spoken(*names: str) -> Callable[[_Class], _Class]:
    """These texts of a frozen dataclass with slots are given with places, and read in the words of the day."""

    def decorate(cls: _Class) -> _Class:
        for name in names:
            kept = vars(cls)[name]
            setattr(cls, name, property(_filled(kept), kept.__set__))
        return cls

    return decorate


def _filled(kept: Any) -> Callable[[Any], str]:
    return lambda holder: say(kept.__get__(holder))


def check_forms(key: str, forms: Forms) -> dict[str, str]:
    """The forms as they are kept. Raise RuleBroken: unknown_label, or what `check_form` says of one."""
    if key not in LABELS:
        raise RuleBroken(f"There is no label “{key}”.", code="unknown_label")
    return {form.name: check_form(form, forms.get(form.name, "")) for form in LABELS[key].forms}


def check_form(form: Form, text: str) -> str:
    """The words as they are kept. Raise RuleBroken: missing_words, long_words, bad_words."""
    text = text.strip()
    if not text:
        raise RuleBroken(f"{form.asked}: enter what it is called.", code="missing_words")
    if len(text) > LONGEST:
        raise RuleBroken(f"{form.asked}: {LONGEST} characters at most.", code="long_words")
    if not text.isprintable() or any(bracket in text for bracket in "{}<>"):
        raise RuleBroken(f"{form.asked}: words on one line, without {{ }} < and >.", code="bad_words")
    return text
