"""What a message about flags says, and what it never says."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from plumbline.flags import rules
from plumbline.flags.kinds import kinds
from plumbline.flags.rules import Kind, Recipient, StepRule
from tests.refusals import code_of


@dataclass(frozen=True)
class Account:
    is_active: bool
    email: str


@pytest.mark.parametrize("in_place", [False, True])
def test_a_mail_says_the_number_and_the_day_and_whether_it_is_in_anothers_place(in_place: bool) -> None:
    subject, body = rules.mail(kinds()["setting_adverse"], number=17, due=date(2016, 8, 1), in_place=in_place)
    assert subject == f"Flag 17: {kinds()['setting_adverse'].label}"
    assert "Something is to be done by 1 August 2016." in body
    assert ("in place of someone who could not be told" in body) is in_place


def test_a_mail_without_a_day_names_none() -> None:
    assert "is to be done by" not in rules.mail(kinds()["setting_adverse"], number=17, due=None)[1]


def test_a_mail_of_many_counts_and_numbers_them() -> None:
    subject, body = rules.mail_of_many([3, 5, 8])
    assert subject == "3 flags are open for you"
    assert all(number in body for number in ("3", "5", "8"))


def test_who_keeps_accounts_is_told_of_how_many_nobody_could_be_told() -> None:
    assert rules.mail_nobody([4])[0] == "Nobody could be told of a flag"
    assert "Flag 4." in rules.mail_nobody([4])[1]
    assert rules.mail_nobody(list(range(1, 1201)))[0] == "Nobody could be told of 1,200 flags"


def test_who_takes_over_reads_what_is_theirs_now_line_by_line() -> None:
    subject, body = rules.mail_handed_over("Ada Ash", ["2 contracts", "1 action"])
    assert subject == "Plumbline: this is yours now"
    assert "Ada Ash has left" in body
    assert "- 2 contracts\n- 1 action\n" in body


@pytest.mark.parametrize(
    ("recipient", "account", "because"),
    [
        ("role:team_manager", None, "is a role that nobody holds who has an e-mail address"),
        ("W1", None, "has no account"),
        ("W1", Account(is_active=False, email="a@example.org"), "has an account that is switched off"),
        ("W1", Account(is_active=True, email=""), "has an account without an e-mail address"),
        ("W1", Account(is_active=True, email="a@example.org"), "has no role by which they may read flags"),
    ],
)
def test_why_a_message_reaches_nobody(recipient: str, account: Account | None, because: str) -> None:
    assert rules.why_not_told(recipient, account) == because


# Whom to tell, and the steps that follow

FRIDAY, HOLIDAY = date(2016, 8, 26), date(2016, 8, 29)
SEE = StepRule("see", "See the child", "team_manager", 1, needs=frozenset({"seen_on", "spoken_to", "decision"}))
REVIEW = StepRule("review", "Review it", "head_of_service", 5, every=10)
KIND = Kind(key="k", label="A kind", severity=2, roles=("team_manager", "reviewing_officer"), worker=True)


@dataclass(frozen=True)
class Professional:
    source_id: str


@dataclass(frozen=True)
class User:
    username: str
    professional: Professional | None


def test_a_user_is_named_by_the_number_of_social_care_and_by_their_own() -> None:
    assert rules.names_of(User("ash", Professional("W1"))) == ("W1", "user:ash")
    assert rules.names_of(User("ash", None)) == ("user:ash",)


@pytest.mark.parametrize(
    ("recipient", "team", "restricted", "said"),
    [
        ("W1", "West", False, ["role:team_manager", "role:head_of_service", "role:administrator"]),
        ("W1", "West", True, ["role:head_of_service", "role:administrator"]),
        ("W1", "", False, ["role:head_of_service", "role:administrator"]),
        ("role:team_manager", "West", False, ["role:head_of_service", "role:administrator"]),
        ("role:head_of_service", "", False, ["role:administrator"]),
        ("role:administrator", "", False, []),
    ],
)
def test_in_place_of_one_who_cannot_be_told_the_next_above_is(recipient, team, restricted, said) -> None:
    found = rules.stand_ins(recipient, team=team, restricted=restricted)
    assert [name for name, _ in found] == said
    assert {given for name, given in found if name == "role:team_manager"} <= {team}


MANAGER = Recipient("role:team_manager", "team manager", "West")
REVIEWER = Recipient("role:reviewing_officer", "reviewing officer")
WORKER = Recipient("W1", "allocated worker")


@pytest.mark.parametrize(
    ("kind", "worker", "looked_after", "said"),
    [
        (KIND, "W1", True, (WORKER, MANAGER, REVIEWER)),
        (KIND, "W1", False, (WORKER, MANAGER)),
        (KIND, "", False, (MANAGER,)),
        (replace(KIND, worker=False), "W1", False, (MANAGER,)),
    ],
)
def test_the_worker_is_told_first_and_the_reviewing_officer_of_a_looked_after_child(
    kind, worker, looked_after, said
) -> None:
    assert rules.recipients(kind, worker=worker, team="West", looked_after=looked_after) == said


def test_steps_are_due_in_working_days_and_the_first_of_them_is_the_flags_day() -> None:
    kind = replace(KIND, steps=(REVIEW, SEE))
    steps = rules.steps_of(kind, learnt_on=FRIDAY, holidays={HOLIDAY})
    assert [step.due_on for step in steps] == [date(2016, 9, 5), date(2016, 8, 30)]
    assert rules.due_on(kind, steps, learnt_on=FRIDAY, holidays={HOLIDAY}) == date(2016, 8, 30)
    assert rules.due_on(KIND, (), learnt_on=FRIDAY, holidays={HOLIDAY}) == date(2016, 9, 5)
    assert rules.due_on(replace(KIND, due_in=2), (), learnt_on=FRIDAY, holidays=()) == date(2016, 8, 30)


def test_a_step_that_comes_again_is_due_after_its_own_days() -> None:
    assert rules.next_time(REVIEW, after=FRIDAY, holidays={HOLIDAY}) == date(2016, 9, 12)
    assert rules.next_time(SEE, after=FRIDAY, holidays=()) is None


def test_a_step_that_a_kind_does_not_have_is_refused() -> None:
    kind = replace(KIND, steps=(SEE,))
    assert rules.step_rule(kind, "see") is SEE
    assert code_of(rules.step_rule, kind, "other") == "unknown_step"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"result": " "}, "missing_result"),
        ({"seen_on": None}, "missing_seen_on"),
        ({"seen_on": FRIDAY + timedelta(1)}, "future_date"),
        ({"spoken_to": None}, "missing_spoken_to"),
        ({"spoken_to": False}, ""),
        ({"decision": ""}, "missing_decision"),
        ({"decision": "other"}, "missing_decision"),
    ],
)
def test_a_result_says_when_the_child_was_seen_spoken_to_and_what_was_decided(change, code: str) -> None:
    given = {"result": "Seen at home.", "seen_on": FRIDAY, "spoken_to": True, "decision": "remain", "on": FRIDAY}
    assert code_of(rules.check_result, SEE, **{**given, **change}) == code


def test_a_step_that_asks_nothing_needs_a_result_alone() -> None:
    given = {"result": "Done.", "seen_on": None, "spoken_to": None, "decision": "", "on": FRIDAY}
    assert code_of(rules.check_result, REVIEW, **given) == ""


@pytest.mark.parametrize(("severity", "due_in", "alone"), [(1, 5, True), (2, 0, True), (2, 1, False), (3, 5, False)])
def test_what_is_told_by_itself(severity: int, due_in: int, alone: bool) -> None:
    assert rules.urgent(replace(KIND, severity=severity, due_in=due_in)) is alone


def test_more_than_fifty_numbers_are_counted() -> None:
    assert "50 and 2 more are open" in rules.mail_of_many(range(1, 53))[1]
    assert "more" not in rules.mail_of_many(range(1, 51))[1]


def test_the_messages_of_a_night_are_one() -> None:
    subject, body = rules.mail_of_the_night([("First", "One.\n"), ("Second", "Two.\n")], on=FRIDAY)
    assert subject == "Plumbline, 26 August 2016: 2 messages in one"
    assert body == f"First\n\nOne.\n\n{'-' * 72}\n\nSecond\n\nTwo.\n"


def test_what_is_overdue_is_one_line_each() -> None:
    assert rules.mail_escalated([(7, "not read")])[0] == "Flag 7 is overdue: not read"
    subject, body = rules.mail_escalated([(7, "not read"), (7, "not seen"), (9, "not read")])
    assert subject == "2 flags are overdue"
    assert body.count("is overdue: ") == 3


@pytest.mark.parametrize(
    ("open_flags", "unreached", "said"),
    [
        (
            3,
            0,
            [
                "This week: 4. Planned: 0.\nLate: 5.\nFlags open for you: 3.",
                "Waiting for you on My work: 7.\nNow: 1. Today: 2. This week: 4. Planned: 0.\nLate: 5.\n",
                "Flags open for you: 3.",
            ],
        ),
        (0, 4, ["Flags of which someone could not be told: 4."]),
        (3, 4, ["Flags open for you: 3.", "could not be told: 4."]),
        (0, 0, []),
    ],
)
def test_the_digest_counts_what_is_open_and_whom_nobody_reached(open_flags, unreached, said) -> None:
    body = rules.digest(flags=open_flags, work=rules.Work(1, 2, 4, 0, late=5), unreached=unreached)
    assert [words for words in said if words not in body] == []
    assert ("Flags open" in body, "could not be told" in body) == (bool(open_flags), bool(unreached))


def test_a_flag_is_one_of_its_kind_for_its_subject() -> None:
    assert rules.Wanted("k", "placement", 7, "Because.", ()).about == ("k", "placement", 7)
