"""Keeping files as evidence, outside the web root, under their checksum; and entering changes in the law."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import date
from pathlib import Path

from plumbline.audit.moments import shown
from plumbline.evidence import flagging, rules, scanning, store
from plumbline.evidence.access import DOCUMENT, documents_visible_to
from plumbline.evidence.models import Document, LawChange, Sensitivity
from plumbline.flags import operations as flags
from plumbline.flags.operations import Raised
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Organisation, Tie, User
from plumbline.people.queries import live_ties, organisations_of, same_body


@operation
def keep_document(
    *,
    title: str,
    file_name: str,
    content: bytes,
    folder: Path,
    act: Act,
    organisation: Organisation | None = None,
    kind: str = "",
    period_from: date | None = None,
    period_to: date | None = None,
    expires_on: date | None = None,
    sensitivity: str = Sensitivity.COUNCIL,
    replaces: Document | None = None,
) -> Document:
    """Write a file under its checksum below `folder` and record it; the caller has checked that `act.by` may.

    `organisation`: whose it is (None: the council's). `kind`: what it is, such as a policy's key. `replaces`: the
    document of which it is the next revision; both are kept. Raises RuleBroken with nothing kept for what is empty,
    too large, of another kind than can be kept, two things at once, disguised, infected, or could not be scanned
    though a scanner is configured; for a period or an expiry that cannot be; for what has been replaced already.
    """
    media_type, ending = rules.check_file(content, file_name)
    _refuse(rules.details(period_from=period_from, period_to=period_to, expires_on=expires_on), "wrong_period")
    before = _replaced(replaces, organisation) if replaces else None
    scanner = scanning.configured()
    scanned_by = scanner.scan(content) if scanner else ""
    digest = hashlib.sha256(content).hexdigest()
    store.write(rules.path_of(folder, digest), content)
    name = rules.safe_stem(file_name)
    document = Document.objects.create(
        title=(title.strip() or name)[:300],
        file_name=name + ending,
        media_type=media_type,
        size=len(content),
        sha256=digest,
        added_at=act.at,
        added_by=act.by,
        organisation=organisation,
        kind=kind,
        period_from=period_from,
        period_to=period_to,
        expires_on=expires_on,
        sensitivity=sensitivity,
        revision=before.revision + 1 if before else 1,
        replaces=before,
        scanned_by=scanned_by,
        scanned_at=act.at if scanned_by else None,
    )
    act.record(
        "evidence.document.kept",
        subject=document,
        sha256=digest,
        size=len(content),
        scanned_by=scanned_by,
        replaces=before.pk if before else None,
    )
    return document


@operation
def give_document(
    *,
    title: str,
    file_name: str,
    content: bytes,
    folder: Path,
    organisation: Organisation | None = None,
    kind: str = "",
    period_from: date | None = None,
    period_to: date | None = None,
    expires_on: date | None = None,
    sensitivity: str = Sensitivity.COUNCIL,
    replaces: Document | None = None,
    act: PersonalAct,
) -> Document:
    """Keep a document that someone gives on a page; see `keep_document` for what is refused.

    A provider's user gives what is their own organisation's, and it is shared with the council. A revision has the
    organisation and the kind of what it replaces.
    """
    if replaces is not None:
        if not documents_visible_to(act.by, on=act.on).filter(pk=replaces.pk).exists():
            raise NotAllowed(f"There is no document {replaces.pk}.")
        organisation, kind = replaces.organisation, replaces.kind
    if not act.may(Permission.EVIDENCE_KEEP):
        if organisation is None or organisation.pk not in organisations_of(act.by, on=act.on):
            raise NotAllowed(f"{act.by} may not give this document.")
        sensitivity = Sensitivity.SHARED
    if sensitivity not in Sensitivity.values:
        raise RuleBroken("Say who may open it.", code="unknown_sensitivity")
    document = keep_document(
        title=title,
        file_name=file_name,
        content=content,
        folder=folder,
        act=act,
        organisation=organisation,
        kind=kind,
        period_from=period_from,
        period_to=period_to,
        expires_on=expires_on,
        sensitivity=sensitivity,
        replaces=replaces,
    )
    raise_flags(act=act)
    return document


@operation
def withdraw_document(*, document_id: int, because: str, act: PersonalAct) -> Document:
    """Take a document out of use, with the reason. It is kept, and what was given with it keeps it."""
    document = Document.objects.select_for_update().filter(pk=document_id).first()
    if document is None or not documents_visible_to(act.by, on=act.on).filter(pk=document_id).exists():
        raise NotAllowed(f"There is no document {document_id}.")
    if document.added_by_id != act.by.pk:
        act.check(Permission.EVIDENCE_KEEP)
    if document.withdrawn_at:
        raise RuleBroken("This document has been withdrawn already.", code="wrong_state")
    if not because.strip():
        raise RuleBroken("Say why it is withdrawn.", code="missing_reason")
    document.withdrawn_at, document.withdrawn_because = act.at, because.strip()
    document.save(update_fields=["withdrawn_at", "withdrawn_because"])
    act.record("evidence.document.withdrawn", subject=document, because=because.strip())
    raise_flags(act=act)
    return document


@operation
def let_open(*, document_id: int, user: User, because: str, act: PersonalAct) -> None:
    """Let one more person open a document for named people only, with the reason: the person who may open it may say
    so."""
    document = documents_visible_to(act.by, on=act.on).filter(pk=document_id).first()
    if document is None:
        raise NotAllowed(f"There is no document {document_id}.")
    act.check(Permission.EVIDENCE_KEEP)
    if document.sensitivity != Sensitivity.RESTRICTED:
        raise RuleBroken("This document is not for named people only.", code="not_restricted")
    if not because.strip():
        raise RuleBroken("Say why they need it.", code="missing_reason")
    if not live_ties(user, DOCUMENT, on=act.on).filter(subject_id=document.pk).exists():
        Tie.objects.create(user=user, subject_type=DOCUMENT, subject_id=document.pk, why="named", from_on=act.on)
    act.record("evidence.document.let_open", subject=document, because=because.strip(), to=user.pk, to_name=user.called)


@operation
def share_with_owner(*, document_id: int, title: str, kind: str, act: PersonalAct) -> Document:
    """The same file once more, as a document that its organisation and the council may open: what was in confidence
    with a bid, once the contract is theirs. The first keeps its readers. The caller says that `act.by` may."""
    given = Document.objects.get(pk=document_id)
    document = Document.objects.create(
        title=title[:300],
        file_name=given.file_name,
        media_type=given.media_type,
        size=given.size,
        sha256=given.sha256,
        added_at=act.at,
        added_by=act.by,
        organisation=given.organisation,
        kind=kind,
        expires_on=given.expires_on,
        sensitivity=Sensitivity.SHARED,
        scanned_by=given.scanned_by,
        scanned_at=given.scanned_at,
    )
    act.record("evidence.document.shared", subject=document, because="Given with the bid.", of=given.pk)
    return document


def note_opened(*, document: Document, act: PersonalAct) -> None:
    """Leave the trace that someone took a document out."""
    act.record("evidence.document.opened", subject=document)


@operation
def raise_flags(*, act: Act) -> Raised:
    """Make the flags about documents that expire, or have, what they should be on the day."""
    return flags.reconcile(
        wanted=flagging.wanted(act.on),
        kinds=flagging.KINDS,
        act=act,
        why_closed=lambda over: flagging.why_closed(over, on=act.on),
    )


@operation
def enter_law_change(
    *, title: str, in_force: date, policies: Collection[str], review_by: date, link: str = "", note: str = "", act: Act
) -> LawChange:
    """Enter a change in law or guidance. Each policy named that was last reviewed before `in_force` is then due by
    `review_by`; what that means for a contract is worked out there."""
    act.check(Permission.LAW_CHANGES)
    keys = sorted(set(policies))
    _refuse(
        rules.law_change(title=title, policies=len(keys), in_force=in_force, review_by=review_by), "wrong_law_change"
    )
    change = LawChange.objects.create(
        source_id=f"own-{secrets.token_hex(8)}",
        title=title.strip()[:300],
        in_force=in_force,
        policies=keys,
        review_by=review_by,
        link=link.strip(),
        note=note.strip(),
        entered_at=act.at,
        entered_by=act.by,
    )
    act.record(
        "evidence.law_change.entered",
        subject=change,
        policies=keys,
        in_force=in_force.isoformat(),
        review_by=review_by.isoformat(),
    )
    return change


@operation
def withdraw_law_change(*, law_change_id: int, because: str, act: Act) -> LawChange:
    """Take back a change that was entered in error, with the reason: it marks nothing as due any more."""
    act.check(Permission.LAW_CHANGES)
    change = LawChange.objects.select_for_update().filter(pk=law_change_id).first()
    if change is None:
        raise NotAllowed(f"There is no change {law_change_id}.")
    if change.withdrawn_at:
        raise RuleBroken("This change has been withdrawn already.", code="wrong_state")
    if not because.strip():
        raise RuleBroken("Say why it is withdrawn.", code="missing_reason")
    change.withdrawn_at, change.withdrawn_because = act.at, because.strip()
    change.save(update_fields=["withdrawn_at", "withdrawn_because"])
    act.record("evidence.law_change.withdrawn", subject=change, because=because.strip())
    return change


def _replaced(replaces: Document, organisation: Organisation | None) -> Document:
    """The document to be replaced, locked: of two at once the second is told of the first."""
    before = Document.objects.select_for_update().get(pk=replaces.pk)
    newer = Document.objects.filter(replaces=before).first()
    if newer is not None:
        raise RuleBroken(
            f"This document was replaced by revision {newer.revision} on {wording.day(shown(newer.added_at))}. Look at "
            "that one first.",
            code="replaced_already",
        )
    if before.withdrawn_at:
        raise RuleBroken("This document was withdrawn. Give a new one instead.", code="wrong_state")
    same = same_body({organisation.pk}) if organisation else frozenset()
    if (before.organisation_id or None) != (organisation and organisation.pk) and before.organisation_id not in same:
        raise RuleBroken("A document cannot replace one of another organisation.", code="other_organisation")
    return before


def _refuse(reason: str, code: str) -> None:
    if reason:
        raise RuleBroken(reason, code=code)
