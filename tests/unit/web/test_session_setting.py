"""How long a session lasts is checked at the start."""

from pathlib import Path

import pytest

from plumbline.config.environment import WrongSetting, read

BASE = {"PLUMBLINE_LOGIN": "worker"}


def test_it_is_a_number_of_minutes(tmp_path: Path) -> None:
    found = read({**BASE, "PLUMBLINE_HOME": str(tmp_path), "PLUMBLINE_SESSION_MINUTES": "30"})
    assert found.session_minutes == 30


@pytest.mark.parametrize("minutes", ["", "14", "1441", "an hour", "-30", "15.5"])
def test_anything_else_stops_the_start(minutes: str, tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="PLUMBLINE_SESSION_MINUTES"):
        read({**BASE, "PLUMBLINE_HOME": str(tmp_path), "PLUMBLINE_SESSION_MINUTES": minutes})
