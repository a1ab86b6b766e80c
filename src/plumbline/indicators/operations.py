"""Publishing figures, and running them again."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from plumbline.audit import moments
from plumbline.indicators import differences, queries, questions
from plumbline.indicators.models import FrozenFigure, Publication
from plumbline.kernel.errors import RuleBroken
from plumbline.measures import disclosure
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.models import User


def publish(*, title: str, questions_by_ref: Mapping[str, Mapping[str, Any]], profile: str, act: Act) -> Publication:
    """Freeze the answers as known at one moment, chosen so that nothing in flight is half seen.

    Raises NotAllowed, and RuleBroken where a figure cannot be given: nothing is published then.
    """
    act.check(Permission.REPORT_PUBLISH)
    moment = moments.choose()
    frozen = {}
    for ref, question in questions_by_ref.items():
        asked = questions.read(question)
        answer = queries.answer_unchecked(asked=asked, on=act.on, known_at=moment)
        frozen[ref] = (asked, answer, queries.protected(answer, profile=profile, on=act.on, known_at=moment))
    with transaction.atomic():
        publication = Publication.objects.create(known_at=moment, title=title, profile=profile, published_by=act.by)
        FrozenFigure.objects.bulk_create(
            FrozenFigure(
                publication=publication,
                ref=ref,
                key=asked.measure.key,
                version=asked.measure.version,
                definition=asked.measure.fingerprint,
                asked=questions.write(asked),
                answer=answer.as_json(),
                shown=shown.as_json(),
                observed_until=answer.observed_until,
            )
            for ref, (asked, answer, shown) in frozen.items()
        )
        act.record("indicators.publication.made", subject=publication, title=title, figures=len(frozen))
    return publication


def rerun(
    *,
    publication: Publication,
    viewer: User | None,
    on: date,
    alike: Callable[[Mapping[str, Mapping[str, Any]]], Mapping[str, Mapping[str, Any]]] = dict,
) -> list[dict[str, Any]]:
    """Every figure as published, as known then and as known now, with what changed since in words; for a viewer
    outside the case area as shown, with small counts withheld. `withheld`: which of the three are. `alike` withholds
    of answers by reference what the others among them would tell.

    A question that can no longer be answered as it was asked says so in `because`.
    """
    access.check(viewer, Permission.FIGURES_VIEW, on=on)
    profile = queries.profile_of(viewer, on=on)
    rows: dict[str, dict[str, Any]] = {}
    bodies: dict[str, dict[str, Mapping[str, Any]]] = {"published": {}, "as_known_then": {}, "as_known_now": {}}
    for figure in publication.figures.order_by("id"):
        row: dict[str, Any] = {"key": figure.key, "ref": figure.ref}
        rows[figure.ref] = row
        bodies["published"][figure.ref] = figure.answer if profile is None else figure.shown
        try:
            asked = questions.read(figure.asked)
            then = queries.answer_unchecked(
                asked=asked, on=on, known_at=publication.known_at, native_until=figure.observed_until
            )
            now = queries.answer_unchecked(asked=asked, on=on)
        except RuleBroken as refusal:
            row["because"] = [refusal.reason]
            continue
        because = []
        if asked.measure.fingerprint != figure.definition:
            because.append(f"The definition has changed since version {figure.version} was published.")
        if _figures_of(then.as_json()) != _figures_of(now.as_json()):
            guarded = profile if asked.measure.disclosure == "child" else None
            because += differences.because(
                asked=asked,
                on=on,
                since=publication.known_at,
                until=figure.observed_until,
                small=disclosure.get_profile(guarded).threshold if guarded else 0,
            )
        row |= {
            "same_as_published": _figures_of(then.as_json()) == _figures_of(figure.answer),
            "because": because,
        }
        moments_of = (
            ("as_known_then", then, publication.known_at, figure.observed_until),
            ("as_known_now", now, None, None),
        )
        for name, answer, known_at, until in moments_of:
            if profile:
                answer = queries.protected(answer, profile=profile, on=on, known_at=known_at, native_until=until)
            bodies[name][figure.ref] = answer.as_json()
    for name, found in bodies.items():
        for ref, body in (alike(found) if profile else found).items():
            rows[ref][name] = body["value"]
            if body["withheld"]:
                rows[ref].setdefault("withheld", []).append(name)
    return [{"as_known_then": None, "as_known_now": None, "withheld": [], **row} for row in rows.values()]


def _figures_of(body: Mapping[str, Any]) -> list[Any]:
    """What an answer says, but for the moment and the words beside it."""
    parts = ("value", "numerator", "denominator", "not_yet_known", "quartiles", "group", "at", "from", "to")
    return [[row.get(part) for part in parts] for row in (body, *body.get("rows", ()))]
