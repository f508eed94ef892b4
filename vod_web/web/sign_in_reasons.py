"""Why is somebody led to signing in?

Addresses carry the name of a reason and never its words, so that the page says nothing that a stranger wrote.
"""

from flask import request

WISHES = {
    "like": "like this video",
    "dislike": "dislike this video",
    "comment": "comment on this video",
    "like-comment": "like this comment",
    "save": "save this video",
    "later": "keep this video for later",
    "subscribe": "subscribe to this channel",
    "remind": "be reminded of this video",
    "mute": "mute this person",
    "upload": "upload videos",
    "studio": "see your videos",
    "history": "see what you have watched",
    "liked": "see what you like",
    "lists": "see your playlists",
    "subscriptions": "see your subscriptions",
    "notifications": "see your notifications",
}
"""What the person wants to do, by the names of reasons."""

OF_ENDPOINTS = {
    "comments.add": "comment",
    "comments.reply": "comment",
    "comments.like": "like-comment",
    "history.index": "history",
    "mutes.change": "mute",
    "notifications.follow": "notifications",
    "notifications.index": "notifications",
    "playlists.add_later": "later",
    "playlists.index": "lists",
    "playlists.save": "save",
    "playlists.watch_later": "lists",
    "premieres.remind": "remind",
    "reactions.liked": "liked",
    "reactions.react": "like",
    "studio.index": "studio",
    "subscriptions.change": "subscribe",
    "subscriptions.channels": "subscriptions",
    "subscriptions.index": "subscriptions",
    "upload.index": "upload",
}
"""The reasons of the addresses that visitors come upon; the others need no word more than "Sign in"."""


def reason_here() -> str | None:
    """Why this request leads to signing in, if there is a word for it."""
    return OF_ENDPOINTS.get(request.endpoint or "")


def reason_asked() -> dict[str, str | None]:
    """What the forms show and hand on of the reason in the address; nothing of one that we do not know."""
    reason = request.args.get("reason", "")
    return {"reason": reason if reason in WISHES else None, "wish": WISHES.get(reason)}
