"""Versions of a toolkit: shipped, copied to a council's own, written, published, withdrawn.

One version of a toolkit is published at a time. A published version never changes; returns keep the one they were begun
with, whatever becomes of it.
"""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import Max

from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.acting import operation
from plumbline.toolkits import schema
from plumbline.toolkits.models import Toolkit, ToolkitVersion
from plumbline.toolkits.states import VERSION_MOVES

_Source, _State = ToolkitVersion.Source, ToolkitVersion.State


@operation
def take_shipped(*, text: str, content: dict[str, Any], act: Act) -> ToolkitVersion:
    """The version of a file of the library, checked; the newest one of the library where its text is the same.

    A changed file is a new version. It is published in the place of an older one of the library, but never in the place
    of a council's own, nor where the council has withdrawn the toolkit: there it waits as a draft to be looked at.
    """
    toolkit, _ = Toolkit.objects.get_or_create(
        key=content["key"], defaults={"title": content["title"], "purpose": content["purpose"]}
    )
    toolkit = Toolkit.objects.select_for_update().get(pk=toolkit.pk)
    digest = _digest(text)
    newest = toolkit.versions.filter(source=_Source.LIBRARY).order_by("-number").first()
    if newest is not None and newest.sha256 == digest:
        return newest
    current = toolkit.versions.filter(state=_State.PUBLISHED).first()
    version = ToolkitVersion.objects.create(
        toolkit=toolkit,
        number=_next_number(toolkit),
        title=content["title"],
        text=text,
        content=content,
        sha256=digest,
        source=_Source.LIBRARY,
        based_on=newest,
        made_at=act.at,
        made_by=act.by,
    )
    for older in toolkit.versions.filter(source=_Source.LIBRARY, state=_State.DRAFT).exclude(pk=version.pk):
        _withdraw(older, because=f"Version {version.number} came with the product.", at=act.at)
    first = not toolkit.versions.exclude(pk=version.pk).exists()
    if first or (current is not None and current.source == _Source.LIBRARY):
        _publish(toolkit, version, act=act)
    act.record(
        "toolkits.version.shipped",
        subject=version,
        toolkit=toolkit.key,
        number=version.number,
        state=str(version.state),
        sha256=digest,
    )
    return version


@operation
def copy_version(*, version_id: int, act: Act) -> ToolkitVersion:
    """A draft of the council's own with the text of a version, whatever its state.

    Raises NotAllowed; RuleBroken: no_version.
    """
    act.check(Permission.TOOLKITS_MANAGE)
    toolkit, source = _locked(version_id)
    draft = ToolkitVersion.objects.create(
        toolkit=toolkit,
        number=_next_number(toolkit),
        title=source.title,
        text=source.text,
        content=source.content,
        sha256=source.sha256,
        source=_Source.COUNCIL,
        based_on=source,
        made_at=act.at,
        made_by=act.by,
    )
    act.record(
        "toolkits.version.copied", subject=draft, toolkit=toolkit.key, number=draft.number, copied_from=source.number
    )
    return draft


@operation
def write_toolkit(*, text: str, act: Act) -> ToolkitVersion:
    """A toolkit of the council's own that nothing like it exists of yet, as a draft; its text must pass the schema.

    Raises NotAllowed; RuleBroken: wrong_toolkit, key_taken.
    """
    act.check(Permission.TOOLKITS_MANAGE)
    content, faults = schema.check(text, "this text")
    if content is None:
        raise RuleBroken("\n".join(str(fault) for fault in faults), code="wrong_toolkit")
    toolkit, new = Toolkit.objects.get_or_create(
        key=content["key"], defaults={"title": content["title"], "purpose": content["purpose"]}
    )
    if not new:
        raise RuleBroken(
            f"There is a toolkit “{content['key']}” already, “{toolkit.title}”. Copy it, or choose another key.",
            code="key_taken",
        )
    draft = ToolkitVersion.objects.create(
        toolkit=toolkit,
        number=1,
        title=content["title"],
        text=text,
        content=content,
        sha256=_digest(text),
        source=_Source.COUNCIL,
        made_at=act.at,
        made_by=act.by,
    )
    act.record("toolkits.version.written", subject=draft, toolkit=toolkit.key, number=1)
    return draft


@operation
def save_draft(
    *, version_id: int, text: str, base_sha256: str, act: Act
) -> tuple[ToolkitVersion, tuple[schema.Fault, ...]]:
    """Keep the text of a council's draft as typed, with faults or without; with faults it has no content.

    `base_sha256` is the checksum of the text that was opened. Raises NotAllowed; RuleBroken: no_version, wrong_state
    (only drafts are written), not_ours (a version of the library is copied first), changed_since (someone else has
    saved meanwhile; nothing is overwritten), unkeepable_text.
    """
    act.check(Permission.TOOLKITS_MANAGE)
    toolkit, draft = _locked(version_id)
    _check_draft_of_ours(draft)
    if "\0" in text or len(text) > schema.LONGEST:
        raise RuleBroken(
            f"The text is longer than {schema.LONGEST:,} characters, or holds a character that cannot be kept.",
            code="unkeepable_text",
        )
    if draft.sha256 != base_sha256 and draft.text != text:
        raise RuleBroken(
            "Someone else has saved this draft since you opened it. What you typed is still here, and nothing has "
            "been overwritten: compare it with what is kept now, and save again.",
            code="changed_since",
        )
    content, faults = _checked(text, toolkit)
    if draft.text == text:
        return draft, faults
    draft.text, draft.sha256, draft.content = text, _digest(text), content
    if content is not None:
        draft.title = content["title"]
    draft.save(update_fields=["text", "sha256", "content", "title"])
    act.record(
        "toolkits.version.saved",
        subject=draft,
        toolkit=toolkit.key,
        number=draft.number,
        faults=len(faults),
        sha256=draft.sha256,
    )
    return draft, faults


