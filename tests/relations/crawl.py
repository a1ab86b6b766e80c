"""Every address of the records of the market, asked for by everybody: which mark is told to whom, and by which route."""  # noqa: E501

from collections.abc import Iterator, Mapping
from itertools import product

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from plumbline.people.models import User
from plumbline.web.kit.access import access_of, may_use
from tests.relations import market
from tests.relations.market import OWN, TENDERS, WHOSE, Market
from tests.relations.situations import TODAY

_EVERY = tuple(WHOSE)
# By the beginning of a route's path: which records its first number may be of, and of whom.
_FIRST: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("actions/", ("provideraction", "councilaction", "formeraction")),
    ("contracts/meetings/", ("meeting", "meeting_planned")),
    ("contracts/cases/", ("case",)),
    ("contracts/homes/reports/", ("home_report",)),
    ("contracts/homes/", ("setting",)),
    ("contracts/assessments/", ("assessment",)),
    ("contracts/visits/", ("visit", "visit_held")),
    ("contracts/kpis/", ("kpi",)),
    ("contracts/arrangements/", ("arrangement",)),
    ("contracts/commitments/", ("commitment",)),
    ("contracts/policies/", ("offer",)),
    ("contracts/", ("contract", "spot")),
    ("provider/contracts/", ("contract", "spot")),
    ("incidents/of-child/", ("incident_child",)),
    ("incidents/", ("incident",)),
    ("tenders/", ("tender",)),
    ("bids/", ("bid", "bid_failed")),
    ("plans/", ("plan",)),
    ("packs/", ("pack",)),
    ("documents/", ("document_*",)),
    ("returns/", ("return_*",)),
    ("toolkits/versions/", ("version",)),
    ("suppliers/", ("supplier",)),
)
# How the names begin of those who are known by a bid alone.
_BIDDER = "Qbidder"
# The other arguments: words, and records by their name.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "section_key": ("part_1", "part_2"), "criterion_key": ("grade",), "question": ("safeguarding",),
    "ground": ("discretionary",), "side": ("council", "supplier"),
}  # fmt: skip
# What is typed into a search: what a child is called, and what stands in the full account of an incident.
_SEARCHED: Mapping[str, tuple[str, ...]] = {
    "search": ("title", "incidentchild", "casechild", "spotchild", "doccouncil"),
    "contracts": ("spotchild",), "incidents": ("incidentchild", "narrative"), "documents": ("doccouncil",),
    "actions": ("councilaction",), "returns": ("returnnote",),
}  # fmt: skip
# All forms of documents find theirs alike.
_FEW_DOCUMENTS = ("document_doccouncil", "document_docrestricted", "document_bidpaper")
_BY_ROUTE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "meeting_step": {"key": ("who", "previous", "minutes", "safeguarding", "cases", "arrangements", "actions")},
    "meeting_step_keep": {"key": ("minutes",)},
    "assurance_ask": {"kind": ("self", "board", "assurance")},
    "assessment_record": {"kind": ("self", "board")},
    "return_count": {"return_id": ("return_return", "return_moderated")},
    "provider_policy": {"key": ("dbs", "safeguarding")},
    "bid_stage1": {"key": ("policies",)},
    "tender_edit": {"part": ("what", "asked", "timetable")},
    # The PDF is written from the same document, and its words are compressed.
    "evaluation_report_file": {"kind": ("docx",)},
    "assessment_summary_file": {"kind": ("docx",)},
    **{
        f"document_{form}": {"document_id": _FEW_DOCUMENTS, "pk": _FEW_DOCUMENTS}
        for form in ("replace", "withdraw", "let_open")
    },
    "plan_item": {"number": ("1",)},
    "incident_form_agree": {"number": ("1",)},
    "contract_contact": {"recipient": ("lado",)},
    "incident_step_tick": {"number": ("1",)},
    "incident_step_untick": {"number": ("1",)},
    "incident_news_sent": {"number": ("news_sent",)},
}
_RECORDS: Mapping[str, tuple[str, ...]] = {
    "bid_id": ("bid", "bid_failed"), "evaluator_id": ("evaluator",), "conflict_id": ("conflict",),
    "document_id": ("document_bidpaper", "document_failedpaper"), "paper_id": ("bid_document",), "number": ("told",),
}  # fmt: skip


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, path)
        else:
            yield path, pattern


def addresses(found: Market) -> Iterator[tuple[URLPattern, str, str]]:
    """Each route of these rooms with the records of each relation: the route, whose records, the address. Of lists and
    whatever else takes no argument, those of the whole site, with whose as ""."""
    for path, pattern in patterns(get_resolver()):
        given = dict(pattern.pattern.converters)
        if not given:
            yield pattern, "", reverse(pattern.name)
        elif path.startswith("settings/<"):
            yield from _of_settings(found, pattern)
        elif kinds := next((kinds for start, kinds in _FIRST if path.startswith(start)), None):
            for whose in (*WHOSE, *TENDERS):
                for chosen in product(
                    *(
                        _values(found, pattern.name, name, kinds, whose, first=name == next(iter(given)))
                        for name in given
                    )
                ):
                    yield pattern, whose, reverse(pattern.name, kwargs=dict(zip(given, chosen, strict=True)))
    every = {pattern.name: pattern for _, pattern in patterns(get_resolver())}
    yield every["search"], "", f"{reverse('search')}?q={_BIDDER}"
    for route, kinds in _SEARCHED.items():
        for kind in kinds:
            yield every[route], "", f"{reverse(route)}?q={market.mark(kind, OWN)}"


def addresses_for(found: Market, user: User) -> Iterator[tuple[URLPattern, str, str]]:
    """Of these the ones whose page the user's roles may use on the day."""
    may: dict[str, bool] = {}
    for pattern, whose, address in addresses(found):
        if pattern.name not in may:
            may[pattern.name] = may_use(user, access_of(pattern.callback), on=TODAY)
        if may[pattern.name]:
            yield pattern, whose, address


def tried() -> frozenset[str]:
    """The names of the routes that lead to a record of the market."""
    return frozenset(
        pattern.name
        for path, pattern in patterns(get_resolver())
        if pattern.pattern.converters and any(path.startswith(start) for start, _ in _FIRST)
    )


def _of_settings(found: Market, pattern: URLPattern) -> Iterator[tuple[URLPattern, str, str]]:
    sections = ("contracts", "visits", "children", "flags", "inspections", "history")
    for whose in WHOSE:
        setting = found.records["setting", whose]
        known = {"register": [setting.register], "urn": [setting.urn], "section": sections, "notice_id": [1]}
        given = dict(pattern.pattern.converters)
        for chosen in product(*(known[name] for name in given)):
            yield pattern, whose, reverse(pattern.name, kwargs=dict(zip(given, chosen, strict=True)))


def _values(found: Market, route: str, name: str, kinds: tuple[str, ...], whose: str, *, first: bool) -> list[object]:
    wanted = _BY_ROUTE.get(route, {}).get(name)
    if wanted and not any((each, whose) in found.records for each in wanted):
        return [each for each in wanted if not each.startswith(("return_", "news_"))]
    names = wanted or (kinds if first else _RECORDS.get(name))
    if names:
        return [
            record.pk
            for (kind, at), record in found.records.items()
            if at == whose
            and any(kind == each or (each.endswith("*") and kind.startswith(each[:-1])) for each in names)
        ]
    if name == "role":
        return ["lado", "safeguarding_lead"]
    return list(_WORDS.get(name, ("1",)))
