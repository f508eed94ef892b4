"""Which addresses may the site ask for a file on somebody's behalf?

Whoever may import could otherwise reach what only the site's machine reaches. So a name is resolved here, every
address that is not one of the public internet is passed over, and the connection goes to just the address that was
looked at: what the name server says a moment later does not matter.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from vod_web.core.errors import InvalidInput, VodError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = frozenset({80, 443, 8000, 8008, 8080, 8081, 8443, 8888})
"""Where web servers listen; others are for other protocols, which must not be talked to in somebody's name."""
LONGEST_URL = 2000

_NOT_IN_URLS = re.compile(r"[\s\x00-\x1f\x7f]")

NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # RFC 6890; Python 3.11 calls some of it global
            "192.88.99.0/24",  # RFC 7526: relays of 6to4
            "2001::/23",  # RFC 2928: Teredo and its kin
            "3fff::/20",  # RFC 9637: documentation
        ),
    )
)
UNICAST = ip_network("2000::/3")
"""All of IPv6 that is given out to networks of the internet so far (RFC 4291, 2.4)."""
NAT64 = ip_network("64:ff9b::/96")
"""RFC 6052: its last 32 bits are the IPv4 address that a gateway talks to."""


class AddressRefused(InvalidInput):
    """An address that the site does not ask, whatever stands there."""

    code = "address_refused"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, {"url": sentence})


class NotResolved(VodError):
    """The name server does not know a name; `is_lasting` is False where it could not be asked."""

    code = "not_resolved"

    def __init__(self, sentence: str, *, is_lasting: bool) -> None:
        super().__init__(sentence)
        self.is_lasting = is_lasting


@dataclass(frozen=True)
class Target:
    """An address, taken apart once: what was checked is what is asked."""

    scheme: str
    host: str
    """A name in ASCII, or an IP address without brackets; in small letters, without a dot at its end."""
    port: int
    path: str
    """With the query."""

    @property
    def is_secure(self) -> bool:
        """Whether it is asked by TLS."""
        return self.scheme == "https"

    @property
    def authority(self) -> str:
        """As the header Host has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address again."""
        return f"{self.scheme}://{self.authority}{self.path}"

    def follow(self, location: str) -> "Target":
        """Where a redirect leads.

        Raises:
            AddressRefused: as `parse_target`.
        """
        return parse_target(urljoin(self.url, location))


def parse_target(url: str) -> Target:
    """An address of a file, as somebody or a redirect gives it.

    Raises:
        AddressRefused: it is none, or not one of http and https, or it holds a password.
    """
    if len(url) > LONGEST_URL:
        raise AddressRefused(f"This address is longer than {LONGEST_URL} characters.")
    if _NOT_IN_URLS.search(url):
        raise AddressRefused("This is not an address: there are blanks in it.")
    try:
        parts = parse_url(url)
    except (LocationParseError, UnicodeError):
        raise AddressRefused("This is not an address.") from None
    if parts.scheme not in ("http", "https"):
        raise AddressRefused("Give an address that begins with http:// or https://.")
    if parts.auth is not None:
        raise AddressRefused("This address has a user name in it, and perhaps a password: those are not taken here.")
    host = (parts.host or "").strip("[]").rstrip(".").lower()
    if not host or "%" in host:
        raise AddressRefused("This is not an address.")
    port = (443 if parts.scheme == "https" else 80) if parts.port is None else parts.port
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query is not None else "")
    return Target(parts.scheme, host, port, path)


def is_public(address: Address) -> bool:
    """Whether it belongs to the public internet; an IPv4 address that is wrapped in an IPv6 one counts as itself."""
    inner = _unwrap(address)
    if inner is not None:
        return is_public(inner)
    if address.is_multicast or not address.is_global or any(address in network for network in NOT_PUBLIC):
        return False
    return address.version == 4 or address in UNICAST


def _unwrap(address: Address) -> IPv4Address | None:
    """The IPv4 address to which something on the way translates this one."""
    if address.version == 4:
        return None
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def is_allowed(address: Address, port: int, permitted: Sequence[Network]) -> bool:
    """Whether it may be asked: it is public, at a port of the web, or its network was permitted by an admin."""
    if any((_unwrap(address) or address) in network for network in permitted):
        return True
    return is_public(address) and port in PORTS


Resolver = Callable[[str, int], Sequence[str]]


def ask_name_server(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, in the order in which they should be tried.

    Raises:
        socket.gaierror: there are none, or the name server does not answer.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def find_addresses(target: Target, permitted: Sequence[Network], resolve: Resolver = ask_name_server) -> list[Address]:
    """The addresses of a target to which the site connects; an IP address in any spelling is one of them.

    Raises:
        AddressRefused: the site asks none of them.
        NotResolved: there are none.
    """
    try:
        found = [ip_address(text.partition("%")[0]) for text in resolve(target.host, target.port)]
    except socket.gaierror as error:
        is_unknown = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        sentence = f"There is no server called {target.host}." if is_unknown else "The name server does not answer."
        raise NotResolved(sentence, is_lasting=is_unknown) from None
    except UnicodeError:
        raise AddressRefused("This is not an address.") from None
    allowed = [address for address in found if is_allowed(address, target.port, permitted)]
    if not allowed:
        raise _refusal(target, found)
    return allowed


def _refusal(target: Target, found: Sequence[Address]) -> AddressRefused:
    if any(is_public(address) for address in found):
        return AddressRefused(f"The port {target.port} is not one of a web server.")
    return AddressRefused(f"{target.host} is a private address, which this site does not ask for files.")
