"""What people say about all of one's videos, in one table."""

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from vod_web.blueprints.studio import blueprint
from vod_web.core.clock import utc_now
from vod_web.schemas.comments import CommentBulk, CommentDeed, ReceivedFilter
from vod_web.services import comment_care
from vod_web.services.permissions import require_signed_in
from vod_web.services.videos import is_public_id
from vod_web.web.forms import read_form, read_query_kindly
from vod_web.web.rendering import go_to, go_to_address, render
from vod_web.web.sign_in import current_person, safe_next


@blueprint.get("/comments")
def comments() -> str:
    """Those that are held first, then the newest."""
    wanted, left_out = read_query_kindly(ReceivedFilter)
    person = require_signed_in(current_person())
    page = comment_care.list_received(person, wanted)
    return render(
        "studio/comments.html",
        "rows",
        wanted=wanted,
        left_out=left_out,
        page=page,
        comments=comment_care.read_received(person, page.items),
        deleted=[public_id for public_id in request.args.get("deleted", "").split(",") if is_public_id(public_id)],
        has_any=bool(page.items) or comment_care.has_received(person),
    )


@blueprint.post("/comments")
def change_comments() -> Response:
    """Approve or delete those that are ticked, or the one whose button was pressed; or undo that."""
    if not request.form.getlist("ids"):
        flash("Tick some comments first.", "info")
        return go_to("studio.comments")
    bulk = read_form(CommentBulk)
    done = comment_care.change_many(current_person(), bulk, now=utc_now())
    if bulk.deed is CommentDeed.DELETE and done:
        return go_to("studio.comments", deleted=",".join(done))
    word = "approved" if bulk.deed is CommentDeed.APPROVE else "back"
    flash(f"{len(done)} comment{'s' if len(done) != 1 else ''} {word}.", "good")
    return go_to_address(safe_next(request.args.get("next")) or url_for("studio.comments"))
