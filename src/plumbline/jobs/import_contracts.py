"""`plumbline import-contracts`: the register of contracts, and what was looked at under each."""

from datetime import date, datetime
from pathlib import Path

from plumbline.exchange import contracts
from plumbline.jobs import taken_in
from plumbline.people.models import User


def import_contracts(folder: Path, *, dry_run: bool, as_json: bool, by: User | None, at: datetime, on: date) -> None:
    with taken_in.Shown() as shown:
        result = contracts.import_contracts(folder, dry_run=dry_run, by=by, at=at, on=on, progress=shown.step)
    taken_in.say(result, dry_run=dry_run, as_json=as_json)
