"""Signing in: passwords, the lock-out by user and address together, and the second factor outside the demonstration."""

from datetime import date
from ipaddress import ip_network

import pyotp
import pytest
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as django_settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from plumbline.audit.models import Event
from plumbline.config import settings as production
from plumbline.flags.models import Message
from plumbline.flags.operations import tell_of_events
from plumbline.people.act import Act
from plumbline.people.models import User
from plumbline.people.operations import make_user
from tests import databases
from tests.factories.people import hold_role

KEY = "q8Zr1xW4vLk7Jm2Np5Ts9Yb3Hd6Gf0Ca-eRuIoPzXcVbNmQwErTyUiOp"
PASSWORD = "a long enough phrase for tests"

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]


@pytest.fixture
def worker() -> User:
    user = User.objects.create(username="worker", name="Rosa Pemberton", password=make_password(PASSWORD))
    hold_role(user=user, role="social_worker", from_on=date(2015, 1, 1))
    return user


def sign_in(client: Client, username: str, password: str, address: str = "10.0.0.1"):
    return client.post(
        reverse("account_login"), {"login": username, "password": password}, REMOTE_ADDR=address, follow=True
    )


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def test_the_right_password_signs_in_and_is_kept_as_argon2(client, worker):
    sign_in(client, "worker", PASSWORD)

    assert is_signed_in(client)
    assert identify_hasher(worker.password).algorithm == "argon2"


def test_the_site_hashes_passwords_with_argon2_at_a_strength_that_resists_graphics_cards():
    """No less than OWASP asks for: 19 MiB, twice. The other tests hash at the least strength (tests/settings.py)."""
    [hasher] = [import_string(name)() for name in production.PASSWORD_HASHERS]
    said = hasher.decode(hasher.encode(PASSWORD, hasher.salt()))
    assert (hasher.algorithm, said["variety"], said["memory_cost"] >= 19 * 1024, said["time_cost"] >= 2) == (
        "argon2",
        "argon2id",
        True,
        True,
    )


def test_a_wrong_password_does_not_sign_in_and_says_no_more_than_that(client, worker):
    wrong_password = sign_in(client, "worker", "not it")
    wrong_name = sign_in(Client(), "nobody", "not it", "10.0.0.9")

    assert not is_signed_in(client)
    said = [page.context["form"].errors["__all__"] for page in (wrong_password, wrong_name)]
    assert said[0] == said[1]


def shut(answer) -> bool:
    return answer.status_code == 429 and "Wait 15 minutes" in answer.content.decode()


def test_five_failures_shut_out_this_user_from_this_address_only(client, worker):
    failed = [sign_in(client, "worker", "guess") for _ in range(5)]
    assert not any(shut(each) for each in failed)

    assert shut(sign_in(client, "worker", "guess"))
    assert shut(sign_in(client, "worker", PASSWORD))
    assert not is_signed_in(client)

    elsewhere, colleague = Client(), Client()
    sign_in(elsewhere, "worker", PASSWORD, "10.0.0.2")
    other = User.objects.create(username="colleague", name="A colleague", password=make_password(PASSWORD))
    sign_in(colleague, other.username, PASSWORD, "10.0.0.1")
    assert is_signed_in(elsewhere)
    assert is_signed_in(colleague)
    assert Event.objects.filter(kind="people.sign_in.shut_out", subject_id=str(worker.pk)).count() == 1


def test_a_stranger_at_the_same_address_does_not_shut_out_a_browser_that_is_known(client, worker):
    sign_in(client, "worker", PASSWORD)
    client.post(reverse("account_logout"))
    for _ in range(7):
        sign_in(Client(), "worker", "guess")
    assert shut(sign_in(Client(), "worker", PASSWORD))

    sign_in(client, "worker", PASSWORD)
    assert is_signed_in(client)


def test_a_known_browser_is_known_for_its_own_users_only(client, worker):
    User.objects.create(username="colleague", name="A colleague", password=make_password(PASSWORD))
    sign_in(client, "colleague", PASSWORD)
    for _ in range(5):
        sign_in(Client(), "worker", "guess")
    assert shut(sign_in(client, "worker", "guess"))


def test_one_address_over_many_names_is_slowed_down(client, worker):
    for number in range(11):
        sign_in(Client(), f"name{number}", "guess")
    answer = sign_in(Client(), "another", "guess")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")


