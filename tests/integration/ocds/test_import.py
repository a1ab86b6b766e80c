"""Packages of published notices taken in, and suppliers decided, merged and taken apart again."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.audit.models import Event
from plumbline.commissioning.models import OcdsContract, OcdsParty, OcdsProcess, OcdsRelease, SupplierMerge
from plumbline.commissioning.operations import suppliers
from plumbline.exchange.import_ocds import import_ocds
from plumbline.exchange.models import RefusedRow
from plumbline.exchange.ocds_files import together
from plumbline.exchange.wrong_files import WrongFile
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import Organisation, OrganisationIdentifier
from tests.integration.placements.situations import a_user
from tests.published import OCDS

CASES = Path(__file__).parents[2] / "data" / "cases"
pytestmark = pytest.mark.django_db

AT = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
ON = date(2025, 3, 1)
ACT = Act(None, AT, ON)


def release(ocid: str = "ocds-abc123-1", number: str = "1", day: str = "2025-01-10T09:00:00Z", **more) -> dict:
    return {
        "ocid": ocid,
        "id": f"{ocid}-{number}",
        "date": day,
        "tag": ["tender"],
        "initiationType": "tender",
        **more,
    }


def award(name: str = "Fenside Care Ltd", scheme: str = "", number: str = "", party: str = "P1") -> dict:
    identifier = {"scheme": scheme, "id": number} if scheme else {"legalName": name}
    return {
        "parties": [{"id": party, "name": name, "roles": ["supplier"], "identifier": identifier}],
        "awards": [{"id": "A1", "status": "active", "suppliers": [{"id": party, "name": name}]}],
    }


def package(folder: Path, *releases: dict, name: str = "package.json") -> Path:
    path = folder / name
    path.write_text(json.dumps({"uri": "https://example.org", "version": "1.1", "releases": releases}))
    return path


def take(path: Path, *, act: Act = ACT, **more):
    return import_ocds(path, act=act, **more)


# --- the public packages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "releases"), [("ocds-213czf-000-00001", 6), ("record_ocds-213czf-000-00001", 1)])
def test_the_example_of_the_standard_is_taken_whole(name, releases):
    result = take(OCDS / "fictional_example" / f"{name}.json")

    assert [counts["added"] for counts in result["files"].values()] == [releases]


@pytest.mark.parametrize(
    ("name", "releases"),
    [("contractsfinder_release_package_2025-01-23.json", 100), ("sell2wales_releases_2025-02.json", 40)],
)
def test_a_valid_public_package_is_taken_whole(shared_data, name, releases):
    result = take(shared_data / "ocds" / name)

    assert [counts["added"] for counts in result["files"].values()] == [releases]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("publiccontractsscotland_releases_2019-04.json", "None of the 10 releases .* “id” is missing"),
        ("fictional_example/uk_organization_classification.json", "“initiationType” is missing"),
    ],
)
def test_an_invalid_public_package_is_refused_with_its_reason(shared_data, name, reason):
    with pytest.raises(WrongFile, match=reason):
        take(shared_data / "ocds" / name)

    assert not OcdsRelease.objects.exists()


def test_the_same_public_package_again_changes_nothing(shared_data):
    path = shared_data / "ocds" / "contractsfinder_release_package_2025-01-23.json"
    take(path)

    assert list(take(path)["files"].values()) == [
        {"read": 100, "added": 0, "changed": 0, "unchanged": 100, "repeated": 0, "refused": 0}
    ]


def test_all_stages_of_one_process_come_together():
    take(OCDS / "fictional_example" / "ocds-213czf-000-00001.json")

    contract = OcdsContract.objects.get()
    assert (contract.process.buyer_name, contract.status, contract.value) == (
        "London Borough of Barnet",
        "active",
        11000000,
    )


def test_titles_read_as_they_were_written(shared_data):
    take(shared_data / "ocds" / "contractsfinder_release_package_2025-01-23.json")

    assert not OcdsProcess.objects.filter(title__contains="â€").exists()


# --- later wins -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_later_release_wins_whichever_came_in_first(tmp_path, order):
    both = [
        release(
            number="1", day="2025-01-10T09:00:00Z", tender={"id": "T", "status": "active", "title": "As published"}
        ),
        release(
            number="2", day="2025-01-10T11:30:00+01:00", tender={"id": "T", "status": "cancelled", "title": "Later"}
        ),
    ]
    for place in order:
        take(package(tmp_path, both[place], name=f"{place}.json"))

    assert OcdsProcess.objects.values_list("title", "tender_status").get() == ("Later", "cancelled")


def test_a_release_known_by_its_id_with_other_content_is_a_change(tmp_path):
    take(package(tmp_path, release(tender={"id": "T", "title": "Before"})))

    result = take(package(tmp_path, release(tender={"id": "T", "title": "After"})))

    assert (result["files"]["package"]["changed"], OcdsProcess.objects.get().title) == (1, "After")


# --- refused ----------------------------------------------------------------------------------------------------------


def test_one_bad_release_stops_no_other_and_is_kept(tmp_path):
    bad = release(number="2")
    del bad["initiationType"]

    result = take(package(tmp_path, release(), bad))

    assert [(row["line"], row["code"]) for row in result["refused"]] == [(2, "invalid_release")]
    assert OcdsRelease.objects.count() == 1
    assert RefusedRow.objects.get().reason == "“initiationType” is missing (OCDS 1.1.5)."


def test_the_same_id_with_other_content_in_one_package_is_a_conflict(tmp_path):
    result = take(package(tmp_path, release(language="en"), release(language="cy")))

    assert [row["code"] for row in result["refused"]] == ["conflict_in_file"]


def test_an_exact_repeat_is_counted(tmp_path):
    assert take(package(tmp_path, release(), release()))["files"]["package"]["repeated"] == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [("{", "not_json"), ("[1, 2]", "not_ocds"), ('{"name": "a list of cats"}', "not_ocds")],
)
def test_another_kind_of_file_is_refused(tmp_path, text, code):
    path = tmp_path / "wrong.json"
    path.write_text(text)

    with pytest.raises(WrongFile) as refused:
        take(path)

    assert refused.value.code == code


def test_a_dry_run_changes_nothing(tmp_path):
    result = take(package(tmp_path, release()), dry_run=True)

    assert (result["files"]["package"]["added"], OcdsProcess.objects.exists()) == (1, False)


# --- suppliers --------------------------------------------------------------------------------------------------------


def a_supplier(name: str = "Fenside Care Ltd", scheme: str = "", number: str = "") -> Organisation:
    made = Organisation.objects.create(name=name, sort_key=name.casefold(), sector="other")
    if scheme:
        OrganisationIdentifier.objects.create(organisation=made, scheme=scheme, value=number)
    return made


def test_a_supplier_is_matched_by_its_number(tmp_path):
    known = a_supplier("Fenside Care Limited", "GB-COH", "01234567")

    take(package(tmp_path, release(**award(scheme="GB-COH", number="01234567"))))

    assert OcdsParty.objects.values_list("match", "organisation").get() == ("identifier", known.pk)


def test_a_supplier_is_matched_by_its_number_published_without_its_zeros(tmp_path):
    known = a_supplier("Fenside Care Limited", "GB-COH", "01234567")

    take(package(tmp_path, release(**award(scheme="GB-COH", number="1234567"))))

    assert OcdsParty.objects.values_list("match", "organisation").get() == ("identifier", known.pk)


def test_two_suppliers_published_without_a_number_are_not_one_by_their_noughts(tmp_path):
    a_supplier("Fenside Care Limited", "GB-COH", "01234567")

    take(package(tmp_path, release(**award(scheme="GB-COH", number="00000000"))))

    assert OcdsParty.objects.values_list("match", "identifiers").get() == ("waiting", [])


def test_a_supplier_of_the_same_name_without_a_number_waits_for_a_person(tmp_path):
    a_supplier("Fenside Care Ltd")

    take(package(tmp_path, release(**award())))

    assert OcdsParty.objects.values_list("match", "organisation").get() == ("waiting", None)


def test_what_a_person_decided_stays_and_its_number_is_known_next_time(tmp_path):
    known, officer = a_supplier("Fenside"), a_user("contract_officer")
    take(package(tmp_path, release(**award(scheme="GB-CHC", number="99"))))
    party = OcdsParty.objects.get()

    suppliers.decide_party(party_id=party.pk, organisation_id=known.pk, act=Act(officer, AT, ON))
    take(package(tmp_path, release("ocds-abc123-2", **award(scheme="GB-CHC", number="99"))))

    assert sorted(OcdsParty.objects.values_list("match", "organisation")) == [
        ("identifier", known.pk),
        ("person", known.pk),
    ]


def test_one_decision_for_all_alike(tmp_path):
    officer = a_user("contract_officer")
    take(package(tmp_path, release(**award()), release("ocds-abc123-2", **award())))

    settled = suppliers.decide_party(
        party_id=OcdsParty.objects.earliest("pk").pk, not_ours=True, all_alike=True, act=Act(officer, AT, ON)
    )

    assert (settled, OcdsParty.objects.filter(match="waiting").count()) == (2, 0)


def test_a_decision_can_be_undone(tmp_path):
    officer = a_user("contract_officer")
    take(package(tmp_path, release(**award())))
    party = OcdsParty.objects.get()
    suppliers.decide_party(party_id=party.pk, new=True, act=Act(officer, AT, ON))

    suppliers.undo_decision(party_id=party.pk, act=Act(officer, AT, ON))

    assert OcdsParty.objects.get().match == "waiting"


def test_a_number_of_another_supplier_is_not_taken_over(tmp_path):
    a_supplier("Brightwater Homes", "GB-COH", "00000007")
    other, officer = a_supplier("Fenside"), a_user("contract_officer")
    take(package(tmp_path, release(**award())))
    OcdsParty.objects.update(identifiers=[{"scheme": "GB-COH", "id": "00000007"}])

    with pytest.raises(RuleBroken, match="Brightwater Homes"):
        suppliers.decide_party(party_id=OcdsParty.objects.get().pk, organisation_id=other.pk, act=Act(officer, AT, ON))


def test_somebody_who_settles_no_suppliers_decides_nothing(tmp_path):
    take(package(tmp_path, release(**award())))

    with pytest.raises(NotAllowed):
        suppliers.decide_party(party_id=OcdsParty.objects.get().pk, new=True, act=Act(a_user("evaluator"), AT, ON))


def test_two_suppliers_are_merged_and_taken_apart_again():
    first, second, officer = a_supplier("Fenside Care"), a_supplier("Fenside Care Ltd"), a_user("commissioner")

    merge = suppliers.merge_suppliers(
        merged_id=first.pk, into_id=second.pk, because="Companies House: renamed", act=Act(officer, AT, ON)
    )
    first.refresh_from_db()
    assert first.merged_into == second
    suppliers.undo_merge(merge_id=merge.pk, because="Two companies after all", act=Act(officer, AT, ON))

    first.refresh_from_db()
    assert first.merged_into is None


def test_a_supplier_that_is_merged_is_not_merged_again():
    first, second, third = a_supplier("One"), a_supplier("Two"), a_supplier("Three")
    officer = a_user("commissioner")
    suppliers.merge_suppliers(merged_id=first.pk, into_id=second.pk, because="Same", act=Act(officer, AT, ON))

    with pytest.raises(RuleBroken, match="merged already"):
        suppliers.merge_suppliers(merged_id=first.pk, into_id=third.pk, because="Same", act=Act(officer, AT, ON))


def test_a_merge_leaves_its_event_and_its_reason():
    first, second, officer = a_supplier("One"), a_supplier("Two"), a_user("commissioner")
    suppliers.merge_suppliers(merged_id=first.pk, into_id=second.pk, because="Same charity", act=Act(officer, AT, ON))

    assert Event.objects.get(kind="commissioning.supplier.merged").because == "Same charity"
    assert SupplierMerge.objects.get().because == "Same charity"


# --- packages that would break something ------------------------------------------------------------------------------


def amount(said: str) -> str:
    """A release as text, with this for the amount of its award."""
    body = release(awards=[{"id": "A1", "value": {"amount": 11111, "currency": "GBP"}}])
    return json.dumps({"version": "1.1", "releases": [body]}).replace("11111", said)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_json"),
        ("hello", "not_json"),
        ('{"releases": [{"ocid":', "not_json"),
        ('{"releases": ' + "[" * 100_000 + "]" * 100_000 + "}", "not_json"),
        (amount("NaN"), "not_json"),
        (amount("Infinity"), "not_json"),
        (amount("1" * 5000), "not_json"),
        (amount("1e400"), "invalid_package"),
        (amount("1e999999999"), "invalid_package"),
        (amount("123456789012345"), "invalid_package"),
        (amount('"12000"'), "invalid_package"),
        (amount("12").replace("GBP", "QQQ"), "invalid_package"),
        ("null", "not_ocds"),
        ("[1, 2]", "not_ocds"),
        ('{"releases": {"a": 1}}', "not_ocds"),
        (json.dumps({"version": "1.0", "releases": [release()]}), "not_ocds"),
        ('{"records": [null, 5, {"releases": "x"}, {"releases": [{"url": "https://e.org"}]}]}', "invalid_package"),
    ],
)  # fmt: skip
def test_what_is_no_package_is_refused_whole_with_a_sentence(tmp_path, text, code):
    path = tmp_path / "package.json"
    path.write_text(text)

    with pytest.raises(WrongFile) as refused:
        take(path)

    assert (refused.value.code, refused.value.reason.endswith((".", "}"))) == (code, True)


def test_a_file_of_more_than_200_megabytes_is_refused_unread(tmp_path):
    path = tmp_path / "package.json"
    with path.open("wb") as large:
        large.truncate(300 * 1024 * 1024)

    with pytest.raises(WrongFile, match="larger than 200 MB"):
        take(path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"date": "2025-02-30T09:00:00Z"},
        {"date": "9999-12-31T23:59:59-14:00"},
        {"date": "0001-01-01T00:00:00+14:00"},
        {"id": "x" * 201},
        {"ocid": "ocds-abc123-" + "y" * 200},
        {"id": "a\x00b"},
        {"tender": {"id": "T", "title": "a\x00b"}},
        {"tender": {"id": "T", "title": "a\ud800b"}},
        {"awards": [{"id": "A1", "date": "2025-02-30T00:00:00Z"}]},
        {"awards": [{"id": "a" * 201}]},
        {"contracts": [{"id": "C1", "awardID": "A1", "period": {"startDate": "never"}}]},
        {"contracts": [{"id": "C1", "awardID": "A1", "dateSigned": "32/01/2025"}]},
        {"tender": {"id": "T", "extension": json.loads("[" * 900 + "]" * 900)}},
    ],
)
def test_a_release_that_cannot_be_kept_is_refused_and_stops_no_other(tmp_path, wrong):
    result = take(package(tmp_path, {**release(), **wrong}, release("ocds-abc123-2")))

    assert [(row["line"], row["code"]) for row in result["refused"]] == [(1, "invalid_release")]
    assert list(OcdsProcess.objects.values_list("ocid", flat=True)) == ["ocds-abc123-2"]
    assert RefusedRow.objects.count() == 1


def test_extensions_are_kept_and_stand_in_the_way_of_nothing(tmp_path):
    def said(number: str, extension: object) -> dict:
        lots = {"lots": [{"id": "1", "value": extension}], "selectionCriteria": extension}
        return release(
            number=number,
            day=f"2025-01-1{number}T09:00:00Z",
            scoring=extension,
            tender={"id": "T", "title": f"Title {number}", **lots},
        )

    take(package(tmp_path, said("1", "words"), said("2", {"amount": 1}), said("3", ["list"])))

    assert OcdsProcess.objects.get().title == "Title 3"
    assert OcdsRelease.objects.get(release_id__endswith="-2").body["scoring"] == {"amount": 1}


def test_a_supplier_is_renamed_with_its_history():
    by = a_user("commissioner")
    made = Organisation.objects.create(name="Fenside Care", sort_key="fenside care", sector="other")
    Organisation.objects.create(name="Alder", sort_key="alder", sector="other")
    said = {"organisation_id": made.pk, "because": "Register of companies.", "act": Act(by, AT, ON)}
    for name, code in (("  ", "missing_name"), ("ALDER", "known_name"), ("Fenside Care", "nothing_changed")):
        with pytest.raises(RuleBroken) as refusal:
            suppliers.rename_supplier(name=name, **said)
        assert refusal.value.code == code
    suppliers.rename_supplier(name="Fenside  Living", **said)
    made.refresh_from_db()
    event = Event.objects.get(kind="commissioning.supplier.renamed")
    assert (made.name, made.sort_key) == ("Fenside Living", "fenside living")
    assert (event.data["before"], event.data["after"], event.because) == (
        "Fenside Care",
        "Fenside Living",
        "Register of companies.",
    )


# --- later by the moment ----------------------------------------------------------------------------------------------


def test_the_later_release_wins_by_the_moment_and_not_by_the_text_of_its_date():
    take(CASES / "flows" / "ocds_zones.json")

    process = OcdsProcess.objects.get()
    assert (process.title, process.latest_on) == ("Later in truth (23:45Z)", datetime(2016, 5, 31, 23, 45, tzinfo=UTC))


@given(
    st.lists(
        st.tuples(st.integers(0, 5_000), st.integers(-14 * 60, 14 * 60)),
        min_size=2,
        max_size=5,
        unique_by=lambda pair: pair[0],
    )
)
def test_whatever_the_offsets_the_latest_moment_says_what_holds(pairs):
    """Each pair: the minutes of the moment, and of the offset in which its release is written."""
    bodies = []
    for minutes, offset in pairs:
        moment = datetime(2016, 5, 30, tzinfo=UTC) + timedelta(minutes=minutes)
        written = moment.astimezone(timezone(timedelta(minutes=offset))).isoformat()
        bodies.append(release(day=written, tender={"id": "t", "title": str(minutes)}))

    for order in (bodies, bodies[::-1]):
        assert together(order).title == str(max(minutes for minutes, _ in pairs))
