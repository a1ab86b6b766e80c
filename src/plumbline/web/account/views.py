"""Signing in and out, the second factor, and one's own account: allauth's pages, each with its mark."""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST

from plumbline.people.access import ROLES, current_roles
from plumbline.people.models import RoleHeld
from plumbline.web.access import public, signed_in
from plumbline.web.request import Request


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


@public
def sign_in(request: Request) -> HttpResponseBase:
    return _SignIn.as_view()(request)


sign_out = public(lambda request: account.logout(request))
inactive = public(lambda request: account.account_inactive(request))
reauthenticate = signed_in(lambda request: account.reauthenticate(request))
change_password = signed_in(lambda request: account.password_change(request))
# Asked between the password and the session: nobody is signed in yet.
second_factor = public(lambda request: mfa.authenticate(request))
second_factor_again = signed_in(lambda request: mfa.reauthenticate(request))
set_up_second_factor = signed_in(lambda request: totp.activate_totp(request))
take_off_second_factor = signed_in(lambda request: totp.deactivate_totp(request))
view_recovery_codes = signed_in(lambda request: recovery_codes.view_recovery_codes(request))
make_recovery_codes = signed_in(lambda request: recovery_codes.generate_recovery_codes(request))
download_recovery_codes = signed_in(lambda request: recovery_codes.download_recovery_codes(request))


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
