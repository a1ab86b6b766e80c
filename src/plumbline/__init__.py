"""Plumbline: shows, and does not just say, that children are kept safe."""

__version__ = "0.1.0"
