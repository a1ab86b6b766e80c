"""The record of a meeting, one matter a page: kept as it is typed, checked at the end, and recorded in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from plumbline.contracts.models import Contract, Evaluation
from plumbline.contracts.operations import evaluations as operations
from plumbline.contracts.queries import care
from plumbline.contracts.reaching import may_change
from plumbline.contracts.rules import evaluations as rules
from plumbline.evidence.operations import keep_document
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.moments import here
from plumbline.people import drafts
from plumbline.people.access import Permission, may
from plumbline.web.contracts.care import frame, steps
from plumbline.web.contracts.care.meetings import meeting_of
from plumbline.web.evidence import files
from plumbline.web.kit import drafts as places
from plumbline.web.kit import wording
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask, pressed, whole
from plumbline.web.kit.forms import PageForm
from plumbline.web.kit.request import Request, acting

P = Permission
DRAFT = "evaluation"
# The subject under which the number of the attached minutes is kept.
FILE = "file"


@dataclass(frozen=True, slots=True)
class Matter:
    key: str
    title: str
    about: str = ""


MATTERS = (
    Matter("who", "Who was there", "Tick who came for the service area: its presence is counted from this."),
    Matter("previous", "What was to be done since last time", "What the meeting heard on each action. It is noted on "
           "the action itself; leave empty what was not spoken of."),
    Matter("safeguarding", "Safeguarding", "What the provider reports for the quarter. Empty means not reported, "
           "which is not the same as none."),
    Matter("cases", "Cases that need resolution", "Everybody who may see the contract reads the summary. The child is "
           "shown only to people who may see that child."),
    Matter("arrangements", "Arrangements for this contract alone", "Safeguarding arrangements discussed and agreed for "
           "this contract. Those that hold already are listed."),
    Matter("commitments", "What the provider promised"),
    Matter("kpis", "Indicators"),
    Matter("minutes", "Minutes"),
    Matter("actions", "What is to be done now", "Each action goes onto the list of actions, with its owner and day."),
    Matter("next", "The next meeting"),
)  # fmt: skip
_KEYS = [matter.key for matter in MATTERS]


@requires(P.CONTRACTS_VIEW)
def step(request: Request, pk: int, key: str) -> HttpResponseBase:
    found = _to_record(request, pk)
    matter = next((each for each in MATTERS if each.key == key), None)
    if matter is None:
        raise NotAllowed(f"There is no page {key}.")
    draft = _draft(request, found, key)
    if request.method != "POST":
        form = _form(request, found, key, draft)
        return _page(request, found, matter, form.quiet() if draft else form)
    typed = _payload(request.POST) | _attached(request, found, key)
    form = _form(request, found, key, typed, request.FILES)
    valid = form.is_valid()
    if valid and key == "minutes" and form.cleaned_data.get("file"):
        try:
            typed["document"] = whole(partial(_attach, request, found, form.cleaned_data["file"]))
        except RuleBroken as refusal:
            form.refuse(refusal, field="file")
            valid = False
    _keep_draft(request, found, key, typed)
    if "more" in request.POST:
        return redirect("meeting_step", found.pk, key)
    if not valid:
        return _page(request, found, matter, form)
    if "later" in request.POST:
        messages.success(request, "What you have typed is kept. Go on with it from the contract’s meetings or My work.")
        return redirect("contract_meetings", found.contract_id)
    following = _KEYS.index(key) + 1
    if request.GET.get("from") == "check" or following == len(_KEYS):
        return redirect("meeting_check", found.pk)
    return redirect("meeting_step", found.pk, _KEYS[following])


@requires(P.CONTRACTS_VIEW)
@require_POST
def keep(request: Request, pk: int, key: str) -> HttpResponseBase:
    """Keep what is typed now; answers "Saved 14:32"."""
    found = _to_record(request, pk)
    if key not in _KEYS:
        raise NotAllowed(f"There is no page {key}.")
    _keep_draft(request, found, key, _payload(request.POST))
    return HttpResponse(f"Saved {wording.clock(here(request.at))}")


@requires(P.CONTRACTS_VIEW)
def check(request: Request, pk: int) -> HttpResponseBase:
    """Everything once more; recorded from here, all of it or nothing."""
    found = _to_record(request, pk)
    filled = {key: _form(request, found, key, _draft(request, found, key) or {}) for key in _KEYS}
    wrong = [
        {"sentence": f"{matter.title}: {_first_error(filled[matter.key])}",
         "url": f"{reverse('meeting_step', args=[found.pk, matter.key])}?from=check", "link": "Correct it"}
        for matter in MATTERS if not filled[matter.key].is_valid()
    ]  # fmt: skip
    rows = [
        {
            "matter": matter,
            "said": _said(filled[matter.key]),
            "url": f"{reverse('meeting_step', args=[found.pk, matter.key])}?from=check",
        }
        for matter in MATTERS
    ]

    def page(form: PageForm) -> HttpResponseBase:
        refused = " ".join(str(each) for each in form.non_field_errors())
        context = {
            "meeting": found,
            "contract": found.contract,
            "wrong": wrong,
            "refused": refused,
            "rows": rows,
            "back": reverse("meeting_step", args=[found.pk, _KEYS[-1]]),
        }
        return render(request, "contracts/care/check.html", context, status=409 if refused else 200)

    if wrong:
        return page(PageForm())

    def record() -> None:
        operations.hold_evaluation(evaluation_id=found.pk, meeting=steps.meeting(filled), **acting(request))
        for key in (*_KEYS, FILE):
            drafts.drop(user=request.user, form=DRAFT, subject=_subject(found, key))

    return ask(
        request,
        pressed(request),
        page,
        do=record,
        done="The meeting is recorded, its actions are on the list, and the contract’s rating is worked out again.",
        to=reverse("meeting", args=[found.pk]),
    )


def _to_record(request: Request, pk: int) -> Evaluation:
    found = meeting_of(request, pk)
    if not may_change(request.user, found.contract, on=request.day, area_lead=True):
        raise NotAllowed(f"There is no meeting {pk} that you may record.")
    if found.state != Evaluation.State.PLANNED:
        raise RuleBroken(f"This meeting is {found.get_state_display().lower()}.", code="wrong_state")
    return found


def _form(
    request: Request, meeting: Evaluation, key: str, data: Mapping[str, str] | None, uploads: Any = None
) -> steps.Step:
    """The page's form; `data` None: nothing was typed yet."""
    contract, day = meeting.contract, request.day
    typed: Any = data
    if key == "who":
        form: steps.Step = steps.Who(typed, initial={"held_on": meeting.held_on}, more=0 if data is None else 2)
        form.day_field("held_on").no_later_than = (day, "That day is still to come")
        return form
    if key == "previous":
        return steps.Previous(typed, actions=care.previous_actions(contract))
    if key == "safeguarding":
        return steps.Safeguarding(typed)
    if key == "cases":
        return steps.Cases(typed, sees_children=may(request.user, P.CHILDREN_VIEW, on=day))
    if key == "arrangements":
        return steps.Arrangements(typed)
    if key == "commitments":
        return steps.Commitments(
            typed, commitments=[each for each in care.commitments_of(contract) if not each.ended_on]
        )
    if key == "kpis":
        measured = [each for each in care.kpis_of(contract) if not each.ended_on]
        form = steps.Kpis(_with_default(typed, meeting), kpis=measured, held_on=min(meeting.held_on, day))
        return form
    if key == "minutes":
        return steps.Minutes(typed, uploads)
    if key == "actions":
        return steps.Actions(typed, owners=owners(request, contract), day=day)
    form = steps.Next(typed)
    form.day_field("next_on").no_earlier_than = (meeting.held_on, "The next meeting comes after this one")
    return form


