"""Placements begun and ended, exceptions, and what follows from a judgement for the children already there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from django.db import DatabaseError, connection, transaction

from plumbline.contracts import intake as contracts_intake
from plumbline.contracts.operations import rating as contracts
from plumbline.flags import operations as flags
from plumbline.flags.operations import Raised
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.ofsted import intake as settings_intake
from plumbline.ofsted import queries as settings_known
from plumbline.ofsted.evaluation import StatusChange
from plumbline.ofsted.models import MonthlyCheck, Setting
from plumbline.ofsted.operations import lists, month
from plumbline.people import acting
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Child
from plumbline.placements import flagging, guard, intake, queries, rules
from plumbline.placements.access import children_visible_to, open_on
from plumbline.placements.flag_kinds import CONTACT_PROVIDER
from plumbline.placements.models import Enquiry, Grounds, Placement, PlacementException
from plumbline.placements.states import EXCEPTION_MOVES


class HasStatusChanges(Protocol):
    @property
    def status_changes(self) -> tuple[StatusChange, ...]: ...


Recorded = TypeVar("Recorded", bound=HasStatusChanges)


@dataclass(frozen=True, slots=True)
class Judged(Generic[Recorded]):
    """What was recorded, and the flags about children that followed."""

    recorded: Recorded
    raised: Raised


@dataclass(frozen=True, slots=True)
class Followed:
    """Which settings have another status now, and the flags about children that followed."""

    status_changes: tuple[StatusChange, ...]
    raised: Raised


@operation
def take_judgements(*, record: Callable[..., Recorded], act: Act, **said: Any) -> Judged[Recorded]:
    """The one way in for anything that Ofsted says. `record` is one of ofsted.operations (record_list,
    record_judgement, record_notice, end_notice, record_unregistered_use, end_unregistered_use), `said` its arguments.

    It records and derives the status; the contracts of the settings are rated again; then, by a second statement, the
    children there are found and flagged. Contracts first: everybody locks contracts before flags.
    """
    recorded = record(act=act, **said)
    # Only a list names schools, and only who reads one, the login `worker`, may point again what names a setting.
    if record is lists.record_list:
        _follow_registers(act=act)
    contracts.follow_settings(act=act)
    return Judged(recorded, raise_flags(act=act))


@operation
def turn_of_the_day(*, act: Act) -> Raised:
    """What a new day changes: notices that begin or end, newer rules, placements that began or ended, late checks."""
    return follow_statuses(act=act).raised


@operation
def follow_statuses(*, act: Act) -> Followed:
    """Derive again every status that may be another now, also where a list was taken back, and what follows of it."""
    changes = lists.reevaluate(act=act)
    # Schools that were judged by hand and are on no list are known since.
    _follow_registers(act=act)
    contracts.follow_settings(act=act)
    return Followed(tuple(changes), raise_flags(act=act))


def _follow_registers(*, act: Act) -> None:
    """A URN of six digits, named before any list was read, may have been taken for a home's and be a school's: what
    names it points to the setting that is meant, as if the list had come first (docs/adr/0013). Login `worker`."""
    meant = settings_intake.meant_otherwise()
    concerned = contracts_intake.follow_registers(meant)
    moved = intake.follow_registers()
    if not (meant or concerned or moved):
        return
    settings_intake.let_go(meant)
    if concerned:
        contracts.rerate(contract_ids=concerned, act=act)
    act.record("placements.settings.found", settings=len(meant), contracts=len(concerned), placements=moved)


@operation
def raise_flags(*, act: Act, placement_id: int | None = None) -> Raised:
    """Bring every flag about placements in line with what is recorded now: raise, pass on, close with the reason.

    Call it after anything that changes placements, workers or settings, as a statement after theirs at READ COMMITTED:
    it then finds the children whose placement was committed while a setting was being judged. Raises nothing twice.
    With `placement_id` only the flags about that placement.
    """
    _mark_what_began_adverse()
    return flags.reconcile(
        wanted=flagging.wanted_on(act.on, placement_id=placement_id),
        kinds=rules.FLAG_KINDS,
        why_closed=lambda over: flagging.why_closed(over, on=act.on),
        act=act,
        subject=("placement", placement_id) if placement_id is not None else None,
    )


def _mark_what_began_adverse() -> None:
    """An imported placement may turn out to have begun at an adverse setting, when an older judgement arrives."""
    with connection.cursor() as cursor:
        cursor.execute(
            """update placements_placement p set began_adverse = t.adverse
               from (select p.id, coalesce(s.status = any(%s), false) as adverse
                     from placements_placement p left join ofsted_statusperiod s on s.setting_id = p.setting_id
                        and s.from_on <= p.started_on and (s.to_on is null or s.to_on > p.started_on)
                     where p.source <> 'here') t
               where t.id = p.id and p.began_adverse <> t.adverse""",
            [list(rules.BLOCKED)],
        )


# --- placements -----------------------------------------------------------------------------------------------------


@operation
def begin_placement(
    *,
    child_id: int,
    setting_id: int,
    started_on: date,
    ended_on: date | None = None,
    placement_type: str = "",
    provider_type: str = "",
    act: PersonalAct,
) -> Placement:
    """Record that a child is placed. Raises RuleBroken (setting_adverse) where the setting may take nobody and no
    exception for this child covers the day: the database itself refuses, this says it first and in words.
    """
    act.check(Permission.PLACEMENTS_RECORD)
    child = _child(child_id, act=act)
    setting = settings_known.get_setting(setting_id=setting_id)
    rules.check_days(started_on=started_on, ended_on=ended_on, on=act.on)
    pk = _insert(
        child=child,
        setting=setting,
        started_on=started_on,
        ended_on=ended_on,
        placement_type=placement_type,
        provider_type=provider_type,
    )
    placement = Placement.objects.select_related("setting").get(pk=pk)
    act.record(
        "placements.placement.begun",
        subject=placement,
        child_id=child.pk,
        setting=setting.urn,
        status=setting.status,
        started_on=started_on.isoformat(),
        exception=placement.exception_id,
    )
    # An exception has a flag of its own, which is not about the placement.
    raise_flags(act=act, placement_id=None if placement.exception_id else pk)
    return placement


def _insert(
    *, child: Child, setting: Setting, started_on: date, ended_on: date | None, placement_type: str, provider_type: str
) -> int:
    """With its number first, by which it is known here as others are by that of their source."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('placements_placement', 'id'))")
        number: int = cursor.fetchone()[0]
    try:
        with transaction.atomic():
            Placement.objects.create(
                pk=number,
                source=Placement.Source.HERE,
                source_id=f"H{number}",
                child=child,
                setting=setting,
                urn_wording=setting.urn,
                placement_type=placement_type,
                provider_type=provider_type,
                started_on=started_on,
                ended_on=ended_on,
            )
        return number
    except DatabaseError as error:
        refusal = guard.refusal(error)
        if refusal is None:
            raise
        raise refusal from error


