"""Which session is this, and where does a transaction begin and end?

The only module that commits. A service's public command is one `with transaction():`; calls inside join it.
What must happen only when the data is safe (putting a job on the queue) is given to `after_commit`.
Writing anywhere else is a mistake of ours, and the database refuses it (`db.engine`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from vod_web.db.engine import for_reading, options_for_writing

_factory: sessionmaker[Session] = sessionmaker(expire_on_commit=False)

sessions: scoped_session[Session] = scoped_session(_factory)
"""One session per thread, taken with `current_session()` and given back with `close_session()`."""

_OPEN = "transaction_open"
_AFTER_COMMIT = "after_commit"


def bind_sessions(engine: Engine) -> None:
    """From now on, sessions of this process talk to this engine."""
    sessions.remove()
    _factory.configure(bind=for_reading(engine))


def current_session() -> Session:
    """This thread's session."""
    return sessions()


def close_session() -> None:
    """Give this thread's connection back; call it before slow work and at the end of a request or job.

    Raises:
        RuntimeError: a transaction is open, whose rest would be another one.
    """
    if sessions.registry.has() and sessions.registry().info.get(_OPEN):
        raise RuntimeError("The session cannot be closed inside of a transaction.")
    sessions.remove()


@contextmanager
def transaction() -> Iterator[Session]:
    """All or nothing; nested use joins the outer one. Keep it short: nothing slow belongs inside.

    Reads that this session did before are ended first, so that what is asked inside is current. Objects that were
    loaded before keep what they know of columns, unless a query says `populate_existing`.
    """
    session = current_session()
    if session.info.get(_OPEN):
        yield session
        return
    if session.in_transaction():
        session.commit()
    session.info[_OPEN] = True
    session.info[_AFTER_COMMIT] = []
    try:
        session.connection(execution_options=options_for_writing(session.get_bind()))
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info[_OPEN] = False
        callbacks = session.info.pop(_AFTER_COMMIT)
    for callback in callbacks:
        callback()


def after_commit(callback: Callable[[], object]) -> None:
    """Call this when the open transaction has committed, and never when it rolls back; at once outside of one."""
    session = current_session()
    if session.info.get(_OPEN):
        session.info[_AFTER_COMMIT].append(callback)
    else:
        callback()
