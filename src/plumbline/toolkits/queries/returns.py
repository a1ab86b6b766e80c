"""Returns as a viewer may read them: what is answered, what was said last time, what was said elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import DateField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value

from plumbline.audit.models import Event
from plumbline.evidence.access import documents_visible_to
from plumbline.evidence.models import Document, Sensitivity
from plumbline.evidence.queries import standing
from plumbline.kernel.errors import NotAllowed
from plumbline.people.models import Organisation, User
from plumbline.people.queries import organisations_of, same_body
from plumbline.toolkits import content as contents
from plumbline.toolkits import rules
from plumbline.toolkits.access import returns_visible_to
from plumbline.toolkits.content import Content, Criterion
from plumbline.toolkits.models import Answer, AnswerDocument, Return, ReturnAssignment, ReturnState, ToolkitVersion
from plumbline.toolkits.states import ANSWERABLE

_S = ReturnState
HANDED_IN = frozenset({_S.SUBMITTED, _S.RETURNED, _S.RESUBMITTED, _S.MODERATED, _S.SIGNED_OFF})
TO_MODERATE = frozenset({_S.SUBMITTED, _S.RESUBMITTED})
OPEN = frozenset({*ANSWERABLE, *TO_MODERATE, _S.MODERATED})


# A plan, the papers of a bid and its scores have pages of their own.
ANSWERED_ELSEWHERE = ("implementation", "tender_stage1", "tender_questions")


@dataclass(frozen=True, slots=True)
class Given:
    """A document given for an answer, and whether it is still valid on the day asked about."""

    document: Document
    is_valid: bool


@dataclass(frozen=True)
class Held:
    """All that a return holds: its questions, and by criterion the answers and the documents given."""

    content: Content
    answers: Mapping[str, Answer]
    documents: Mapping[str, tuple[Given, ...]]

    @cached_property
    def values(self) -> dict[str, str]:
        return {key: answer.value for key, answer in self.answers.items()}

    @cached_property
    def documented(self) -> frozenset[str]:
        return frozenset(key for key, given in self.documents.items() if any(each.is_valid for each in given))

    @cached_property
    def expired(self) -> frozenset[str]:
        return frozenset(key for key, given in self.documents.items() if given) - self.documented

    @cached_property
    def completeness(self) -> rules.Completeness:
        return rules.completeness(self.content, self.values, self.documented, expired=self.expired)


def return_seen(viewer: User, *, return_id: int, on: date) -> Return:
    """One return. Raises NotAllowed where the viewer may not read it, or there is none."""
    found = (
        returns_visible_to(viewer, on=on)
        .select_related(
            "version__toolkit",
            "organisation",
            "previous__version",
            "requested_by",
            "submitted_by",
            "moderated_by",
            "signed_off_by",
        )
        .filter(pk=return_id)
        .first()
    )
    if found is None:
        raise NotAllowed(f"There is no return {return_id}.")
    return found


def returns_listed(viewer: User, *, on: date) -> QuerySet[Return]:
    """The returns that a viewer may read, each with `is_mine` (theirs to answer)."""
    assigned = ReturnAssignment.objects.filter(answer_set=OuterRef("pk"), user=viewer, ended_at__isnull=True)
    mine = Exists(assigned) | Q(organisation__in=organisations_of(viewer, on=on))
    return (
        returns_visible_to(viewer, on=on)
        .select_related("version__toolkit", "organisation")
        .defer("version__text", "version__content")
        .annotate(is_mine=mine)
    )


def with_progress(found: QuerySet[Return], *, on: date) -> QuerySet[Return]:
    """Returns with what `progress` reads, in a fixed number of queries; each with `today`."""
    answers = Answer.objects.only("answer_set", "criterion", "value")
    given = AnswerDocument.objects.filter(withdrawn_at__isnull=True).select_related("document")
    return (
        found.select_related(None)
        .defer(None)
        .select_related("organisation")
        .prefetch_related(
            Prefetch("version", ToolkitVersion.objects.select_related("toolkit").defer("text")),
            Prefetch("answers", answers),
            Prefetch("answers__documents", given),
        )
        .annotate(today=Value(on, output_field=DateField()))
    )


def progress(answer_set: Return, *, on: date) -> rules.Completeness:
    """How far a return of `with_progress` is answered."""
    values = {answer.criterion: answer.value for answer in answer_set.answers.all()}
    given = {
        answer.criterion: [is_valid(row.document, on=on) for row in answer.documents.all() if row.withdrawn_at is None]
        for answer in answer_set.answers.all()
    }
    documented = {key for key, valid in given.items() if any(valid)}
    return rules.completeness(
        contents.read(answer_set.version.content or {}),
        values,
        documented,
        expired={key for key, valid in given.items() if valid} - documented,
    )


def held(answer_set: Return, *, on: date) -> Held:
    """What the return holds; in three queries however long it is."""
    answers = {
        answer.criterion: answer
        for answer in Answer.objects.filter(answer_set=answer_set).select_related(
            "answered_by", "moderated_by", "carried_from__answer_set__version__toolkit", "carried_from__answered_by"
        )
    }
    given: dict[str, list[Given]] = {}
    rows = AnswerDocument.objects.filter(answer__answer_set=answer_set, withdrawn_at__isnull=True)
    for row in rows.select_related("document__replaced_by", "answer").order_by("given_at", "pk"):
        given.setdefault(row.answer.criterion, []).append(Given(row.document, is_valid(row.document, on=on)))
    return Held(
        contents.read(answer_set.version.content or {}), answers, {key: tuple(rows) for key, rows in given.items()}
    )


def is_valid(document: Document, *, on: date) -> bool:
    """Whether a document is still valid on a day: not withdrawn, and not expired (it is valid on its last day)."""
    return document.withdrawn_at is None and (document.expires_on is None or document.expires_on >= on)


def documents_still_valid(answer: Answer, *, on: date) -> list[Document]:
    given = AnswerDocument.objects.filter(answer=answer, withdrawn_at__isnull=True).select_related("document")
    return [row.document for row in given.order_by("pk") if is_valid(row.document, on=on)]


def documents_to_choose(answer_set: Return, *, viewer: User | None, on: date) -> QuerySet[Document]:
    """The kept documents that may be given in this return, of those that the viewer may open: of its organisation, the
    newest revisions, still valid, and none that is for named people only."""
    found = standing(Document.objects.all() if viewer is None else documents_visible_to(viewer, on=on))
    found = found.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=on)).exclude(sensitivity=Sensitivity.RESTRICTED)
    if answer_set.organisation_id is None:
        found = found.filter(organisation__isnull=True)
    else:
        found = found.filter(organisation__in=same_body({answer_set.organisation_id}))
    return found.order_by("-added_at", "-pk")


def last_handed_in(*, toolkit_id: int, organisation: Organisation) -> Return | None:
    """The last return of a toolkit that an organisation handed in."""
    found = Return.objects.filter(
        version__toolkit=toolkit_id, state__in=HANDED_IN, organisation__in=same_body({organisation.pk})
    )
    return found.order_by(F("period_to").desc(nulls_last=True), "-submitted_at", "-pk").first()


def differences(answer_set: Return, now: Held, *, on: date) -> tuple[rules.Difference, ...]:
    """This return beside the one of last time; nothing where there was none."""
    if answer_set.previous is None:
        return ()
    before = held(answer_set.previous, on=on)
    return rules.differences(now.content, now.values, before.content, before.values)


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer that the organisation gave to another toolkit for the same fact."""

    answer: Answer
    label: str


