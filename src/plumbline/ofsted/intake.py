"""Settings made for URNs that a list, a placement or a person names first, and found again when a list tells more."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import ProtectedError

from plumbline.intake import merging
from plumbline.ofsted.models import CheckItem, Setting, StatusPeriod


def register_meant(urn: str) -> str:
    """As SQL: whose number a URN is where its source names no register, as contracts and social care do not. Six digits
    that only education knows are a school's; any other URN, and one that both know, is a home's.

    `urn`: the SQL of the URN. What it is can change with every list: see `meant_otherwise`.
    """
    return f"""(case when {urn} ~ '^[0-9]{{6}}$'
            and exists (select from ofsted_setting e where e.urn = {urn} and e.register = 'education'
                and (e.listed_on is not null or e.status <> 'unmatched'))
            and not exists (select from ofsted_setting h where h.urn = {urn} and h.register = 'social_care'
                and (h.listed_on is not null or h.status <> 'unmatched'))
        then 'education' else 'social_care' end)"""


def meant_otherwise() -> dict[int, int]:
    """Settings that no list names, made for URNs whose register is now known to be the other one: their numbers, and
    that of the setting that is meant."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select o.id, m.id from ofsted_setting o
                join ofsted_setting m on m.urn = o.urn and m.register = 'education'
                where o.urn ~ '^[0-9]{{6}}$' and o.register = 'social_care' and o.listed_on is null
                    and o.status = 'unmatched' and {register_meant("o.urn")} = 'education'
                order by o.urn, o.id"""
        )
        return dict(cursor.fetchall())


def setting_meant(urn: str) -> Setting:
    """The setting of a URN whose register nobody names; made where none is known."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {register_meant('u.urn')} from (select %s::text as urn) u", [urn])
        register = cursor.fetchone()[0]
    return setting_of(register=register, urn=urn)


def let_go(meant: Mapping[int, int]) -> None:
    """Take away the settings of `meant_otherwise` to which nothing points any more; where the month's check asks for
    one, it asks for the setting that is meant. What they were stays in the history."""
    for old, new in meant.items():
        waiting = CheckItem.objects.filter(setting=old, outcome=CheckItem.Outcome.TO_DO)
        waiting.filter(check_month__in=CheckItem.objects.filter(setting=new).values("check_month")).delete()
        waiting.update(setting=new)
        try:
            with transaction.atomic():
                StatusPeriod.objects.filter(setting=old).delete()
                Setting.objects.filter(pk=old).delete()
        except ProtectedError:
            # Someone wrote something about it under its own register: it stays for that.
            continue


def make_settings(urns: str, *, register: str, parameters: Mapping[str, Any] | None = None) -> None:
    """Make the settings that no list has named yet: they stand as unmatched. `urns`: a select of one column, urn;
    `register`: as SQL, of `s.urn`."""
    merging.insert(
        "ofsted_setting",
        given={"register": "n.register", "urn": "n.urn"},
        # The list that names it may be coming in at this instant.
        rows=f"""(select {register} as register, s.urn from (select distinct urn from ({urns}) u) s where s.urn <> '') n
            where not exists (select from ofsted_setting o where o.urn = n.urn and o.register = n.register)
            order by n.urn on conflict do nothing""",
        parameters=parameters or {},
    )


def setting_of(*, register: str, urn: str) -> Setting:
    """The setting with this URN, made where it is on no list yet."""
    make_settings("select %(urn)s::text as urn", register="%(register)s", parameters={"register": register, "urn": urn})
    return Setting.objects.get(register=register, urn=urn)
