"""Which jobs follow from a plan, and in which turn."""

from dataclasses import replace
from fractions import Fraction

from tests.media.probes import audio_track, copied_video, even_video, make_probe
from vod_web.core.clock import utc_now
from vod_web.media.plan import EncodePlan, plan_encode
from vod_web.media.probed import Probe, SubtitleTrack
from vod_web.models import Job, JobKind, JobState
from vod_web.queue import Urgency
from vod_web.services.processing.turns import LADDER_PLACE, choose_next, urgency_of
from vod_web.services.processing.work import plan_jobs, plan_renditions

WORDS = SubtitleTrack(2, "subrip", is_text=True, language="eng", title=None, is_default=False, is_forced=False)


def plan_of(probe: Probe) -> EncodePlan:
    return plan_encode(probe)


def film() -> EncodePlan:
    """A video that is copied, with sound in 5.1 and subtitles."""
    sound = audio_track(1, codec="ac3", channels=6, layout="5.1")
    return plan_of(replace(make_probe(copied_video(), sound), subtitles=(WORDS,)))


def jobs_of(plan: EncodePlan) -> dict[JobKind, list[Job]]:
    found: dict[JobKind, list[Job]] = {}
    for job in plan_jobs(plan):
        job.state = JobState.WAITING
        job.number = job.number or 0
        found.setdefault(job.kind, []).append(job)
    return found


def test_surround_sound_comes_with_the_better_pictures() -> None:
    plan = film()
    stereo, surround = jobs_of(plan)[JobKind.AUDIO]

    assert stereo.makes == ["audio-0"]
    assert surround.makes == ["surround-0"]
    assert stereo.place < LADDER_PLACE == surround.place
    assert {row.name: row.is_early for row in plan_renditions(plan)}["surround-0"] is False
    assert urgency_of(stereo) is Urgency.URGENT
    assert urgency_of(surround) is Urgency.NORMAL


def test_captions_are_made_where_there_are_subtitles_before_what_nobody_waits_for() -> None:
    jobs = jobs_of(film())
    (subtitles,), (storyboard,), (loudness,) = (
        jobs[kind] for kind in (JobKind.SUBTITLES, JobKind.STORYBOARD, JobKind.LOUDNESS)
    )

    assert subtitles.place < storyboard.place
    assert [urgency_of(job) for job in (subtitles, storyboard, loudness)] == [Urgency.NORMAL, Urgency.LOW, Urgency.LOW]
    assert JobKind.SUBTITLES not in jobs_of(plan_of(make_probe(even_video(), audio_track(1))))
    assert JobKind.LOUDNESS not in jobs_of(plan_of(make_probe(even_video())))


def test_loudness_is_measured_when_all_sound_is_there() -> None:
    jobs = [job for kind in jobs_of(film()).values() for job in kind]
    sound = [job for job in jobs if job.kind is JobKind.AUDIO]

    def is_let_in() -> bool:
        return any(job.kind is JobKind.LOUDNESS for job in choose_next(jobs, window=9, now=utc_now()))

    assert not is_let_in()
    for job in sound:
        job.state = JobState.DONE
    assert is_let_in()


def test_the_sound_of_a_film_is_as_long_in_5_1_as_in_stereo() -> None:
    plan = film()

    lengths = [sum(plan.audio_chunk_duration_s(c.index) for c in plan.audio_chunks if c.track == t) for t in (0, 1)]
    assert lengths[0] == lengths[1] > Fraction(60)


def test_what_cannot_be_copied_begins_with_a_piece_that_plays_where_nothing_else_does() -> None:
    plan = plan_of(make_probe(even_video(), audio_track(1)))
    first = next(plan_jobs(plan))

    assert (first.kind, first.makes, urgency_of(first)) == (JobKind.PIECE, ["quick"], Urgency.URGENT)
    assert JobKind.PIECE not in {job.kind for job in plan_jobs(plan, is_awaited=False)}
    assert JobKind.PIECE not in jobs_of(film())
