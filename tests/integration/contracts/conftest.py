"""A contract with its people, and another provider, for the tests of its incidents."""

import pytest

from tests.integration.contracts.incident_situations import World, a_world


@pytest.fixture
def world() -> World:
    return a_world()
