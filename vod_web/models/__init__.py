"""The tables, one aggregate a module; no queries, no I/O."""

from vod_web.models.captions import Caption, CaptionKind, CaptionOrigin
from vod_web.models.channels import ChannelPicture, ChannelPictureKind
from vod_web.models.chapters import Chapter, ChapterSet
from vod_web.models.comments import Comment, CommentLike
from vod_web.models.downloads import Download, DownloadState
from vod_web.models.encodes import Encode, EncodeStatus, Rendition, RenditionKind
from vod_web.models.figures import FigureBatch, PopularIn, PopularVideo, VideoDay, VideoRetention
from vod_web.models.imports import Import, ImportState
from vod_web.models.jobs import Job, JobKind, JobState, Worker
from vod_web.models.licences import Licence
from vod_web.models.mutes import Mute
from vod_web.models.notifications import (
    Announcement,
    MailChoice,
    MailTurn,
    Notification,
    NotificationKind,
    NotificationSetting,
)
from vod_web.models.playlists import Playlist, PlaylistChange, PlaylistItem, PlaylistKind, PlaylistOrder
from vod_web.models.premieres import AwaitedVideo, Reminder
from vod_web.models.reactions import Reaction, ReactionKind
from vod_web.models.reports import Report, ReportReason
from vod_web.models.search import NameKind, SearchDocument, SearchLanguage, SearchName, SearchTrack, SearchWord
from vod_web.models.sensitivity import SensitiveRule
from vod_web.models.site import AuditEvent, RegistrationPolicy, SiteSetting
from vod_web.models.sources import Source, SourceState
from vod_web.models.subscriptions import Subscription
from vod_web.models.thumbnails import Thumbnail
from vod_web.models.uploads import Part, Upload, UploadDefaults, UploadState
from vod_web.models.users import ApiToken, PasswordReset, Role, SignIn, TokenScope, User
from vod_web.models.videos import (
    Category,
    CommentRule,
    DownloadRule,
    EmbedRule,
    PublishRule,
    Tag,
    ThumbnailKind,
    Video,
    VideoStatus,
    Visibility,
)
from vod_web.models.viewing import ViewingPosition

__all__ = [
    "Announcement",
    "ApiToken",
    "AuditEvent",
    "AwaitedVideo",
    "Caption",
    "CaptionKind",
    "CaptionOrigin",
    "Category",
    "ChannelPicture",
    "ChannelPictureKind",
    "Chapter",
    "ChapterSet",
    "Comment",
    "CommentLike",
    "CommentRule",
    "Download",
    "DownloadRule",
    "DownloadState",
    "EmbedRule",
    "Encode",
    "EncodeStatus",
    "FigureBatch",
    "Import",
    "ImportState",
    "Job",
    "JobKind",
    "JobState",
    "Licence",
    "MailChoice",
    "MailTurn",
    "Mute",
    "NameKind",
    "Notification",
    "NotificationKind",
    "NotificationSetting",
    "Part",
    "PasswordReset",
    "Playlist",
    "PlaylistChange",
    "PlaylistItem",
    "PlaylistKind",
    "PlaylistOrder",
    "PopularIn",
    "PopularVideo",
    "PublishRule",
    "Reaction",
    "ReactionKind",
    "RegistrationPolicy",
    "Reminder",
    "Rendition",
    "RenditionKind",
    "Report",
    "ReportReason",
    "Role",
    "SearchDocument",
    "SearchLanguage",
    "SearchName",
    "SearchTrack",
    "SearchWord",
    "SensitiveRule",
    "SignIn",
    "SiteSetting",
    "Source",
    "SourceState",
    "Subscription",
    "Tag",
    "Thumbnail",
    "ThumbnailKind",
    "TokenScope",
    "Upload",
    "UploadDefaults",
    "UploadState",
    "User",
    "Video",
    "VideoDay",
    "VideoRetention",
    "VideoStatus",
    "ViewingPosition",
    "Visibility",
    "Worker",
]
