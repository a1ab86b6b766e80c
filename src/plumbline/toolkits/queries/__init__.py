"""What is asked of toolkits: one module for each matter."""

from plumbline.toolkits.access import returns_visible_to
from plumbline.toolkits.queries.versions import current_version, shipped_newer, toolkits_visible_to, version_for

__all__ = ["current_version", "returns_visible_to", "shipped_newer", "toolkits_visible_to", "version_for"]
