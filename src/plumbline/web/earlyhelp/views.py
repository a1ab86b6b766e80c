"""TACs: a list to filter, and one TAC as imported with every version that our records had of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.audit.moments import shown
from plumbline.earlyhelp import operations as earlyhelp
from plumbline.earlyhelp.access import tacs_visible_to
from plumbline.earlyhelp.models import ClosureCode, Tac, TacAudit
from plumbline.earlyhelp.rules import is_long
from plumbline.earlyhelp.versions import Version, tac_versions
from plumbline.intake.origins import import_of, missing_since
from plumbline.kernel import wording
from plumbline.kernel.labels import say
from plumbline.kernel.moments import day_here
from plumbline.kernel.names import sort_key
from plumbline.people import operations as people
from plumbline.people.access import Permission, may
from plumbline.people.labels import later
from plumbline.people.models import Organisation
from plumbline.placements.access import children_visible_to
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting
from plumbline.web.people.children.views import lists

_NOT_RECORDED = (
    ("lead", "Lead organisation"),
    ("outcome", "Reason for closing"),
    ("reason", "Reason for opening"),
)


def _open(rows: QuerySet[Tac], state: str, day: date) -> QuerySet[Tac]:
    is_open = Q(started_on__lte=day) & (Q(ended_on__isnull=True) | Q(ended_on__gt=day))
    return rows.filter(is_open) if state == "open" else rows.exclude(is_open)


def _not_recorded(rows: QuerySet[Tac], what: str) -> QuerySet[Tac]:
    return {
        "lead": rows.filter(lead_organisation__isnull=True),
        "outcome": rows.filter(ended_on__isnull=False, closure_code=""),
        "reason": rows.filter(reason_wording=""),
    }[what]


class Tacs(tables.Table):
    title = later("Early help: {tacs}")
    one, many = later("{tac}"), later("{tacs}")
    columns = (
        tables.Column("source_id", later("{Tac}"), sort="source_id", link=lambda row: reverse("tac", args=[row.pk])),
        tables.Column("child", "Child", "child.name", sort="child__sort_key"),
        tables.Column(
            "lead", "Led by", lambda row: lead_words(row), sort="lead_organisation__sort_key",
            note=lambda row: row.lead_professional.name if row.lead_professional else "",
            note_heading="Lead professional",
        ),
        tables.Column(
            "sector", "Sector",
            lambda row: row.lead_organisation.get_sector_display() if row.lead_organisation else None,
            sort="lead_organisation__sector",
        ),
        tables.Column("started_on", "Started", sort="started_on"),
        tables.Column("ended_on", "Ended", sort="ended_on", absent="still open"),
        tables.Column(
            "outcome", "Why it closed",
            lambda row: row.get_closure_code_display() or ("" if row.ended_on is None else None),
            sort="closure_code", shown=lambda row: outcome_words(row),
        ),
    )  # fmt: skip
    order = "-started_on"

    def __init__(self, request: Request, rows: QuerySet[Tac], *, on: date) -> None:
        self.filters = (
            tables.Text("q", later("{Tac} or child"), _matching),
            tables.Choice(
                "state", "State", lambda given, state: _open(given, state, on),
                choices=(("open", "Open"), ("closed", "Closed")),
            ),
            tables.Text("lead", "Lead organisation", "lead_organisation__name__named"),
            tables.Choice("sector", "Sector", "lead_organisation__sector", choices=Organisation.Sector.choices),
            tables.Choice("outcome", "Why it closed", "closure_code", choices=ClosureCode.choices),
            tables.Day("started_from", "Started from", "started_on__gte"),
            tables.Day("started_to", "Started to", "started_on__lte"),
            tables.Day("ended_from", "Ended from", "ended_on__gte"),
            tables.Day("ended_to", "Ended to", "ended_on__lte"),
            tables.Choice("missing", "Not recorded", _not_recorded, choices=_NOT_RECORDED, any_label="Whatever it is"),
        )  # fmt: skip
        super().__init__(request, rows)


def _matching(rows: QuerySet[Tac], text: str) -> QuerySet[Tac]:
    named = Q()
    for word in text.replace(",", " ").split():
        named &= Q(child__sort_key__contains=sort_key(word))
    return rows.filter(named | Q(source_id__iexact=text) | Q(child__source_id__iexact=text)) if named else rows


def lead_words(tac: Tac) -> str | None:
    """The lead organisation, or the wording that is to be mapped; None where the source gave none."""
    if tac.lead_organisation:
        return tac.lead_organisation.name
    return f"“{tac.lead_wording}” (to be mapped)" if tac.lead_wording else None


def outcome_words(tac: Tac) -> str:
    """Why the TAC closed; of a closed one without a code, that this is not recorded."""
    if tac.ended_on is None:
        return "not closed"
    return tac.get_closure_code_display() or wording.NOT_RECORDED


@requires(Permission.TACS_VIEW)
def tacs(request: Request) -> HttpResponseBase:
    rows = tacs_visible_to(request.user, on=request.day)
    table = Tacs(request, rows.select_related("child", "lead_organisation", "lead_professional"), on=request.day)
    people.look_at_list(kind="tacs", asked=request.GET.dict(), act=acting(request))
    return tables.page(request, table, "earlyhelp/list.html", {"tabs": lists(request, "tacs")})


_SECTIONS = (("", "Now"), ("history", "What our records said"), ("timeline", "Timeline"))


@requires(Permission.TACS_VIEW)
def tac(request: Request, tac_id: int, section: str = "") -> HttpResponseBase:
    """One TAC. What the source said, what it was mapped to, and every earlier version with the moment it was known."""
    viewer, day = request.user, request.day
    rows = tacs_visible_to(viewer, on=day).select_related(
        "child", "lead_organisation", "lead_professional", "origin__import_run"
    )
    found = rows.filter(pk=tac_id).first()
    if found is None or section not in dict(_SECTIONS):
        raise Http404
    versions = tac_versions(found) if section else []
    audits = list(TacAudit.objects.filter(tac=found).select_related("origin").order_by("-audited_on", "-pk"))
    earlyhelp.look_at_tac(tac=found, page=section or "now", act=acting(request))
    child_url = ""
    if children_visible_to(viewer, on=day).filter(pk=found.child_id).exists():
        child_url = reverse("child", args=[found.child_id])
    return render(
        request,
        "earlyhelp/tac.html",
        {
            "tac": found,
            "is_open": _is_open(found, day),
            "section": section,
            "tabs": [(words, _address(found, key), key == section) for key, words in _SECTIONS],
            "wrong": what_is_wrong(found, day, may(viewer, Permission.LISTS_MANAGE, on=day)),
            "prompts": what_is_due(found, day),
            "summary": _summary(found),
            "child_url": child_url,
            "audits": audits,
            "versions": versions,
            "timeline": _timeline(found, audits, versions) if section == "timeline" else [],
            "breadcrumbs": [
                ("Children and families", reverse("children")),
                (say("{Tacs}"), reverse("tacs")),
                (f"{say('{Tac}')} {found.source_id}", ""),
            ],
        },
    )


def _is_open(found: Tac, day: date) -> bool:
    return found.started_on <= day and (found.ended_on is None or found.ended_on > day)


def _address(found: Tac, section: str) -> str:
    return reverse("tac_section", args=[found.pk, section]) if section else reverse("tac", args=[found.pk])


def what_is_wrong(found: Tac, day: date, may_map: bool) -> list[Any]:
    """Sentences about what is missing or amiss, each with where it can be corrected."""
    wrong: list[Any] = []
    if found.lead_organisation is None:
        said = f"The source calls it “{found.lead_wording}”, which is not mapped to an organisation yet."
        sentence = "No lead organisation is known. " + (said if found.lead_wording else "The source names none.")
        link = {"url": reverse("queue_organisations"), "link": "Map it"} if may_map and found.lead_wording else {}
        wrong.append({"sentence": sentence, **link})
    if found.lead_professional is None and _is_open(found, day):
        wrong.append("No lead professional is known: a gap that someone has to fill.")
    if found.ended_on and not found.closure_code:
        said = f"“{found.end_wording}” is not mapped to a reason for closing yet, so it counts as not recorded."
        link = {"url": reverse("queue_wording"), "link": "Map it"} if may_map and found.end_wording else {}
        wrong.append({"sentence": said if found.end_wording else "The reason for closing is not recorded.", **link})
    if since := missing_since(found):
        wrong.append(
            f"The newest extract of {wording.day(since)} no longer holds this {say('{tac}')}. What we "
            "knew stays, and is counted as it was."
        )
    return wrong


def what_is_due(found: Tac, day: date) -> list[str]:
    """Prompts, which are no faults: help may rightly be long."""
    if _is_open(found, day) and is_long(started_on=found.started_on, on=day):
        since = wording.day(found.started_on)
        sentence = f"Open for over a year, since {since}: a consultation with an early help consultant is due."
        return [f"{sentence} It is a prompt, not a fault: help may rightly be long."]
    return []


def _summary(found: Tac) -> list[tuple[str, Any]]:
    organisation = found.lead_organisation
    rows: list[tuple[str, Any]] = [
        ("Number", found.source_id),
        ("Started", found.started_on),
        ("Reason given", found.reason_wording),
        ("Lead organisation", lead_words(found)),
        ("Sector", organisation.get_sector_display() if organisation else None),
        ("Lead professional", found.lead_professional.name if found.lead_professional else found.worker_wording),
    ]
    if found.ended_on:
        rows += [
            ("Ended", found.ended_on),
            ("Why it closed", found.get_closure_code_display()),
            ("In the source's words", found.end_wording),
        ]
    if found.step_down_recorded:
        rows.append(("Step-down", "Came from social care"))
    if run := import_of(found):
        rows.append(
            ("Last changed by", f"{run.label}, extract of {wording.day(run.as_at)}" if run.as_at else run.label)
        )
    return rows


def _timeline(found: Tac, audits: Sequence[TacAudit], versions: Sequence[Version]) -> list[dict[str, Any]]:
    """What happened to the TAC and, with their exact moment, the changes of our records; newest first."""
    entries: list[dict[str, Any]] = [
        {"at": found.started_on, "what": say("{Tac} opened"), "detail": found.reason_wording}
    ]
    if found.ended_on:
        entries.append({"at": found.ended_on, "what": say("{Tac} closed"), "detail": outcome_words(found)})
    for audit in audits:
        grade = audit.get_moderated_grade_display() or audit.get_grade_display()
        entries.append({"at": audit.audited_on, "what": f"Audited: {grade}", "who": audit.auditor_wording})
    for version in versions:
        entries.append(
            {
                "at": version.known_from,
                "what": "Our records changed" if version is not versions[-1] else "Our records began",
                "who": version.import_label,
                "detail": "; ".join(change_words(change.what, change.after) for change in version.changes),
            }
        )
    return sorted(entries, key=lambda entry: _day_of(entry["at"]), reverse=True)


def _day_of(at: Any) -> tuple[date, float]:
    return (day_here(shown(at)), at.timestamp()) if isinstance(at, datetime) else (at, 0.0)


def change_words(what: str, value: Any) -> str:
    """ "End: 31 May 2016"."""
    return f"{what}: {wording.in_words(value)}"
