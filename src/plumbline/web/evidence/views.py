"""Documents kept as evidence: the list, one with its revisions and where it is used, giving, replacing, taking out."""

from functools import partial
from typing import Any

from django.db.models import F, Q
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.audit.moments import shown
from plumbline.evidence import operations, queries
from plumbline.evidence.models import Document, Sensitivity
from plumbline.evidence.rules import EXPIRING_WITHIN
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission, may
from plumbline.people.queries import organisations_of
from plumbline.web.evidence import files, opened, words
from plumbline.web.evidence.forms import Give, LetOpen, Replace, Withdraw
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires, signed_in
from plumbline.web.kit.asking import Question, ask
from plumbline.web.kit.request import Request, acting, record_number

READS = (Permission.EVIDENCE_VIEW, Permission.PROVIDER_PORTAL)
GIVES = (Permission.EVIDENCE_KEEP, Permission.PROVIDER_PORTAL)
_WHEN = (("soon", "Within 30 days"), ("expired", "Expired"), ("both", "Expired or within 30 days"))


def _expiring(rows: Any, when: str) -> Any:
    if when == "expired":
        return rows.filter(expires_on__lt=F("today"))
    rows = rows.filter(expires_on__lte=F("today") + EXPIRING_WITHIN)
    return rows.filter(expires_on__gte=F("today")) if when == "soon" else rows


def _how_soon(row: Any) -> str:
    if row.expires_on is None or row.withdrawn_at or row.replaced:
        return ""
    days = (row.expires_on - row.today).days
    if days < 0:
        return f"expired {wording.how_many(-days, 'day', 'days')} ago"
    return f"in {wording.how_many(days, 'day', 'days')}" if days <= EXPIRING_WITHIN.days else ""


class Documents(tables.Table):
    title = "Documents"
    one, many = "document", "documents"
    columns = (
        tables.Column("title", "Document", sort="title", link=lambda row: reverse("document_page", args=[row.pk])),
        tables.Column("kind", "What it is", lambda row: words.kind(row.kind) if row.kind else None, sort="kind"),
        tables.Column("organisation", "Whose", "organisation.name", sort="organisation__sort_key",
                      absent="the council’s"),
        tables.Column("period", "Speaks for", words.period, sort=("period_from", "period_to")),
        tables.Column("expires_on", "Expires", sort="expires_on", absent="does not expire", note=_how_soon,
                      note_heading="How soon"),
        tables.Column("added_at", "Given", sort="added_at", shown=lambda row: wording.day(shown(row.added_at)),
                      note=lambda row: str(row.added_by or ""), note_heading="By"),
        tables.Column("state", "State", lambda row: words.state_of(row, row.today, replaced=row.replaced)[1],
                      kind=lambda row: words.state_of(row, row.today, replaced=row.replaced)[0],
                      note="get_sensitivity_display", note_heading="Who may open it"),
    )  # fmt: skip
    filters = (
        tables.Text("q", "Words of its title", "title__named"),
        tables.Text("whose", "Whose", "organisation__name__named"),
        tables.Choice("kind", "What it is", "kind", choices=words.KINDS),
        tables.Choice("expiring", "Expiring", _expiring, choices=_WHEN),
    )  # fmt: skip
    order = "-added_at"
    empty = "No document has been given yet."


@requires(*READS)
def documents(request: Request) -> HttpResponseBase:
    """What is in use now; or what was replaced or withdrawn."""
    old = request.GET.get("which") == "old"
    seen = queries.with_today(opened.documents(request.user, on=request.day), on=request.day)
    gone = Q(withdrawn_at__isnull=False) | Q(replaced=True)
    table = Documents(request, seen.filter(gone) if old else seen.exclude(gone))
    here = reverse("documents")
    context = {
        "tabs": [("In use", here, not old), ("Replaced or withdrawn", f"{here}?which=old", old)],
        "may_give": _may(request, GIVES),
        "changes_in_law": _may(request, READS),
    }
    return tables.page(request, table, "evidence/list.html", context)


@requires(*READS)
def page(request: Request, pk: int) -> HttpResponseBase:
    """What it is, whether it still counts, its revisions, and where it is used."""
    found = _seen(request, pk)
    on, viewer = request.day, request.user
    seen = opened.documents(viewer, on=on)
    revisions = queries.revisions_of(found)
    open_to_viewer = set(seen.filter(pk__in=[each.pk for each in revisions]).values_list("pk", flat=True))
    newest = revisions[0]
    state, word = words.state_of(found, on, replaced=newest != found)
    mine = found.added_by_id == viewer.pk or may(viewer, Permission.EVIDENCE_KEEP, on=on)
    context = {
        "document": found, "state": state, "word": word, "kind": words.kind(found.kind) if found.kind else "",
        "period": words.period(found), "size": words.size(found.size), "reasons": _reasons(request, found, newest),
        "named": queries.named_readers(found, on=on) if found.sensitivity == Sensitivity.RESTRICTED else [],
        "may_name": found.sensitivity == Sensitivity.RESTRICTED and may(viewer, Permission.EVIDENCE_KEEP, on=on),
        "uses": opened.uses_of(found, viewer, on=on),
        "revisions": [
            {"at": each.added_at, "who": str(each.added_by or ""), "detail": each.file_name,
             "what": f"Revision {each.revision}" + (", this one" if each == found else ""),
             "url": reverse("document_page", args=[each.pk]) if each != found and each.pk in open_to_viewer else ""}
            for each in revisions
        ],
        "may_replace": newest == found and not found.withdrawn_at and _may(request, GIVES)
                       and _gives_for(request, found),
        "may_withdraw": not found.withdrawn_at and mine,
        "breadcrumbs": [("Documents", reverse("documents")), (found.title, "")],
    }  # fmt: skip
    return render(request, "evidence/document.html", context)


