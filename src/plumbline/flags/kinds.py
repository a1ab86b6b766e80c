"""Every kind of flag, as the room that raises it declares it: the modules that `settings.FLAG_KINDS` lists."""

from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from plumbline.flags.rules import Kind


@cache
def kinds() -> Mapping[str, Kind]:
    """By its key, in the order of the list."""
    return {kind.key: kind for room in settings.FLAG_KINDS for kind in import_string(f"{room}.KINDS")}
