"""Which containers, decoders and protocols may a source use?

Allow-lists, because the readers left out are the way in for hostile files: playlists (HLS, DASH, ffconcat) open other
files and addresses, image readers open sequences by pattern, and rare decoders are where memory errors live.
"""

DEMUXERS = (
    "mov",
    "mp4",
    "m4a",
    "3gp",
    "3g2",
    "mj2",
    "matroska",
    "webm",
    "avi",
    "mpegts",
    "mpeg",
    "flv",
    "ogg",
    "asf",
    "mxf",
    "wtv",
    "gxf",
    "dv",
    "ivf",
    "h264",
    "hevc",
    "mpegvideo",
    "m4v",
)
"""Names of FFmpeg demuxers that read one self-contained file and nothing else."""

BARE_DEMUXERS = ("h264", "hevc", "mpegvideo", "m4v")
"""Streams without a container: nothing says when their frames are shown, and nothing can be found in them."""

DECODE_ORDERED = ("avi", "asf")
"""Containers that say when frames are decoded and not when they are shown: what readers say of that is guessed."""

AUDIO_DEMUXERS = ("mp3", "wav", "w64", "flac", "aac", "ac3", "eac3", "aiff", "amr", "caf", "dts")
"""Opened by the probe only, to say "this is a sound file" instead of "this is no video"."""

VIDEO_DECODERS = {
    "h264": "h264",
    "hevc": "hevc",
    "vp8": "vp8",
    "vp9": "vp9",
    "av1": "libdav1d",
    "mpeg4": "mpeg4",
    "msmpeg4v2": "msmpeg4v2",
    "msmpeg4v3": "msmpeg4",
    "mpeg1video": "mpeg1video",
    "mpeg2video": "mpeg2video",
    "prores": "prores",
    "dnxhd": "dnxhd",
    "mjpeg": "mjpeg",
    "h263": "h263",
    "flv1": "flv",
    "vc1": "vc1",
    "wmv1": "wmv1",
    "wmv2": "wmv2",
    "wmv3": "wmv3",
    "theora": "theora",
    "dvvideo": "dvvideo",
    "ffv1": "ffv1",
    "huffyuv": "huffyuv",
    "utvideo": "utvideo",
    "qtrle": "qtrle",
    "png": "png",
    "rawvideo": "rawvideo",
    "cfhd": "cfhd",
    "svq1": "svq1",
    "svq3": "svq3",
    "cinepak": "cinepak",
    "vp6": "vp6",
    "vp6f": "vp6f",
    "jpeg2000": "jpeg2000",
    "vvc": "vvc",
}
"""Video codec -> the one decoder that may read it."""

AUDIO_DECODERS = {
    "aac": "aac",
    "aac_latm": "aac_latm",
    "mp3": "mp3float",
    "mp2": "mp2float",
    "ac3": "ac3",
    "eac3": "eac3",
    "dts": "dca",
    "truehd": "truehd",
    "mlp": "mlp",
    "opus": "opus",
    "vorbis": "vorbis",
    "flac": "flac",
    "alac": "alac",
    "wavpack": "wavpack",
    "tta": "tta",
    "amr_nb": "amrnb",
    "amr_wb": "amrwb",
    "wmav1": "wmav1",
    "wmav2": "wmav2",
    "wmapro": "wmapro",
    "gsm": "gsm",
    "adpcm_ms": "adpcm_ms",
    "adpcm_ima_wav": "adpcm_ima_wav",
    "adpcm_ima_qt": "adpcm_ima_qt",
    "adpcm_swf": "adpcm_swf",
    "nellymoser": "nellymoser",
    "speex": "speex",
    "pcm_s16le": "pcm_s16le",
    "pcm_s16be": "pcm_s16be",
    "pcm_s24le": "pcm_s24le",
    "pcm_s24be": "pcm_s24be",
    "pcm_s32le": "pcm_s32le",
    "pcm_s32be": "pcm_s32be",
    "pcm_f32le": "pcm_f32le",
    "pcm_f64le": "pcm_f64le",
    "pcm_u8": "pcm_u8",
    "pcm_s8": "pcm_s8",
    "pcm_alaw": "pcm_alaw",
    "pcm_mulaw": "pcm_mulaw",
    "pcm_bluray": "pcm_bluray",
    "pcm_dvd": "pcm_dvd",
    "s302m": "s302m",
}
"""Audio codec -> the one decoder that may read it."""

DECODERS = tuple(sorted({*VIDEO_DECODERS.values(), *AUDIO_DECODERS.values(), "mp2", "mp3"}))
"""Every decoder that may run; the last two are those that FFmpeg takes by itself when it only looks at a file."""

SUBTITLE_DECODERS = {
    "subrip": "subrip",
    "srt": "srt",
    "ass": "ass",
    "ssa": "ssa",
    "mov_text": "mov_text",
    "webvtt": "webvtt",
    "text": "text",
}
"""Codec of subtitles that are text, and so can become caption tracks -> the one decoder that may read it."""

LOCAL_PROTOCOLS = ("file",)
REMOTE_PROTOCOLS = ("http", "https", "tcp", "tls")


def is_remote(address: str) -> bool:
    """Whether an address is a URL (of the object store) and not a path on disk."""
    return address.startswith(("http://", "https://"))


def allowed_protocols(address: str) -> str:
    """The value of FFmpeg's `protocol_whitelist` for reading this one address."""
    return ",".join(REMOTE_PROTOCOLS if is_remote(address) else LOCAL_PROTOCOLS)


CONTAINER_NAMES = {
    "mov,mp4,m4a,3gp,3g2,mj2": "MP4/MOV",
    "matroska,webm": "Matroska/WebM",
    "avi": "AVI",
    "mpegts": "MPEG-TS",
    "mpeg": "MPEG-PS",
    "flv": "FLV",
    "ogg": "Ogg",
    "asf": "ASF/WMV",
    "mxf": "MXF",
}
"""What people call the containers."""
