"""Returns that are due and not handed in: who is told, who is reminded, and when it ends."""

from datetime import timedelta

import pytest

from plumbline.contracts.models import ContractReturn
from plumbline.flags.models import Flag, Message
from plumbline.jobs.duties import Waiting
from plumbline.jobs.night import night
from plumbline.people.act import Act
from plumbline.people.models import Professional
from plumbline.toolkits.operations import reminders, returns
from tests.factories.toolkits import (
    AT,
    TODAY,
    a_person,
    an_organisation,
    answer,
    answer_all,
    asked,
    content,
    criterion,
    published,
)
from tests.integration.contracts.care_situations import a_contract

pytestmark = pytest.mark.django_db
NEXT = TODAY + timedelta(1)


def flags(on=NEXT, concerned=None):
    reminders.raise_flags(concerned=concerned or {}, act=Act(None, AT, on))
    return Flag.objects.filter(kind="return_overdue", state="open")


def known(user):
    """The same person, known to the records by a worker's number."""
    user.professional = Professional.objects.create(source_id=f"W{user.pk}", name=user.name)
    user.save(update_fields=["professional"])
    return user


# --- the flag ------------------------------------------------------------------------------------------------------


def test_the_day_after_it_was_due_a_return_is_flagged_with_what_is_answered() -> None:
    made = asked(due_on=TODAY)
    answer(made, "supervision", "good")
    assert flags().get().reason == (
        f"“Self-assessment 2016”, from {made.organisation.name}, was due on 31 July 2016 and is not handed in: "
        "1 of 4 questions answered in full."
    )


def test_on_its_day_it_is_not_overdue() -> None:
    asked(due_on=TODAY)
    assert not flags(TODAY).exists()


def test_who_asked_for_it_is_told_by_name() -> None:
    officer = known(a_person("contract_officer"))
    made = asked(due_on=TODAY)
    made.requested_by = officer
    made.save()
    assert [row.recipient for row in flags().get().recipients.all()] == [officer.professional.source_id]


def test_the_contracts_manager_is_told_by_the_night() -> None:
    manager = known(a_person("contract_officer"))
    made = asked(due_on=TODAY)
    contract = a_contract(provider=made.organisation, manager=manager)
    ContractReturn.objects.create(contract=contract, answer_set=made, purpose="self_assessment")
    night(at=AT, on=NEXT)
    told = Flag.objects.get(kind="return_overdue").recipients.values_list("recipient", flat=True)
    assert list(told) == [manager.professional.source_id]


def test_where_nobody_is_known_by_name_contract_officers_are_told() -> None:
    asked(due_on=TODAY)
    assert [row.recipient for row in flags().get().recipients.all()] == ["role:contract_officer"]


def test_an_audit_of_a_case_is_flagged_to_nobody() -> None:
    audit = published(content("case_audit_trial", [criterion("a")], purpose="case_audit"))
    asked(audit, None, a_person("auditor"), due_on=TODAY)
    assert not flags().exists()


def test_the_flag_ends_when_the_return_is_handed_in() -> None:
    made = asked(due_on=TODAY)
    flag = flags().get()
    answer_all(made)
    returns.submit(return_id=made.pk, act=Act(None, AT, NEXT))
    flag.refresh_from_db()
    assert (flag.state, flag.closed_because) == ("closed", "The return was handed in on 31 July 2016.")


def test_the_flag_ends_when_the_return_is_cancelled() -> None:
    made = asked(due_on=TODAY)
    flag = flags().get()
    returns.cancel(return_id=made.pk, because="Asked for twice.", act=Act(None, AT, NEXT))
    flag.refresh_from_db()
    assert flag.closed_because == "The return was cancelled: Asked for twice."


def test_sent_back_past_its_day_it_is_overdue_again() -> None:
    made = asked(due_on=TODAY)
    answer_all(made)
    returns.submit(return_id=made.pk, act=Act(None, AT, TODAY))
    returns.send_back(return_id=made.pk, because="Say how you know.", act=Act(None, AT, TODAY))
    assert flags().get().reason.endswith("4 of 4 questions answered in full. It was sent back to be corrected.")


# --- the e-mails ---------------------------------------------------------------------------------------------------


@pytest.fixture
def provider():
    """A provider's user who can be written to."""
    user = a_person("provider_user", organisation=an_organisation(), name="Ada Wren")
    user.email = "ada@hearth.example"
    user.save(update_fields=["email"])
    return user


def home_of(user):
    return user.roles_held.get().organisation


def written(on=TODAY) -> list[str]:
    before = set(Message.objects.values_list("pk", flat=True))
    reminders.write_reminders(to_answer=Waiting(at=AT, on=on).to_answer, act=Act(None, AT, on))
    return list(Message.objects.exclude(pk__in=before).order_by("pk").values_list("subject", flat=True))


def test_who_is_to_answer_is_told_that_it_was_asked_for(provider) -> None:
    made = asked(None, home_of(provider), due_on=TODAY + timedelta(60))
    assert written() == [f"You are asked to answer return {made.pk}, due on 29 September 2016"]


def test_the_same_is_not_told_twice(provider) -> None:
    asked(None, home_of(provider), due_on=TODAY + timedelta(60))
    written()
    assert written(NEXT) == []


def test_as_the_day_comes_near_each_reminder_is_written_once(provider) -> None:
    made = asked(None, home_of(provider), due_on=TODAY + timedelta(20))
    told = [subject for day in range(25) for subject in written(TODAY + timedelta(day))]
    assert told == [
        f"You are asked to answer return {made.pk}, due on 20 August 2016",
        f"Reminder: return {made.pk} is due on 20 August 2016",
        f"Second reminder: return {made.pk} is due on 20 August 2016",
        f"Return {made.pk} is overdue: it was due on 20 August 2016",
    ]


def test_a_reminder_says_how_far_it_is_and_names_nobody(provider) -> None:
    made = asked(None, home_of(provider), due_on=TODAY + timedelta(7))
    answer(made, "supervision", "good")
    written()
    text = Message.objects.get().body
    assert ("1 of 4 questions answered in full." in text, "Ada" in text, home_of(provider).name in text) == (
        True,
        False,
        False,
    )


def test_what_was_handed_in_is_not_reminded_of(provider) -> None:
    made = asked(None, home_of(provider), due_on=TODAY + timedelta(7))
    answer_all(made)
    returns.submit(return_id=made.pk, act=Act(None, AT, TODAY))
    assert written() == []


def test_who_is_asked_by_name_is_reminded_too() -> None:
    officer = a_person("contract_officer")
    officer.email = "officer@council.example"
    officer.save(update_fields=["email"])
    made = asked(None, None, officer, due_on=TODAY + timedelta(2))
    assert written() == [f"Second reminder: return {made.pk} is due on 2 August 2016"]


def test_what_was_sent_back_is_said_so(provider) -> None:
    made = asked(None, home_of(provider), due_on=TODAY + timedelta(60))
    answer_all(made)
    returns.submit(return_id=made.pk, act=Act(None, AT, TODAY))
    returns.send_back(return_id=made.pk, because="Say how you know.", act=Act(None, AT, TODAY))
    assert written() == [f"Return {made.pk}, handed in on 31 July 2016, was sent back to be corrected"]
