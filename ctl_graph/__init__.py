"""CTL Graph: a linked-data publisher for technology clusters and regional strategies."""

__version__ = "1.0.0"
