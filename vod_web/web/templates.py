"""What do all templates have at hand?"""

from types import SimpleNamespace

from flask import Flask
from jinja2 import StrictUndefined
from jinja2.runtime import Macro

from vod_web.media.languages import language_name
from vod_web.services import notification_list
from vod_web.web.addresses import address_of
from vod_web.web.assets import icon
from vod_web.web.feeds import channel_feeds, feed_links, search_feeds
from vod_web.web.formats import FORMATS
from vod_web.web.live_text import make_live
from vod_web.web.rendering import address_here, whole_address
from vod_web.web.sign_in import current_person
from vod_web.web.site import current_site

COMPONENTS = "components/"


def register_templates(app: Flask) -> None:
    """`site`, `address_here`, `whole_address`; in `ui`, `ui.icon` and every macro of `templates/components/`.

    Macros are globals because a block that is rendered alone does not see its page's imports.
    """
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    app.context_processor(lambda: {"site": current_site()})
    environment.globals["address_here"] = address_here
    environment.globals["whole_address"] = whole_address
    environment.globals["feed_links"] = feed_links
    environment.globals["channel_feeds"] = channel_feeds
    environment.globals["search_feeds"] = search_feeds
    environment.globals["new_notifications"] = lambda: notification_list.count_new(current_person())
    environment.filters["language"] = lambda tag: language_name(tag) or tag
    environment.filters["live"] = make_live
    environment.globals["url_for"] = address_of
    macros = SimpleNamespace(icon=icon, **FORMATS)
    environment.globals["ui"] = macros  # before the macros are read: they call each other through it
    for name in environment.list_templates(filter_func=lambda name: name.startswith(COMPONENTS)):
        for key, value in vars(environment.get_template(name).module).items():
            if isinstance(value, Macro):
                setattr(macros, key, value)
