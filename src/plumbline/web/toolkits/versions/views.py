"""The library of toolkits: what there is, what a version asks as it will be answered, and what differs between two."""

from datetime import datetime
from difflib import unified_diff
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from plumbline.audit.moments import shown
from plumbline.kernel import wording
from plumbline.people.access import Permission, may
from plumbline.toolkits import comparing, schema
from plumbline.toolkits import content as contents
from plumbline.toolkits.models import ToolkitVersion
from plumbline.toolkits.queries import versions as queries
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, record_number

LOOKS = {"draft": "draft", "published": "green", "withdrawn": "grey"}
_STATES = {"draft": "Draft", "published": "In use", "withdrawn": "Withdrawn"}
_SOURCES = {"library": "shipped with Plumbline", "council": "the council’s own"}
# What the three kinds of evidence say to those who answer.
_EVIDENCE = {"required": "Attach a document as evidence.", "optional": "You may attach a document.", "none": ""}


def state_words(version: ToolkitVersion) -> str:
    return _STATES[version.state]


def name_of(version: ToolkitVersion) -> str:
    """ "Version 2, the council’s own"."""
    return f"Version {version.number}, {_SOURCES[version.source]}"


def may_manage(request: Request) -> bool:
    return may(request.user, Permission.TOOLKITS_MANAGE, on=request.day)


def _in_use(row: "queries.ListedToolkit") -> str | None:
    if row.current_number is None:
        return None
    return f"Version {row.current_number}, {_SOURCES[row.current_source]}"


def _first_sentence(text: str) -> str:
    first, dot, _ = text.partition(". ")
    return f"{first}." if dot else first


class Toolkits(tables.Table):
    title = "Toolkits"
    one, many = "toolkit", "toolkits"
    columns = (
        tables.Column("title", "Toolkit", sort="title", link=lambda row: reverse("toolkit", args=[row.pk]),
                      note=lambda row: _first_sentence(row.introduction or ""), note_heading="What it is"),
        tables.Column("purpose", "Purpose", lambda row: schema.PURPOSES.get(row.purpose, row.purpose), sort="purpose"),
        tables.Column("in_use", "In use", lambda row: f"Version {row.current_number}" if row.current_number else None,
                      kind=lambda row: "green", absent="None", sort="current_source",
                      note=lambda row: _SOURCES.get(row.current_source or "", ""), note_heading="Source"),
        tables.Column("since", "Since", "current_since", sort="current_since", absent=""),
        tables.Column("drafts", "Drafts", lambda row: row.drafts or 0, sort="drafts", numeric=True),
    )  # fmt: skip
    filters = (
        tables.Text("q", "Name or key", lambda rows, text: rows.filter(title__named=text)
                    | rows.filter(key__icontains=text)),
        tables.Choice("purpose", "Purpose", "purpose", choices=lambda: tuple(schema.PURPOSES.items())),
        tables.YesNo("drafts", "With drafts", lambda rows, yes: rows.filter(drafts__isnull=not yes)),
    )  # fmt: skip
    order = "title"


class Versions(tables.Table):
    title = "Versions"
    one, many = "version", "versions"
    columns = (
        tables.Column("number", "Version", lambda row: f"Version {row.number}", sort="number",
                      link=lambda row: reverse("toolkit_version", args=[row.pk]), note=lambda row: _SOURCES[row.source],
                      note_heading="Source"),
        tables.Column("state", "State", state_words, sort="state", kind=lambda row: LOOKS[row.state],
                      note="withdrawn_because", note_heading="Withdrawn because"),
        tables.Column("based_on", "Based on", lambda row: f"Version {row.based_on.number}" if row.based_on else None,
                      absent="", sort="based_on__number"),
        tables.Column("made_at", "Made", sort="made_at"),
        tables.Column("made_by", "By", lambda row: str(row.made_by) if row.made_by else "the machine",
                      sort="made_by__name"),
        tables.Column("published_at", "Published", sort="published_at", absent="Never"),
        tables.Column("returns", "Returns", "returns_begun", sort="returns_begun", numeric=True),
    )  # fmt: skip
    order = "-number"
    caption_hidden = True


