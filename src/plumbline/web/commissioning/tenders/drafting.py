"""From the first draft to closed: changed part by part, approved by someone else, published, closed, abandoned."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from plumbline.commissioning.models import Tender
from plumbline.commissioning.operations import tenders as operations
from plumbline.commissioning.queries import tenders as queries
from plumbline.commissioning.rules import tender as rules
from plumbline.commissioning.rules.tender import Details
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.web.commissioning.tenders.forms import Asked, Because, Begin, HandOver, MoreTime, People, Timetable, What
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting

# The parts of a draft, one matter each.
PARTS = {"what": "What is bought", "asked": "What bidders are asked", "timetable": "Timetable",
         "people": "Who leads it"}  # fmt: skip


def _form(part: str, request: Request, tender: Tender | None) -> Any:
    data = request.POST or None
    now = queries.details_of(tender) if tender else Details(title="", service="")
    initial = {name: getattr(now, name) for name in Details.__dataclass_fields__}
    if part == "what":
        return (What if tender else Begin)(data, initial=initial, frameworks=queries.frameworks(but=tender))
    if part == "asked":
        return Asked(data, initial=initial, stage1=queries.stage1_choices(), questions=queries.question_choices())
    if part == "timetable":
        return Timetable(data, initial=initial)
    on = request.day
    commissioners = queries.commissioners(on=on)
    if tender and tender.lead_commissioner not in commissioners:
        commissioners.append(tender.lead_commissioner)
    return People(data, initial=initial, commissioners=commissioners, leads=queries.service_area_leads(on=on))


@requires(Permission.TENDERS_MANAGE)
def new(request: Request) -> HttpResponseBase:
    form = _form("what", request, None)
    if form.is_valid():
        details = replace(Details(title="", service=""), **form.details())
        try:
            made = operations.make_tender(details=details, **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"The draft is begun, under {made.reference}. Next: what bidders are asked.")
            return redirect("tender_edit", made.pk, "asked")
    context = {"form": form, "label": "Tenders", "back": reverse("tenders"), "heading": "Begin a tender",
               "button": "Begin the draft",
               "about": "Every procurement stands on the list, direct awards and call-offs too. It stays a draft until "
                        "someone else has approved it; what you do not know yet may wait."}  # fmt: skip
    return render(request, "commissioning/tenders/enter.html", context)


@requires(Permission.TENDERS_MANAGE)
def edit(request: Request, pk: int, part: str) -> HttpResponseBase:
    if part not in PARTS:
        raise Http404
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    form = _form(part, request, found)
    if form.is_valid():
        details = replace(queries.details_of(found), **form.details())
        try:
            operations.edit_tender(tender_id=found.pk, details=details, **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{PARTS[part]}: saved.")
            return redirect(_after(part, found))
    context = {"form": form, "label": found.title, "back": reverse("tender", args=[found.pk]), "heading": PARTS[part],
               "button": "Save and continue"}  # fmt: skip
    return render(request, "commissioning/tenders/enter.html", context)


def _after(part: str, tender: Tender) -> str:
    """The next part that has nothing yet, while a draft is first written; else back to the tender."""
    if part == "asked" and tender.service_starts_on is None:
        return reverse("tender_edit", args=[tender.pk, "timetable"])
    return reverse("tender", args=[tender.pk])


@requires(Permission.TENDERS_MANAGE)
@require_POST
def ask_approval(request: Request, pk: int) -> HttpResponseBase:
    operations.ask_approval(tender_id=pk, **acting(request))
    messages.success(request, "It is put to the head of service and the management team for approval.")
    return redirect("tender", pk)


@requires(Permission.TENDERS_APPROVE)
def approve(request: Request, pk: int) -> HttpResponseBase:
    """The whole draft to read, then the decision."""
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    own = request.user.pk in (found.made_by_id, found.approval_asked_by_id)
    sending_back = request.POST.get("do") == "back"
    form = Because(request.POST or None, label="What is to be changed?" if sending_back else "Words with your decision",
                   required=sending_back or own,
                   hint="Needed if you send it back. You drafted it yourself: say why nobody else can approve it."
                   if own else "Needed if you send it back")  # fmt: skip
    if form.is_valid():
        because = form.cleaned_data["because"]
        decide = operations.return_to_draft if sending_back else operations.approve_tender
        try:
            decide(tender_id=found.pk, because=because, **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "It is sent back to draft." if sending_back
                             else "It is approved. The commissioner publishes it.")  # fmt: skip
            return redirect("tender", found.pk)
    return render(request, "commissioning/tenders/approve.html", {
        "tender": found, "form": form, "back": reverse("tender", args=[found.pk]),
        "wrong": rules.not_ready(queries.details_of(found), on=request.day),
        "warnings": rules.warnings(queries.details_of(found), on=request.day),
        "stage1_asked": queries.stage1_asked(found), "questions_asked": queries.questions_asked(found),
        "decidable": found.state == "draft",
    })  # fmt: skip


@requires(Permission.TENDERS_MANAGE)
def publish(request: Request, pk: int) -> HttpResponseBase:
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    errors: list[str] = []
    if request.method == "POST":
        try:
            operations.publish_tender(tender_id=found.pk, **acting(request))
        except RuleBroken as refusal:
            errors = [refusal.reason]
        else:
            messages.success(request, "It is published.")
            return redirect("tender", found.pk)
    asked = queries.questions_asked(found)
    return render(request, "commissioning/tenders/publish.html", {
        "tender": found, "errors": errors, "back": reverse("tender", args=[found.pk]), "questions_asked": asked,
        "stage1_asked": queries.stage1_asked(found),
        "warnings": rules.warnings(queries.details_of(found), on=request.day),
        "scored": asked is not None and rules.asks_safeguarding(asked),
    })  # fmt: skip


def _with_reason(
    request: Request, pk: int, *, operation: Callable[..., Any], done: str, form: Any = None, **words: str
) -> HttpResponseBase:
    """A page that asks why, and does it."""
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    form = form or Because(request.POST or None)
    if form.is_valid():
        try:
            operation(tender_id=found.pk, **form.cleaned_data, **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, done)
            return redirect("tender", found.pk)
    context = {"form": form, "label": found.title, "back": reverse("tender", args=[found.pk]), **words}
    return render(request, "commissioning/tenders/enter.html", context)


@requires(Permission.TENDERS_MANAGE, Permission.TENDERS_APPROVE)
def redraft(request: Request, pk: int) -> HttpResponseBase:
    return _with_reason(
        request, pk, operation=operations.return_to_draft, done="It is a draft again.", heading="Take back to draft",
        button="Take it back to draft", form=Because(request.POST or None, label="What is to be changed?"),
        about="It is then changed, and approved again.",
    )  # fmt: skip


@requires(Permission.TENDERS_MANAGE, Permission.TENDERS_APPROVE)
def hand_over(request: Request, pk: int) -> HttpResponseBase:
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    commissioners = queries.commissioners(on=request.day)
    form = HandOver(
        request.POST or None, commissioners=commissioners, leads=queries.service_area_leads(on=request.day),
        initial={"lead_commissioner_id": found.lead_commissioner_id,
                 "service_area_lead_id": found.service_area_lead_id},
    )  # fmt: skip
    if form.is_valid():
        try:
            operations.hand_over(tender_id=found.pk, **form.details(), **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Who leads the tender is changed.")
            return redirect("tender", found.pk)
    context = {"form": form, "label": found.title, "back": reverse("tender", args=[found.pk]),
               "heading": "Hand the tender over", "button": "Hand it over",
               "about": "What only the lead commissioner decides, such as who evaluates and conflicts of interest, is "
                        "then for the new one. An implementation plan names its leads apart."}  # fmt: skip
    return render(request, "commissioning/tenders/enter.html", context)


@requires(Permission.TENDERS_MANAGE)
def extend(request: Request, pk: int) -> HttpResponseBase:
    return _with_reason(
        request, pk, operation=operations.extend_bids, done="Bidders have more time.", heading="Give more time",
        button="Give more time", form=MoreTime(request.POST or None),
        about="Every bidder is told at the portal.",
    )  # fmt: skip


@requires(Permission.TENDERS_MANAGE)
def abandon(request: Request, pk: int) -> HttpResponseBase:
    return _with_reason(
        request, pk, operation=operations.abandon_tender, done="The tender is abandoned.",
        heading="Abandon the tender", button="Abandon it",
        about="Nothing is awarded, and it does not come back. Where it was published, a termination notice is due.",
    )  # fmt: skip


@requires(Permission.TENDERS_MANAGE)
@require_POST
def close(request: Request, pk: int) -> HttpResponseBase:
    operations.close_tender(tender_id=pk, **acting(request))
    messages.success(request, "It is closed to bids. Open them at the portal, and enter each of them here.")
    return redirect("tender_bids", pk)


@requires(Permission.TENDERS_MANAGE)
@require_POST
def begin_stage1(request: Request, pk: int) -> HttpResponseBase:
    operations.begin_stage1(tender_id=pk, **acting(request))
    messages.success(request, "Stage 1 has begun: each bid is checked against each criterion.")
    return redirect("tender_stage1", pk)
