"""The upload page: what it says before anything is chosen."""

import html
from dataclasses import replace

from flask.testing import FlaskClient

from tests.factories import make_user, sign_in
from tests.queries import counted_queries
from vod_web.models import CommentRule, Role
from vod_web.resources import resources
from vod_web.schemas.uploads import UploadCreate
from vod_web.services import uploads
from vod_web.services.site import change_site, get_site

MB = 1_000_000


def read(client: FlaskClient) -> str:
    """The page as text on one line."""
    answer = client.get("/upload")
    assert answer.status_code == 200
    return " ".join(html.unescape(answer.text).split())


def begin(person: object, filename: str) -> None:
    uploads.create_upload(
        person,  # type: ignore[arg-type] # a User
        UploadCreate(filename=filename, size_bytes=40 * MB),
        storage=resources().storage,
        settings=resources().settings,
    )


def test_visitors_sign_in_and_come_back(client: FlaskClient) -> None:
    make_user()
    answer = client.get("/upload")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/upload&reason=upload")


def test_people_who_may_only_watch_are_told_so(client: FlaskClient) -> None:
    sign_in(client, make_user(role=Role.VIEWER))
    assert client.get("/upload").status_code == 403


def test_limits_stand_on_the_page_before_a_file_is_chosen(client: FlaskClient) -> None:
    sign_in(client, make_user(quota_bytes=250 * MB))
    page = read(client)
    assert "Up to 64 GB a file." in page
    assert "You may store 250 MB more of your 250 MB." in page
    assert "MP4, MOV, MKV" in page
    assert "Uploading needs JavaScript" in page


def test_without_a_quota_the_page_says_so(client: FlaskClient) -> None:
    sign_in(client, make_user())
    assert "There is no limit to what you may store." in read(client)


def test_interrupted_uploads_are_listed_for_their_owner_alone(client: FlaskClient) -> None:
    ada = make_user("ada")
    sign_in(client, ada)
    begin(ada, "holiday <1>.mp4")
    begin(make_user("eve"), "secret.mp4")

    page = read(client)
    assert "Not finished" in page
    assert "Choose the file holiday <1>.mp4" in page
    assert "secret.mp4" not in page


def test_the_list_costs_no_query_per_upload(client: FlaskClient) -> None:
    ada = make_user("ada")
    sign_in(client, ada)
    begin(ada, "1.mp4")
    read(client)  # what is asked only once in a process
    with counted_queries() as one:
        read(client)
    for number in range(5):
        begin(ada, f"{number}.mp4")
    with counted_queries() as six:
        read(client)
    assert len(six) == len(one)


def test_what_uploads_begin_with_is_kept_and_stands_in_new_rows(client: FlaskClient) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, make_user())
    wanted = {
        "visibility": "unlisted",
        "publish": "when_ready",
        "category": "travel",
        "language": "de",
        "licence": "cc-by-4.0",
        "comments": "held",
        "tags": "sea, sun",
        "description": "Filmed by Ada.",
    }
    answer = client.post("/account/uploads", data=wanted)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/uploads")
    for address in ("/account/uploads", "/upload"):
        page = " ".join(html.unescape(client.get(address).text).split())
        assert '<option value="unlisted" selected>' in page
        assert '<option value="when_ready" selected>' in page
        assert '<option value="travel" selected>Travel and places' in page
        assert '<option value="de" selected>German' in page
        assert '<option value="cc-by-4.0" selected>CC BY 4.0' in page
        assert '<option value="held" selected>Held until you have seen them' in page
        assert 'value="sea, sun"' in page
        assert "Filmed by Ada." in page


def test_rows_begin_with_the_rule_of_the_site_and_without_one_where_it_has_no_comments(client: FlaskClient) -> None:
    sign_in(client, make_user())
    site = get_site()
    for changes, shown in (({"comment_rule": CommentRule.OFF}, True), ({"has_comments": False}, False)):
        change_site(replace(site, **changes))
        page = " ".join(client.get("/upload").text.split())
        assert ('<option value="off" selected>Off</option>' in page) is shown
        assert ('name="comments"' in page) is shown
        assert ('value="comments"' in page) is shown


def test_defaults_that_are_wrong_are_shown_again(client: FlaskClient) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, make_user())
    answer = client.post("/account/uploads", data={"publish": "at_time", "tags": "x" * 50, "description": "Kept."})
    assert answer.status_code == 422
    assert "A tag has at most 40 characters" in answer.text
    assert "Kept." in answer.text
