"""What has to be flagged about placements on a day, from what is recorded now: whatever came in first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from plumbline.flags import rules as flag_rules
from plumbline.flags.kinds import kinds
from plumbline.flags.models import Flag
from plumbline.flags.rules import Wanted
from plumbline.kernel.wording import day, month
from plumbline.ofsted import establishments
from plumbline.ofsted.models import MonthlyCheck
from plumbline.placements import rules
from plumbline.placements.models import Placement, PlacementException
from plumbline.placements.rules import Concern

# Placements open on the day (imported ones: at the horizon of their extract, where that is earlier), or ended ones too,
# each with its setting and the person who is allocated to the child on that day.
CONCERNED = """
with horizon as (
    select case source when 'ssd_cla_placement' then 'social_care' else 'sen' end as source, max(extracted_on) as day
    from intake_extract where source in ('ssd_cla_placement', 'school_placements') group by 1
), open_then as (
    select p.*, least(%(on)s::date, h.day) as day
    from placements_placement p left join horizon h on h.source = p.source
)
select p.id, p.source, p.source_id, p.child_id, p.started_on, p.urn_wording, p.day,
    s.id, s.urn, coalesce(s.status, 'unmatched'), s.status_since, coalesce(s.reasons, '[]'), s.gone_since,
    s.last_checked_on, coalesce(c.source_id, nullif(p.caseworker_wording, ''), w.worker, ''),
    coalesce(nullif(c.department, ''), w.team, '')
from open_then p
left join ofsted_setting s on s.id = p.setting_id
left join people_professional c on c.id = p.caseworker_id
left join lateral (
    select coalesce(f.source_id, i.professional_wording) as worker, i.team
    from socialcare_involvement i left join people_professional f on f.id = i.professional_id
    where i.child_id = p.child_id and i.from_on <= p.day and (i.to_on is null or i.to_on > p.day)
        and p.source <> 'sen' and p.caseworker_id is null and p.caseworker_wording = ''
    order by i.role ilike '%%allocated%%' desc, i.from_on desc, i.id desc limit 1
) w on true
where (%(also_ended)s or p.started_on <= p.day and (p.ended_on is null or p.ended_on > p.day))
    and (%(among)s::bigint[] is null or p.id = any(%(among)s))
