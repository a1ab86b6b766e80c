"""`plumbline import-contracts`: the register of contracts, and what was looked at under each."""

from pathlib import Path

from plumbline.exchange import contracts
from plumbline.jobs import taken_in
from plumbline.people.act import Act


def import_contracts(folder: Path, *, dry_run: bool, as_json: bool, act: Act) -> None:
    with taken_in.Shown() as shown:
        result = contracts.import_contracts(folder, dry_run=dry_run, act=act, progress=shown.step)
    taken_in.say(result, dry_run=dry_run, as_json=as_json)
