"""The one set of numbers that detection runs with, whatever the recording. `docs/detection.md` gives the reasons."""

from __future__ import annotations

from dataclasses import dataclass, field

SECOND_US = 1_000_000


@dataclass(frozen=True)
class BinSettings:
    """Readings become bins: a bin begins with a reading and holds what follows within `seconds`.

    So bins hang on the data and not on a clock, and a signal that speaks less often has one reading in each.
    """

    seconds: float = 30.0


@dataclass(frozen=True)
class DriftSettings:
    """The re-basing detector; every length is in bins, which is what adapts it to the sampling rate."""

    recent: int = 5
    """Bins whose median is the value of now."""
    reference: int = 30
    least_reference: int = 10
    search: int = 120
    """How far back the reference may be looked for past flagged bins."""
    threshold: float = 5.0
    """Robust z beyond which a signal has moved; below half of it, it is back."""
    caution: float = 10.0
    """A signal that is hardly known must move further: by this share of the threshold per move learned so far. A scale
    that was estimated from a few values has heavy tails (as Student's t has); after 100 moves it is a tenth."""
    spread_share: float = 0.3
    """Of the reference's standard deviation: MAD alone is blind to spikes and steps of quantisation."""
    least_relative: float = 0.002
    quantum_share: float = 1.0
    """Of the smallest step seen: in a signal that only knows a few steps, one or two of them are no news."""
    habit_factor: float = 2.0
    least_habit: int = 5
    record_after: int = 288
    """With this many learned moves only a record may speak."""
    learn_every: int = 10
    """A move is learned this often, so that neighbouring, overlapping values are not counted as many."""
    learn_all: int = 10
    """The first moves are all learned: a signal that nobody knows yet must become known soon."""
    settle: int = 30
    """A move that lasts this long is the new normal ..."""
    keep: int = 10
    """... and its newest bins are the new reference."""
    lasting_share: float = 0.5
    """A move that stayed is learned as often as this share of all that was learned before."""
    returns_to_habit: int = 20
    """What has come and gone this often is what this signal does: from then on returns are learned like stays."""
    least_changes: int = 3
    """Steps within the reference, below which the signal is a set-point or a constant and not a measurement."""
    forget_after_gap: int = 60
    """A hole in the data this long says nothing about what came after it: the reference starts anew."""
    gone_after: int = 10
    """Without a bin for this long nothing is known of the signal any more, and its finding ends."""


@dataclass(frozen=True)
class LevelSettings:
    """The slow channel: is the value outside what it has been for days?"""

    deviations: float = 3.25
    least_bins: int = 500
    least_days: float = 3.0
    inside: int = 72
    """Bins inside after which it may speak again."""
    outside: int = 576
    """Bins outside after which the level is the new normal."""
    most_bins: int = 20_000
    """Older bins fade, so that the seasons do."""


@dataclass(frozen=True)
class EpisodeSettings:
    """From moving attributes to one finding per device, in bins of the attribute that moved."""

    quiet: int = 20
    """After one finding the next may come only this much later."""
    longest: int = 10
    """A finding lasts at most this long; what has not returned by then is a new level."""
    escalation: float = 3.0
    """A move this many times as large as what the last finding was about does not wait."""
    recovered: float = 0.5
    """An excursion is over when it has come back this share of the way from its peak."""


@dataclass(frozen=True)
class LimitSettings:
    """What a declared limit has where the site file says nothing of it."""

    on_delay_seconds: float = 30.0
    off_delay_seconds: float = 60.0
    deadband_share: float = 0.02
    """Of the band from low to high; of the limit's own size where only one is declared."""


@dataclass(frozen=True)
class FrozenSettings:
    """A signal that used to vary repeats one value."""

    least_readings: int = 300
    """Readings, and ..."""
    least_changes: int = 100
    """... changes seen before a signal can be called frozen."""
    times_longest: float = 5.0
    """Longer than its longest repetition so far, by this factor ..."""
    least_seconds: float = 300.0
    least_repeats: int = 20
    chance: float = 1e-9
    """... and less likely than this, if the readings were independent."""


@dataclass(frozen=True)
class SilentSettings:
    """A device has sent nothing for far longer than it ever does."""

    least_seconds: float = 60.0
    times_interval: float = 5.0
    times_longest: float = 2.0
    most_times_usual: float = 5.0
    """A device that pauses longer and longer is not excused for ever."""
    least_readings: int = 10
    alone_seconds: float = 1800.0
    """Where no other device proves that the network is there."""
    line_seconds: float = 600.0
    """Where nobody speaks at all it is the network; that is worth a longer look."""
    undeclared_after_seconds: float = 86_400.0
    """A device that no site file names is expected to go on only after it has been heard for this long."""
    forget_after_seconds: float = 7 * 86_400.0


@dataclass(frozen=True)
class RejectSettings:
    """Reject rate, on the counters that a machine declares and on images of its product."""

    least_pieces: int = 20
    least_rejects: int = 3
    chance: float = 0.001
    """Images are a sample: so unlikely must their defects be if the true rate were at the limit. A tick every five
    minutes asks this 288 times a day."""
    image_windows: tuple[int, ...] = (1, 2, 4)
    """Images are looked at over the declared window and over so many of it, an hour at most; over the longer ones the
    defects must be as many times less likely."""
    ends_after_windows: int = 2
    """By images, the finding ends when so many windows together are back: of three bad ones of thirty, one is soon
    missing by chance."""
    ends_at: float = 0.8
    """Of the limit: below that, the finding ends."""


@dataclass(frozen=True)
class Settings:
    """Everything together. One object serves every site."""

    bins: BinSettings = field(default_factory=BinSettings)
    drift: DriftSettings = field(default_factory=DriftSettings)
    level: LevelSettings = field(default_factory=LevelSettings)
    episode: EpisodeSettings = field(default_factory=EpisodeSettings)
    limit: LimitSettings = field(default_factory=LimitSettings)
    frozen: FrozenSettings = field(default_factory=FrozenSettings)
    silent: SilentSettings = field(default_factory=SilentSettings)
    rejects: RejectSettings = field(default_factory=RejectSettings)
    restart_seconds: float = 60.0
    """After a machine starts running its signals settle; they count from here on."""
    late_seconds: float = 900.0
    """How late the readings of a device that had lost its network may come and still be read."""
    look_back_seconds: float = 3600.0
    """The longest window that is ever read: on the first tick, and after the advisor was away."""


DEFAULT = Settings()
