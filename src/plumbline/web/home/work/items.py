"""What waits for one person, from every room: composed here, asked there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse

from plumbline.actions.due import KINDS as ACTION_KINDS
from plumbline.actions.queries import to_do as actions_to_do
from plumbline.contracts.care_due import KINDS as CARE_KINDS
from plumbline.contracts.incident_due import OF_INCIDENT, OVERDUE, REPORTED
from plumbline.contracts.queries.incidents import first_untold
from plumbline.contracts.rules.flags import KINDS as COLOUR_KINDS
from plumbline.earlyhelp.queries import organisations_to_map, wordings_to_map
from plumbline.exchange import queries as exchange
from plumbline.flags import lookups as flags
from plumbline.flags import queries as flag_queries
from plumbline.flags.models import FlagStep
from plumbline.flags.rules import KINDS
from plumbline.kernel.labels import say
from plumbline.kernel.moments import day_of, end_of
from plumbline.ofsted import lookups as ofsted
from plumbline.people.access import Permission, may, permissions_of, reaches
from plumbline.people.models import User
from plumbline.people.queries import holidays_end, holidays_from
from plumbline.placements import checking
from plumbline.placements import lookups as placements
from plumbline.placements.accounts import untold_workers
from plumbline.scrutiny import queries as scrutiny
from plumbline.web.actions.work import items as of_actions
from plumbline.web.commissioning.evaluation.work import items as of_evaluations
from plumbline.web.commissioning.implementation.work import items as of_implementation
from plumbline.web.commissioning.suppliers.work import items as of_suppliers
from plumbline.web.commissioning.tenders.work import items as of_tenders
from plumbline.web.contracts.care.work import items as of_contract_care
from plumbline.web.contracts.incidents.work import items as of_incidents
from plumbline.web.contracts.provider.work import items as of_provider
from plumbline.web.contracts.register.work import of_contracts
from plumbline.web.earlyhelp.work import items as of_tacs
from plumbline.web.evidence.work import items as of_documents
from plumbline.web.flags import words as flag_words
from plumbline.web.home.work.offices import of_attempts, of_mail, of_published, of_roles
from plumbline.web.kit import navigation, setting_words, wording
from plumbline.web.kit import setting_words as settings
from plumbline.web.kit.work_item import Item, place_of
from plumbline.web.people.inviting.work import items as of_invitations
from plumbline.web.toolkits.returns.work import items as of_returns
from plumbline.web.toolkits.versions.work import items as of_toolkits

# So many stand here; the rest on the same page, asked for.
MOST = 25
# Of whoever has one of these, the work is more than flags.
_WORKS_BY_LIST = {Permission.MONTHLY_CHECK, Permission.TENDERS_MANAGE, Permission.IMPLEMENTATION}


@dataclass(frozen=True, slots=True)
class Work:
    items: list[Item]
    counts: list[dict[str, Any]]
    more: int


def work_of(viewer: User, *, on: date, now: datetime, whole: bool = False) -> Work:
    """What waits for a person, what to do next first; `whole`: all of it, not only the first. `now`: the moment on the
    council's clocks."""
    found: list[Item] = []
    for source in _SOURCES:
        found += source(viewer, on)
    found.sort(key=lambda item: place_of(item, on=on, now=now))
    shown = found if whole else found[:MOST]
    return Work(items=shown, counts=_counts(viewer, on, now, found), more=len(found) - len(shown))


