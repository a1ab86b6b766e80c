"""Users: who signs in, as what, from when to when. For administrators; no case content."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.exchange import operations as exchange
from plumbline.flags import queries as flags
from plumbline.kernel.errors import RuleBroken
from plumbline.people import operations, queries
from plumbline.people.access import ROLES, Permission, users_who_may
from plumbline.people.models import Invitation, RoleAsked, RoleHeld, User
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting
from plumbline.web.people.inviting.whom_to_ask import if_reached
from plumbline.web.people.users import forms

# Said after a role that reaches children or the trail was asked for.
_WAITS = " The role waits for a second person: another administrator, or information governance, confirms it."
_NOBODY_CONFIRMS = " The role waits for a second person, and nobody else who could confirm it can be told of it here."


def _waits(request: Request, held: RoleHeld | RoleAsked) -> str:
    """What is said of a role that waits to be confirmed; nothing of one that is held."""
    if not isinstance(held, RoleAsked):
        return ""
    confirm = users_who_may(Permission.USERS_CONFIRM, on=request.day).exclude(pk__in=[request.user.pk, held.user_id])
    return if_reached(confirm, _WAITS, otherwise=_NOBODY_CONFIRMS)


def _with_role(rows: QuerySet[User], role: str) -> QuerySet[User]:
    return rows.filter(pk__in=RoleHeld.objects.filter(role=role).values("user"))


def words_of_state(user: User) -> str:
    if user.is_active:
        return "Can sign in"
    return "Switched off" if user.has_usable_password() else "Invited, no password yet"


class Users(tables.Table):
    title = "People who sign in"
    one, many = "user", "users"
    columns = (
        tables.Column("name", "Name", sort="name", link=lambda row: reverse("user", args=[row.pk])),
        tables.Column("username", "User name", sort="username"),
        tables.Column("roles", "Roles", lambda row: ", ".join(_labels(row)), absent="none"),
        tables.Column("professional", "In the records as", "professional.source_id", absent="not linked"),
        tables.Column("last_login", "Last signed in", sort="last_login", absent="never"),
        tables.Column(
            "state", "State", words_of_state, sort="is_active",
            kind=lambda row: "active" if row.is_active else "grey",
        ),
    )  # fmt: skip
    filters = (
        tables.Text("q", "Name", lambda rows, text: rows.filter(Q(name__named=text) | Q(username__icontains=text))),
        tables.Choice("role", "Role", _with_role, choices=lambda: [(role.key, role.label) for role in ROLES.values()]),
        tables.YesNo("on", "Can sign in", "is_active"),
    )
    order = "name"


def _labels(user: User) -> list[str]:
    """The roles that have not ended, as the list has fetched them."""
    return list(dict.fromkeys(ROLES[held.role].label for held in user.roles_held.all() if held.to_on is None))


@requires(Permission.USERS_MANAGE)
def users(request: Request) -> HttpResponseBase:
    table = Users(request, queries.users_visible_to(request.user, on=request.day))
    return tables.page(request, table, "people/users/list.html")


@requires(Permission.USERS_MANAGE)
def user(request: Request, user_id: int) -> HttpResponseBase:
    found = _user(request, user_id)
    return _page(request, found, password=request.session.pop(_session_key(found), ""))


def _page(request: Request, found: User, *, password: str = "", status: int = 200, **context: Any) -> HttpResponseBase:
    held = [
        {"held": each, "role": ROLES[each.role], "over": each.to_on is not None and each.to_on < request.day}
        for each in queries.roles_of(user=found)
    ]
    return render(
        request,
        "people/users/user.html",
        {
            "user_shown": found,
            "held": held,
            "asked": [
                {"asked": each, "role": ROLES[each.role]}
                for each in queries.roles_asked_visible_to(request.user, on=request.day)
                if each.user_id == found.pk
            ],
            "password": password,
            "role_form": forms.GiveRole(initial={"from_on": request.day}, prefix="role"),
            "join_form": _join_form(found),
            "switch_form": forms.Because(prefix="switch"),
            "correct_form": _correct_form(found),
            "state": words_of_state(found),
            "invited": found.invitations.filter(state=Invitation.State.WAITING)
            .select_related("invited_by", "organisation")
            .first(),
            "corrections": queries.corrections_of(request.user, user=found, on=request.day),
            "refused": flags.refused_addresses(request.user, on=request.day).filter(pk=found.pk).first(),
            "breadcrumbs": [("People who sign in", reverse("people")), (str(found), "")],
            **context,
        },
        status=status,
    )


def _join_form(found: User, sent: QueryDict | None = None) -> forms.JoinProfessional:
    number = found.professional.source_id if found.professional else ""
    return forms.JoinProfessional(sent, initial={"professional": number}, prefix="join")


def _correct_form(found: User, sent: QueryDict | None = None) -> forms.CorrectUser:
    return forms.CorrectUser(sent, initial={"name": found.name, "email": found.email}, prefix="correct")


@requires(Permission.USERS_MANAGE)
def new_user(request: Request) -> HttpResponseBase:
    form = forms.NewUser(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            # Together: who cannot be given the role is not made either.
            with transaction.atomic():
                made, password = operations.make_user(
                    username=given["username"], name=given["name"], email=given["email"],
                    professional=given["professional"], **acting(request),
                )  # fmt: skip
                held = operations.give_role(
                    user=made, role=given["role"], team=given["team"], organisation=given["organisation"],
                    from_on=request.day, to_on=None, **acting(request),
                )  # fmt: skip
                exchange.refresh_ties(**acting(request))
        except RuleBroken as refusal:
            fields = {
                "unknown_professional": "professional",
                "professional_taken": "professional",
                "missing_name": "name",
                **forms.ROLE_FIELDS,
            }
            form.refuse(refusal, field=fields.get(refusal.code, "username"))
        else:
            # Shown once on the next page, and kept nowhere else.
            request.session[_session_key(made)] = password
            messages.success(request, f"{made} can sign in now.{_waits(request, held)}")
            return redirect("user", made.pk)
    breadcrumbs = [("People who sign in", reverse("people")), ("New", "")]
    return render(request, "people/users/new.html", {"form": form, "breadcrumbs": breadcrumbs})


@requires(Permission.USERS_MANAGE)
def give_role(request: Request, user_id: int) -> HttpResponseBase:
    found = _user(request, user_id)
    form = forms.GiveRole(request.POST or None, prefix="role")
    if form.is_valid():
        try:
            with transaction.atomic():
                held = operations.give_role(user=found, **form.cleaned_data, **acting(request))
                exchange.refresh_ties(**acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal, field=forms.ROLE_FIELDS.get(refusal.code, "role"))
        else:
            label = ROLES[form.cleaned_data["role"]].label.lower()
            waits = _waits(request, held)
            messages.success(request, f"Asked for.{waits}" if waits else f"{found} is {label}.")
            return redirect("user", found.pk)
    return _page(request, found, role_form=form, form=form, status=422 if request.method == "POST" else 200)


@requires(Permission.USERS_CONFIRM)
def roles_asked(request: Request) -> HttpResponseBase:
    """The roles that wait for a second person."""
    return _asked_page(request)


def _asked_page(request: Request, *, refused: str = "", status: int = 200) -> HttpResponseBase:
    waiting = [
        {
            "asked": each,
            "role": ROLES[each.role],
            "mine": request.user.pk in (each.user_id, each.asked_by_id),
        }
        for each in queries.roles_asked_visible_to(request.user, on=request.day)
    ]
    return render(request, "people/users/asked.html", {"waiting": waiting, "refused": refused}, status=status)


@requires(Permission.USERS_CONFIRM)
def decide_role(request: Request, asked_id: int) -> HttpResponseBase:
    if request.method != "POST":
        return redirect("roles_asked")
    given = request.POST.get("decision") == "give"
    if not given and request.POST.get("decision") != "decline":
        return _asked_page(request, refused="Say whether you confirm the role or decline it.", status=422)
    try:
        with transaction.atomic():
            asked = operations.decide_role(asked_id=asked_id, given=given, **acting(request))
            exchange.refresh_ties(**acting(request))
    except RuleBroken as refusal:
        return _asked_page(request, refused=refusal.reason, status=422)
    messages.success(request, f"{asked.user}: {ROLES[asked.role].label} {'given' if given else 'declined'}.")
    return redirect("roles_asked")


@requires(Permission.USERS_MANAGE)
def end_role(request: Request, user_id: int, held_id: int) -> HttpResponseBase:
    found = _user(request, user_id)
    held = queries.roles_of(user=found).filter(pk=held_id).first()
    if held is None:
        raise Http404
    label = ROLES[held.role].label
    form = forms.Because(request.POST or None, label=f"Why does {found} stop being {label.lower()}?")
    if form.is_valid():
        try:
            with transaction.atomic():
                operations.end_role(held=held, because=form.cleaned_data["because"], **acting(request))
                exchange.refresh_ties(**acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{found} is no longer {label.lower()}.")
            return redirect("user", found.pk)
    return render(request, "people/users/end_role.html", {"form": form, "user_shown": found, "label": label})


@requires(Permission.USERS_MANAGE)
def join_professional(request: Request, user_id: int) -> HttpResponseBase:
    found = _user(request, user_id)
    form = _join_form(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                operations.join_professional(
                    user=found, professional=form.cleaned_data["professional"], **acting(request)
                )
                exchange.refresh_ties(**acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal, field="professional")
        else:
            messages.success(request, "Saved. What they may open follows from it at once.")
            return redirect("user", found.pk)
    return _page(request, found, join_form=form, form=form, status=422 if request.method == "POST" else 200)


@requires(Permission.USERS_MANAGE)
def correct(request: Request, user_id: int) -> HttpResponseBase:
    """Their name and e-mail address put right."""
    found = _user(request, user_id)
    form = _correct_form(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = operations.correct_user(user=found, **form.cleaned_data, **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal, field="name")
        else:
            messages.success(request, "Saved." if changed else "Nothing was changed.")
            return redirect("user", found.pk)
    return _page(request, found, correct_form=form, form=form, status=422 if request.method == "POST" else 200)


@requires(Permission.USERS_MANAGE)
def new_password(request: Request, user_id: int) -> HttpResponseBase:
    found = _user(request, user_id)
    if request.method == "POST":
        try:
            password = operations.new_password(user=found, **acting(request))
        except RuleBroken as refusal:
            messages.error(request, refusal.reason)
            return redirect("user", found.pk)
        request.session[_session_key(found)] = password
    return redirect("user", found.pk)


@requires(Permission.USERS_MANAGE)
def switch(request: Request, user_id: int) -> HttpResponseBase:
    """Let someone sign in again who was switched off."""
    found = _user(request, user_id)
    if found.is_active:
        # First what is theirs.
        return redirect("user_leaving", found.pk)
    form = forms.Because(request.POST or None, prefix="switch")
    if form.is_valid():
        try:
            operations.switch_on(user=found, because=form.cleaned_data["because"], **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{found.called} can sign in.")
            return redirect("user", found.pk)
    return _page(request, found, switch_form=form, form=form, status=422 if request.method == "POST" else 200)


def _user(request: Request, user_id: int) -> User:
    found = queries.users_visible_to(request.user, on=request.day).filter(pk=user_id).first()
    if found is None:
        raise Http404
    return found


def _session_key(user: User) -> str:
    return f"password_of_{user.pk}"
