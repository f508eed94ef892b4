"""Who is asking?"""

from flask import Flask
from flask_login import LoginManager, current_user

from vod_web.models import User

login_manager = LoginManager()


def register_sign_in(app: Flask) -> None:
    """Flask-Login, with sign-ins that live in the database."""
    login_manager.init_app(app)
    login_manager.user_loader(lambda secret: None)


def current_person() -> User | None:
    """The signed-in person, or None for a visitor; what services are given as `actor`."""
    return current_user._get_current_object() if current_user.is_authenticated else None
