"""How does the site send mail?

Mail goes out behind the answer's back, so that nobody waits for a mail server, and so that the time of an answer
does not tell whether a mail was sent.
"""

import smtplib
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from vod_web.core.logging import get_logger
from vod_web.core.settings import Settings
from vod_web.db.session import close_session

log = get_logger(__name__)

TIMEOUT_S = 20.0
LASTING = 500
"""From this number on, an answer of a mail server holds for good (RFC 5321)."""
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Refused(Exception):
    """The mail server takes no mail for this address."""


class Mailer:
    """The mail server of the settings; `is_on` says whether there is one."""

    def __init__(self, settings: Settings) -> None:
        self.is_on = bool(settings.mail_url)
        self._url = urlsplit(settings.mail_url)
        self._from = settings.mail_from
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="mail")

    def in_background(self, work: Callable[[], None]) -> "Future[None]":
        """Do this soon, in a thread with a database session of its own; what goes wrong is logged."""
        return self._threads.submit(_run, work)

    def send(self, to: str, subject: str, text: str, headers: Mapping[str, str] = NO_HEADERS) -> None:
        """Hand a message to the mail server; slow, so call it in the background.

        Of `headers`, a `Message-ID` takes the place of our own: the part before the @.

        Raises:
            Refused: the server will not take mail for this address, now and later.
            OSError: the mail server cannot be reached or refuses (`smtplib.SMTPException` is one).
        """
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._from, to, " ".join(subject.split())
        domain = self._from.rpartition("@")[2].strip(">")
        known = {"Date": formatdate(), "Message-ID": make_msgid(domain=domain)}
        if "Message-ID" in headers:
            known["Message-ID"] = f"<{headers['Message-ID']}@{domain}>"
        for name, value in (dict(headers) | known).items():
            message[name] = value
        message.set_content(text)
        try:
            self._hand_over(message)
        except smtplib.SMTPRecipientsRefused as error:
            if all(code >= LASTING for code, _ in error.recipients.values()):
                raise Refused from error
            raise

    def _hand_over(self, message: EmailMessage) -> None:
        with self._connect() as server:
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
            server.send_message(message)

    def check(self) -> None:
        """Reach the mail server and sign in there, without sending; raises what `send` raises."""
        with self._connect() as server:
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
            server.noop()

    def _connect(self) -> smtplib.SMTP:
        """Encrypted by `smtps`, else as soon as the server offers it; a password never travels in the clear."""
        host, port, context = self._url.hostname or "localhost", self._url.port, ssl.create_default_context()
        if self._url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_S, context=context)
        server = smtplib.SMTP(host, port or (587 if self._url.username else 25), timeout=TIMEOUT_S)
        server.ehlo_or_helo_if_needed()
        if self._url.username or server.has_extn("starttls"):
            server.starttls(context=context)
        return server


def _run(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        log.exception("mail_failed")
    finally:
        close_session()
