"""Loaded before Django reads its settings (see addopts): the environment of a test run."""

import os

from tests import databases

os.environ["PLUMBLINE_HOME"] = str(databases.HOME)
os.environ["PLUMBLINE_DEMO"] = "1"
os.environ["PLUMBLINE_LOGIN"] = "worker"
databases.HOME.mkdir(parents=True, exist_ok=True)
