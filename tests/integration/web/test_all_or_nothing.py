"""A page that does several things at one press of a button does all of them, or nothing.

Each page that calls more than one operation or takes a file (tests/architecture/test_all_or_nothing.py finds them) is
sent what it asks for, once as it should be, and once with its last operation refusing at its last step: then no row of
any table and no file is other than before.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import resolve, reverse

from plumbline.contracts.models import Assessment, Visit
from plumbline.contracts.operations import evaluations, visits
from plumbline.contracts.rules.visits import AREAS, FindingGiven
from plumbline.evidence import operations as evidence
from plumbline.evidence.models import Document
from plumbline.kernel.errors import RuleBroken
from plumbline.ofsted.models import CheckItem
from plumbline.people import operations as people
from plumbline.people.act import Act
from plumbline.people.models import RoleAsked, User
from plumbline.placements import operations as placements
from plumbline.toolkits.operations import returns
from tests.architecture import test_all_or_nothing as architecture
from tests.factories.files import pdf
from tests.factories.people import OrganisationFactory, ProfessionalFactory, UserFactory
from tests.factories.records import TacFactory
from tests.factories.toolkits import a_person, answer_all, asked
from tests.integration.actions.test_operations import raised
from tests.integration.commissioning import tendering
from tests.integration.commissioning.implementing import Situation
from tests.integration.contracts.care_situations import AT, TODAY, a_contract, a_home, a_user, by
from tests.integration.exchange.extracts import HEADERS
from tests.integration.placements import situations as placing
from tests.integration.web.contract_care.pages import VISITED, day
from tests.integration.web.publishing import published, release
from tests.integration.web.signing_in import as_

pytestmark = pytest.mark.django_db
ACT = Act(None, AT, TODAY)
_REFUSED = "Refused at the last step."


@pytest.fixture(autouse=True)
def _the_day(settings, tmp_path) -> None:
    settings.TODAY = TODAY
    settings.HOME = tmp_path


@dataclass(frozen=True)
class Sent:
    """Who sends what where. `given` makes what is sent, files too, which are read but once."""

    by: User
    address: str
    given: Callable[[], dict[str, Any]]


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("paper.pdf", pdf())


# --- what is sent to each ---------------------------------------------------------------------------------------------


def a_note() -> Sent:
    action = raised()
    return Sent(action.owner, reverse("action_note", args=[action.pk]), lambda: {"text": "Begun.", "file": paper()})


def reported_done() -> Sent:
    action = raised()
    return Sent(action.owner, reverse("action_done", args=[action.pk]), lambda: {"text": "Done.", "file": paper()})


def looked_up() -> Sent:
    setting = placing.a_setting()
    placing.place(setting, started_on=date(2016, 5, 1))
    officer = placing.a_user("contract_officer")
    placements.open_month(act=Act(officer, AT, TODAY))
    item = CheckItem.objects.get(setting=setting)
    return Sent(officer, reverse("check_evidence", args=[item.pk]), lambda: {"document": paper()})


def a_judgement() -> Sent:
    setting = placing.a_setting()
    return Sent(
        placing.a_user("contract_officer"),
        reverse("setting_judgement", args=[setting.register, setting.urn]) + "?kind=full",
        lambda: {
            "overall": "good",
            "inspectorate": "Ofsted",
            **day("inspected_on", date(2016, 7, 1)),
            **day("published_on", date(2016, 7, 20)),
            "document": paper(),
        },
    )


def an_assessment() -> Sent:
    given = {**day("completed_on", date(2016, 7, 1)), "instrument": "Section 11"}
    return Sent(
        a_user("contract_officer"),
        reverse("assessment_record", args=[a_contract().pk, "self"]),
        lambda: {**given, "document": paper()},
    )


def a_plan() -> Sent:
    contract = a_contract()
    Assessment.objects.create(
        contract=contract, kind="self", completed_on=date(2016, 7, 1), valid_until=date(2017, 7, 1)
    )
    given = {**day("agreed_on", TODAY), "title": "Train", "owner": "provider", **day("due_on", date(2016, 9, 1))}
    return Sent(
        a_user("contract_officer"),
        reverse("assessment_plan", args=[contract.pk]),
        lambda: {**given, "document": paper()},
    )


def a_policy() -> Sent:
    return Sent(
        a_user("contract_officer"),
        reverse("policy_review", args=[a_contract().pk]),
        lambda: {"policy": "dbs", **day("reviewed_on", TODAY), "document": paper()},
    )


def a_homes_report() -> Sent:
    home = a_home(a_contract(starts_on=date(2014, 1, 1)))
    return Sent(
        a_user("contract_officer"),
        reverse("home_receive", args=[home.pk]),
        lambda: {"kind": "reg44", "period": "2016-06-01", **day("received_on", TODAY), "document": paper()},
    )


def a_visit_of_theirs() -> Sent:
    contract = a_contract(visit_required=True, starts_on=date(2014, 1, 1))
    return Sent(
        a_user("contract_officer"),
        reverse("visit_accept") + f"?contract={contract.pk}&setting={a_home(contract).pk}",
        lambda: {"by_council": "Lakeshire", **day("visited_on", VISITED), "because": "Same month.", "report": paper()},
    )


def a_visit_of_ours(officer: User) -> Visit:
    contract = a_contract(visit_required=True, starts_on=date(2014, 1, 1))
    visit = visits.plan_visit(
        contract_id=contract.pk, setting_id=a_home(contract).pk, visited_on=VISITED, act=by(officer)
    )
    return visits.hold_visit(
        visit_id=visit.pk,
        visited_on=VISITED,
        visitors="Beth",
        summary="Calm.",
        findings=[FindingGiven(area, "met") for area in AREAS],
        act=by(officer),
    )


def a_report_sent() -> Sent:
    officer = a_user("contract_officer")
    address = reverse("visit_report", args=[a_visit_of_ours(officer).pk])
    return Sent(officer, address, lambda: {"file": paper()})


def a_pack() -> Sent:
    officer = a_user("contract_officer")
    visit = visits.sign_off_visit(visit_id=a_visit_of_ours(officer).pk, because="Agreed.", act=by(officer))
    pack = visits.export_visit(
        visit_id=visit.pk, council="Lakeshire", colour="#005ea5", signing_key=None, act=by(officer)
    )
    return Sent(officer, reverse("visit_pack"), lambda: {"pack": SimpleUploadedFile("v.zip", pack)})


def a_policy_offered() -> Sent:
    contract = a_contract()
    return Sent(
        a_user("provider_user", organisation=contract.provider),
        reverse("provider_policy", args=[contract.pk, "safeguarding"]),
        lambda: {**day("reviewed_on", date(2016, 7, 1)), "file": paper()},
    )


def a_paper_of_a_bid() -> Sent:
    commissioner = tendering.a_user()
    (bid,) = tendering.in_stage1(commissioner)
    given = {"title": "Section 11", "criteria": ["section11"]}
    return Sent(commissioner, reverse("bid_attach", args=[bid.pk]), lambda: {**given, "document": paper()})


def a_document() -> Sent:
    given = {"title": "Policy", "kind": "safeguarding", "sensitivity": "council"}
    return Sent(a_user("contract_officer"), reverse("document_new"), lambda: {**given, "file": paper()})


def a_revision(tmp_path: Path) -> Sent:
    officer = a_user("contract_officer")
    given = {"title": "Policy", "file_name": "policy.pdf", "folder": tmp_path / "files"}
    kept = evidence.keep_document(content=pdf(b"Before"), act=Act(officer, AT, TODAY), **given)
    address = reverse("document_replace", args=[kept.pk])
    return Sent(officer, address, lambda: {"title": "Policy", "file": paper()})


def flags_read() -> Sent:
    setting = placing.a_setting("adverse", since=date(2016, 7, 29))
    for _ in range(2):
        placing.place(setting, started_on=date(2016, 5, 1), source="social_care", import_run=placing.an_import())
    placements.raise_flags(act=ACT)
    reader = placing.a_user("management_team")
    shown = as_(reader).get("/flags/?me=unread").context["to_read"]
    return Sent(reader, reverse("flags_read"), lambda: {"flag": shown})


def an_item() -> Sent:
    found = Situation()
    item = found.plan.items.get(criterion="kick_off")
    given = {"state": "done", "note": "Met on 4 July", "owner": str(found.commissioner.pk), "owner_words": ""}
    return Sent(
        found.commissioner,
        reverse("plan_item", args=[found.plan.pk, item.number]),
        lambda: {**given, "evidence": paper()},
    )


def items_owners() -> Sent:
    found = Situation()
    return Sent(
        found.commissioner,
        reverse("plan_owners", args=[found.plan.pk]),
        lambda: {f"owner{item.number}": found.commissioner.pk for item in found.plan.items.all()},
    )


def an_extract() -> Sent:
    day_of = {"as_at_day": "31", "as_at_month": "7", "as_at_year": "2016"}

    def given() -> dict[str, Any]:
        file = io.BytesIO(f"{HEADERS['ssd_person']}\nP1,Anna,Bell,F,2008-02-03,WBRI\n".encode())
        file.name = "ssd_person.csv"
        return {"kind": "ssd", "files": [file], **day_of}

    return Sent(UserFactory(role="performance_analyst"), reverse("import_new"), given)


def a_package() -> Sent:
    def given() -> dict[str, Any]:
        return {"package": SimpleUploadedFile("p.json", json.dumps({"releases": [release()]}).encode())}

    return Sent(a_user("contract_officer"), reverse("notices_hand_in"), given)


def _closed(**more: Any) -> None:
    for at in range(2):
        given = {name: words and f"{words} {at}" for name, words in more.items()}
        TacFactory(ended_on=date(2016, 7, 1), **given)


def wordings() -> Sent:
    _closed(end_wording="Needs met")
    given = {"wording0": "Needs met 0", "wording1": "Needs met 1", "all": "other"}
    return Sent(UserFactory(role="performance_analyst"), reverse("queue_wording"), lambda: given)


def wordings_back() -> Sent:
    sent = wordings()
    as_(sent.by).post(sent.address, sent.given())
    return Sent(sent.by, reverse("queue_wording_undo"), lambda: {"wording": ["Needs met 0", "Needs met 1"]})


def organisations() -> Sent:
    _closed(lead_wording="Ash School", lead_organisation=None)
    return Sent(
        UserFactory(role="performance_analyst"),
        reverse("queue_organisations"),
        lambda: {"wording": ["Ash School 0", "Ash School 1"], "sector": "school"},
    )


def organisations_back() -> Sent:
    sent, known = organisations(), OrganisationFactory()
    for wording in sent.given()["wording"]:
        as_(sent.by).post(
            f"{reverse('queue_organisation_decide')}?wording={wording}", {"which": "other", "name": known.name}
        )
    return Sent(sent.by, reverse("queue_organisations_undo"), lambda: {"wording": ["Ash School 0", "Ash School 1"]})


def evidence_of_an_answer() -> Sent:
    made = asked()
    return Sent(
        a_person("provider_user", organisation=made.organisation),
        reverse("return_evidence", args=[made.pk, "recruits_safely"]),
        lambda: {"what": "upload", "title": "Recruitment policy", "document": paper()},
    )


def _handed_in() -> Any:
    made = asked()
    answer_all(made)
    return returns.submit(return_id=made.pk, act=ACT)


def a_moderation() -> Sent:
    made = _handed_in()
    fields = {"recruits_safely": "no", "supervision": "inadequate"}
    given = {f"value_{key}": value for key, value in fields.items()} | {f"note_{key}": "None." for key in fields}
    return Sent(
        a_person("contract_officer"), reverse("return_moderate_section", args=[made.pk, "part_1"]), lambda: given
    )


def decisions_undone(tmp_path: Path) -> Sent:
    one, two = published(tmp_path), published(tmp_path, name="Other Ltd", ocid="ocds-abc123-2")
    officer = a_user("contract_officer")
    as_(officer).post(reverse("supplier_queue"), {"party0": one.pk, "is0": "not_ours", "party1": two.pk, "is1": "new"})
    return Sent(officer, reverse("supplier_undo"), lambda: {"party": [one.pk, two.pk]})


def a_new_user() -> Sent:
    return Sent(
        UserFactory(role="administrator"),
        reverse("user_new"),
        lambda: {"username": "ola.berg", "name": "Ola Berg", "role": "commissioner"},
    )


def a_role() -> Sent:
    given = {"role-role": "commissioner", **day("role-from_on", TODAY)}
    return Sent(UserFactory(role="administrator"), reverse("user_give_role", args=[UserFactory().pk]), lambda: given)


def a_role_confirmed() -> Sent:
    administrator = UserFactory(role="administrator")
    waits = people.give_role(
        user=UserFactory(),
        role="social_worker",
        team="",
        organisation="",
        from_on=TODAY,
        to_on=None,
        act=Act(administrator, AT, TODAY),
    )
    assert isinstance(waits, RoleAsked)
    return Sent(
        UserFactory(role="information_governance"),
        reverse("role_decide", args=[waits.pk]),
        lambda: {"decision": "give"},
    )


def a_role_ended() -> Sent:
    held = UserFactory(role="commissioner").roles_held.get()
    return Sent(
        UserFactory(role="administrator"),
        reverse("user_end_role", args=[held.user_id, held.pk]),
        lambda: {"because": "Moved"},
    )


def a_worker_joined() -> Sent:
    worker = ProfessionalFactory()
    return Sent(
        UserFactory(role="administrator"),
        reverse("user_join_professional", args=[UserFactory().pk]),
        lambda: {"join-professional": worker.source_id},
    )


CASES = (
    a_note, reported_done, looked_up, a_judgement, an_assessment, a_plan, a_policy, a_homes_report, a_visit_of_theirs,
    a_report_sent, a_pack, a_policy_offered, a_paper_of_a_bid, a_document, a_revision,
    flags_read, an_item, items_owners, an_extract, a_package, wordings, wordings_back, organisations,
    organisations_back, evidence_of_an_answer, a_moderation, decisions_undone, a_new_user, a_role,
    a_role_confirmed, a_role_ended, a_worker_joined,
)  # fmt: skip


# --- what is the same afterwards --------------------------------------------------------------------------------------


def everything(home: Path) -> dict[str, str]:
    """Every table that this login reads, and every file, with what it holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')"
            " and c.relname <> 'django_session' and has_table_privilege(c.oid, 'select')"
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table} t")
            found[table] = cursor.fetchone()[0]
    return found | {str(path): "" for path in home.rglob("*") if path.is_file()}


