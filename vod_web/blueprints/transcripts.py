"""What is said in a video, as a page and as a text. With scripts it stands beside the player instead."""

from bisect import bisect_right
from itertools import groupby

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from vod_web.resources import resources
from vod_web.services.transcripts import Line, Transcript, format_transcript, read_transcript
from vod_web.web.rendering import render
from vod_web.web.sign_in import current_person
from vod_web.web.videos import show_video

blueprint = Blueprint("transcripts", __name__)


@blueprint.get("/watch/<video_id>/transcript")
def show(video_id: str) -> str:
    """Each line with the time at which it is said, under the chapter it belongs to."""
    transcript = _read(video_id)
    video = show_video(transcript.video)
    starts = [chapter.start_s for chapter in video.chapters]
    parts = [
        (video.chapters[place - 1].title if place else None, list(lines))
        for place, lines in groupby(transcript.lines, key=lambda line: _place(starts, line))
    ]
    return render("watch/transcript.html", video=video, transcript=transcript, parts=parts)


@blueprint.get("/watch/<video_id>/transcript.txt")
def text(video_id: str) -> Response:
    """The same to keep; `times=1` puts the time before each line."""
    transcript = _read(video_id)
    content = format_transcript(transcript, has_times=request.args.get("times") == "1")
    response = current_app.response_class(content, mimetype="text/plain")
    name = f"{transcript.video.public_id}.{transcript.track.language}.txt"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _read(video_id: str) -> Transcript:
    return read_transcript(current_person(), video_id, request.args.get("track"), storage=resources().storage)


def _place(starts: list[float], line: Line) -> int:
    return bisect_right(starts, line.start_s)
