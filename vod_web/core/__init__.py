"""Settings, errors, security and logging: what every layer may use and what knows nothing of videos."""
