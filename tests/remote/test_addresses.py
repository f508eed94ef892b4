"""Nothing but the public internet is asked, however an address is written."""

import socket
from ipaddress import ip_address, ip_network

import pytest

from vod_web.remote.addresses import (
    AddressRefused,
    NotResolved,
    ask_name_server,
    find_addresses,
    is_public,
    parse_target,
)

LOOPBACK_NAMES = ["localhost", "localhost.", "127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0"]


@pytest.mark.parametrize("text", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "192.0.0.192",
        "192.88.99.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
        "2002:7f00:1::1",
        "2002:a00:1::",
        "2001:0:7f00:1::1",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_addresses_of_other_networks_are_not(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("host", [*LOOPBACK_NAMES, "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"])
def test_loopback_is_refused_in_every_spelling(host: str) -> None:
    with pytest.raises(AddressRefused, match="private address"):
        find_addresses(parse_target(f"http://{host}/film.mp4"), ())


def test_of_a_name_with_several_addresses_the_public_ones_are_taken() -> None:
    target = parse_target("https://mixed.test/film.mp4")

    found = find_addresses(target, (), lambda _host, _port: ["10.0.0.1", "93.184.216.34", "::1"])

    assert found == [ip_address("93.184.216.34")]


def test_a_network_that_was_permitted_is_asked_at_any_port() -> None:
    target = parse_target("http://nas.test:32400/film.mp4")
    permitted = (ip_network("192.168.7.0/24"),)

    assert find_addresses(target, permitted, lambda *_: ["192.168.7.9"]) == [ip_address("192.168.7.9")]
    assert find_addresses(target, permitted, lambda *_: ["::ffff:192.168.7.9"])
    with pytest.raises(AddressRefused, match="private address"):
        find_addresses(target, permitted, lambda *_: ["192.168.8.9"])


def test_ports_of_other_protocols_are_refused() -> None:
    with pytest.raises(AddressRefused, match="port 25 is not one of a web server"):
        find_addresses(parse_target("http://mail.test:25/"), (), lambda *_: ["93.184.216.34"])


def test_a_name_that_nobody_has_is_told_from_a_name_server_that_is_away() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    def away(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "away")

    with pytest.raises(NotResolved, match=r"no server called gone\.test") as told:
        find_addresses(parse_target("http://gone.test/"), (), unknown)
    assert told.value.is_lasting
    with pytest.raises(NotResolved, match="does not answer") as told:
        find_addresses(parse_target("http://gone.test/"), (), away)
    assert not told.value.is_lasting


def test_the_name_server_gives_each_address_once() -> None:
    assert ask_name_server("127.0.0.1", 80) == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://example.org/film.mp4", "begins with http"),
        ("file:///etc/passwd", "begins with http"),
        ("gopher://example.org/", "begins with http"),
        ("example.org/film.mp4", "begins with http"),
        ("http:///film.mp4", "not an address"),
        ("http://[::1%25eth0]/", "not an address"),
        ("http://exa mple.org/", "not an address"),
        ("http://example.org/a http://10.0.0.1/", "blanks in it"),
        ("http://example.org/a\r\nHost: b", "blanks in it"),
        ("https://anna:secret@example.org/film.mp4", "user name in it"),
        ("https://anna@example.org/", "user name in it"),
        ("https://example.org/" + "x" * 2000, "longer than 2000"),
    ],
)
def test_what_is_no_address_of_a_file_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(AddressRefused, match=sentence) as told:
        parse_target(url)

    assert "secret" not in told.value.message


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "authority"),
    [
        ("https://Example.ORG./a%20b.mp4?x=1#t", "example.org", 443, "/a%20b.mp4?x=1", "example.org"),
        ("http://example.org:8080", "example.org", 8080, "/", "example.org:8080"),
        ("https://[2606:2800::1]:8443/f", "2606:2800::1", 8443, "/f", "[2606:2800::1]:8443"),
        ("http://münchen.example/ä.mp4", "xn--mnchen-3ya.example", 80, "/%C3%A4.mp4", "xn--mnchen-3ya.example"),
    ],
)
def test_addresses_are_taken_apart_once(url: str, host: str, port: int, path: str, authority: str) -> None:
    target = parse_target(url)

    assert (target.host, target.port, target.path, target.authority) == (host, port, path, authority)


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/other.mp4", "https://example.org/other.mp4"),
        ("//cdn.example.org/f.mp4", "https://cdn.example.org/f.mp4"),
        ("http://127.0.0.1/x", "http://127.0.0.1/x"),
    ],
)
def test_redirects_are_followed_from_where_one_is(location: str, leads_to: str) -> None:
    assert parse_target("https://example.org/a/film.mp4").follow(location).url == leads_to


def test_a_redirect_to_another_kind_of_address_is_refused() -> None:
    with pytest.raises(AddressRefused, match="begins with http"):
        parse_target("https://example.org/").follow("file:///etc/passwd")
