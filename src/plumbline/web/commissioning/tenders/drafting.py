"""From the first draft to closed: changed part by part, approved by someone else, published, closed, abandoned."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from plumbline.commissioning.models import Tender
from plumbline.commissioning.operations import tenders as operations
from plumbline.commissioning.queries import tenders as queries
from plumbline.commissioning.rules import tender as rules
from plumbline.commissioning.rules.tender import Details
from plumbline.people.access import Permission
from plumbline.web.commissioning.tenders.forms import Asked, Because, Begin, HandOver, MoreTime, People, Timetable, What
from plumbline.web.commissioning.tenders.frame import of_tender
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, act, ask, pressed
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
    return ask(
        request,
        form,
        Question(
            heading="Begin a tender",
            button="Begin the draft",
            about="Every procurement is on the list, direct awards and call-offs too. It stays a draft until someone "
            "else has approved it; what you do not know yet may wait.",
            back=reverse("tenders"),
            back_words="Tenders",
        ),
        do=lambda **_: operations.make_tender(
            details=replace(Details(title="", service=""), **form.details()), act=acting(request)
        ),
        done=lambda made: f"The draft is begun, under {made.reference}. Next: what bidders are asked.",
        to=lambda made: reverse("tender_edit", args=[made.pk, "asked"]),
    )


@requires(Permission.TENDERS_MANAGE)
def edit(request: Request, pk: int, part: str) -> HttpResponseBase:
    if part not in PARTS:
        raise Http404
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    form = _form(part, request, found)
    return ask(
        request,
        form,
        of_tender(found, heading=PARTS[part], button="Save and continue"),
        do=lambda **_: operations.edit_tender(
            tender_id=found.pk, details=replace(queries.details_of(found), **form.details()), act=acting(request)
        ),
        done=f"{PARTS[part]}: saved.",
        to=_after(part, found),
    )


def _after(part: str, tender: Tender) -> str:
    """The next part that has nothing yet, while a draft is first written; else back to the tender."""
    if part == "asked" and tender.service_starts_on is None:
        return reverse("tender_edit", args=[tender.pk, "timetable"])
    return reverse("tender", args=[tender.pk])


@requires(Permission.TENDERS_MANAGE)
@require_POST
def ask_approval(request: Request, pk: int) -> HttpResponseBase:
    return act(
        request,
        do=partial(operations.ask_approval, tender_id=pk, act=acting(request)),
        done="It is put to the head of service and the management team for approval.",
        to=reverse("tender", args=[pk]),
    )


@requires(Permission.TENDERS_APPROVE)
def approve(request: Request, pk: int) -> HttpResponseBase:
    """The whole draft to read, then the decision."""
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    own = request.user.pk in (found.made_by_id, found.approval_asked_by_id)
    sending_back = request.POST.get("do") == "back"
    form = Because(
        request.POST or None,
        label="What is to be changed?" if sending_back else "Words with your decision",
        required=sending_back or own,
        hint="Needed if you send it back. You drafted it yourself: say why nobody else can approve it."
        if own
        else "Needed if you send it back",
    )
    details = queries.details_of(found)
    context = {
        "tender": found,
        "back": reverse("tender", args=[found.pk]),
        "wrong": rules.not_ready(details, on=request.day),
        "warnings": rules.warnings(details, on=request.day),
        "stage1_asked": queries.stage1_asked(found),
        "questions_asked": queries.questions_asked(found),
        "decidable": found.state == "draft",
    }
    decide = operations.return_to_draft if sending_back else operations.approve_tender
    return ask(
        request,
        form,
        ("commissioning/tenders/approve.html", context),
        do=partial(decide, tender_id=found.pk, act=acting(request)),
        done="It is sent back to draft." if sending_back else "It is approved. The commissioner publishes it.",
        to=reverse("tender", args=[found.pk]),
    )


@requires(Permission.TENDERS_MANAGE)
def publish(request: Request, pk: int) -> HttpResponseBase:
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    asked = queries.questions_asked(found)
    context = {
        "tender": found,
        "back": reverse("tender", args=[found.pk]),
        "questions_asked": asked,
        "stage1_asked": queries.stage1_asked(found),
        "warnings": rules.warnings(queries.details_of(found), on=request.day),
        "scored": asked is not None and rules.asks_safeguarding(asked),
    }
    return ask(
        request,
        pressed(request),
        ("commissioning/tenders/publish.html", context),
        do=partial(operations.publish_tender, tender_id=found.pk, act=acting(request)),
        done="It is published.",
        to=reverse("tender", args=[found.pk]),
    )


@requires(Permission.TENDERS_MANAGE, Permission.TENDERS_APPROVE)
def redraft(request: Request, pk: int) -> HttpResponseBase:
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    return ask(
        request,
        Because(request.POST or None, label="What is to be changed?"),
        of_tender(
            found,
            heading="Take back to draft",
            button="Take it back to draft",
            about="It is then changed, and approved again.",
        ),
        do=partial(operations.return_to_draft, tender_id=found.pk, act=acting(request)),
        done="It is a draft again.",
        to=reverse("tender", args=[found.pk]),
    )


@requires(Permission.TENDERS_MANAGE, Permission.TENDERS_APPROVE)
def hand_over(request: Request, pk: int) -> HttpResponseBase:
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    form = HandOver(
        request.POST or None,
        commissioners=queries.commissioners(on=request.day),
        leads=queries.service_area_leads(on=request.day),
        initial={
            "lead_commissioner_id": found.lead_commissioner_id,
            "service_area_lead_id": found.service_area_lead_id,
        },
    )
    return ask(
        request,
        form,
        of_tender(
            found,
            heading="Hand the tender over",
            button="Hand it over",
            about="What only the lead commissioner decides, such as who evaluates and conflicts of interest, is then "
            "for the new one. An implementation plan names its leads apart.",
        ),
        do=lambda **_: operations.hand_over(tender_id=found.pk, **form.details(), act=acting(request)),
        done="Who leads the tender is changed.",
        to=reverse("tender", args=[found.pk]),
    )


@requires(Permission.TENDERS_MANAGE)
def extend(request: Request, pk: int) -> HttpResponseBase:
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    return ask(
        request,
        MoreTime(request.POST or None),
        of_tender(
            found, heading="Give more time", button="Give more time", about="Every bidder is told at the portal."
        ),
        do=partial(operations.extend_bids, tender_id=found.pk, act=acting(request)),
        done="Bidders have more time.",
        to=reverse("tender", args=[found.pk]),
    )


@requires(Permission.TENDERS_MANAGE)
def abandon(request: Request, pk: int) -> HttpResponseBase:
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    return ask(
        request,
        Because(request.POST or None),
        of_tender(
            found,
            heading="Abandon the tender",
            button="Abandon it",
            about="Nothing is awarded, and it does not come back. Where it was published, a termination notice is due.",
        ),
        do=partial(operations.abandon_tender, tender_id=found.pk, act=acting(request)),
        done="The tender is abandoned.",
        to=reverse("tender", args=[found.pk]),
    )


@requires(Permission.TENDERS_MANAGE)
@require_POST
def close(request: Request, pk: int) -> HttpResponseBase:
    return act(
        request,
        do=partial(operations.close_tender, tender_id=pk, act=acting(request)),
        done="It is closed to bids. Open them at the portal, and enter each of them here.",
        to=reverse("tender_bids", args=[pk]),
        back=reverse("tender", args=[pk]),
    )


@requires(Permission.TENDERS_MANAGE)
@require_POST
def begin_stage1(request: Request, pk: int) -> HttpResponseBase:
    return act(
        request,
        do=partial(operations.begin_stage1, tender_id=pk, act=acting(request)),
        done="Stage 1 has begun: each bid is checked against each criterion.",
        to=reverse("tender_stage1", args=[pk]),
        back=reverse("tender", args=[pk]),
    )