def _reasons(request: Request, found: Document, newest: Document) -> list[Any]:
    if found.withdrawn_at:
        return [f"It was withdrawn: {found.withdrawn_because}"]
    if newest != found:
        return [
            {
                "sentence": f"Revision {newest.revision} has taken its place.",
                "link": "See that one",
                "url": reverse("document_page", args=[newest.pk]),
            }
        ]
    if found.expires_on and found.expires_on < request.day:
        return [f"It expired on {wording.day(found.expires_on)} and counts for nothing asked for since."]
    if found.expires_on and found.expires_on <= request.day + EXPIRING_WITHIN:
        return [f"It expires {wording.by_when(found.expires_on, request.day)}."]
    return []


@requires(*GIVES)
def give(request: Request) -> HttpResponseBase:
    """A new document. `?organisation=` and `?kind=` say whose and what, where another page asks for one."""
    on, viewer = request.day, request.user
    for_provider = not may(viewer, Permission.EVIDENCE_KEEP, on=on)
    known = opened.organisations(viewer, on=on, also=record_number(request.GET.get("organisation")))
    if for_provider:
        known = known.filter(pk__in=organisations_of(viewer, on=on))
    initial = {"organisation": request.GET.get("organisation", ""), "kind": request.GET.get("kind", "")}
    if for_provider and not initial["organisation"]:
        initial.pop("organisation")
    form = Give(
        request.POST or None,
        request.FILES or None,
        organisations=list(known),
        for_provider=for_provider,
        initial=initial,
    )
    about = "Given once, it serves everything that asks for it until it expires."

    def keep(file: Any, **given: Any) -> Document:
        return operations.give_document(
            file_name=file.name, content=file.read(), folder=files.folder(), act=acting(request), **given
        )

    return ask(
        request,
        form,
        Question(
            heading="Give a document",
            button="Keep the document",
            back=reverse("documents"),
            about=f"{about} The council sees it too." if for_provider else about,
            breadcrumbs=[("Documents", reverse("documents")), ("New", "")],
        ),
        do=keep,
        done=lambda kept: f"“{kept.title}” is kept{_scanned(kept)}.",
        to=_address,
    )


@requires(*GIVES)
def replace(request: Request, pk: int) -> HttpResponseBase:
    """The next revision; both are kept."""
    found = _seen(request, pk)
    if not _gives_for(request, found):
        raise NotAllowed(f"Document {pk} is another's.")

    def keep(file: Any, **given: Any) -> Document:
        return operations.give_document(
            file_name=file.name,
            content=file.read(),
            folder=files.folder(),
            sensitivity=found.sensitivity,
            replaces=found,
            act=acting(request),
            **given,
        )

    return ask(
        request,
        Replace(request.POST or None, request.FILES or None, initial={"title": found.title}),
        Question(
            heading="Give a newer revision",
            button="Keep the revision",
            back=_address(found),
            caption=found.title,
            about=f"Revision {found.revision} is kept, with everything that was given with it.",
            breadcrumbs=[("Documents", reverse("documents")), (found.title, _address(found)), ("Replace", "")],
        ),
        do=keep,
        done=lambda kept: f"Revision {kept.revision} of “{kept.title}” is kept{_scanned(kept)}.",
        to=_address,
    )


@requires(*GIVES)
def withdraw(request: Request, pk: int) -> HttpResponseBase:
    found = _seen(request, pk)
    return ask(
        request,
        Withdraw(request.POST or None),
        Question(
            heading=f"Withdraw “{found.title}”",
            button="Withdraw the document",
            back=_address(found),
            back_words=found.title,
            kind="warning",
        ),
        do=partial(operations.withdraw_document, document_id=pk, act=acting(request)),
        done=f"“{found.title}” is withdrawn.",
        to=_address(found),
    )


@requires(Permission.EVIDENCE_KEEP)
def let_open(request: Request, pk: int) -> HttpResponseBase:
    """One more person for a document that named people only may open."""
    found = _seen(request, pk)
    form = LetOpen(request.POST or None, people=list(opened.people()))
    return ask(
        request,
        form,
        Question(
            heading=f"Let someone else open “{found.title}”",
            button="Let them open it",
            back=_address(found),
            back_words=found.title,
            about="Only named people may open it. Each opening is recorded.",
        ),
        do=partial(operations.let_open, document_id=pk, act=acting(request)),
        done=lambda _: f"{form.cleaned_data['user']} may open “{found.title}” now.",
        to=_address(found),
    )


def _address(document: Document) -> str:
    return reverse("document_page", args=[document.pk])


@signed_in
def document(request: Request, pk: int) -> HttpResponseBase:
    """The file itself, for those who may open it; each opening is recorded."""
    found = _seen(request, pk)
    answer = files.answer_with(found)
    operations.note_opened(document=found, act=acting(request))
    return answer


def _seen(request: Request, pk: int) -> Document:
    found = opened.documents(request.user, on=request.day).select_related("replaces").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(f"There is no document {pk}.")
    return found


def _may(request: Request, permissions: tuple[Permission, ...]) -> bool:
    return any(may(request.user, each, on=request.day) for each in permissions)


def _gives_for(request: Request, found: Document) -> bool:
    """Whether what replaces this document is this person's to give: the operation asks the same."""
    if may(request.user, Permission.EVIDENCE_KEEP, on=request.day):
        return True
    shared = found.sensitivity in (Sensitivity.OPEN, Sensitivity.SHARED)
    return shared and found.organisation_id in organisations_of(request.user, on=request.day)


def _scanned(kept: Document) -> str:
    return f", and the virus scanner found it clean ({kept.scanned_by.split('/')[0]})" if kept.scanned_by else ""
