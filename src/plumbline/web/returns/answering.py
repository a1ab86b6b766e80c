"""Answering a return: a section a page, kept as typed, nobody overwritten unseen; evidence; checking and handing in."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from plumbline.evidence.models import Document, Sensitivity
from plumbline.evidence.operations import give_document, keep_document
from plumbline.evidence.rules import ENDINGS
from plumbline.kernel.errors import RuleBroken
from plumbline.people import drafts
from plumbline.people.access import Permission, may
from plumbline.toolkits import access, rules
from plumbline.toolkits.content import Criterion, Section
from plumbline.toolkits.models import Return, ReturnState
from plumbline.toolkits.operations import returns
from plumbline.toolkits.queries import returns as queries
from plumbline.web import wording
from plumbline.web.access import signed_in
from plumbline.web.evidence.files import folder
from plumbline.web.returns import words
from plumbline.web.returns.forms import (
    ChooseForm,
    HandInForm,
    SectionForm,
    Typed,
    UploadForm,
    as_sent,
    shown,
    with_changes,
)

DRAFT = "return_section"


def seen(request: HttpRequest, return_id: int) -> Return:
    found = queries.return_seen(request.user, return_id, on=request.day)
    if found is None:
        raise Http404
    return found


def to_answer(request: HttpRequest, return_id: int) -> Return:
    """The return, where it is this person's to answer now; else "page not found"."""
    found = seen(request, return_id)
    if not access.may_answer(request.user, found, on=request.day):
        raise Http404
    return found


def _section(held: queries.Held, key: str) -> tuple[int, Section]:
    for number, section in enumerate(held.content.sections):
        if section.key == key:
            return number, section
    raise Http404


def _criterion(held: queries.Held, key: str) -> tuple[Section, Criterion]:
    for section in held.content.sections:
        for criterion in section.criteria:
            if criterion.key == key:
                return section, criterion
    raise Http404


@signed_in
def section(request: HttpRequest, return_id: int, section_key: str) -> HttpResponseBase:
    """One section: to be filled in by who is asked; to be read by everybody else who may read the return."""
    answer_set = seen(request, return_id)
    held = queries.held(answer_set, on=request.day)
    number, found = _section(held, section_key)
    if not access.may_answer(request.user, answer_set, on=request.day):
        if request.method == "POST":
            raise Http404
        return _reading(request, answer_set, held, number, found)
    subject = f"{answer_set.pk}.{number}"
    if request.method == "POST":
        return _saved(request, answer_set, held, number, found, subject)
    draft = drafts.find(user=request.user, form=DRAFT, subject=subject)
    form = SectionForm(draft.payload if draft else None, criteria=found.criteria, answers=held.answers, on=request.day)
    if draft and _holds_nothing_new(form, held, found):
        drafts.drop(user=request.user, form=DRAFT, subject=subject)
        return redirect(request.get_full_path())
    if draft and form.is_valid():
        # Questions that the writer did not touch are shown as they stand now, not as they stood then.
        now = {
            name: value
            for criterion in found.criteria
            if not form.typed(criterion).was_touched
            for name, value in as_sent(shown(criterion, held.answers.get(criterion.key))).items()
        }
        form = SectionForm(draft.payload | now, criteria=found.criteria, answers=held.answers, on=request.day)
    return _filling(request, answer_set, held, number, found, form, draft=draft)


def _holds_nothing_new(form: SectionForm, held: queries.Held, found: Section) -> bool:
    """Whether a draft says no more than what is saved by now."""
    if not form.is_valid():
        return False
    for criterion in found.criteria:
        typed, kept = form.typed(criterion), held.answers.get(criterion.key)
        now = (kept.value, kept.comment, kept.impact, kept.reviewed_on) if kept else ("", "", "", None)
        if rules.fingerprint(typed.value, typed.comment, typed.impact, typed.reviewed_on) != rules.fingerprint(*now):
            if typed.was_touched:
                return False
    return True


