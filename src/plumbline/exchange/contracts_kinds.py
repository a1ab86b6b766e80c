"""The files of the register of contracts: their columns, and what is checked of one row (../data README, 0c)."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from plumbline.contracts import intake as contracts
from plumbline.contracts.models import Assessment, Contract, Policy
from plumbline.exchange.cells import clean, fold
from plumbline.exchange.folder_cells import (
    YES_OR_NO,
    Leniently,
    Read,
    RefusedCellError,
    a_day,
    an_id,
    key_of,
    one_of,
    text_of,
)
from plumbline.exchange.folder_kinds import Cell, Kind, day, optional
from plumbline.intake.staging import NULL
from plumbline.kernel import identifiers
from plumbline.kernel.labels import as_shipped

_MOST = Decimal(10) ** 12


def _known(choices: Sequence[tuple[str, str]], more: Mapping[str, str] | None = None) -> dict[str, str]:
    # What a file may hold is the same in every council.
    with as_shipped():
        known = {fold(said): value for value, label in choices for said in (value, value.replace("_", " "), str(label))}
    return known | {fold(said): value for said, value in (more or {}).items()}


def _an_amount(text: str) -> str:
    said = clean(text)
    if not said:
        return NULL
    figures = re.sub(r"[£,\s]", "", said)
    if not re.fullmatch(r"\d+(\.\d{1,2})?", figures) or Decimal(figures) >= _MOST:
        raise RefusedCellError("bad_number", f"{{column}}: “{said}” is not an amount in pounds.")
    return figures


def _needed(what: str, longest: int) -> Read:
    read = text_of(longest)

    def reader(text: str) -> str:
        found = read(text)
        if not found:
            raise RefusedCellError(f"missing_{what}", f"{{column}}: the cell is empty; every contract has a {what}.")
        return found

    return reader


def _a_day_given(text: str) -> str:
    found = a_day(text)
    if found == NULL:
        said = clean(text)
        raise RefusedCellError(
            "missing_end",
            f"{{column}}: “{said}” means that there is no last day, and one is needed."
            if said
            else "{column}: the row has no date.",
        )
    return found


def _urns(text: str) -> str:
    """URNs as the file has them, without repeats, with a semicolon between."""
    said = [an_id(part.replace(" ", "")) for part in re.split(r"[;|\n]", clean(text))]
    return ";".join(dict.fromkeys(urn for urn in said if urn))


def _a_urn(text: str) -> str:
    return an_id(text.replace(" ", ""))


_identifier_as_written = text_of(120)


def _an_identifier(text: str) -> str:
    """A number with or without its scheme before it; one that a spreadsheet rounded is refused."""
    read = _identifier_as_written(text)
    an_id(read.rpartition(" ")[2])
    return read


_POLICIES = _known(Policy.choices, {"whistle blowing": "whistleblowing", "whistle-blowing": "whistleblowing"})
_a_policy = one_of(_POLICIES, "a policy")


def _policies(text: str) -> str:
    parts = [part for part in re.split(r"[;|]", clean(text)) if part.strip()]
    if not parts:
        return _a_policy("")
    return ";".join(dict.fromkeys(_a_policy(part) for part in parts))


def _provider(values: Sequence[str]) -> tuple[str, ...]:
    """The key of the name, and the scheme and number of the identifier."""
    scheme, value = identifiers.read(values[3])
    return key_of(values[2]), scheme[:40], value[:80]


def kinds() -> dict[str, Kind]:
    """The files in the order in which they are taken. Made again for each import."""
    contract = Cell("contract_id", "contract", an_id)
    return {
        kind.name: kind
        for kind in (
            Kind(
                "contracts",
                "the register of contracts",
                (
                    Cell("contract_id", "id", an_id),
                    Cell("title", "title", _needed("title", 300)),
                    Cell("provider", "provider", _needed("provider", 300)),
                    optional("provider_identifier", "provider_identifier", _an_identifier),
                    optional("service", "service", text_of(200)),
                    optional("contract_manager", "manager", text_of(200)),
                    optional("service_area_lead", "area_lead", text_of(200)),
                    Cell("start", "starts_on", a_day, "date", may_come=True),
                    Cell("end", "ends_on", a_day, "date", may_come=True),
                    optional("value", "value", _an_amount, "numeric"),
                    Cell("statutory_from", "statutory_from", a_day, "date", may_come=True),
                    optional("setting_urns", "setting_urns", _urns),
                    Cell("kind", "kind", one_of(_known(Contract.Kind.choices), "a kind of contract")),
                    optional("visit_required", "visit_required", Leniently(YES_OR_NO, "f"), "boolean"),
                ),
                contracts.CONTRACTS,
                derived=("provider_key", "provider_scheme", "provider_value"),
                derive=_provider,
                start="starts_on",
                end="ends_on",
            ),
            Kind(
                "assessments",
                "the assessments",
                (
                    contract,
                    Cell("kind", "kind", one_of(_known(Assessment.Kind.choices), "a kind of assessment")),
                    day("completed_on", "completed_on"),
                    Cell("valid_until", "valid_until", _a_day_given, "date", may_come=True),
                ),
                contracts.ASSESSMENTS,
                start="completed_on",
                end="valid_until",
                identify=lambda values: _named(values[0], values[1], values[2]),
            ),
            Kind(
                "policies",
                "the reviews of policies",
                (contract, Cell("policy", "policy", _a_policy), day("reviewed_on", "reviewed_on")),
                contracts.POLICIES,
                start="reviewed_on",
                identify=lambda values: _named(values[0], values[1], values[2]),
            ),
            Kind(
                "evaluations",
                "the evaluation meetings",
                (
                    contract,
                    day("held_on", "held_on"),
                    optional("service_area_present", "service_area_present", Leniently(YES_OR_NO, NULL), "boolean"),
                ),
                contracts.EVALUATIONS,
                start="held_on",
                identify=lambda values: _named(values[0], values[1]),
            ),
            Kind(
                "visits",
                "the visits",
                (contract, optional("setting_urn", "setting_urn", _a_urn), day("visited_on", "visited_on")),
                contracts.VISITS,
                start="visited_on",
                identify=lambda values: _named(values[0], values[1], values[2]),
            ),
            Kind(
                "law_changes",
                "the changes in law and guidance",
                (
                    Cell("change_id", "id", an_id),
                    Cell("title", "title", text_of(300)),
                    Cell("in_force", "in_force", a_day, "date", may_come=True),
                    Cell("policies", "policies", _policies),
                    Cell("review_by", "review_by", _a_day_given, "date", may_come=True),
                ),
                contracts.LAW_CHANGES,
                start="in_force",
                end="review_by",
            ),
        )
    }


def _named(*values: str) -> str:
    """What a row without an id of its own is known by."""
    return " ".join(value for value in values if value and value != NULL) if values[0] else ""
