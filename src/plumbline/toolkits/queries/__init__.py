"""What is asked of toolkits: one module for each matter."""

from plumbline.toolkits.queries.versions import current_version, shipped_newer, toolkits_visible_to, version_for

__all__ = ["current_version", "shipped_newer", "toolkits_visible_to", "version_for"]
