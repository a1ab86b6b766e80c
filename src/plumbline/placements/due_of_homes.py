"""What homes and schools where our children are give contract officers to do; and texts that wait to be read by one who
may see every name in them."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from plumbline.contracts.models import HeldText, HomeReport
from plumbline.contracts.queries import held, visits
from plumbline.contracts.queries.register import settings_with_contracts
from plumbline.kernel.duties import Duty, Gravity, Source, permitted, person
from plumbline.kernel.wording import day, how_many
from plumbline.ofsted.models import Setting
from plumbline.ofsted.wording import label
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import Tie, User
from plumbline.people.queries import CHILD
from plumbline.placements.access import children_visible_to
from plumbline.placements.queries import settings_with_children

P = Permission
_READ_WITHIN = timedelta(14)


def of_homes(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Yearly visits to plan, reports to read and to ask for, and children who are where we have no contract."""
    children = settings_with_children(on=on, setting_ids=keys)
    for due in visits.visits_due(with_children=children, on=on, setting_ids=keys):
        if due.state(on) != "in_time" and due.planned_on is None:
            yield _duty(
                due.setting,
                "visit.plan",
                "Plan the yearly visit",
                "Plan the visit",
                f"visit_plan ?setting={due.setting.pk}",
                f"The last visit was on {day(due.due.visited_on)}."
                if due.due.visited_on
                else "It has not been visited.",
                due.due.due_on,
            )
    unread = HomeReport.objects.filter(read_at=None).select_related("setting").order_by("received_on", "pk")
    for report in unread if keys is None else unread.filter(setting__in=keys):
        yield _duty(
            report.setting,
            "report.read",
            "Read the home’s report",
            "Read it",
            f"home_report {report.pk}",
            f"Waiting since {day(report.received_on)}.",
            report.received_on + _READ_WITHIN,
            about=str(report.pk),
        )
    for home in visits.homes(with_children=children, on=on, setting_ids=keys):
        if home.owed:
            many = how_many(len(home.owed), "report has", "reports have")
            yield _duty(
                home.setting,
                "report.ask",
                f"Ask the home for its reports: {many} not come",
                "See which",
                "home_reports",
                "Ask the home for what it owes.",
                home.owed[0].due_on,
            )
    without = set(children) - settings_with_contracts(on)
    for setting in Setting.objects.filter(pk__in=without).order_by("pk"):
        yield _duty(
            setting,
            "contract.enter",
            f"{how_many(children[setting.pk][0], 'child', 'children')} of ours under no"
            " contract here: enter the agreement",
            "See which",
            "visits_due ?contract=no&ours=yes",
            "Enter the agreement for each child there, so that someone answers for its checks.",
            None,
        )


def _duty(
    setting: Setting, kind: str, what: str, deed: str, place: str, why: str, due: date | None, *, about: str = ""
) -> Duty:
    return Duty(
        kind=f"home.{kind}",
        subject=("setting", setting.pk),
        whose=permitted(P.CONTRACTS_MANAGE),
        about=about,
        what=what,
        called=label(setting),
        why=why,
        due=due,
        deed=deed,
        place=place,
        gravity=Gravity.AGREED,
        key=setting.pk,
    )


def of_texts(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Texts that nobody reads yet, for each who may see every name: few wait, and few may."""
    waiting = HeldText.objects.filter(settled_at=None).select_related(
        "incident__contract", "case__evaluation__contract"
    )
    texts = {text.pk: text for text in waiting}
    if not texts:
        return
    for user in _who_may(list(texts.values()), on):
        visible = children_visible_to(user, on=on)
        for pk in held.to_read(user, visible=visible, on=on).values_list("pk", flat=True):
            text = texts[pk]
            yield Duty(
                kind="text.read",
                subject=("held_text", pk),
                whose=person(user.pk),
                called=held.about(text),
                what="Read a text before others do",
                deed="Read it",
                place=f"text_to_read {pk}",
                key=pk,
                why="Its writer may not see every name that it must not hold, so nobody sees it yet.",
                gravity=Gravity.UNSEEN,
            )


def _who_may(texts: list[HeldText], on: date) -> list[User]:
    """Those who may be asked: who see incidents or placements by their role, or are tied to a child named."""
    children: set[int] = set()
    for text in texts:
        if text.incident is not None:
            children |= set(text.incident.children.values_list("child", flat=True))
            children.add(text.incident.contract.child_id or 0)
        if text.case is not None:
            children.add(text.case.child_id or 0)
        children.add(text.child_id or 0)
    ties = Tie.objects.filter(access.held_on(on), subject_type=CHILD, subject_id__in=children).values("user")
    near = access.users_who_may(P.INCIDENTS_VIEW, on=on) | access.users_who_may(P.PLACEMENTS_VIEW, on=on)
    return list((near | User.objects.filter(is_active=True, pk__in=ties)).distinct().order_by("pk"))


_AT_SETTING = "select setting_id as key from changed where setting_id is not null"
SOURCES = (
    Source("homes", of_homes, {
        "placements_placement": _AT_SETTING, "contracts_visit": _AT_SETTING,
        "contracts_homereport": "select setting_id as key from changed",
        "contracts_contractsetting": "select setting_id as key from changed",
        "contracts_contract": "select s.setting_id as key from changed c join contracts_contractsetting s"
                              " on s.contract_id = c.id",
        "ofsted_setting": "select id as key from changed",
    }, settled=frozenset({"people_user", "people_organisation", "people_professional"})),
    Source("texts", of_texts, {
        "contracts_heldtext": "", "contracts_incidentchild": "", "contracts_incident": "",
        "contracts_evaluationcase": "", "people_roleheld": "",
        "people_tie": "select null::bigint as key from changed where subject_type in ('child', 'incident')",
    }, settled=frozenset({
        "contracts_contract", "contracts_evaluation", "people_child", "people_user", "placements_placement",
        "socialcare_involvement", "people_organisation",
    })),
)  # fmt: skip
