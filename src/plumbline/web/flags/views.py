"""Flags: what needs attention, for whom, by when; one flag with its clock; and the answers to it."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.audit.moments import shown
from plumbline.flags import operations, queries, rules, telling
from plumbline.flags.kinds import kinds
from plumbline.flags.models import Flag, FlagFor, FlagStep
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission, may
from plumbline.people.operations import look_at_child, look_at_list
from plumbline.placements import flagging
from plumbline.placements import queries as placements
from plumbline.web.flags import subjects, words
from plumbline.web.flags.forms import CloseFlag, StepResult
from plumbline.web.kit import duties, tables
from plumbline.web.kit import setting_words as settings
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, act, ask
from plumbline.web.kit.request import Request, acting, record_number


def _matching(rows: Any, text: str) -> Any:
    number = record_number(text.lower().removeprefix("flag").strip())
    found = Q(setting_urn__iexact=text) | Q(subject_source_id__iexact=text) | Q(setting_name__named=text)
    found |= Q(child_name__named=text)
    return rows.filter(found | Q(pk=number))


def _due(rows: Any, when: str) -> Any:
    rows = rows.filter(state="open")
    if when == "overdue":
        return rows.filter(due_on__lt=F("today"))
    return rows.filter(due_on__gte=F("today"), due_on__lte=F("today") + timedelta(7))


def _how_soon(row: Any) -> str:
    if row.state != "open" or row.due_on is None:
        return ""
    return wording.how_soon(row.due_on, row.today)


FOR_ME = (
    ("put", "Put to me"),
    ("unread", "I have not read it yet"),
    ("mine", "The next step is mine"),
    ("others", "Waiting for others"),
)


def _for_me(rows: Any, which: str) -> Any:
    return rows.filter(**{f"for_me_{which}": True})


class Flags(tables.Table):
    title = "Flags"
    one, many = "flag", "flags"
    columns = (
        tables.Column("pk", "Flag", link=lambda row: reverse("flag", args=[row.pk]), sort="pk",
                      shown=lambda row: f"Flag {row.pk}"),
        tables.Column("kind", "What is wrong", lambda row: words.kind_words(row.kind), note="reason",
                      note_heading="Why", sort=("severity", "kind")),
        tables.Column("whom", "About", words.whom, sort="child_name"),
        tables.Column("setting", "Setting", words.setting_words, link=words.setting_address, sort="setting_urn",
                      absent="none recorded"),
        tables.Column("worker", "Worker", lambda row: row.worker_name or row.worker, sort="worker",
                      absent="nobody allocated"),
        tables.Column("due_on", "Due", lambda row: row.due_on if row.state == "open" else None, sort="due_if_open",
                      absent="–", note=lambda row: _how_soon(row), note_heading="How soon"),
        tables.Column("state", "State", lambda row: words.state_of(row, row.today)[1],
                      kind=lambda row: words.state_of(row, row.today)[0], note="closed_because",
                      note_heading="Closed because", sort="state"),
    )  # fmt: skip
    filters = (
        tables.Text("q", "Name, URN or flag number", _matching),
        tables.Choice("state", "State", "state", choices=words.STATES),
        tables.Choice("due", "Due", _due, choices=(("overdue", "Overdue"), ("week", "In the next 7 days"))),
        tables.Choice("kind", "What is wrong", "kind", choices=words.kind_choices),
        tables.Choice("me", "For me", _for_me, choices=FOR_ME),
    )  # fmt: skip
    order = "due_on"
    empty = "You have no flags."


@requires(Permission.FLAGS_VIEW)
def flags(request: Request) -> HttpResponseBase:
    """What needs attention; the open ones first, by when they are due."""
    on = request.day
    own = duties.subjects_of(request, "flag_step.")
    rows = placements.flags_listed(request.user, on=on).annotate(
        for_me_put=Exists(queries.flags_for(request.user, on=on).filter(pk=OuterRef("pk"))),
        for_me_mine=Q(pk__in=own),
        for_me_others=Exists(queries.put_to_others(request.user, own=own, on=on).filter(pk=OuterRef("pk"))),
        for_me_unread=Exists(queries.unread_flags(request.user, on=on).filter(pk=OuterRef("pk"))),
    )
    look_at_list(kind="flags", asked=request.GET.dict(), act=acting(request))
    table = Flags(request, rows)
    to_read = []
    if table.chosen.get("me") == "unread" and may(request.user, Permission.FLAGS_ANSWER, on=on):
        first = (table.page_number - 1) * table.per_page
        to_read = [row.pk for row in table.rows[first : first + table.per_page]]
    return tables.page(request, table, "flags/list.html", {"to_read": to_read})


@requires(Permission.FLAGS_ANSWER)
def read_all(request: Request) -> HttpResponseBase:
    """ "I have read these" (by POST), for the flags that the list showed."""

    def read_them() -> int:
        unread = set(queries.put_to_viewer(request.user, on=request.day))
        read = sorted(unread.intersection(map(record_number, request.POST.getlist("flag"))))
        for flag_id in read:
            operations.acknowledge(flag_id=flag_id, act=acting(request))
        return len(read)

    return act(
        request,
        do=read_them,
        done=lambda number: f"Recorded that you have read {wording.how_many(number, 'flag', 'flags')}.",
        to=reverse("flags"),
    )


@dataclass(frozen=True)
class Step:
    """One step of the clock as the page shows it."""

    step: FlagStep
    owner: str
    state: str
    word: str
    due: str
    done_by: str
    decision: str
    url: str


@requires(Permission.FLAGS_VIEW)
def flag(request: Request, flag_id: int) -> HttpResponseBase:
    on, viewer = request.day, request.user
    found = placements.flag_seen(viewer, flag_id=flag_id, on=on)
    child = placements.child_of_flag(viewer, flag=found, on=on)
    if found.child_id is not None:
        # Also for who sees it without the child's name: the flag is about this child all the same.
        look_at_child(child_id=found.child_id, page=f"flag {found.pk}", act=acting(request))
    telling.note_opened(flag_id=found.pk, act=acting(request))
    setting = placements.setting_of_flag(found)
    recipients = queries.recipients_of(found)
    named = {name for row in recipients for name in (row.recipient, row.stands_in_for)}
    names = queries.workers_named({name for name in named if name and not name.startswith("role:")})
    steps = [_step(request, found, each, recipients) for each in queries.steps_of(found)]
    state, word = words.state_of(found, on)
    may_answer = may(viewer, Permission.FLAGS_ANSWER, on=on) and found.state == "open"
    unread = may_answer and bool(queries.unread_by(viewer, recipients=recipients, on=on))
    read_it = {f"flag.{found.kind}": duties.Button("I have read this", "flag_acknowledge", sent=True)}
    next_ = duties.next_of(request, ("flag", found.pk), buttons=read_it if unread else {})
    context = {
        "flag": found,
        "title": words.kind_words(found.kind),
        "state": state,
        "word": word,
        "whom": words.whom(found),
        "child": child,
        "reasons": [found.reason] if found.state == "open" else [],
        "setting": setting,
        "setting_label": settings.label(setting) if setting else found.setting_urn,
        "setting_kind": settings.kind(setting.status) if setting else "",
        "setting_reasons": settings.sentences(setting) if setting else [],
        "setting_url": settings.address(setting) if setting and may(viewer, Permission.SETTINGS_VIEW, on=on) else "",
        "subject": subjects.about(found.subject_type),
        "subject_url": subjects.address(found),
        "placement_url": _placement_url(request, found),
        "steps": steps,
        "next": next_,
        "may_read": unread and not (next_ and next_["action"]),
        "may_close": may_answer and not _still_so(found, request),
        "closes_itself": may_answer,
        "told": [_told(row, names) for row in recipients if row.to_at is None],
        "timeline": _timeline(found, recipients, steps, names),
        "breadcrumbs": [("My work", reverse("my_work")), ("Flags", reverse("flags")), (f"Flag {found.pk}", "")],
    }
    return render(request, "flags/flag.html", context)


def _placement_url(request: Request, found: Flag) -> str:
    if found.subject_type != "placement" or found.subject_id is None:
        return ""
    if not may(request.user, Permission.PLACEMENTS_VIEW, on=request.day):
        return ""
    seen = placements.placements_listed(request.user, on=request.day).filter(pk=found.subject_id).exists()
    return reverse("placement", args=[found.subject_id]) if seen else ""


def _step(request: Request, found: Flag, step: FlagStep, recipients: list[FlagFor]) -> Step:
    on = request.day
    if step.done_at:
        state, word = "done", "Done"
    elif found.state == "closed":
        state, word = "withdrawn", "Not needed any more"
    else:
        state, word = ("overdue", "Overdue") if step.due_on < on else ("due", "To do")
    open_to_viewer = (
        step.done_at is None
        and found.state == "open"
        and queries.may_answer(step, request.user, recipients=recipients, on=on)
    )
    return Step(
        step=step,
        owner=words.owner_words(step.owner_role),
        state=state,
        word=word,
        due=wording.by_when(step.due_on, on) if step.done_at is None else wording.day(step.due_on),
        done_by=str(step.done_by) if step.done_by else "",
        decision=words.decision_words(step.decision),
        url=reverse("flag_step", args=[found.pk, step.pk]) if open_to_viewer else "",
    )


def _told(row: FlagFor, names: dict[str, str]) -> dict[str, Any]:
    return {
        "who": words.put_to(row.recipient, row.team, names),
        "why": row.why,
        "at": row.from_at,
        "reached": _reached(row),
        "in_place_of": words.put_to(row.stands_in_for, "", names) if row.stands_in_for else "",
        "read_at": row.acknowledged_at,
        "read_by": str(row.acknowledged_by) if row.acknowledged_by else "",
        "escalated_to": words.put_to(row.escalated_to, row.team, names) if row.escalated_at else "",
    }


def _reached(row: FlagFor) -> str:
    """Whether they were told: the e-mail accepted, the page opened, or nobody could be told and who was instead."""
    if row.reached_at:
        how = "opened the page" if row.reached_how == FlagFor.How.PAGE else "e-mail accepted for delivery"
        return f"{how} {wording.moment(shown(row.reached_at))}"
    if row.unreached_because:
        instead = words.put_to(row.stood_in_by, "", {}) if row.stood_in_by else ""
        told = f"{instead} told in their place" if instead else "and nobody else could be told either"
        return f"nobody could be told: {row.unreached_because}; {told}"
    return "not told yet"


def _timeline(found: Flag, recipients: list[FlagFor], steps: list[Step], names: dict[str, str]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = [{"at": found.raised_at, "what": "Flag raised", "who": "", "detail": found.reason}]
    for row in recipients:
        who = words.put_to(row.recipient, row.team, names)
        entries.append({"at": row.from_at, "what": f"Put to {who}", "who": "", "detail": f"As {row.why}."})
        if row.acknowledged_at:
            entries.append({"at": row.acknowledged_at, "what": f"Read, for {who}", "who": str(row.acknowledged_by)})
        if row.escalated_at:
            told = words.put_to(row.escalated_to, row.team, names)
            entries.append({"at": row.escalated_at, "what": f"Not read in time by {who}: {told} told", "who": ""})
        if row.reached_at:
            entries.append({"at": row.reached_at, "what": f"Told: {who}", "who": "", "detail": _reached(row)})
        if row.to_at:
            entries.append({"at": row.to_at, "what": f"Not put to {who} any more", "who": ""})
    for each in steps:
        step = each.step
        if step.escalated_at:
            what = f"Not done in time: {step.action}. Head of service told"
            entries.append({"at": step.escalated_at, "what": what, "who": ""})
        if step.done_at:
            detail = f"{each.decision}. {step.result}" if step.decision else step.result
            entries.append({"at": step.done_at, "what": step.action, "who": each.done_by, "detail": detail})
    if found.closed_at:
        entries.append(
            {"at": found.closed_at, "what": "Flag closed", "who": found.closed_by_name, "detail": found.closed_because}
        )
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


@requires(Permission.FLAGS_ANSWER)
def acknowledge(request: Request, flag_id: int) -> HttpResponseBase:
    """ "I have read this" (by POST)."""
    placements.flag_seen(request.user, flag_id=flag_id, on=request.day)
    return act(
        request,
        do=partial(operations.acknowledge, flag_id=flag_id, act=acting(request)),
        done=f"Recorded that you have read flag {flag_id}.",
        to=reverse("flag", args=[flag_id]),
    )


@requires(Permission.FLAGS_ANSWER)
def step(request: Request, flag_id: int, step_id: int) -> HttpResponseBase:
    """The result of one step."""
    on, viewer = request.day, request.user
    found = placements.flag_seen(viewer, flag_id=flag_id, on=on)
    asked = next((each for each in queries.steps_of(found) if each.pk == step_id), None)
    if asked is None or not queries.may_answer(asked, viewer, recipients=queries.recipients_of(found), on=on):
        raise NotAllowed(f"There is no step {step_id}.")
    form = StepResult(request.POST or None, rule=rules.step_rule(kinds()[found.kind], asked.code))
    if "seen_on" in form.fields:
        form.day_field("seen_on").no_later_than = (on, "The child cannot have been seen after today")
    setting = words.setting_words(found)
    return ask(
        request,
        form,
        _question(
            found,
            heading=asked.action,
            button="Record the result",
            caption=f"{words.whom(found)}, {setting}" if setting else words.whom(found),
            about=f"Due {wording.by_when(asked.due_on, on)}. What you write is kept with the flag and can be read by "
            "everyone it is put to.",
        ),
        do=partial(operations.record_step_result, step_id=step_id, act=acting(request)),
        done=f"Recorded: {asked.action}.",
        to=reverse("flag", args=[flag_id]),
    )


@requires(Permission.FLAGS_ANSWER)
def close(request: Request, flag_id: int) -> HttpResponseBase:
    found = placements.flag_seen(request.user, flag_id=flag_id, on=request.day)

    def end(because: str) -> Flag:
        still_so = _still_so(found, request)
        return operations.close_flag(flag_id=flag_id, because=because, still_so=still_so, act=acting(request))

    return ask(
        request,
        CloseFlag(request.POST or None),
        _question(
            found,
            heading=f"Close flag {flag_id}",
            button="Close the flag",
            caption=words.kind_words(found.kind),
            about=found.reason,
            kind="warning",
        ),
        do=end,
        done=f"Flag {flag_id} is closed.",
        to=reverse("flag", args=[flag_id]),
    )


def _question(found: Flag, **said: Any) -> Question:
    return Question(back=reverse("flag", args=[found.pk]), back_words=f"Flag {found.pk}", **said)


def _still_so(found: Flag, request: Request) -> bool:
    """Whether what the flag says is still the case: then only a change of the facts closes it."""
    if subjects.about(found.subject_type):
        return subjects.still_so(found, on=request.day)
    of_placement = found.subject_id if found.subject_type == "placement" else None
    wanted = flagging.wanted_on(request.day, placement_id=of_placement)
    return any(want.about == (found.kind, found.subject_type, found.subject_id) for want in wanted)
