"""Returns as a list, one return with what is wrong and what comes next, asking for one, and who answers it."""

from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.audit.moments import shown
from plumbline.kernel import wording
from plumbline.people.access import Permission, may
from plumbline.people.models import Invitation, User
from plumbline.people.queries import acting_for, organisations
from plumbline.toolkits import access, rules
from plumbline.toolkits.flagging import is_overdue
from plumbline.toolkits.models import Return, ReturnState
from plumbline.toolkits.operations import returns
from plumbline.toolkits.queries import returns as queries
from plumbline.toolkits.states import ANSWERABLE
from plumbline.web.kit import duties, tables
from plumbline.web.kit.access import requires, signed_in
from plumbline.web.kit.asking import Question, act, ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.kit.sealed_names import known_by_bids_alone
from plumbline.web.people.inviting import words as inviting
from plumbline.web.people.inviting.whom_to_ask import can_be_reached, if_reached, ways
from plumbline.web.toolkits.returns import words
from plumbline.web.toolkits.returns.forms import PersonForm, ReasonForm, RequestForm
from plumbline.web.toolkits.returns.reading import seen, shows_moderation


def _toolkits() -> list[tuple[str, str]]:
    return [(version.toolkit.key, version.title) for version in queries.versions_in_use()]


def _answered(row: Return) -> str:
    found = queries.progress(row, on=row.today)  # type: ignore[attr-defined]
    return f"{found.answered} of {found.total}"


_OVERDUE = Q(state__in=ANSWERABLE, due_on__isnull=False, due_on__lt=F("today"))


def _late(row: Return) -> str:
    today: date = row.today  # type: ignore[attr-defined]
    if row.due_on is None or not is_overdue(row, on=today):
        return ""
    return wording.how_soon(row.due_on, today)


def _invited(row: Return) -> str:
    """Who is invited to answer for the organisation, while they have not accepted."""
    name: str | None = row.invited if row.state in ANSWERABLE else None  # type: ignore[attr-defined]
    return f"{name} is invited and has not accepted yet" if name else ""


def _with_invited(rows: QuerySet[Return]) -> QuerySet[Return]:
    waiting = Invitation.objects.filter(state=Invitation.State.WAITING, organisation=OuterRef("organisation"))
    return rows.annotate(invited=Subquery(waiting.order_by("-invited_at", "-pk").values("user__name")[:1]))


class Returns(tables.Table):
    title = "Returns"
    one, many = "return", "returns"
    columns = (
        tables.Column("title", "Return", link=words.address, note=lambda row: row.version.toolkit.title,
                      note_heading="Toolkit", sort="title"),
        tables.Column("whose", "From", value=words.whose, sort="organisation__sort_key", note=_invited,
                      note_heading="Invited to answer"),
        tables.Column("state", "State", value="get_state_display", kind=lambda row: words.KINDS[row.state],
                      sort="state"),
        tables.Column("due_on", "Due", absent="no day set", sort="due_on", note=_late, note_heading="Overdue"),
        tables.Column("answered", "Answered in full", _answered),
    )  # fmt: skip
    filters = (
        tables.Choice("whose", "Whose", lambda rows, which: rows.filter(is_mine=True) if which == "mine" else rows,
                      choices=(("mine", "Mine to answer"),)),
        tables.Choice("state", "State", "state", choices=ReturnState.choices),
        tables.Choice("toolkit", "Toolkit", "version__toolkit__key", choices=_toolkits),
        tables.YesNo("late", "Overdue", lambda rows, yes: rows.filter(_OVERDUE) if yes else rows.exclude(_OVERDUE)),
        tables.Text("from", "From", "organisation__name__named"),
        tables.Day("due", "Due on or before", "due_on__lte"),
    )  # fmt: skip
    order = "due_on"
    empty = "No return has been asked for yet."


@signed_in
def returns_list(request: Request) -> HttpResponseBase:
    listed = queries.returns_listed(request.user, on=request.day)
    table = Returns(request, _with_invited(queries.with_progress(listed, on=request.day)))
    may_request = may(request.user, Permission.RETURNS_REQUEST, on=request.day)
    return tables.page(request, table, "toolkits/returns/list.html", {"may_request": may_request})


