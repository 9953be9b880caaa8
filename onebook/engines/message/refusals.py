"""Why a message does not leave, and why a channel or a preference is not taken."""

from onebook.values.refusal import Refusal, Status


class Rejected(Refusal):
    """The provider does not take it, and would not later: `reason` are its own words."""

    code = "message.rejected"


class TryLater(Refusal):
    """The provider asks to come back; `wait_s`: how long the whole channel waits, 0: this message alone."""

    code = "message.try_later"
    status = Status.UNAVAILABLE


class Unreachable(Refusal):
    """Nobody answers at `host`, or not in time."""

    code = "message.unreachable"
    status = Status.UNAVAILABLE


class NotPublic(Refusal):
    """`host` is no public address, so nothing is sent there: the inside of a network is not to be reached from here."""

    code = "message.not_public"


class NoAddress(Refusal):
    """The user has neither e-mail address nor number that this channel needs."""

    code = "message.no_address"


class NoChannel(Refusal):
    """There is no such channel in use. Data: name."""

    code = "message.no_channel"
    status = Status.NOT_FOUND


class ChannelWrong(Refusal):
    """What is said about a channel cannot be; each problem names its field."""

    code = "message.channel_wrong"


class KindFixed(Refusal):
    """A channel stays what it is: another kind is another channel."""

    code = "message.kind_fixed"
    status = Status.CONFLICT


class SecretLost(Refusal):
    """The secret of the channel cannot be read with the key of this installation."""

    code = "message.secret_lost"
    status = Status.UNAVAILABLE


class NotReadable(Refusal):
    """Whoever it is for may not read the record that it is about, or is not there any more."""

    code = "message.not_readable"


class NothingToSay(Refusal):
    """Nothing is left of it: the comment was deleted, the template is gone."""

    code = "message.nothing_to_say"


class Stumbled(Refusal):
    """The program itself failed over it; its log says where."""

    code = "message.stumbled"
    status = Status.UNAVAILABLE


class NoMessage(Refusal):
    """There is no such message."""

    code = "message.no_message"
    status = Status.NOT_FOUND


class NotReplayed(Refusal):
    """Only what was given up is sent again."""

    code = "message.not_replayed"
    status = Status.CONFLICT


class PreferenceWrong(Refusal):
    """What is preferred cannot be; each problem names its field."""

    code = "message.preference_wrong"
