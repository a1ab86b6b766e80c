"""Site visits: what is due, one visit from its plan to its sign-off, another council's accepted, ours sent on."""

from datetime import date
from functools import partial
from typing import Any

from django.conf import settings as site
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from plumbline.actions.queries import owner_words, those_seen
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import Contract, Visit
from plumbline.contracts.operations import visits as operations
from plumbline.contracts.queries import visits as queries
from plumbline.contracts.rules import visits as rules
from plumbline.contracts.visit_paper import JUDGEMENTS
from plumbline.evidence.operations import keep_document
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed
from plumbline.ofsted.models import Setting
from plumbline.people.access import Permission, may
from plumbline.people.queries import acting_for
from plumbline.placements.queries import settings_with_children
from plumbline.web.contracts.care import forms, frame
from plumbline.web.contracts.care.journey import owners
from plumbline.web.evidence import files
from plumbline.web.kit import duties, tables
from plumbline.web.kit import setting_words as settings
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, act, ask
from plumbline.web.kit.request import Request, acting, record_number
from plumbline.web.people.inviting.whom_to_ask import INVITE, if_reached, ways

P = Permission
TAGS = {"planned": "draft", "held": "open", "report_sent": "open", "answered": "open", "signed_off": "done",
        "cancelled": "closed"}  # fmt: skip
JUDGED = {"met": "green", "partly": "amber", "not_met": "red", "not_seen": "grey"}
_DUE_WORDS = {"overdue": "Overdue", "due": "Due", "in_time": "In time"}
_DUE_TAGS = {"overdue": "overdue", "due": "amber", "in_time": "green"}


def visit_of(request: Request, pk: int) -> Visit:
    found = queries.visits_visible_to(request.user, on=request.day).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(f"There is no visit {pk}.")
    return found


def where(visit: Visit) -> str:
    return frame.place(visit.setting, visit.contract)


@requires(P.CONTRACTS_VIEW, P.PROVIDER_PORTAL)
def visits(request: Request, pk: int) -> HttpResponseBase:
    contract = frame.the_contract(request, pk)
    found = queries.visits_of(request.user, contract, on=request.day)
    inside = may(request.user, P.CONTRACTS_VIEW, on=request.day)
    due = []
    if inside:
        here = set(contract.settings.values_list("setting", flat=True))
        every = queries.visits_due(with_children=settings_with_children(on=request.day), on=request.day)
        due = [_due_row(each, request) for each in every if each.setting.pk in here]
    context = {
        **frame.around(request, contract, "visits"), "inside": inside, "due": due,
        "homes": [(settings.label(each.setting), reverse("home", args=[each.setting.pk]), len(each.owed))
                  for each in _homes(request, contract)],
        "visits": [{"row": each, "where": where(each), "tag": TAGS[each.state]} for each in found],
    }  # fmt: skip
    return render(request, "contracts/care/visits.html", context)


def _homes(request: Request, contract: Contract) -> list[queries.Home]:
    """The children's homes of the contract, whose reports are awaited."""
    here = list(contract.settings.values_list("setting", flat=True))
    return queries.homes(with_children=settings_with_children(on=request.day), on=request.day, setting_ids=here)


def _due_row(each: queries.DueVisit, request: Request) -> dict[str, Any]:
    state = each.state(request.day)
    return {
        "setting": settings.label(each.setting),
        "url": settings.address(each.setting),
        "pk": each.setting.pk,
        "state": _DUE_TAGS[state],
        "word": _DUE_WORDS[state],
        "sentence": each.sentence(request.day),
        "children": each.children,
    }


class DueVisits(tables.Table):
    title = "Yearly visits"
    one, many = "place to visit", "places to visit"
    columns = (
        tables.Column("setting", "Where", lambda row: settings.label(row.setting), sort=lambda row: row.setting.urn,
                      link=lambda row: settings.address(row.setting),
                      note=lambda row: ", ".join(each.reference for each in row.contracts) or "under no contract",
                      note_heading="Contracts"),
        tables.Column("children", "Our children there", numeric=True, sort=lambda row: row.children, absent="none"),
        tables.Column("last", "Last visit", lambda row: row.due.visited_on, sort=lambda row: row.due.visited_on,
                      absent="never"),
        tables.Column("due_on", "Due by", lambda row: row.due.due_on, sort=lambda row: row.due.due_on),
        tables.Column("planned_on", "Planned for", sort=lambda row: row.planned_on, absent="not planned"),
        tables.Column("plan", "What next", lambda row: "Plan the visit", link=lambda row:
                      f"{reverse('visit_plan')}?setting={row.setting.pk}"),
    )  # fmt: skip
    filters = (
        tables.YesNo("planned", "Planned", lambda rows, yes: [row for row in rows if bool(row.planned_on) == yes]),
        tables.YesNo("ours", "Our children there", lambda rows, y: [row for row in rows if bool(row.children) == y]),
        tables.YesNo("contract", "Under a contract", lambda rows, y: [row for row in rows if bool(row.contracts) == y]),
    )  # fmt: skip
    order = "due_on"
    empty = "There is no home or school to visit."


