"""What placements and settings give people to do: exceptions to decide, providers to speak to, the monthly check."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Count, Exists, Min, OuterRef, Q

from plumbline.audit.moments import shown
from plumbline.flags.models import Flag, FlagState, FlagStep
from plumbline.flags.queries import addresses_that_refused
from plumbline.kernel.duties import BACK, Duty, Gravity, Source, news_since, of_role, permitted, person
from plumbline.kernel.moments import day_of
from plumbline.kernel.wording import day, how_many, month
from plumbline.ofsted.models import CheckItem, MonthlyCheck, Setting
from plumbline.ofsted.wording import label, one_reason
from plumbline.people import access
from plumbline.people.access import ROLES, Permission
from plumbline.people.models import RoleHeld, Tie
from plumbline.people.queries import CHILD
from plumbline.placements import due_of_flags
from plumbline.placements.accounts import without_account
from plumbline.placements.flag_kinds import CONTACT_PROVIDER
from plumbline.placements.models import Placement, PlacementException, Stay
from plumbline.placements.queries import settings_with_children
from plumbline.placements.rules import BLOCKED
from plumbline.socialcare.models import Involvement

P = Permission


def of_exceptions(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """For who decides, of each child whom they may see; and what was decided, for who asked."""
    lately = Q(decided_at__gt=news_since(on))
    rows = PlacementException.objects.filter(Q(state=PlacementException.State.ASKED) | lately)
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    placed = Exists(Placement.objects.filter(child=OuterRef("child")))
    allocated = Exists(Involvement.objects.filter(access.lasting_on(on), child=OuterRef("child")))
    rows = rows.annotate(near=placed | allocated).select_related("child", "setting", "asked_by", "decided_by")
    for each in rows.order_by("pk"):
        called = f"{{child|A child}}, at {label(each.setting)}"
        if each.decided_at is not None:
            said = "Approved" if each.state == PlacementException.State.APPROVED else "Refused"
            yield Duty(
                kind=f"{BACK}exception",
                subject=("exception", each.pk),
                about=each.decided_at.isoformat(),
                whose=person(each.asked_by_id, P.PLACEMENTS_VIEW),
                child=each.child_id,
                called=called,
                what=f"{said}: the exception that you asked for",
                gravity=Gravity.HOUSEKEEPING,
                deed="Look at it",
                why=f"{each.decided_by}, on {day(shown(each.decided_at))}: {each.decision_reason}",
                place=f"exception {each.pk}",
                key=each.pk,
            )
            continue
        decides = P.PLACEMENT_EXCEPTION_DECIDE
        tied = Tie.objects.filter(access.held_on(on), subject_type=CHILD, subject_id=each.child_id)
        whose = [person(pk, decides) for pk in tied.order_by("user").values_list("user", flat=True).distinct()]
        if each.near and not each.child.restricted:
            whose.append(permitted(decides))
        for one in whose:
            yield Duty(
                kind="exception.decide",
                subject=("exception", each.pk),
                whose=one,
                but=(each.asked_by_id,),
                matter=("child", each.child_id),
                child=each.child_id,
                called=called,
                key=each.pk,
                what="Decide: may this child be placed at an adverse setting?",
                gravity=Gravity.UNSEEN,
                why=f"{each.get_grounds_display()}. Asked by {each.asked_by}: {each.reason}",
                due=max(each.from_on, day_of(each.asked_at, on=on)),
                deed="Decide",
                place=f"exception {each.pk}",
                asked=f"Asked for on {day(shown(each.asked_at))}.",
            )


def of_settings(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Whose provider is to be spoken to, once for each setting; and for who checks and sees no child, how many are
    where none should begin."""
    steps = FlagStep.objects.filter(
        done_at=None, code=CONTACT_PROVIDER, flag__state=FlagState.OPEN, flag__subject_type="placement"
    )
    placements = dict(steps.values_list("flag__subject_id").annotate(due=Min("due_on")))
    first: dict[int, date] = {}
    for number, place in Stay.objects.filter(pk__in=placements).values_list("pk", "setting"):
        if place is not None:
            first[place] = min(placements[number], first.get(place, placements[number]))
    there = settings_with_children(on=on)
    for setting in Setting.objects.filter(pk__in=first).order_by("pk"):
        children = there.get(setting.pk, (0, on))[0]
        yield Duty(
            kind="provider.contact",
            subject=("setting", setting.pk),
            whose=permitted(P.PROVIDER_CONTACT),
            what=f"Speak to the provider of {label(setting)}",
            called=f"{label(setting)}: {how_many(children, 'child', 'children')} placed there",
            why=one_reason(setting),
            due=first[setting.pk],
            deed="Record the conversation",
            place=f"setting_provider {setting.register} {setting.urn}",
            key=setting.pk,
            gravity=Gravity.DANGER if setting.status == "unregistered" else Gravity.UNSEEN,
        )
    adverse = Setting.objects.filter(pk__in=there, status__in=BLOCKED).values_list("pk", flat=True)
    children = sum(there[pk][0] for pk in adverse)
    # Of those who check and do not speak to providers themselves.
    for role in ROLES.values():
        if adverse and P.MONTHLY_CHECK in role.permissions and P.PROVIDER_CONTACT not in role.permissions:
            yield Duty(
                kind="settings.adverse",
                subject=("settings.adverse", 0),
                whose=of_role(role.key),
                what=f"{how_many(len(adverse), 'setting', 'settings')} with our children "
                f"{'is' if len(adverse) == 1 else 'are'} adverse, unregistered or closed",
                called=how_many(children, "child", "children") + " placed there",
                gravity=Gravity.UNSEEN,
                why="The contract officer speaks to each provider, and asks for its improvement plan.",
                deed="See the settings",
                place="settings ?status=blocked&ours=yes",
            )


