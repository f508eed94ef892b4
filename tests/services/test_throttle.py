"""Limits: counted together by all processes, and alone while the queue server is away."""

import pytest
from redis import Redis

from tests.servers import queue_server
from vod_web.core.errors import RateLimited
from vod_web.services.throttle import Limit, Throttle, network_of

TWICE = Limit("test", 2, 60, "Too often.")


def test_one_too_many_is_refused_with_the_time_to_wait(throttle: Throttle) -> None:
    throttle.hit(TWICE, "ada")
    throttle.hit(TWICE, "ada")
    with pytest.raises(RateLimited, match=r"Too often\. Try again in \d+ seconds\.") as refused:
        throttle.hit(TWICE, "ada")
    assert 50 < refused.value.retry_after_s <= 60


def test_people_and_limits_are_counted_apart(throttle: Throttle) -> None:
    for who in ("ada", "bob"):
        throttle.hit(TWICE, who)
        throttle.hit(TWICE, who)
    throttle.hit(Limit("other", 2, 60, "Too often."), "ada")


def test_checking_does_not_count_and_forgetting_begins_anew(throttle: Throttle) -> None:
    for _ in range(5):
        throttle.check(TWICE, "ada")
    throttle.hit(TWICE, "ada")
    throttle.hit(TWICE, "ada")
    with pytest.raises(RateLimited):
        throttle.check(TWICE, "ada")
    throttle.forget(TWICE, "ada")
    throttle.hit(TWICE, "ada")


def test_processes_of_one_site_count_together_and_sites_apart(redis_url: str) -> None:
    with Redis.from_url(redis_url) as one, Redis.from_url(redis_url) as two:
        first, second = Throttle(one, site_key="same"), Throttle(two, site_key="same")
        first.hit(TWICE, "ada")
        second.hit(TWICE, "ada")
        for throttle in (first, second):
            with pytest.raises(RateLimited):
                throttle.hit(TWICE, "ada")
        Throttle(two, site_key="other").hit(TWICE, "ada")


def test_names_are_not_written_to_the_queue_server(throttle: Throttle, redis_url: str) -> None:
    throttle.hit(TWICE, "ada@example.org")
    with Redis.from_url(redis_url) as connection:
        assert not [key for key in connection.scan_iter("*") if b"@" in key or b"example" in key]


def test_limits_hold_while_the_queue_server_is_away() -> None:
    with queue_server() as url:
        connection = Redis.from_url(url, socket_connect_timeout=1)
        throttle = Throttle(connection, site_key="away")
        throttle.hit(TWICE, "ada")
    throttle.hit(TWICE, "ada")
    throttle.hit(TWICE, "ada")
    with pytest.raises(RateLimited):
        throttle.hit(TWICE, "ada")
    connection.close()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("ada", "ada"),
        ("", ""),
    ],
)
def test_an_ipv6_household_is_one_sender(address: str, network: str) -> None:
    assert network_of(address) == network


def test_nobody_gets_around_a_limit_by_the_addresses_of_one_ipv6_network(throttle: Throttle) -> None:
    throttle.hit(TWICE, "2001:db8::1")
    throttle.hit(TWICE, "2001:db8::2")
    with pytest.raises(RateLimited):
        throttle.hit(TWICE, "2001:db8::3")
    throttle.hit(TWICE, "2001:db8:0:1::1")
