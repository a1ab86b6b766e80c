"""A tender of ours written as open contracting data, and read back."""

import csv
import json
from datetime import UTC, date, datetime

import pytest
from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from plumbline.commissioning.models import Award, Bid, OcdsContract, OcdsParty, Tender
from plumbline.contracts.models import Contract
from plumbline.exchange.export_ocds import as_text, export_tender
from plumbline.exchange.import_ocds import import_ocds
from plumbline.exchange.ocds_files import SCHEMA
from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import Organisation, OrganisationIdentifier
from plumbline.toolkits.models import Toolkit, ToolkitVersion
from tests.factories.tenders import BidFactory
from tests.integration.placements.situations import a_user
from tests.published import OCDS

pytestmark = pytest.mark.django_db

AT = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)
ON = date(2016, 7, 31)


def a_version() -> ToolkitVersion:
    toolkit = Toolkit.objects.create(key="stage-one-of-test", title="Stage 1", purpose="tender_stage1")
    return ToolkitVersion.objects.create(
        toolkit=toolkit,
        number=1,
        title="Stage 1",
        text="",
        content={"purpose": "tender_stage1"},
        sha256="",
        source="council",
        state="published",
        made_at=AT,
        published_at=AT,
    )


def a_tender(state: str = "published", kind: str = "competition") -> Tender:
    return Tender.objects.create(
        kind=kind,
        reference="T-7",
        title="Short breaks",
        service="Short breaks",
        lead_commissioner=a_user("commissioner"),
        state=state,
        state_since=ON,
        stage1=a_version(),
        value=250_000,
        cpv="85311300",
        published_on=date(2016, 3, 1),
        bids_due_on=date(2016, 4, 1),
        closed_on=date(2016, 4, 1),
        service_starts_on=date(2016, 9, 1),
        made_at=AT,
        abandoned_because="No bid passed stage 1" if state == "abandoned" else "",
    )


def a_bid(tender: Tender, name: str, state: str = "unsuccessful") -> Bid:
    supplier = Organisation.objects.create(name=name, sort_key=name.casefold(), sector="other")
    OrganisationIdentifier.objects.create(organisation=supplier, scheme="GB-COH", value=f"{supplier.pk:08}")
    return BidFactory(tender=tender, supplier=supplier, received_at=AT, price=240_000, state=state, entered_at=AT)


def awarded() -> Tender:
    tender = a_tender("awarded")
    a_bid(tender, "Beck House Ltd")
    award = Award.objects.create(
        tender=tender,
        bid=a_bid(tender, "Fenside Care Ltd", "successful"),
        state="awarded",
        reason="Highest total",
        result={},
        recommended_at=AT,
        recommended_by=tender.lead_commissioner,
        awarded_on=date(2016, 6, 1),
        approved_at=AT,
        approved_by=a_user("head_of_service"),
    )
    Contract.objects.create(
        reference="CT900",
        title="Short breaks",
        kind="block",
        provider=award.bid.supplier,
        service="Short breaks",
        starts_on=date(2016, 9, 1),
        ends_on=date(2019, 8, 31),
        value=240_000,
        state="live",
        award=award,
    )
    return tender


def a_framework() -> Tender:
    """With two suppliers, a contract with the second of them, and a bidder that had no success."""
    tender = a_tender("awarded", kind="framework")
    a_bid(tender, "Beck House Ltd")
    approver = a_user("head_of_service")
    awards = [
        Award.objects.create(
            tender=tender,
            bid=a_bid(tender, name, "successful"),
            state="awarded",
            reason="Highest totals",
            result={},
            recommended_at=AT,
            recommended_by=tender.lead_commissioner,
            awarded_on=date(2016, 6, 1),
            approved_at=AT,
            approved_by=approver,
        )
        for name in ("Fenside Care Ltd", "Alder Advocacy")
    ]
    Contract.objects.create(
        reference="CT901",
        title="Short breaks",
        kind="framework",
        provider=awards[1].bid.supplier,
        service="Short breaks",
        starts_on=date(2016, 9, 1),
        state="implementation",
        award=awards[1],
    )
    return tender


def export(tender: Tender, act: Act | None = None, **more):
    given = {"prefix": "ocds-000000", "council": "Fenmarsh", "uri": "https://example.org/7.json", **more}
    return export_tender(tender=tender, **given, act=act or Act(None, AT, ON))


def test_a_release_of_ours_is_valid_against_the_standard():
    validator = Draft4Validator(json.loads(SCHEMA.read_text()))

    assert list(validator.iter_errors(json.loads(as_text(export(awarded())))["releases"][0])) == []


@pytest.mark.parametrize("state", ["approved", "published", "closed", "standstill", "abandoned"])
def test_the_whole_package_is_valid_against_the_published_schema_in_every_state(state):
    package = json.loads((OCDS / "schema" / "release-package-schema.json").read_text())
    of_release = json.loads(SCHEMA.read_text())
    known = Registry().with_resource(
        package["properties"]["releases"]["items"]["$ref"], Resource(of_release, specification=DRAFT4)
    )
    validator = Draft4Validator(package, registry=known, format_checker=FormatChecker())

    assert list(validator.iter_errors(export(a_tender(state)))) == []


def words_of(codelist: str) -> set[str]:
    with (OCDS / "codelists" / f"{codelist}.csv").open(encoding="utf-8") as source:
        return {row["Code"] for row in csv.DictReader(source)}


