"""The player in frames of other sites, oEmbed, and what the watch page tells other sites and search engines."""

import html
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from tests.factories import bearer, make_admin, make_encode, make_unready_video, make_user, make_video, sign_in
from tests.queries import counted_queries
from vod_web.core.clock import utc_now
from vod_web.models import EmbedRule, User, Video, VideoStatus, Visibility
from vod_web.resources import resources

SIZE = {"width_px": 1920, "height_px": 1080}


@pytest.fixture(autouse=True)
def somebody(client: FlaskClient) -> None:
    """A site that is set up."""
    make_user("grace")


def published(owner: User | None = None, **values: Any) -> Video:
    """A video that plays, of somebody called ada."""
    video = make_video(owner or make_user("ada"), 'A "ship" & <b>sea</b>', **(SIZE | values))
    make_encode(video, resources().storage)
    return video


def base_url() -> str:
    return resources().settings.base_url


def ancestors(client: FlaskClient, video_id: str) -> str:
    answer = client.get(f"/embed/{video_id}")
    assert answer.status_code == 200
    found = re.search(r"frame-ancestors ([^;]+)$", answer.headers["Content-Security-Policy"])
    assert found is not None
    assert ("X-Frame-Options" in answer.headers) == (found[1] == "'self'")
    return found[1]


class TestPlayer:
    def test_the_frame_has_the_player_alone_and_sets_no_cookie(self, client: FlaskClient) -> None:
        video = published()
        answer = client.get(f"/embed/{video.public_id}")
        assert "data-player" in answer.text
        assert "site-header" not in answer.text
        assert f'href="/watch/{video.public_id}"' in answer.text
        assert "data-autoplay" not in answer.text
        assert "Set-Cookie" not in answer.headers

    def test_wishes_come_in_the_address(self, client: FlaskClient) -> None:
        video = published()
        page = client.get(f"/embed/{video.public_id}?autoplay=1&loop=1&title=0&start=12").text
        assert "data-autoplay" in page
        assert "data-muted" in page, "browsers let nothing else begin by itself"
        assert re.search(r"<video[^>]* muted loop ", page)
        assert 'data-start="12"' in page
        assert "embed-title" not in page

    @pytest.mark.parametrize("start", ["", "-1", "1e9", "²", "9" * 40, "<script>"])
    def test_odd_starts_do_no_harm(self, client: FlaskClient, start: str) -> None:
        page = client.get(f"/embed/{published().public_id}", query_string={"start": start}).text
        assert "data-start" not in page

    def test_the_owner_says_on_which_sites_it_may_stand(self, client: FlaskClient) -> None:
        ada = make_user("ada")
        video = published(ada)
        headers = bearer(ada)
        address = f"/api/v1/videos/{video.public_id}"
        assert ancestors(client, video.public_id) == "*"

        sites = "https://Blog.Example.org/a/page, *.example.com\nbücher.example example.com:8443 example.com:8443"
        told = client.patch(address, headers=headers, json={"embed": "listed", "embed_sites": sites}).get_json()
        wanted = ["https://blog.example.org", "*.example.com", "xn--bcher-kva.example", "example.com:8443"]
        assert (told["embed"], told["embed_sites"]) == ("listed", wanted)
        assert ancestors(client, video.public_id) == "'self' " + " ".join(wanted)
        others = bearer(make_user("eve"))
        assert client.get(address, headers=others).get_json()["embed_sites"] is None, "nobody else's business"

        client.patch(address, headers=headers, json={"embed": "nowhere"})
        assert ancestors(client, video.public_id) == "'self'"

    @pytest.mark.parametrize(
        "sites", ["", "exa mple;script-src *", "'self'", "*", "a..b", "example.org:port", "x" * 400]
    )
    def test_what_is_no_site_is_refused(self, client: FlaskClient, sites: str) -> None:
        ada = make_user("ada")
        video_id = published(ada).public_id
        body = {"embed": "listed", "embed_sites": sites}
        answer = client.patch(f"/api/v1/videos/{video_id}", headers=bearer(ada), json=body)
        assert answer.status_code == 422
        assert "embed_sites" in answer.get_json()["errors"]
        assert ancestors(client, video_id) == "*"

    def test_the_form_keeps_what_was_typed(self, client: FlaskClient) -> None:
        ada = make_user("ada")
        video = published(ada)
        sign_in(client, ada)
        client.application.config["WTF_CSRF_ENABLED"] = False
        texts = dict.fromkeys(("description", "tags", "category", "language", "publish_at", "time_zone", "viewers"), "")
        form = texts | {
            "title": "Harbour",
            "visibility": "public",
            "publish": "now",
            "embed": "listed",
            "embed_sites": "not a site!",
        }
        refused = client.post(f"/studio/videos/{video.public_id}", data=form)
        assert refused.status_code == 422
        assert "not a site!" in refused.text
        client.post(f"/studio/videos/{video.public_id}", data=form | {"embed_sites": "example.org\nexample.com"})
        assert "example.org\nexample.com" in client.get(f"/studio/videos/{video.public_id}").text
        assert ancestors(client, video.public_id) == "'self' example.org example.com"

    @pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.INTERNAL])
    def test_what_not_everybody_may_see_is_no_frame(self, client: FlaskClient, visibility: Visibility) -> None:
        ada = make_user("ada")
        video = published(ada, visibility=visibility)
        refused = client.get(f"/embed/{video.public_id}")
        assert refused.status_code == 404
        assert "data-hls" not in refused.text
        assert "A &#34;ship&#34;" not in refused.text
        assert "frame-ancestors *" in refused.headers["Content-Security-Policy"], "the frame says why it is empty"
        sign_in(client, ada)
        assert "data-hls" in client.get(f"/embed/{video.public_id}").text

    def test_unlisted_ones_play_for_whoever_has_the_address(self, client: FlaskClient) -> None:
        video = published(visibility=Visibility.UNLISTED)
        assert "data-hls" in client.get(f"/embed/{video.public_id}").text

    def test_one_that_is_not_ready_says_so(self, client: FlaskClient) -> None:
        video = make_unready_video(make_user("ada"), VideoStatus.PROCESSING)
        page = client.get(f"/embed/{video.public_id}").text
        assert "cannot be played yet" in page
        assert 'data-next-look-s="15"' in page

    def test_a_view_there_counts_without_a_session(self, client: FlaskClient) -> None:
        video = published()
        viewer = {"User-Agent": "Mozilla/5.0 Firefox/140.0"}
        report = {"played_s": 0}
        assert client.post(f"/watch/{video.public_id}/plays", json=report, headers=viewer).status_code == 204
        assert resources().plays.has_sitting(video.id, "127.0.0.1 Mozilla/5.0 Firefox/140.0", now=utc_now())


