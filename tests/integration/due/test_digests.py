"""What e-mails say of how much waits is what the page says to which they lead."""

import re
from datetime import date, time

import pytest
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from plumbline.contracts.operations import decisions
from plumbline.due import keeping, queries
from plumbline.due.models import Item
from plumbline.due.rules import Band
from plumbline.flags import operations as flags
from plumbline.flags.models import Message
from plumbline.flags.queries import flags_for
from plumbline.jobs.duties import Waiting
from plumbline.kernel.moments import taken_at
from plumbline.people.act import Act
from plumbline.people.acting import beyond
from plumbline.people.models import User
from plumbline.toolkits.operations import reminders
from tests.conftest import point_at
from tests.integration.web.signing_in import as_

TODAY = date(2016, 7, 31)
AT = taken_at(TODAY, time(6))


@pytest.fixture
def written(demo_database):
    """The e-mails of a night in the demonstration, by what wrote them, and whom they are for; nothing is kept of it."""
    keeping.from_nothing(on=TODAY)
    with transaction.atomic(), beyond():
        User.objects.update(email=Concat(F("username"), Value("@example.org")))
        Message.objects.all().delete()
        waiting = Waiting(at=AT, on=TODAY)
        act = Act(None, AT, TODAY)
        found = {}
        for name, write in {
            "flags": lambda: flags.write_digests(work_of=waiting.work_of, act=act),
            "contracts": lambda: decisions.write_digests(act=act),
            "returns": lambda: reminders.write_reminders(to_answer=waiting.to_answer, act=act),
        }.items():
            before = set(Message.objects.values_list("pk", flat=True))
            write()
            found[name] = list(Message.objects.exclude(pk__in=before).select_related("to_user").order_by("pk"))
        transaction.set_rollback(True)
    return found


def numbers(body: str) -> dict[str, int]:
    return {words: int(number) for words, number in re.findall(r"([A-Z][A-Za-z ]+): (\d+)\.", body)}


def test_the_days_digest_says_what_my_work_lists(demo_database, written):
    told = {}
    for message in written["flags"]:
        if "Waiting for you" not in message.body:
            continue
        user = message.to_user
        listed = {
            band: queries.work_of(user, on=TODAY, at=AT, band=band, most=10_000)
            for band in (Band.NOW, Band.TODAY, Band.WEEK, Band.PLANNED)
        }
        lengths = [len(work.matters) for work in listed.values()]
        expected = {"Waiting for you on My work": sum(lengths), "Flags open for you": flags_for(user, on=TODAY).count()}
        if sum(lengths):
            expected |= dict(zip(("Now", "Today", "This week", "Planned"), lengths, strict=True))
            expected["Late"] = listed[Band.NOW].late
        told[user.username] = numbers(message.body)
        assert told[user.username] == expected
    assert len(told) > 5
    assert sum(each["Waiting for you on My work"] for each in told.values()) > 20


def test_the_days_digest_is_for_those_to_whom_flags_are_put(written):
    named = {message.to_user_id for message in written["flags"] if "Flags open for you" in message.body}
    open_for = {
        user.pk for user in User.objects.filter(is_active=True).order_by("pk") if flags_for(user, on=TODAY).exists()
    }
    assert named == open_for


def test_the_management_teams_digest_says_what_its_list_and_my_work_hold(demo_database, written):
    (first, *_) = written["contracts"]
    said = numbers(first.body)
    team = first.to_user
    late = Item.objects.filter(kind="contract.decision_late").values("subject_id", "about").distinct().count()
    point_at(demo_database, "web")
    counts = {each["label"]: each["number"] for each in as_(team).get("/contracts/team/").context["counts"]}
    assert (said["Red"], said["Amber"], said["Decisions overdue"]) == (
        counts["red"],
        counts["amber"],
        counts["decisions overdue"],
    )
    assert (said["Decisions overdue"], said["Red"] + said["Amber"] > 0) == (late, True)


def test_reminders_are_of_the_returns_that_my_work_lists_and_say_how_far_they_are(demo_database, written):
    by_user = {}
    for message in written["returns"]:
        number = int(re.search(r"[Rr]eturn (\d+)", message.subject)[1])
        by_user.setdefault(message.to_user, {})[number] = re.search(r"\d+ of \d+ questions? answered", message.body)[0]
    for user, said in by_user.items():
        own = queries.items_of(user, on=TODAY, at=AT).filter(kind="return.answer")
        listed = {item.subject_id: re.search(r"\d+ of \d+ questions? answered", item.why)[0] for item in own}
        assert said == listed
    assert sum(map(len, by_user.values())) > 2
