"""The settings: one frozen value, read once from the environment, refused with the whole list if anything is wrong.

Imported by wiring and __main__ alone; everyone else is handed values.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from types import MappingProxyType
from typing import Self
from urllib.parse import urlsplit

from huntaze.kit.crypto import BadKeyRing, KeyRing
from huntaze.kit.secret import Secret
from huntaze.settings_reader import (
    LOG_LEVELS,
    Problem,
    SettingsError,
    SettingsReader,
    parse_checkpoint,
    parse_flag,
    parse_graph_version,
    parse_log_level,
    parse_media_store,
    parse_networks,
    parse_port,
)
from huntaze.settings_table import SETTINGS, SettingRow, settings_page

__all__ = [
    "SETTINGS",
    "AppCredentials",
    "InstagramWebhook",
    "LocalSettings",
    "PlatformUrls",
    "Problem",
    "SettingRow",
    "Settings",
    "SettingsError",
    "settings_page",
]

# Perhaps none, perhaps IPv6, perhaps with a port: what a bare / in a password leaves is none of these
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]*)(:\d{1,5})?")

_NO_DEFAULTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class AppCredentials:
    """Id and secret of our app on a platform (TikTok: client key and client secret)."""

    app_id: str
    app_secret: Secret


@dataclass(frozen=True)
class InstagramWebhook:
    """What the Instagram webhook is set up with, beside the app secrets."""

    verify_token: Secret | None
    extra_secrets: tuple[Secret, ...]


@dataclass(frozen=True)
class PlatformUrls:
    """Base address of every platform host, without a slash at the end; the simulator stands in by these."""

    facebook_graph: str
    facebook_dialog: str
    facebook_upload: str
    instagram_graph: str
    instagram_api: str
    instagram_dialog: str
    tiktok_api: str
    tiktok_dialog: str

    def origins(self) -> frozenset[str]:
        """`scheme://host[:port]` of each: the only exceptions of the guard for strangers' addresses."""
        urls = (urlsplit(str(getattr(self, field.name))) for field in fields(self))
        return frozenset(f"{url.scheme}://{url.netloc}" for url in urls)


@dataclass(frozen=True)
class LocalSettings:
    """What concerns this machine alone, and what the demo can do without: it makes its own database and key."""

    home: Path
    host: str
    port: int
    postgres_bin: Path | None
    postgres_run_as: str | None
    ffmpeg: Path | None
    log_level: str
    dev: bool
    kill_at: str | None
    database_url: Secret | None
    token_encryption_key: Secret | None
    public_url: str | None

    @classmethod
    def load(cls, environ: Mapping[str, str], env_file: Path | None) -> Self:
        """Read them; absent database, key and public address are None here. Raises SettingsError."""
        reader = SettingsReader(environ, env_file, _NO_DEFAULTS)
        local = cls._read(reader, environ)
        reader.finish()
        return local

    @classmethod
    def _read(cls, reader: SettingsReader, environ: Mapping[str, str]) -> Self:
        user_home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()

        def path(text: str) -> Path:
            return user_home / text[2:] if text.startswith("~/") else Path(text).absolute()

        def existing(text: str) -> Path:
            if not path(text).exists():
                raise ValueError(f"there is no {text}")
            return path(text)

        key = reader.secret("TOKEN_ENCRYPTION_KEY")
        _check_key(reader, key)
        return cls(
            home=reader.parsed("HUNTAZE_HOME", path, user_home / ".local" / "share" / "huntaze", ""),
            host=reader.text("HUNTAZE_HOST") or "127.0.0.1",
            port=reader.parsed("HUNTAZE_PORT", parse_port, 8420, "write a number from 1 to 65535"),
            postgres_bin=reader.parsed("POSTGRES_BIN", existing, None, "name the folder with postgres and initdb"),
            postgres_run_as=reader.text("POSTGRES_RUN_AS"),
            ffmpeg=reader.parsed("FFMPEG", existing, None, "name the ffmpeg program with its path"),
            log_level=reader.parsed("LOG_LEVEL", parse_log_level, "info", f"write one of {', '.join(LOG_LEVELS)}"),
            dev=reader.parsed("HUNTAZE_DEV", parse_flag, False, "write 1 or 0"),
            kill_at=reader.parsed("HUNTAZE_KILL_AT", parse_checkpoint, None, "write name or name:n"),
            database_url=_locator(reader, "DATABASE_URL", ("postgresql", "postgres")),
            token_encryption_key=key,
            public_url=reader.public_url("PUBLIC_URL").rstrip("/") or None,
        )


