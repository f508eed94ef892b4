"""Home, search and channels."""

from flask import Blueprint, render_template

from vod_web.core.errors import NotFound
from vod_web.models import NameKind
from vod_web.schemas.base import PageQuery
from vod_web.schemas.video_lists import NewestFilter, SearchFilter
from vod_web.schemas.viewing import PopularFilter
from vod_web.services import channels, library
from vod_web.services.home import get_home
from vod_web.services.popular import list_popular
from vod_web.services.videos import AS_CARD
from vod_web.web.channels import show_channel
from vod_web.web.forms import read_query_kindly
from vod_web.web.rendering import render
from vod_web.web.searching import search_choices, show_search
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_list
from vod_web.web.viewing import read_time, show_home

blueprint = Blueprint("library", __name__)

NAMES = {"tag": NameKind.TAG, "owner": NameKind.CHANNEL}
CHANNEL_SORTS = [("-published_at", "Newest"), ("-views", "Most viewed"), ("published_at", "Oldest")]


@blueprint.get("/")
def home() -> str:
    """What one may want to watch."""
    return render("library/home.html", **show_home(get_home(current_person())))


@blueprint.get("/newest")
def newest() -> str:
    """The newest videos."""
    wanted, _ = read_query_kindly(PageQuery)
    newest = NewestFilter(cursor=wanted.cursor, limit=wanted.limit)
    return render(
        "library/newest.html", "videos", **show_list(library.list_listed(current_person(), newest, options=AS_CARD))
    )


@blueprint.get("/popular")
@blueprint.get("/popular/<popular_in>", endpoint="popular_in")
def popular(popular_in: str = "now") -> str:
    """What is watched most: now, or in a time."""
    wanted, _ = read_query_kindly(PageQuery)
    chosen = read_time(popular_in)
    popular = PopularFilter(popular_in=chosen, cursor=wanted.cursor, limit=wanted.limit)
    found = list_popular(current_person(), popular, options=AS_CARD)
    return render("library/popular.html", "videos", chosen=popular_in, **show_list(found))


@blueprint.get("/search")
def search() -> str:
    """What holds the words that were typed, or has the tag that was followed."""
    wanted, left_out = read_query_kindly(SearchFilter)
    block = "videos" if wanted.cursor else "results"
    context = {"wanted": wanted, "left_out": left_out, "choices": search_choices(wanted)}
    return render("library/search.html", block, **context, **show_search(wanted))


@blueprint.get("/search/suggestions")
def suggestions() -> str:
    """What may be meant by what has been typed so far, for the list under the search box."""
    wanted, _ = read_query_kindly(SearchFilter)
    found = library.suggest_listed(current_person(), wanted.query)
    return render_template("library/suggestions.html", found=found, typed=wanted.query)


@blueprint.get("/search/suggestions/<field>")
def suggest_names(field: str) -> str:
    """What a field of the filters offers for what has been typed into it so far."""
    if field not in NAMES:
        raise NotFound("There is no such field.")
    wanted, _ = read_query_kindly(SearchFilter)
    found = library.suggest_names(current_person(), NAMES[field], getattr(wanted, field) or "")
    return render_template("library/names.html", found=found)


@blueprint.get("/@<username>")
def channel(username: str) -> str:
    """A person's videos; to their owner, all of them."""
    shown = channels.get_channel(current_person(), username)
    wanted, _ = read_query_kindly(NewestFilter)
    found = library.list_channel(current_person(), shown.owner, wanted, options=AS_CARD)
    block = "videos" if wanted.cursor else "list"
    context = {"wanted": wanted, "sorts": CHANNEL_SORTS} | show_channel(shown)
    return render("library/channel.html", block, **context, **show_list(found))
