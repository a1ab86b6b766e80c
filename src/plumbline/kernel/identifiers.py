"""Numbers by which registers know an organisation, in the one form in which they are kept and compared.

Sources: a company number has eight characters, digits or a prefix such as SC, NI or OC with digits after it, padded
with zeros (Companies Act 2006, section 1066; Companies House, "Company number format"); spreadsheets drop its leading
zeros (360Giving, "Do I need the leading 0 in company numbers?"). A charity number of England and Wales is never padded;
one of Scotland is SC and six digits (OSCR). A number of the central digital platform is written PNZN-1234-XYZW.
"""

import re
from collections.abc import Iterable

COMPANY, CHARITY, SCOTTISH_CHARITY, PLATFORM = "GB-COH", "GB-CHC", "GB-SC", "GB-PPON"
# A council's own number, or one of which nobody said whose register it is of.
LOCAL = "LOCAL"

# What people and services write where there is no number.
_NONE = frozenset(
    {"", "N/A", "NA", "NONE", "NULL", "NIL", "TBC", "TBA", "UNKNOWN", "NOTAPPLICABLE", "-", "#N/A", "NAN"}
)
_PREFIXED = re.compile(r"([A-Z]{2}|R)?(\d+)")
_PLATFORM = re.compile(r"([A-Z]{4})-?(\d{4})-?([A-Z]{4})")


def scheme_of(scheme: str) -> str:
    return "".join(scheme.split()).upper()


def one_form(scheme: str, number: str) -> str:
    """The number as it is kept and compared; "" where it is none: "1234567" of a company is "01234567".

    A number that is not written as its register does is kept, upper case and without spaces.
    """
    scheme = scheme_of(scheme)
    said = "".join(number.split()).upper().removeprefix(f"{scheme}-")
    said = re.sub(r"(?<=\d)\.0+$", "", said)
    if said in _NONE or not said.strip("0-./"):
        return ""
    if scheme == COMPANY:
        return _padded(said, 8)
    if scheme == SCOTTISH_CHARITY:
        return _padded(said if said.startswith("SC") else f"SC{said}", 8)
    if scheme == CHARITY:
        return said.lstrip("0")
    if scheme == PLATFORM and (parts := _PLATFORM.fullmatch(said)):
        return "-".join(parts.groups())
    return said


def _padded(said: str, width: int) -> str:
    parts = _PREFIXED.fullmatch(said)
    if parts is None:
        return said
    prefix, digits = parts[1] or "", parts[2].lstrip("0")
    return prefix + digits.zfill(width - len(prefix))


def in_one_form(identifiers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Each once, as scheme and number; those that are no number left out."""
    forms = ((scheme_of(scheme), one_form(scheme, number)) for scheme, number in identifiers)
    return tuple(dict.fromkeys((scheme, number) for scheme, number in forms if scheme and number))


def any_form(number: str) -> frozenset[str]:
    """What a number may be kept as where nobody says of which register it is."""
    return frozenset(
        form for scheme in (LOCAL, COMPANY, CHARITY, SCOTTISH_CHARITY, PLATFORM) if (form := one_form(scheme, number))
    )


def read(text: str) -> tuple[str, str]:
    """The scheme and number of one cell: "GB-COH-1234567", or a number alone. ("", "") where it says nothing.

    Eight digits, or a prefix of letters with six, are a company's. Six or seven digits can be a charity's, or a
    company's without its zero: whose they are is not guessed (LOCAL).
    """
    said = "".join(text.split()).upper()
    if found := re.fullmatch(r"([A-Z]{2}-[A-Z]+)[-:/]+(.+)", said):
        number = one_form(found[1], found[2])
        return (found[1], number) if number else ("", "")
    scheme = COMPANY if re.fullmatch(r"\d{8}|[A-Z]{2}\d{6}", said) and said.strip("0") else LOCAL
    if _PLATFORM.fullmatch(said):
        scheme = PLATFORM
    number = one_form(scheme, said)
    return (scheme, number) if number else ("", "")
