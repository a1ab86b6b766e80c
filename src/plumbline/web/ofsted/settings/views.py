"""Settings: the status of each and why, and one setting with all that was ever said of it."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.kernel import wording
from plumbline.kernel.labels import capital
from plumbline.ofsted import establishments, queries
from plumbline.ofsted.grades import ASPECTS, Aspect, label_of
from plumbline.ofsted.models import Setting
from plumbline.people.access import Permission, may
from plumbline.people.operations import look_at_list
from plumbline.placements import queries as placements
from plumbline.placements.flag_kinds import CHECKED_WITHIN_DAYS
from plumbline.placements.rules import BLOCKED
from plumbline.web.kit import duties, tables
from plumbline.web.kit import setting_words as words
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting
from plumbline.web.ofsted.settings import chain, known

SECTIONS = ("", "inspections", "history", "children")
INSPECTION_KINDS = {
    "full": "Full inspection",
    "standard": "Standard inspection",
    "report_card": "Inspection with a report card",
    "interim": "Interim inspection",
    "monitoring": "Monitoring visit",
    "ungraded": "Ungraded inspection",
    "progress_monitoring": "Progress monitoring",
    "regraded": "Grade of a report card given again",
}


def _authorities() -> list[tuple[str, str]]:
    return [(name, name) for name in placements.local_authorities()]


class Settings(tables.Table):
    title = "Settings"
    one, many = "setting", "settings"
    columns = (
        tables.Column("name", "Setting", link=words.address, shown=words.label, sort=("sort_key", "urn")),
        tables.Column("urn", "URN", sort="urn"),
        tables.Column("status", "Status", lambda row: words.STATUSES[row.status],
                      kind=lambda row: words.kind(row.status), note=words.one_reason, note_heading="Why",
                      sort=("not_ours", "gravity")),
        tables.Column("children", "Our children there", numeric=True, sort="children"),
        tables.Column("owner", "Owner", "owner.name", sort="owner__sort_key"),
        tables.Column("local_authority", "Local authority", sort="local_authority"),
        tables.Column("last_checked_on", "Last checked", sort="last_checked_on", absent="never",
                      note=lambda row: "" if row.last_checked_on is None
                      else wording.how_many((row.today - row.last_checked_on).days, "day", "days") + " ago",
                      note_heading="Age of check"),
    )  # fmt: skip
    filters = (
        tables.Text("q", "Name or URN", lambda rows, text: rows.filter(
            Q(name__named=text) | Q(urn__icontains=text))),
        tables.Choice("status", "Status", lambda rows, status: rows.filter(status__in=BLOCKED)
                      if status == "blocked" else rows.filter(status=status),
                      choices=(("blocked", "No new placement"), *words.STATUSES.items())),
        tables.YesNo("ours", "Our children there", lambda rows, yes: rows.filter(not_ours=0 if yes else 1)),
        tables.Choice("la", "Local authority", "local_authority", choices=_authorities),
        tables.Text("owner", "Owner", "owner__name__named"),
    )  # fmt: skip
    order = "status"
    empty = "No list of Ofsted's was read yet."


@requires(Permission.SETTINGS_VIEW)
def settings(request: Request) -> HttpResponseBase:
    table = Settings(request, placements.settings_listed(request.user, on=request.day))
    may_enter = may(request.user, Permission.MONTHLY_CHECK, on=request.day)
    return tables.page(request, table, "ofsted/settings/list.html", {"may_enter": may_enter})


@requires(Permission.SETTINGS_VIEW)
def setting(request: Request, register: str, urn: str, section: str = "") -> HttpResponseBase:
    on, viewer = request.day, request.user
    if section not in SECTIONS:
        raise Http404
    found = placements.setting_seen(viewer, register=register, urn=urn, on=on)
    sees_children = may(viewer, Permission.PLACEMENTS_VIEW, on=on)
    context: dict[str, Any] = {
        "setting": found,
        "label": words.label(found),
        "is_named": words.label(found) == found.name,
        "kind": words.kind(found.status),
        "status_word": words.STATUSES[found.status],
        "section": section,
        "blocked": found.status in BLOCKED,
        "is_wrong": found.status not in ("clear", "not_judged"),
        "wrong": wrong_with(found, on),
        "wrong_kind": "red" if found.status in BLOCKED else "amber",
        "sees_children": sees_children,
        "chain": chain.of_setting(viewer, found, on=on),
        "may_enter": may(viewer, Permission.MONTHLY_CHECK, on=on),
        "tabs": [
            (label, _section_address(found, key), key == section)
            for key, label in zip(SECTIONS, ("Now", "Inspections", "History", "Our children there"), strict=True)
        ],
        "breadcrumbs": [("Settings", reverse("settings")), (words.label(found), "")],
    }  # fmt: skip
    context |= _SECTIONS[section](request, found)
    return render(request, "ofsted/settings/setting.html", context)


def _section_address(setting: Setting, section: str) -> str:
    if not section:
        return words.address(setting)
    return reverse("setting_section", args=[setting.register, setting.urn, section])


def wrong_with(setting: Setting, on: date) -> list[str]:
    """What counts against a setting, the gravest first, in sentences; nothing where it is clear and checked."""
    found = words.sentences(setting) if setting.status not in ("clear", "not_judged") else []
    if setting.gone_since:
        found.append(f"It is no longer on Ofsted’s list of {wording.day(setting.gone_since)}. Find out why.")
    return found


def _now(request: Request, setting: Setting) -> dict[str, Any]:
    on = request.day
    uses = queries.unregistered_uses_of(setting)
    others = []
    if setting.owner:
        others = list(placements.settings_of_owner(request.user, owner=setting.owner, other_than=setting, on=on))
    newest = next(iter(queries.inspections_of(setting)), None)
    next_check = setting.last_checked_on + timedelta(CHECKED_WITHIN_DAYS) if setting.last_checked_on else None
    return {
        "newest": _inspection(newest) if newest else None,
        "known": known.of_setting(request.user, setting, on=on),
        "told_to_us": queries.council_facts_of(setting),
        "explained": establishments.explained({setting.urn}).get(setting.urn, []),
        "next_check": next_check,
        "check_late": next_check is None or next_check < on,
        "notices": [(each, each.to_on is None or each.to_on >= on) for each in queries.notices_of(setting)],
        "uses": uses,
        "use_now": any(use.to_on is None for use in uses),
        **_conversations(request, setting),
        "review": _senior_review(setting, on),
        "others": [
            {
                "setting": each,
                "label": words.label(each),
                "url": words.address(each),
                "kind": words.kind(each.status),
                "word": words.STATUSES[each.status],
                "reason": words.one_reason(each),
            }
            for each in others[:20]
        ],
        "others_count": len(others),
        "others_bad": sum(1 for each in others if each.status in BLOCKED),
        "owner_url": f"{reverse('settings')}?owner={setting.owner.name}" if setting.owner else "",
        "register_word": words.REGISTERS[setting.register],
    }


def _conversations(request: Request, setting: Setting) -> dict[str, Any]:
    """What was said with the provider, and what is next, for those whose task it is."""
    return {
        # Of the home itself: the flags of the children there are on their own pages.
        "next": duties.next_of(request, ("setting", setting.pk), kinds=("provider.", "home.")),
        "contacts": placements.contacts_with_provider(setting),
    }


def _senior_review(setting: Setting, on: date) -> dict[str, Any] | None:
    """Of an unregistered setting: when each child there is next reviewed, and was last. No child's record."""
    reviews = placements.reviews_at(setting.pk)
    due = reviews.filter(done_at=None).order_by("due_on").values_list("due_on", flat=True).first()
    last = reviews.exclude(done_at=None).order_by("-done_at").select_related("done_by").first()
    if due is None and last is None:
        return None
    return {"due": wording.by_when(due, on) if due else "", "late": due is not None and due < on, "last": last}


