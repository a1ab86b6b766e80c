"""Promise 1, past the pages: an operation refuses itself who may not."""

from pathlib import Path

import pytest

from tests.powers import page

pytestmark = [pytest.mark.django_db, pytest.mark.login("owner")]

# Why an operation asks nobody, and which ones.
ASKS_NOBODY = {
    "the night's, or the minute's": """
        actions.operations.raise_flags contracts.operations.assurance.take_up_all
        contracts.operations.decisions.write_digests contracts.operations.go_live.raise_go_live_flags
        contracts.operations.home_reports.raise_care_flags contracts.operations.incident_forms.raise_form_flags
        contracts.operations.incident_notices.escalate_overdue contracts.operations.rating.turn_of_the_day
        evidence.operations.raise_flags flags.operations.escalate_overdue flags.operations.tell_of_events
        flags.operations.write_digests placements.operations.turn_of_the_day
        toolkits.operations.reminders.raise_flags toolkits.operations.reminders.write_reminders
    """,
    "what follows from an operation that has asked": """
        contracts.operations.assurance.take_up contracts.operations.contacts.stop_mail
        contracts.operations.contacts.write_to_own contracts.operations.held_texts.hide_texts
        contracts.operations.held_texts.hold_text contracts.operations.incident_notices.follow
        contracts.operations.incident_notices.raise_child_flags
        contracts.operations.incident_notices.raise_incident_flags
        contracts.operations.incidents.link_child_placed_there contracts.operations.incidents.link_found
        contracts.operations.people.follow contracts.operations.rating.follow_settings
        contracts.operations.rating.raise_flags contracts.operations.rating.rerate
        contracts.operations.register.follow_published evidence.operations.keep_document
        evidence.operations.share_with_owner flags.operations.reconcile
        flags.operations.record_for_all ofsted.operations.lists.record_list
        ofsted.operations.lists.reevaluate
        placements.operations.follow_statuses placements.operations.raise_flags
    """,
    "what follows from an import, whose command or page has asked": """
        commissioning.operations.ocds.take_releases earlyhelp.operations.refresh_ties
        exchange.operations.ties.refresh_ties people.operations.align_ties socialcare.operations.refresh_ties
    """,
    "the person who has the link of the e-mail may, signed in or not": "contracts.operations.contacts.mark_mail_read",
    "the trace of what a person has just done themself": """
        earlyhelp.operations.look_at_tac evidence.operations.note_opened people.operations.begin_attempt
        people.operations.end_attempt people.operations.look_at_child people.operations.look_at_list
        people.operations.note_password_changed people.operations.note_second_factor people.operations.note_sign_out
    """,
    "setting up, by the login that looks after the database": """
        scrutiny.operations.load_question_sets toolkits.operations.versions.take_shipped
    """,
}


def test_each_operation_refuses_as_the_page_says(tmp_path: Path) -> None:
    tried = page.tried(tmp_path)
    asks_nobody = sorted(name.removeprefix("plumbline.") for name, roles in tried.items() if roles == (page.ANYONE,))
    assert asks_nobody == sorted(name for names in ASKS_NOBODY.values() for name in names.split())
    assert page.PAGE.read_text(encoding="utf-8") == page.written(tried), (
        "look at each line, then run `python -m tests.powers --write`"
    )