@requires(P.CONTRACTS_VIEW)
def visits_due(request: Request) -> HttpResponseBase:
    """Every home and school that is to be visited this year. A count of children is no child's record."""
    rows = queries.visits_due(with_children=settings_with_children(on=request.day), on=request.day)
    late = sum(1 for row in rows if row.state(request.day) == "overdue")
    context = {
        "breadcrumbs": [("Contracts", reverse("contracts")), ("Yearly visits", "")],
        "note": f"{wording.how_many(late, 'visit is', 'visits are')} overdue: more than 30 days past the yearly day.",
        "links": [(reverse("visit_pack"), "Read another council’s pack")] if frame.may_manage(request) else [],
    }  # fmt: skip
    return tables.page(request, DueVisits(request, rows), "contracts/care/list.html", context)


# What is done next, from the visit's own page.
_BUTTONS = {
    "visit.held": duties.Button("Send the report", "visit_report"),
    "visit.answered": duties.Button("Sign the visit off", "visit_sign_off"),
    "visit.answer": duties.Button("Answer the report", "visit_answer"),
}


@requires(P.CONTRACTS_VIEW, P.PROVIDER_PORTAL)
def visit(request: Request, pk: int) -> HttpResponseBase:
    found = visit_of(request, pk)
    order = list(rules.AREAS)
    inside = may(request.user, P.CONTRACTS_VIEW, on=request.day)
    manages = frame.may_manage(request)
    open_ends = queries.open_ends_of(found) if manages and found.state in queries.MADE[:3] else []
    context = {
        "visit": found, "where": where(found), "tag": TAGS[found.state], "inside": inside, "manages": manages,
        "unreached": _unreached(request, found) if manages else [],
        "findings": [
            {"area": rules.AREAS[each.area], "tag": JUDGED[each.judgement], "word": JUDGEMENTS[each.judgement],
             "words": each.finding}
            for each in sorted(found.findings.all(), key=lambda each: order.index(each.area))
        ],
        "actions": [
            (each, owner_words(each)) for each in those_seen(request.user, queries.actions_of(found), on=request.day)
        ],
        "open_ends": open_ends, "may_begin_toolkit": manages and may(request.user, P.RETURNS_REQUEST, on=request.day),
        "may_add": manages and found.state in queries.MADE,
        "next": duties.next_of(request, ("visit", found.pk), buttons=_BUTTONS),
        "setting_url": settings.address(found.setting)
        if found.setting and may(request.user, P.SETTINGS_VIEW, on=request.day) else "",
        "contract_url": frame.address(found.contract) if found.contract else "",
        "breadcrumbs": _crumbs(found, f"Visit of {wording.day(found.visited_on)}"),
    }  # fmt: skip
    return render(request, "contracts/care/visit.html", context)


def _unreached(request: Request, found: Visit) -> list[Any]:
    """Nobody of the provider can be told that its answer to the report is awaited."""
    provider = queries.provider_of(found)
    if provider is None or found.state != Visit.State.REPORT_SENT:
        return []
    sentence = (
        f"Nobody who signs in for {provider.name} can be told of the report. Send it yourself, and record the answer "
        "when it comes."
    )
    return ways(request, provider, sentence, back=reverse("visit", args=[found.pk]))


@requires(P.CONTRACTS_MANAGE)
def plan(request: Request) -> HttpResponseBase:
    """Plan a visit: to a setting (`setting`), or under a contract (`contract`) to one of its settings."""
    if not (request.GET.get("contract") or request.GET.get("setting")):
        return redirect("visits_due")
    contract, place, choices = _asked(request)

    def plan_there(setting: str = "", **given: Any) -> Visit:
        return operations.plan_visit(
            contract_id=contract.pk if contract else None,
            setting_id=_setting_id(place, setting),
            **given,
            act=acting(request),
        )

    return ask(
        request,
        forms.PlanVisit(request.POST or None, settings=choices),
        _of_place(
            contract,
            place,
            heading="Plan or record a visit",
            button="Go on",
            about="A day to come plans the visit. For a day that has passed you go on to what was found.",
        ),
        do=plan_there,
        done=lambda made: (
            f"The visit is planned for {wording.day(made.visited_on)}." if made.visited_on > request.day else ""
        ),
        to=lambda made: _address(made) if made.visited_on > request.day else reverse("visit_hold", args=[made.pk]),
    )