@pytest.mark.parametrize(
    ("codelist", "said"),
    [
        ("releaseTag", lambda release: release["tag"]),
        ("tenderStatus", lambda release: [release["tender"]["status"]]),
        ("method", lambda release: [release["tender"]["procurementMethod"]]),
        ("awardStatus", lambda release: [each["status"] for each in release["awards"]]),
        ("contractStatus", lambda release: [each["status"] for each in release["contracts"]]),
        ("partyRole", lambda release: [role for each in release["parties"] for role in each["roles"]]),
    ],
)
def test_every_word_is_one_of_the_standards_lists(codelist, said):
    assert set(said(export(awarded())["releases"][0])) <= words_of(codelist)


def test_who_buys_and_who_supplies_stand_among_the_parties_with_their_roles_and_numbers():
    release = export(awarded())["releases"][0]
    parties = {each["id"]: each for each in release["parties"]}
    supplier = parties[release["awards"][0]["suppliers"][0]["id"]]

    assert parties[release["buyer"]["id"]]["roles"] == ["buyer", "procuringEntity"]
    assert release["tender"]["procuringEntity"] == release["buyer"]
    assert (supplier["roles"], supplier["identifier"]["scheme"]) == (["supplier", "tenderer"], "GB-COH")


def test_a_framework_has_an_award_for_each_supplier_and_a_contract_for_each_award():
    release = export(a_framework())["releases"][0]
    awards = release["awards"]

    assert [[each["name"] for each in award["suppliers"]] for award in awards] == [
        ["Fenside Care Ltd"],
        ["Alder Advocacy"],
    ]
    assert [(each["id"], each["awardID"]) for each in release["contracts"]] == [("CT901", awards[1]["id"])]
    suppliers = [each["id"] for each in release["parties"] if "supplier" in each["roles"]]
    assert suppliers == [award["suppliers"][0]["id"] for award in awards]


def test_a_framework_is_valid_against_the_published_schema():
    schema = json.loads(SCHEMA.read_text())
    release = json.loads(as_text(export(a_framework())))["releases"][0]

    assert list(Draft4Validator(schema, format_checker=FormatChecker()).iter_errors(release)) == []


def test_a_framework_of_ours_can_be_read_back(tmp_path):
    path = tmp_path / "ours.json"
    path.write_text(as_text(export(a_framework())))

    import_ocds(path, act=Act(None, AT, ON))

    assert sorted(OcdsParty.objects.values_list("name", "match")) == [
        ("Alder Advocacy", "identifier"),
        ("Fenside Care Ltd", "identifier"),
    ]


def test_a_contract_names_its_award():
    release = export(awarded())["releases"][0]

    assert release["contracts"][0]["awardID"] == release["awards"][0]["id"]


def test_an_award_in_its_standstill_is_pending():
    tender = awarded()
    Award.objects.update(state="standstill", awarded_on=None, notice_on=date(2016, 5, 20))
    Contract.objects.all().delete()
    release = export(tender)["releases"][0]

    assert (release["tag"], release["awards"][0]["status"]) == (["award"], "pending")


def test_a_recommendation_is_not_public():
    tender = awarded()
    Award.objects.update(state="recommended", awarded_on=None)

    assert "Fenside Care" not in as_text(export(tender))


def test_what_we_published_is_known_as_ours_when_it_comes_back(tmp_path):
    tender = awarded()
    path = tmp_path / "ours.json"
    path.write_text(as_text(export(tender)))

    result = import_ocds(path, prefix="ocds-000000", act=Act(None, AT, ON))

    assert (result["ours"], list(tender.published.values_list("tied_by", flat=True))) == (1, [None])
    assert Contract.objects.get().ocds_contract == OcdsContract.objects.get()


def test_our_own_package_can_be_read_back(tmp_path):
    path = tmp_path / "ours.json"
    path.write_text(as_text(export(awarded())))

    import_ocds(path, act=Act(None, AT, ON))

    assert OcdsContract.objects.values_list("contract_id", "status", "value").get() == ("CT900", "active", 240_000)
    assert OcdsParty.objects.values_list("name", "match").get() == ("Fenside Care Ltd", "identifier")


def test_who_was_not_successful_is_not_named():
    text = as_text(export(awarded()))

    assert ("Beck House" in text, '"numberOfTenderers": 2' in text) == (False, True)


@pytest.mark.parametrize("role", ["performance_analyst", "commissioner"])
def test_nobody_is_named_before_the_award_whoever_exports(role):
    tender = a_tender("recommendation")
    bid = a_bid(tender, "Fenside Care Ltd", "recommended")
    Award.objects.create(
        tender=tender,
        bid=bid,
        state="recommended",
        reason="Highest total",
        result={},
        recommended_at=AT,
        recommended_by=tender.lead_commissioner,
    )
    text = as_text(export(tender, act=Act(a_user(role), AT, ON)))

    assert ("Fenside" in text, '"numberOfTenderers": 1' in text) == (False, True)


@pytest.mark.parametrize(("changes", "code"), [({"prefix": ""}, "no_prefix")])
def test_without_a_registered_prefix_nothing_is_written(changes, code):
    with pytest.raises(RuleBroken) as refused:
        export(a_tender(), **changes)

    assert refused.value.code == code


def test_a_draft_is_not_public():
    with pytest.raises(RuleBroken) as refused:
        export(a_tender("draft"))

    assert refused.value.code == "not_public"
