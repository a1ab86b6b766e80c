"""Schools as the schools register (GIAS) has them: taken from its files, and what they explain of a URN."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from plumbline.intake.models import Import
from plumbline.kernel import wording
from plumbline.kernel.labels import small
from plumbline.ofsted.models import Establishment, EstablishmentLink
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.acting import operation

_BATCH = 5_000


@operation
def record_register(
    *, name: str, rows: Sequence[Mapping[str, Any]], as_at: date, import_run: Import, act: Act
) -> dict[str, int]:
    """Take one file of the register: `name` is gias, gias_groups or gias_links. An older extract than the one that is
    known of a school changes nothing of it. Returns how many rows were added, changed, unchanged."""
    act.check(Permission.IMPORTS)
    take = _take_links if name == "gias_links" else _take_schools
    counts = take(rows, as_at=as_at, import_run=import_run)
    act.record("ofsted.register.taken", subject=import_run, file=name, rows=counts)
    return counts


def _take_schools(rows: Sequence[Mapping[str, Any]], *, as_at: date, import_run: Import) -> dict[str, int]:
    fields = sorted({name for row in rows for name in row} - {"urn", "line"})
    known = {each.urn: each for each in Establishment.objects.select_for_update()}
    new: list[Establishment] = []
    changed: list[Establishment] = []
    for row in rows:
        given = {name: _fitting(Establishment, name, row[name]) for name in fields if name in row}
        school = known.get(row["urn"])
        if school is None:
            new.append(Establishment(urn=row["urn"], as_at=as_at, import_run=import_run, **given))
        elif school.as_at <= as_at and any(getattr(school, name) != value for name, value in given.items()):
            for name, value in given.items():
                setattr(school, name, value)
            school.as_at, school.import_run = as_at, import_run
            changed.append(school)
    Establishment.objects.bulk_create(new, batch_size=_BATCH)
    Establishment.objects.bulk_update(changed, [*fields, "as_at", "import_run"], batch_size=_BATCH)
    return {"added": len(new), "changed": len(changed), "unchanged": len(rows) - len(new) - len(changed)}


def _take_links(rows: Sequence[Mapping[str, Any]], *, as_at: date, import_run: Import) -> dict[str, int]:
    known = set(EstablishmentLink.objects.values_list("urn", "linked_urn", "kind"))
    new = [
        EstablishmentLink(
            import_run=import_run,
            **{name: _fitting(EstablishmentLink, name, value) for name, value in row.items() if name != "line"},
        )
        for row in rows
        if (row["urn"], row["linked_urn"], row["kind"]) not in known
    ]
    EstablishmentLink.objects.bulk_create(new, batch_size=_BATCH)
    return {"added": len(new), "changed": 0, "unchanged": len(rows) - len(new)}


def _fitting(model: type[Establishment | EstablishmentLink], name: str, value: Any) -> Any:
    width = getattr(model._meta.get_field(name), "max_length", None)
    return value[:width] if width and isinstance(value, str) else value


def explained(urns: Collection[str]) -> dict[str, list[str]]:
    """What the schools register says of each of these URNs that it knows, in sentences."""
    said: dict[str, list[str]] = {}
    for school in Establishment.objects.filter(urn__in=urns):
        said[school.urn] = [_standing(school), *_more(school)]
    for link in EstablishmentLink.objects.filter(urn__in=urns).order_by("linked_on", "pk"):
        sentence = _linked(link.kind, link.linked_urn, link.linked_name, link.linked_on)
        if sentence not in said.setdefault(link.urn, []):
            said[link.urn].append(sentence)
    return said


def closed(urn: str) -> str:
    """What the schools register says of a school that has closed; "" of any other."""
    school = Establishment.objects.filter(urn=urn).first()
    return _standing(school) if school and _is_closed(school) else ""


def _is_closed(school: Establishment) -> bool:
    return school.status.lower().startswith("closed") or bool(school.closed_on and not school.status)


def _standing(school: Establishment) -> str:
    named = f"{school.name}, " if school.name else ""
    kind = small(school.kind) or "school"
    said = f"The schools register of {wording.day(school.as_at)} has it as {named}{kind}"
    if _is_closed(school):
        when = f" on {wording.day(school.closed_on)}" if school.closed_on else ""
        why = f" ({school.why_closed})" if school.why_closed else ""
        return f"{said}, closed{when}{why}."
    opened = f" since {wording.day(school.opened_on)}" if school.opened_on else ""
    return f"{said}, {school.status.lower() or 'status not given'}{opened}."


def _more(school: Establishment) -> list[str]:
    said = []
    if school.inspectorate and "ofsted" not in school.inspectorate.lower():
        said.append(f"It is inspected by {school.inspectorate}, so that Ofsted’s lists do not have it.")
    if school.group:
        joined = f", since {wording.day(school.joined_on)}" if school.joined_on else ""
        said.append(f"It belongs to {school.group}{joined}.")
    return said


def _linked(kind: str, urn: str, name: str, on: date | None) -> str:
    other = f"URN {urn}" + (f", {name}" if name else "")
    when = f", on {wording.day(on)}" if on else ""
    if "successor" in kind.lower():
        return f"It became {other}{when}: look there."
    if "predecessor" in kind.lower():
        return f"It was made from {other}{when}."
    return f"The schools register links it with {other} ({kind}){when}."