def _counts(viewer: User, on: date, now: datetime, found: list[Item]) -> list[dict[str, Any]]:
    week = date.fromordinal(on.toordinal() + 7)
    if permissions_of(viewer, on=on) & _WORKS_BY_LIST:
        # What they do settles many flags at once, or is no flag at all: the list itself is counted.
        late = [item for item in found if item.is_late(now)]
        soon = [item for item in found if item.due_on and item.due_on <= week and item not in late]
        return [
            {"number": len(late), "label": "overdue", "kind": "red", "url": "#next"},
            {"number": len(soon), "label": "due in the next 7 days", "kind": "amber", "url": "#next"},
        ]  # fmt: skip
    if not may(viewer, Permission.FLAGS_VIEW, on=on):
        return []
    address = reverse("flags")
    mine = flag_queries.flags_for(viewer, on=on)
    answers = may(viewer, Permission.FLAGS_ANSWER, on=on)
    counts = [
        {"number": mine.filter(due_on__lt=on).count(), "label": "overdue", "kind": "red",
         "url": f"{address}?me=put&due=overdue"},
        {"number": mine.filter(due_on__gte=on, due_on__lte=week).count(), "label": "due in the next 7 days",
         "kind": "amber", "url": f"{address}?me=put&due=week"},
    ]  # fmt: skip
    if answers:
        counts += [
            {"number": len(flags.put_to_viewer(viewer, on=on)), "label": "not read yet", "kind": "blue",
             "url": f"{address}?me=unread"},
            {"number": flags.waiting_for_others(viewer, on=on).count(), "label": "waiting for others", "kind": "",
             "url": f"{address}?me=others"},
        ]  # fmt: skip
    if may(viewer, Permission.PLACEMENT_EXCEPTION_ASK, on=on):
        waiting = placements.exceptions_waiting(viewer, on=on).count()
        counts.append({"number": waiting, "kind": "", "label": "exceptions waiting for a decision",
                       "url": f"{reverse('exceptions')}?state=asked"})  # fmt: skip
    return counts


def _of_flags(viewer: User, on: date) -> Iterable[Item]:
    """Flags put to the viewer: one item a flag for who works with the child, else one for all of a kind."""
    if not may(viewer, Permission.FLAGS_VIEW, on=on):
        return
    unread = flags.put_to_viewer(viewer, on=on) if may(viewer, Permission.FLAGS_ANSWER, on=on) else {}
    first_step: dict[int, FlagStep] = {}
    for step in flags.steps_for(viewer, on=on):
        first_step.setdefault(step.flag_id, step)
    near = bool(reaches(viewer, on=on) & {"tied", "team", "placements", "all"})
    mine = flag_queries.flags_for(viewer, on=on).values("pk")
    alike: dict[str, list[placements.ListedFlag]] = {}
    checks = may(viewer, Permission.MONTHLY_CHECK, on=on)
    cares = may(viewer, Permission.CONTRACTS_MANAGE, on=on)
    sees_contracts = may(viewer, Permission.CONTRACTS_VIEW, on=on)
    tells = may(viewer, Permission.INCIDENTS_MANAGE, on=on)
    holidays = holidays_from(on.replace(year=on.year - 1))
    listed = placements.flags_listed(viewer, on=on).filter(state="open").order_by("severity", "due_on", "pk")
    rows = list(listed.filter(Q(pk__in=mine) | Q(pk__in=list(first_step))))
    late = first_untold([flag.subject_id for flag in rows if flag.kind == OVERDUE and flag.subject_id])
    own_actions = set(actions_to_do(viewer, on=on).values_list("pk", flat=True))
    for flag in rows:
        if sees_contracts and flag.kind in COLOUR_KINDS:
            continue  # contracts that are red or amber have items of their own
        if flag.kind in ACTION_KINDS and flag.subject_id in own_actions:
            continue  # the action is the viewer's to do, an item of its own
        if flag.kind == REPORTED and flag.subject_id in late:
            continue  # the same incident, and worse: someone was not told in time
        if tells and flag.kind in OF_INCIDENT:
            # Late since someone was to be told, not since the flag is to be read.
            moments = (end_of(flag.due_on) if flag.due_on else None, late.get(flag.subject_id or 0))
            due = min(filter(None, moments), default=None)
            yield _item(flag, flag_words.kind_words(flag.kind), "Open the incident", due,
                        url=reverse("incident", args=[flag.subject_id]))  # fmt: skip
            continue
        if cares and flag.kind in CARE_KINDS:
            continue  # what is due in the care of contracts has items of its own
        if checks and flag.kind in ("check_late", "monthly_check_late"):
            continue  # the monthly check, an item of its own, puts it right
        if near and flag.pk in unread:
            yield _item(flag, f"Read: {_lower_first(flag_words.kind_words(flag.kind))}", "Open and read it",
                        flags.read_by(unread[flag.pk], holidays=holidays))  # fmt: skip
        elif flag.pk in first_step:
            step = first_step[flag.pk]
            url = reverse("flag_step", args=[flag.pk, step.pk])
            yield _item(flag, step.action, "Record the result", step.due_on, url=url)
        elif flag.pk in unread or not KINDS[flag.kind].steps:
            alike.setdefault(flag.kind, []).append(flag)
    for kind, same in alike.items():
        yield _grouped(viewer, kind, same, unread, near, on)