def _saved(
    request: HttpRequest, answer_set: Return, held: queries.Held, number: int, found: Section, subject: str
) -> HttpResponseBase:
    """Save what was touched; what somebody else changed meanwhile is shown beside it, and neither is lost."""
    if "discard" in request.POST:
        drafts.drop(user=request.user, form=DRAFT, subject=subject)
        return redirect(words.address(answer_set, "return_section", found.key))
    form = SectionForm(request.POST, criteria=found.criteria, answers=held.answers, on=request.day)
    if not form.is_valid():
        return _filling(request, answer_set, held, number, found, form)
    keep_theirs = request.POST.get("keep", "")
    conflicts: dict[str, returns.Conflict] = {}
    refused: dict[str, RuleBroken] = {}
    for criterion in found.criteria:
        typed = form.typed(criterion)
        if not typed.was_touched or criterion.key == keep_theirs:
            continue
        try:
            _save(request, answer_set, typed)
        except returns.Conflict as conflict:
            conflicts[criterion.key] = conflict
        except RuleBroken as refusal:
            refused[criterion.key] = refusal
    if not conflicts and not refused:
        drafts.drop(user=request.user, form=DRAFT, subject=subject)
        return _next(request, answer_set, held, number, found, keep_theirs)
    # From here on their answer is what was seen: saving once more is a choice made with both in view.
    changes: dict[str, str] = {}
    for key, clash in conflicts.items():
        after = shown(held.content.criterion(key), clash.theirs)
        changes |= {name: after[name] for name in (f"rev_{key}", f"was_{key}")}
    held = queries.held(answer_set, on=request.day)
    for criterion in found.criteria:
        if criterion.key not in conflicts and criterion.key not in refused:
            changes |= as_sent(shown(criterion, held.answers.get(criterion.key)))
    data = with_changes(request.POST, changes)
    form = SectionForm(data, criteria=found.criteria, answers=held.answers, on=request.day)
    if form.is_valid():
        for key, why in (refused | conflicts).items():
            field = f"value_{key}" if f"value_{key}" in form.fields else f"comment_{key}"
            form.add_error(field, f"{held.content.criterion(key).title}: {why.reason}")
    # Whatever the writer's own clock says: this is what they have now.
    drafts.drop(user=request.user, form=DRAFT, subject=subject)
    drafts.keep(
        user=request.user, form=DRAFT, subject=subject, base=answer_set.revision, payload=_payload(data),
        seq=_milliseconds(request), at=request.at,
    )  # fmt: skip
    return _filling(request, answer_set, held, number, found, form, conflicts=conflicts)


def _save(request: HttpRequest, answer_set: Return, typed: Typed) -> None:
    returns.save_answer(
        return_id=answer_set.pk, criterion=typed.criterion.key, value=typed.value, comment=typed.comment,
        impact=typed.impact, reviewed_on=typed.reviewed_on, base_revision=typed.revision, by=request.user,
        at=request.at, on=request.day,
    )  # fmt: skip


def _next(
    request: HttpRequest, answer_set: Return, held: queries.Held, number: int, found: Section, kept: str
) -> HttpResponseBase:
    """Where the button that was pressed leads."""
    here = words.address(answer_set, "return_section", found.key)
    if kept:
        return redirect(f"{here}#q-{kept}")
    then, _, rest = request.POST.get("then", "").partition(":")
    if then == "evidence":
        _criterion(held, rest)
        return redirect(words.address(answer_set, "return_evidence", rest))
    if then == "take":
        key, _, answer_id = rest.partition(":")
        _criterion(held, key)
        if not (answer_id.isascii() and answer_id.isdigit() and len(answer_id) < 18):
            raise Http404
        returns.take_answer(
            return_id=answer_set.pk, criterion=key, answer_id=int(answer_id), by=request.user, at=request.at,
            on=request.day,
        )  # fmt: skip
        return redirect(f"{here}#q-{key}")
    if then == "later":
        messages.success(request, "What you typed is saved. Come back to it when you like.")
        return redirect(words.address(answer_set))
    sections = held.content.sections
    if number + 1 < len(sections):
        return redirect(words.address(answer_set, "return_section", sections[number + 1].key))
    return redirect(words.address(answer_set, "return_check"))


