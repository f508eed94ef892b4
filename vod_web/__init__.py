"""VOD Web: a self-hosted video-on-demand site."""

__version__ = "0.1.0"
