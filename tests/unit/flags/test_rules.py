"""What a message about flags says, and what it never says."""

from dataclasses import dataclass
from datetime import date

import pytest

from plumbline.flags import rules
from plumbline.flags.kinds import kinds


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
