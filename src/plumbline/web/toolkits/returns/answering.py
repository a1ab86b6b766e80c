"""Answering a return: a question a page, kept as typed, nobody overwritten unseen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.moments import here
from plumbline.people import drafts
from plumbline.people.models import Draft, User
from plumbline.toolkits import access, rules
from plumbline.toolkits.content import Criterion, Section
from plumbline.toolkits.models import Return
from plumbline.toolkits.operations import returns
from plumbline.toolkits.queries import returns as queries
from plumbline.web.kit import drafts as places
from plumbline.web.kit.access import signed_in
from plumbline.web.kit.request import Request, acting, record_number
from plumbline.web.toolkits.returns import words
from plumbline.web.toolkits.returns.forms import AnswersForm, Typed, as_sent, names_of, shown, with_changes
from plumbline.web.toolkits.returns.reading import (
    before_of,
    came_from,
    criterion_of,
    frame,
    last_time,
    section_of,
    seen,
    to_answer,
    with_query,
)

DRAFT = "return_answer"
# A page that was sent after its writer's session had ended, kept whole.
SENT = "return_page"


@signed_in
def question(request: Request, return_id: int, criterion_key: str) -> HttpResponseBase:
    """One question, to be answered by who is asked."""
    answer_set = seen(request, return_id)
    held = queries.held(answer_set, on=request.day)
    found, criterion = criterion_of(held, criterion_key)
    return _answering(request, _Page(answer_set, held, found, (criterion,)))


@signed_in
def whole_section(request: Request, return_id: int, section_key: str) -> HttpResponseBase:
    """All questions of a section on one page, for who has a large screen."""
    answer_set = seen(request, return_id)
    held = queries.held(answer_set, on=request.day)
    found = section_of(held, section_key)
    return _answering(request, _Page(answer_set, held, found, found.criteria))


@dataclass(frozen=True)
class _Page:
    """The questions that one page asks: one of a section, or all of them."""

    answer_set: Return
    held: queries.Held
    section: Section
    criteria: tuple[Criterion, ...]

    def form(self, data: Mapping[str, str] | None, on: date) -> AnswersForm:
        return AnswersForm(data, criteria=self.criteria, answers=self.held.answers, on=on)


def _answering(request: Request, page: _Page) -> HttpResponseBase:
    if not access.may_answer(request.user, page.answer_set, on=request.day):
        if request.method == "POST":
            raise Http404
        # Handed in meanwhile, or someone else's to answer: it is read in its section.
        here = words.address(page.answer_set, "return_section", page.section.key)
        return redirect(f"{here}#q-{page.criteria[0].key}")
    if request.method == "POST":
        return _saved(request, page)
    of_return = unsaved(request.user, page.answer_set, page.held, on=request.day)
    drafted = {criterion.key: of_return[criterion.key] for criterion in page.criteria if criterion.key in of_return}
    if not drafted:
        return _filling(request, page, page.form(None, request.day))
    # What the writer did not touch is shown as it is now.
    data: dict[str, str] = {}
    for criterion in page.criteria:
        kept = as_sent(shown(criterion, page.held.answers.get(criterion.key)))
        data |= drafted[criterion.key].payload if criterion.key in drafted else kept
    newest = max(draft.saved_at for draft in drafted.values())
    return _filling(request, page, page.form(data, request.day), drafted_at=newest)


def unsaved(user: User, answer_set: Return, held: queries.Held, *, on: date) -> dict[str, Draft]:
    """What someone has typed in a return and not saved, by criterion. What says no more than what is saved by now,
    such as a draft that arrived after its page was saved, is put away."""
    _take_apart(user, answer_set, held)
    found = {}
    kept = drafts.of(user=user, form=DRAFT, prefix=f"{answer_set.pk}.")
    for criterion in held.content.criteria:
        draft = kept.get(_subject(answer_set, held, criterion))
        if draft and _says_nothing_new(draft, criterion, held, on):
            drafts.drop(user=user, form=DRAFT, subject=draft.subject)
        elif draft:
            found[criterion.key] = draft
    return found


def _take_apart(user: User, answer_set: Return, held: queries.Held) -> None:
    """Pages that were kept whole, by their questions: a draft is of one question, as an answer is."""
    for subject, sent in drafts.of(user=user, form=SENT, prefix=f"{answer_set.pk}.").items():
        for criterion in held.content.criteria:
            if f"was_{criterion.key}" in sent.payload:
                _keep(
                    user,
                    answer_set,
                    held,
                    criterion,
                    sent.payload,
                    at=sent.saved_at,
                    page=sent.page,
                    seq=sent.seq or None,
                )
        drafts.drop(user=user, form=SENT, subject=subject)


def _subject(answer_set: Return, held: queries.Held, criterion: Criterion) -> str:
    """A draft's subject. A key can be longer than a subject; the version, and so the order, never changes."""
    return f"{answer_set.pk}.{held.content.criteria.index(criterion)}"