class TestOEmbed:
    def ask(self, client: FlaskClient, address: str, **query: object) -> Any:
        return client.get("/oembed", query_string={"url": address, **query})

    @pytest.mark.parametrize("folder", ["watch", "embed"])
    def test_a_site_is_told_how_to_show_a_video(self, client: FlaskClient, folder: str) -> None:
        video = published()
        answer = self.ask(client, f"{base_url()}/{folder}/{video.public_id}?t=3")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        told = answer.get_json()
        assert (told["version"], told["type"]) == ("1.0", "video")
        assert (told["title"], told["author_name"]) == (video.title, "Ada")
        assert (told["width"], told["height"]) == (1920, 1080)
        assert (told["thumbnail_width"], told["thumbnail_height"]) == (1280, 720)
        assert told["thumbnail_url"].startswith(f"{base_url()}/media/public/")
        assert f'src="{base_url()}/embed/{video.public_id}"' in told["html"]
        assert 'title="A &#34;ship&#34; &amp; &lt;b&gt;sea&lt;/b&gt;"' in told["html"]

    def test_it_fits_into_the_room_there_is(self, client: FlaskClient) -> None:
        video = published(width_px=1080, height_px=1920)
        told = self.ask(client, f"{base_url()}/watch/{video.public_id}", maxwidth=400, maxheight=480).get_json()
        assert (told["width"], told["height"]) == (270, 480)

    def test_xml_says_the_same(self, client: FlaskClient) -> None:
        video = published()
        address = f"{base_url()}/watch/{video.public_id}"
        answer = self.ask(client, address, format="xml")
        assert answer.mimetype == "text/xml"
        root = ElementTree.fromstring(answer.data)
        told = self.ask(client, address).get_json()
        assert {child.tag: child.text for child in root} == {name: str(value) for name, value in told.items()}

    def test_where_it_may_not_stand_there_is_a_link(self, client: FlaskClient) -> None:
        video = published(embed_rule=EmbedRule.NOWHERE)
        told = self.ask(client, f"{base_url()}/watch/{video.public_id}").get_json()
        assert told["type"] == "link"
        assert not {"html", "width", "height"} & set(told)

    def test_nothing_private_is_told_also_to_its_owner(self, client: FlaskClient) -> None:
        """The answer goes to a page that others see."""
        ada = make_user("ada")
        sign_in(client, ada)
        for visibility in (Visibility.PRIVATE, Visibility.INTERNAL):
            video = published(ada, visibility=visibility)
            assert self.ask(client, f"{base_url()}/watch/{video.public_id}").status_code == 404

    @pytest.mark.parametrize("path", ["/", "/watch/", "/watch/../admin", "/@ada", "/watch/AAAAAAAAAAA"])
    def test_other_addresses_are_not_ours(self, client: FlaskClient, path: str) -> None:
        assert self.ask(client, f"{base_url()}{path}").status_code == 404
        assert self.ask(client, f"https://elsewhere.example/watch/{published().public_id}").status_code == 404

    @pytest.mark.parametrize(
        "query", [{}, {"url": "x", "format": "yaml"}, {"url": "x", "maxwidth": "0"}, {"url": "http://["}]
    )
    def test_odd_questions_are_refused(self, client: FlaskClient, query: dict[str, str]) -> None:
        assert client.get("/oembed", query_string=query).status_code in (404, 422)


