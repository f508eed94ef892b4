"""What work is there to do, who is doing it, and until when is it theirs?"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from vod_web.core.clock import utc_now
from vod_web.db.base import Base, enum_column
from vod_web.models.encodes import Encode
from vod_web.models.imports import Import
from vod_web.models.videos import Video


class JobKind(StrEnum):
    """What a job makes."""

    PREPARE = "prepare"
    """Probe the source, plan the encode, make the jobs below."""
    CHUNK = "chunk"
    """All renditions of one chunk."""
    AUDIO = "audio"
    """One chunk of an audio track."""
    PIECE = "piece"
    """A few segments with which the video begins to play, or that a player asks for before their turn has come."""
    POSTER = "poster"
    FRAMES = "frames"
    """Pictures of several places, among which a person may choose; made when somebody wants to."""
    THUMBNAIL = "thumbnail"
    """The frame that a person has chosen, as the picture of the video."""
    SUBTITLES = "subtitles"
    """Caption tracks of all text subtitles of the source."""
    STORYBOARD = "storyboard"
    LOUDNESS = "loudness"
    """How loud each sound track is, measured."""
    PUBLISH = "publish"
    """The playlists, from what was measured."""
    IMPORT = "import"
    """A file from another server, which is then the source of a video; belongs to an import, and to no encode."""


class JobState(StrEnum):
    """Where a job is. The database is the truth, the queue only a hint."""

    WAITING = "waiting"
    """Not yet on the queue: something must be done first, or the video's window is full."""
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing will change it but a person."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Job(Base):
    """One piece of work of one encode, or the fetching of one import.

    A worker holds it by a lease; when that runs out, the sweep puts it back.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("encode_id", "kind", "number"),
        Index("ix_jobs_sweep", "state", "lease_expires_at"),
        Index("ix_jobs_created", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    encode_id: Mapped[int] = mapped_column(ForeignKey("encodes.id", ondelete="CASCADE"), index=True, nullable=True)
    """None for an import alone: whoever comes by an encode never meets one."""
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), unique=True)
    kind: Mapped[JobKind] = mapped_column(enum_column(JobKind))
    number: Mapped[int] = mapped_column(default=0)
    """Which chunk or audio chunk of the plan, or with which segment a piece begins; 0 for the other kinds."""
    place: Mapped[int] = mapped_column(default=0)
    """Its turn among the jobs of its encode: lower ones first; see `services.processing.turns`."""
    makes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The names of the renditions of which it makes a piece."""
    wanted_at: Mapped[datetime | None] = mapped_column()
    """When a player asked for the segment with which this piece begins: it goes before all others."""
    state: Mapped[JobState] = mapped_column(enum_column(JobState), default=JobState.WAITING)
    attempt: Mapped[int] = mapped_column(default=0)
    """How often it has been begun."""
    failures: Mapped[int] = mapped_column(default=0)
    """How often it ended in an error; a worker that died meanwhile does not count."""
    not_before: Mapped[datetime | None] = mapped_column()
    """Back-off: not to be queued before this time."""
    lease_expires_at: Mapped[datetime | None] = mapped_column()
    fence: Mapped[str | None] = mapped_column(String(11))
    """Names the attempt that holds the lease; a result with another fence is refused."""
    worker: Mapped[str | None] = mapped_column(String(100))
    progress: Mapped[float] = mapped_column(default=0.0)
    speed: Mapped[float | None] = mapped_column()
    """Seconds of video made in a second, measured."""
    weight_s: Mapped[float] = mapped_column(default=1.0)
    """How much of the encode's work it is, where a second of video in all its sizes is 1."""
    error: Mapped[str | None] = mapped_column()
    log: Mapped[str | None] = mapped_column()
    """The command and the end of FFmpeg's log, for the admin."""
    result: Mapped[dict[str, Any] | None] = mapped_column()
    """What it made, for the publish job."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    queued_at: Mapped[datetime | None] = mapped_column()
    started_at: Mapped[datetime | None] = mapped_column()
    finished_at: Mapped[datetime | None] = mapped_column()

    encode: Mapped[Encode] = relationship(lazy="raise")
    """None for an import."""
    fetch: Mapped[Import | None] = relationship(lazy="raise")
    """The import whose file it fetches."""

    @property
    def video(self) -> Video:
        """The one for which it is done; with its encode or import, it must be loaded."""
        return self.encode.video if self.fetch is None else self.fetch.video


class Worker(Base):
    """A worker process, on this machine or another, as it last reported."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int] = mapped_column()
    queues: Mapped[str] = mapped_column(String(100), default="")
    job_id: Mapped[int | None] = mapped_column()
    """The job it is at, if any."""
    cpu_cores: Mapped[float | None] = mapped_column()
    """How many processors it keeps busy, FFmpeg included; None until measured."""
    drained_at: Mapped[datetime | None] = mapped_column()
    """When it was told to take no further job, and to end."""
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    seen_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
