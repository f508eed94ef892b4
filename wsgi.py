"""The web app, for a WSGI server: `granian --interface wsgi wsgi:app`."""

from vod_web.app import create_app

app = create_app()