@requires(P.CONTRACTS_MANAGE)
def hold(request: Request, pk: int) -> HttpResponseBase:
    found = visit_of(request, pk)
    judged = forms.judged(queries.found_with_toolkit(found))
    form = forms.HoldVisit(
        request.POST or None,
        owners=_owners(request, found),
        initial={"visited_on": found.visited_on, "visitors": found.visitors or str(request.user), **judged},
    )
    form.day_field("visited_on").no_later_than = (request.day, "That day is still to come")
    form.day_field("due_on").no_earlier_than = (request.day, "That day has passed")

    def record(visited_on: date, visitors: str, summary: str, **_: Any) -> Visit:
        return operations.hold_visit(
            visit_id=found.pk,
            visited_on=visited_on,
            visitors=visitors,
            summary=summary,
            findings=form.findings(),
            actions=form.actions(),
            act=acting(request),
        )

    about = "What the toolkit of the visit says of the areas is filled in already. Change what is not right."
    return ask(
        request,
        form,
        _of_visit(found, heading="What was found", button="Record the visit", about=about if judged else ""),
        do=record,
        done="The visit is recorded. Next: send the provider its report.",
        to=_address(found),
    )


@requires(P.CONTRACTS_MANAGE)
@require_POST
def begin_toolkit(request: Request, pk: int) -> HttpResponseBase:
    """Begin the site visit toolkit for this visit, and go to it."""
    found = visit_of(request, pk)
    return act(
        request,
        do=partial(operations.begin_toolkit, visit_id=found.pk, act=acting(request)),
        done="",
        to=lambda begun: reverse("return", args=[begun.answer_set_id]),
        back=_address(found),
    )


@requires(P.CONTRACTS_MANAGE)
def action(request: Request, pk: int) -> HttpResponseBase:
    """Put down one more action because of a visit."""
    found = visit_of(request, pk)
    form = forms.VisitAction(request.POST or None, owners=_owners(request, found))
    form.day_field("due_on").no_earlier_than = (request.day, "That day has passed")

    def add(**_: Any) -> None:
        (given,) = form.actions()
        operations.add_action(visit_id=found.pk, action=given, act=acting(request))

    return ask(
        request,
        form,
        _of_visit(found, heading="Put down an action", button="Put it on the list"),
        do=add,
        done="The action is on the list.",
        to=_address(found),
    )


@requires(P.CONTRACTS_MANAGE)
def accept(request: Request) -> HttpResponseBase:
    """Take another council's visit for ours."""
    if not (request.GET.get("contract") or request.GET.get("setting")):
        return redirect("visits_due")
    contract, place, choices = _asked(request)
    form = forms.AcceptVisit(request.POST or None, request.FILES or None, settings=choices)
    form.day_field("visited_on").no_later_than = (request.day, "That day is still to come")

    def keep_and_accept(report: Any, by_council: str, setting: str = "", **given: Any) -> Visit:
        told = ("because", "visited_on", "visitors", "summary")
        kept = keep_report(request, report.name, report.read(), by_council)
        return operations.accept_visit(
            contract_id=contract.pk if contract else None,
            setting_id=_setting_id(place, setting),
            by_council=by_council,
            findings=form.findings(),
            report_id=kept,
            **{name: given[name] for name in told},
            act=acting(request),
        )

    return ask(
        request,
        form,
        _of_place(
            contract,
            place,
            heading="Accept another council’s visit",
            button="Accept it",
            about="Give the judgements where its report has them; leave the others empty.",
        ),
        do=keep_and_accept,
        done="The visit is accepted and counts as this year’s.",
        to=_address,
    )


@requires(P.CONTRACTS_MANAGE)
def report(request: Request, pk: int) -> HttpResponseBase:
    found = visit_of(request, pk)

    def send(file: Any) -> Visit:
        return operations.send_report(
            visit_id=found.pk,
            content=file.read() if file else None,
            file_name=file.name if file else "",
            folder=files.folder(),
            council=site.COUNCIL,
            colour=site.COLOUR,
            act=acting(request),
        )

    def said(_: Visit) -> str:
        provider = queries.provider_of(found)
        return if_reached(
            acting_for(provider.pk, on=request.day) if provider else [],
            "The provider finds the report on its own pages now, and can answer it.",
            otherwise="The report is kept, and nobody of the provider can be told of it here: nobody signs in for it "
            f"with an e-mail address. {INVITE} Record the answer when it comes.",
        )

    return ask(
        request,
        forms.SendReport(request.POST if request.method == "POST" else None, request.FILES or None),
        _of_visit(found, heading="Send the report", button="Send it"),
        do=send,
        done=said,
        to=_address(found),
    )


