"""The one list of actions, one action with its notes, and what can be done with it."""

from functools import partial
from typing import Any

from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.actions import operations, queries, rules
from plumbline.actions.models import Action, ActionNote, ActionState
from plumbline.actions.rules import Hand
from plumbline.actions.states import OUTSTANDING
from plumbline.contracts.operations.following import change_action
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission, may
from plumbline.people.models import Organisation, User
from plumbline.web.actions import attaching, forms, words
from plumbline.web.evidence import opened
from plumbline.web.kit import duties, tables
from plumbline.web.kit.access import requires, signed_in
from plumbline.web.kit.asking import Question, act, ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.kit.subjects import SUBJECTS
from plumbline.web.people.inviting.whom_to_ask import ways

ACTIONS = (Permission.ACTIONS_VIEW, Permission.PROVIDER_PORTAL)
_STATES = (
    ("overdue", "Overdue"), ("to_do", "To do"), ("done", "Done, to be verified"), ("over", "Verified or cancelled"),
)  # fmt: skip
_BUTTONS = {
    "action.do": duties.Button("Report it done", "action_done"),
    "action.verify": duties.Button("Verify it", "action_verify"),
}
_RANKS = {"overdue": (0,), "to_do": (0, 1), "done": (2,), "over": (3,)}
_SUBJECTS = tuple(
    (key, SUBJECTS[key].called) for key in ("contract", "tender", "return", "incident", "visit", "setting")
)


def _of_owner(rows: Any, text: str) -> Any:
    return rows.filter(Q(owner__name__named=text) | Q(owner_organisation__name__named=text))


class Actions(tables.Table):
    title = "Actions"
    one, many = "action", "actions"
    columns = (
        tables.Column("title", "Action", sort="title", link=lambda row: reverse("action", args=[row.pk])),
        tables.Column("subject", "About", "subject_label", sort="subject_label", link=words.subject_address),
        tables.Column("origin", "From", "get_origin_type_display", sort="origin_type"),
        tables.Column("owner", "Owner", words.owner, sort=("owner__name", "owner_organisation__name")),
        tables.Column("due_on", "Due", sort="due_on", note=lambda row: words.how_soon(row, row.today),
                      note_heading="How soon"),
        tables.Column("state", "State", lambda row: words.state_of(row, row.today)[1], sort=("rank", "due_on"),
                      kind=lambda row: words.state_of(row, row.today)[0],
                      note=lambda row: "Children may be at risk until it is done" if row.critical else "",
                      note_heading="Critical"),
    )  # fmt: skip
    filters = (
        tables.Choice("state", "State", lambda rows, key: rows.filter(rank__in=_RANKS[key]), choices=_STATES),
        tables.Text("about", "About", "subject_label__named"),
        tables.Choice("subject", "Kind of record", "subject_type", choices=_SUBJECTS),
        tables.Choice("origin", "From", "origin_type", choices=Action.Origin.choices),
        tables.Text("owner", "Owner", _of_owner),
        tables.YesNo("critical", "Children at risk", "critical"),
    )  # fmt: skip
    order = "state"
    empty = "There are no actions here."


@requires(*ACTIONS)
def actions(request: Request) -> HttpResponseBase:
    """Mine, those to be verified, or all that one may see; what is overdue first."""
    on, viewer = request.day, request.user
    verifies = may(viewer, Permission.ACTIONS_VERIFY, on=on)
    lists = {"": "All", "mine": "Mine", **({"verify": "To be verified by me"} if verifies else {})}
    who = request.GET.get("who", "")
    rows = queries.actions_listed(viewer, on=on)
    if who == "mine":
        rows = rows.filter(queries.owned_by(viewer, on=on))
    elif who == "verify" and verifies:
        rows = rows.filter(pk__in=duties.subjects_of(request, "action.verify"))
    table = Actions(request, queries.with_today(rows, on=on))
    tabs = [(label, reverse("actions") + (f"?who={key}" if key else ""), who == key) for key, label in lists.items()]
    return tables.page(request, table, "actions/list.html", {"tabs": tabs})


