"""`./vod doctor`: which part of the site does not work, and what mends it?"""

from vod_web.cli.console import CannotRun, say
from vod_web.core.clock import utc_now
from vod_web.core.settings import load_settings
from vod_web.db.engine import make_engine
from vod_web.db.session import bind_sessions
from vod_web.resources import open_resources
from vod_web.services.health import PARTS, check_site


def main(argv: list[str]) -> int:
    """Test every part, or those named, say what was found, and return 1 when something is wrong.

    Raises:
        CannotRun: there is no part of that name.
    """
    for name in argv:
        if name not in PARTS:
            raise CannotRun(f'There is no part "{name}" to test: name some of {", ".join(PARTS)}, or none for all.')
    settings = load_settings()
    bind_sessions(make_engine(settings.database_url))
    opened = open_resources(settings)
    checks = check_site(
        settings=settings, storage=opened.storage, queue=opened.queue, now=utc_now(), only=argv or PARTS
    )
    for check in checks:
        say(f"{'ok    ' if check.is_ok else 'WRONG '} {check.name:<9} {check.detail}")
        if not check.is_ok:
            say(f"{'':<17}{check.mend}")
    return 0 if all(check.is_ok for check in checks) else 1
