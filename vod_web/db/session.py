"""Which session is this, and where does a transaction begin and end?

The only module that commits. A service's public command is one `with transaction():`; calls inside join it.
What must happen only when the data is safe (putting a job on the queue) is given to `after_commit`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from vod_web.db.engine import WRITES_OPTION

_factory: sessionmaker[Session] = sessionmaker(expire_on_commit=False)

sessions: scoped_session[Session] = scoped_session(_factory)
"""One session per thread, taken with `current_session()` and given back with `close_session()`."""

_OPEN = "transaction_open"
_AFTER_COMMIT = "after_commit"


def bind_sessions(engine: Engine) -> None:
    """From now on, sessions of this process talk to this engine."""
    sessions.remove()
    _factory.configure(bind=engine)


def current_session() -> Session:
    """This thread's session."""
    return sessions()


def close_session() -> None:
    """Give this thread's connection back; call it before slow work and at the end of a request or job."""
    sessions.remove()


@contextmanager
def transaction() -> Iterator[Session]:
    """All or nothing; nested use joins the outer one. Keep it short: nothing slow belongs inside.

    Reads that this session did before are ended first, so that what is read inside is current.
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
        session.connection(execution_options={WRITES_OPTION: True})
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