@signed_in
def action(request: Request, pk: int) -> HttpResponseBase:
    found, hand = _seen(request, pk)
    on = request.day
    state, word = words.state_of(found, on)
    notes = list(queries.notes_of(found))
    opens = set(
        opened.documents(request.user, on=on)
        .filter(pk__in=[note.document_id for note in notes if note.document_id])
        .values_list("pk", flat=True)
    )
    late = found.state in OUTSTANDING and found.due_on < on
    slipped = (found.due_on - found.first_due_on).days
    unreached = (
        ways(
            request,
            found.owner_organisation,
            "Nobody who signs in for the owner can be told of this action.",
            back=reverse("action", args=[found.pk]),
        )
        if found.state in OUTSTANDING and hand.raises
        else []
    )
    box = duties.next_of(request, ("action", found.pk), kinds="action.", buttons=_BUTTONS)
    context = {
        "unreached": unreached, "action": found, "state": state, "word": word, "owner": words.owner(found),
        "subject_url": words.subject_address(found),
        "reasons": [f"It was due on {wording.day(found.due_on)} and is not done."] if late else [],
        "due": wording.by_when(found.due_on, on) if found.state in OUTSTANDING else wording.day(found.due_on),
        "slipped": wording.how_many(slipped, "day", "days") if slipped > 0 else "",
        "may_start": found.state in (ActionState.OPEN, ActionState.SENT_BACK) and hand.owns,
        "next": box, "does": [each for each in _does(found, hand) if not box or box["url"] != each[1]],
        "why_not_verify": _why_not_verify(found, hand),
        "timeline": _timeline(found, notes, opens),
        "breadcrumbs": [("Actions", reverse("actions")), (f"Action {found.pk}", "")]
        if any(may(request.user, each, on=on) for each in ACTIONS)
        else [("My work", reverse("my_work")), (f"Action {found.pk}", "")],
    }  # fmt: skip
    return render(request, "actions/action.html", context)


def _does(found: Action, hand: Hand) -> list[tuple[str, str, str]]:
    """(what the button says, its address, its kind), what comes next first."""
    open_ = found.state in OUTSTANDING
    all_of_them = (
        ("Verify it", "action_verify", "", found.state == ActionState.DONE and rules.may_check(hand)),
        ("Send it back", "action_send_back", "secondary", found.state == ActionState.DONE and rules.may_check(hand)),
        ("Report it done", "action_done", "", open_ and rules.may_work(hand)),
        ("Note progress", "action_note", "secondary", open_ or found.state == ActionState.DONE),
        ("Move the day", "action_move", "secondary", open_ and rules.may_change(hand)),
        ("Hand it over", "action_hand_over", "secondary", open_ and rules.may_change(hand)),
        ("Cancel it", "action_cancel", "secondary", open_ and rules.may_cancel(hand)),
    )
    return [(label, reverse(route, args=[found.pk]), kind) for label, route, kind, offered in all_of_them if offered]


def _why_not_verify(found: Action, hand: Hand) -> str:
    return rules.why_not_check(hand) if found.state == ActionState.DONE and (hand.owns or hand.did) else ""


