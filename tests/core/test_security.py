from vod_web.core.security import (
    hash_password,
    hash_secret,
    needs_rehash,
    new_secret,
    verify_password,
)


def test_a_password_is_known_again_and_another_is_not() -> None:
    kept = hash_password("correct horse")
    assert verify_password("correct horse", kept)
    assert not verify_password("correct hors", kept)


def test_nobody_has_no_password() -> None:
    assert not verify_password("", None)


def test_a_broken_hash_fits_no_password() -> None:
    assert not verify_password("x", "not a hash")


def test_hashes_are_argon2id_with_todays_parameters(dear_passwords: None) -> None:
    kept = hash_password("x")
    assert kept.startswith("$argon2id$")
    assert not needs_rehash(kept)
    assert needs_rehash(kept.replace("t=3", "t=1"))


def test_secrets_differ_and_are_known_by_their_hash() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert len(hash_secret(one)) == 64
    assert hash_secret(one) == hash_secret(one) != hash_secret(other)
