"""Knowledge of video: probe, plan, commands, runner, results, playlists.

`probe -> plan -> commands -> run -> results -> playlists`. Everything but reading the file and running FFmpeg is a pure
function of frozen dataclasses. Knows neither the database nor the network; imports only `vod_web.core`.
"""
