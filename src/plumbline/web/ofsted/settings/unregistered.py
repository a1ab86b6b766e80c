"""The gravest state: settings used though they are not registered, what was done about each, and its end."""

from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse

from plumbline.audit.moments import shown
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed
from plumbline.ofsted.operations import by_hand
from plumbline.ofsted.queries import unregistered_use_now
from plumbline.people.access import Permission, may
from plumbline.placements import operations, queries
from plumbline.web.kit import setting_words as words
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.ofsted.settings.entering import back, question, said, setting_of
from plumbline.web.ofsted.settings.forms import EndByHand, UnregisteredByHand


def _review(row: Any) -> str:
    return f"last held {wording.day(shown(row.reviewed_at))}" if row.reviewed_at else "none held yet"


class Uses(tables.Table):
    title = "Unregistered settings in use"
    one, many = "setting", "settings"
    columns = (
        tables.Column("setting", "Setting", lambda row: words.label(row.setting), sort="setting__urn",
                      link=lambda row: words.address(row.setting)),
        tables.Column("from_on", "Used since", sort="from_on"),
        tables.Column("children", "Our children there", numeric=True, sort="children"),
        tables.Column("legal_basis", "Legal basis"),
        tables.Column("court_order_on", "Court order", sort="court_order_on", absent="not recorded"),
        tables.Column("ofsted_told_on", "Ofsted told", sort="ofsted_told_on", absent="not recorded"),
        tables.Column("registration_applied_on", "Registration applied for", sort="registration_applied_on",
                      absent="not recorded"),
        tables.Column("review_due", "Next senior review", sort="review_due", absent="none due", note=_review,
                      note_heading="Last senior review"),
    )  # fmt: skip
    filters = (
        tables.YesNo("told", "Ofsted told", lambda rows, yes: rows.filter(ofsted_told_on__isnull=not yes)),
        tables.YesNo("applied", "Registration applied for",
                     lambda rows, yes: rows.filter(registration_applied_on__isnull=not yes)),
    )  # fmt: skip
    order = "from_on"
    empty = "No unregistered setting is in use."


@requires(Permission.SETTINGS_VIEW)
def uses(request: Request) -> HttpResponseBase:
    """Each with what was done about it. A count is no child's record."""
    table = Uses(request, queries.unregistered(request.user, on=request.day))
    return tables.page(
        request,
        table,
        "ofsted/settings/unregistered.html",
        {
            "sees_placements": may(request.user, Permission.PLACEMENTS_VIEW, on=request.day),
            "breadcrumbs": [("Settings", reverse("settings")), ("Unregistered settings in use", "")],
        },
    )


@requires(Permission.MONTHLY_CHECK)
def record(request: Request, register: str, urn: str) -> HttpResponseBase:
    """That a setting is not registered; or, where that is known, what was done about it since."""
    setting = setting_of(request, register, urn)
    standing = unregistered_use_now(setting)
    form = UnregisteredByHand(request.POST or None, initial=_given(standing) if standing else None)
    if standing:
        del form.fields["from_on"]
    for name in ("court_order_on", "ofsted_told_on", "registration_applied_on"):
        form.day_field(name).no_later_than = (request.day, "That day is still to come")
    if standing:
        do = partial(
            operations.take_judgements, record=by_hand.update_unregistered_use, use_id=standing.pk, act=acting(request)
        )
    else:
        do = partial(
            operations.take_judgements,
            record=by_hand.record_unregistered_use,
            setting_id=setting.pk,
            act=acting(request),
        )
    return ask(
        request,
        form,
        question(
            setting,
            heading="What was done about it" if standing else "Say that it is not registered",
            button="Record it",
            about="The gravest state a setting can have. No child is placed there, every child there is flagged at "
            "once, and a senior manager reviews each of them every week.",
        ),
        do=do,
        done=said(setting, "The use without registration"),
        to=back(request, setting),
    )


def _given(use: Any) -> dict[str, Any]:
    names = ("legal_basis", "court_order_on", "ofsted_told_on", "registration_applied_on")
    return {name: getattr(use, name) for name in names}


@requires(Permission.MONTHLY_CHECK)
def end(request: Request, register: str, urn: str) -> HttpResponseBase:
    """It is registered now, or no child of ours is there any more."""
    setting = setting_of(request, register, urn)
    standing = unregistered_use_now(setting)
    if standing is None:
        raise NotAllowed(f"There is no open use of {urn} without registration.")
    form = EndByHand(request.POST or None, label="Last day of use without registration")
    form.day_field("to_on").no_later_than = (request.day, "That day is still to come")
    return ask(
        request,
        form,
        question(
            setting,
            heading="End the use without registration",
            button="Record the end",
            about=f"Used since {wording.day(standing.from_on)}. The setting goes back to the status that follows from "
            "what else is known of it.",
        ),
        do=partial(
            operations.take_judgements, record=by_hand.end_unregistered_use, use_id=standing.pk, act=acting(request)
        ),
        done=said(setting, "The end of the use without registration"),
        to=back(request, setting),
    )