_WRITES = re.compile(r"\s*(with\b.*\b)?(insert into|update|delete from)\b", re.IGNORECASE | re.DOTALL)


class Writes:
    """Counts the steps that write (`of`: into one table); the one of the number `refused` refuses instead."""

    def __init__(self, refused: int = 0, of: str = "") -> None:
        self.refused, self.of, self.number = refused, of, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if _WRITES.match(sql) and self.of in sql and "django_session" not in sql:
            self.number += 1
            if self.number == self.refused:
                raise RuleBroken(_REFUSED, code="refused")
        return execute(sql, params, many, context)


@contextmanager
def taken_back(home: Path) -> Iterator[None]:
    before = {path for path in home.rglob("*") if path.is_file()}
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    for path in {path for path in home.rglob("*") if path.is_file()} - before:
        path.unlink()


def sent_by(case: Callable[..., Sent], tmp_path: Path) -> Sent:
    return case(tmp_path) if case in (decisions_undone, a_revision) else case()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_page_that_is_refused_halfway_changes_nothing(case, tmp_path) -> None:
    sent = sent_by(case, tmp_path)
    client = as_(sent.by)
    # The first page of a session writes down that it is used.
    client.get("/")
    with taken_back(tmp_path), connection.execute_wrapper(writes := Writes()):
        answer = client.post(sent.address, sent.given())
    assert (answer.status_code, writes.number > 1) == (302, True), answer.content.decode()[:4000]
    before = everything(tmp_path)

    with connection.execute_wrapper(Writes(refused=writes.number)):
        client.post(sent.address, sent.given())

    after = everything(tmp_path)
    assert [name for name in {*before, *after} if before.get(name) != after.get(name)] == []