def _says_nothing_new(draft: Draft, criterion: Criterion, held: queries.Held, on: date) -> bool:
    """Whether a draft says no more than what is saved by now."""
    form = AnswersForm(draft.payload, criteria=[criterion], answers=held.answers, on=on)
    if not form.is_valid():
        return False
    typed = form.typed(criterion)
    kept = held.answers.get(criterion.key)
    now = (kept.value, kept.comment, kept.impact, kept.reviewed_on) if kept else ("", "", "", None)
    says = (typed.value, typed.comment, typed.impact, typed.reviewed_on)
    return not typed.was_touched or rules.fingerprint(*says) == rules.fingerprint(*now)


def _saved(request: Request, page: _Page) -> HttpResponseBase:
    """Save what was touched; what someone else changed meanwhile is shown beside it, and neither is lost."""
    if "discard" in request.POST:
        _drop(request, page)
        return redirect(request.get_full_path())
    form = page.form(request.POST, request.day)
    if not form.is_valid():
        return _filling(request, page, form)
    keep_theirs = request.POST.get("keep", "")
    conflicts: dict[str, returns.Conflict] = {}
    refused: dict[str, RuleBroken] = {}
    for criterion in page.criteria:
        typed = form.typed(criterion)
        if not typed.was_touched or criterion.key == keep_theirs:
            continue
        try:
            _save(request, page.answer_set, typed)
        except returns.Conflict as conflict:
            conflicts[criterion.key] = conflict
        except RuleBroken as refusal:
            refused[criterion.key] = refusal
    _drop(request, page)
    if not conflicts and not refused:
        return _next(request, page, keep_theirs)
    # From here on their answer is what was seen: saving once more is a choice made with both in view.
    page = replace(page, held=queries.held(page.answer_set, on=request.day))
    changes: dict[str, str] = {}
    for criterion in page.criteria:
        if criterion.key in conflicts:
            after = shown(criterion, conflicts[criterion.key].theirs)
            changes |= {name: after[name] for name in (f"rev_{criterion.key}", f"was_{criterion.key}")}
        elif criterion.key not in refused:
            changes |= as_sent(shown(criterion, page.held.answers.get(criterion.key)))
    data = with_changes(request.POST, changes)
    form = page.form(data, request.day)
    if form.is_valid():
        for key, why in (refused | conflicts).items():
            field = f"value_{key}" if f"value_{key}" in form.fields else f"comment_{key}"
            form.add_error(field, f"{page.held.content.criterion(key).title}: {why.reason}")
    for criterion in page.criteria:
        if criterion.key in conflicts or criterion.key in refused:
            _keep(request.user, page.answer_set, page.held, criterion, data, at=request.at)
    return _filling(request, page, form, conflicts=conflicts)


def _drop(request: Request, page: _Page) -> None:
    for criterion in page.criteria:
        subject = _subject(page.answer_set, page.held, criterion)
        drafts.drop(user=request.user, form=DRAFT, subject=subject)


def _save(request: Request, answer_set: Return, typed: Typed) -> None:
    returns.save_answer(
        return_id=answer_set.pk,
        criterion=typed.criterion.key,
        value=typed.value,
        comment=typed.comment,
        impact=typed.impact,
        reviewed_on=typed.reviewed_on,
        base_revision=typed.revision,
        act=acting(request),
    )


def _next(request: Request, page: _Page, kept: str) -> HttpResponseBase:
    """Where the button that was pressed leads."""
    answer_set, held = page.answer_set, page.held
    if kept:
        return redirect(f"{request.get_full_path()}#q-{kept}")
    then, _, rest = request.POST.get("then", "").partition(":")
    if then == "evidence":
        criterion_of(held, rest)
        return redirect(with_query(request, words.address(answer_set, "return_evidence", rest)))
    if then == "take":
        key, _, answer_id = rest.partition(":")
        criterion_of(held, key)
        returns.take_answer(
            return_id=answer_set.pk, criterion=key, answer_id=record_number(answer_id), act=acting(request)
        )
        return redirect(f"{request.get_full_path()}#q-{key}")
    if then == "later":
        messages.success(request, "What you typed is saved. Come back to it when you like.")
        return redirect(words.address(answer_set))
    return redirect(_after(request, page))


def _after(request: Request, page: _Page) -> str:
    """Back to where a question was opened to be changed; else on to what is to be answered next, in the order of the
    questions."""
    answer_set, content = page.answer_set, page.held.content
    if "from" in request.GET:
        return came_from(request, answer_set, page.section, page.criteria[0].key)[0]
    if len(page.criteria) > 1:
        after = content.sections[content.sections.index(page.section) + 1 :]
        if after:
            return words.address(answer_set, "return_section_whole", after[0].key)
    else:
        for criterion in content.criteria[content.criteria.index(page.criteria[0]) + 1 :]:
            if criterion.key not in page.held.completeness.in_full:
                return words.address(answer_set, "return_question", criterion.key)
    return words.address(answer_set, "return_check")


