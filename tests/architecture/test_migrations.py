"""Migrations: none is missing, and each room has one newest."""

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

OURS = sorted(app.label for app in apps.get_app_configs() if app.name.startswith("plumbline."))


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None)


def test_no_migration_is_missing(loader: MigrationLoader) -> None:
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(loader.graph)
    missing = {app: [str(o) for m in found for o in m.operations] for app, found in changes.items() if app in OURS}
    assert missing == {}


@pytest.mark.parametrize("app", OURS)
def test_a_room_has_one_newest_migration(app: str, loader: MigrationLoader) -> None:
    newest = loader.graph.leaf_nodes(app)
    assert len(newest) == (1 if app in loader.migrated_apps and _has_models(app) else 0)


def _has_models(app: str) -> bool:
    return any(True for _ in apps.get_app_config(app).get_models())