order by p.id
"""


@dataclass(frozen=True, slots=True)
class OfSetting:
    """A setting with children, for the flags about the setting itself."""

    setting_id: int
    urn: str
    status: str
    gone: bool
    last_checked_on: date | None


def wanted_on(on: date, *, placement_id: int | None = None) -> list[Wanted]:
    """The flags that should be open on a day. With `placement_id`, only those about that placement."""
    wanted: list[Wanted] = []
    settings: dict[int, OfSetting] = {}
    for concern, setting in concerned(on, among=None if placement_id is None else [placement_id]):
        wanted += _of_placement(concern)
        if setting:
            settings[setting.setting_id] = setting
    if placement_id is None:
        wanted += _checks_late(settings.values(), on)
        wanted += _undecided_exceptions()
        wanted += _months_late(on)
    return wanted


def concerned(
    on: date, *, among: Sequence[int] | None = None, also_ended: bool = False
) -> Iterable[tuple[Concern, OfSetting | None]]:
    """Placements with what flags about them are raised from; `among`: only these, `also_ended`: open or not."""
    with connection.cursor() as cursor:
        cursor.execute(CONCERNED, {"on": on, "among": None if among is None else list(among), "also_ended": also_ended})
        rows = cursor.fetchall()
    # Of what is on no list now: row[8] is the URN, row[9] the status, row[12] since when it is gone.
    explained = establishments.explained({row[8] for row in rows if row[8] and (row[9] == "unmatched" or row[12])})
    for row in rows:
        (
            pk,
            source,
            source_id,
            child_id,
            started_on,
            wording,
            _,
            setting_id,
            urn,
            status,
            since,
            reasons,
            gone_since,
            checked_on,
            worker,
            team,
        ) = row
        concern = Concern(
            placement_id=pk,
            source_id=source_id,
            child_id=child_id,
            started_on=started_on,
            looked_after=source == "social_care",
            urn=urn or wording,
            status=status,
            status_since=since,
            reasons=tuple(rules.reasons_of(reasons)),
            gone_since=gone_since,
            worker=worker,
            team=team,
            explained=" ".join(explained.get(urn, ())),
        )
        yield concern, setting_id and OfSetting(setting_id, urn, status, gone_since is not None, checked_on)


def _of_placement(concern: Concern) -> Iterable[Wanted]:
    for kind, reason in rules.flags_of(concern):
        to = flag_rules.recipients(
            kinds()[kind], worker=concern.worker, team=concern.team, looked_after=concern.looked_after
        )
        yield Wanted(
            kind=kind,
            subject_type="placement",
            subject_id=concern.placement_id,
            subject_source_id=concern.source_id,
            setting_urn=concern.urn,
            child_id=concern.child_id,
            reason=reason,
            recipients=to,
        )


def _checks_late(settings: Iterable[OfSetting], on: date) -> Iterable[Wanted]:
    for setting in settings:
        reason = rules.check_late(
            urn=setting.urn, status=setting.status, gone=setting.gone, last_checked_on=setting.last_checked_on, on=on
        )
        if reason:
            yield Wanted(
                kind="check_late",
                subject_type="setting",
                subject_id=setting.setting_id,
                setting_urn=setting.urn,
                reason=reason,
                recipients=flag_rules.recipients(kinds()["check_late"], worker=""),
            )


def _undecided_exceptions() -> Iterable[Wanted]:
    """Emergencies at night: the head of service decides by the next working day; open from the moment it is used."""
    waiting = PlacementException.objects.filter(state="asked", grounds="emergency_night", placements__isnull=False)
    for exception in waiting.select_related("setting").distinct().order_by("pk"):
        yield Wanted(
            kind="exception_undecided",
            subject_type="exception",
            subject_id=exception.pk,
            setting_urn=exception.setting.urn,
            child_id=exception.child_id,
            reason=f"A child was placed at setting {exception.setting.urn} in an emergency; nobody has decided on it.",
            recipients=flag_rules.recipients(kinds()["exception_undecided"], worker=""),
        )


def _months_late(on: date) -> Iterable[Wanted]:
    for check in MonthlyCheck.objects.filter(completed_at=None, due_on__lt=on).order_by("month"):
        yield Wanted(
            kind="monthly_check_late",
            subject_type="monthly_check",
            subject_id=check.pk,
            reason=f"The check of {month(check.month)} was due on {day(check.due_on)} and is not complete.",
            recipients=flag_rules.recipients(kinds()["monthly_check_late"], worker=""),
            due_on=check.due_on,
        )


def why_closed(flags: Sequence[Flag], *, on: date) -> Mapping[int, str]:
    """Why what each flag says is no longer so, in a sentence."""
    placements = {
        placement.pk: placement
        for placement in Placement.objects.filter(
            pk__in=[flag.subject_id for flag in flags if flag.subject_type == "placement"]
        ).select_related("setting")
    }
    return {
        flag.pk: _why(flag, placements.get(flag.subject_id or 0) if flag.subject_type == "placement" else None, on)
        for flag in flags
    }


def _why(flag: Flag, placement: Placement | None, on: date) -> str:
    if flag.kind == "check_late":
        return "The setting has been checked, or no child is placed there any more."
    if flag.kind == "exception_undecided":
        return "The exception has been decided."
    if flag.kind == "monthly_check_late":
        return "The check of the month is complete."
    if placement is None:
        return "The placement is no longer recorded."
    setting = placement.setting
    return rules.why_closed(
        kind=flag.kind,
        urn_then=flag.setting_urn,
        urn_now=setting.urn if setting else placement.urn_wording,
        status=setting.status if setting else "unmatched",
        ended_on=placement.ended_on,
        on=on,
        status_since=setting.status_since if setting else None,
    )
