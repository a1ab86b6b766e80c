"""A row of a list that Ofsted publishes, refused: mended, it stands in its list as if it had come with it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from plumbline.exchange import uploads
from plumbline.exchange.import_ofsted import import_ofsted
from plumbline.exchange.models import RefusedRow
from plumbline.exchange.operations import rows as operations
from plumbline.kernel.errors import RuleBroken
from plumbline.ofsted.models import Judgement, Listing, OfstedList, Setting
from plumbline.people.act import Act

pytestmark = pytest.mark.django_db

AT = datetime(2016, 7, 31, 9, 30, tzinfo=UTC)
NOW = Act(None, AT, date(2016, 7, 31))
MARCH = date(2016, 3, 31)
HEADER = (
    "URN,Registration status,Setting Name,Provision type,Region,Local authority,Inspection date,Publication date,"
    "Inspection Event Type,Overall effectiveness"
)
ASH = "SC000001,Active,Ash House,Children's home,London,Barnet,01/02/2016,01/03/2016,Full inspection,Good"
BEECH = "SC000002,Active,Beech House,Children's home,London,Barnet,31/02/2016,01/03/2016,Full inspection,Inadequate"
MENDED = BEECH.replace("31/02", "21/02")


def read(folder: Path, *rows: str, as_at: date = MARCH, name: str = "march") -> dict[str, Any]:
    path = folder / f"{name}.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return import_ofsted(path, as_at=as_at, act=NOW)


def mend(**changes: str) -> RefusedRow:
    row = RefusedRow.objects.get(state="open")
    cells = uploads.cells_of(row) | {name.replace("_", " "): text for name, text in changes.items()}
    operations.mend_row(refused_id=row.pk, cells=cells, act=NOW)
    row.refresh_from_db()
    return row


def known() -> dict[str, list[Any]]:
    return {
        "settings": list(
            Setting.objects.order_by("urn").values_list(
                "urn", "name", "region", "status", "status_since", "listed_on", "gone_since"
            )
        ),
        "listings": list(Listing.objects.order_by("line").values_list("setting__urn", "line", "said_grade")),
        "judgements": list(
            Judgement.objects.order_by("inspection__setting__urn").values_list(
                "inspection__setting__urn", "inspection__inspected_on", "aspect", "grade", "ofsted_list__as_at"
            )
        ),
        "lists": list(OfstedList.objects.values_list("as_at", "whole", "regions")),
    }


def test_a_mended_row_ends_as_if_it_had_come_with_its_list(tmp_path: Path) -> None:
    with transaction.atomic():
        read(tmp_path, ASH, MENDED)
        whole = known()
        transaction.set_rollback(True)
    read(tmp_path, ASH, BEECH)
    mend(inspection_date="21/02/2016")
    assert known() == whole


def test_a_setting_mended_into_an_older_list_is_gone_from_a_newer_one(tmp_path: Path) -> None:
    read(tmp_path, ASH, BEECH)
    read(tmp_path, ASH, as_at=date(2016, 6, 30), name="june")
    mend(inspection_date="21/02/2016")
    assert list(Setting.objects.order_by("urn").values_list("urn", "gone_since")) == [
        ("SC000001", None),
        ("SC000002", date(2016, 6, 30)),
    ]


def test_a_row_mended_wrongly_changes_nothing(tmp_path: Path) -> None:
    read(tmp_path, ASH, BEECH)
    before = known()
    with pytest.raises(RuleBroken, match="is not a date"):
        mend(inspection_date="2016-02-30")
    assert known() == before


def test_a_row_mended_into_one_that_the_list_has_already_is_refused(tmp_path: Path) -> None:
    read(tmp_path, ASH, BEECH)
    with pytest.raises(RuleBroken, match="is on line 2 of this list"):
        mend(urn="SC000001", inspection_date="21/02/2016")


def test_a_row_without_a_urn_is_mended_by_giving_it_one(tmp_path: Path) -> None:
    read(tmp_path, ASH, MENDED.replace("SC000002", ""))
    mend(urn="SC000002")
    assert Setting.objects.get(urn="SC000002").status == "adverse"


def test_a_row_with_too_few_cells_can_be_filled(tmp_path: Path) -> None:
    read(tmp_path, ASH, "SC000002,Active,Beech House,Children's home")
    mend(inspection_date="21/02/2016", overall_judgement="Inadequate", inspection_event_type="Full inspection")
    assert Setting.objects.get(urn="SC000002").status == "adverse"


def test_the_same_list_put_right_by_its_publisher_settles_the_row(tmp_path: Path) -> None:
    read(tmp_path, ASH, BEECH)
    read(tmp_path, ASH, MENDED)
    assert RefusedRow.objects.values_list("state", "settled_because").get() == (
        "mended",
        "Came in with march.csv handed in later.",
    )


def test_the_same_list_again_keeps_a_refused_row_once_and_one_set_aside_stays_so(tmp_path: Path) -> None:
    read(tmp_path, ASH, BEECH)
    operations.dismiss_row(refused_id=RefusedRow.objects.get().pk, because="A test", act=NOW)
    read(tmp_path, ASH, BEECH)
    assert RefusedRow.objects.values_list("state").get() == ("dismissed",)
