"""What the demonstration's people have done by its day, through the same operations as the pages."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from plumbline.earlyhelp.models import Tac, TacAudit
from plumbline.flags import operations as flags
from plumbline.flags.models import Flag
from plumbline.jobs import ways_in
from plumbline.ofsted import queries
from plumbline.ofsted.models import CheckItem, Setting, Status
from plumbline.ofsted.operations import month
from plumbline.people import operations as people
from plumbline.people.act import PersonalAct
from plumbline.people.models import User
from plumbline.people.queries import CHILD, TAC
from plumbline.placements import operations as placements
from plumbline.placements.models import Grounds, Placement

# The consultant's corner of the county, by the names of the organisations that lead there.
CONSULTANT_PLACE = "Aldbrook"
AUDIT_SAMPLE = 12
# First day of the month, the day of the check, and how many settings were left to look up.
CHECKS = (
    (date(2016, 5, 1), date(2016, 5, 5), 0),
    (date(2016, 6, 1), date(2016, 6, 6), 0),
    (date(2016, 7, 1), date(2016, 7, 6), 9),
)


def before_the_report(*, on: date) -> None:
    """The monthly checks, and what some have read."""
    for first, day, left in CHECKS:
        _check(first, day, left)
    placements.raise_flags(act=ways_in.act().of(on))
    _answer_flags(on)


def by_its_day(*, on: date) -> None:
    """Those whom the imported records do not name are tied to the cases that are theirs; one asks for an exception."""
    _tie_people(on)
    _ask_exception(on)
    _ask_role(on)


def _who(username: str, on: date) -> PersonalAct:
    return PersonalAct(User.objects.get(username=username), ways_in.now(), on)


def _tie_people(on: date) -> None:
    tacs = Tac.objects.filter(ended_on=None).order_by("source_id")
    _give("consultant", "consultant", tacs.filter(lead_wording__contains=CONSULTANT_PLACE), None, on)
    _give("member", "tac_member", tacs.filter(lead_wording__contains=CONSULTANT_PLACE)[:6], None, on)
    audited = TacAudit.objects.order_by("-audited_on", "source_id").values("tac")
    _give("auditor", "audit", Tac.objects.filter(pk__in=audited[:AUDIT_SAMPLE]), date(2016, 8, 31), on)
    # Children whose special educational needs the caseworker looks after; their TACs have been open the longest.
    _give("caseworker", "sen_caseworker", tacs.order_by("started_on", "source_id")[:3], None, on)
    looked_after = Placement.objects.filter(ended_on=None, source="social_care").order_by("source_id")
    people.tie(
        user=User.objects.get(username="reviewing"),
        subject_type=CHILD,
        why="reviewing_officer",
        subject_ids=[placement.child_id for placement in looked_after[:20]],
        from_on=date(2016, 4, 1),
        to_on=None,
        because="Demonstration: the reviewing officer of these children",
        act=ways_in.act().of(on),
    )


def _check(first: date, day: date, left: int) -> None:
    """The monthly check of the settings that had children on the day."""
    act = PersonalAct(User.objects.get(username="analyst"), datetime.combine(day, time(14, 30), tzinfo=UTC), day)
    placed = Placement.objects.filter(started_on__lte=day, setting__isnull=False).exclude(ended_on__lte=day)
    check = month.open_month(month=first, setting_ids=set(placed.values_list("setting", flat=True)), act=act)
    # Those of no list cannot be looked up on Ofsted's pages; they stay to do where something is left.
    items = (
        CheckItem.objects.filter(check_month=check)
        .select_related("setting")
        .order_by("setting__status", "setting__urn")
    )
    for item in items[: items.count() - left]:
        if item.setting.status == Status.UNMATCHED:
            note = "Looked for by its number on Ofsted's pages of reports; the provider is asked for its registration."
            month.check_not_found(item_id=item.pk, note=note, act=act)
            continue
        month.check_unchanged(item_id=item.pk, report_link=queries.report_address(item.setting), act=act)
    if not left:
        note = "Ofsted publishes the list of social-care providers once a year; that of 31 March 2016 had been read."
        month.complete_month(check_id=check.pk, lists_note=note, act=act)


def _answer_flags(on: date) -> None:
    """One worker has read their flags; the other has not yet."""
    for flag in Flag.objects.filter(state="open", kind="setting_adverse", recipients__recipient="SW055"):
        flags.acknowledge(flag_id=flag.pk, act=_who("worker2", on))


def _ask_exception(on: date) -> None:
    """A tribunal has named an adverse setting for one child: the head of service is to decide."""
    placement = Placement.objects.filter(ended_on=None, setting__status="clear").order_by("source_id").first()
    setting = Setting.objects.filter(status="adverse", placements__isnull=False).order_by("urn").first()
    if placement is None or setting is None:
        raise RuntimeError("The demonstration has no child or no adverse setting to ask about.")
    placements.ask_exception(
        child_id=placement.child_id,
        setting_id=setting.pk,
        grounds=Grounds.COURT,
        reason="The court named this home in its order of 28 July 2016.",
        safeguards="The social worker visits twice a week. The child has an advocate. The home sends its plan weekly.",
        childs_wishes="Wants to stay near the grandparents.",
        from_on=on,
        ends_on=on + timedelta(28),
        act=_who("placements", on),
    )


def _ask_role(on: date) -> None:
    """The administrator has asked for a role that a second person has to confirm."""
    people.give_role(
        user=User.objects.get(username="evaluator"),
        role="auditor",
        from_on=on + timedelta(1),
        to_on=on + timedelta(62),
        act=_who("admin", on),
    )


def _give(username: str, why: str, tacs: Iterable[Tac], to_on: date | None, on: date) -> None:
    user = User.objects.get(username=username)
    found = list(tacs)
    for subject_type, numbers in ((TAC, {t.pk for t in found}), (CHILD, {t.child_id for t in found})):
        people.tie(
            user=user,
            subject_type=subject_type,
            subject_ids=sorted(numbers),
            why=why,
            from_on=date(2016, 4, 1),
            to_on=to_on,
            because=f"Demonstration: {why}",
            act=ways_in.act().of(on),
        )
