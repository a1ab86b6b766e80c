"""Who signs in, the roles and ties that they hold, and what the council's wordings of codes and organisations mean."""

import re
import secrets
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import Q

from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.identifiers import any_form
from plumbline.kernel.names import sort_key
from plumbline.kernel.transitions import check_move
from plumbline.people import access, acting, guessing
from plumbline.people.access import PROVIDER_USER, ROLES, Permission, roles_in_words
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import (
    Attempt,
    Child,
    CodeMapping,
    Organisation,
    OrganisationName,
    Professional,
    RoleAsked,
    RoleHeld,
    Tie,
    User,
)
from plumbline.people.states import ROLE_MOVES


@operation
def align_ties(
    *, subject_type: str, why: str, wanted: str, parameters: Mapping[str, Any] | None = None, act: Act
) -> int:
    """Make the ties of one kind what the records of a higher room say; how many were made, moved or ended.

    `wanted` is a select of user_id, subject_id, from_on, to_on (NULL: still). A tie that is not wanted any more ends at
    this moment, or is taken away where it began today at the earliest; so does one whose last day, as is only learnt
    now, is today.
    """
    values = {**(parameters or {}), "subject_type": subject_type, "why": why, "on": act.on, "at": act.at}
    merged = f"""with wanted as materialized (
            select user_id, subject_id, from_on,
                nullif(max(case when to_on is null then 'infinity' else greatest(to_on, from_on) end),
                    'infinity') as to_on
            from ({wanted}) w group by user_id, subject_id, from_on)"""
    ours = "t.subject_type = %(subject_type)s and t.why = %(why)s"
    same = "w.user_id = t.user_id and w.subject_id = t.subject_id and w.from_on = t.from_on"
    ended = "case when w.to_on = %(on)s then %(at)s::timestamptz end"
    changed = 0
    with connection.cursor() as cursor:
        for statement in (
            f"""{merged} delete from people_tie t
                where {ours} and t.from_on >= %(on)s and not exists (select from wanted w where {same})""",
            f"""{merged} update people_tie t set to_on = %(on)s, ended_at = %(at)s
                where {ours} and t.from_on < %(on)s and (t.to_on is null or t.to_on >= %(on)s) and t.ended_at is null
                    and not exists (select from wanted w where {same})""",
            f"""{merged} update people_tie t set to_on = w.to_on, ended_at = {ended} from wanted w
                where {ours} and {same} and t.to_on is distinct from w.to_on""",
            f"""{merged} insert into people_tie (user_id, subject_type, subject_id, why, from_on, to_on, ended_at)
                select w.user_id, %(subject_type)s, w.subject_id, %(why)s, w.from_on, w.to_on, {ended} from wanted w
                where not exists (select from people_tie t where {ours} and {same})""",
        ):
            cursor.execute(statement, values)
            changed += cursor.rowcount
    if changed:
        act.record("people.ties.aligned", about=subject_type, why=why, changed=changed)
    return changed


@operation
def tie(
    *,
    user: User,
    subject_type: str,
    subject_ids: Collection[int],
    why: str,
    from_on: date,
    to_on: date | None,
    because: str,
    act: Act,
) -> None:
    """Let a user reach records from a day, perhaps to a day: a consultant asked in, an auditor for a sample. Asked for
    once more from the same day, it lasts as is said now."""
    act.check(Permission.USERS_MANAGE)
    _not_oneself(user, act.by)
    if to_on is not None and to_on < from_on:
        raise RuleBroken("The last day is before the first.", code="end_before_start")
    Tie.objects.bulk_create(
        (
            Tie(user=user, subject_type=subject_type, subject_id=number, why=why, from_on=from_on, to_on=to_on)
            for number in subject_ids
        ),
        update_conflicts=True,
        unique_fields=["user", "subject_type", "subject_id", "why", "from_on"],
        update_fields=["to_on", "ended_at"],
    )
    act.record(
        "people.ties.given", subject=user, because=because, about=subject_type, why=why, records=len(subject_ids)
    )


def look_at_child(*, child_id: int, page: str, act: PersonalAct) -> None:
    """Leave the trace that someone opened a page about a child, by name or by number, and as what."""
    act.record(
        "people.child.viewed",
        by_role=roles_in_words(act.by, on=act.on),
        subject_type=Child._meta.label_lower,
        subject_id=child_id,
        child_id=child_id,
        page=page,
    )