def offers(answer_set: Return, *, on: date) -> dict[str, tuple[Offer, ...]]:
    """By criterion, the newest answer that the same organisation handed in to another toolkit for the same fact.

    An answer whose documents have all expired is not offered any more.
    """
    if answer_set.organisation_id is None:
        return {}
    wanted = {c.fact: c for c in contents.read(answer_set.version.content or {}).criteria if c.fact}
    if not wanted:
        return {}
    sources = list(
        Return.objects.filter(organisation__in=same_body({answer_set.organisation_id}), state__in=HANDED_IN)
        .exclude(version__toolkit=answer_set.version.toolkit_id)
        .order_by("-submitted_at", "-pk")
    )
    versions = {
        version.pk: {c.key: c for c in contents.read(version.content or {}).criteria if c.fact in wanted}
        for version in ToolkitVersion.objects.filter(pk__in={source.version_id for source in sources})
    }
    answers: dict[int, list[Answer]] = {}
    keys = {key for asked in versions.values() for key in asked}
    rows = Answer.objects.filter(answer_set__in=sources, criterion__in=keys).exclude(value="")
    for answer in rows.select_related("answer_set__version__toolkit", "answered_by").prefetch_related(
        "documents__document"
    ):
        answers.setdefault(answer.answer_set_id, []).append(answer)
    found: dict[str, tuple[Offer, ...]] = {}
    for source in sources:
        for answer in answers.get(source.pk, ()):
            given: Criterion | None = versions[source.version_id].get(answer.criterion)
            if given is None:
                continue
            criterion = wanted[given.fact]
            if criterion.key in found or not rules.can_serve(criterion, given, answer.value):
                continue
            documents = [row.document for row in answer.documents.all() if row.withdrawn_at is None]
            if documents and not any(is_valid(document, on=on) for document in documents):
                continue
            found[criterion.key] = (Offer(answer, rules.label_of(given, answer.value)),)
    return found


def assigned_to(answer_set: Return) -> list[User]:
    """Who is asked to answer it now."""
    return list(
        User.objects.filter(
            return_assignments__answer_set=answer_set, return_assignments__ended_at__isnull=True
        ).order_by("name", "pk")
    )


def happened(answer_set: Return) -> list[Event]:
    """What happened to the return as a whole, newest first; single answers are in the trail."""
    about = Event.objects.filter(subject_type="toolkits.return", subject_id=str(answer_set.pk))
    return list(about.exclude(kind__startswith="toolkits.answer.").order_by("-no"))


def versions_in_use() -> QuerySet[ToolkitVersion]:
    """The published versions on which a return can be asked for."""
    return (
        ToolkitVersion.objects.filter(state=ToolkitVersion.State.PUBLISHED)
        .exclude(toolkit__purpose__in=ANSWERED_ELSEWHERE)
        .select_related("toolkit")
        .order_by("title")
    )


def organisation(number: str) -> Organisation | None:
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    return Organisation.objects.filter(pk=int(number), merged_into__isnull=True).first()
