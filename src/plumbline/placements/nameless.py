"""What of placements, allocations, TACs, flags and incidents is read by those who see no child: where, who with and
when, never whose."""

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
create or replace view flags_numberedflag as
    select id, kind, subject_type, subject_id, raised_on, state from flags_flag;
create or replace view flags_numberedstep as
    select id, flag_id, code, due_on, done_at, done_by_id from flags_flagstep;
create or replace view contracts_numberedlink as select id, incident_id from contracts_incidentchild;
"""


def sync() -> None:
    """Make the views. Run by the owner after every migration."""
    with connection.cursor() as cursor:
        cursor.execute(_VIEWS)
