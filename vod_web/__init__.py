"""VOD Web: a self-hosted video-on-demand site."""
