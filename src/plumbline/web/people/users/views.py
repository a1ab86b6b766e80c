"""Users: who signs in, as what, from when to when. For administrators; no case content."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.exchange.operations import ties as exchange
from plumbline.flags import queries as flags
from plumbline.kernel.errors import RuleBroken
from plumbline.people import operations, queries
from plumbline.people.access import ROLES, Permission, users_who_may
from plumbline.people.models import Invitation, RoleAsked, RoleHeld, User
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, act, ask
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


def _is_over(held: RoleHeld, day: date) -> bool:
    return held.ended_at is not None or (held.to_on is not None and held.to_on < day)


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
        {"held": each, "role": ROLES[each.role], "over": _is_over(each, request.day)}
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


def _with(request: Request, found: User, name: str) -> Callable[[Any], HttpResponseBase]:
    """The page of a user with one of its forms as it was sent."""
    return lambda form: _page(request, found, form=form, status=422 if form.is_bound else 200, **{name: form})


@requires(Permission.USERS_MANAGE)
def new_user(request: Request) -> HttpResponseBase:
    def make(role: str, team: str, organisation: str, **given: Any) -> tuple[User, RoleHeld | RoleAsked]:
        """Together: who cannot be given the role is not made either."""
        made, password = operations.make_user(**given, act=acting(request))
        held = operations.give_role(
            user=made,
            role=role,
            team=team,
            organisation=organisation,
            from_on=request.day,
            to_on=None,
            act=acting(request),
        )
        exchange.refresh_ties(act=acting(request))
        # Shown once on the next page, and kept nowhere else.
        request.session[_session_key(made)] = password
        return made, held

    return ask(
        request,
        forms.NewUser(request.POST or None),
        Question(
            heading="Make a user",
            button="Make the user",
            back=reverse("people"),
            breadcrumbs=[("People who sign in", reverse("people")), ("New", "")],
        ),
        do=make,
        done=lambda both: f"{both[0]} can sign in now.{_waits(request, both[1])}",
        to=lambda both: reverse("user", args=[both[0].pk]),
    )


@requires(Permission.USERS_MANAGE)
def give_role(request: Request, user_id: int) -> HttpResponseBase:
    found = _user(request, user_id)

    def give(**given: Any) -> RoleHeld | RoleAsked:
        held = operations.give_role(user=found, **given, act=acting(request))
        exchange.refresh_ties(act=acting(request))
        return held

    def said(held: RoleHeld | RoleAsked) -> str:
        waits = _waits(request, held)
        return f"Asked for.{waits}" if waits else f"{found} is {ROLES[held.role].label.lower()}."

    return ask(
        request,
        forms.GiveRole(request.POST or None, prefix="role"),
        _with(request, found, "role_form"),
        do=give,
        done=said,
        to=reverse("user", args=[found.pk]),
    )


@requires(Permission.USERS_CONFIRM)
def roles_asked(request: Request) -> HttpResponseBase:
    """The roles that wait for a second person."""
    waiting = [
        {
            "asked": each,
            "role": ROLES[each.role],
            "mine": request.user.pk in (each.user_id, each.asked_by_id),
        }
        for each in queries.roles_asked_visible_to(request.user, on=request.day)
    ]
    return render(request, "people/users/asked.html", {"waiting": waiting})


@requires(Permission.USERS_CONFIRM)
def decide_role(request: Request, asked_id: int) -> HttpResponseBase:
    decision = request.POST.get("decision")

    def decide() -> RoleAsked:
        if decision not in ("give", "decline"):
            raise RuleBroken("Say whether you confirm the role or decline it.")
        asked = operations.decide_role(asked_id=asked_id, given=decision == "give", act=acting(request))
        exchange.refresh_ties(act=acting(request))
        return asked

    return act(
        request,
        do=decide,
        done=lambda asked: f"{asked.user}: {ROLES[asked.role].label} {'given' if decision == 'give' else 'declined'}.",
        to=reverse("roles_asked"),
    )


@requires(Permission.USERS_MANAGE)
def end_role(request: Request, user_id: int, held_id: int) -> HttpResponseBase:
    found = _user(request, user_id)
    held = queries.roles_of(user=found).filter(pk=held_id).first()
    if held is None:
        raise Http404
    label, address = ROLES[held.role].label, reverse("user", args=[found.pk])

    def end(because: str) -> None:
        operations.end_role(held=held, because=because, act=acting(request))
        exchange.refresh_ties(act=acting(request))

    return ask(
        request,
        forms.Because(request.POST or None, label=f"Why does {found} stop being {label.lower()}?"),
        Question(
            heading=f"End the role {label}",
            button="End the role",
            back=address,
            back_words=str(found),
            about=f"{found} loses today what this role opens. What they did stays theirs.",
            kind="warning",
        ),
        do=end,
        done=f"The role {label} of {found} has ended.",
        to=address,
    )


@requires(Permission.USERS_MANAGE)
def join_professional(request: Request, user_id: int) -> HttpResponseBase:
    found = _user(request, user_id)

    def join(professional: str) -> None:
        operations.join_professional(user=found, professional=professional, act=acting(request))
        exchange.refresh_ties(act=acting(request))

    return ask(
        request,
        _join_form(found, request.POST or None),
        _with(request, found, "join_form"),
        do=join,
        done="Saved. What they may open follows from it at once.",
        to=reverse("user", args=[found.pk]),
    )


@requires(Permission.USERS_MANAGE)
def correct(request: Request, user_id: int) -> HttpResponseBase:
    """Their name and e-mail address are corrected."""
    found = _user(request, user_id)
    return ask(
        request,
        _correct_form(found, request.POST or None),
        _with(request, found, "correct_form"),
        do=partial(operations.correct_user, user=found, act=acting(request)),
        done=lambda changed: "Saved." if changed else "Nothing was changed.",
        to=reverse("user", args=[found.pk]),
    )


@requires(Permission.USERS_MANAGE)
def new_password(request: Request, user_id: int) -> HttpResponseBase:
    found = _user(request, user_id)

    def make() -> None:
        request.session[_session_key(found)] = operations.new_password(user=found, act=acting(request))

    return act(request, do=make, done="", to=reverse("user", args=[found.pk]))


@requires(Permission.USERS_MANAGE)
def switch(request: Request, user_id: int) -> HttpResponseBase:
    """Let someone sign in again who was switched off."""
    found = _user(request, user_id)
    if found.is_active:
        # First what is theirs.
        return redirect("user_leaving", found.pk)
    return ask(
        request,
        forms.Because(request.POST or None, prefix="switch"),
        _with(request, found, "switch_form"),
        do=partial(operations.switch_on, user=found, act=acting(request)),
        done=f"{found.called} can sign in.",
        to=reverse("user", args=[found.pk]),
    )


def _user(request: Request, user_id: int) -> User:
    found = queries.users_visible_to(request.user, on=request.day).filter(pk=user_id).first()
    if found is None:
        raise Http404
    return found


def _session_key(user: User) -> str:
    return f"password_of_{user.pk}"