@dataclass(frozen=True)
class Settings:
    """All settings. An app that is None is switched off, unless the setup wizard stored its credentials."""

    local: LocalSettings
    database_url: Secret
    keys: KeyRing
    public_url: str
    meta_app: AppCredentials | None
    instagram_app: AppCredentials | None
    tiktok_app: AppCredentials | None
    instagram_webhook: InstagramWebhook
    tiktok_webhook_secrets: tuple[Secret, ...]
    instagram_redirect_uri: str
    tiktok_redirect_uri: str
    urls: PlatformUrls
    graph_version: str
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    media_store: str
    smtp_url: Secret | None
    simulator_url: str | None

    @classmethod
    def load(
        cls, environ: Mapping[str, str], env_file: Path | None, *, defaults: Mapping[str, str] = _NO_DEFAULTS
    ) -> Self:
        """Read everything; `defaults` answers for names that are set nowhere else (the demo's database, key, address
        and simulator). Raises SettingsError with every problem at once."""
        reader = SettingsReader(environ, env_file, defaults)
        local = LocalSettings._read(reader, environ)
        _require(reader, local)
        redirects = f"{local.public_url}/api/auth"
        apps = [_app(reader, *names) for names in _APPS]
        instagram_redirect = _instagram_redirect(reader) or f"{redirects}/instagram/callback"
        tiktok_redirect = reader.public_url("TIKTOK_REDIRECT_URI") or f"{redirects}/tiktok/callback"
        webhook = InstagramWebhook(
            verify_token=reader.secret("INSTAGRAM_WEBHOOK_VERIFY_TOKEN"),
            extra_secrets=_several(reader.secret("INSTAGRAM_WEBHOOK_SECRET")),
        )
        tiktok_secrets = _several(reader.secret("TIKTOK_WEBHOOK_SECRET"))
        urls = PlatformUrls(**{field: reader.url(name, _DEFAULTS[name]) for field, name in _BASE_URLS.items()})
        version = reader.parsed(
            "META_GRAPH_VERSION", parse_graph_version, _DEFAULTS["META_GRAPH_VERSION"], "write v26.0"
        )
        proxies: tuple[IPv4Network | IPv6Network, ...] = reader.parsed(
            "TRUSTED_PROXIES", parse_networks, (), "write them like 10.0.0.0/8, 192.0.2.7"
        )
        media = reader.parsed(
            "MEDIA_STORE", parse_media_store, str(local.home / "media"), "write a folder or s3://bucket"
        )
        smtp_url = _locator(reader, "SMTP_URL", ("smtp", "smtps"))
        simulator_url = reader.url("HUNTAZE_SIMULATOR_URL") or None
        reader.finish()
        assert local.database_url is not None
        assert local.token_encryption_key is not None
        assert local.public_url is not None
        return cls(
            local=local,
            database_url=local.database_url,
            keys=KeyRing.parse(local.token_encryption_key),
            public_url=local.public_url,
            meta_app=apps[0],
            instagram_app=apps[1],
            tiktok_app=apps[2],
            instagram_webhook=webhook,
            tiktok_webhook_secrets=tiktok_secrets,
            instagram_redirect_uri=instagram_redirect,
            tiktok_redirect_uri=tiktok_redirect,
            urls=urls,
            graph_version=version,
            trusted_proxies=proxies,
            media_store=media,
            smtp_url=smtp_url,
            simulator_url=simulator_url,
        )


_DEFAULTS = {row.name: row.default for row in SETTINGS}

_APPS = (
    ("FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET"),
    ("INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET"),
    ("TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET"),
)

_BASE_URLS = {field.name: f"{field.name.upper()}_URL" for field in fields(PlatformUrls)}


def _require(reader: SettingsReader, local: LocalSettings) -> None:
    """Absent is told here; what is malformed has been told already."""
    told = {problem.name.removesuffix("_FILE") for problem in reader.problems}
    for name, value, remedy in (
        ("DATABASE_URL", local.database_url, "write postgresql://user:password@host/name"),
        ("TOKEN_ENCRYPTION_KEY", local.token_encryption_key, "make one with: openssl rand -base64 32"),
        ("PUBLIC_URL", local.public_url, "write the address browsers use, like https://social.example.com"),
    ):
        if not value and name not in told:
            reader.refuse(name, "is missing", remedy)


def _app(reader: SettingsReader, id_name: str, secret_name: str) -> AppCredentials | None:
    app_id, app_secret = reader.text(id_name), reader.secret(secret_name)
    return AppCredentials(app_id, app_secret) if app_id and app_secret else None


def _instagram_redirect(reader: SettingsReader) -> str:
    ours = reader.public_url("INSTAGRAM_REDIRECT_URI")
    alias = reader.public_url("NEXT_PUBLIC_INSTAGRAM_REDIRECT_URI")
    if ours and alias and ours != alias:
        reader.refuse(
            "INSTAGRAM_REDIRECT_URI",
            "and NEXT_PUBLIC_INSTAGRAM_REDIRECT_URI differ",
            "remove one, or make both what is registered in the app",
        )
    return ours or alias


def _check_key(reader: SettingsReader, key: Secret | None) -> None:
    if not key:
        return
    try:
        KeyRing.parse(key)
    except BadKeyRing as refusal:
        for what in refusal.problems:
            reader.refuse("TOKEN_ENCRYPTION_KEY", what, "make a key with: openssl rand -base64 32")


def _locator(reader: SettingsReader, name: str, schemes: tuple[str, ...]) -> Secret | None:
    """A `scheme://…` address that may carry a password."""
    locator = reader.secret(name)
    if locator:
        like = f"{schemes[0]}://user:password@host"
        try:
            split = urlsplit(locator.reveal())
        except ValueError:
            split = urlsplit("")
        if split.scheme not in schemes:
            reader.refuse(name, f"does not begin with {schemes[0]}://", f"write {like}")
        elif not all(_HOST.fullmatch(host) for host in split.netloc.rpartition("@")[2].split(",")):
            remedy = f"write {like}, in the password %2F for /, %3F for ?, %23 for #, %40 for @ and %25 for %"
            reader.refuse(name, "names no host that can be read", remedy)
    return locator


def _several(secret: Secret | None) -> tuple[Secret, ...]:
    words = secret.reveal().split(",") if secret else []
    return tuple(Secret(word.strip()) for word in words if word.strip())
