"""The address of the virus scanner is checked at the start."""

import pytest

from plumbline.config.environment import WrongSetting, read

BASE = {"PLUMBLINE_LOGIN": "worker"}


@pytest.mark.parametrize("address", ["", "tcp://localhost:3310", "tcp://[::1]:3310", "unix:/run/clamav/clamd.ctl"])
def test_an_address_of_the_scanner_is_taken(address, tmp_path):
    assert read({**BASE, "PLUMBLINE_HOME": str(tmp_path), "PLUMBLINE_CLAMAV": address}).clamav == address


@pytest.mark.parametrize("address", ["localhost:3310", "tcp://localhost", "tcp://localhost:99999", "unix:clamd.ctl"])
def test_a_wrong_address_of_the_scanner_stops_the_start(address, tmp_path):
    with pytest.raises(WrongSetting, match="PLUMBLINE_CLAMAV"):
        read({**BASE, "PLUMBLINE_HOME": str(tmp_path), "PLUMBLINE_CLAMAV": address})
