"""Publishing figures, and running them again."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from plumbline.audit import moments
from plumbline.audit import operations as audit
from plumbline.indicators import differences, queries, questions
from plumbline.indicators.models import FrozenFigure, Publication
from plumbline.kernel.errors import RuleBroken
from plumbline.measures import disclosure
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User


def publish(
    *,
    title: str,
    questions_by_ref: Mapping[str, Mapping[str, Any]],
    profile: str,
    by: User | None,
    at: datetime,
    on: date,
) -> Publication:
    """Freeze the answers as known at one moment, chosen so that nothing in flight is half seen.

    Raises NotAllowed, and RuleBroken where a figure cannot be given: nothing is published then.
    """
    access.check(by, Permission.REPORT_PUBLISH, on=on)
    moment = moments.choose()
    frozen = {}
    for ref, question in questions_by_ref.items():
        asked = questions.read(question)
        frozen[ref] = (asked, queries.answer_unchecked(asked=asked, on=on, known_at=moment))
    with transaction.atomic():
        publication = Publication.objects.create(known_at=moment, title=title, profile=profile, published_by=by)
        FrozenFigure.objects.bulk_create(
            FrozenFigure(
                publication=publication,
                ref=ref,
                key=asked.measure.key,
                version=asked.measure.version,
                definition=asked.measure.fingerprint,
                asked=questions.write(asked),
                answer=answer.as_json(),
                shown=disclosure.protect_answer(answer, disclosure.get_profile(profile)).as_json(),
                observed_until=answer.observed_until,
            )
            for ref, (asked, answer) in frozen.items()
        )
        audit.record("indicators.publication.made", subject=publication, by=by, at=at, title=title, figures=len(frozen))
    return publication


def rerun(*, publication: Publication, viewer: User | None, on: date) -> list[dict[str, Any]]:
    """Every figure as published, as known then and as known now, with what changed since in words; for a viewer
    outside the case area as shown, with small counts withheld. `withheld`: which of the three are.

    A question that can no longer be answered as it was asked says so in `because`.
    """
    access.check(viewer, Permission.FIGURES_VIEW, on=on)
    profile = queries.profile_of(viewer, on=on)
    rows = []
    for figure in publication.figures.order_by("id"):
        published = figure.answer if profile is None else figure.shown
        row: dict[str, Any] = {"key": figure.key, "ref": figure.ref, "published": published["value"]}
        withheld = ["published"] if published["withheld"] else []
        try:
            asked = questions.read(figure.asked)
            then = queries.answer_unchecked(
                asked=asked, on=on, known_at=publication.known_at, native_until=figure.observed_until
            )
            now = queries.answer_unchecked(asked=asked, on=on)
        except RuleBroken as refusal:
            nothing = {"as_known_then": None, "as_known_now": None, "withheld": withheld}
            rows.append({**row, **nothing, "because": [refusal.reason]})
            continue
        body_then, body_now = then.as_json(), now.as_json()
        because = []
        if asked.measure.fingerprint != figure.definition:
            because.append(f"The definition has changed since version {figure.version} was published.")
        same = _figures_of(body_then) == _figures_of(figure.answer)
        if _figures_of(body_then) != _figures_of(body_now):
            guarded = profile and asked.measure.disclosure == "child"
            because += differences.because(
                asked=asked, on=on, since=publication.known_at, until=figure.observed_until,
                small=disclosure.get_profile(profile).threshold if guarded else 0,
            )  # fmt: skip
        if profile:
            body_then, body_now = (
                disclosure.protect_answer(each, disclosure.get_profile(profile)).as_json() for each in (then, now)
            )
        withheld += [
            name for name, body in (("as_known_then", body_then), ("as_known_now", body_now)) if body["withheld"]
        ]
        rows.append(
            {
                **row,
                "as_known_then": body_then["value"],
                "as_known_now": body_now["value"],
                "withheld": withheld,
                "same_as_published": same,
                "because": because,
            }
        )
    return rows


def _figures_of(body: Mapping[str, Any]) -> list[Any]:
    """What an answer says, but for the moment and the words beside it."""
    parts = ("value", "numerator", "denominator", "not_yet_known", "quartiles", "group", "at", "from", "to")
    return [[row.get(part) for part in parts] for row in (body, *body.get("rows", ()))]
