"""What the forms of the rooms ask only of some: needed where it is asked, and counted for nothing where it is not."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from plumbline.web.commissioning.evaluation.forms import Declaration
from plumbline.web.commissioning.tenders.forms import PassThese
from plumbline.web.contracts.care.forms import ReadReport, RecordAssessment
from plumbline.web.contracts.care.steps import Safeguarding
from plumbline.web.contracts.incidents.forms import Concerns, MarkSent, SetAside
from plumbline.web.contracts.provider.forms import Decide
from plumbline.web.kit.forms import PageForm


def sent(**given: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(given)
    return data


def day(name: str) -> dict[str, str]:
    return {f"{name}_day": "1", f"{name}_month": "7", f"{name}_year": "2016"}


RETURNS = {"returns": [("7", "Section 11 of Alder")], "months": 12}
OWNERS = {"owners": [("provider", "Alder Care")]}
CRITERIA = {"criteria": [SimpleNamespace(key="dbs", title="Checks", policy="dbs"),
                         SimpleNamespace(key="size", title="Size", policy="")]}  # fmt: skip
COMPLETED = {**day("completed_on"), "instrument": "Section 11"}

# Form, what it is made with, the answer that asks, the one that does not, and what is asked.
ASKED: list[tuple[type[PageForm], dict[str, Any], dict[str, str], dict[str, str], dict[str, str]]] = [
    (MarkSent, {}, {"channel": "Telephone", "sent": "earlier"}, {"channel": "Telephone", "sent": "now"},
     {**day("sent_on"), "sent_time": "14:30"}),
    (SetAside, {}, {"kind": "same", "because": "x"}, {"kind": "error", "because": "x"}, {"other": "INC-2016-00004"}),
    (Concerns, {}, {"concerned": "no"}, {"concerned": "yes"}, {"because": "She was at school."}),
    (Decide, {}, {"decision": "refuse"}, {"decision": "accept"}, {"because": "It names no deputy."}),
    (Declaration, {}, {"has_conflict": "yes"}, {"has_conflict": "no"}, {"conflict": "My sister works there."}),
    (Safeguarding, {}, {"concerns_raised": "yes"}, {"concerns_raised": "no"},
     {"concerns": "Late medicines", "concerns_action": "They are counted."}),
    (ReadReport, OWNERS, {"concerning": "yes"}, {"concerning": "no"},
     {"concern": "Restraints have doubled.", "title": "Say why", **day("due_on")}),
    (PassThese, CRITERIA, {"criteria": "dbs"}, {"criteria": "size"}, day("reviewed_dbs")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "made", "asks", "other", "asked"), ASKED, ids=lambda each: getattr(each, "__name__", "")
)
def test_what_is_asked_is_needed_and_what_is_not_counts_for_nothing(form, made, asks, other, asked) -> None:
    names = {name.removesuffix("_day") for name in asked if not name.endswith(("_month", "_year"))}
    assert set(form(sent(**asks), **made).errors) == names
    answered, unasked = form(sent(**asks, **asked), **made), form(sent(**other, **asked), **made)
    assert (answered.errors, unasked.errors) == ({}, {})
    assert [name for name in names if not answered.cleaned_data[name]] == []
    assert [name for name in names if unasked.cleaned_data[name]] == []


def test_the_moment_at_which_someone_was_told_is_that_of_an_earlier_day_only() -> None:
    typed = {"channel": "Telephone", **day("sent_on"), "sent_time": "14:30"}
    earlier, now = MarkSent(sent(**typed, sent="earlier")), MarkSent(sent(**typed, sent="now"))
    assert (earlier.is_valid(), now.is_valid()) == (True, True)
    assert (earlier.cleaned_data["sent_at"].isoformat(), now.cleaned_data["sent_at"]) == (
        "2016-07-01T13:30:00+00:00",
        None,
    )


def test_an_assessment_is_a_file_or_of_a_return() -> None:
    paper = {"document": SimpleUploadedFile("a.pdf", b"x")}
    assert RecordAssessment(sent(**COMPLETED), **RETURNS).errors == {"document": ["Attach the assessment"]}
    assert RecordAssessment(sent(**COMPLETED), paper, **RETURNS).errors == {}
    of_return = RecordAssessment(sent(**COMPLETED, return_id="7"), paper, **RETURNS)
    assert (of_return.errors, of_return.cleaned_data["document"]) == ({}, None)


def test_where_there_is_no_return_an_assessment_is_a_file() -> None:
    without = {"returns": [], "months": 12}
    assert RecordAssessment(sent(**COMPLETED), **without).errors == {"document": ["Attach the assessment"]}