@requires(Permission.TOOLKITS_VIEW)
def toolkits(request: Request) -> HttpResponseBase:
    rows = queries.toolkits_visible_to(request.user, on=request.day)
    return tables.page(
        request, Toolkits(request, rows), "toolkits/versions/list.html", {"manages": may_manage(request)}
    )


@requires(Permission.TOOLKITS_VIEW)
def toolkit(request: Request, toolkit_id: int) -> HttpResponseBase:
    day = request.day
    found = queries.toolkits_visible_to(request.user, on=day).filter(pk=toolkit_id).first()
    if found is None:
        raise Http404
    rows = queries.versions_of(request.user, found.pk, on=day)
    newer = queries.shipped_newer(found.pk)
    context = {
        "toolkit": found,
        "purpose": schema.PURPOSES.get(found.purpose, found.purpose),
        "in_use": _in_use(found),
        "newer": newer,
        "breadcrumbs": [("Toolkits", reverse("toolkits")), (found.title, "")],
    }
    return tables.page(request, Versions(request, rows), "toolkits/versions/toolkit.html", context)


@requires(Permission.TOOLKITS_VIEW)
def version(request: Request, version_id: int) -> HttpResponseBase:
    """A version as it will be answered. A draft with faults has nothing to show but its faults."""
    found = version_or_404(request, version_id)
    context: dict[str, Any] = {
        "version": found,
        "name": name_of(found),
        "state": state_words(found),
        "look": LOOKS[found.state],
        "rows": _about(found),
        "manages": may_manage(request),
        "ours": found.source == ToolkitVersion.Source.COUNCIL,
        "breadcrumbs": crumbs(found),
    }
    if found.content is None:
        context["faults"] = faults_of(found.text, found.toolkit.key)
    else:
        asked = contents.read(found.content)
        context |= {"asked": asked, "sections": [_section(section) for section in asked.sections]}
    return render(request, "toolkits/versions/version.html", context)


@requires(Permission.TOOLKITS_VIEW)
def version_file(request: Request, version_id: int) -> HttpResponseBase:
    found = version_or_404(request, version_id)
    answer = HttpResponse(found.text, content_type="application/yaml; charset=utf-8")
    name = f"{found.toolkit.key}-version-{found.number}.yaml"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


class Differences(tables.Table):
    title = "Differences"
    one, many = "difference", "differences"
    columns = (
        tables.Column("where", "Where"),
        tables.Column("what", "What"),
        tables.Column("kind", "How", lambda row: row.kind.capitalize(),
                      kind=lambda row: {"added": "green", "removed": "red"}.get(row.kind, "amber")),
        tables.Column("before", "Before", absent=""),
        tables.Column("after", "After", absent=""),
    )  # fmt: skip
    order = ""
    per_page = 200
    empty = "They ask the same."


@requires(Permission.TOOLKITS_VIEW)
def compare(request: Request, version_id: int) -> HttpResponseBase:
    """A version beside the one that it is based on, or beside another of the same toolkit (`with`)."""
    found = version_or_404(request, version_id)
    others = queries.versions_of(request.user, found.toolkit_id, on=request.day)
    others = others.exclude(pk=found.pk).order_by("-number")
    wanted = record_number(request.GET.get("with")) or found.based_on_id
    other = next((each for each in others if each.pk == wanted), others[0] if others else None)
    before = version_or_404(request, other.pk) if other else None
    context: dict[str, Any] = {
        "version": found, "name": name_of(found), "before": before, "before_name": name_of(before) if before else "",
        "others": [(each, name_of(each)) for each in others],
        "breadcrumbs": [*crumbs(found)[:-1], (f"Version {found.number}", reverse("toolkit_version", args=[found.pk])),
                        ("Compare", "")],
    }  # fmt: skip
    rows: list[Any] = []
    if before:
        context["lines"] = "\n".join(
            unified_diff(
                before.text.splitlines(),
                found.text.splitlines(),
                f"Version {before.number}",
                f"Version {found.number}",
                lineterm="",
            )
        )
        if found.content is not None and before.content is not None:
            rows = list(comparing.differences(contents.read(before.content), contents.read(found.content)))
            context["compared"] = True
    return tables.page(request, Differences(request, rows), "toolkits/versions/compare.html", context)


