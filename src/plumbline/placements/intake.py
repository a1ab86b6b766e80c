"""Placements that social care and special educational needs recorded, as an extract brings them.

They happened: none is refused for the setting's judgement. The guard notes on the row whether it began at an adverse
setting, and `placements.operations.raise_flags` tells those concerned.
"""

from collections.abc import Callable

from django.db import connection

from plumbline.intake.tables import Column, Intake, same
from plumbline.ofsted.intake import make_settings, register_meant
from plumbline.people import intake as people_intake
from plumbline.people import operations as people
from plumbline.people.act import Act
from plumbline.people.acting import operation
from plumbline.socialcare import intake as socialcare


def _intake(
    *,
    source: str,
    register: str,
    columns: tuple[Column, ...],
    joins: str = "",
    fill: Callable[[str], None] | None = None,
) -> Intake:
    return Intake(
        table="placements_placement",
        columns=(
            Column("child_id", "c.id", "person"),
            Column("setting_id", "g.id", "urn_wording"),
            *same("urn_wording", "started_on", "ended_on"),
            *columns,
        ),
        joins=f"""join people_child c on c.source_id = s.person
            left join ofsted_setting g on g.urn = s.urn and g.register = {register} {joins}""",
        needs=(socialcare.NAMED_CHILD,),
        fixed={"source": f"'{source}'", "source_id": "s.id"},
        match="t.source_id = s.id",
        scope=f"t.source = '{source}'",
        fill=fill,
        before=lambda staged: make_settings(f"select urn from {staged}", register=register),
    )


FROM_SOCIAL_CARE = _intake(
    source="social_care",
    # The extract of social care names no register: a school that a child is placed at is one of education.
    register=register_meant("s.urn"),
    columns=same("placement_type", "provider_type"),
    fill=socialcare.find_child_in_care,
)

FROM_SEN = _intake(
    source="sen",
    register="'education'",
    columns=(Column("caseworker_id", "p.id", "caseworker_wording"), *same("caseworker_wording")),
    joins="left join people_professional p on p.source_id = s.caseworker_wording",
)

# The user of a caseworker reaches the child while the placement lasts, and while an extract still holds it.
_CASEWORKERS = """
    select u.id as user_id, p.child_id as subject_id, p.started_on as from_on,
        least(p.ended_on, o.missing_since) as to_on
    from placements_placement p join people_user u on u.professional_id = p.caseworker_id
        left join placements_placementorigin o on o.id = p.id"""


@operation
def refresh_ties(*, act: Act) -> int:
    """Tie each user to the children whose special educational needs placement is theirs; how many ties changed."""
    return people.align_ties(subject_type="child", why="sen_caseworker", wanted=_CASEWORKERS, act=act)


def follow_registers() -> int:
    """Let imported placements of social care point to the setting that their URN means now; how many (login `worker`).

    They began before we knew: the guard notes whether at an adverse setting, and refuses none.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""update placements_placement p set setting_id = m.id from ofsted_setting o, ofsted_setting m
                where o.id = p.setting_id and o.urn ~ '^[0-9]{{6}}$' and p.source = 'social_care'
                    and m.urn = o.urn and m.id <> o.id
                    and m.register = {register_meant("o.urn")}"""
        )
        return cursor.rowcount


def find_caseworkers() -> int:
    """Name the caseworker of placements whose id was not known when they came in; how many."""
    return people_intake.find_professionals(
        "placements_placement", column="caseworker_id", wording="caseworker_wording"
    )
