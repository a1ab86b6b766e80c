"""The portal's list of bids, entered from a file."""

from pathlib import Path

import pytest
import xlsxwriter

from plumbline.commissioning.models import Bid, Tender
from plumbline.exchange.bids import Taken, take_bids
from plumbline.exchange.wrong_files import WrongFile
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.models import Organisation, User
from tests.integration.commissioning.tendering import COUNCIL, LATER, a_supplier, a_tender, a_user, act

pytestmark = pytest.mark.django_db

HEADER = "Supplier,Received,Company number,Price,New to council,quality,How will you safeguard?"
ASH = 'Ash Ltd,30/08/2016 11:58,01234567,"£440,000.50",yes,Well.,Always.'


@pytest.fixture
def commissioner() -> User:
    return a_user()


@pytest.fixture
def tender(commissioner: User) -> Tender:
    return a_tender(commissioner, state="closed")


def take(tender: Tender, by: User, folder: Path, *rows: str, header: str = HEADER) -> Taken:
    path = folder / "bids.csv"
    path.write_text("\n".join((header, *rows)), encoding="utf-8")
    return take_bids(tender_id=tender.pk, path=path, council=COUNCIL, act=act(by, LATER))


def test_a_bid_is_entered_with_its_supplier_price_and_time(tender, commissioner, tmp_path) -> None:
    take(tender, commissioner, tmp_path, ASH)
    bid = Bid.objects.get()
    said = (bid.supplier.name, bid.supplier.identifiers.get().value, str(bid.price), bid.received_at.isoformat(),
            bid.new_to_council)  # fmt: skip
    assert said == ("Ash Ltd", "01234567", "440000.50", "2016-08-30T10:58:00+00:00", True)


def test_answers_are_known_by_the_questions_key_or_title(tender, commissioner, tmp_path) -> None:
    take(tender, commissioner, tmp_path, ASH)
    answers = Bid.objects.get().answers.order_by("question").values_list("question", "text")
    assert list(answers) == [("quality", "Well."), ("safeguarding", "Always.")]


def test_the_same_file_again_changes_nothing(tender, commissioner, tmp_path) -> None:
    take(tender, commissioner, tmp_path, ASH)
    assert take(tender, commissioner, tmp_path, ASH) == Taken(0, 1, ())


def test_a_supplier_is_known_by_its_number_whatever_its_name(tender, commissioner, tmp_path) -> None:
    supplier = a_supplier("Ash Limited")
    supplier.identifiers.create(scheme="GB-COH", value="01234567")
    take(tender, commissioner, tmp_path, ASH)
    assert Bid.objects.get().supplier == supplier


def test_a_name_with_another_number_is_left_to_a_person(tender, commissioner, tmp_path) -> None:
    a_supplier("Ash Ltd").identifiers.create(scheme="GB-COH", value="99999999")
    taken = take(tender, commissioner, tmp_path, ASH)
    assert [("is here with 01234567" in each.reason, each.line) for each in taken.refused] == [(True, 2)]


@pytest.mark.parametrize(("row", "reason"), [
    (",30/08/2016,,,,,", "The supplier needs a name."),
    ("Oak,31/02/2016,,,,,", "received: “31/02/2016” is no day."),
    ("Oak,30/08/2016 25:00,,,,,", "has no such time"),
    ("Oak,30/08/2016,,cheap,,,", "price: “cheap” is no number."),
    ("Oak,30/08/2016,,NaN1,,,", "price: “NaN1” is no"),
    ("Oak,30/08/2016,,,perhaps,,", "neither yes nor no"),
    ("Oak,30/12/2016,,,,,", "is a date in the future"),
])  # fmt: skip
def test_a_row_that_cannot_be_taken_says_why_and_stops_no_other(
    tender, commissioner, tmp_path, row: str, reason: str
) -> None:
    taken = take(tender, commissioner, tmp_path, row, ASH)
    assert (taken.added, [reason in each.reason for each in taken.refused]) == (1, [True])


def test_a_refused_row_leaves_no_supplier_behind(tender, commissioner, tmp_path) -> None:
    take(tender, commissioner, tmp_path, "Oak,30/08/2016,,cheap,,,")
    assert not Organisation.objects.filter(name="Oak").exists()


def test_a_late_bid_of_the_file_is_entered_and_stopped(tender, commissioner, tmp_path) -> None:
    take(tender, commissioner, tmp_path, "Oak,02/09/2016 08:00,,,,Well.,")
    assert Bid.objects.get().state == "disqualified"


def test_a_spreadsheet_is_read_whatever_it_is_called(tender, commissioner, tmp_path) -> None:
    path = tmp_path / "bids"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Supplier", "Received", "Price"])
        sheet.write_row(1, 0, ["Ash Ltd", "30/08/2016", 440000])
    take_bids(tender_id=tender.pk, path=path, council=COUNCIL, act=act(commissioner, LATER))
    assert str(Bid.objects.get().price) == "440000.00"


def test_a_file_that_is_no_list_of_bids_is_refused_whole(tender, commissioner, tmp_path) -> None:
    with pytest.raises(WrongFile):
        take(tender, commissioner, tmp_path, "1,2", header="Apples,Pears")


def test_no_bid_is_taken_before_the_tender_is_closed(commissioner, tmp_path) -> None:
    tender = a_tender(commissioner, state="published")
    with pytest.raises(RuleBroken, match="after they were opened"):
        take(tender, commissioner, tmp_path, ASH)


def test_only_a_commissioner_takes_bids(tender, tmp_path) -> None:
    with pytest.raises(NotAllowed):
        take(tender, a_user("contract_officer"), tmp_path, ASH)
