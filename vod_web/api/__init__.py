"""The JSON API, `/api/v1`: the same services and rights as the pages."""

from flask import Flask
from flask_wtf import CSRFProtect


def register_api(app: Flask, csrf: CSRFProtect) -> None:
    """All calls of the API."""
