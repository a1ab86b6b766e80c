"""A list that seems to be of another day, on the page: refused, and taken only with the reason that is kept."""

from datetime import UTC, date, datetime
from pathlib import Path

from plumbline.exchange import uploads
from plumbline.exchange.models import Upload
from plumbline.intake.models import Import
from plumbline.ofsted.models import Setting
from tests.factories.people import UserFactory

CASE = Path(__file__).parents[2] / "data" / "cases" / "ofsted_title_of_another_day" / "list.csv"
TODAY = date(2026, 9, 30)


def worked(upload: Upload, home: Path, work=uploads.look) -> Upload:
    work(upload_id=upload.pk, home=home, now=lambda: datetime.now(tz=UTC), on=TODAY)
    upload.refresh_from_db()
    return upload


def test_a_list_of_another_day_is_taken_only_with_a_reason_that_is_kept(own_database, page, settings, tmp_path):
    settings.HOME, settings.TODAY = tmp_path, TODAY
    client = page(UserFactory(role="performance_analyst"))
    with CASE.open("rb") as file:
        day = {"as_at_day": "30", "as_at_month": "9", "as_at_year": "2026"}
        client.post("/imports/new/", {"kind": "ofsted", "files": [file], **day})
    upload = worked(Upload.objects.get(), tmp_path)
    address = f"/imports/uploads/{upload.pk}/"

    assert (upload.state, upload.result["code"]) == ("refused", "title_of_another_day")
    assert "Why is the list of that day all the same?" in client.get(address).content.decode()

    client.post(f"{address}look/", {"because": "Ofsted forgot to change the title"})
    assert worked(upload, tmp_path).state == "ready"
    assert "Of the 0 settings where our children are, none changes." in client.get(address).content.decode()
    client.post(f"{address}take/")
    worked(upload, tmp_path, uploads.take)

    assert Import.objects.get(kind="ofsted").because == "Ofsted forgot to change the title"
    assert Setting.objects.get().last_checked_on == date(2023, 3, 31)
    assert "Ofsted forgot to change the title" in client.get(f"/imports/{upload.import_run_id}/").content.decode()
