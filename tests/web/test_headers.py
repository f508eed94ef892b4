from vod_web.web.headers import content_security_policy


def test_pages_load_nothing_from_elsewhere() -> None:
    assert "connect-src 'self';" in content_security_policy([])
    assert "http" not in content_security_policy([])


def test_pages_may_use_the_hosts_of_the_storage() -> None:
    policy = content_security_policy(["https://cdn.example.org", "https://videos.s3.example.org"])

    for kind in ("connect-src 'self'", "media-src 'self'", "img-src 'self'"):
        assert f"{kind} https://cdn.example.org https://videos.s3.example.org" in policy
    assert "script-src 'self';" in policy
