"""Every kind of channel, ready to send."""

from collections.abc import Mapping

from onebook.engines.message.provider import Provider
from onebook.integrations.aliyun import Aliyun
from onebook.integrations.dingtalk import DingTalk
from onebook.integrations.feishu import Feishu
from onebook.integrations.mail import Mail
from onebook.integrations.network import Outside
from onebook.integrations.tencent import Tencent
from onebook.integrations.webhook import Webhook
from onebook.integrations.wecom import WeCom


def providers(outside: Outside) -> Mapping[str, Provider]:
    """By the kind that a channel says, in the order in which pages offer them."""
    return {
        "mail": Mail(outside),
        "wecom": WeCom(outside),
        "dingtalk": DingTalk(outside),
        "feishu": Feishu(outside),
        "aliyun": Aliyun(outside),
        "tencent": Tencent(outside),
        "webhook": Webhook(outside),
    }