def look_at_list(*, kind: str, asked: Mapping[str, str], act: PersonalAct) -> None:
    """Leave the trace that someone looked at a list of records about children: what they asked for, not whom they saw.

    `kind` is what the list holds: children, tacs, placements, exceptions, flags, refused_rows, trail, found.
    """
    act.record(f"people.{kind}.listed", by_role=roles_in_words(act.by, on=act.on), asked=dict(asked))


@operation
def set_code(*, column: str, wording: str, wording_key: str, code: str, act: Act) -> None:
    """Map a wording of a column to a code, or to another one than before. The caller puts the rows right."""
    act.check(Permission.LISTS_MANAGE)
    mapping = CodeMapping.objects.select_for_update(of=("self",)).filter(column=column, wording_key=wording_key).first()
    before = mapping.code if mapping else ""
    if mapping is None:
        mapping = CodeMapping(column=column, wording_key=wording_key)
    mapping.wording, mapping.code = wording, code
    mapping.save()
    act.record("people.wording.mapped", subject=mapping, column=column, wording=wording, code=code, before=before)


@operation
def unset_code(*, column: str, wording_key: str, act: Act) -> None:
    """Take a mapping back. Raise RuleBroken where there is none."""
    act.check(Permission.LISTS_MANAGE)
    mapping = CodeMapping.objects.select_for_update(of=("self",)).filter(column=column, wording_key=wording_key).first()
    if mapping is None:
        raise RuleBroken("This wording is not mapped.", code="not_mapped")
    act.record("people.wording.unmapped", subject=mapping, column=column, wording=mapping.wording, code=mapping.code)
    mapping.delete()


@operation
def add_organisation(*, name: str, sector: str, urn: str = "", act: Act) -> Organisation:
    """A new organisation in the council's register. Raise RuleBroken for a name taken or a sector not known."""
    act.check(Permission.LISTS_MANAGE)
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("The organisation needs a name.", code="missing_name")
    if sector not in Organisation.Sector.values:
        raise RuleBroken(f"“{sector}” is not a sector that is known here.", code="unknown_code")
    if Organisation.objects.filter(sort_key=sort_key(name)).exists():
        raise RuleBroken(f"{name} is in the register already.", code="name_taken")
    organisation = Organisation.objects.create(name=name, sort_key=sort_key(name), sector=sector, urn=urn)
    act.record("people.organisation.added", subject=organisation, name=name, sector=sector)
    return organisation


@operation
def name_organisation(*, wording: str, organisation: Organisation, act: Act) -> None:
    """Let a wording of a source mean this organisation. The caller puts the rows right."""
    act.check(Permission.LISTS_MANAGE)
    known, _ = OrganisationName.objects.update_or_create(
        sort_key=sort_key(wording), defaults={"wording": wording, "organisation": organisation}
    )
    act.record("people.organisation.named", subject=organisation, wording=wording, name_id=known.pk)


@operation
def unname_organisation(*, wording: str, act: Act) -> None:
    """Take back what a wording was said to mean. Raise RuleBroken where nothing was said."""
    act.check(Permission.LISTS_MANAGE)
    known = OrganisationName.objects.select_for_update(of=("self",)).filter(sort_key=sort_key(wording)).first()
    if known is None:
        raise RuleBroken("This wording was not mapped here.", code="not_mapped")
    act.record("people.organisation.unnamed", subject=known.organisation, wording=known.wording)
    known.delete()


ADMINISTRATOR = "administrator"


def _not_oneself(user: User, by: User | None) -> None:
    if by is not None and by.pk == user.pk:
        raise RuleBroken("Nobody changes what they themselves may do. Ask another administrator.", code="own_powers")


def _not_invited(user: User) -> None:
    """The link of the invitation is the one way into an account that was made by it."""
    if not user.has_usable_password():
        raise RuleBroken(
            f"{user.called} was invited by e-mail and has not chosen a password. The link of the invitation is the one "
            "way in: the person who invited them can send it again.",
            code="invited",
        )


@operation
def make_user(*, username: str, name: str, email: str = "", professional: str = "", act: Act) -> tuple[User, str]:
    """A new user without a role, and the password to hand over, which is kept nowhere.

    `professional` is the number under which the council's own system knows them. Raises RuleBroken for a name that is
    taken or cannot be typed, and for a number that is not known.
    """
    act.check(Permission.USERS_MANAGE)
    username = username.strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,149}", username):
        raise RuleBroken(
            "A user name has at least two small letters or figures, and may have dots, dashes and underscores.",
            code="bad_username",
        )
    if User.objects.filter(username=username).exists():
        raise RuleBroken(f"The user name {username} is taken.", code="name_taken")
    if not name.strip():
        raise RuleBroken("The user needs a name.", code="missing_name")
    password = secrets.token_urlsafe(12)
    user = User.objects.create(
        username=username,
        name=" ".join(name.split()),
        email=email,
        password=make_password(password),
        professional=_professional(professional),
        must_change_password=True,
    )
    act.record("people.user.made", subject=user, username=username, professional=professional)
    return user, password


