import base64
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path

import pytest

from huntaze.kit.secret import Secret
from huntaze.settings import SETTINGS, LocalSettings, Settings, SettingsError, settings_page

KEY = base64.b64encode(bytes(range(32))).decode()
CANARY = "canary-51c0"
ENOUGH = {
    "DATABASE_URL": "postgresql://me:word@db/huntaze",
    "TOKEN_ENCRYPTION_KEY": KEY,
    "PUBLIC_URL": "https://social.example.com/",
    "HOME": "/home/someone",
}
PAGE = Path(__file__).parents[1] / "docs" / "look-up" / "settings.md"


class Asked(Mapping[str, str]):
    """An environment that remembers which names it was asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values_ = dict(values)
        self.names: set[str] = set()

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.names.add(key)
        return self.values_.get(key, default)

    def __getitem__(self, key: str) -> str:
        self.names.add(key)
        return self.values_[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def _refused(environ: Mapping[str, str], env_file: Path | None = None) -> dict[str, str]:
    with pytest.raises(SettingsError) as refused:
        Settings.load(environ, env_file)
    for problem in refused.value.problems:
        assert problem.remedy
        assert problem.name in str(refused.value)
    return {problem.name: problem.what for problem in refused.value.problems}


def test_the_three_required_settings_are_enough() -> None:
    settings = Settings.load(ENOUGH, None)
    assert settings.public_url == "https://social.example.com"
    assert settings.database_url == Secret("postgresql://me:word@db/huntaze")
    assert settings.keys.ids == (1,)
    assert (settings.meta_app, settings.instagram_app, settings.tiktok_app) == (None, None, None)
    assert settings.instagram_redirect_uri == "https://social.example.com/api/auth/instagram/callback"
    assert settings.tiktok_redirect_uri == "https://social.example.com/api/auth/tiktok/callback"
    assert settings.graph_version == "v26.0"
    assert settings.urls.facebook_graph == "https://graph.facebook.com"
    assert settings.urls.tiktok_dialog == "https://www.tiktok.com"
    assert settings.local.home == Path("/home/someone/.local/share/huntaze")
    assert settings.media_store == "/home/someone/.local/share/huntaze/media"
    assert (settings.local.host, settings.local.port, settings.local.log_level) == ("127.0.0.1", 8420, "info")
    assert settings.trusted_proxies == ()
    assert settings.instagram_webhook.verify_token is None
    assert settings.instagram_webhook.extra_secrets == ()
    assert settings.tiktok_webhook_secrets == ()


def test_every_problem_is_told_at_once() -> None:
    told = _refused(
        {
            "PUBLIC_URL": "http://social.example.com",
            "TOKEN_ENCRYPTION_KEY": base64.b64encode(bytes(32)).decode(),
            "HUNTAZE_PORT": "eighty",
            "LOG_LEVEL": "loud",
            "HUNTAZE_DEV": "maybe",
            "HUNTAZE_KILL_AT": "publish.intent:0",
            "META_GRAPH_VERSION": "26",
            "TRUSTED_PROXIES": "10.0.0.0/8, here",
            "MEDIA_STORE": "gs://bucket",
            "SMTP_URL": "http://mail",
            "POSTGRES_BIN": "/no/such/folder",
            "TIKTOK_API_URL": "tiktok",
            "TIKTOK_REDIRECT_URI": "http://social.example.com/cb",
        }
    )
    assert told == {
        "PUBLIC_URL": "is http, which is allowed on loopback only",
        "TOKEN_ENCRYPTION_KEY": "key 1 is all zero",
        "DATABASE_URL": "is missing",
        "HUNTAZE_PORT": "is not a port",
        "LOG_LEVEL": "'loud' is not a level",
        "HUNTAZE_DEV": "is neither 1 nor 0",
        "HUNTAZE_KILL_AT": "'publish.intent:0' is not a checkpoint: write name or name:n with n from 1",
        "META_GRAPH_VERSION": "'26' is not a version",
        "TRUSTED_PROXIES": "holds what is no network: 'here' does not appear to be an IPv4 or IPv6 network",
        "MEDIA_STORE": "is neither a folder nor s3://…",
        "SMTP_URL": "does not begin with smtp://",
        "POSTGRES_BIN": "there is no /no/such/folder",
        "TIKTOK_API_URL": "is not a web address",
        "TIKTOK_REDIRECT_URI": "is http, which is allowed on loopback only",
    }


@pytest.mark.parametrize("address", ["me:wo/rd@db/x", "me:wo#rd@db/x", "me:wo?rd@db/x", "me:word@db:port/x"])
def test_a_database_address_that_cannot_be_read_is_refused_without_a_word_of_its_password(address: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load({**ENOUGH, "DATABASE_URL": f"postgresql://{address}"}, None)
    assert [problem.what for problem in refused.value.problems] == ["names no host that can be read"]
    assert "%2F for /" in str(refused.value)
    assert "wo" not in str(refused.value).replace("word@host", "").replace("password", "")


@pytest.mark.parametrize("address", ["db", "db:5432/x", "[::1]:5432/x", "a:1,b:2/x", "me@/x?host=/run/pg&port=5432"])
def test_every_way_to_name_a_host_is_taken(address: str) -> None:
    url = f"postgresql://{address}"
    assert Settings.load({**ENOUGH, "DATABASE_URL": url}, None).database_url.reveal() == url


def test_nothing_at_all_names_the_three_that_are_missing() -> None:
    assert _refused({}) == dict.fromkeys(("DATABASE_URL", "TOKEN_ENCRYPTION_KEY", "PUBLIC_URL"), "is missing")
    assert _refused(dict.fromkeys(ENOUGH, " ")).keys() == {"DATABASE_URL", "TOKEN_ENCRYPTION_KEY", "PUBLIC_URL"}


def test_the_demo_reads_its_own_machine_before_it_has_a_database() -> None:
    local = LocalSettings.load({"HUNTAZE_HOME": "~/h", "HOME": "/home/someone", "HUNTAZE_PORT": "9000"}, None)
    assert (local.home, local.port) == (Path("/home/someone/h"), 9000)
    assert (local.database_url, local.token_encryption_key, local.public_url) == (None, None, None)


def test_defaults_answer_only_for_what_is_set_nowhere_else() -> None:
    defaults = {**ENOUGH, "FACEBOOK_GRAPH_URL": "http://127.0.0.1:8421", "META_GRAPH_VERSION": "v25.0"}
    settings = Settings.load({"META_GRAPH_VERSION": "v24.0"}, None, defaults=defaults)
    assert settings.graph_version == "v24.0"
    assert "http://127.0.0.1:8421" in settings.urls.origins()
    assert len(settings.urls.origins()) == 8


@pytest.mark.parametrize(
    "url", ["http://localhost:8420", "http://127.0.0.1:8420", "http://[::1]:8420", "http://a.localhost"]
)
def test_http_is_allowed_on_loopback(url: str) -> None:
    assert Settings.load({**ENOUGH, "PUBLIC_URL": url}, None).public_url == url


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a",
        "https://",
        "https://a:0",
        "https://a:x",
        "https://me@a",
        "https://a/?q=1",
        "https://a#b",
        "https://a b",
    ],
)
def test_a_malformed_public_address_is_refused(url: str) -> None:
    assert _refused({**ENOUGH, "PUBLIC_URL": url}).keys() == {"PUBLIC_URL"}


def test_a_platform_is_on_when_both_its_id_and_its_secret_are_there() -> None:
    names = [
        ("meta_app", "FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET"),
        ("instagram_app", "INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET"),
        ("tiktok_app", "TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET"),
    ]
    for attribute, id_name, secret_name in names:
        app = getattr(Settings.load({**ENOUGH, id_name: "12", secret_name: CANARY}, None), attribute)
        assert (app.app_id, app.app_secret) == ("12", Secret(CANARY))
        for alone in ({id_name: "12"}, {secret_name: CANARY}):
            assert getattr(Settings.load({**ENOUGH, **alone}, None), attribute) is None


def test_each_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    for row in SETTINGS:
        if not row.secret:
            continue
        environ = Asked({**ENOUGH, f"{row.name}_FILE": str(file)})
        environ.values_.pop(row.name, None)
        file.write_text(f"{ENOUGH.get(row.name, 'smtp://' + CANARY)}\n")
        settings = Settings.load(environ, None)
        assert f"{row.name}_FILE" in environ.names
        assert CANARY not in repr(settings)
    assert Settings.load({**ENOUGH, "SMTP_URL_FILE": str(file)}, None).smtp_url == Secret(f"smtp://{CANARY}")


def test_a_secret_file_that_cannot_be_used_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    for name in ("empty", "bytes", "missing"):
        told = _refused({**ENOUGH, "FACEBOOK_APP_SECRET_FILE": str(tmp_path / name)})
        assert told.keys() == {"FACEBOOK_APP_SECRET_FILE"}
    (tmp_path / "good").write_text("x")
    both = {**ENOUGH, "FACEBOOK_APP_SECRET": "x", "FACEBOOK_APP_SECRET_FILE": str(tmp_path / "good")}
    assert _refused(both) == {"FACEBOOK_APP_SECRET": "is set, and FACEBOOK_APP_SECRET_FILE too"}


def test_a_missing_key_file_is_one_problem_and_not_two(tmp_path: Path) -> None:
    environ = {name: value for name, value in ENOUGH.items() if name != "TOKEN_ENCRYPTION_KEY"}
    environ["TOKEN_ENCRYPTION_KEY_FILE"] = str(tmp_path / "missing")
    assert _refused(environ).keys() == {"TOKEN_ENCRYPTION_KEY_FILE"}


def test_no_secret_is_shown_by_the_settings_or_by_their_problems() -> None:
    secrets = {row.name: CANARY for row in SETTINGS if row.secret}
    with pytest.raises(SettingsError) as refused:
        Settings.load({**ENOUGH, **secrets}, None)
    assert CANARY not in str(refused.value)
    assert CANARY not in repr(refused.value.problems)


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "".join(f"{name}='{value}'\n" for name, value in ENOUGH.items()) + "HUNTAZE_PORT=9001\nLOG_LEVEL=debug\n"
    )
    settings = Settings.load({"HUNTAZE_PORT": "9002"}, file)
    assert (settings.local.port, settings.local.log_level) == (9002, "debug")
    assert Settings.load(ENOUGH, tmp_path / "none").local.port == 8420


def test_a_mistyped_name_in_the_env_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("INSTAGRAM_APP_SECERT=x\nCOMPOSE_PROJECT_NAME=mine\n")
    with pytest.raises(SettingsError, match="did you mean INSTAGRAM_APP_SECRET") as refused:
        Settings.load(ENOUGH, file)
    assert [problem.name for problem in refused.value.problems] == ["INSTAGRAM_APP_SECERT"]


def test_the_other_name_of_the_redirect_address_is_accepted_unless_they_differ() -> None:
    first, second = "https://a.example/cb/", "https://b.example/cb"
    alias = {**ENOUGH, "NEXT_PUBLIC_INSTAGRAM_REDIRECT_URI": first}
    assert Settings.load(alias, None).instagram_redirect_uri == first
    assert Settings.load({**alias, "INSTAGRAM_REDIRECT_URI": first}, None).instagram_redirect_uri == first
    assert _refused({**alias, "INSTAGRAM_REDIRECT_URI": second}) == {
        "INSTAGRAM_REDIRECT_URI": "and NEXT_PUBLIC_INSTAGRAM_REDIRECT_URI differ"
    }


def test_lists_are_taken_apart() -> None:
    settings = Settings.load(
        {
            **ENOUGH,
            "TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.7,",
            "INSTAGRAM_WEBHOOK_SECRET": "one, two",
            "TIKTOK_WEBHOOK_SECRET": "three",
            "TOKEN_ENCRYPTION_KEY": f"7:{base64.b64encode(bytes([1] * 32)).decode()},1:{KEY}",
            "MEDIA_STORE": "s3://bucket/prefix/",
        },
        None,
    )
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("192.0.2.7"))
    assert settings.instagram_webhook.extra_secrets == (Secret("one"), Secret("two"))
    assert settings.tiktok_webhook_secrets == (Secret("three"),)
    assert settings.keys.ids == (7, 1)
    assert settings.media_store == "s3://bucket/prefix"


def test_the_table_lists_exactly_the_names_that_are_read() -> None:
    environ = Asked(ENOUGH)
    Settings.load(environ, None)
    read = {name for name in environ.names if not name.endswith("_FILE")} - {"HOME"}
    assert read == {row.name for row in SETTINGS if not row.for_tests}
    assert {name.removesuffix("_FILE") for name in environ.names if name.endswith("_FILE")} == {
        row.name for row in SETTINGS if row.secret
    }


def test_the_settings_page_is_true() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page()
