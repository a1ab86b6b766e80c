"""Every route of the site, told apart: those that may show a child's record, and how each is tried; and the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from tests.relations.situations import TODAY, Case, Situation


@dataclass(frozen=True)
class Probe:
    """One way to a child's record: `words` say it on the page, `routes` are the names of the routes that it tries.

    `address` gives where to ask, or "" where the case has no such record. `posted`: asked by POST, without an answer to
    any question, so that a page that takes the form refuses it in words and any other is not found.
    """

    words: str
    routes: tuple[str, ...]
    address: Callable[[Situation, Case], str]
    posted: bool = False


def _of(route: str, record: str, *more: object) -> Callable[[Situation, Case], str]:
    def address(situation: Situation, case: Case) -> str:
        found = getattr(case, record)
        return reverse(route, args=[found.pk, *more]) if found else ""

    return address


def _record(words: str, route: str, record: str, *more: object, posted: bool = False) -> Probe:
    return Probe(words, (route,), _of(route, record, *more), posted)


def _step(code: str) -> Callable[[Situation, Case], str]:
    def address(situation: Situation, case: Case) -> str:
        step = case.flag.steps.filter(code=code).first() if case.flag else None
        return reverse("flag_step", args=[case.flag.pk, step.pk]) if case.flag and step else ""

    return address


def _lists(words: str, route: str, *args: object, query: str = "") -> list[Probe]:
    """A list as a page and as the two files that can be taken out of it."""
    found = []
    for form, more in (("", ""), (", as CSV", "format=csv"), (", as XLSX", "format=xlsx")):
        asked = "&".join(part for part in (query, more) if part)
        address = reverse(route, args=args) + (f"?{asked}" if asked else "")
        found.append(Probe(words + form, (route,), lambda situation, case, address=address: address))
    return found


def _chosen(route: str) -> Callable[[Situation, Case], str]:
    """The page of a journey that comes after the child and the setting are chosen."""

    def address(situation: Situation, case: Case) -> str:
        setting = situation.setting
        return f"{reverse(route)}?child_id={case.child.pk}&register={setting.register}&urn={setting.urn}"

    return address


def _at_setting(section: str) -> Callable[[Situation, Case], str]:
    def address(situation: Situation, case: Case) -> str:
        setting = situation.setting
        args = [setting.register, setting.urn, *([section] if section else [])]
        return reverse("setting_section" if section else "setting", args=args)

    return address


def _search(words: Callable[[Case], str]) -> Callable[[Situation, Case], str]:
    return lambda situation, case: f"{reverse('search')}?q={words(case)}"


def _enquiry(situation: Situation, case: Case) -> str:
    return reverse("enquiry", args=[situation.enquiry.pk])


def _refused_list(situation: Situation, case: Case) -> str:
    return reverse("import", args=[case.refused.import_run_id])


_SECTIONS = (
    ("tacs", "early help"), ("social-care", "social care"), ("placements", "placements"), ("flags", "flags"),
    ("timeline", "timeline"),
)  # fmt: skip

# The ways to a child's record. A relation is tried with each.
PROBES: tuple[Probe, ...] = (
    # First, since the trail says what was searched for.
    *_lists("Who looked", "governance"),
    _record("A child's page", "child", "child"),
    *(_record(f"A child's page: {said}", "child_section", "child", key) for key, said in _SECTIONS),
    *_lists("The list of children", "children"),
    Probe("Search by the child's name", ("search",), _search(lambda case: case.name)),
    Probe("Search by the child's number", ("search",), _search(lambda case: case.child.source_id)),
    _record("A TAC's page", "tac", "tac"),
    _record("A TAC's page: what our records said", "tac_section", "tac", "history"),
    _record("A TAC's page: timeline", "tac_section", "tac", "timeline"),
    *_lists("The list of TACs", "tacs"),
    Probe("Search by a TAC's number", ("search",), _search(lambda case: case.tac.source_id)),
    _record("A placement's page", "placement", "placement"),
    *_lists("The list of placements", "placements"),
    Probe("A setting's page: children there", ("setting", "setting_section"), _at_setting("children")),
    Probe("A setting's page: now", ("setting", "setting_section"), _at_setting("")),
    _record("Ending a placement", "placement_end", "ends_here", posted=True),
    Probe("Recording a placement, the child chosen", ("placement_record",), _chosen("placement_record")),
    Probe("Asking for an exception, the child chosen", ("exception_ask",), _chosen("exception_ask")),
    _record("An exception's page", "exception", "exception"),
    *_lists("The list of exceptions", "exceptions"),
    Probe("One's own answer to “may I place here?”: exceptions", ("enquiry",), _enquiry),
    _record("Deciding on an exception", "exception", "exception", posted=True),
    _record("A flag's page", "flag", "flag"),
    *_lists("The list of flags", "flags"),
    Probe("My work", ("my_work",), lambda situation, case: reverse("my_work")),
    _record("Saying that one has read a flag", "flag_acknowledge", "flag", posted=True),
    Probe("The worker's step of a flag: the child seen", ("flag_step",), _step("child_seen"), True),
    Probe("The head's step of a flag: the decision", ("flag_step",), _step("decide"), True),
    _record("Closing a flag", "flag_close", "flag", posted=True),
    *_lists("The records behind a figure of TACs", "figure_records", "tac_open", query=f"as_at={TODAY}"),
    *_lists("The records behind a figure of placements", "figure_records", "placements_open", query=f"as_at={TODAY}"),
    *_lists("The queue “no longer in the extract”", "queue_gone_rows", "ssd_person"),
    _record("A refused row, to be mended", "refused", "refused"),
    _record("Mending a refused row", "refused_mend", "refused", posted=True),
    _record("Setting a refused row aside", "refused_set_aside", "refused", posted=True),
    _record("Reopening a refused row", "refused_reopen", "refused", posted=True),
    *_lists("The list of refused rows", "queue_refused"),
    Probe("An import with its refused rows", ("import",), _refused_list),
)

# The routes that show no child's record, each with the reason. Members and others far from children are tried on
# these, too (test_far_from_children).
NO_RECORD: Mapping[str, tuple[str, ...]] = {
    "the visitor's own account": (
        "account_login", "account_logout", "account_inactive", "account", "account_change_password",
        "account_reauthenticate", "mfa_authenticate", "mfa_reauthenticate", "mfa_index", "mfa_activate_totp",
        "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
    ),
    "the same for everybody": ("council_stylesheet", "accessibility", "glossary", "sources", "bank_holidays",
                               "labels", "label", "label_take_out", "reporting_contacts", "reporting_contact"),
    "counts of children, through the disclosure profile of the reader": (
        "figures", "figure", "figure_definition", "figure_trend", "figure_spark",
    ),
    "texts kept unseen until who sees every child concerned has read them; tried by a test of their own": (
        "texts_to_read", "text_to_read",
    ),
    "reports: claims, figures through a profile, and quotations that name nobody": (
        "scrutiny", "report_new", "report", "report_file", "report_publish", "report_again",
    ),
    "a setting, what Ofsted said of it, and how many children are there": (
        "settings", "setting_record", "settings_unregistered", "setting_judgement", "setting_notice",
        "setting_notice_end", "setting_unregistered", "setting_unregistered_end", "setting_provider", "may_i_place",
        "check", "check_month", "check_unchanged", "check_complete", "check_evidence",
        "check_report", "check_not_found",
    ),
    "lists of documents, actions and changes in law, which name no child": (
        "documents", "document_new", "law_changes", "law_change", "law_change_new", "law_change_withdraw", "actions",
    ),
    "what the council buys, without a record of its own": (
        "assessment_terms", "board_assessments", "contract_new", "contracts", "contracts_people",
        "contracts_people_undo", "contracts_published", "contracts_team", "home_reports", "incidents", "meetings_due",
        "notice", "notice_contract", "notice_tender", "notices", "notices_hand_in", "notices_look", "notices_take",
        "notices_upload", "policy_offers", "provider", "return_new", "returns", "supplier_queue",
        "supplier_undo", "suppliers", "tender_new", "tenders", "toolkit", "toolkit_new", "toolkits", "visit_accept",
        "visit_pack", "visit_plan", "visits_due",
    ),
    "files handed in and counts of their rows": (
        "imports", "import_new", "import_withdraw", "uploads", "upload", "upload_look", "upload_take", "withdrawal",
        "withdrawal_settle", "queues", "queue_gone",
    ),
    "wordings and organisations": (
        "queue_wording", "queue_wording_undo", "queue_organisations", "queue_organisation_decide",
        "queue_organisations_undo",
    ),
    "users, their roles and what is sent to them, which names no child": (
        "people", "user_new", "user", "user_give_role", "user_end_role", "roles_asked", "role_decide",
        "user_join_professional", "user_new_password", "user_switch", "user_leaving", "user_correct",
        "without_account", "emails", "invite", "invitation_send", "invitation_withdraw", "invited",
    ),
    "answers only to a form, and then leads to a list that is tried": ("flags_read",),
    "the visitor's own list: what is not theirs is not there (tests/integration/due)": (
        "put_off", "take_up", "read_back",
    ),
    "what someone has typed themselves, kept for them; and their session": (
        "typed_keep", "typed_discard", "session_go_on",
    ),
}  # fmt: skip

TRIED = frozenset(route for probe in PROBES for route in probe.routes)
TOLD_APART = {route: why for why, routes in NO_RECORD.items() for route in routes}