def _item(flag: "placements.ListedFlag", what: str, button: str, due: date | datetime | None, *, url: str = "") -> Item:
    setting = flag_words.setting_words(flag)
    child = flag_words.whom(flag) if flag.child_id else ""
    whom = f"{child}, at {setting}" if child and setting else child or setting or ""
    return Item(what=what, whom=whom, why=_first_sentences(flag.reason), due=due, button=button, gravity=flag.severity,
                url=url or reverse("flag", args=[flag.pk]))  # fmt: skip


def _first_sentences(reason: str, number: int = 2) -> str:
    """The beginning of a reason; the flag's page says all of it."""
    sentences = reason.split(". ")
    return reason if len(sentences) <= number else ". ".join(sentences[:number]) + ". …"


# For kinds that are settled elsewhere than on the flag: where, and what the button says.
_SETTLED: dict[str, tuple[str, str, str, Permission]] = {
    "check_late": ("check", "", "Go to the monthly check", Permission.MONTHLY_CHECK),
    "setting_unmatched": ("placements", "?queue=unmatched", "See these placements", Permission.PLACEMENTS_VIEW),
    "setting_gone": ("placements", "?queue=gone", "See these placements", Permission.PLACEMENTS_VIEW),
    "action_overdue": ("actions", "?state=overdue", "See these actions", Permission.ACTIONS_VIEW),
    "document_expiring": ("documents", "?expiring=soon", "See these documents", Permission.EVIDENCE_VIEW),
    "return_overdue": ("returns", "?late=yes", "See these returns", Permission.CONTRACTS_VIEW),
    "document_expired": ("documents", "?expiring=expired", "See these documents", Permission.EVIDENCE_VIEW),
}
_MANY = {
    "check_late": "settings with our children have not been checked for a month",
    "setting_unmatched": "placements are at settings that are on none of Ofsted’s lists",
    "setting_gone": "placements are at settings that have gone from Ofsted’s register",
    "setting_adverse": "children are at settings that became adverse while they were there",
    "placed_at_adverse": "children were placed at settings that were adverse already",
    "setting_unregistered": "children are at settings that are not registered",
    "action_overdue": "actions are overdue",
    "return_overdue": "returns are overdue",
    "document_expiring": "documents expire within 30 days",
    "document_expired": "documents have expired, and nothing newer has been given",
    "setting_watch": "children are at settings whose leaders and managers were judged inadequate",
}


def _grouped(
    viewer: User, kind: str, same: "list[placements.ListedFlag]", unread: dict[int, Any], near: bool, on: date
) -> Item:
    due = min((flag.due_on for flag in same if flag.due_on), default=None)
    if len(same) == 1 and (near or kind not in _SETTLED):
        return _item(same[0], flag_words.kind_words(kind), "Open the flag", due)
    route, query, button, needs = _SETTLED.get(
        kind, ("flags", f"?state=open&kind={kind}", "See these flags", Permission.FLAGS_VIEW)
    )
    if any(flag.pk in unread for flag in same) and route == "flags":
        query, button = f"?me=unread&kind={kind}", "Read them"
    if not may(viewer, needs, on=on):
        route, query, button = "flags", f"?state=open&kind={kind}", "See these flags"
    new = sum(1 for flag in same if flag.pk in unread)
    many = _MANY.get(kind, "flags: " + _lower_first(flag_words.kind_words(kind)))
    return Item(
        what=f"{wording.number(len(same))} {many}" if len(same) > 1 else flag_words.kind_words(kind),
        whom=f"{wording.how_many(new, 'flag', 'flags')} not read yet" if new else "",
        why=same[0].reason if len(same) == 1 else "", due=due, url=reverse(route) + query, button=button,
        gravity=KINDS[kind].severity,
    )  # fmt: skip


