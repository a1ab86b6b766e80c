"""What of placements, allocations and TACs is read by those who see no child: where, who with and when, never whose."""

from django.db import connection

_VIEWS = """
create or replace view placements_stay as
    select id, child_id, setting_id, caseworker_id, started_on, ended_on from placements_placement;
create or replace view placements_leave as
    select id, setting_id, state, from_on, ends_on from placements_placementexception;
create or replace view socialcare_allocation as
    select id, professional_id, team, from_on, to_on from socialcare_involvement;
create or replace view earlyhelp_led as
    select id, lead_organisation_id as organisation_id from earlyhelp_tac where lead_organisation_id is not null;
"""


def sync() -> None:
    """Make the views. Run by the owner after every migration."""
    with connection.cursor() as cursor:
        cursor.execute(_VIEWS)
