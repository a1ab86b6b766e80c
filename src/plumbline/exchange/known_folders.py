"""Every folder of files that can come in, by the kind of its import, and which of them has a file."""

from plumbline.exchange import contracts, ssd
from plumbline.exchange.folder_kinds import Kind
from plumbline.exchange.folders import Folder

FOLDERS = {each.name: each for each in (ssd.FOLDER, contracts.FOLDER)}


def of_file(name: str) -> tuple[Folder, Kind] | None:
    """The folder that a file of this name is of, and what is in it; None: of none."""
    for folder in FOLDERS.values():
        if kind := folder.kinds().get(name):
            return folder, kind
    return None
