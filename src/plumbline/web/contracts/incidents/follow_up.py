"""What is done about an incident: reported, told, decided, put right, looked back at. One matter a page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from plumbline.contracts.access import contract_seen
from plumbline.contracts.models import Incident, IncidentState, Notification
from plumbline.contracts.operations import incident_forms, incident_notices, incidents
from plumbline.contracts.queries import incidents as queries
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.moments import day_here, day_of, here
from plumbline.people.access import Permission
from plumbline.people.operations import look_at_child
from plumbline.placements import at_setting
from plumbline.placements.access import children_visible_to
from plumbline.web.contracts.incidents import forms, words
from plumbline.web.contracts.incidents.views import WORKS, address_of_contract, may_report, seen
from plumbline.web.kit import setting_words as settings
from plumbline.web.kit.access import requires
from plumbline.web.kit.forms import PageForm
from plumbline.web.kit.request import Request, acting

MANAGES = Permission.INCIDENTS_MANAGE


@requires(*WORKS)
def report(request: Request, pk: int) -> HttpResponseBase:
    """Report an incident under a contract."""
    contract = contract_seen(request.user, contract_id=pk, on=request.day)
    if not may_report(request, contract):
        raise Http404
    local = here(words.now_of(request))
    form = forms.Report(request.POST or None, contract=contract, initial={
        "occurred_on": day_here(local), "occurred_time": f"{local:%H:%M}",
    })  # fmt: skip
    if form.is_valid():
        try:
            made = at_setting.report_incident(
                contract_id=contract.pk, setting_id=form.setting_id, told=form.told(), **acting(request),
            )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"Reported as {made.reference}. Now tell those below, the most urgent first.")
            return redirect("incident", made.pk)
    return render(request, "contracts/incidents/report.html", {
        "contract": contract, "form": form, "agreed": queries.form_in_force(contract),
        "cancel": address_of_contract(request, contract),
    })  # fmt: skip


@requires(*WORKS)
def sent(request: Request, pk: int, number: int) -> HttpResponseBase:
    """Say that a recipient was told."""
    found, row = _notification(request, pk, number)
    return _do(
        request, found, forms.MarkSent(request.POST or None, initial={"sent": "now"}),
        title=f"{words.label(row.recipient)}: mark as told", button="Mark as told", done="Marked as told.",
        text=f"{row.legal_basis}. Due by {words.said(row.due_at)}.",
        operation=lambda form: incident_notices.mark_sent(
            notification_id=row.pk, channel=form.cleaned_data["channel"], sent_at=form.sent_at, **acting(request)
        ),
    )  # fmt: skip


@requires(*WORKS)
def received(request: Request, pk: int, number: int) -> HttpResponseBase:
    found, row = _notification(request, pk, number)
    return _do(
        request, found, forms.MarkReceived(request.POST or None),
        title=f"{words.label(row.recipient)}: mark as received", button="Mark as received",
        done="Marked as received.", text=f"Told: {row.channel}.",
        operation=lambda form: incident_notices.mark_received(
            notification_id=row.pk, received_by=form.cleaned_data["received_by"], **acting(request)
        ),
    )  # fmt: skip


@requires(MANAGES)
def not_needed(request: Request, pk: int, number: int) -> HttpResponseBase:
    found, row = _notification(request, pk, number)
    return _do(
        request, found, forms.NotNeeded(request.POST or None), title=f"{words.label(row.recipient)}: not needed",
        button="Mark as not needed", done="Marked as not needed.", text=f"{row.legal_basis}.",
        operation=lambda form: incident_notices.mark_not_needed(
            notification_id=row.pk, because=form.cleaned_data["because"], **acting(request)
        ),
    )  # fmt: skip


@requires(*WORKS)
def news(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    return _do(
        request, found, forms.News(request.POST or None), title="Add what has become known", button="Add the news",
        done="Added. Tell everybody who was told before.",
        operation=lambda form: incidents.add_news(
            incident_id=found.pk, text=form.cleaned_data["text"], **acting(request)
        ),
    )  # fmt: skip


@requires(*WORKS)
def news_sent(request: Request, pk: int, number: int) -> HttpResponseBase:
    found = seen(request, pk)
    row = queries.news_line(found, number)
    if row is None:
        raise Http404
    return _do(
        request, found, forms.MarkSent(request.POST or None, initial={"sent": "now"}),
        title=f"{words.label(row.notification.recipient)}: mark the news as told", button="Mark as told",
        done="Marked as told.", text=row.news.text,
        operation=lambda form: incident_notices.mark_news_sent(
            news_sent_id=row.pk, channel=form.cleaned_data["channel"], sent_at=form.sent_at, **acting(request)
        ),
    )  # fmt: skip


@requires(*WORKS)
@require_POST
def tick(request: Request, pk: int, number: int) -> HttpResponseBase:
    """A step of the agreed form was taken."""
    incident_forms.tick_step(incident_id=pk, place=number, **acting(request))
    return redirect(f"{reverse('incident', args=[pk])}#steps")


@requires(*WORKS)
@require_POST
def untick(request: Request, pk: int, number: int) -> HttpResponseBase:
    """It was not taken after all."""
    incident_forms.untick_step(incident_id=pk, place=number, **acting(request))
    return redirect(f"{reverse('incident', args=[pk])}#steps")


@requires(MANAGES)
def decide(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    form = forms.Decide(request.POST or None, initial={"learnt_on": day_of(found.reported_at, on=request.day)})
    return _do(
        request, found, form, title="The national panel", button="Record the decision",
        done="Your decision is recorded.",
        text="From learning of it the council has five working days to notify the panel, fifteen for a rapid review.",
        operation=lambda form: incidents.decide_notifiable(
            incident_id=found.pk, notifiable=form.cleaned_data["notifiable"] == "yes",
            learnt_on=form.cleaned_data["learnt_on"], because=form.cleaned_data["because"], **acting(request),
        ),
    )  # fmt: skip


@requires(MANAGES)
def outcome(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    return _do(
        request, found, forms.Outcome(request.POST or None, initial={"outcome": found.outcome}),
        title="Outcome of the allegation", button="Record the outcome", done="The outcome is recorded.",
        operation=lambda form: incidents.set_outcome(
            incident_id=found.pk, outcome=form.cleaned_data["outcome"], because=form.cleaned_data["because"],
            **acting(request),
        ),
    )  # fmt: skip


@requires(MANAGES)
def change(request: Request, pk: int) -> HttpResponseBase:
    """Put right what was reported."""
    found = seen(request, pk)
    occurred = here(found.occurred_at)
    known = here(found.known_at) if found.known_at and found.known_at != found.occurred_at else None
    same = ("type", "summary", "immediate_action", "children_count", "placing_authority", "police_reference",
            "lado_reference", "service_centre_reference")  # fmt: skip
    initial = {
        **{name: getattr(found, name) for name in same},
        "setting": str(found.setting_id or "none"), "occurred_on": day_here(occurred),
        "occurred_time": f"{occurred:%H:%M}", "known_on": day_here(known) if known else None,
        "known_time": f"{known:%H:%M}" if known else "",
        "strategy_discussion": {True: "yes", False: "no", None: ""}[found.strategy_discussion],
    }  # fmt: skip
    form = forms.ChangeFacts(request.POST or None, contract=found.contract, initial=initial)
    if queries.may_read_narrative(request.user, found, on=request.day):
        form.fields["staff_involved"].initial = found.staff_involved
    else:
        del form.fields["staff_involved"]
    return _do(
        request, found, form, title="Put right what was reported", button="Save the change", done="Changed.",
        text="The full account stays as it was written. What became known later is added as news.",
        operation=lambda form: at_setting.change_facts(
            incident_id=found.pk, told=form.told(staff=found.staff_involved), setting_id=form.setting_id,
            because=form.cleaned_data["because"], **acting(request),
        ),
    )  # fmt: skip


@requires(MANAGES)
def action(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    form = forms.RaiseAction(request.POST or None, has_manager=found.contract.manager is not None)
    owners = {"me": request.user, "manager": found.contract.manager, "provider": None}
    return _do(
        request, found, form, title="Put down an action", button="Put it down", done="The action is on the list.",
        operation=lambda form: incidents.raise_incident_action(
            incident_id=found.pk, title=form.cleaned_data["title"], detail=form.cleaned_data["detail"],
            owner=owners[form.cleaned_data["owner"]],
            owner_organisation=found.contract.provider if form.cleaned_data["owner"] == "provider" else None,
            due_on=form.cleaned_data["due_on"], critical=form.cleaned_data["critical"], **acting(request),
        ),
    )  # fmt: skip


@requires(MANAGES)
def review(request: Request, pk: int) -> HttpResponseBase:
    """To review: all is done that had to be done at once."""
    return _move(
        request, pk, lambda _: PageForm(request.POST if request.method == "POST" else None), to=IncidentState.REVIEW,
        title="Look back at the incident", button="Begin the review", done="The incident is under review.",
        text="Say so when everything that had to be done at once is done. It can be opened again.",
    )  # fmt: skip


@requires(MANAGES)
def reopen(request: Request, pk: int) -> HttpResponseBase:
    return _move(
        request, pk, lambda _: forms.Reopen(request.POST or None), to=IncidentState.OPEN,
        title="Open the incident again", button="Open it again", done="The incident is open again.",
    )  # fmt: skip


@requires(MANAGES)
def close(request: Request, pk: int) -> HttpResponseBase:
    return _move(
        request, pk, lambda found: forms.Close(request.POST or None, initial={"lessons": found.lessons}),
        to=IncidentState.CLOSED, title="Close the incident", button="Close it", done="The incident is closed.",
    )  # fmt: skip


@requires(MANAGES)
def set_aside(request: Request, pk: int) -> HttpResponseBase:
    """The same as another, or entered in error."""
    found = seen(request, pk)
    return _do(
        request, found, forms.SetAside(request.POST or None), title="Set the incident aside", button="Set it aside",
        done="The incident is set aside. Nobody is asked about it any more, and it counts nowhere.",
        text="Its clocks, its flags and its open actions end, and it counts in no figure. It can still be read, and "
        "this can be taken back. If it is the same as another, its children are linked to that one.",
        operation=lambda form: at_setting.set_aside(
            incident_id=found.pk, same_as=form.same_as, because=form.cleaned_data["because"], **acting(request)
        ),
    )  # fmt: skip


@requires(MANAGES)
def take_back(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    return _do(
        request, found, forms.TakeBack(request.POST or None), title="It is an incident of its own",
        button="Take it back", done="The incident is back, and its clocks go on.",
        text="Its clocks go on as they were, and it counts again. Actions that were cancelled with it stay cancelled.",
        operation=lambda form: at_setting.take_back(
            incident_id=found.pk, because=form.cleaned_data["because"], **acting(request)
        ),
    )  # fmt: skip


@requires(Permission.INCIDENTS_NARRATIVE, MANAGES)
def let_read(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    if not queries.may_open_narrative(request.user, found, on=request.day):
        raise Http404
    readers = list(queries.readers_to_choose(on=request.day))
    return _do(
        request, found, forms.LetRead(request.POST or None, readers=readers),
        title="Let a colleague read the full account",
        button="Let them read it", done="They can read it now.", text="Each reading is recorded.",
        operation=lambda form: incidents.let_read(
            incident_id=found.pk, reader=next(each for each in readers if str(each.pk) == form.cleaned_data["reader"]),
            because=form.cleaned_data["because"], **acting(request),
        ),
    )  # fmt: skip


@requires(Permission.PLACEMENTS_VIEW)
def at_the_setting(request: Request, pk: int) -> HttpResponseBase:
    """A child was placed where an incident happened: does it concern them?"""
    asked = at_setting.asked_of(request.user, number=pk, on=request.day)
    form = forms.Concerns(request.POST or None)
    if form.is_valid():
        try:
            at_setting.answer(
                number=pk, concerned=form.cleaned_data["concerned"] == "yes", because=form.cleaned_data["because"],
                **acting(request),
            )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal, field="because" if refusal.code == "missing_reason" else None)
        else:
            messages.success(request, "Your answer is recorded.")
            return redirect("my_work")
    look_at_child(
        child_id=asked.placement.child_id, page=f"incident {asked.incident.reference}", by=request.user, at=request.at,
        on=request.day,
    )  # fmt: skip
    return render(request, "contracts/incidents/at_setting.html", {
        "asked": asked, "incident": asked.incident, "child": asked.placement.child, "form": form,
        "setting": settings.label(asked.incident.setting) if asked.incident.setting else "",
    })  # fmt: skip


@requires(Permission.CHILDREN_VIEW)
def child(request: Request, pk: int) -> HttpResponseBase:
    """Link a child, of those whom the viewer may see."""
    found = seen(request, pk)
    visible = children_visible_to(request.user, on=request.day)

    def link(form: Any) -> None:
        chosen = visible.filter(source_id__iexact=form.cleaned_data["child"].strip()).first()
        if chosen is None:
            raise RuleBroken("No child of this number is known to you.", code="unknown_child")
        if incidents.link_child(incident_id=found.pk, child=chosen, **acting(request)):
            messages.warning(
                request, "What was written names the child, so nobody sees it now. Mend it under “Texts to read”, "
                "where it also stands for who works with the child.",
            )  # fmt: skip

    return _do(
        request, found, forms.LinkChild(request.POST or None), title="Say which child it concerns",
        button="Link the child", done="The child is linked. Only those who may see the child see the name.",
        operation=link,
    )  # fmt: skip


def _notification(request: Request, pk: int, number: int) -> tuple[Incident, Notification]:
    found = seen(request, pk)
    row = found.notifications.filter(pk=number).first()
    if row is None:
        raise NotAllowed(f"There is no notification {number}.")
    return found, row


def _move(
    request: Request, pk: int, form_of: Callable[[Incident], PageForm], *, to: IncidentState, **said: str
) -> HttpResponseBase:
    """The incident goes on to another state, for what its form asks."""
    found = seen(request, pk)
    return _do(
        request, found, form_of(found), **said,
        operation=lambda form: incidents.move_incident(
            incident_id=found.pk, to=to, **form.cleaned_data, **acting(request)
        ),
    )  # fmt: skip


def _do(
    request: Request, found: Incident, form: Any, *, title: str, button: str, done: str,
    operation: Callable[[Any], object], text: str = "",
) -> HttpResponseBase:  # fmt: skip
    """One form that does one thing to an incident, and goes back to it."""
    if form.is_valid():
        try:
            operation(form)
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, done)
            return redirect("incident", found.pk)
    return render(request, "contracts/incidents/do.html", {
        "incident": found, "form": form, "title": title, "button": button, "text": text,
        "back": reverse("incident", args=[found.pk]),
    })  # fmt: skip