@pytest.mark.parametrize("page", ["account_reauthenticate", "account_change_password"])
def test_a_password_asked_for_again_is_guessed_no_more_often_than_the_first(client, worker, page):
    sign_in(client, "worker", PASSWORD)
    typed = {"password": "guess", "oldpassword": "guess", "password1": "another long phrase",
             "password2": "another long phrase"}  # fmt: skip
    answers = [client.post(reverse(page), typed).status_code for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2


def with_second_factor(user: User) -> str:
    """The key of the app that the user has set up."""
    with context.request_context(RequestFactory().get("/")):
        secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        TOTP.activate(user, secret)
        RecoveryCodes.activate(user)
    return secret


def test_codes_and_recovery_codes_are_guessed_no_more_often_than_passwords(client, worker):
    secret = with_second_factor(worker)
    sign_in(client, "worker", PASSWORD)
    code = reverse("mfa_authenticate")
    assert [client.post(code, {"code": f"{n:06}"}).status_code for n in range(5)] == [200] * 5

    # The password again, from a new session, does not give five more.
    again = Client()
    sign_in(again, "worker", PASSWORD)
    assert again.post(code, {"code": pyotp.TOTP(secret).now()}).status_code == 429
    assert not is_signed_in(again)
    assert Event.objects.filter(kind="people.sign_in.failed", data__what="code").count() == 5


def test_the_person_is_told_by_mail_that_somebody_guesses(client, worker):
    User.objects.filter(pk=worker.pk).update(email="rosa@example.org")
    for place in range(2):
        for _ in range(5):
            sign_in(Client(), "worker", "guess", f"10.0.1.{place}")
    for _ in range(2):
        tell_of_events(act=Act(None, timezone.now(), date(2016, 7, 31)))
    told = Message.objects.filter(to_user=worker, event_no__isnull=False)
    assert ["typed wrongly too often" in each.body for each in told] == [True]


def test_a_name_that_is_nobodys_is_not_kept_in_the_trail(client):
    sign_in(client, "my-password-typed-in-the-wrong-field", "guess")
    event = Event.objects.get(kind="people.sign_in.failed")
    assert "my-password" not in f"{event.by_name}{event.subject_id}{event.because}{event.data}"


def test_signing_in_and_out_and_every_refusal_are_events(client, worker):
    sign_in(client, "worker", "guess")
    sign_in(client, "worker", PASSWORD)
    client.post(reverse("account_logout"))
    kinds = (
        Event.objects.filter(kind__startswith="people.", subject_id=str(worker.pk))
        .order_by("no")
        .values_list("kind", flat=True)
    )
    assert list(kinds) == ["people.sign_in.failed", "people.sign_in.passed", "people.sign_in.ended"]


@override_settings(DEMO=False)
def test_taking_off_the_second_factor_needs_a_code_and_ends_it_for_every_session(client, worker):
    secret = with_second_factor(worker)
    clients = [client, Client()]
    codes = Authenticator.objects.get(user=worker, type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    for each, code in zip(clients, codes, strict=False):
        sign_in(each, "worker", PASSWORD)
        each.post(reverse("mfa_authenticate"), {"code": code})
        assert is_signed_in(each)

    off = reverse("mfa_deactivate_totp")
    client.post(off, {"code": pyotp.TOTP(secret).now()})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(off)
    client.post(off, {"code": "000000"})
    assert Authenticator.objects.filter(user=worker, type=Authenticator.Type.TOTP).exists()
    client.post(off, {"code": pyotp.TOTP(secret).now()})
    assert not Authenticator.objects.filter(user=worker).exists()
    assert [is_signed_in(each) for each in clients] == [False, False]
    assert Event.objects.filter(kind="people.second_factor.taken_off", by_id=worker.pk).exists()


@override_settings(DEMO=False)
def test_a_session_that_never_showed_the_second_factor_is_asked_for_it(client, worker):
    sign_in(client, "worker", PASSWORD)
    secret = with_second_factor(worker)
    assert client.get(reverse("account"))["Location"].startswith(reverse("mfa_reauthenticate"))
    client.post(reverse("mfa_reauthenticate"), {"code": pyotp.TOTP(secret).now()})
    assert is_signed_in(client)


def test_what_makes_the_codes_is_enciphered_in_the_database(worker):
    secret = with_second_factor(worker)
    kept = [str(each.data) for each in Authenticator.objects.filter(user=worker)]
    assert kept != []
    assert [each for each in kept if "fernet:" not in each or secret in each] == []


def test_a_password_that_was_handed_over_is_changed_before_anything_else(client):
    user, password = make_user(username="ola", name="Ola Berg", act=Act(None, timezone.now(), date(2016, 7, 31)))
    sign_in(client, "ola", password)
    for page in ("/", reverse("account"), "/tacs/"):
        assert client.get(page)["Location"] == reverse("account_change_password")
    client.post(
        reverse("account_change_password"), {"oldpassword": password, "password1": PASSWORD, "password2": PASSWORD}
    )
    assert is_signed_in(client)
    assert Event.objects.filter(kind="people.password.changed", by_id=user.pk).exists()


@pytest.mark.parametrize(
    ("peer", "said", "counted"),
    [
        ("10.1.0.1", "203.0.113.9", "203.0.113.9"),
        # What the visitor wrote there themself stands before what the proxy adds.
        ("10.1.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.1.0.1", "203.0.113.9, 10.1.0.2", "203.0.113.9"),
        # Nobody else is believed.
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("10.1.0.1", "", "10.1.0.1"),
    ],
)
def test_behind_a_proxy_the_visitors_own_address_is_counted(client, worker, peer, said, counted):
    with override_settings(TRUSTED_PROXIES=(ip_network("10.1.0.0/24"),)):
        client.post(
            reverse("account_login"), {"login": "worker", "password": "x"}, REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=said
        )
    assert Event.objects.get(kind="people.sign_in.failed").data["source"] == f"address:{counted}"


def test_someone_switched_off_does_not_sign_in(client, worker):
    worker.is_active = False
    worker.save()

    sign_in(client, "worker", PASSWORD)

    assert not is_signed_in(client)


def test_nobody_signs_themselves_up(client):
    assert client.get("/accounts/signup/").status_code == 404


@override_settings(DEMO=False)
def test_outside_the_demonstration_nobody_gets_further_without_a_second_factor(client, worker):
    landed = sign_in(client, "worker", PASSWORD)

    assert reverse("mfa_activate_totp") in [address for address, _ in landed.redirect_chain]
    assert client.get(reverse("account")).status_code == 302

    # The password is asked for again before a second factor is set up.
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": pyotp.TOTP(secret).now()})
    assert Authenticator.objects.filter(user=worker, type=Authenticator.Type.TOTP).exists()
    assert is_signed_in(client)

    # Signed in again, the password alone is not enough; a recovery code is, once.
    again = Client()
    asked = sign_in(again, "worker", PASSWORD)
    assert asked.redirect_chain[-1][0] == reverse("mfa_authenticate")
    assert not is_signed_in(again)
    codes = Authenticator.objects.get(user=worker, type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    again.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert is_signed_in(again)

    third = Client()
    sign_in(third, "worker", PASSWORD)
    third.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert not is_signed_in(third)


def test_the_content_policy_allows_nothing_inline(client):
    policy = client.get(reverse("account_login")).headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_production_settings_pass_the_deployment_check(tmp_path):
    import subprocess
    import sys

    environ = databases.environ_for(django_settings.DATABASES["default"]["NAME"])
    environ |= {
        "PLUMBLINE_DEMO": "0",
        "PLUMBLINE_HOME": str(tmp_path),
        "PLUMBLINE_SECRET_KEY": KEY,
        "PLUMBLINE_HOSTS": "plumbline.example.gov.uk",
        "PLUMBLINE_TRUSTED_PROXIES": "127.0.0.1",
    }
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "plumbline.config",
            "manage",
            "--login",
            "web",
            "check",
            "--deploy",
            "--fail-level",
            "INFO",
        ],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PLUMBLINE_SECRET_KEY", "", "PLUMBLINE_SECRET_KEY is missing"),
        ("PLUMBLINE_SECRET_KEY", "short", "PLUMBLINE_SECRET_KEY is too short"),
        ("PLUMBLINE_SECRET_KEY", "x" * 60, "PLUMBLINE_SECRET_KEY is not random"),
        ("PLUMBLINE_SECRET_KEY", "abc123" * 10, "PLUMBLINE_SECRET_KEY is not random"),
        ("PLUMBLINE_SECRET_KEY", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "is not random"),
        ("PLUMBLINE_SECRET_KEY", "a quite long sentence that someone thought of as a key", "is not random"),
        ("PLUMBLINE_TRUSTED_PROXIES", "", "PLUMBLINE_TRUSTED_PROXIES is missing"),
        ("PLUMBLINE_TRUSTED_PROXIES", "the proxy", "PLUMBLINE_TRUSTED_PROXIES is 'the proxy'"),
        ("PLUMBLINE_PORT", "eighty", "PLUMBLINE_PORT is 'eighty'"),
        ("PLUMBLINE_TODAY", "31/7/2016", "PLUMBLINE_TODAY is '31/7/2016'"),
        ("PLUMBLINE_DATABASE_URL", "mysql://x", "must begin with postgresql://"),
        ("PLUMBLINE_TODYA", "2016-07-31", "PLUMBLINE_TODYA is not a setting"),
        ("PLUMBLINE_COLOUR", "red", "PLUMBLINE_COLOUR is 'red'"),
    ],
)
def test_a_wrong_setting_is_said_in_a_sentence(tmp_path, name, value, says):
    from plumbline.config.environment import WrongSetting, read

    environ = {"PLUMBLINE_HOME": str(tmp_path), "PLUMBLINE_SECRET_KEY": KEY, "PLUMBLINE_TRUSTED_PROXIES": "none",
               name: value}  # fmt: skip

    with pytest.raises(WrongSetting, match=says.replace("(", r"\(")):
        read(environ)