@operation
def publish_version(*, version_id: int, act: Act) -> ToolkitVersion:
    """Bring a draft into use; the version that was in use is withdrawn from new use, and returns keep theirs.

    Raises NotAllowed; RuleBroken: no_version, wrong_state, wrong_toolkit (the draft has faults).
    """
    act.check(Permission.TOOLKITS_MANAGE)
    toolkit, version = _locked(version_id)
    check_move(VERSION_MOVES, _State(version.state), _State.PUBLISHED)
    content, faults = _checked(version.text, toolkit)
    if content is None:
        raise RuleBroken(
            f"The draft has {len(faults)} fault{'' if len(faults) == 1 else 's'}; the first: {faults[0]}",
            code="wrong_toolkit",
        )
    version.content = content
    before = _publish(toolkit, version, act=act)
    act.record(
        "toolkits.version.published",
        subject=version,
        toolkit=toolkit.key,
        number=version.number,
        instead_of=before.number if before else None,
        sha256=version.sha256,
    )
    return version


@operation
def withdraw_version(*, version_id: int, because: str, act: Act) -> ToolkitVersion:
    """Take a version out of new use, or a draft off the table; nothing is deleted, and returns go on with it.

    Raises NotAllowed; RuleBroken: no_version, wrong_state, no_reason.
    """
    act.check(Permission.TOOLKITS_MANAGE)
    toolkit, version = _locked(version_id)
    check_move(VERSION_MOVES, _State(version.state), _State.WITHDRAWN)
    if not because.strip():
        raise RuleBroken("Say why the version is withdrawn.", code="no_reason")
    was = version.state
    _withdraw(version, because=because.strip(), at=act.at)
    act.record(
        "toolkits.version.withdrawn",
        subject=version,
        because=because.strip(),
        toolkit=toolkit.key,
        number=version.number,
        was=str(was),
    )
    return version


def _locked(version_id: int) -> tuple[Toolkit, ToolkitVersion]:
    """The toolkit is locked, so that two people cannot publish two versions of it, or take one number, at once."""
    toolkit = Toolkit.objects.select_for_update(of=("self",)).filter(versions=version_id).first()
    if toolkit is None:
        raise RuleBroken("There is no such version of a toolkit.", code="no_version")
    return toolkit, toolkit.versions.get(pk=version_id)


def _check_draft_of_ours(version: ToolkitVersion) -> None:
    if version.state != _State.DRAFT:
        raise RuleBroken(
            f"Version {version.number} is {version.get_state_display().lower()}, and what it asks does not change any "
            "more. Copy it to a draft.",
            code="wrong_state",
        )
    if version.source != _Source.COUNCIL:
        raise RuleBroken(
            f"Version {version.number} came with the product. Copy it to a draft of your own.", code="not_ours"
        )


def _checked(text: str, toolkit: Toolkit) -> tuple[dict[str, Any] | None, tuple[schema.Fault, ...]]:
    content, faults = schema.check(text, f"{toolkit.key}.yaml")
    if content is not None and content["key"] != toolkit.key:
        reason = f"“{content['key']}” is the key of another toolkit; this one is “{toolkit.key}”, and stays so."
        return None, (schema.Fault(f"{toolkit.key}.yaml", 1, "key", reason),)
    return content, faults


def _publish(toolkit: Toolkit, version: ToolkitVersion, *, act: Act) -> ToolkitVersion | None:
    """The version that was in use before. Two must not be published at once, not for an instant: the old one first."""
    content = version.content
    if content is None:
        raise RuleBroken("A draft with faults cannot be published.", code="wrong_toolkit")
    check_move(VERSION_MOVES, _State(version.state), _State.PUBLISHED)
    before = toolkit.versions.filter(state=_State.PUBLISHED).first()
    if before is not None:
        _withdraw(before, because=f"Version {version.number} took its place.", at=act.at)
    version.state, version.published_at, version.published_by = _State.PUBLISHED, act.at, act.by
    version.title = content["title"]
    version.save(update_fields=["state", "published_at", "published_by", "title", "content"])
    toolkit.title, toolkit.purpose = content["title"], content["purpose"]
    toolkit.save(update_fields=["title", "purpose"])
    return before


def _withdraw(version: ToolkitVersion, *, because: str, at: datetime) -> None:
    check_move(VERSION_MOVES, _State(version.state), _State.WITHDRAWN)
    version.state, version.withdrawn_at, version.withdrawn_because = _State.WITHDRAWN, at, because
    version.save(update_fields=["state", "withdrawn_at", "withdrawn_because"])


def _next_number(toolkit: Toolkit) -> int:
    return (toolkit.versions.aggregate(last=Max("number"))["last"] or 0) + 1


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