def _of_exceptions(viewer: User, on: date) -> Iterable[Item]:
    for exception in placements.exceptions_to_decide(viewer, on=on).order_by("asked_at", "pk"):
        yield Item(
            what="Decide: may this child be placed at an adverse setting?",
            whom=f"{exception.child_name}, at {setting_words.label(exception.setting)}",
            why=f"{exception.get_grounds_display()}. Asked by {exception.asked_by}: {exception.reason}",
            due=max(exception.from_on, day_of(exception.asked_at, on=on)),
            url=reverse("exception", args=[exception.pk]), button="Decide", gravity=1,
        )  # fmt: skip


def _of_adverse(viewer: User, on: date) -> Iterable[Item]:
    """For who sees no child: how many are where none should begin."""
    if not may(viewer, Permission.MONTHLY_CHECK, on=on) or may(viewer, Permission.PROVIDER_CONTACT, on=on):
        return
    concerned = placements.adverse_with_children(viewer, on=on)
    if concerned.settings:
        yield Item(
            what=f"{wording.how_many(concerned.settings, 'setting', 'settings')} with our children "
                 f"{'is' if concerned.settings == 1 else 'are'} adverse, unregistered or closed",
            whom=wording.how_many(concerned.children, "child", "children") + " placed there",
            why="The contract officer speaks to each provider, and asks for its improvement plan.",
            due=None, url=f"{reverse('settings')}?status=blocked&ours=yes", button="See the settings", gravity=2,
        )  # fmt: skip


def _of_providers(viewer: User, on: date) -> Iterable[Item]:
    """Whose provider is to be spoken to, once for each setting: the contract officer sees no child."""
    for setting in placements.providers_to_contact(viewer, on=on):
        label = settings.label(setting)
        yield Item(
            what=f"Speak to the provider of {label}",
            whom=wording.how_many(setting.children, "child", "children") + " placed there",
            why=settings.one_reason(setting), due=setting.contact_due,
            url=reverse("setting_provider", args=[setting.register, setting.urn]), button="Record the conversation",
            gravity=1 if setting.status == "unregistered" else 2,
        )  # fmt: skip


def _of_check(viewer: User, on: date) -> Iterable[Item]:
    """The monthly check, until it is complete."""
    if not may(viewer, Permission.MONTHLY_CHECK, on=on):
        return
    first = on.replace(day=1)
    check = ofsted.check_of(first)
    late = flag_queries.flags_for(viewer, on=on).filter(kind="check_late")
    # As late as the latest of the flags that it settles, so that it is overdue when they are counted so.
    counted = late.aggregate(number=Count("pk"), due=Min("due_on"))
    number, first_due = counted["number"], counted["due"]
    why = (
        f"{wording.how_many(number, 'setting', 'settings')} with our children "
        f"{'has' if number == 1 else 'have'} not been checked for a month. " if number else ""
    )  # fmt: skip
    if check is None:
        yield Item(what=f"Open the check of {first:%B %Y}", whom="Ofsted’s lists, and each setting with our children",
                   why=f"{why}The check is due on the fifth working day of the month.",
                   due=first_due, url=reverse("check"),
                   button="Go to the monthly check", gravity=3)  # fmt: skip
    elif check.completed_at is None:
        items = checking.items_of(viewer, check=check, on=on)
        left = items.filter(outcome="to_do").count()
        what = f"Look up {wording.how_many(left, 'setting', 'settings')}" if left else "Complete the check"
        total = items.count()
        yield Item(what=f"{what}: the check of {first:%B %Y}", whom=f"{total - left} of {total} done", why=why,
                   due=min(filter(None, (check.due_on, first_due))), url=reverse("check"),
                   button="Go on with the check", gravity=3)  # fmt: skip


