"""What do all templates have at hand?"""

from flask import Flask

from vod_web.services import site


def register_templates(app: Flask) -> None:
    """The site's own settings, and the macros of `templates/components/` as `ui`."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"site": site.get_site()})
