"""Exceptions: leave for one child to be placed at one adverse setting; asked for, decided, never deleted."""

from functools import partial

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.people.access import Permission, may, users_with_role
from plumbline.people.operations import look_at_child, look_at_list
from plumbline.placements import operations, queries
from plumbline.placements.models import PlacementException
from plumbline.web.kit import setting_words as words
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.people.inviting.whom_to_ask import if_reached
from plumbline.web.placements.forms import GROUNDS, AskException, DecideException
from plumbline.web.placements.recording import _child, _setting

STATES = (("asked", "Asked for"), ("approved", "Approved"), ("refused", "Refused"))
_KINDS = {"asked": "amber", "approved": "blue", "refused": "grey"}


class Exceptions(tables.Table):
    title = "Exceptions"
    one, many = "exception", "exceptions"
    columns = (
        tables.Column("child_name", "Child", link=lambda row: reverse("exception", args=[row.pk]),
                      sort="child__sort_key"),
        tables.Column("setting", "Setting", lambda row: words.label(row.setting), sort="setting__urn",
                      link=lambda row: words.address(row.setting)),
        tables.Column("grounds", "Grounds", lambda row: row.get_grounds_display(), sort="grounds"),
        tables.Column("from_on", "From", sort="from_on"),
        tables.Column("ends_on", "Until", sort="ends_on"),
        tables.Column("asked_by", "Asked by", lambda row: str(row.asked_by), sort="asked_at", note="asked_at",
                      note_heading="Asked at"),
        tables.Column("state", "State", lambda row: row.get_state_display(), kind=lambda row: _KINDS[row.state],
                      sort="state", note=lambda row: "" if row.times_used == 0 else "used", note_heading="Used"),
    )  # fmt: skip
    filters = (
        tables.Choice("state", "State", "state", choices=STATES),
        tables.Choice("grounds", "Grounds", "grounds", choices=GROUNDS),
        tables.YesNo("used", "Used", lambda rows, yes: rows.filter(times_used__gt=0) if yes
                     else rows.filter(times_used=0)),
    )  # fmt: skip
    order = "-asked_by"
    empty = "No exception was ever asked for."


@requires(Permission.PLACEMENTS_VIEW)
def exceptions(request: Request) -> HttpResponseBase:
    table = Exceptions(request, queries.exceptions_listed(request.user, on=request.day))
    look_at_list(kind="exceptions", asked=request.GET.dict(), act=acting(request))
    return tables.page(
        request,
        table,
        "placements/exceptions.html",
        {
            "may_ask": may(request.user, Permission.PLACEMENT_EXCEPTION_ASK, on=request.day),
            "breadcrumbs": [("Placements", reverse("placements")), ("Exceptions", "")],
        },
    )


@requires(Permission.PLACEMENTS_VIEW)
def exception(request: Request, exception_id: int) -> HttpResponseBase:
    """One exception; and the decision on it, for who may decide and did not ask for it."""
    on, viewer = request.day, request.user
    found = queries.exception_seen(viewer, exception_id=exception_id, on=on)
    look_at_child(child_id=found.child_id, page=f"exception {found.pk}", act=acting(request))
    decides = (
        found.state == "asked"
        and found.asked_by_id != viewer.pk
        and may(viewer, Permission.PLACEMENT_EXCEPTION_DECIDE, on=on)
    )

    def page(form: DecideException | None) -> HttpResponseBase:
        context = {
            "exception": found,
            "child": found.child,
            "setting": found.setting,
            "label": words.label(found.setting),
            "kind": words.kind(found.setting.status),
            "word": words.STATUSES[found.setting.status],
            "sentences": words.sentences(found.setting),
            "state_kind": _KINDS[found.state],
            "form": form,
            "own": found.state == "asked" and found.asked_by_id == viewer.pk,
            "breadcrumbs": [
                ("Placements", reverse("placements")),
                ("Exceptions", reverse("exceptions")),
                (f"Exception {found.pk}", ""),
            ],
        }
        return render(request, "placements/exception.html", context)

    def decide(decision: str, reason: str) -> PlacementException:
        return operations.decide_exception(
            exception_id=exception_id, approve=decision == "approve", reason=reason, act=acting(request)
        )

    if decides:
        form = DecideException(request.POST or None)
        address = reverse("exception", args=[exception_id])
        return ask(request, form, page, do=decide, done="Your decision is recorded.", to=address)
    if request.method == "POST":
        raise Http404
    return page(None)


@requires(Permission.PLACEMENT_EXCEPTION_ASK)
def ask_for(request: Request) -> HttpResponseBase:
    """Child and setting are chosen as for recording a placement, and come with the address."""
    on = request.day
    child = _child(request, request.GET.get("child_id", ""))
    setting = _setting(request, request.GET.get("register", ""), request.GET.get("urn", ""))
    if child is None or setting is None:
        # The same pages ask which child and which setting, and come back here.
        asked = request.GET.copy()
        asked["for"] = "exception"
        return redirect(f"{reverse('placement_record')}?{asked.urlencode()}")
    context = {
        "question": Question(
            heading="Ask for an exception",
            button="Ask the head of service",
            back=reverse("exceptions"),
            back_words="Exceptions",
            caption=f"{child.name} at {words.label(setting)}",
        ),
        "sentences": words.sentences(setting),
    }
    return ask(
        request,
        AskException(request.POST or None, initial={"from_on": on}),
        ("placements/exception_ask.html", context),
        do=partial(operations.ask_exception, child_id=child.pk, setting_id=setting.pk, act=acting(request)),
        done=lambda _: if_reached(
            users_with_role("head_of_service", on=on),
            "Asked for. The head of service has it in their work.",
            otherwise="Asked for. Nobody who is head of service can be told of it here: tell them.",
        ),
        to=lambda made: reverse("exception", args=[made.pk]),
    )