def of_check(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """The monthly check, until it is complete; as late as the latest of the flags that it settles."""
    first = on.replace(day=1)
    late = Flag.objects.filter(kind="check_late", state=FlagState.OPEN)
    counted = late.aggregate(number=Count("pk"), due=Min("due_on"))
    number, due = counted["number"], counted["due"]
    why = (
        f"{how_many(number, 'setting', 'settings')} with our children "
        f"{'has' if number == 1 else 'have'} not been checked for a month. "
        if number
        else ""
    )
    check = MonthlyCheck.objects.filter(month=first).first()
    if check is None:
        what, called = f"Open the check of {month(first)}", "Ofsted’s lists, and each setting with our children"
        why, button = f"{why}The check is due on the fifth working day of the month.", "Go to the monthly check"
    elif check.completed_at is None:
        items = CheckItem.objects.filter(check_month=check)
        total, left = items.count(), items.filter(outcome=CheckItem.Outcome.TO_DO).count()
        what = f"Look up {how_many(left, 'setting', 'settings')}" if left else "Complete the check"
        what, called = f"{what}: the check of {month(first)}", f"{total - left} of {total} done"
        button, due = "Go on with the check", min(filter(None, (check.due_on, due)))
    else:
        return
    yield Duty(
        kind="check.month",
        subject=("monthly_check", 0),
        whose=permitted(P.MONTHLY_CHECK),
        what=what,
        called=called,
        why=why,
        due=due,
        deed=button,
        place="check",
        gravity=Gravity.AGREED,
    )


def of_accounts(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Who could not be told of an open flag, and whose address refuses e-mail: someone was told in their place."""
    untold = [each for each in without_account(on=on) if each.flags]
    for whose, teams in _keepers({each.team for each in untold}):
        number = sum(teams is None or each.team in teams for each in untold)
        if number:
            yield Duty(
                kind="account.missing",
                subject=("accounts", 0),
                whose=whose,
                due=on,
                gravity=Gravity.AGREED,
                what=f"{how_many(number, 'worker has', 'workers have')} open flags and no account",
                why="Others were told in their place. They get what is open as soon as they have an account.",
                deed="See who",
                place="without_account",
            )


def _keepers(teams: Collection[str]) -> Iterable[tuple[str, set[str] | None]]:
    """For each `whose` of those who have accounts made, of which teams (None: of all)."""
    for role in ROLES.values():
        if P.ACCOUNTS_MISSING not in role.permissions:
            continue
        if role.key != "team_manager":
            yield of_role(role.key), None
            continue
        yield f"put:{role.key}/*", None
        for team in sorted(filter(None, teams)):
            yield f"put:{role.key}/{team}", {team}


def of_addresses(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    for user in addresses_that_refused().select_related("professional"):
        teams = {user.professional.department} if user.professional else set()
        held = RoleHeld.objects.filter(access.held_on(on), user=user).values_list("team", flat=True)
        teams = {team for team in {*teams, *held} if team}
        why = f"{user.email}: “{user.refused_because[:200]}”. Until then nothing reaches them by e-mail."
        yield Duty(
            kind="address.refused",
            subject=("user", user.pk),
            whose=permitted(P.USERS_MANAGE),
            due=on,
            called=str(user),
            what="Put an e-mail address right: it refused a message",
            why=why,
            deed="Correct it",
            place=f"user {user.pk}",
            gravity=Gravity.AGREED,
            key=user.pk,
        )
        for whose, of in _keepers(teams):
            yield Duty(
                kind="address.refused",
                subject=("user", user.pk),
                whose=whose,
                due=on,
                called=str(user),
                what="Have an e-mail address corrected: it refused a message",
                why=why,
                deed="See what it said",
                place="without_account",
                gravity=Gravity.AGREED,
                key=user.pk,
                but=(user.pk,) if of else (),
            )


_STAYS = {"placements_placement": ""}
SOURCES = (
    *due_of_flags.SOURCES,
    Source(
        name="exceptions", of=of_exceptions,
        watched={
            "placements_placementexception": "select id as key from changed",
            "placements_placement": "select e.id as key from changed c join placements_placementexception e"
                                    " on e.child_id = c.child_id where e.state = 'asked'",
            "socialcare_involvement": "select e.id as key from changed c join placements_placementexception e"
                                      " on e.child_id = c.child_id where e.state = 'asked'",
            "people_child": "select e.id as key from changed c join placements_placementexception e"
                            " on e.child_id = c.id where e.state = 'asked'",
            "people_tie": "select e.id as key from changed c join placements_placementexception e"
                          " on e.child_id = c.subject_id where c.subject_type = 'child' and e.state = 'asked'",
        },
        settled=frozenset({"ofsted_setting", "people_user"}),
    ),
    Source("settings", of_settings, {**_STAYS, "flags_flagstep": "", "flags_flag": "", "ofsted_setting": ""}),
    Source("check", of_check, {"flags_flag": "", "ofsted_monthlycheck": "", "ofsted_checkitem": ""}),
    Source("accounts", of_accounts, {
        **_STAYS, "flags_flagfor": "", "flags_flag": "", "socialcare_involvement": "", "people_professional": "",
        "people_user": "",
    }, only_when={"people_user": "update of professional_id, is_active, email"}),
    Source(
        "addresses", of_addresses, {"flags_message": "", "people_user": "", "people_roleheld": ""},
        only_when={"people_user": "update of professional_id, is_active, email"},
        settled=frozenset({"people_professional"}),
    ),
)  # fmt: skip
