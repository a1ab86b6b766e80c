"""A return that is asked for, and the provider who answers it."""

import pytest
from django.test import Client

from plumbline.toolkits.models import Return
from tests.factories.toolkits import TODAY, a_person, asked
from tests.integration.web.signing_in import as_


@pytest.fixture(autouse=True)
def _the_day(settings, tmp_path) -> None:
    settings.TODAY = TODAY
    settings.HOME = tmp_path


@pytest.fixture
def made() -> Return:
    return asked()


@pytest.fixture
def provider(made) -> Client:
    return as_(a_person("provider_user", organisation=made.organisation))