@signed_in
def one(request: Request, return_id: int) -> HttpResponseBase:
    on, viewer = request.day, request.user
    answer_set = seen(request, return_id)
    held = queries.held(answer_set, on=on)
    answers_it = access.may_answer(viewer, answer_set, on=on)
    manages = may(viewer, Permission.RETURNS_REQUEST, on=on)
    asked, act_for_it = queries.assigned_to(answer_set), _acting(answer_set, on)
    context = {
        "answer_set": answer_set,
        "state_kind": words.KINDS[ReturnState(answer_set.state)],
        "whose": words.whose(answer_set),
        "wrong": [
            *_wrong_with(request, answer_set, held, answers_it),
            *(
                _nobody(request, answer_set, named=bool(asked or act_for_it), manages=manages)
                if answer_set.state in ANSWERABLE and not can_be_reached([*asked, *act_for_it])
                else []
            ),
        ],
        "next": _next(request, answer_set, held, answers_it),
        "progress": held.completeness,
        "content": held.content,
        "sections": _sections(answer_set, held),
        "serves": words.serves(answer_set, viewer, on=on),
        "rows": _facts(request, answer_set, held),
        "asked": asked,
        "acting": act_for_it,
        "answers_it": answers_it,
        "manages": manages and answer_set.state in ANSWERABLE,
        "cancels": manages and answer_set.state in (*ANSWERABLE, *queries.TO_MODERATE),
        "judged": answer_set.state in access.MODERATION_SHOWN,
        "differing": sum(
            1 for each in held.answers.values() if each.moderated_value and each.moderated_value != each.value
        ),
        "timeline": words.timeline(queries.happened(answer_set)),
        "breadcrumbs": [("Returns", reverse("returns")), (answer_set.title, "")],
    }
    return render(request, "toolkits/returns/return.html", context)


_NOBODY = "Nobody can answer it: nobody signs in for the organisation, and nobody is asked by name."
_NO_ADDRESS = "Nobody who is to answer it can be told of it: none of them has an e-mail address here."


def _nobody(request: Request, answer_set: Return, *, named: bool, manages: bool) -> list[Any]:
    """Nobody who is to answer can be told of it; and what is done about that, for who asked."""
    sentence = _NO_ADDRESS if named else _NOBODY
    if not manages:
        return [sentence]
    return [
        *(ways(request, answer_set.organisation, sentence, back=words.address(answer_set)) or [sentence]),
        {
            "sentence": "Or ask a person who signs in here already.",
            "link": "Name someone",
            "url": words.address(answer_set, "return_people"),
        },
        {
            "sentence": "Or hand over the questions as a file.",
            "link": "Excel file",
            "url": words.address(answer_set, "return_excel"),
        },
    ]


def _wrong_with(request: Request, answer_set: Return, held: queries.Held, answers_it: bool) -> list[Any]:
    """What stands in the way, the gravest first, in sentences."""
    wrong: list[Any] = []
    if answer_set.state == ReturnState.CANCELLED:
        return [f"It was cancelled: {answer_set.cancelled_because}"]
    if is_overdue(answer_set, on=request.day) and answer_set.due_on:
        wrong.append(
            f"It was due on {wording.day(answer_set.due_on)} and has not been handed in. It can still be answered and "
            "handed in."
        )
    if answer_set.state == ReturnState.RETURNED:
        wrong.append(f"It was sent back: {answer_set.sent_back_because}")
    if answers_it and _is_begun(held):
        wrong += _documents_wanted(answer_set, held)
    return wrong


def _documents_wanted(answer_set: Return, held: queries.Held) -> list[dict[str, str]]:
    """Documents that have expired one by one; how many more are needed in one sentence."""
    lacks = held.completeness.missing
    found = [
        {
            "sentence": each.reason,
            "link": "Give the new one",
            "url": words.address(answer_set, "return_evidence", each.criterion),
        }
        for each in lacks
        if each.code == "expired_document"
    ]
    needed = sum(1 for each in lacks if each.code == "missing_document")
    if needed:
        sentence = f"{wording.how_many(needed, 'answer needs', 'answers need')} a document as evidence."
        found.append({"sentence": sentence, "link": "See which", "url": words.address(answer_set, "return_check")})
    return found


def _is_begun(held: queries.Held) -> bool:
    return any(held.values.values()) or bool(held.documents)


# To where, the answers that are there already say.
_GO_ON = duties.Button("Answer it", "return")


def _next(request: Request, answer_set: Return, held: queries.Held, answers_it: bool) -> dict[str, Any] | None:
    """What is next; who answers it goes on at the first question that is open."""
    box = duties.next_of(request, ("return", answer_set.pk), buttons={"return.answer": _GO_ON})
    if box is None or box["kind"] != "return.answer" or not answers_it:
        return box
    missing = held.completeness.missing
    if not missing:
        return {**box, "deed": "Check and hand in", "url": words.address(answer_set, "return_check")}
    return {
        **box,
        "deed": "Go on answering" if _is_begun(held) else "Start answering",
        "url": words.address(answer_set, "return_question", missing[0].criterion),
    }


def _sections(answer_set: Return, held: queries.Held) -> list[dict[str, Any]]:
    found = []
    for section in held.content.sections:
        part = held.completeness.of(section)
        found.append(
            {
                "section": section,
                "url": words.address(answer_set, "return_section", section.key),
                "state": "done" if part.is_complete else "open" if part.answered else "unknown",
                "word": "Done"
                if part.is_complete
                else f"{part.answered} of {part.total} in full"
                if part.answered
                else "Not started"
                if not any(held.values.get(c.key) for c in section.criteria)
                else "None in full yet",
            }
        )
    return found


