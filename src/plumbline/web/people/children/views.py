"""Children: those that the viewer may come near, and one child's record in sections. Opening either leaves a trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.audit.moments import shown
from plumbline.earlyhelp.access import tacs_visible_to
from plumbline.earlyhelp.models import Tac
from plumbline.flags import queries as flags
from plumbline.flags.models import Flag
from plumbline.intake.origins import missing_since
from plumbline.kernel import wording
from plumbline.kernel.labels import say
from plumbline.kernel.moments import day_here
from plumbline.kernel.names import sort_key
from plumbline.people import operations
from plumbline.people import queries as people
from plumbline.people.access import Permission, may, reaches
from plumbline.people.models import Child
from plumbline.placements import access
from plumbline.placements.models import Placement
from plumbline.socialcare import queries as socialcare
from plumbline.socialcare.models import Involvement
from plumbline.web.kit import setting_words as words
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting


def age_on(dob: date | None, day: date) -> int | None:
    """Whole years; someone born on 29 February is a year older on 1 March."""
    return None if dob is None else day.year - dob.year - ((day.month, day.day) < (dob.month, dob.day))


def age_words(child: Child, day: date) -> str:
    """How old a child is, as people say it; of one not yet born, when the birth is due."""
    if child.dob is None and child.expected_dob:
        return f"Unborn, due {wording.day(child.expected_dob)}"
    age = age_on(child.dob, day)
    return "Age not recorded" if age is None else f"{age} year{'' if age == 1 else 's'} old"


def _matching(rows: QuerySet[Child], text: str) -> QuerySet[Child]:
    """Every word of the text in the name, or the text as the number."""
    named = Q()
    for word in text.replace(",", " ").split():
        named &= Q(sort_key__contains=sort_key(word))
    return rows.filter(named | Q(source_id__iexact=text)) if named else rows


class Children(tables.Table):
    title = "Children and families"
    one, many = "child", "children"
    filters: Sequence[tables.Filter] = (tables.Text("q", "Name or number", _matching),)
    order = "name"

    def __init__(self, request: Request, rows: QuerySet[Child], *, on: date) -> None:
        columns = [
            tables.Column("name", "Name", sort="sort_key", link=lambda row: reverse("child", args=[row.pk])),
            tables.Column("source_id", "Number", sort="source_id"),
            tables.Column(
                "age",
                "Age",
                lambda row: "unborn" if row.dob is None and row.expected_dob else age_on(row.dob, on),
                sort="dob",
                numeric=True,
            ),
        ]
        if "has_open_tac" in rows.query.annotations:
            columns.append(tables.Column("has_open_tac", say("Open {tac}"), sort="has_open_tac"))
            self.filters = (*self.filters, tables.YesNo("tac", say("Open {tac}"), "has_open_tac"))
        if "is_placed" in rows.query.annotations:
            columns.append(tables.Column("is_placed", "Placed now", sort="is_placed"))
            self.filters = (*self.filters, tables.YesNo("placed", "Placed now", "is_placed"))
        self.columns = columns
        super().__init__(request, rows)


class Referrals(tables.Table):
    title = "Referrals"
    one, many = "referral", "referrals"
    columns = (
        tables.Column("source_id", "Number", sort=lambda row: row.source_id),
        tables.Column("referred_on", "Referred", sort=lambda row: row.referred_on),
        tables.Column("source_code", "Source"),
        tables.Column("nfa", "No further action"),
        tables.Column("closed_on", "Closed", sort=lambda row: row.closed_on, absent="still open"),
    )
    order = "-referred_on"


class Workers(tables.Table):
    title = "Workers"
    one, many = "worker", "workers"
    columns = (
        tables.Column("who", "Worker", lambda row: worker_words(row), sort=lambda row: worker_words(row)),
        tables.Column("role", "Role"),
        tables.Column("team", "Team"),
        tables.Column("from_on", "From", sort=lambda row: row.from_on),
        tables.Column("to_on", "To", sort=lambda row: row.to_on, absent="still"),
    )
    order = "-from_on"


def worker_words(involvement: Involvement) -> str:
    """The worker's name, or the number that the source gave where it names nobody known."""
    return involvement.professional.name if involvement.professional else involvement.professional_wording


