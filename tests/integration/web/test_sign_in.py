"""Signing in: passwords, the lock-out by user and address together, and the second factor outside the demonstration."""

from datetime import date

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client, override_settings
from django.urls import reverse

from plumbline.people.models import RoleHeld, User
from tests import databases

PASSWORD = "a long enough phrase for tests"

pytestmark = [pytest.mark.django_db, pytest.mark.login("web")]


@pytest.fixture
def worker() -> User:
    user = User.objects.create(username="worker", name="Rosa Pemberton", password=make_password(PASSWORD))
    RoleHeld.objects.create(user=user, role="social_worker", from_on=date(2015, 1, 1))
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


def test_a_wrong_password_does_not_sign_in_and_says_no_more_than_that(client, worker):
    wrong_password = sign_in(client, "worker", "not it")
    wrong_name = sign_in(Client(), "nobody", "not it", "10.0.0.9")

    assert not is_signed_in(client)
    said = [page.context["form"].errors["__all__"] for page in (wrong_password, wrong_name)]
    assert said[0] == said[1]


def test_five_failures_shut_out_this_user_from_this_address_only(client, worker):
    for _ in range(5):
        shut = sign_in(client, "worker", "guess")

    assert "Wait before you try again" in shut.content.decode()
    assert "Wait before you try again" in sign_in(client, "worker", PASSWORD).content.decode()
    assert not is_signed_in(client)

    elsewhere, colleague = Client(), Client()
    sign_in(elsewhere, "worker", PASSWORD, "10.0.0.2")
    other = User.objects.create(username="colleague", name="A colleague", password=make_password(PASSWORD))
    sign_in(colleague, other.username, PASSWORD, "10.0.0.1")
    assert is_signed_in(elsewhere)
    assert is_signed_in(colleague)


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

    # Signed in anew, the password alone is not enough; a recovery code is, once.
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


def test_production_settings_pass_the_deployment_check():
    import subprocess
    import sys

    environ = databases.environ_for(django_settings.DATABASES["default"]["NAME"])
    environ |= {
        "PLUMBLINE_DEMO": "0",
        "PLUMBLINE_SECRET_KEY": "q8Zr1xW4vLk7Jm2Np5Ts9Yb3Hd6Gf0Ca-eRuIoPzXcVbNmQwErTyUiOp",
        "PLUMBLINE_HOSTS": "plumbline.example.gov.uk",
    }
    done = subprocess.run(
        [
            sys.executable, "-m", "plumbline.config", "manage", "--login", "web",
            "check", "--deploy", "--fail-level", "INFO",
        ],
        env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PLUMBLINE_SECRET_KEY", "", "PLUMBLINE_SECRET_KEY is missing"),
        ("PLUMBLINE_SECRET_KEY", "short", "PLUMBLINE_SECRET_KEY is too short"),
        ("PLUMBLINE_PORT", "eighty", "PLUMBLINE_PORT is 'eighty'"),
        ("PLUMBLINE_TODAY", "31/7/2016", "PLUMBLINE_TODAY is '31/7/2016'"),
        ("PLUMBLINE_DATABASE_URL", "mysql://x", "must begin with postgresql://"),
        ("PLUMBLINE_TODYA", "2016-07-31", "PLUMBLINE_TODYA is not a setting"),
        ("PLUMBLINE_COLOUR", "red", "PLUMBLINE_COLOUR is 'red'"),
    ],
)
def test_a_wrong_setting_is_said_in_a_sentence(tmp_path, name, value, says):
    from plumbline.config.environment import WrongSetting, read

    environ = {"PLUMBLINE_HOME": str(tmp_path), "PLUMBLINE_SECRET_KEY": "x" * 60, name: value}

    with pytest.raises(WrongSetting, match=says.replace("(", r"\(")):
        read(environ)