def version_or_404(request: Request, version_id: int) -> "queries.CountedVersion":
    found = queries.version_for(request.user, version_id, on=request.day)
    if found is None:
        raise Http404
    return found


def crumbs(version: ToolkitVersion) -> list[tuple[str, str]]:
    return [
        ("Toolkits", reverse("toolkits")),
        (version.toolkit.title, reverse("toolkit", args=[version.toolkit_id])),
        (f"Version {version.number}", ""),
    ]


def faults_of(text: str, key: str) -> list[dict[str, Any]]:
    """What is wrong, by line, with the line itself; at most fifty, which is more than anybody mends at once."""
    lines = text.split("\n")
    _, faults = schema.check(text, f"{key}.yaml")
    return [
        {"fault": fault, "text": lines[fault.line - 1].strip()[:200] if fault.line <= len(lines) else ""}
        for fault in faults[:50]
    ]


def _about(version: "queries.CountedVersion") -> list[tuple[str, Any]]:
    by = str(version.made_by) if version.made_by else "the machine"
    rows: list[tuple[str, Any]] = [("Key", version.toolkit.key), ("Made", f"{_at(version.made_at)}, {by}")]
    if version.based_on:
        rows.append(("Based on", name_of(version.based_on)))
    if version.published_at:
        who = str(version.published_by) if version.published_by else "the machine"
        rows.append(("Published", f"{_at(version.published_at)}, {who}"))
    if version.withdrawn_at:
        rows.append(("Withdrawn", f"{_at(version.withdrawn_at)}: {version.withdrawn_because}"))
    return [*rows, ("Returns begun with it", version.returns_begun)]


def _at(moment: datetime) -> str:
    return wording.moment(shown(moment))


def _section(section: contents.Section) -> dict[str, Any]:
    weights = [one.weight for one in section.criteria if one.weight is not None]
    return {
        "section": section,
        "total": f"{sum(weights):f}" if weights else "",
        "criteria": [
            {
                "one": one,
                "control": _CONTROLS.get(one.answer, "options"),
                "evidence": _EVIDENCE[one.evidence],
                "rules": list(_rules(one)),
            }
            for one in section.criteria
        ],
    }


_CONTROLS = {
    contents.AnswerKind.TEXT: "text",
    contents.AnswerKind.NUMBER: "number",
    contents.AnswerKind.DATE: "date",
    contents.AnswerKind.DOCUMENT: "document",
}


def _rules(one: contents.Criterion) -> list[str]:
    """What else holds for a criterion, in words."""
    found = []
    if one.weight is not None:
        found.append(f"Weight {one.weight:f} of 100")
    if one.minimum is not None:
        found.append(f"Below {one.minimum:f} disqualifies")
    if one.critical:
        found.append("Critical")
    if one.safeguarding:
        found.append("Safeguarding")
    if one.due_days is not None:
        days = abs(one.due_days)
        when = (
            "on the day"
            if not days
            else f"{days} day{'' if days == 1 else 's'} {'before' if one.due_days < 0 else 'after'}"
        )
        found.append(f"Due {when} {'that' if not days else ''} the service starts".replace("  ", " "))
    if one.fact:
        found.append(f"Answered once for every toolkit that asks for {one.fact}")
    return found
