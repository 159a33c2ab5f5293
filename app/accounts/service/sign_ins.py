"""Sign-ins: tries of a password and their brake, chains of refresh tokens."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import delete, select
from sqlmodel import Session

from app.accounts import opaque
from app.accounts.models import GuessBrake, RefreshToken, SignIn, User
from app.accounts.rules import ADDRESS, FAMILIAR, FAMILIAR_FOR, STRANGE, Brake, address_of
from app.accounts.service.callers import SIGN_IN, USER
from app.core import clock
from app.core.database import Work
from app.core.errors import NotSignedIn, TooMany
from app.core.language import Words
from app.core.revisions import upsert_for

REFRESH_LIFE = timedelta(days=14)
SIGN_IN_LIFE = timedelta(days=90)
GRACE = timedelta(seconds=10)
SIBLINGS = 3
BRAKE = GuessBrake.__table__.c  # type: ignore[attr-defined]
REFRESH = RefreshToken.__table__.c  # type: ignore[attr-defined]


class WrongCredentials(NotSignedIn):
    """The e-mail address and the password don't belong together."""

    title = Words("Kirjautuminen ei onnistunut", "Wrong credentials")
    detail = Words(
        "Sähköpostiosoite ja salasana eivät kuulu yhteen, tai tunnus ei ole käytössä.",
        "This e-mail address and password don't belong together, or the account is not in use.",
    )
    cure = Words(
        "Tarkista osoite ja salasana. Ylläpitäjä antaa linkin uuteen salasanaan (POST /v1/users/ID/links) "
        "tai uuden salasanan: `perhekeskus user reset SÄHKÖPOSTI`.",
        "Check both. An administrator gives a link to a new password (POST /v1/users/ID/links), or a new one: "
        "`perhekeskus user reset EMAIL`.",
    )


class TooManyGuesses(TooMany):
    """Too many wrong passwords were tried for this account, or from this address."""

    title = Words("Liian monta yritystä", "Too many guesses")
    detail = Words(
        "Vääriä salasanoja on kokeiltu liikaa tähän tunnukseen tai tästä osoitteesta. Yritä {seconds} s kuluttua.",
        "Too many wrong passwords were tried for this account or from this address. Try again in {seconds} s.",
    )
    cure = Words(
        "Odota otsakkeen Retry-After verran. Mistä tunnuksella on ennen kirjauduttu, sieltä pääsee muiden yrityksistä "
        "huolimatta. Unohtuneen salasanan tilalle ylläpitäjä antaa linkin.",
        "Wait as Retry-After says. From where the account was signed in to before, others' tries do not matter. "
        "If the password is lost, an administrator gives a link to a new one.",
    )


class RefreshTokenNotAccepted(NotSignedIn):
    """The refresh token is not known, has expired, or its sign-in has ended."""

    title = Words("Kirjautuminen on päättynyt", "Sign-in ended")
    detail = Words(
        "Jatkotunniste ei ole voimassa: se on vanhentunut tai kirjautuminen on päätetty. Kirjaudu uudestaan.",
        "The refresh token is not valid: it has expired, or the sign-in was ended. Sign in again.",
    )
    cure = Words("Kirjaudu: POST /v1/auth/token.", "Sign in: POST /v1/auth/token.")


class RefreshTokenReused(NotSignedIn):
    """The refresh token had been used already, so the whole sign-in was ended."""

    title = Words("Jatkotunniste käytettiin toisen kerran", "Refresh token used twice")
    detail = Words(
        "Jatkotunniste oli jo käytetty, joten joku muu saattaa pitää siitä kopiota. Koko kirjautuminen päätettiin.",
        "The refresh token had been used already, so somebody else may hold a copy. The whole sign-in was ended.",
    )
    cure = Words(
        "Kirjaudu uudestaan. Käytä kukin jatkotunniste kerran ja ota vastauksesta uusi. Jos et tehnyt tätä itse, "
        "vaihda salasana.",
        "Sign in again. Use each refresh token once and take the next from the answer. If it was not you, change your "
        "password.",
    )


