"""The chain from owner to report, walked from a setting or from one placement, as far as its links exist."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from plumbline.contracts.queries.register import contracts_at
from plumbline.flags.models import Flag, FlagFor
from plumbline.kernel import wording
from plumbline.ofsted import queries as ofsted
from plumbline.ofsted.grades import label_of
from plumbline.ofsted.models import Setting
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.placements import queries as placements
from plumbline.scrutiny import queries as scrutiny
from plumbline.web.kit import setting_words as words

# The question of the committee that placements answer: how safe is what the council buys?
_QUESTION = 5


def of_setting(viewer: User, setting: "placements.ListedSetting", *, on: date) -> list[dict[str, Any]]:
    """Contracts › owner › setting › judgement › children (how many) › who was told (how many) › report."""
    told = placements.told_of(setting, on=on)
    number = setting.children
    children = {
        "kind": "Children", "text": wording.how_many(number, "child", "children") if number else "none there",
        "url": reverse("setting_section", args=[setting.register, setting.urn, "children"]) if number else "",
    }  # fmt: skip
    flags = wording.how_many(told.flags, "flag", "flags")
    said = f"{flags}, {told.read} of {told.told} have read" if told.flags else "nobody needs to be"
    listed = f"{reverse('flags')}?{urlencode({'q': setting.urn, 'state': 'open'})}"
    return [
        *_contracts(viewer, setting, child_id=None, on=on),
        *_owner(setting),
        {"kind": "Setting", "text": words.label(setting), "here": True},
        _judgement(setting, linked=True),
        children,
        {
            "kind": "Told",
            "text": said,
            "url": listed if told.flags and may(viewer, Permission.FLAGS_VIEW, on=on) else "",
        },
        *_report(viewer, on),
    ]


def of_placement(
    viewer: User, placement: Any, *, flags: Iterable[Flag], told: Iterable[FlagFor], names: dict[str, str], on: date
) -> list[dict[str, Any]]:
    """Contracts › owner › setting › judgement › the child (here) › who was told › report. `told`: to whom `flags` are
    put."""
    setting = placement.setting
    sees = may(viewer, Permission.SETTINGS_VIEW, on=on)
    links: list[dict[str, Any]] = []
    if setting is None:
        links.append({"kind": "Setting", "text": placement.urn_wording or "none recorded"})
    else:
        links += [
            *_contracts(viewer, setting, child_id=placement.child_id, on=on),
            *_owner(setting, linked=sees),
            {"kind": "Setting", "text": words.label(setting), "url": words.address(setting) if sees else ""},
            _judgement(setting, linked=sees),
        ]
    links.append({"kind": "Child", "text": placement.child.name, "here": True})
    workers = [row.recipient for row in told if not row.recipient.startswith("role:")]
    others = sum(1 for row in told if row.recipient.startswith("role:"))
    who = ", ".join(dict.fromkeys(names.get(worker, worker) for worker in workers))
    if others:
        more = wording.how_many(others, "other", "others")
        who = f"{who} and {more}" if who else more
    first = next((flag for flag in flags if flag.state == "open"), None)
    links.append(
        {
            "kind": "Told",
            "text": who or "nobody needs to be",
            "url": reverse("flag", args=[first.pk]) if first and who else "",
        }
    )
    return [*links, *_report(viewer, on)]


# So many are shown in the chain; a home of many agreements has a list of its own in the register.
_MOST_CONTRACTS = 2


def _contracts(viewer: User, setting: Setting, *, child_id: int | None, on: date) -> list[dict[str, Any]]:
    """Under what the council buys there, for whom the register of contracts exists; that there is nothing is said,
    since nobody would look after it else."""
    if not may(viewer, Permission.CONTRACTS_VIEW, on=on):
        return []
    found = list(contracts_at(viewer, setting_id=setting.pk, child_id=child_id, on=on)[: _MOST_CONTRACTS + 1])
    if not found:
        enters = may(viewer, Permission.CONTRACTS_MANAGE, on=on)
        url = f"{reverse('contract_new')}?{urlencode({'setting': setting.urn})}"
        text = "none: enter the agreement" if enters else "none in the register"
        return [{"kind": "Contract", "text": text, "url": url if enters else ""}]
    links = [
        {"kind": "Contract", "text": each.reference, "url": reverse("contract", args=[each.pk])}
        for each in found[:_MOST_CONTRACTS]
    ]
    if len(found) > _MOST_CONTRACTS:
        links.append({"kind": "Contract", "text": "more", "url": f"{reverse('contracts')}?q={setting.urn}"})
    return links


def _owner(setting: Setting, *, linked: bool = True) -> list[dict[str, Any]]:
    if setting.owner is None:
        return [{"kind": "Owner", "text": "not recorded"}]
    url = f"{reverse('settings')}?{urlencode({'owner': setting.owner.name})}" if linked else ""
    return [{"kind": "Owner", "text": setting.owner.name, "url": url}]


def _judgement(setting: Setting, *, linked: bool) -> dict[str, Any]:
    newest = next((each for each in ofsted.inspections_of(setting) if each.judged), None)
    if newest is None:
        return {"kind": "Judgement", "text": "none known"}
    first = newest.judged[0]
    return {
        "kind": "Judgement",
        "text": f"{label_of(first.aspect, first.grade)}, {wording.day(newest.inspected_on)}",
        "url": reverse("setting_section", args=[setting.register, setting.urn, "inspections"]) if linked else "",
    }


def _report(viewer: User, on: date) -> list[dict[str, Any]]:
    """The newest report that the viewer may read and that answers the committee's question."""
    reports = scrutiny.reports_visible_to(viewer, on).filter(answers__question__number=_QUESTION)
    report = reports.order_by("-as_at", "-pk").first()
    if report is None:
        return []
    url = reverse("report", args=[report.pk])
    return [{"kind": "Report", "text": f"As at {wording.day(report.as_at)}", "url": url}]
