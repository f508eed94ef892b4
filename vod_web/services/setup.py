"""How does a new site get its first account?"""

from vod_web.core.errors import Conflict
from vod_web.db.locks import lock_table
from vod_web.db.session import transaction
from vod_web.models import User
from vod_web.schemas.setup import SetupCreate
from vod_web.services import accounts, site


def set_up(form: SetupCreate) -> User:
    """Make the first account, which is an admin's, and take the first decisions about the site.

    Of two people who send it at once, one gets the site and the other the error.

    Raises:
        Conflict: the site has an account already.
        InvalidInput: the password is too easy to guess.
    """
    with transaction() as session:
        lock_table(session, User)
        if site.is_set_up():
            raise Conflict("Somebody has set up this site already. Sign in, or ask them for an account.")
        site.change_site(site.Site(name=form.site_name, registration=form.registration))
        return accounts.create_admin(form.email, form.username, form.password)