def _filling(
    request: HttpRequest, answer_set: Return, held: queries.Held, number: int, found: Section, form: SectionForm, *,
    draft: Any = None, conflicts: dict[str, returns.Conflict] | None = None,
) -> HttpResponse:  # fmt: skip
    offers = queries.offers(answer_set, on=request.day)
    before = queries.held(answer_set.previous, on=request.day) if answer_set.previous else None
    rows = []
    for criterion in found.criteria:
        key, answer = criterion.key, held.answers.get(criterion.key)
        conflict = (conflicts or {}).get(key)
        more = [form[f"impact_{key}"], form[f"reviewed_{key}"]]
        rows.append({
            "criterion": criterion,
            "value": form[f"value_{key}"] if f"value_{key}" in form.fields else None,
            "comment": form[f"comment_{key}"],
            "more": more,
            "more_open": any(_has_words(field) or field.errors for field in more),
            "hidden": [form[f"rev_{key}"], form[f"was_{key}"]],
            "documents": held.documents.get(key, ()),
            "wants_document": criterion.evidence == "required" or criterion.answer == "document",
            "takes_document": criterion.evidence != "none" or criterion.answer == "document",
            "theirs": _theirs(criterion, conflict) if conflict else None,
            "before": _before(criterion, before, answer),
            "carried": answer is not None and answer.carried_from_id is not None,
            "offer": None if answer and answer.value else _offer(offers.get(key, ())),
        })  # fmt: skip
    sections = held.content.sections
    context = {
        **frame(answer_set, held, found.key, reads_only=False), "form": form, "rows": rows, "draft": draft,
        "section": found, "number": number + 1, "of": len(sections), "is_last": number + 1 == len(sections),
        "draft_url": words.address(answer_set, "return_draft", found.key),
    }  # fmt: skip
    return render(request, "returns/section.html", context)


def _has_words(field: Any) -> bool:
    value = field.value()
    return any(value) if isinstance(value, list) else bool(value)


def _theirs(criterion: Criterion, conflict: returns.Conflict) -> dict[str, Any]:
    theirs = conflict.theirs
    return {
        "who": theirs.answered_by or "Somebody else", "at": theirs.answered_at,
        "value": words.said(criterion, theirs.value), "comment": theirs.comment, "impact": theirs.impact,
        "reviewed_on": theirs.reviewed_on,
    }  # fmt: skip


def _before(criterion: Criterion, before: queries.Held | None, answer: Any) -> dict[str, Any] | None:
    if before is None:
        return None
    asked = next((each for each in before.content.criteria if each.key == criterion.key), None)
    if asked is None:
        return {"is_new": True}
    then = before.values.get(criterion.key, "")
    return {"is_new": False, "value": words.said(asked, then), "same": bool(answer) and answer.value == then}


def _offer(offers: tuple[queries.Offer, ...]) -> dict[str, Any] | None:
    if not offers:
        return None
    answer = offers[0].answer
    return {
        "answer": answer, "label": offers[0].label, "toolkit": answer.answer_set.version.title,
        "at": answer.answer_set.submitted_at,
    }  # fmt: skip


def frame(answer_set: Return, held: queries.Held, current: str, *, reads_only: bool) -> dict[str, Any]:
    """What every page of a return has: its title, its sections as addresses, the way back."""
    tabs = [
        (section.title, words.address(answer_set, "return_section", section.key), section.key == current)
        for section in held.content.sections
    ]
    if not reads_only:
        tabs.append(("Check and hand in", words.address(answer_set, "return_check"), current == "check"))
    here = next((label for label, _, is_current in tabs if is_current), "")
    return {
        "answer_set": answer_set, "whose": words.whose(answer_set), "content": held.content, "tabs": tabs,
        "breadcrumbs": [
            ("Returns", reverse("returns")), (answer_set.title, words.address(answer_set)), (here, ""),
        ],
    }  # fmt: skip


def _reading(request: HttpRequest, answer_set: Return, held: queries.Held, number: int, found: Section) -> HttpResponse:
    context = {
        **frame(answer_set, held, found.key, reads_only=True), "section": found, "number": number + 1,
        "of": len(held.content.sections), "rows": read_rows(request, answer_set, held, found),
    }  # fmt: skip
    return render(request, "returns/reading.html", context)


def shows_moderation(request: HttpRequest, answer_set: Return) -> bool:
    """A moderator's answers are read by moderators as they work, by the others once all are there."""
    if answer_set.state in access.MODERATION_SHOWN:
        return True
    return may(request.user, Permission.RETURNS_MODERATE, on=request.day)


