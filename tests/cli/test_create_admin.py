from pathlib import Path

from tests.cli.sites import run_vod

WHO = ("create-admin", "--email", "ada@example.org", "--username", "ada", "--password-stdin")


def test_an_admin_is_made_on_an_empty_machine_and_only_once(tmp_path: Path) -> None:
    made = run_vod(*WHO, data_dir=tmp_path, stdin="correct horse battery\n")
    assert made.returncode == 0, made.stderr
    assert "ada is an admin now" in made.stdout

    again = run_vod(*WHO, data_dir=tmp_path, stdin="correct horse battery\n")
    assert again.returncode == 2
    assert again.stderr.startswith(("username: ", "email: "))
    assert "Traceback" not in again.stderr


def test_a_password_is_asked_for_only_at_a_terminal(tmp_path: Path) -> None:
    outcome = run_vod(*WHO[:-1], data_dir=tmp_path)

    assert outcome.returncode == 2
    assert "--password-stdin" in outcome.stderr
