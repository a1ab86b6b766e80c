"""Plumbline's settings as they are, and one page more: the bare one of `frame_urls`."""

from plumbline.config.settings import *  # noqa: F403 - the settings as they are, and one page more

ROOT_URLCONF = "benchmarks.frame_urls"
