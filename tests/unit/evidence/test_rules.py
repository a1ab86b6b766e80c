"""What is flagged of a document that expires, on each side of its last day."""

from datetime import date, timedelta

import pytest

from plumbline.evidence.rules import expires

LAST = date(2016, 8, 15)


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (LAST - timedelta(1), "document_expiring"),
        (LAST, "document_expiring"),
        (LAST + timedelta(1), "document_expired"),
    ],
)
def test_a_document_has_expired_on_the_day_after_its_last(on: date, kind: str) -> None:
    assert expires(title="“Insurance”", whose="Larch Care", expires_on=LAST, on=on)[0] == kind


def test_the_sentence_names_whose_it_is_where_that_may_be_said() -> None:
    said = expires(title="“Insurance”", whose="Larch Care", expires_on=LAST, on=LAST)[1]
    assert said == "“Insurance” of Larch Care expires on 15 August 2016. Ask for its successor."
    assert expires(title="Restricted document 4", whose="", expires_on=LAST, on=LAST)[1].startswith(
        "Restricted document 4 expires"
    )