# Which children a role's list holds, in words.
_REACH = {
    "tied": "You see the children whose worker or lead professional you are.",
    "team": "You see the children of your team's workers.",
    "placements": "You see the children who are or were placed, and no restricted record.",
    "all": "You see every child but restricted records.",
}


@requires(Permission.CHILDREN_VIEW)
def children(request: Request) -> HttpResponseBase:
    table = Children(request, access.children_listed(request.user, on=request.day), on=request.day)
    operations.look_at_list(kind="children", asked=request.GET.dict(), act=acting(request))
    says = [words for reach, words in _REACH.items() if reach in reaches(request.user, on=request.day)]
    return tables.page(request, table, "people/children/list.html", {"says": says, "tabs": lists(request, "children")})


def lists(request: Request, here: str) -> list[tuple[str, str, bool]]:
    """The lists of this part of the site as tabs, where the person may open more than one."""
    both = ((Permission.CHILDREN_VIEW, "Children", "children"), (Permission.TACS_VIEW, say("{Tacs}"), "tacs"))
    open_to = [(label, name) for needed, label, name in both if may(request.user, needed, on=request.day)]
    return [(label, reverse(name), name == here) for label, name in open_to] if len(open_to) > 1 else []


@dataclass(frozen=True)
class Record:
    """All that one page of a child may show; each part asked for once."""

    tacs: Sequence[Tac]
    referrals: list[Any]
    involvements: list[Any]
    placements: list[Placement]
    flags: list[Flag]
    family: list[Any]


# The sections of the page in their order; each has an address of its own.
_SECTIONS = (
    ("", "Now"),
    ("tacs", "Early help"),
    ("social-care", "Social care"),
    ("placements", "Placements"),
    ("flags", "Flags"),
    ("timeline", "Timeline"),
)


@requires(Permission.CHILDREN_VIEW)
def child(request: Request, child_id: int, section: str = "") -> HttpResponseBase:
    """One child. Social care's records and placements show to those who may see placements."""
    viewer, day = request.user, request.day
    visible = access.children_visible_to(viewer, on=day)
    found = visible.select_related("origin").filter(pk=child_id).first()
    sections = _sections_for(request)
    if found is None or section not in dict(sections):
        raise Http404
    record = _record(request, found, visible, sections)
    referrals = Referrals(request, record.referrals, prefix="r-")
    workers = Workers(request, record.involvements, prefix="w-")
    operations.look_at_child(child_id=found.pk, page=section or "now", act=acting(request))
    may_see_settings = may(viewer, Permission.SETTINGS_VIEW, on=day)
    file = (referrals.download or workers.download) if section == "social-care" else None
    return file or render(
        request,
        "people/children/child.html",
        {
            "child": found,
            "referrals": referrals,
            "workers": workers,
            "age": age_words(found, day),
            "section": section,
            "tabs": [(words, _address(found, key), key == section) for key, words in sections],
            "shown": dict(sections),
            "record": record,
            "placed": [
                {
                    "placement": each,
                    "setting": setting_words(each),
                    "kind": words.kind(each.setting.status) if each.setting else "red",
                    "url": words.address(each.setting) if each.setting and may_see_settings else "",
                }
                for each in record.placements
            ],
            "wrong": _wrong(found, record),
            "summary": _summary(found, record, day),
            "trail_url": f"{reverse('governance')}?child={found.source_id}&what=looks"
            if may(viewer, Permission.AUDIT_VIEW, on=day)
            else "",
            "timeline": _timeline(record) if section == "timeline" else [],
            "breadcrumbs": [("Children and families", reverse("children")), (found.name, "")],
        },
    )


def _sections_for(request: Request) -> list[tuple[str, str]]:
    """What of a child's record the viewer's roles may see."""
    left_out: set[str] = set()
    for needed, keys in (
        (Permission.TACS_VIEW, ("tacs",)),
        (Permission.PLACEMENTS_VIEW, ("social-care", "placements")),
        (Permission.FLAGS_VIEW, ("flags",)),
    ):
        if not may(request.user, needed, on=request.day):
            left_out.update(keys)
    return [(key, words) for key, words in _SECTIONS if key not in left_out]