def _facts(request: Request, answer_set: Return, held: queries.Held) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = [
        ("From", words.whose(answer_set)),
        ("Toolkit", f"{answer_set.version.title}, version {answer_set.version.number}"),
    ]
    if answer_set.period_from:
        rows.append(("Period", words.period(answer_set)))
    rows.append(("Due", answer_set.due_on or "no day is set"))
    rows.append(("Asked for", _done(answer_set.requested_at, answer_set.requested_by)))
    if answer_set.submitted_at:
        rows.append(("Handed in", _done(answer_set.submitted_at, answer_set.submitted_by)))
    if answer_set.overall_self_grade:
        rows.append(("Grade as answered", words.grade(held.content, answer_set.overall_self_grade)))
    if answer_set.overall_moderated_grade and shows_moderation(request, answer_set):
        rows.append(("Moderated grade", words.grade(held.content, answer_set.overall_moderated_grade)))
    elif not answer_set.overall_self_grade and (so_far := rules.overall(held.content, held.values)):
        rows.append(("Comes to, as answered", so_far.label))
    if answer_set.moderated_at:
        rows.append(("Moderated", _done(answer_set.moderated_at, answer_set.moderated_by)))
    if answer_set.signed_off_at:
        rows.append(("Signed off", _done(answer_set.signed_off_at, answer_set.signed_off_by)))
    return rows


def _done(at: datetime, by: Any) -> str:
    """When something was done, and by whom."""
    return f"{wording.moment(shown(at))}{f', by {by}' if by else ''}"


@requires(Permission.RETURNS_REQUEST)
def new(request: Request) -> HttpResponseBase:
    """Ask for a return."""
    in_use = {version.toolkit.key: version for version in queries.versions_in_use()}
    form = RequestForm(
        request.POST or None,
        toolkits=[(key, version.title) for key, version in in_use.items()],
        organisations=[
            (str(each.pk), each.name)
            for each in organisations()
            .filter(merged_into=None)
            .exclude(pk__in=known_by_bids_alone(request.user, on=request.day))
        ],
    )

    def make(toolkit: str, organisation: str, people: list[User], **given: Any) -> Return:
        return returns.request_return(
            version=in_use[toolkit],
            organisation=queries.organisation(organisation),
            assign_to=people,
            **given,
            act=acting(request),
        )

    def said(made: Return) -> str:
        return if_reached(
            [*form.cleaned_data["people"], *_acting(made, request.day)],
            "The return is asked for. It is on the list of everybody who is to answer.",
            otherwise="The return is made, and nobody who is to answer can be told of it here. Invite a person by "
            "e-mail, name someone who signs in and has an address, or hand over the Excel file.",
        )

    return ask(
        request,
        form,
        Question(
            heading="Ask for a return",
            button="Ask for the return",
            back=reverse("returns"),
            back_words="Returns",
            about="Those who are to answer find it in My work. It keeps the questions of today’s version, whatever is "
            "published later.",
        ),
        do=make,
        done=said,
        to=words.address,
    )


def _acting(answer_set: Return, on: date) -> list[User]:
    return acting_for(answer_set.organisation_id, on=on) if answer_set.organisation_id else []


@requires(Permission.RETURNS_REQUEST)
def people(request: Request, return_id: int) -> HttpResponseBase:
    """Who is asked to answer; one person more, or one less."""
    answer_set = seen(request, return_id)
    if answer_set.state not in ANSWERABLE:
        raise Http404
    asked, here = queries.assigned_to(answer_set), words.address(answer_set, "return_people")
    if ends := request.POST.get("end", ""):
        person = next((each for each in asked if str(each.pk) == ends), None)
        if person is None:
            raise Http404
        end = partial(returns.end_assignment, return_id=answer_set.pk, user=person, act=acting(request))
        return act(request, do=end, done="", to=here)

    def page(form: PersonForm) -> HttpResponseBase:
        whose = answer_set.organisation_id
        context = {
            "answer_set": answer_set,
            "form": form,
            "asked": asked,
            "back": words.address(answer_set),
            "acting": _acting(answer_set, request.day),
            "invite": inviting.address(whose, back=words.address(answer_set)) if whose else "",
        }
        return render(request, "toolkits/returns/people.html", context)

    return ask(
        request,
        PersonForm(request.POST if request.method == "POST" else None),
        page,
        do=lambda username: returns.assign(return_id=answer_set.pk, user=username, act=acting(request)),
        done="",
        to=here,
    )


@requires(Permission.RETURNS_REQUEST)
def cancel(request: Request, return_id: int) -> HttpResponseBase:
    answer_set = seen(request, return_id)
    return ask(
        request,
        ReasonForm(request.POST or None),
        words.question(
            answer_set,
            heading="Cancel this return",
            button="Cancel the return",
            about="It goes off the lists of those who were to answer. What was answered stays readable.",
        ),
        do=partial(returns.cancel, return_id=answer_set.pk, act=acting(request)),
        done="The return is cancelled. What was answered can still be read.",
        to=words.address(answer_set),
    )
