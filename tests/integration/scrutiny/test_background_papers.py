"""The background papers of a report: what its claims rest on, and nothing that they do not."""

import pytest

from plumbline.scrutiny import queries
from plumbline.scrutiny.models import ClaimEvidence
from tests.factories.toolkits import a_document
from tests.integration.scrutiny.situations import TODAY, write
from tests.integration.scrutiny.test_reports import SAID, answers

pytestmark = pytest.mark.django_db
TACS, AUDITS = "Early help episodes (TACs)", "Register of quality audits of TACs"
OPEN = {"now": {"key": "tac_open", "as_at": "D"}}
PERSONAL = "Children's Services; holds personal data"


def papers(report) -> dict[str, str]:
    """Where each is held, by its title; but for the guide, from which the question is."""
    document = queries.report_document(report, viewer=None, on=TODAY, council="", colour="#1d4f6e")
    return {paper.title: paper.where for paper in document.front.background_papers}


def test_the_guide_is_a_background_paper_of_every_report():
    (title,) = papers(write((6,), answers=answers({"paragraph": "Nothing is counted here."})))
    assert title.startswith("Centre for Public Scrutiny")


def test_a_figure_names_the_records_that_it_was_counted_from_and_to_which_day(small_county):
    found = papers(write((6,), answers=answers({"paragraph": "{{now}} are open."}, figures=OPEN)))
    assert [(title, where) for title, where in found.items() if "to 31 July 2016" in title] == [
        ("Early help episodes (TACs), from the council's case system, to 31 July 2016", PERSONAL)
    ]


def test_a_figure_that_no_claim_places_is_no_background_paper(small_county):
    found = papers(write((6,), answers=answers({"paragraph": "Many are open."}, figures=OPEN)))
    assert [title for title in found if TACS in title or AUDITS in title] == []


def test_a_figure_counted_from_a_register_names_the_register_and_the_moment():
    open_contracts = {"now": {"key": "contracts_open", "as_at": "D"}}
    found = papers(write((6,), answers=answers({"paragraph": "{{now}} contracts."}, figures=open_contracts)))
    (title,) = (title for title in found if title.startswith("Register of contracts, as the records stood on "))
    assert found[title] == "Children's Services"


def test_words_of_others_are_named_with_who_agreed_that_they_are_printed():
    found = papers(write((6,), answers=answers({"quotation": "youth"}, quotations={"youth": SAID})))
    assert found["Fenmarsh Youth Council: Letter, 1 May 2016"] == "Agreed by the youth council"


def test_a_document_that_a_claim_rests_on_is_named():
    report = write((6,), answers=answers({"paragraph": "The policy was read."}))
    document = a_document(title="Policy on safer recruitment")
    ClaimEvidence.objects.create(claim=report.answers.get().claims.get(), document=document)
    assert papers(report)["Policy on safer recruitment"] == "Children's Services"
