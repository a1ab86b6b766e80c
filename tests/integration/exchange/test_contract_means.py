"""What files of the register of contracts would change, said before they are taken."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from plumbline.contracts.models import Contract
from plumbline.exchange.contract_means import Standing, what_changes
from plumbline.exchange.contracts import import_contracts
from plumbline.people.act import Act

pytestmark = pytest.mark.django_db

NOW = Act(None, datetime(2016, 3, 1, 9, 30, tzinfo=UTC), date(2016, 3, 1))
HEADER = "contract_id,title,provider,service,contract_manager,start,end,statutory_from,kind"


def means(folder: Path, *rows: str, dry_run: bool = True, **files: str) -> list[str]:
    (folder / "contracts.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return import_contracts(folder, dry_run=dry_run, act=NOW)["means"]


def line(reference: str, manager: str = "", end: str = "2018-12-31") -> str:
    return f"{reference},Short breaks,Fenside Care Ltd,Short breaks,{manager},2016-01-01,{end},,block"


def test_new_contracts_their_colours_and_names_to_say(tmp_path: Path) -> None:
    said = means(tmp_path, line("CT900", "J. Marsh"), line("CT901", "J. Marsh"))

    assert said == [
        "2 contracts are new: CT900, CT901.",
        "2 contracts that are new are amber: CT900, CT901.",
        "It will have to be said who is meant by 1 name: “J. Marsh”.",
    ]
    assert not Contract.objects.exists()


def test_a_contract_that_goes_out_of_force_is_named_and_one_that_changes_nothing_is_not(tmp_path: Path) -> None:
    means(tmp_path, line("CT900"), line("CT901"), dry_run=False)

    assert means(tmp_path, line("CT900")) == ["No contract is new or rated otherwise."]
    assert means(tmp_path, line("CT900", end="2016-02-01")) == ["1 contract is no longer in force: CT900."]


def test_a_contract_that_turns_is_named_by_its_new_colour_the_gravest_first() -> None:
    def standing(**colours: str) -> Standing:
        return Standing(frozenset(colours), colours, frozenset())

    assert what_changes(standing(CT1="green", CT2="red", CT3="red"), standing(CT1="red", CT2="amber", CT3="red")) == [
        "1 contract turns red: CT1.",
        "1 contract turns amber: CT2.",
    ]
    assert what_changes(standing(CT1="green"), standing()) == ["1 contract is taken out: CT1."]
