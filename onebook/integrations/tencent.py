"""Short messages by Tencent Cloud (腾讯云短信): its own protocol, signed in its third version (TC3-HMAC-SHA256)."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from onebook.engines.message.provider import Outgoing, Reach
from onebook.engines.message.refusals import NoAddress, Rejected, TryLater
from onebook.integrations.answers import said
from onebook.integrations.network import Outside, told
from onebook.integrations.shape import Plain, Secret, Secrets, ShortSettings, WebAddress
from onebook.integrations.short import filled
from onebook.values.label import Label

ALGORITHM: Final = "TC3-HMAC-SHA256"
_ACTION: Final = "SendSms"
_VERSION: Final = "2021-01-11"
_SERVICE: Final = "sms"
_JSON: Final = "application/json; charset=utf-8"
_LATER: Final = ("RequestLimitExceeded", "LimitExceeded", "InternalError")


class TencentSettings(ShortSettings):
    """The account, the application of short messages, and where the service answers."""

    secret_id: Plain
    application: Plain
    region: Plain = "ap-guangzhou"
    endpoint: WebAddress = "https://sms.tencentcloudapi.com"


class TencentSecrets(Secrets):
    """What signs."""

    secret_key: Secret


class Tencent:
    """One number, one message."""

    label = Label("腾讯云短信", "Tencent Cloud SMS")
    reach: Reach = "phone"
    settings = TencentSettings
    secrets = TencentSecrets
    goes_to: tuple[str, ...] = ()
    per_minute = 300

    def __init__(self, outside: Outside) -> None:
        """On a way to the network."""
        self._outside = outside

    def check(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        """Refuse an address inside."""
        del secrets
        self._outside.check_web(settings.get("endpoint") or TencentSettings.model_fields["endpoint"].default)

    def send(self, settings: Mapping[str, Any], secrets: Mapping[str, Any], message: Outgoing) -> str | None:
        """Send by the approved template."""
        if not message.address:
            raise NoAddress
        chosen = TencentSettings.model_validate(settings)
        template, values = filled(chosen, message)
        asked = {
            "PhoneNumberSet": [international(message.address)],
            "SmsSdkAppId": chosen.application,
            "SignName": chosen.sign_name,
            "TemplateId": template.code,
            "TemplateParamSet": list(values),
            "SessionContext": message.id,
        }
        body = json.dumps(asked, ensure_ascii=False).encode()
        endpoint = chosen.endpoint.rstrip("/")
        headers = signed_headers(
            chosen.secret_id,
            secrets["secret_key"],
            host=endpoint.partition("://")[2],
            service=_SERVICE,
            action=_ACTION,
            at_s=int(self._outside.clock()),
            body=body,
        )
        more = {"X-TC-Version": _VERSION, "X-TC-Region": chosen.region}
        answer = said(self._outside.post(f"{endpoint}/", body, {**headers, **more})).get("Response")
        return _taken(answer if isinstance(answer, dict) else {})


def _taken(answer: Mapping[str, Any]) -> str | None:
    """The number of the message, from what was answered: one state for each telephone, or an error of the whole."""
    states = answer.get("SendStatusSet")
    found = answer.get("Error") or (states[0] if isinstance(states, list) and states else {})
    code = str(found.get("Code", "")) if isinstance(found, dict) else ""
    if code == "Ok":
        return told(found["SerialNo"]) if found.get("SerialNo") else None
    reason = told(f"{code} {found.get('Message', '') if isinstance(found, dict) else ''}")
    if code.startswith(_LATER):
        raise TryLater(reason=reason, wait_s=0)
    raise Rejected(reason=reason)


def international(number: str) -> str:
    """A number with the code of its country; one without is of China."""
    digits = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    return digits if digits.startswith("+") else f"+86{digits}"


def signed_headers(
    secret_id: str, secret: str, *, host: str, service: str, action: str, at_s: int, body: bytes
) -> dict[str, str]:
    """The headers of a POST to `/`, signature among them; `at_s`: seconds since 1970."""
    scope = f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%d}/{service}/tc3_request"
    key = f"TC3{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    names, text = to_sign(host, scope, action, at_s, body)
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": _JSON,
        "X-TC-Action": action,
        "X-TC-Timestamp": str(at_s),
        "Authorization": (f"{ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={signature}"),
    }


def to_sign(host: str, scope: str, action: str, at_s: int, body: bytes) -> tuple[str, str]:
    """The names of the headers that are signed, and the text that is."""
    headers = {"content-type": _JSON, "host": host, "x-tc-action": action.lower()}
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = "\n".join(["POST", "/", "", lines, names, hashlib.sha256(body).hexdigest()])
    return names, f"{ALGORITHM}\n{at_s}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