class TestWatchPage:
    def structured(self, page: str) -> Any:
        found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
        return json.loads(found[1]) if found else None

    def test_it_tells_search_engines_and_messengers(self, client: FlaskClient) -> None:
        video = published(description="Ships come in.", tags=["sea"], duration_s=3723.4)
        page = client.get(f"/watch/{video.public_id}").text
        told = self.structured(page)
        assert (told["@type"], told["name"], told["duration"]) == ("VideoObject", video.title, "PT1H2M3S")
        assert told["embedUrl"] == f"{base_url()}/embed/{video.public_id}"
        assert told["thumbnailUrl"][0].startswith(base_url())
        for name in ("og:video:url", "og:video:secure_url", "twitter:player"):
            assert re.search(rf'="{name}" content="{base_url()}/embed/{video.public_id}"', page)
        assert 'type="application/json+oembed"' in page

    def test_private_ones_tell_nothing(self, client: FlaskClient) -> None:
        ada = make_user("ada")
        sign_in(client, ada)
        page = client.get(f"/watch/{published(ada, visibility=Visibility.PRIVATE).public_id}").text
        assert self.structured(page) is None
        assert "og:video" not in page
        assert "oembed" not in page
        assert "<iframe" not in html.unescape(page)

    def test_chapters_and_what_is_said_are_told(self, client: FlaskClient) -> None:
        ada = make_user("ada")
        video = published(ada, duration_s=64.0)
        chapters = [{"start_s": 0, "title": "The <harbour>"}, {"start_s": 20.5, "title": "The sea"}]
        path, headers = f"/api/v1/videos/{video.public_id}", bearer(ada)
        client.put(f"{path}/chapters", headers=headers, json={"chapters": chapters})
        srt = b"1\n00:00:01,000 --> 00:00:02,000\nLand </script> ahoy\n"
        client.put(f"{path}/captions/en", headers=headers | {"Content-Type": "application/x-subrip"}, data=srt)
        told = self.structured(client.get(f"/watch/{video.public_id}").text)
        address = f"{base_url()}/watch/{video.public_id}"
        names = ("@type", "name", "startOffset", "endOffset", "url")
        assert [tuple(part[name] for name in names) for part in told["hasPart"]] == [
            ("Clip", "The <harbour>", 0.0, 20.5, f"{address}?t=0"),
            ("Clip", "The sea", 20.5, 64.0, f"{address}?t=20"),
        ]
        assert told["transcript"] == "Land </script> ahoy"
        client.patch(path, headers=headers, json={"visibility": "unlisted"})
        assert "ahoy" not in client.get(f"/watch/{video.public_id}").text

    def test_where_it_may_not_stand_no_code_is_offered(self, client: FlaskClient) -> None:
        page = client.get(f"/watch/{published(embed_rule=EmbedRule.NOWHERE).public_id}").text
        assert "<iframe" not in html.unescape(page)
        assert "embedUrl" not in page

    def test_the_link_is_there_as_a_qr_code(self, client: FlaskClient) -> None:
        video = published(duration_s=60.0)
        plain = client.get(f"/watch/{video.public_id}/qr.svg")
        assert plain.mimetype == "image/svg+xml"
        timed = client.get(f"/watch/{video.public_id}/qr.svg?t=12").data
        assert timed != plain.data
        assert client.get(f"/watch/{video.public_id}/qr.svg?t=-5").data == plain.data
        assert client.get(f"/watch/{video.public_id}/qr.svg?t=x").data == plain.data
        assert client.get("/watch/AAAAAAAAAAA/qr.svg").status_code == 404


