"""The composition root of the web app: reads top to bottom as the list of what it is made of."""

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from vod_web.api import register_api
from vod_web.blueprints import register_blueprints
from vod_web.core.logging import configure_logging
from vod_web.core.settings import Settings, load_settings
from vod_web.db.base import Base
from vod_web.db.engine import engine_options, prepare_engine
from vod_web.db.session import bind_sessions, close_session, sessions
from vod_web.resources import open_resources
from vod_web.web.addresses import register_addresses
from vod_web.web.assets import register_assets
from vod_web.web.compiling import PageEnvironment
from vod_web.web.errors import register_error_handlers
from vod_web.web.headers import register_headers
from vod_web.web.requests import register_request_log
from vod_web.web.sign_in import register_sign_in
from vod_web.web.templates import register_templates

ROOT = Path(__file__).resolve().parents[1]
MAX_FORM_BYTES = 2 * 1024**2  # forms and JSON; parts of uploads set a limit of their own

csrf = CSRFProtect()


def create_app(settings: Settings | None = None) -> Flask:
    """The web app for these settings, or for those of the environment.

    Raises:
        SettingsError: when the environment's settings are wrong.
    """
    settings = settings or load_settings()
    configure_logging(level=settings.log_level, as_json=settings.log_json)
    app = Flask(
        "vod_web",
        root_path=str(ROOT / "vod_web"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static" / "dist"),
        static_url_path="/static",
    )
    app.jinja_environment = PageEnvironment
    app.config.from_mapping(_flask_config(settings))
    _trust_proxies(app, settings)
    _connect_database(app)
    opened = open_resources(settings)
    register_request_log(app)
    register_headers(app, settings, opened.storage)
    csrf.init_app(app)
    register_sign_in(app)
    register_assets(app)
    register_templates(app)
    register_error_handlers(app)
    register_addresses(app)
    register_blueprints(app)
    csrf.exempt(
        "vod_web.blueprints.watch.note_playing"
    )  # players on other sites have no session; it changes nothing else
    csrf.exempt("vod_web.blueprints.notifications.stop_mails")  # pressed in mail programs; the address is the proof
    register_api(app, csrf)
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "MAX_CONTENT_LENGTH": MAX_FORM_BYTES,
        "SESSION_COOKIE_NAME": "vod_session",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session; an upload page may stay open for days
        "WTF_CSRF_SSL_STRICT": False,
        "PROPAGATE_EXCEPTIONS": False,
        "TEMPLATES_AUTO_RELOAD": False,
    }


def _trust_proxies(app: Flask, settings: Settings) -> None:
    count = settings.trusted_proxies
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign] # Flask wraps so


def _connect_database(app: Flask) -> None:
    """Flask-SQLAlchemy opens the engine and Flask-Migrate finds it; sessions are the services' own."""
    database = SQLAlchemy(metadata=Base.metadata)
    database.init_app(app)
    with app.app_context():
        engine = prepare_engine(database.engine)
    database.session = sessions  # type: ignore[assignment] # one kind of session for requests, jobs and tests
    bind_sessions(engine)
    app.teardown_appcontext(lambda _error: close_session())
    Migrate(app, database, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