def _with_default(typed: Any, meeting: Evaluation) -> Any:
    """Nothing typed on the page of indicators still means a quarter."""
    if typed is None or typed.get("quarter"):
        return typed
    return {**typed, "quarter": rules.last_quarter(meeting.held_on).isoformat()}


def owners(request: Request, contract: Contract) -> list[tuple[str, str]]:
    """Who can be given something to do: the provider, the contract's own people, whoever is typing."""
    people = {each.pk: each for each in (contract.manager, contract.area_lead, request.user) if each is not None}
    return [(steps.PROVIDER, contract.provider.name), *((str(pk), str(each)) for pk, each in people.items())]


def _page(request: Request, meeting: Evaluation, matter: Matter, form: steps.Step) -> HttpResponseBase:
    number = _KEYS.index(matter.key)
    before = reverse("meeting_step", args=[meeting.pk, _KEYS[number - 1]]) if number else ""
    contract = meeting.contract
    context = {
        "meeting": meeting, "contract": contract, "matter": matter, "form": form, "number": number + 1,
        "total": len(_KEYS), "back": before or frame.address(contract, "meetings"),
        "draft_url": reverse("meeting_keep", args=[meeting.pk, matter.key]), "repeats": isinstance(form, steps.Rows),
        "nothing": not form.visible_fields() or (matter.key in ("kpis", "commitments") and not form.rows),
        "standing": contract.arrangements.filter(ended_on=None).order_by("agreed_on", "pk")
        if matter.key == "arrangements" else (),
        "attached": form["document"].value() if matter.key == "minutes" else "",
    }  # fmt: skip
    return render(request, "contracts/care/step.html", context)