class TestSitemap:
    def test_it_names_what_anybody_may_find_and_nothing_else(self, client: FlaskClient) -> None:
        ada, eve = make_user("ada"), make_user("eve")
        shown = published(ada)
        hidden = [published(eve, visibility=kind) for kind in Visibility if kind is not Visibility.PUBLIC]
        hidden.append(published(eve, status=VideoStatus.DELETED, deleted_at=utc_now()))
        sign_in(client, make_admin())

        index = client.get("/sitemap.xml")
        assert "Set-Cookie" not in index.headers
        pages = re.findall(rf"<loc>{base_url()}(/[^<]+)</loc>", index.text)
        with counted_queries() as statements:
            texts = [client.get(page).text for page in pages]
        assert len(statements) <= 8 * len(pages)
        text = "".join(texts)
        ElementTree.fromstring(texts[0])
        assert f"<loc>{base_url()}/watch/{shown.public_id}</loc>" in text
        assert f"<loc>{base_url()}/@ada</loc>" in text
        assert "/@eve" not in text
        assert not [video for video in hidden if video.public_id in text]

    def test_it_says_of_each_video_what_the_schema_asks_for(self, client: FlaskClient) -> None:
        ada = make_user("ada", display_name="Ada & Co")
        shown = published(ada, duration_s=61.6, description="About\n<ships> " * 200)
        closed = published(ada, embed_rule=EmbedRule.NOWHERE, duration_s=30_000.0)
        odd = make_video(ada, "odd\x0b\ufffe " + "x" * 200, **SIZE)
        make_encode(odd, resources().storage)
        bare = make_video(ada, "No picture")
        sensitive = published(ada, is_sensitive=True)
        root = ElementTree.fromstring(client.get("/sitemap-0.xml").text)
        site, video = (
            "{http://www.sitemaps.org/schemas/sitemap/0.9}",
            "{http://www.google.com/schemas/sitemap-video/1.1}",
        )
        told = {url.findtext(f"{site}loc"): url.find(f"{video}video") for url in root.findall(f"{site}url")}

        def of(one: Video) -> dict[str, str]:
            found = told[f"{base_url()}/watch/{one.public_id}"]
            return {} if found is None else {tag.tag.removeprefix(video): tag.text or "" for tag in found}

        whole = of(shown)
        order = "thumbnail_loc title description player_loc duration view_count publication_date uploader"
        assert list(whole) == order.split()
        assert whole["title"] == 'A "ship" & <b>sea</b>'
        assert whole["description"].startswith("About <ships> About")
        assert len(whole["description"]) <= 2048
        assert (whole["duration"], whole["uploader"]) == ("62", "Ada & Co")
        assert whole["player_loc"] == f"{base_url()}/embed/{shown.public_id}"
        assert client.get(whole["thumbnail_loc"].removeprefix(base_url()), buffered=True).status_code == 200
        assert "duration" not in of(closed)
        assert client.get(of(closed)["content_loc"].removeprefix(base_url()), buffered=True).status_code == 200
        assert of(odd)["title"].startswith("odd  x")
        assert 97 < len(of(odd)["title"]) <= 100
        assert of(bare) == of(sensitive) == {}

    def test_it_asks_no_question_for_each_video(self, client: FlaskClient) -> None:
        ada, counts = make_user("ada"), []
        for _ in range(2):
            published(ada)
            client.get("/sitemap-0.xml")
            with counted_queries() as statements:
                client.get("/sitemap-0.xml")
            counts.append(len(statements))
        assert counts[0] == counts[1]

    def test_searches_may_be_read_and_are_not_to_be_listed(self, client: FlaskClient) -> None:
        rules = [line for line in client.get("/robots.txt").text.splitlines() if line.startswith("Disallow: ")]
        assert not [rule for rule in rules if "/search?tag=sea".startswith(rule.removeprefix("Disallow: "))]
        assert '<meta name="robots" content="noindex, nofollow">' in client.get("/search?tag=sea").text

    def test_there_are_no_other_pages(self, client: FlaskClient) -> None:
        assert client.get("/sitemap-0.xml").status_code == 200
        assert client.get("/sitemap-1.xml").status_code == 404
        assert client.get("/sitemap-99999999999999999999.xml").status_code == 404

    def test_robots_are_told_where_it_is(self, client: FlaskClient) -> None:
        text = client.get("/robots.txt").text
        assert f"Sitemap: {base_url()}/sitemap.xml" in text
        assert "Disallow: /admin" in text
