"""What documents and policies are called on pages."""

from datetime import date

from plumbline.contracts.models import Policy
from plumbline.evidence.models import Document
from plumbline.evidence.rules import EXPIRING_WITHIN
from plumbline.kernel import wording
from plumbline.kernel.labels import capital, small

# By its kind a document serves every toolkit and contract that asks for it; the policies have the keys of the law's
# changes.
KINDS: tuple[tuple[str, str], ...] = (
    *((key, f"Policy: {small(label)}") for key, label in Policy.choices),
    ("insurance", "Insurance certificate"),
    ("registration", "Certificate of registration"),
    ("accounts", "Accounts"),
    ("inspection_report", "Inspection report"),
    ("visit_report", "Report of a visit"),
    ("minutes", "Minutes"),
    ("training_record", "Record of training"),
    ("other", "Something else"),
)
_KINDS = dict(KINDS)
POLICIES = tuple(Policy.choices)


def kind(key: str) -> str:
    return _KINDS.get(key, key.replace("_", " ").replace(".", ": ").capitalize())


def policies(keys: list[str]) -> str:
    """ "Safeguarding, safer recruitment"."""
    named = dict(POLICIES)
    return capital(", ".join(named.get(key, key.replace("_", " ")).lower() for key in keys))


def period(document: Document) -> str:
    """ "1 April 2015 to 31 March 2016"; "" where it was not said."""
    first, last = document.period_from, document.period_to
    if first and last:
        return f"{wording.day(first)} to {wording.day(last)}"
    if first:
        return f"from {wording.day(first)}"
    return f"to {wording.day(last)}" if last else ""


def state_of(document: Document, on: date, *, replaced: bool) -> tuple[str, str]:
    """The state's key for its tag, and the word."""
    if document.withdrawn_at:
        return "grey", "Withdrawn"
    if replaced:
        return "grey", "Replaced"
    if document.expires_on and document.expires_on < on:
        return "red", "Expired"
    if document.expires_on and document.expires_on <= on + EXPIRING_WITHIN:
        return "amber", "Expires soon"
    return "green", "In use"


def size(number: int) -> str:
    if number >= 1024 * 1024:
        return f"{wording.number(number / (1024 * 1024))} MB"
    return f"{wording.number(max(1, round(number / 1024)))} KB"