def _subject(meeting: Evaluation, key: str) -> str:
    return f"{meeting.pk}.{key}"


def _draft(request: Request, meeting: Evaluation, key: str) -> dict[str, str] | None:
    found = drafts.find(user=request.user, form=DRAFT, subject=_subject(meeting, key))
    attached = _attached(request, meeting, key)
    if found is None:
        return attached or None
    return {**found.payload, **attached}


def _attached(request: Request, meeting: Evaluation, key: str) -> dict[str, str]:
    """The file of the minutes that was attached already. It is kept apart from what is typed: what is saved while the
    file is still on its way knows nothing of it, and would else take its place."""
    if key != "minutes":
        return {}
    found = drafts.find(user=request.user, form=DRAFT, subject=_subject(meeting, FILE))
    return {"document": str(found.payload["document"])} if found else {}


def _keep_draft(request: Request, meeting: Evaluation, key: str, typed: Mapping[str, str]) -> None:
    drafts.keep(
        user=request.user, form=DRAFT, subject=_subject(meeting, key), base=0, payload=typed,
        at=request.at, **places.sent_from(request.POST),
    )  # fmt: skip


def _payload(data: Any) -> dict[str, str]:
    return {name: value for name, value in data.items() if name not in (*places.OURS, "more", "later")}


def _attach(request: Request, meeting: Evaluation, upload: Any) -> str:
    """Keep the minutes as a file, and which file it is."""
    document = keep_document(
        title=f"Minutes, {meeting.contract.title}, {wording.day(meeting.held_on)}",
        file_name=upload.name,
        content=upload.read(),
        folder=files.folder(),
        kind="minutes",
        by=request.user,
        at=request.at,
    )
    _keep_draft(request, meeting, FILE, {"document": str(document.pk)})
    return str(document.pk)


def _first_error(form: steps.Step) -> str:
    return next((str(error) for errors in form.errors.values() for error in errors), "not complete")


def _said(form: steps.Step) -> list[tuple[str, str]]:
    """What stands on one page, as (label, words); nothing where nothing was said."""
    if not form.is_valid():
        return []
    found = []
    for row in form.rows:
        if isinstance(form, steps.Rows) and not any(
            form.cleaned_data.get(field.name) for field in row["fields"] if field.name.startswith(f"{form.key}_")
        ):
            continue  # only what is always chosen stands there: it is no row
        words = [_words(form, field.name) for field in row["fields"]]
        if any(words):
            found.append((row["heading"], ", ".join(word for word in words if word)))
    # A quarter is chosen even where nothing was measured: it says nothing then.
    singles = [field for field in form.singles if field.name != "quarter" or found]
    found += [(str(field.label), said) for field in singles if (said := _words(form, field.name))]
    if (document := form.cleaned_data.get("document")) and str(document).isdecimal():
        found.append(("Attached", "The minutes as a file"))
    return found


def _words(form: steps.Step, name: str) -> str:
    value = form.cleaned_data.get(name)
    field = form.fields[name]
    if value in (None, "", False):
        return ""
    if value is True:
        return str(field.label)
    choices = dict(getattr(field, "choices", ()))
    return str(choices.get(value, "")) or wording.in_words(value)