@dataclass(frozen=True)
class Trier:
    """Who tries a password for which account. The keys are digests that tell neither address."""

    key: bytes
    email: str
    address: str
    agent: str = ""

    @property
    def account(self) -> str:
        return self._digest("account", address_of(self.email))

    @property
    def place(self) -> str:
        return self._digest("address", self.address)

    @property
    def both(self) -> str:
        return self._digest("both", address_of(self.email), self.address)

    @property
    def client(self) -> str:
        """Who holds a refresh token, as far as one can see."""
        return self._digest("client", self.address, self.agent)

    def _digest(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return blake2b(text, key=self.key, digest_size=32).hexdigest()


def take_a_try(session: Work, trier: Trier) -> None:
    """Count a try before the password is looked at. Raises TooManyGuesses, and then counts nothing."""
    now = clock.now()
    stored = _locked(session, trier)
    brakes = _brakes(stored, trier)
    wait = max(brake.wait(stored[key].due_at, now) for key, brake in brakes.items())
    if wait > timedelta(0):
        seconds = int(wait.total_seconds()) + 1
        raise TooManyGuesses(seconds=seconds, retry_after_s=seconds)
    for key, brake in brakes.items():
        stored[key].due_at = brake.taken(stored[key].due_at, now)
    session.flush()


def give_back_the_try(session: Work, trier: Trier) -> None:
    """The password was right: the try does not count, and the account is at home at this address from now on."""
    stored = _locked(session, trier)
    for key, brake in _brakes(stored, trier).items():
        stored[key].due_at -= brake.interval
    stored[trier.both].familiar_until = clock.now() + FAMILIAR_FOR
    session.flush()


def make_familiar(session: Work, trier: Trier) -> None:
    """The account is at home at this address from now on, with a brake of its own that nobody has used yet."""
    own = _locked(session, trier)[trier.both]
    own.due_at, own.familiar_until = clock.now(), clock.now() + FAMILIAR_FOR
    session.flush()


def _brakes(stored: dict[str, GuessBrake], trier: Trier) -> dict[str, Brake]:
    until = stored[trier.both].familiar_until
    is_familiar = until is not None and until > clock.now()
    return {trier.place: ADDRESS, **({trier.both: FAMILIAR} if is_familiar else {trier.account: STRANGE})}


def _locked(session: Work, trier: Trier) -> dict[str, GuessBrake]:
    """The three counters, made where they are missing, held until the transaction ends."""
    now = clock.now()
    keys = sorted((trier.account, trier.place, trier.both))
    insert = upsert_for(session.connection().dialect.name)
    session.execute(insert(GuessBrake).values([{"key": key, "due_at": now} for key in keys]).on_conflict_do_nothing())
    rows = session.scalars(select(GuessBrake).where(BRAKE.key.in_(keys)).order_by(BRAKE.key).with_for_update())
    found = {row.key: row for row in rows}
    _sweep(session, keys, now)
    return found


def _sweep(session: Work, but: Collection[str], now: datetime) -> None:
    """Remove counters that count nothing any more: last, and past those that others hold, so that nobody waits."""
    stale = (
        select(BRAKE.key)
        .where(BRAKE.due_at < now - timedelta(hours=1), BRAKE.key.not_in(but))
        .where(BRAKE.familiar_until.is_(None) | (BRAKE.familiar_until < now))
        .with_for_update(skip_locked=True)
    )
    session.execute(delete(GuessBrake).where(BRAKE.key.in_(stale)))


def password_of(session: Session, email: str) -> tuple[uuid.UUID, str] | None:
    """The id and password hash of who signs in with this address and is in use."""
    query = select(USER.id, USER.password_hash).where(USER.email == address_of(email), USER.is_active)
    found = session.execute(query).first()
    return (found.id, found.password_hash) if found and found.password_hash else None


def must_still_be(session: Work, user_id: uuid.UUID, password_hash: str) -> None:
    """Refuse who got another password, or was put out of use, since theirs was checked. Raises WrongCredentials."""
    query = select(USER.id).where(USER.id == user_id, USER.password_hash == password_hash, USER.is_active)
    if session.execute(query.with_for_update()).first() is None:
        raise WrongCredentials()


def begin(session: Work, user_id: uuid.UUID, client: str) -> tuple[uuid.UUID, str]:
    """A new sign-in: its id, and its first refresh token."""
    now = clock.now()
    ended = select(SIGN_IN.id).where(SIGN_IN.ends_at < now).with_for_update(skip_locked=True)
    session.execute(delete(SignIn).where(SIGN_IN.id.in_(ended)))
    sign_in = SignIn(user_id=user_id, began_at=now, ends_at=now + SIGN_IN_LIFE)
    session.add(sign_in)
    session.flush()
    return sign_in.id, _next(session, sign_in, client)


def refresh(session: Work, secret: str, client: str) -> tuple[uuid.UUID, uuid.UUID, str] | None:
    """User, sign-in and the next refresh token; or None where the token had been used: then the sign-in is ended.

    The same client may use one again within ten seconds: an answer that got lost must not end a sign-in. The
    newest three that are unused go on working.
    Raises RefreshTokenNotAccepted.
    """
    now = clock.now()
    digest = opaque.digest(secret)
    live = select(SignIn).join(User, SIGN_IN.user_id == USER.id).where(SIGN_IN.ends_at > now, USER.is_active)
    named = live.where(SIGN_IN.id.in_(select(REFRESH.sign_in_id).where(REFRESH.digest == digest)))
    # The sign-in is held before its tokens, as by those who end it: else the two would wait for each other.
    sign_in = session.scalars(named.with_for_update(of=SignIn)).first()
    token = session.get(RefreshToken, digest)
    if sign_in is None or token is None or token.expires_at <= now:
        raise RefreshTokenNotAccepted()
    if token.used_at is not None and not (token.client == client and now - token.used_at <= GRACE):
        session.execute(delete(SignIn).where(SIGN_IN.id == sign_in.id))
        return None
    token.used_at, token.client = token.used_at or now, client
    session.execute(delete(RefreshToken).where(REFRESH.sign_in_id == sign_in.id, REFRESH.expires_at < now))
    following = _next(session, sign_in, client)
    unused = select(REFRESH.digest).where(REFRESH.sign_in_id == sign_in.id, REFRESH.used_at.is_(None))
    too_many = unused.order_by(REFRESH.expires_at.desc(), REFRESH.digest).offset(SIBLINGS)
    session.execute(delete(RefreshToken).where(REFRESH.digest.in_(list(session.scalars(too_many)))))
    return sign_in.user_id, sign_in.id, following


def end(session: Work, secret: str) -> None:
    """End the sign-in of a refresh token, if there is one."""
    ended = select(REFRESH.sign_in_id).where(REFRESH.digest == opaque.digest(secret))
    session.execute(delete(SignIn).where(SIGN_IN.id.in_(ended)))


def _next(session: Work, sign_in: SignIn, client: str) -> str:
    secret = opaque.made()
    session.add(
        RefreshToken(
            digest=opaque.digest(secret),
            sign_in_id=sign_in.id,
            expires_at=min(clock.now() + REFRESH_LIFE, sign_in.ends_at),
            client=client,
        )
    )
    session.flush()
    return secret