@operation
def new_password(*, user: User, act: Act) -> str:
    """A new password to hand over, which is changed at the first sign-in; the old one and every session opened with it
    end."""
    act.check(Permission.USERS_MANAGE)
    _not_oneself(user, act.by)
    _not_invited(user)
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    act.record("people.user.password_renewed", subject=user)
    return password


@operation
def correct_user(*, user: User, name: str, email: str, act: Act) -> bool:
    """Put a user's name and e-mail address right; the event keeps what they were. Returns whether anything changed.

    One's own too: neither gives a power. Raises RuleBroken (missing_name).
    """
    act.check(Permission.USERS_MANAGE)
    name, email = " ".join(name.split()), email.strip()
    if not name:
        raise RuleBroken("The user needs a name.", code="missing_name")
    user = User.objects.select_for_update().get(pk=user.pk)
    before = {"name": user.name, "email": user.email}
    after = {"name": name, "email": email}
    if before == after:
        return False
    user.name, user.email = name, email
    user.save(update_fields=["name", "email"])
    act.record("people.user.corrected", subject=user, before=before, after=after)
    return True


@operation
def join_professional(*, user: User, professional: str, act: Act) -> None:
    """Say which professional of the imported records a user is; empty: none. The caller refreshes the ties."""
    act.check(Permission.USERS_MANAGE)
    _not_oneself(user, act.by)
    user.professional = _professional(professional, user=user)
    user.save(update_fields=["professional"])
    act.record("people.user.joined", subject=user, professional=professional)


@operation
def give_role(
    *, user: User, role: str, team: str = "", organisation: str = "", from_on: date, to_on: date | None, act: Act
) -> RoleHeld | RoleAsked:
    """Give a role from a day, perhaps to a day. One that reaches children, the trail or others' roles is asked for, and
    a second person confirms it (`decide_role`), but where the machine's administrator gives it.

    `organisation` is the name or the number of the provider whose people they are: a provider's user needs one, and
    nobody else has one. Raises RuleBroken for a role or a provider not known, days out of order, one's own role, or a
    role that is held for this team and provider on a day of these already.
    """
    act.check(Permission.USERS_MANAGE)
    _not_oneself(user, act.by)
    if role not in ROLES:
        raise RuleBroken(f"“{role}” is not a role.", code="unknown_role")
    if to_on is not None and to_on < from_on:
        raise RuleBroken("The last day is before the first.", code="end_before_start")
    team = " ".join(team.split())
    of = _provider_of(role, organisation)
    acting.act(act.by, on=act.on)
    # Two roles given at once wait for each other here.
    User.objects.select_for_update().get(pk=user.pk)
    _check_not_held(user=user, role=role, team=team, organisation=of, from_on=from_on, to_on=to_on)
    words: dict[str, Any] = {
        "role": role, "team": team, "from_on": from_on.isoformat(), "to_on": to_on.isoformat() if to_on else None,
        "organisation": of.pk if of else None,
    }  # fmt: skip
    if act.by is not None and access.needs_second_person(role):
        waiting = RoleAsked.objects.filter(
            user=user, role=role, team=team, organisation=of, state=RoleAsked.State.ASKED
        )
        if waiting.exists():
            raise RuleBroken("This role has been asked for, and waits to be confirmed.", code="role_asked")
        asked = RoleAsked.objects.create(
            user=user,
            role=role,
            team=team,
            organisation=of,
            from_on=from_on,
            to_on=to_on,
            asked_by=act.by,
            asked_at=act.at,
        )
        act.record("people.role.asked", subject=user, **words)
        return asked
    held = RoleHeld.objects.create(user=user, role=role, team=team, organisation=of, from_on=from_on, to_on=to_on)
    act.record("people.role.given", subject=user, **words)
    return held