def _button(request: Request, page: _Page) -> str:
    after = _after(request, page)
    if after.startswith(words.address(page.answer_set, "return_check")):
        return "Save, and check your answers"
    return "Save, and back to the section" if "from" in request.GET else "Save and continue"


def _filling(
    request: Request,
    page: _Page,
    form: AnswersForm,
    *,
    drafted_at: datetime | None = None,
    conflicts: dict[str, returns.Conflict] | None = None,
) -> HttpResponse:
    answer_set, held, found = page.answer_set, page.held, page.section
    offers = queries.offers(answer_set, on=request.day)
    before = last_time(answer_set, request.day)
    rows = []
    for criterion in page.criteria:
        key, answer = criterion.key, held.answers.get(criterion.key)
        conflict = (conflicts or {}).get(key)
        more = [form[f"impact_{key}"], form[f"reviewed_{key}"]]
        rows.append(
            {
                "criterion": criterion,
                "value": form[f"value_{key}"] if f"value_{key}" in form.fields else None,
                "comment": form[f"comment_{key}"],
                "more": more,
                "more_open": any(_has_words(field) or field.errors for field in more),
                "hidden": [form[f"rev_{key}"], form[f"was_{key}"]],
                "documents": held.documents.get(key, ()),
                "caps": any(option.points is not None for option in rules.options_of(criterion)),
                "wants_document": criterion.evidence == "required",
                "takes_document": criterion.evidence != "none" or criterion.answer == "document",
                "theirs": _theirs(criterion, conflict) if conflict else None,
                "before": before_of(criterion, before, answer),
                "offer": None if answer and answer.value else _offer(offers.get(key, ())),
            }
        )
    back, back_words = came_from(request, answer_set, found, page.criteria[0].key)
    context = {
        **frame(answer_set, held, found.key, reads_only=False), "form": form, "rows": rows, "drafted_at": drafted_at,
        "section": found, "number": found.criteria.index(page.criteria[0]) + 1, "of": len(found.criteria),
        "is_whole": len(page.criteria) > 1, "progress": held.completeness, "button": _button(request, page),
        "back": back, "back_words": back_words, "draft_url": words.address(answer_set, "return_draft"),
        "first": held.content.criteria.index(page.criteria[0]),
    }  # fmt: skip
    return render(request, "toolkits/returns/questions.html", context)


def _has_words(field: Any) -> bool:
    value = field.value()
    return any(value) if isinstance(value, list) else bool(value)


def _theirs(criterion: Criterion, conflict: returns.Conflict) -> dict[str, Any]:
    theirs = conflict.theirs
    return {
        "who": theirs.answered_by or "Someone else",
        "at": theirs.answered_at,
        "value": words.said(criterion, theirs.value),
        "comment": theirs.comment,
        "impact": theirs.impact,
        "reviewed_on": theirs.reviewed_on,
    }


def _offer(offers: tuple[queries.Offer, ...]) -> dict[str, Any] | None:
    if not offers:
        return None
    answer = offers[0].answer
    return {
        "answer": answer,
        "label": offers[0].label,
        "toolkit": answer.answer_set.version.title,
        "at": answer.answer_set.submitted_at,
    }


# --- drafts --------------------------------------------------------------------------------------------------------


@signed_in
@require_POST
def draft(request: Request, return_id: int) -> HttpResponseBase:
    """Keep what is typed now on a page of questions; answers with "Saved 14:32", shown at the foot of the page.

    A draft is of one question, as an answer is: it is offered again on whichever page asks that question.
    """
    answer_set = to_answer(request, return_id)
    held = queries.held(answer_set, on=request.day)
    kept = drafts.of(user=request.user, form=DRAFT, prefix=f"{answer_set.pk}.")
    for section in held.content.sections:
        for criterion in section.criteria:
            if f"was_{criterion.key}" not in request.POST:
                continue
            page = _Page(answer_set, held, section, (criterion,))
            form = page.form(request.POST, request.day)
            is_new = not form.is_valid() or form.typed(criterion).was_touched
            if is_new or _subject(answer_set, held, criterion) in kept:
                _keep(
                    request.user,
                    answer_set,
                    held,
                    criterion,
                    request.POST,
                    at=request.at,
                    **places.sent_from(request.POST),
                )
    return HttpResponse(f"Saved {wording.clock(here(request.at))}")


def _keep(
    user: User,
    answer_set: Return,
    held: queries.Held,
    criterion: Criterion,
    data: Mapping[str, Any],
    *,
    at: datetime,
    page: str = "",
    seq: int | None = None,
) -> None:
    drafts.keep(
        user=user,
        form=DRAFT,
        subject=_subject(answer_set, held, criterion),
        base=answer_set.revision,
        payload={name: data[name] for name in names_of(criterion) if name in data},
        page=page,
        seq=seq,
        at=at,
    )