def _of_imports(viewer: User, on: date) -> Iterable[Item]:
    if not may(viewer, Permission.IMPORTS, on=on):
        return
    gone = sum(missing.rows for missing in exchange.no_longer_in_extract(viewer, on=on))
    if gone:
        yield Item(
            what=f"{wording.how_many(gone, 'row is', 'rows are')} no longer in the newest extract", whom="",
            why="They are kept as they were. Find out whether they ended or were left out.",
            due=None, url=_first_of("queue_gone", "imports"), button="See which", gravity=4,
        )  # fmt: skip
    refused = exchange.rows_to_mend(viewer, on=on).count()
    if refused:
        yield Item(
            what=f"{wording.how_many(refused, 'row was', 'rows were')} refused by an import", whom="",
            why="They are kept and can be mended and tried again; until then they are in no figure.",
            due=None, url=_first_of("queue_refused", "imports"), button="Mend them", gravity=3,
        )  # fmt: skip


def _of_lists(viewer: User, on: date) -> Iterable[Item]:
    """What the code lists and the register of organisations do not know yet."""
    if not may(viewer, Permission.LISTS_MANAGE, on=on):
        return
    for waiting, one, many, why, route in (
        (wordings_to_map(), "wording waits to be mapped", "wordings wait to be mapped",
         say("Until then the outcomes of these {tacs} count as not recorded."), "queue_wording"),
        (organisations_to_map(), "organisation waits to be mapped", "organisations wait to be mapped",
         say("Until then it is not known of which sector the lead of these {tacs} is."), "queue_organisations"),
    ):  # fmt: skip
        if waiting:
            tacs = wording.how_many(sum(each.rows for each in waiting), say("{tac}"), say("{tacs}"))
            yield Item(what=wording.how_many(len(waiting), one, many), whom=f"On {tacs}", why=why, due=None,
                       url=_first_of(route, "queues"), button="Map them", gravity=3)  # fmt: skip


def _first_of(*routes: str) -> str:
    """The address of the first of these pages that is there."""
    return next((navigation.address_of(route) for route in routes if navigation.page_exists(route)), "")


def _of_reports(viewer: User, on: date) -> Iterable[Item]:
    drafts = [report for report in scrutiny.reports_visible_to(viewer, on) if report.state == "draft"]
    if not drafts:
        return
    if may(viewer, Permission.REPORT_PUBLISH, on=on):
        what, button = "is waiting for your approval", "Read and approve"
    elif may(viewer, Permission.REPORT_WRITE, on=on):
        what, button = "is a draft", "Go on with it"
    else:
        return
    for report in drafts:
        yield Item(
            what=f"The report “{report.title}” {what}",
            whom="",
            why="",
            due=None,
            url=reverse("report", args=[report.pk]),
            button=button,
        )


def _of_holidays(viewer: User, on: date) -> Iterable[Item]:
    """A year before the list of bank holidays ends, since clocks that reach past it would run out too soon."""
    if not may(viewer, Permission.USERS_MANAGE, on=on):
        return
    last = holidays_end()
    if last is None or last < on + timedelta(365):
        yield Item(
            what="Enter the bank holidays to come", whom="", due=last, url=reverse("bank_holidays"),
            button="Enter them", why=f"The list ends on {wording.day(last)}." if last else "No bank holiday is known.",
        )  # fmt: skip


def _of_accounts(viewer: User, on: date) -> Iterable[Item]:
    """Who could not be told of an open flag, and whose address refuses e-mail: someone was told in their place."""
    untold = untold_workers(viewer, on=on)
    if untold:
        yield Item(
            what=f"{wording.how_many(untold, 'worker has', 'workers have')} open flags and no account",
            whom="", why="Others were told in their place. They get what is open as soon as they have an account.",
            due=on, url=reverse("without_account"), button="See who", gravity=2,
        )  # fmt: skip
    corrects = may(viewer, Permission.USERS_MANAGE, on=on)
    for user in flag_queries.refused_addresses(viewer, on=on):
        yield Item(
            what="Put an e-mail address right: it refused a message" if corrects else
            "Have an e-mail address put right: it refused a message",
            whom=str(user),
            why=f"{user.email}: “{user.refused_because[:200]}”. Until then nothing reaches them by e-mail.",
            due=on, url=reverse("user", args=[user.pk]) if corrects else reverse("without_account"),
            button="Put it right" if corrects else "See what it said", gravity=2,
        )  # fmt: skip