@operation
def decide_role(*, asked_id: int, given: bool, act: PersonalAct) -> RoleAsked:
    """Confirm or decline a role that someone else has asked for a third person: from today, if its day has passed.

    Raises NotAllowed where there is no such role to confirm, RuleBroken for the two who may not.
    """
    act.check(Permission.USERS_CONFIRM)
    asked = RoleAsked.objects.select_for_update(of=("self",)).select_related("user").filter(pk=asked_id).first()
    if asked is None:
        raise NotAllowed(f"There is no role asked for under {asked_id}.")
    _not_oneself(asked.user, act.by)
    if asked.asked_by_id == act.by.pk:
        raise RuleBroken("You asked for it; someone else has to confirm it.", code="own_request")
    to = RoleAsked.State.GIVEN if given else RoleAsked.State.DECLINED
    check_move(ROLE_MOVES, RoleAsked.State(asked.state), to)
    if given and asked.to_on is not None and asked.to_on < act.on:
        raise RuleBroken("Its last day has passed. Decline it.", code="end_before_start")
    acting.act(act.by, on=act.on)
    asked.state = to
    asked.decided_by, asked.decided_at = act.by, act.at
    asked.save(update_fields=["state", "decided_by", "decided_at"])
    if given:
        User.objects.select_for_update().get(pk=asked.user_id)
        held: dict[str, Any] = {
            "user": asked.user, "role": asked.role, "team": asked.team, "organisation": asked.organisation,
            "from_on": max(asked.from_on, act.on), "to_on": asked.to_on,
        }  # fmt: skip
        _check_not_held(**held)
        RoleHeld.objects.create(**held)
    act.record(
        f"people.role.{'given' if given else 'declined'}",
        subject=asked.user,
        role=asked.role,
        team=asked.team,
        from_on=asked.from_on.isoformat(),
        to_on=asked.to_on.isoformat() if asked.to_on else None,
        organisation=asked.organisation_id,
        asked_by=asked.asked_by_id,
    )
    return asked


def _check_not_held(
    *, user: User, role: str, team: str, organisation: Organisation | None, from_on: date, to_on: date | None
) -> None:
    overlapping = RoleHeld.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=from_on) | Q(to_on=from_on, ended_at__isnull=True),
        user=user,
        role=role,
        team=team,
        organisation=organisation,
    )
    if to_on is not None:
        overlapping = overlapping.filter(from_on__lte=to_on)
    if overlapping.exists():
        raise RuleBroken(f"{user} holds the role {ROLES[role].label.lower()} then already.", code="role_held")


def _provider_of(role: str, wording: str) -> Organisation | None:
    """The provider of this name or number under the name in use, for the role that is held for one."""
    wording = " ".join(wording.split())
    if role != PROVIDER_USER:
        if wording:
            raise RuleBroken("Only a provider user belongs to a provider.", code="not_a_provider_role")
        return None
    if not wording:
        raise RuleBroken("Say whose people they are: without a provider they see nothing.", code="missing_provider")
    found = {
        each.merged_into or each
        for each in Organisation.objects.select_related("merged_into").filter(
            Q(sort_key=sort_key(wording))
            | Q(other_names__sort_key=sort_key(wording))
            | Q(identifiers__value__in=any_form(wording))
        )
    }
    if len(found) != 1:
        raise RuleBroken(
            f"“{wording}” is {'more than one' if found else 'no'} supplier in the register. Write its name, or its"
            " number as a company or charity, as the list of suppliers has it.",
            code="unknown_provider",
        )
    return found.pop()


@operation
def end_role(*, held: RoleHeld, because: str, act: Act) -> None:
    """End a role at this moment, or take it away where it had not begun.

    Raises RuleBroken (last_administrator) where nobody would be left to manage users.
    """
    act.check(Permission.USERS_MANAGE)
    _not_oneself(held.user, act.by)
    administrators = _administrators(on=act.on)
    held = RoleHeld.objects.select_for_update(of=("self",)).select_related("user").get(pk=held.pk)
    if held.ended_at is not None or (held.to_on is not None and held.to_on < act.on):
        raise RuleBroken("This role has ended already.", code="wrong_state")
    if held.role == ADMINISTRATOR and not any(each.pk != held.pk for each in administrators):
        raise RuleBroken(
            "This is the last administrator. Make someone else an administrator first.", code="last_administrator"
        )
    acting.act(act.by, on=act.on)
    act.record("people.role.ended", subject=held.user, because=because, role=held.role, team=held.team)
    if held.from_on > act.on:
        held.delete()
    else:
        held.to_on, held.ended_at = act.on, act.at
        held.save(update_fields=["to_on", "ended_at"])


