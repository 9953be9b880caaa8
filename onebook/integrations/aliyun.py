"""Short messages by Aliyun (阿里云短信): its own protocol, signed as its third version says (ACS3-HMAC-SHA256)."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import uuid4

from onebook.engines.message.provider import Outgoing, Reach
from onebook.engines.message.refusals import NoAddress, Rejected, TryLater
from onebook.integrations.answers import said
from onebook.integrations.network import Outside, told
from onebook.integrations.shape import Plain, Secret, Secrets, ShortSettings, WebAddress
from onebook.integrations.short import filled
from onebook.values.label import Label

ALGORITHM: Final = "ACS3-HMAC-SHA256"
_ACTION: Final = "SendSms"
_VERSION: Final = "2017-05-25"
_FORM: Final = "application/x-www-form-urlencoded"
#: Asked too often: by the minute, hour or day of a number, or of the account.
_LATER: Final = ("Throttling", "isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "ServiceUnavailable")


class AliyunSettings(ShortSettings):
    """The account, and where the service answers."""

    access_key_id: Plain
    endpoint: WebAddress = "https://dysmsapi.aliyuncs.com"


class AliyunSecrets(Secrets):
    """What signs."""

    access_key_secret: Secret


class Aliyun:
    """One number, one message."""

    label = Label("阿里云短信", "Aliyun SMS")
    reach: Reach = "phone"
    settings = AliyunSettings
    secrets = AliyunSecrets
    goes_to: tuple[str, ...] = ()
    per_minute = 300

    def __init__(self, outside: Outside) -> None:
        """On a way to the network."""
        self._outside = outside

    def check(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        """Refuse an address inside."""
        del secrets
        self._outside.check_web(settings.get("endpoint") or AliyunSettings.model_fields["endpoint"].default)

    def send(self, settings: Mapping[str, Any], secrets: Mapping[str, Any], message: Outgoing) -> str | None:
        """Send by the approved template."""
        if not message.address:
            raise NoAddress
        chosen = AliyunSettings.model_validate(settings)
        template, values = filled(chosen, message)
        parameters = {
            "PhoneNumbers": message.address,
            "SignName": chosen.sign_name,
            "TemplateCode": template.code,
            "TemplateParam": json.dumps(dict(zip(template.variables, values, strict=True)), ensure_ascii=False),
            "OutId": message.id,
        }
        body = urlencode(parameters, quote_via=quote).encode()
        endpoint = chosen.endpoint.rstrip("/")
        headers = signed_headers(
            chosen.access_key_id,
            secrets["access_key_secret"],
            host=endpoint.partition("://")[2],
            action=_ACTION,
            version=_VERSION,
            at=datetime.fromtimestamp(self._outside.clock(), UTC),
            nonce=uuid4().hex,
            body=body,
        )
        try:
            answer = said(self._outside.post(f"{endpoint}/", body, {**headers, "Content-Type": _FORM}))
        except Rejected as rejected:
            # Refusals of the whole request come with 4xx; the name in them says whether later is better.
            if any(name in str(rejected.data.get("reason")) for name in _LATER):
                raise TryLater(reason=rejected.data["reason"], wait_s=0) from None
            raise
        code = str(answer.get("Code", ""))
        if code == "OK":
            return told(answer["BizId"]) if answer.get("BizId") else None
        reason = told(f"{code} {answer.get('Message', '')}")
        if code.startswith(_LATER):
            raise TryLater(reason=reason, wait_s=0)
        raise Rejected(reason=reason)


def signed_headers(
    key_id: str,
    secret: str,
    *,
    host: str,
    action: str,
    version: str,
    at: datetime,
    nonce: str,
    body: bytes,
    query: Mapping[str, str] | None = None,
    content_type: str | None = _FORM,
) -> dict[str, str]:
    """The headers of a POST to `/`, signature among them."""
    digest = hashlib.sha256(body).hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": digest,
        "x-acs-date": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
        **({"content-type": content_type} if content_type else {}),
    }
    names = sorted(headers)
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in (query or {}).items())
    canonical = "\n".join(
        [
            "POST",
            "/",
            "&".join(f"{name}={value}" for name, value in pairs),
            *(f"{name}:{headers[name].strip()}" for name in names),
            "",
            ";".join(names),
            digest,
        ]
    )
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    sent = {name: value for name, value in headers.items() if name not in ("host", "content-type")}
    return {
        **sent,
        "Authorization": f"{ALGORITHM} Credential={key_id},SignedHeaders={';'.join(names)},Signature={signature}",
    }