def read_rows(request: HttpRequest, answer_set: Return, held: queries.Held, found: Section) -> list[dict[str, Any]]:
    """The answers of a section, to be read."""
    shows = shows_moderation(request, answer_set)
    rows = []
    for criterion in found.criteria:
        answer = held.answers.get(criterion.key)
        moderated = answer.moderated_value if answer and shows else ""
        rows.append({
            "criterion": criterion,
            "answer": answer,
            "value": words.said(criterion, answer.value) if answer else "",
            "documents": held.documents.get(criterion.key, ()),
            "moderated": words.said(criterion, moderated),
            "differs": bool(moderated) and answer is not None and moderated != answer.value,
            "note": answer.moderation_note if answer and shows else "",
            "is_graded": rules.is_graded(criterion),
        })  # fmt: skip
    return rows


# --- drafts --------------------------------------------------------------------------------------------------------


@signed_in
@require_POST
def draft(request: HttpRequest, return_id: int, section_key: str) -> HttpResponseBase:
    """Keep what is typed now; answers with "Saved 14:32", to stand at the foot of the page."""
    answer_set = to_answer(request, return_id)
    held = queries.held(answer_set, on=request.day)
    number, _ = _section(held, section_key)
    seq = request.POST.get("seq", "")
    drafts.keep(
        user=request.user, form=DRAFT, subject=f"{answer_set.pk}.{number}", base=answer_set.revision,
        payload=_payload(request.POST),
        seq=int(seq) if seq.isascii() and seq.isdigit() and len(seq) < 17 else _milliseconds(request), at=request.at,
    )  # fmt: skip
    return HttpResponse(f"Saved {wording.clock(timezone.localtime(request.at))}")


def _payload(data: Any) -> dict[str, str]:
    return {name: value for name, value in data.items() if name not in ("csrfmiddlewaretoken", "seq", "then", "keep")}


def _milliseconds(request: HttpRequest) -> int:
    return int(request.at.timestamp() * 1000)


# --- evidence ------------------------------------------------------------------------------------------------------


@signed_in
def evidence(request: HttpRequest, return_id: int, criterion_key: str) -> HttpResponseBase:
    """The documents given for one answer: add one, choose one that is kept already, or no longer give one."""
    answer_set = to_answer(request, return_id)
    held = queries.held(answer_set, on=request.day)
    found, criterion = _criterion(held, criterion_key)
    what = request.POST.get("what", "")
    given = {each.document.pk for each in held.documents.get(criterion.key, ())}
    choices = [
        (str(document.pk), _document_words(document))
        for document in queries.documents_to_choose(answer_set, viewer=request.user, on=request.day)
        if document.pk not in given
    ]
    upload = UploadForm(request.POST if what == "upload" else None, request.FILES if what == "upload" else None)
    upload.fields["document"].widget.attrs["accept"] = ENDINGS
    choose = ChooseForm(request.POST if what == "choose" else None, documents=choices)
    act: dict[str, Any] = {"return_id": answer_set.pk, "criterion": criterion.key, "by": request.user, "at": request.at,
                           "on": request.day}  # fmt: skip
    here = redirect(words.address(answer_set, "return_evidence", criterion.key))
    if what == "back":
        number = request.POST.get("document", "")
        if number.isascii() and number.isdigit() and len(number) < 18:
            returns.take_document_back(document_id=int(number), **act)
            messages.success(request, "The document is no longer given for this answer. It is kept.")
        return here
    try:
        if what == "choose" and choose.is_valid():
            returns.give_document(document_id=int(choose.cleaned_data["chosen"]), **act)
            messages.success(request, "The document is given as evidence.")
            return here
        if what == "upload" and upload.is_valid():
            document = _kept(request, answer_set, criterion, upload)
            returns.give_document(document_id=document.pk, **act)
            messages.success(request, f"“{document.title}” is kept, and given as evidence.")
            return here
    except RuleBroken as refusal:
        (upload if what == "upload" else choose).refuse(refusal, field="document" if what == "upload" else "chosen")
    context = {
        **frame(answer_set, held, found.key, reads_only=False), "criterion": criterion, "upload": upload,
        "choose": choose if choices else None, "given": held.documents.get(criterion.key, ()), "section": found,
        "back": f"{words.address(answer_set, 'return_section', found.key)}#q-{criterion.key}",
        "form": upload if upload.errors else choose,
    }  # fmt: skip
    return render(request, "returns/evidence.html", context)


