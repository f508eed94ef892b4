"""What was decided about the site, for this request?"""

from flask import g

from vod_web.services.site import Site, get_site


def current_site() -> Site:
    """The decisions as they stood when the request first asked."""
    if "site" not in g:
        g.site = get_site()
    found: Site = g.site
    return found