def _timeline(found: Action, notes: list[ActionNote], opens: set[int]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    if found.verified_at:
        entries.append({"at": found.verified_at, "what": "Verified", "who": str(found.verified_by)})
    if found.cancelled_on:
        entries.append({"at": found.cancelled_on, "what": "Cancelled", "detail": found.cancelled_because})
    for note in notes:
        what = "Note"
        if note.due_to and note.due_from:
            what = f"Due day moved from {wording.day(note.due_from)} to {wording.day(note.due_to)}"
        elif found.done_at == note.at:
            what = "Reported done"
        entry = {"at": note.at, "what": what, "who": str(note.by or ""), "detail": note.text}
        if note.document and note.document_id in opens:
            entry |= {
                "what": f"{what}, with “{note.document.title}”",
                "url": reverse("document", args=[note.document_id]),
            }
        entries.append(entry)
    entries.append({"at": found.raised_at, "what": "Raised", "who": str(found.raised_by or "")})
    return entries


@signed_in
def start(request: Request, pk: int) -> HttpResponseBase:
    """ "I have begun" (by POST)."""
    _seen(request, pk)
    return act(
        request,
        do=partial(operations.start, action_id=pk, act=acting(request)),
        done="Recorded that it is being worked on.",
        to=reverse("action", args=[pk]),
    )


@signed_in
def note(request: Request, pk: int) -> HttpResponseBase:
    found, _ = _seen(request, pk)

    def keep(text: str, **given: Any) -> ActionNote:
        document = attaching.attached(request, found, given)
        return operations.note_progress(action_id=pk, text=text, document=document, act=acting(request))

    return ask(
        request,
        forms.Progress(request.POST or None, request.FILES or None, **_attaching(request, found)),
        _question(found, heading="Note progress", button="Keep the note"),
        do=keep,
        done="Your note is kept.",
        to=reverse("action", args=[pk]),
    )


@signed_in
def report_done(request: Request, pk: int) -> HttpResponseBase:
    found, hand = _seen(request, pk)
    _needs(rules.may_work(hand), found)

    def report(text: str, **given: Any) -> Action:
        document = attaching.attached(request, found, given)
        return change_action(
            change=operations.mark_done, action_id=pk, text=text, document=document, act=acting(request)
        )

    return ask(
        request,
        forms.Done(request.POST or None, request.FILES or None, **_attaching(request, found)),
        _question(found, heading="Report it done", button="Report it done"),
        do=report,
        done="Reported done. It is over when someone else has verified it.",
        to=reverse("action", args=[pk]),
    )


@signed_in
def verify(request: Request, pk: int) -> HttpResponseBase:
    found, hand = _seen(request, pk)
    _needs(rules.may_check(hand), found)
    return ask(
        request,
        forms.Verify(request.POST if request.method == "POST" else None),
        _after_last(found, heading="Verify that it is done", button="Verify it"),
        do=partial(operations.verify, action_id=pk, act=acting(request)),
        done="Verified. The action is over.",
        to=reverse("action", args=[pk]),
    )


@signed_in
def send_back(request: Request, pk: int) -> HttpResponseBase:
    found, hand = _seen(request, pk)
    _needs(rules.may_check(hand), found)
    return ask(
        request,
        forms.Because(request.POST or None, label="What is missing?", missing="Say what is missing"),
        _after_last(found, heading="Send it back", button="Send it back"),
        do=partial(change_action, change=operations.send_back, action_id=pk, act=acting(request)),
        done=f"Sent back to {words.owner(found)}.",
        to=reverse("action", args=[pk]),
    )


@signed_in
def move(request: Request, pk: int) -> HttpResponseBase:
    found, hand = _seen(request, pk)
    _needs(rules.may_change(hand), found)
    form = forms.MoveDue(request.POST or None)
    form.day_field("due_on").no_earlier_than = (request.day, "That day is past")
    return ask(
        request,
        form,
        _question(found, heading="Move the day", button="Move the day"),
        do=partial(change_action, change=operations.move_due, action_id=pk, act=acting(request)),
        done=lambda _: f"It is now due on {wording.day(form.cleaned_data['due_on'])}.",
        to=reverse("action", args=[pk]),
    )


@signed_in
def hand_over(request: Request, pk: int) -> HttpResponseBase:
    found, hand = _seen(request, pk)
    _needs(rules.may_change(hand), found)
    initial = {"owner": str(found.owner_id or ""), "organisation": str(found.owner_organisation_id or "")}

    def give(organisation: Organisation | None, **given: Any) -> Action:
        return operations.hand_over(action_id=pk, owner_organisation=organisation, **given, act=acting(request))

    return ask(
        request,
        forms.HandOver(request.POST or None, initial=initial, **_owners(request, found)),
        _question(found, heading="Hand it over", button="Hand it over"),
        do=give,
        done="Handed over.",
        to=reverse("action", args=[pk]),
    )


@signed_in
def cancel(request: Request, pk: int) -> HttpResponseBase:
    found, hand = _seen(request, pk)
    _needs(rules.may_cancel(hand), found)
    missing = "Say why it need not be done any more"
    return ask(
        request,
        forms.Because(request.POST or None, label="Why need it not be done any more?", missing=missing),
        _question(found, heading="Cancel it", button="Cancel the action", kind="warning"),
        do=partial(change_action, change=operations.cancel, action_id=pk, act=acting(request)),
        done="The action is cancelled.",
        to=reverse("action", args=[pk]),
    )


def _question(found: Action, *, heading: str, button: str, kind: str = "") -> Question:
    return Question(
        heading=heading,
        button=button,
        back=reverse("action", args=[found.pk]),
        back_words=f"Action {found.pk}",
        caption=found.title,
        kind=kind,
    )


def _after_last(found: Action, *, heading: str, button: str) -> tuple[str, dict[str, Any]]:
    """A question with the last note above it: what was said to be done."""
    question = _question(found, heading=heading, button=button)
    return "actions/ask.html", {"question": question, "last": queries.notes_of(found).first()}


def _owners(request: Request, found: Action) -> dict[str, Any]:
    return {
        "people": list(opened.people()),
        "organisations": list(opened.organisations(request.user, on=request.day, also=found.owner_organisation_id)),
    }


def _attaching(request: Request, found: Action) -> dict[str, Any]:
    may_attach = attaching.may_attach(found)
    return {"may_attach": may_attach, "documents": attaching.choices(request, found) if may_attach else []}


def _needs(may_do: bool, found: Action) -> None:
    if not may_do:
        raise NotAllowed(f"Action {found.pk} is for its owner.")


def _seen(request: Request, pk: int) -> tuple[Action, Hand]:
    viewer: User = request.user
    found = (
        queries.actions_visible_to(viewer, on=request.day)
        .select_related("done_by", "verified_by", "raised_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotAllowed(f"There is no action {pk}.")
    return found, queries.hand_of(viewer, found, on=request.day)