def _kept(request: HttpRequest, answer_set: Return, criterion: Criterion, form: UploadForm) -> Document:
    """The uploaded file, kept as the organisation's. Who is asked to answer may give evidence, whatever their role."""
    file, whose = form.cleaned_data["document"], answer_set.organisation
    given: dict[str, Any] = {
        "title": form.cleaned_data["title"], "file_name": file.name, "content": file.read(), "folder": folder(),
        "organisation": whose, "sensitivity": Sensitivity.SHARED if whose else Sensitivity.COUNCIL,
        "kind": criterion.fact.removeprefix("policy.") if criterion.fact.startswith("policy.") else "",
        "period_from": form.cleaned_data["period_from"], "period_to": form.cleaned_data["period_to"],
        "expires_on": form.cleaned_data["expires_on"], "by": request.user, "at": request.at,
    }  # fmt: skip
    if may(request.user, Permission.EVIDENCE_KEEP, on=request.day) or may(
        request.user, Permission.PROVIDER_PORTAL, on=request.day
    ):
        return give_document(**given, on=request.day)
    return keep_document(**given)


def _document_words(document: Document) -> str:
    until = f", valid until {wording.day(document.expires_on)}" if document.expires_on else ""
    return f"{document.title} ({document.file_name}{until})"


# --- checking and handing in ---------------------------------------------------------------------------------------


@signed_in
def check(request: HttpRequest, return_id: int) -> HttpResponseBase:
    """Everything that was answered, what is missing, what differs from last time; and the button that hands it in."""
    answer_set = to_answer(request, return_id)
    held = queries.held(answer_set, on=request.day)
    carried = sum(1 for answer in held.answers.values() if answer.carried_from_id and answer_set.previous_id)
    form = HandInForm(request.POST if request.method == "POST" else None, carried=carried)
    # A form without a field to tick is valid as it is.
    if request.method == "POST" and form.is_valid():
        try:
            returns.submit(return_id=answer_set.pk, by=request.user, at=request.at, on=request.day)
        except returns.Incomplete:
            form.add_error(None, "The return is not complete yet: see what is missing.")
        else:
            messages.success(request, "The return is handed in. You can read it and take it out at any time.")
            return redirect(words.address(answer_set))
    result = rules.overall(held.content, held.values)
    context = {
        **frame(answer_set, held, "check", reads_only=False), "form": form,
        "sections": [
            {"section": section, "url": words.address(answer_set, "return_section", section.key),
             "rows": read_rows(request, answer_set, held, section)}
            for section in held.content.sections
        ],
        "missing": missing(answer_set, held), "differences": _told(answer_set, held, request.day), "result": result,
        "again": answer_set.state == ReturnState.RETURNED,
        "drafts": _drafts(request, answer_set, held),
    }  # fmt: skip
    return render(request, "returns/check.html", context)


def missing(answer_set: Return, held: queries.Held) -> list[dict[str, str]]:
    """What is still lacking, each with the place where it is put right; what is not answered yet once a section."""
    lacking = {each.criterion: each for each in held.completeness.missing}
    found = []
    for section in held.content.sections:
        here = words.address(answer_set, "return_section", section.key)
        of_section = [lacking[criterion.key] for criterion in section.criteria if criterion.key in lacking]
        open_ones = [each for each in of_section if each.code == "not_answered"]
        if len(open_ones) > 1:
            found.append({
                "sentence": f"“{section.title}”: {len(open_ones)} questions are not answered yet.",
                "link": "Answer them", "url": f"{here}#q-{open_ones[0].criterion}",
            })  # fmt: skip
            of_section = [each for each in of_section if each.code != "not_answered"]
        found += [
            {"sentence": each.reason, "link": "Answer it" if each.code == "not_answered" else "Put it right",
             "url": f"{here}#q-{each.criterion}"}
            for each in of_section
        ]  # fmt: skip
    return found


def _told(answer_set: Return, held: queries.Held, on: date) -> list[rules.Difference]:
    """What is otherwise than last time."""
    return [each for each in queries.differences(answer_set, held, on=on) if each.what != "same"]


def _drafts(request: HttpRequest, answer_set: Return, held: queries.Held) -> list[dict[str, Any]]:
    """Sections in which this person has typed something that is not saved."""
    drafted = drafts.subjects_of(user=request.user, form=DRAFT, prefix=f"{answer_set.pk}.")
    return [
        {"sentence": f"What you typed in “{section.title}” is not saved yet.", "link": "Look at it",
         "url": words.address(answer_set, "return_section", section.key)}
        for number, section in enumerate(held.content.sections)
        if f"{answer_set.pk}.{number}" in drafted
    ]  # fmt: skip
