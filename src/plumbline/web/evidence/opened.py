"""Which documents someone may open, with those that they reach by a record of another room, and where each is used."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from plumbline.actions.models import ActionNote
from plumbline.actions.queries import actions_visible_to
from plumbline.commissioning.models import BidDocument
from plumbline.commissioning.queries.evaluation import papers_visible_to
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import Assessment, Contract, Evaluation, PolicyOffer, PolicyReview, Visit
from plumbline.evidence.access import documents_visible_to
from plumbline.evidence.models import Document
from plumbline.ofsted.models import CheckItem, Inspection
from plumbline.people.access import Permission, may
from plumbline.people.models import Organisation, User
from plumbline.toolkits.access import returns_visible_to
from plumbline.toolkits.models import AnswerDocument
from plumbline.web.kit import setting_words as settings
from plumbline.web.kit import subjects
from plumbline.web.kit.sealed_names import known_by_bids_alone, known_otherwise
from plumbline.web.kit.subjects import SUBJECTS

# Refusals that are about the file itself: shown at its field.
FILE_CODES = frozenset(
    {
        "empty_file",
        "too_large",
        "wrong_file",
        "damaged_file",
        "two_in_one",
        "active_file",
        "locked_file",
        "bomb",
        "disguised_file",
        "infected_file",
        "not_scanned",
    }
)


def documents(viewer: User, *, on: date) -> QuerySet[Document]:
    """The documents that the viewer may open (evidence.access), with what they reach by records they see: Ofsted's
    reports on settings, what shows that an action is done, the papers of bids. A bid's papers are
    read by nobody else."""
    of_bids = papers_visible_to(viewer, on=on).values("document")
    noted = ActionNote.objects.filter(action__in=actions_visible_to(viewer, on=on).order_by())
    reached = Q(pk__in=of_bids)
    if not may(viewer, Permission.PROVIDER_PORTAL, on=on):
        reached |= Q(pk__in=noted.exclude(document=None).values("document"))
    if may(viewer, Permission.SETTINGS_VIEW, on=on):
        for table in (Inspection, CheckItem):
            reached |= Q(pk__in=table.objects.exclude(document=None).values("document"))
    seen = documents_visible_to(viewer, on=on, reached=reached)
    closed = Q(pk__in=BidDocument.objects.values("document")) & ~Q(pk__in=of_bids) & ~Q(added_by=viewer)
    return seen.exclude(closed)


NOT_OPEN = "a file that is not open to you"


def titles(viewer: User, *, on: date) -> Callable[[Document], str]:
    """What the viewer is told of a document that belongs to what they read: its title, where they may open it."""
    opened = documents(viewer, on=on)
    return lambda document: document.title if opened.filter(pk=document.pk).exists() else NOT_OPEN


@dataclass(frozen=True, slots=True)
class Use:
    """One place that relies on a document: the kind of record, how it is called, and its page ("": there is none)."""

    kind: str
    label: str
    url: str


def uses_of(document: Document, viewer: User, *, on: date) -> list[Use]:
    """Where a document is used, of the records that the viewer may see."""
    return list(dict.fromkeys(use for source in _SOURCES for use in source(document, viewer, on)))


def _answers(document: Document, viewer: User, on: date) -> Iterable[Use]:
    given = AnswerDocument.objects.filter(
        document=document, withdrawn_at=None, answer__answer_set__in=returns_visible_to(viewer, on=on).order_by()
    ).select_related("answer__answer_set")
    for each in given.order_by("given_at", "pk"):
        yield Use(
            SUBJECTS["return"].called,
            each.answer.answer_set.title,
            subjects.address("return", each.answer.answer_set_id),
        )


def _actions(document: Document, viewer: User, on: date) -> Iterable[Use]:
    notes = ActionNote.objects.filter(document=document, action__in=actions_visible_to(viewer, on=on).order_by())
    for note in notes.select_related("action").order_by("at", "pk"):
        yield Use(SUBJECTS["action"].called, note.action.title, subjects.address("action", note.action_id))


def _contracts(document: Document, viewer: User, on: date) -> Iterable[Use]:
    seen = contracts_visible_to(viewer, on=on).order_by()
    uses: Sequence[tuple[str, QuerySet[Any]]] = (
        ("Policy of", PolicyReview.objects.filter(document=document)),
        ("Policy offered for", PolicyOffer.objects.filter(document=document)),
        ("Assessment of", Assessment.objects.filter(document=document)),
        ("Minutes of the evaluation of", Evaluation.objects.filter(minutes_document=document)),
        ("Report of a visit under", Visit.objects.filter(report=document)),
    )
    for kind, rows in uses:
        for contract in (
            Contract.objects.filter(pk__in=rows.values("contract")).filter(pk__in=seen.values("pk")).order_by("pk")
        ):
            yield Use(f"{kind} contract", contract.title, subjects.address("contract", contract.pk))


def _bids(document: Document, viewer: User, on: date) -> Iterable[Use]:
    papers = papers_visible_to(viewer, on=on).filter(document=document)
    for paper in papers.select_related("bid__tender").order_by("pk"):
        yield Use("Bid for", paper.bid.tender.title, subjects.address("bid", paper.bid_id))


def _settings(document: Document, viewer: User, on: date) -> Iterable[Use]:
    if not may(viewer, Permission.SETTINGS_VIEW, on=on):
        return
    for kind, rows in (
        ("Judgement of", Inspection.objects.filter(document=document)),
        ("Check of", CheckItem.objects.filter(document=document)),
    ):
        for row in rows.select_related("setting").order_by("pk"):
            yield Use(kind, settings.label(row.setting), settings.address(row.setting))


_SOURCES: tuple[Callable[[Document, User, date], Iterable[Use]], ...] = (
    _answers,
    _contracts,
    _actions,
    _bids,
    _settings,
)


def people() -> QuerySet[User]:
    """Who can be given something to do, by name."""
    return User.objects.filter(is_active=True, roles_held__isnull=False).distinct().order_by("name", "pk")


def organisations(viewer: User, *, on: date, also: int | None = None) -> QuerySet[Organisation]:
    """Whose a document or an action can be: providers with a contract, those who give answers or sign in here, and
    those with documents already; and `also` the one that is chosen now. None whom the viewer may not know of."""
    known = Q(pk=also) | known_otherwise(Document.objects.all())
    found = Organisation.objects.filter(known, merged_into=None).exclude(pk__in=known_by_bids_alone(viewer, on=on))
    return found.order_by("sort_key", "pk")
