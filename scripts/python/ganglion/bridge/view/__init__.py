"""A page on which a vehicle that runs can be watched, its network included, and asked to land or to disarm."""

from .server import PORT, View

__all__ = ["PORT", "View"]
