"""Settings: environment variables ``PERHEKESKUS_*``, read once."""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from holidays import list_supported_countries
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything that an operator can choose. The README lists each; a test compares."""

    model_config = SettingsConfigDict(env_prefix="PERHEKESKUS_", frozen=True, extra="ignore")

    database_url: str = Field(
        default="sqlite:///./data/perhekeskus.db",
        description="SQLite file or PostgreSQL: `postgresql://user:password@host/name`.",
    )
    database_connections: int = Field(
        default=8,
        ge=2,
        le=100,
        description="Connections to the database per worker; also how many requests run at once.",
    )
    secret_key: str | None = Field(
        default=None,
        description="Signs tokens: random text of 32 bytes or more. If absent, one is made and kept in a file beside "
        "the SQLite database, or in `./data`; set it where several machines serve.",
    )
    public_url: str = Field(
        default="",
        description="Where people reach the server, for links that are sent to them: `https://api.example.fi`. "
        "If absent, the address that the request was sent to.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Proxies in front, with commas: addresses or networks such as `10.0.0.0/8`. Only from these are "
        "`X-Forwarded-For` and `X-Forwarded-Proto` believed.",
    )
    cors_origins: str = Field(
        default="", description="Origins whose pages may send a token, with commas: `https://admin.example.fi`."
    )
    suppress_below: int = Field(
        default=5, ge=1, le=100, description="Public counts from 1 to this less one are hidden. 1 hides nothing."
    )
    holidays_country: str = Field(
        default="FI",
        pattern="^[A-Z]{2}$",
        description="Whose public holidays proposed meetings step around: the code of a country (ISO 3166).",
    )
    import_max_mib: int = Field(default=200, ge=1, le=4096, description="The largest file to import, in MiB.")
    public_reads_per_minute: int = Field(
        default=60_000, ge=1, description="Requests without a token a minute, per address and worker."
    )
    token_reads_per_minute: int = Field(default=6_000, ge=1, description="Reads a minute, per caller and worker.")
    writes_per_minute: int = Field(default=3_000, ge=1, description="Writes a minute, per caller and worker.")
    sign_ins_per_minute: int = Field(
        default=30, ge=1, description="Sign-ins and spent links a minute, per address and worker."
    )
    kept_answers_mib: int = Field(
        default=64, ge=1, le=4096, description="Memory per worker for finished public answers, in MiB."
    )
    metrics_token: str | None = Field(
        default=None,
        min_length=16,
        description=(
            "Opens `/metrics` to who sends it (`Authorization: Bearer ...`), 16 characters or more. "
            "If absent, there is none."
        ),
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="What is logged.")

    @field_validator("database_url")
    @classmethod
    def _names_a_database(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")):
            raise ValueError("begins with sqlite:/// or postgresql://")
        return url

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("begins with https:// or http://")
        return url.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, proxies: str) -> str:
        for proxy in filter(None, (p.strip() for p in proxies.split(","))):
            ip_network(proxy)
        return proxies

    @field_validator("holidays_country")
    @classmethod
    def _has_known_holidays(cls, country: str) -> str:
        if country not in list_supported_countries():
            raise ValueError("is a country whose holidays are known, such as FI or SE")
        return country

    @property
    def proxies(self) -> list[str]:
        """The addresses and networks of ``trusted_proxies``."""
        return [p.strip() for p in self.trusted_proxies.split(",") if p.strip()]

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins of ``cors_origins``."""
        return tuple(o.strip() for o in self.cors_origins.split(",") if o.strip())


def secret_file(settings: Settings) -> Path:
    """Where the secret is kept when it is not set: beside the SQLite file, else in ``./data``."""
    scheme, _, path = settings.database_url.partition(":///")
    is_file = scheme.startswith("sqlite") and path not in ("", ":memory:")
    return Path(path.partition("?")[0] if is_file else "data/perhekeskus.db").with_suffix(".secret")
