"""Signing in and out, the second factor, and one's own account: allauth's pages, each with its mark."""

from typing import Any

from allauth.account import views as account
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from plumbline.people import operations
from plumbline.people.access import ROLES, current_roles
from plumbline.people.act import PersonalAct
from plumbline.people.models import RoleHeld, User
from plumbline.web.kit.access import public, signed_in
from plumbline.web.kit.once import own_transactions
from plumbline.web.kit.request import Request, acting
from plumbline.web.people.account import guarding


class _SignIn(account.LoginView):
    """In the demonstration the page says who one can be."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            held = RoleHeld.objects.filter(user__is_active=True).select_related("user").order_by("id")
            context["demonstration_users"] = [
                {"username": each.user.username, "name": each.user.name, "role_label": ROLES[each.role].label}
                for each in held
            ]
        return context


_sign_in = guarding.limited("password", guarding.typed_name, _SignIn.as_view())


@public
def sign_in(request: Request) -> HttpResponseBase:
    return _sign_in(request)


@public
def sign_out(request: Request) -> HttpResponseBase:
    leaving = request.user if request.method == "POST" and request.user.is_authenticated else None
    answer = account.logout(request)
    if leaving is not None:
        operations.note_sign_out(act=PersonalAct(leaving, request.at, request.day))
    return answer


_again = guarding.limited("password", guarding.signed_in_name, account.reauthenticate)
_change_password = guarding.limited("password", guarding.signed_in_name, account.password_change)
_code = guarding.limited("code", guarding.name_in_between, mfa.authenticate)
_code_again = guarding.limited("code", guarding.signed_in_name, mfa.reauthenticate)
_take_off = guarding.limited("code", guarding.signed_in_name, totp.deactivate_totp)

inactive = public(lambda request: account.account_inactive(request))
reauthenticate = signed_in(own_transactions(lambda request: _again(request)))
# Asked between the password and the session: nobody is signed in yet.
second_factor = public(lambda request: _code(request))
second_factor_again = signed_in(own_transactions(lambda request: _code_again(request)))
view_recovery_codes = signed_in(lambda request: recovery_codes.view_recovery_codes(request))
download_recovery_codes = signed_in(lambda request: recovery_codes.download_recovery_codes(request))


@signed_in
@own_transactions
def change_password(request: Request) -> HttpResponseBase:
    before = request.user.password
    answer = _change_password(request)
    if request.user.password != before:
        operations.note_password_changed(act=acting(request))
    return answer


@signed_in
@own_transactions
def set_up_second_factor(request: Request) -> HttpResponseBase:
    before = _factor(request.user)
    answer = totp.activate_totp(request)
    now = _factor(request.user)
    if now is not None and now != before:
        # Set up in this session, which is thereby known to have it (SecondFactorMiddleware).
        request.session["second_factor"] = now
        operations.note_second_factor(change="set_up", act=acting(request))
    return answer


@signed_in
@own_transactions
def take_off_second_factor(request: Request) -> HttpResponseBase:
    if is_reauthentication_required(request, app="allauth.mfa"):
        # It asks for the password first, and looks at no code.
        return totp.deactivate_totp(request)
    before = _factor(request.user)
    answer = _take_off(request)
    if before is not None and _factor(request.user) is None:
        request.session.pop("second_factor", None)
        operations.note_second_factor(change="taken_off", act=acting(request))
    return answer


@signed_in
@own_transactions
def make_recovery_codes(request: Request) -> HttpResponseBase:
    answer = recovery_codes.generate_recovery_codes(request)
    if (
        request.method == "POST"
        and answer.status_code == 302
        and answer["Location"].startswith(reverse("mfa_view_recovery_codes"))
    ):
        operations.note_second_factor(change="codes_made", act=acting(request))
    return answer


def _factor(user: User) -> int | None:
    """The number of the user's authenticator app, where one is set up."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
    return found.values_list("pk", flat=True).first()


@signed_in
@require_POST
def go_on(request: Request) -> HttpResponseBase:
    """Stay signed in: the session ends later."""
    request.session["used_at"] = int(request.at.timestamp())
    return HttpResponse(status=204)


@signed_in
def my_account(request: Request) -> HttpResponseBase:
    roles = [
        {"label": ROLES[held.role].label, "does": ROLES[held.role].does, "team": held.team, "from_on": held.from_on}
        for held in current_roles(request.user, on=request.day)
    ]
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    return render(
        request,
        "account/my_account.html",
        {"roles": roles, "has_second_factor": Authenticator.Type.TOTP in kinds},
    )