@operation
def switch_off(*, user: User, because: str, act: Act) -> None:
    """Let a user not sign in any more, and end their sessions for good; what they did stays theirs.

    Raises RuleBroken (last_administrator)."""
    act.check(Permission.USERS_MANAGE)
    administrators = _administrators(on=act.on)
    user = User.objects.select_for_update().get(pk=user.pk)
    if any(held.user_id == user.pk for held in administrators) and all(
        held.user_id == user.pk for held in administrators
    ):
        raise RuleBroken(
            "This is the last administrator. Make someone else an administrator first.", code="last_administrator"
        )
    _not_oneself(user, act.by)
    user.is_active = False
    user.session_stamp = secrets.token_hex(16)
    user.save(update_fields=["is_active", "session_stamp"])
    act.record("people.user.switched_off", subject=user, because=because)


@operation
def switch_on(*, user: User, because: str, act: Act) -> None:
    """Let a user sign in again, with the roles that have not ended."""
    act.check(Permission.USERS_MANAGE)
    _not_oneself(user, act.by)
    _not_invited(user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    act.record("people.user.switched_on", subject=user, because=because)


def _professional(source_id: str, *, user: User | None = None) -> Professional | None:
    source_id = source_id.strip().upper()
    if not source_id:
        return None
    found = Professional.objects.select_for_update(of=("self",)).filter(source_id=source_id).first()
    if found is None:
        raise RuleBroken(
            f"No professional {source_id} is known from the imported records.", code="unknown_professional"
        )
    other = User.objects.filter(professional=found).first()
    if other is not None and other != user:
        raise RuleBroken(
            f"{source_id} is joined to the user {other.username} already, and one worker is one user.",
            code="professional_taken",
        )
    return found


def _administrators(*, on: date) -> list[RoleHeld]:
    """The roles by which someone who can sign in manages users today, locked: two cannot both be the last to go."""
    return list(
        RoleHeld.objects.select_for_update(of=("self",))
        .filter(access.held_on(on), role=ADMINISTRATOR, user__is_active=True)
        .order_by("pk")
    )


@operation
def begin_attempt(*, kind: str, username: str, source: str, act: Act) -> datetime | None:
    """Count an attempt to get in before it is looked at, so that many at once are counted too; None: look at it.

    Otherwise the moment until which nothing is looked at. `kind`: password or code; `source`: as `guessing` has it.
    The day is not asked: attempts are counted by the clock.
    """
    with connection.cursor() as cursor:
        for key in sorted({f"attempt of {username}", f"attempt from {source}"}):
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    Attempt.objects.filter(at__lt=act.at - timedelta(days=1)).delete()
    failures = list(Attempt.objects.filter(Q(username=username) | Q(source=source), at__gt=act.at - timedelta(hours=1)))
    about = {"kind": kind, "username": username, "source": source}
    until = guessing.wait_until(failures, **about, at=act.at)
    if until is not None:
        user = User.objects.filter(username=username).first()
        act.record("people.sign_in.refused", subject=user, what=kind, source=source)
        return until
    Attempt.objects.create(at=act.at, **about)
    return None


@operation
def end_attempt(*, kind: str, username: str, source: str, succeeded: bool, act: Act) -> None:
    """What came of an attempt: a success forgets this place's failures; a failure is an event, and the last before the
    wait one of its own. A name that is nobody's is not kept in the trail: it may be a password typed in its field."""
    user = User.objects.filter(username=username).first()
    mine = Attempt.objects.filter(kind=kind, username=username, source=source)
    if succeeded:
        mine.delete()
        act.record("people.sign_in.passed", subject=user, what=kind, source=source)
        return
    act.record("people.sign_in.failed", subject=user, what=kind, source=source)
    failures = list(Attempt.objects.filter(Q(username=username) | Q(source=source), at__gt=act.at - timedelta(hours=1)))
    limit = guessing.limit_of(failures, kind=kind, username=username, source=source, at=act.at)
    if (
        sum(
            f.at > act.at - guessing.WAIT
            for f in failures
            if (f.kind, f.username, f.source) == (kind, username, source)
        )
        >= limit
    ):
        act.record("people.sign_in.shut_out", subject=user, what=kind, source=source)


@operation
def note_sign_out(*, act: PersonalAct) -> None:
    """Leave the trace that someone signed out. The day is not asked."""
    act.record("people.sign_in.ended", subject=act.by)


@operation
def note_second_factor(*, change: str, act: PersonalAct) -> None:
    """Leave the trace of a change to someone's own second factor: set_up, taken_off, codes_made."""
    act.record(f"people.second_factor.{change}", subject=act.by)


@operation
def note_password_changed(*, act: PersonalAct) -> None:
    """Someone has chosen their own password: nobody else knows it any more."""
    User.objects.filter(pk=act.by.pk).update(must_change_password=False)
    act.by.must_change_password = False
    act.record("people.password.changed", subject=act.by)
