"""Who did what with power, and when?"""

from typing import Any

from vod_web.blueprints.admin import blueprint
from vod_web.schemas.admin import AuditFilter
from vod_web.services import audit
from vod_web.web.forms import read_query
from vod_web.web.rendering import render
from vod_web.web.sign_in import current_person

WORDS_OF_DEEDS: dict[audit.Deed, str] = {
    "channel.remove_avatar": "Removed the picture of a person",
    "channel.remove_banner": "Removed the banner of a channel",
    "comment.approve": "Let a comment be seen",
    "comment.remove": "Deleted a comment",
    "comment.restore": "Brought a comment back",
    "job.cancel": "Gave a job up",
    "job.retry": "Had a job done again",
    "playlist.delete": "Deleted a playlist",
    "playlist.edit": "Edited a playlist",
    "playlist.restore": "Brought a playlist back",
    "report.reopen": "Opened a report again",
    "report.resolve": "Settled a report",
    "site.change": "Changed the settings",
    "site.workers": "Changed the number of workers",
    "user.add": "Added a person",
    "user.create_admin": "Made an admin",
    "user.make_reset_link": "Made a link for a new password",
    "user.set_role": "Changed the role",
    "user.suspend": "Suspended",
    "user.unsuspend": "Let in again",
    "video.add_captions": "Added captions",
    "video.block": "Blocked a video",
    "video.cancel": "Stopped the processing",
    "video.cancel_replacement": "Gave up a new file of a video",
    "video.delete": "Deleted a video",
    "video.delete_captions": "Took captions out",
    "video.delete_version": "Removed an earlier version of a video",
    "video.download_original": "Downloaded the file of a video",
    "video.edit": "Edited a video",
    "video.edit_captions": "Changed captions",
    "video.edit_chapters": "Changed the chapters",
    "video.import": "Imported a file of the server",
    "video.mark": "Said whether a video is sensitive",
    "video.reencode": "Had a video encoded anew",
    "video.replace": "Sent a new file for a video",
    "video.restore": "Brought a video back",
    "video.restore_captions": "Brought captions back",
    "video.restore_version": "Brought an earlier version of a video back",
    "video.retry": "Had a video processed again",
    "video.thumbnail": "Chose the picture of a video",
    "video.unblock": "Unblocked a video",
    "worker.drain": "Told a worker to end",
}
DETAILS = {
    "after": "now",
    "author": "written by",
    "before": "before",
    "decision": "decision",
    "changed": "changed",
    "file": "file",
    "former_title": "title before",
    "is_sensitive": "sensitive",
    "kind": "job",
    "language": "language",
    "reason": "reason",
    "registration": "registration",
    "role": "role",
}
"""What is told of a deed; the id of a video is its link."""


def name_deed(action: str) -> str:
    """In words; as it is kept, where another version of the site did it."""
    return {str(deed): words for deed, words in WORDS_OF_DEEDS.items()}.get(action, action)


def name_details(detail: dict[str, Any]) -> list[tuple[str, str]]:
    """What is worth telling, in words."""
    told = [(DETAILS[name], detail[name]) for name in DETAILS if detail.get(name) is not None]
    return [(name, _say(value)) for name, value in told]


def _say(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value).replace("_", " ")


@blueprint.get("/audit")
def audit_log() -> str:
    """The table of everything that was done with power."""
    wanted = read_query(AuditFilter)
    actions = [("", "All"), *((action, name_deed(action)) for action in audit.list_actions(current_person()))]
    page = audit.list_events(current_person(), wanted)
    words = {"name_deed": name_deed, "name_details": name_details}
    return render("admin/audit.html", "rows", page=page, wanted=wanted, action_choices=actions, **words)