def _record(request: Request, found: Child, visible: QuerySet[Child], sections: list[tuple[str, str]]) -> Record:
    viewer, day, shown = request.user, request.day, dict(sections)
    tacs = tacs_visible_to(viewer, on=day).filter(child=found).select_related("lead_organisation", "lead_professional")
    about = flags.flags_visible_to(viewer, on=day).filter(child_id=found.pk)
    return Record(
        tacs=list(tacs.order_by("-started_on", "-pk")),
        referrals=list(socialcare.referrals_of(child_id=found.pk)) if "social-care" in shown else [],
        involvements=list(socialcare.involvements_of(child_id=found.pk)),
        placements=list(access.placements_of_child(viewer, child=found, on=day)),
        flags=list(about.order_by("state", "-raised_at")) if "flags" in shown else [],
        family=people.family_of(child_id=found.pk, visible=visible),
    )


def _address(found: Child, section: str) -> str:
    return reverse("child_section", args=[found.pk, section]) if section else reverse("child", args=[found.pk])


def _wrong(found: Child, record: Record) -> list[Any]:
    wrong: list[Any] = [
        {"sentence": flag.reason, "url": reverse("flag", args=[flag.pk]), "link": "What is being done"}
        for flag in record.flags
        if flag.state == "open"
    ]
    if since := missing_since(found):
        wrong.append(f"The newest extract of {wording.day(since)} no longer holds this child. What we knew stays.")
    return wrong


def _summary(found: Child, record: Record, day: date) -> list[tuple[str, Any]]:
    allocated = [each for each in record.involvements if each.from_on <= day and (not each.to_on or each.to_on > day)]
    rows: list[tuple[str, Any]] = [
        ("Number", found.source_id),
        ("Expected date of birth", found.expected_dob) if found.expected_dob else ("Date of birth", found.dob),
        ("Sex", found.get_sex_display()),
        ("Ethnicity", found.ethnicity),
    ]
    for each in allocated:
        team = f", {each.team}" if each.team else ""
        rows.append((each.role or "Worker", f"{worker_words(each)}{team}, since {wording.day(each.from_on)}"))
    if found.restricted:
        rows.append(("Restricted", "Only people tied to this record can open it"))
    return rows


def _timeline(record: Record) -> list[dict[str, Any]]:
    """Everything that happened, newest first."""
    entries: list[dict[str, Any]] = []

    def add(at: Any, what: str, who: str = "", detail: str = "", url: str = "") -> None:
        if at is not None:
            entries.append({"at": at, "what": what, "who": who, "detail": detail, "url": url})

    for tac in record.tacs:
        address = reverse("tac", args=[tac.pk])
        lead = tac.lead_organisation.name if tac.lead_organisation else tac.lead_wording
        add(tac.started_on, f"{say('{Tac}')} {tac.source_id} opened", lead, tac.reason_wording, address)
        add(tac.ended_on, f"{say('{Tac}')} {tac.source_id} closed", lead, tac.get_closure_code_display(), address)
    for referral in record.referrals:
        add(referral.referred_on, f"Referred to social care ({referral.source_id})", referral.worker_wording)
        add(referral.closed_on, f"Social-care episode closed ({referral.source_id})")
    for each in record.involvements:
        add(each.from_on, f"{each.role or 'Worker'} allocated", worker_words(each), each.team)
        add(each.to_on, f"{each.role or 'Worker'} ended", worker_words(each), each.team)
    for placement in record.placements:
        add(placement.started_on, "Placed", setting_words(placement), "Adverse at the start" * placement.began_adverse)
        add(placement.ended_on, "Placement ended", setting_words(placement))
    for flag in record.flags:
        add(flag.raised_on, "Flag raised", "", flag.reason, reverse("flag", args=[flag.pk]))
        closed_on = day_here(shown(flag.closed_at)) if flag.closed_at else None
        add(closed_on, "Flag closed", flag.closed_by_name, flag.closed_because)
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


def setting_words(placement: Placement) -> str:
    """The setting's name and number, or what the source gave in place of one."""
    if placement.setting is None:
        return f"“{placement.urn_wording}”, which names no setting" if placement.urn_wording else "no setting recorded"
    called = words.label(placement.setting)
    return called if placement.setting.urn in called else f"{called}, {placement.setting.urn}"