def test_every_page_that_does_several_things_or_takes_a_file_is_tried(tmp_path) -> None:
    tried = set()
    for case in CASES:
        with transaction.atomic():
            view = resolve(sent_by(case, tmp_path).address.split("?")[0]).func
            tried.add(f"{view.__module__}.{view.__name__}")
            transaction.set_rollback(True)
    found = {*architecture.several(), *architecture.takes_files()}
    assert found - set(architecture.EACH_BY_ITSELF) == tried


def test_a_file_that_is_kept_already_stays_where_it_is_given_again_and_refused(tmp_path) -> None:
    sent = an_assessment()
    as_(sent.by).post(sent.address, sent.given())
    kept = sorted((tmp_path / "files").rglob("*"))
    # The same assessment once more is refused by the operation itself.
    assert "is recorded already" in as_(sent.by).post(sent.address, sent.given()).content.decode()
    assert (len(kept), sorted((tmp_path / "files").rglob("*"))) == (2, kept)


def test_a_file_of_one_operation_that_refuses_does_not_stay(tmp_path) -> None:
    sent = an_assessment()
    early = {**sent.given(), **day("expires_on", date(2016, 6, 1))}
    assert "had expired before it was completed" in as_(sent.by).post(sent.address, early).content.decode()
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_files_handed_in_that_are_refused_do_not_stay(tmp_path) -> None:
    lists = [SimpleUploadedFile(f"list{at}.csv", b"a,b") for at in range(2)]
    given = {"kind": "ofsted", "as_at_day": "31", "as_at_month": "7", "as_at_year": "2016", "files": lists}
    answer = as_(UserFactory(role="performance_analyst")).post(reverse("import_new"), given)
    assert "Hand in one list at a time" in answer.content.decode()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_minutes_of_which_is_not_written_where_they_belong_are_not_kept(tmp_path) -> None:
    officer = a_user("contract_officer")
    meeting = evaluations.plan_evaluation(contract_id=a_contract().pk, held_on=TODAY, act=by(officer))
    client = as_(officer)
    client.get("/")
    drafts = Writes(refused=1, of="people_draft")
    with connection.execute_wrapper(drafts):
        client.post(reverse("meeting_step", args=[meeting.pk, "minutes"]), {"file": paper()})
    assert drafts.number > 0
    assert (Document.objects.count(), [path for path in tmp_path.rglob("*") if path.is_file()]) == (0, [])