@requires(P.CONTRACTS_MANAGE, P.PROVIDER_PORTAL)
def answer(request: Request, pk: int) -> HttpResponseBase:
    found = visit_of(request, pk)
    form = forms.Answer(request.POST or None)
    if frame.may_manage(request):
        form.fields["answer"].label = "What does the provider say to the report?"
    return ask(
        request,
        form,
        _of_visit(found, heading="Answer the report", button="Hand the answer in"),
        do=partial(operations.answer_report, visit_id=found.pk, act=acting(request)),
        done="The answer is with the council.",
        to=_address(found),
    )


@requires(P.CONTRACTS_MANAGE)
def sign_off(request: Request, pk: int) -> HttpResponseBase:
    found = visit_of(request, pk)
    open_ends = queries.open_ends_of(found)
    form = forms.SignOff(request.POST if request.method == "POST" else None)
    if not open_ends:
        del form.fields["because"]
    about = " ".join(open_ends) or "The report was sent and answered; what is not met has its action."
    return ask(
        request,
        form,
        _of_visit(found, heading="Sign the visit off", button="Sign it off", about=about),
        do=partial(operations.sign_off_visit, visit_id=found.pk, act=acting(request)),
        done="The visit is signed off.",
        to=_address(found),
    )


@requires(P.CONTRACTS_MANAGE)
def cancel(request: Request, pk: int) -> HttpResponseBase:
    found = visit_of(request, pk)
    return ask(
        request,
        forms.Cancel(request.POST or None),
        _of_visit(found, heading="Cancel the visit", button="Cancel the visit", kind="warning"),
        do=partial(operations.cancel_visit, visit_id=found.pk, act=acting(request)),
        done="The visit is cancelled. The clock for the yearly one runs on.",
        to=_address(found),
    )


def keep_report(request: Request, name: str, content: bytes, council: str) -> int:
    return keep_document(
        title=f"Report of a visit by {council}",
        file_name=name,
        content=content,
        folder=files.folder(),
        kind="visit_report",
        act=acting(request),
    ).pk


# --- what these share ------------------------------------------------------------------------------------------------


def _asked(request: Request) -> tuple[Contract | None, Setting | None, list[tuple[str, str]]]:
    """The contract and the setting that the address names, and the settings to choose from where it leaves a choice."""
    seen = contracts_visible_to(request.user, on=request.day)
    contract = seen.filter(pk=record_number(request.GET.get("contract"))).first()
    setting = Setting.objects.filter(pk=record_number(request.GET.get("setting"))).first()
    if contract is None and setting is None:
        raise NotAllowed("There is no such place.")
    choices = []
    if contract is not None and setting is None:
        found = Setting.objects.filter(contracts__contract=contract).order_by("urn")
        choices = [(str(each.pk), settings.label(each)) for each in found]
    return contract, setting, choices


def _setting_id(setting: Setting | None, chosen: str) -> int | None:
    if setting is not None:
        return setting.pk
    return int(chosen) if chosen else None


def _owners(request: Request, found: Visit) -> list[tuple[str, str]]:
    if found.contract is not None:
        return owners(request, found.contract)
    provider = queries.provider_of(found)
    named = [(forms.PROVIDER, provider.name)] if provider else []
    return [*named, (str(request.user.pk), str(request.user))]


def _crumbs(found: Visit, last: str) -> list[tuple[str, str]]:
    if found.contract is not None:
        return frame.crumbs(found.contract, ("Visits", frame.address(found.contract, "visits")), last)
    return [("Yearly visits", reverse("visits_due")), (last, "")]


def _address(found: Visit) -> str:
    return reverse("visit", args=[found.pk])


def _of_visit(found: Visit, **words: Any) -> Question:
    """A page with one form about a visit, which leads back to it."""
    place = frame.place(found.setting, found.contract)
    return Question(caption=place, back=_address(found), back_words=place, **words)


def _of_place(contract: Contract | None, setting: Setting | None, **words: Any) -> Question:
    """A page with one form about a visit that is not recorded yet."""
    if contract is not None and setting is None:
        return frame.question(contract, "visits", **words)
    place = frame.place(setting, contract)
    return Question(caption=place, back=reverse("visits_due"), back_words=place, **words)
