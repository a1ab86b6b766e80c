"""Toolkits and their versions."""

from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform

from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.toolkits.models import Toolkit, ToolkitVersion

_State = ToolkitVersion.State

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Current(TypedDict):
        current_id: int | None
        current_number: int | None
        current_source: str
        current_since: datetime | None
        introduction: str | None
        drafts: int | None

    class _Counted(TypedDict):
        returns_begun: int

    ListedToolkit = WithAnnotations[Toolkit, _Current]
    CountedVersion = WithAnnotations[ToolkitVersion, _Counted]


def current_version(key: str) -> ToolkitVersion:
    """The published version of a toolkit, which new returns, tenders and plans use.

    Raises RuleBroken (no_toolkit) where none of that key is published.
    """
    version = ToolkitVersion.objects.filter(toolkit__key=key, state=_State.PUBLISHED).select_related("toolkit").first()
    if version is None:
        raise RuleBroken(f"No version of the toolkit “{key}” is in use.", code="no_toolkit")
    return version


def toolkits_visible_to(viewer: User, *, on: date) -> "QuerySet[ListedToolkit]":
    """Every toolkit for the person who may see them. `current_…` and `introduction` are of the published version."""
    current = ToolkitVersion.objects.filter(toolkit=OuterRef("pk"), state=_State.PUBLISHED)
    drafts = ToolkitVersion.objects.filter(toolkit=OuterRef("pk"), state=_State.DRAFT).values("toolkit")
    toolkits = Toolkit.objects.annotate(
        current_id=Subquery(current.values("pk")[:1]),
        current_number=Subquery(current.values("number")[:1]),
        current_source=Subquery(current.values("source")[:1]),
        current_since=Subquery(current.values("published_at")[:1]),
        introduction=Subquery(current.values(words=KeyTextTransform("introduction", "content"))[:1]),
        drafts=Subquery(drafts.annotate(count=Count("pk")).values("count")[:1]),
    )
    return toolkits if may(viewer, Permission.TOOLKITS_VIEW, on=on) else toolkits.none()


def version_for(viewer: User, version_id: int, *, on: date) -> "CountedVersion | None":
    """One version, where the viewer may see it; `returns_begun` counts the returns that keep it."""
    if not may(viewer, Permission.TOOLKITS_VIEW, on=on):
        return None
    return (
        ToolkitVersion.objects.filter(pk=version_id)
        .select_related("toolkit", "based_on", "made_by", "published_by")
        .annotate(returns_begun=Count("returns"))
        .first()
    )


def shipped_newer(toolkit_id: int) -> ToolkitVersion | None:
    """The version that came with the product after the council's own was published, waiting to be looked at."""
    return (
        ToolkitVersion.objects.filter(toolkit=toolkit_id, source=ToolkitVersion.Source.LIBRARY, state=_State.DRAFT)
        .order_by("-number")
        .first()
    )


def versions_of(viewer: User, toolkit_id: int, *, on: date) -> "QuerySet[CountedVersion]":
    """Every version of a toolkit for the person who may see it; `returns_begun` counts the returns that keep each."""
    versions = (
        ToolkitVersion.objects.filter(toolkit=toolkit_id)
        .select_related("made_by", "published_by", "based_on")
        .defer("text", "content")
        .annotate(returns_begun=Count("returns"))
    )
    return versions if may(viewer, Permission.TOOLKITS_VIEW, on=on) else versions.none()