def _inspections(request: Request, setting: Setting) -> dict[str, Any]:
    return {"inspections": [_inspection(each) for each in queries.inspections_of(setting)]}


def _inspection(inspection: "queries.WithJudgements") -> dict[str, Any]:
    told = f"Entered by {inspection.entered_by}"
    if inspection.ofsted_list:
        file = inspection.ofsted_list.import_run.label
        told = f"Ofsted’s list as at {wording.day(inspection.ofsted_list.as_at)}, file {file}"
    return {
        "row": inspection,
        "kind": INSPECTION_KINDS.get(inspection.kind, inspection.kind),
        "told": told,
        "judgements": [
            {
                "aspect": capital(ASPECTS[Aspect(each.aspect)].label),
                "grade": label_of(each.aspect, each.grade),
                "wording": each.wording,
                "bad": each.grade in _BAD,
                "middling": each.grade in _MIDDLING,
            }
            for each in inspection.judged
        ],
    }


# Only for where the eye falls first; the status follows from ofsted.rules alone.
_BAD = {"inadequate", "serious_weaknesses", "special_measures", "not_effective", "urgent_improvement", "not_met"}
_MIDDLING = {"requires_improvement", "adequate", "satisfactory", "inconsistent", "needs_attention", "declined"}


def _history(request: Request, setting: Setting) -> dict[str, Any]:
    entries: list[dict[str, Any]] = []
    for period in queries.statuses_of(setting):
        until = f" to {wording.day(period.to_on - timedelta(1))}" if period.to_on else ""
        sentences = " ".join(reason["sentence"] for reason in period.reasons)
        entries.append(
            {
                "at": period.from_on,
                "what": f"{words.STATUSES[period.status]}{until}",
                "detail": sentences or words.MEANS.get(period.status, ""),
                "who": f"rules of {period.rule_version}",
            }
        )
    for check in queries.checks_of(setting):
        entries.append(
            {
                "at": check.checked_at,
                "what": f"Looked up: {check.get_outcome_display().lower()}",
                "who": str(check.checked_by),
                "detail": check.note,
            }
        )
    for notice in queries.notices_of(setting):
        entries.append({"at": notice.from_on, "what": notice.get_kind_display(), "detail": notice.wording})
    for use in queries.unregistered_uses_of(setting):
        entries.append({"at": use.from_on, "what": "Used though not registered", "detail": use.legal_basis})
    for event in queries.overruled_of(setting):
        entries.append(
            {
                "at": event.at,
                "what": "A list said otherwise than was entered by hand",
                "detail": event.because,
            }
        )
    for contact in placements.contacts_with_provider(setting):
        entries.append(
            {
                "at": contact.at,
                "what": "Provider spoken to",
                "who": contact.by_name,
                "detail": contact.because,
            }
        )
    listings = queries.listings_of(setting)
    return {
        "timeline": sorted(entries, key=_day_of, reverse=True),
        "lists": [
            {"as_at": each.ofsted_list.as_at, "line": each.line, "registration": each.registration_status}
            for each in listings
        ],
    }


def _day_of(entry: dict[str, Any]) -> str:
    return entry["at"].isoformat()[:10]


def _children(request: Request, setting: Setting) -> dict[str, Any]:
    if not may(request.user, Permission.PLACEMENTS_VIEW, on=request.day):
        return {"placed": []}
    placed = list(placements.placements_at(request.user, setting=setting, on=request.day))
    look_at_list(kind="placements", asked={"setting": setting.urn}, act=acting(request))
    exceptions = placements.exceptions_for_setting(request.user, setting=setting, on=request.day)
    return {"placed": placed, "exceptions": exceptions}


_SECTIONS = {"": _now, "inspections": _inspections, "history": _history, "children": _children}