@operation
def end_placement(*, placement_id: int, ended_on: date, act: PersonalAct) -> Placement:
    """Record the end of a placement that was recorded here; others are ended where they are kept."""
    act.check(Permission.PLACEMENTS_RECORD)
    placement = queries.placements_visible_to(act.by, on=act.on).filter(pk=placement_id).first()
    if placement is None:
        raise NotAllowed(f"There is no placement {placement_id}.")
    placement = Placement.objects.select_for_update(of=("self",), no_key=True).get(pk=placement_id)
    if placement.source != Placement.Source.HERE:
        raise RuleBroken("A placement that another system recorded is ended there.", code="recorded_elsewhere")
    if placement.ended_on is not None and placement.ended_on <= ended_on:
        raise RuleBroken(f"The placement ended on {wording.day(placement.ended_on)}.", code="wrong_state")
    rules.check_days(started_on=placement.started_on, ended_on=ended_on, on=act.on)
    if ended_on > act.on:
        raise RuleBroken(f"{wording.day(ended_on)} is a date in the future.", code="future_date")
    placement.ended_on = ended_on
    placement.save(update_fields=["ended_on"])
    act.record(
        "placements.placement.ended", subject=placement, child_id=placement.child_id, ended_on=ended_on.isoformat()
    )
    raise_flags(act=act, placement_id=placement_id)
    return placement


def _child(child_id: int, *, act: PersonalAct) -> Child:
    child = children_visible_to(act.by, on=act.on).filter(pk=child_id).first()
    if child is None:
        raise NotAllowed(f"There is no child {child_id}.")
    return child


# --- the provider -----------------------------------------------------------------------------------------------------


@operation
def record_provider_contact(*, setting_id: int, said: str, act: PersonalAct) -> int:
    """The provider of a setting was spoken to about the risks and asked for its improvement plan; `said`: what came of
    it, naming no child. Settles that step on every open flag about a child placed there; returns on how many.

    Raises RuleBroken (nothing_to_do) where no flag of the setting waits for it.
    """
    act.check(Permission.PROVIDER_CONTACT)
    setting = settings_known.get_setting(setting_id=setting_id)
    if not said.strip():
        raise RuleBroken("Say what the provider said, and what it will do by when.", code="missing_result")
    there = list(Placement.objects.filter(setting=setting).values_list("pk", flat=True))
    settled = flags.record_for_all(
        code=CONTACT_PROVIDER, subject_type="placement", subject_ids=there, result=said, act=act
    )
    if not settled:
        raise RuleBroken("No flag of this setting waits for its provider to be spoken to.", code="nothing_to_do")
    act.record("placements.provider.contacted", subject=setting, because=said.strip(), flags=settled)
    return settled


# --- exceptions -----------------------------------------------------------------------------------------------------


