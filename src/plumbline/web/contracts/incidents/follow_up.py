"""What is done about an incident: reported, told, decided, corrected, looked back at. One matter a page."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
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
from plumbline.web.kit.asking import Question, act, ask, pressed
from plumbline.web.kit.request import Request, acting, now_of

MANAGES = Permission.INCIDENTS_MANAGE


@requires(*WORKS)
def report(request: Request, pk: int) -> HttpResponseBase:
    """Report an incident under a contract."""
    contract = contract_seen(request.user, contract_id=pk, on=request.day)
    if not may_report(request, contract):
        raise Http404
    local = here(now_of(request))
    form = forms.Report(
        request.POST or None,
        contract=contract,
        initial={"occurred_on": day_here(local), "occurred_time": f"{local:%H:%M}"},
    )
    context = {
        "contract": contract,
        "agreed": queries.form_in_force(contract),
        "cancel": address_of_contract(request, contract),
    }
    return ask(
        request,
        form,
        ("contracts/incidents/report.html", context),
        do=lambda **_: at_setting.report_incident(
            contract_id=contract.pk, setting_id=form.setting_id, told=form.told(), act=acting(request)
        ),
        done=lambda made: f"Reported as {made.reference}. Now tell those below, the most urgent first.",
        to=_address,
    )


@requires(*WORKS)
def sent(request: Request, pk: int, number: int) -> HttpResponseBase:
    """Say that a recipient was told."""
    found, row = _notification(request, pk, number)
    form = forms.MarkSent(request.POST or None, initial={"sent": "now"})
    return ask(
        request,
        form,
        _of(
            found,
            heading=f"{words.label(row.recipient)}: mark as told",
            button="Mark as told",
            about=f"{row.legal_basis}. Due by {words.due(row.due_at)}.",
        ),
        do=lambda channel, sent_at, **_: incident_notices.mark_sent(
            notification_id=row.pk, channel=channel, sent_at=sent_at, act=acting(request)
        ),
        done="Marked as told.",
        to=_address(found),
    )


@requires(*WORKS)
def received(request: Request, pk: int, number: int) -> HttpResponseBase:
    found, row = _notification(request, pk, number)
    return ask(
        request,
        forms.MarkReceived(request.POST or None),
        _of(
            found,
            heading=f"{words.label(row.recipient)}: mark as received",
            button="Mark as received",
            about=f"Told: {row.channel}.",
        ),
        do=partial(incident_notices.mark_received, notification_id=row.pk, act=acting(request)),
        done="Marked as received.",
        to=_address(found),
    )


@requires(MANAGES)
def not_needed(request: Request, pk: int, number: int) -> HttpResponseBase:
    found, row = _notification(request, pk, number)
    return ask(
        request,
        forms.NotNeeded(request.POST or None),
        _of(
            found,
            heading=f"{words.label(row.recipient)}: not needed",
            button="Mark as not needed",
            about=f"{row.legal_basis}.",
        ),
        do=partial(incident_notices.mark_not_needed, notification_id=row.pk, act=acting(request)),
        done="Marked as not needed.",
        to=_address(found),
    )


@requires(*WORKS)
def news(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    return ask(
        request,
        forms.News(request.POST or None),
        _of(found, heading="Add what has become known", button="Add the news"),
        do=partial(at_setting.add_news, incident_id=found.pk, act=acting(request)),
        done="Added. Tell everybody who was told before.",
        to=_address(found),
    )


@requires(*WORKS)
def news_sent(request: Request, pk: int, number: int) -> HttpResponseBase:
    found = seen(request, pk)
    row = queries.news_line(found, number)
    if row is None:
        raise Http404
    form = forms.MarkSent(request.POST or None, initial={"sent": "now"})
    return ask(
        request,
        form,
        _of(
            found,
            heading=f"{words.label(row.notification.recipient)}: mark the news as told",
            button="Mark as told",
            about=row.news.text,
        ),
        do=lambda channel, sent_at, **_: incident_notices.mark_news_sent(
            news_sent_id=row.pk, channel=channel, sent_at=sent_at, act=acting(request)
        ),
        done="Marked as told.",
        to=_address(found),
    )


@requires(*WORKS)
@require_POST
def tick(request: Request, pk: int, number: int) -> HttpResponseBase:
    """A step of the agreed form was taken."""
    return act(
        request,
        do=partial(incident_forms.tick_step, incident_id=pk, place=number, act=acting(request)),
        done="",
        to=f"{reverse('incident', args=[pk])}#steps",
    )


@requires(*WORKS)
@require_POST
def untick(request: Request, pk: int, number: int) -> HttpResponseBase:
    """It was not taken after all."""
    return act(
        request,
        do=partial(incident_forms.untick_step, incident_id=pk, place=number, act=acting(request)),
        done="",
        to=f"{reverse('incident', args=[pk])}#steps",
    )


@requires(MANAGES)
def decide(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    return ask(
        request,
        forms.Decide(request.POST or None, initial={"learnt_on": day_of(found.reported_at, on=request.day)}),
        _of(
            found,
            heading="The national panel",
            button="Record the decision",
            about="From learning of it the council has five working days to notify the panel, fifteen for a rapid "
            "review.",
        ),
        do=lambda notifiable, **given: incidents.decide_notifiable(
            incident_id=found.pk, notifiable=notifiable == "yes", **given, act=acting(request)
        ),
        done="Your decision is recorded.",
        to=_address(found),
    )


@requires(MANAGES)
def outcome(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    return ask(
        request,
        forms.Outcome(request.POST or None, initial={"outcome": found.outcome}),
        _of(found, heading="Outcome of the allegation", button="Record the outcome"),
        do=partial(incidents.set_outcome, incident_id=found.pk, act=acting(request)),
        done="The outcome is recorded.",
        to=_address(found),
    )


@requires(MANAGES)
def change(request: Request, pk: int) -> HttpResponseBase:
    """Correct what was reported."""
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
    return ask(
        request,
        form,
        _of(
            found,
            heading="Correct what was reported",
            button="Save the change",
            about="The full account stays as it was written. What became known later is added as news.",
        ),
        do=lambda because, **_: at_setting.change_facts(
            incident_id=found.pk,
            told=form.told(staff=found.staff_involved),
            setting_id=form.setting_id,
            because=because,
            act=acting(request),
        ),
        done="Changed.",
        to=_address(found),
    )


@requires(MANAGES)
def action(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    owners = {"me": request.user, "manager": found.contract.manager, "provider": None}
    return ask(
        request,
        forms.RaiseAction(request.POST or None, has_manager=found.contract.manager is not None),
        _of(found, heading="Put down an action", button="Put it down"),
        do=lambda owner, **given: at_setting.raise_incident_action(
            incident_id=found.pk,
            owner=owners[owner],
            owner_organisation=found.contract.provider if owner == "provider" else None,
            **given,
            act=acting(request),
        ),
        done="The action is on the list.",
        to=_address(found),
    )


@requires(MANAGES)
def review(request: Request, pk: int) -> HttpResponseBase:
    """To review: all is done that had to be done at once."""
    found = seen(request, pk)
    return ask(
        request,
        pressed(request),
        _of(
            found,
            heading="Look back at the incident",
            button="Begin the review",
            about="Say so when everything that had to be done at once is done. It can be opened again.",
        ),
        do=partial(at_setting.move_incident, incident_id=found.pk, to=IncidentState.REVIEW, act=acting(request)),
        done="The incident is under review.",
        to=_address(found),
    )


@requires(MANAGES)
def reopen(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    return ask(
        request,
        forms.Reopen(request.POST or None),
        _of(found, heading="Open the incident again", button="Open it again"),
        do=partial(at_setting.move_incident, incident_id=found.pk, to=IncidentState.OPEN, act=acting(request)),
        done="The incident is open again.",
        to=_address(found),
    )


@requires(MANAGES)
def close(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    return ask(
        request,
        forms.Close(request.POST or None, initial={"lessons": found.lessons}),
        _of(found, heading="Close the incident", button="Close it"),
        do=partial(at_setting.move_incident, incident_id=found.pk, to=IncidentState.CLOSED, act=acting(request)),
        done="The incident is closed.",
        to=_address(found),
    )


@requires(MANAGES)
def set_aside(request: Request, pk: int) -> HttpResponseBase:
    """The same as another, or entered in error."""
    found = seen(request, pk)
    form = forms.SetAside(request.POST or None)
    return ask(
        request,
        form,
        _of(
            found,
            heading="Set the incident aside",
            button="Set it aside",
            about="Its clocks, its flags and its open actions end, and it counts in no figure. It can still be read, "
            "and this can be taken back. If it is the same as another, its children are linked to that one.",
        ),
        do=lambda other, because, **_: at_setting.set_aside(
            incident_id=found.pk, same_as=other.strip(), because=because, act=acting(request)
        ),
        done="The incident is set aside: its clocks have ended, and it counts nowhere.",
        to=_address(found),
    )


@requires(MANAGES)
def take_back(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    return ask(
        request,
        forms.TakeBack(request.POST or None),
        _of(
            found,
            heading="It is an incident of its own",
            button="Take it back",
            about="Its clocks go on as they were, and it counts again. Actions that were cancelled with it stay "
            "cancelled.",
        ),
        do=partial(at_setting.take_back, incident_id=found.pk, act=acting(request)),
        done="The incident is back, and its clocks go on.",
        to=_address(found),
    )


@requires(Permission.INCIDENTS_NARRATIVE, MANAGES)
def let_read(request: Request, pk: int) -> HttpResponseBase:
    found = seen(request, pk)
    if not queries.may_open_narrative(request.user, found, on=request.day):
        raise Http404
    readers = {str(each.pk): each for each in queries.readers_to_choose(on=request.day)}
    return ask(
        request,
        forms.LetRead(request.POST or None, readers=list(readers.values())),
        _of(
            found,
            heading="Let a colleague read the full account",
            button="Let them read it",
            about="Each reading is recorded.",
        ),
        do=lambda reader, because: incidents.let_read(
            incident_id=found.pk, reader=readers[reader], because=because, act=acting(request)
        ),
        done="They can read it now.",
        to=_address(found),
    )


@requires(Permission.PLACEMENTS_VIEW)
def at_the_setting(request: Request, pk: int) -> HttpResponseBase:
    """A child was placed where an incident happened: does it concern them?"""
    asked = at_setting.asked_of(request.user, number=pk, on=request.day)

    def page(form: forms.Concerns) -> HttpResponseBase:
        look_at_child(
            child_id=asked.placement.child_id, page=f"incident {asked.incident.reference}", act=acting(request)
        )
        context = {
            "asked": asked,
            "incident": asked.incident,
            "child": asked.placement.child,
            "form": form,
            "setting": settings.label(asked.incident.setting) if asked.incident.setting else "",
        }
        return render(request, "contracts/incidents/at_setting.html", context)

    return ask(
        request,
        forms.Concerns(request.POST or None),
        page,
        do=lambda concerned, because: at_setting.answer(
            number=pk, concerned=concerned == "yes", because=because, act=acting(request)
        ),
        done="Your answer is recorded.",
        to=reverse("my_work"),
    )


@requires(Permission.CHILDREN_VIEW)
def child(request: Request, pk: int) -> HttpResponseBase:
    """Link a child, of those whom the viewer may see."""
    found = seen(request, pk)
    visible = children_visible_to(request.user, on=request.day)

    def link(child: str) -> int:
        chosen = visible.filter(source_id__iexact=child.strip()).first()
        if chosen is None:
            raise RuleBroken("No child of this number is known to you.", code="unknown_child")
        return incidents.link_child(incident_id=found.pk, child=chosen, act=acting(request))

    def said(hidden: int) -> str:
        if hidden:
            messages.warning(
                request,
                "What was written names the child, so nobody sees it now. Mend it under “Texts to read”, where "
                "people who work with the child find it too.",
            )
        return "The child is linked. Only those who may see the child see the name."

    return ask(
        request,
        forms.LinkChild(request.POST or None),
        _of(found, heading="Say which child it concerns", button="Link the child"),
        do=link,
        done=said,
        to=_address(found),
    )


def _notification(request: Request, pk: int, number: int) -> tuple[Incident, Notification]:
    found = seen(request, pk)
    row = found.notifications.filter(pk=number).first()
    if row is None:
        raise NotAllowed(f"There is no notification {number}.")
    return found, row


def _address(found: Incident) -> str:
    return reverse("incident", args=[found.pk])


def _of(found: Incident, *, heading: str, button: str, about: str = "") -> Question:
    """A page with one form about an incident, which leads back to it."""
    caption = f"{found.reference}, {found.get_type_display()}"
    return Question(heading=heading, button=button, caption=caption, about=about, back=_address(found))