_SOURCES: tuple[Callable[[User, date], Iterable[Item]], ...] = (
    _of_flags, of_incidents, of_contracts, of_actions, of_documents, of_returns, of_provider, _of_exceptions,
    _of_adverse,
    _of_providers, _of_check, _of_imports,
    _of_lists, _of_holidays, _of_accounts, _of_reports,
    of_roles, of_attempts, of_mail, of_published,
    of_suppliers, of_tenders, of_evaluations, of_implementation, of_toolkits,
    of_contract_care, of_tacs, of_invitations,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: a page, and what is there."""

    label: str
    url: str
    about: str


def published_reports(viewer: User, *, on: date, most: int = 3) -> list[Place]:
    """The newest reports that the committee has, for who reads nothing else here."""
    published = scrutiny.reports_visible_to(viewer, on).filter(state="published").order_by("-pk")[:most]
    return [
        Place(report.title, reverse("report", args=[report.pk]), f"Published, as at {wording.day(report.as_at)}")
        for report in published
    ]


# In the order in which they are of use; shown where the page exists and its mark lets the person in.
_PLACES = (
    ("flags", "Flags", "What is wrong and who was told"),
    ("exceptions", "Exceptions", "Leave for one child to be placed at an adverse setting"),
    ("placements", "Placements", "Who was placed where on a day, and the setting’s judgement then"),
    ("provider", "Your contracts", "What you are asked for, and your contracts, policies and incidents"),
    ("contracts", "Contracts", "What the council buys, rated, each with its reasons"),
    ("contracts_team", "Management team’s list", "Contracts that are red or amber, and what was decided"),
    ("incidents", "Serious incidents", "What happened, and who must be told by when"),
    ("actions", "Actions", "What is to be done, by whom, by when"),
    ("documents", "Documents", "What was given as evidence, and when it expires"),
    ("returns", "Returns", "Self-assessments, evaluations, visits: what was asked for, and where it stands"),
    ("toolkits", "Toolkits", "What is asked in tenders, self-assessments, visits, audits and surveys"),
    ("law_changes", "Changes in law and guidance", "What policies are to be reviewed for"),
    ("tenders", "Tenders", "Everything that is bought, and where it stands"),
    ("suppliers", "Suppliers", "Who has bid, holds contracts or was named in a notice, under all their names"),
    ("notices", "Published notices", "Open contracting data: what was published, by whom, and who won"),
    ("settings", "Settings", "Where each home and school stands, and why"),
    ("check", "The monthly check", "Ofsted’s lists read, and our settings looked up"),
    ("may_i_place", "May I place here, now?", "One box: may a child be placed at a setting today"),
    ("tacs", "{Tacs}", "{Tacs} that you may see"),
    ("children", "Children and families", "The children whom you work with"),
    ("figures", "Figures", "Every figure, with its definition and its history"),
    ("reports", "Reports", "Reports to the scrutiny committee"),
    ("scrutiny", "Scrutiny", "Reports to the scrutiny committee"),
    ("imports", "Imports", "Files taken in, and what was refused"),
    ("queues", "Data to match", "Wordings and organisations that wait to be mapped"),
    ("people", "People", "Who signs in, and with which role"),
    ("without_account", "Without an account", "Workers who cannot be told of anything"),
    ("reporting_contacts", "Whom to tell of an incident", "How the offices are reached that incidents are told to"),
    ("bank_holidays", "Bank holidays", "Which days are no working days"),
    ("labels", "What we call things", "The council’s own words, and from which day they are said"),
    ("users", "People", "Who signs in, and with which role"),
    ("governance", "Who looked", "Who opened which child’s record"),
    ("audit", "Who looked", "Who opened which child’s record"),
    ("account", "Your account", "Your roles, your password"),
)


def places_of(may_open: Callable[[str], bool]) -> list[Place]:
    """Where someone can look who has nothing waiting. `may_open` says of an address whether it opens for them."""
    found: dict[str, Place] = {}
    for route, label, about in _PLACES:
        address = navigation.address_of(route)
        if address and label not in found and may_open(address):
            found[label] = Place(say(label), address, say(about))
    return list(found.values())


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