@operation
def ask_exception(
    *,
    child_id: int,
    setting_id: int,
    grounds: str,
    reason: str,
    safeguards: str,
    childs_wishes: str = "",
    from_on: date,
    ends_on: date,
    act: PersonalAct,
) -> PlacementException:
    """Ask leave to place one child at one setting that may take nobody.

    On emergency grounds the placement may begin at once, that night or the next day; the head of service decides by
    the next working day, and until then a flag says that nobody has.
    """
    act.check(Permission.PLACEMENT_EXCEPTION_ASK)
    child = _child(child_id, act=act)
    setting = settings_known.get_setting(setting_id=setting_id)
    if grounds not in Grounds.values:
        raise RuleBroken(f"“{grounds}” is none of the grounds: {', '.join(Grounds.values)}.", code="unknown_code")
    rules.check_exception(
        status=setting.status,
        grounds=grounds,
        reason=reason,
        safeguards=safeguards,
        from_on=from_on,
        ends_on=ends_on,
        on=act.on,
    )
    acting.act(act.by, on=act.on)
    exception = PlacementException.objects.create(
        child=child,
        setting=setting,
        grounds=grounds,
        reason=reason.strip(),
        safeguards=safeguards.strip(),
        childs_wishes=childs_wishes.strip(),
        from_on=from_on,
        ends_on=ends_on,
        asked_by=act.by,
        asked_at=act.at,
    )
    act.record(
        "placements.exception.asked",
        subject=exception,
        child_id=child.pk,
        because=reason.strip(),
        grounds=grounds,
        setting=setting.urn,
    )
    raise_flags(act=act)
    return exception


@operation
def decide_exception(*, exception_id: int, approve: bool, reason: str = "", act: PersonalAct) -> PlacementException:
    """Approve or refuse; never by the person who asked. A refusal says why."""
    act.check(Permission.PLACEMENT_EXCEPTION_DECIDE)
    exception = PlacementException.objects.select_for_update(of=("self",)).filter(pk=exception_id).first()
    if exception is None or not children_visible_to(act.by, on=act.on).filter(pk=exception.child_id).exists():
        raise NotAllowed(f"There is no exception {exception_id}.")
    if exception.asked_by_id == act.by.pk:
        raise RuleBroken("The person who asks for an exception does not decide it.", code="own_request")
    state = PlacementException.State.APPROVED if approve else PlacementException.State.REFUSED
    check_move(EXCEPTION_MOVES, PlacementException.State(exception.state), state)
    if not approve and not reason.strip():
        raise RuleBroken("Say why the exception is refused.", code="missing_reason")
    # By a function of the database, which checks the decider again: the pages may not write a decision.
    acting.act(act.by, on=act.on)
    with connection.cursor() as cursor:
        cursor.execute(
            "select placements_decide_exception(%s, %s, %s, %s, %s, %s)",
            [exception.pk, approve, act.by.pk, act.at, reason.strip(), act.on],
        )
    exception.refresh_from_db()
    act.record(
        "placements.exception.decided",
        subject=exception,
        child_id=exception.child_id,
        because=reason.strip(),
        state=state.value,
    )
    raise_flags(act=act)
    return exception


@operation
def may_i_place(*, asked: str, setting_id: int | None, act: PersonalAct) -> Enquiry:
    """Answer "may I place here, now?" and keep the answer under a number. No setting: none is known by these words.

    `answer`: verdict (yes, no, conditions), why (sentences), status, since, last_checked_on, gone_since, gone (from the
    list, or closed by the schools register), others (the owner's other settings that are not clear: urn, name,
    status), exceptions (how many are live there).
    """
    act.check(Permission.SETTINGS_VIEW)
    setting = None if setting_id is None else settings_known.get_setting(setting_id=setting_id)
    answer = queries.answer_for(setting, asked=asked, on=act.on)
    enquiry = Enquiry.objects.create(
        asked_at=act.at,
        asked_by=act.by,
        asked=asked[:200],
        setting=setting,
        day=act.on,
        may=answer["verdict"] != "no",
        answer=answer,
    )
    act.record("placements.enquiry.answered", subject=enquiry, asked=asked[:200], verdict=answer["verdict"])
    return enquiry


# --- the monthly check ------------------------------------------------------------------------------------------------


@operation
def open_month(
    *,
    act: Act,
    setting_ids: frozenset[int] = frozenset(),
) -> MonthlyCheck:
    """The check of this month, with a line for each setting with children now, and for `setting_ids` (those
    with contracts). Opened already: the settings that have come since are added.
    """
    ours = set(Placement.objects.filter(open_on(act.on), setting__isnull=False).values_list("setting", flat=True))
    check = month.open_month(month=act.on.replace(day=1), setting_ids=ours | setting_ids, act=act)
    raise_flags(act=act)
    return check


def open_report(*, item_id: int, act: PersonalAct) -> None:
    """The page of Ofsted's reports on the setting of a line of the month's check is opened."""
    month.open_report(item_id=item_id, act=act)


@operation
def complete_month(*, check_id: int, lists_note: str = "", act: PersonalAct) -> MonthlyCheck:
    """Both parts are done: the lists were read (or the note says why not), and every setting looked up."""
    check = month.complete_month(check_id=check_id, lists_note=lists_note, act=act)
    raise_flags(act=act)
    return check
