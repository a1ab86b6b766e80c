"""The kinds of flag about contracts, incidents, meetings, visits and reports of homes."""

from plumbline.flags.rules import Kind

KINDS = (
    Kind(
        key="incident_reported",
        label="A serious incident was reported",
        severity=2,
        roles=("contract_officer", "service_area_lead"),
        at_once=True,
        due_in=0,
    ),
    Kind(
        key="notification_overdue",
        label="Someone was not told of a serious incident in time",
        severity=1,
        roles=("contract_officer", "service_area_lead", "management_team"),
        at_once=True,
        due_in=0,
    ),
    Kind(
        key="incident_child",
        label="A serious incident concerns a child",
        severity=2,
        worker=True,
        roles=("team_manager",),
        at_once=True,
        due_in=0,
    ),
    Kind(
        key="incident_form_missing",
        label="An incident was reported, and no incident form is agreed",
        severity=3,
        roles=("contract_officer", "service_area_lead"),
    ),
    Kind(
        key="go_live_overridden",
        label="A service went live with open safeguarding items",
        severity=2,
        roles=("management_team", "commissioner"),
        at_once=True,
    ),
    Kind(
        key="go_live_late",
        label="A service should have begun, and has not gone live",
        severity=2,
        roles=("management_team", "commissioner"),
        at_once=True,
    ),
    # To whom, `contracts` says for each contract: the management team, its manager, its service-area lead.
    Kind(
        key="contract_red", label="A contract is red", severity=2, worker=True, roles=("management_team",), at_once=True
    ),
    Kind(key="contract_amber", label="A contract is amber", severity=3, worker=True, roles=("management_team",)),
    Kind(
        key="evaluation_due",
        label="An evaluation meeting comes near or is late",
        severity=4,
        roles=("contract_officer",),
    ),
    Kind(key="visit_due", label="A yearly visit comes near or is late", severity=4, roles=("contract_officer",)),
    Kind(key="home_report_missing", label="A home’s report has not come", severity=3, roles=("contract_officer",)),
)
