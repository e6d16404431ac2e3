"""Reading and writing recordings: `.hrm.json.gz`, or plain JSON."""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from hrmkit.errors import UserError
from hrmkit.flaws import first_flaw
from hrmkit.recording.common import FORMAT, MAX_BYTES, VERSION
from hrmkit.recording.ladder.schema import LadderRecording
from hrmkit.recording.run.schema import RunRecording
from hrmkit.recording.thought.schema import ThoughtRecording
from hrmkit.recording.weight import MOST_PARTS, too_heavy
from hrmkit.recording.world.agreement import DisagreementError, check_agreement
from hrmkit.recording.world.schema import Recording
from hrmkit.renamed import RECORDING, with_new_names_within
from hrmkit.writing import check_own, check_target, deliver

ROOM = 2**18
"""Bytes that a recording is given room for before it is made; most are smaller."""

Recorded = Recording | LadderRecording | RunRecording | ThoughtRecording
RecordedKind = TypeVar("RecordedKind", bound=Recorded)
KINDS: dict[str, type[Recorded]] = {
    "fine-tuning": Recording,
    "ladder": LadderRecording,
    "run": RunRecording,
    "thought": ThoughtRecording,
}

MAX_NUMBER = 3.4028235e38
"""The largest float32."""


def numbers(value: object) -> Iterator[float]:
    """Every number in a JSON value, objects by sorted key; booleans are not numbers."""
    if isinstance(value, dict):
        fields = cast(dict[str, object], value)
        for key in sorted(fields):
            yield from numbers(fields[key])
    elif isinstance(value, list):
        for item in cast(list[object], value):
            yield from numbers(item)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)


APART = ("hash", "made_by", "maker")
"""What is no number of a recording's; the last is the old name of the one before."""


def hash_of(content: dict[str, Any]) -> str:
    """SHA-256 over all numbers of a recording as float64, little-endian, in `numbers` order.

    `hash` itself and `made_by` (versions) stay out, so the same run has the same hash under a new
    release.
    """
    kept = {key: value for key, value in content.items() if key not in APART}
    digest = hashlib.sha256()
    for number in numbers(kept):
        digest.update(struct.pack("<d", number))
    return digest.hexdigest()


def with_hash(recording: RecordedKind) -> RecordedKind:
    """The recording with the hash of its numbers; whoever makes one ends with this."""
    return recording.model_copy(update={"hash": hash_of(recording.model_dump(mode="json"))})


def dumps(recording: Recorded) -> bytes:
    """A recording as gzipped JSON; equal recordings give equal bytes."""
    text = json.dumps(recording.model_dump(mode="json"), separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def save(recording: Recorded, path: Path) -> None:
    """Write a recording; see `writing.deliver` for what is where when that fails."""
    deliver(path, dumps(recording))


def check_recording(path: Path) -> None:
    """Raise `UserError` if no recording can be written at `path`; asked before long work.

    So it is where a file would be replaced that holds something else.
    """
    check_target(path, ROOM)
    check_own(path, "a recording", lambda text: f'"{FORMAT}"' in text)


def load(path: Path) -> Recorded:
    """Read a recording.

    Raises `UserError` with one sentence when the file is missing, too large, truncated, not JSON,
    of a newer version or another kind, incomplete, or damaged.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    return loads(raw, str(path))


def loads(raw: bytes, name: str) -> Recorded:
    """`load` from bytes; `name` is for messages."""
    content = parse(unpack(raw, name), name)
    if content.get("format") != FORMAT:
        raise UserError(f"{name} is not a recording: its format is {content.get('format')!r}")
    version = content.get("version")
    if version != VERSION:
        raise UserError(
            f"{name} is a recording of version {version!r}; this hrmkit reads version {VERSION}: "
            "record it again, or upgrade hrmkit"
        )
    kind = content.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise UserError(
            f"{name} is a recording of the kind {kind!r}; this hrmkit reads {', '.join(KINDS)}"
        )
    try:
        recording = KINDS[kind].model_validate(with_new_names_within(content, RECORDING))
    except ValidationError as error:
        flaw = first_flaw(error)
        where = flaw.where or "the file"
        raise UserError(f"{name} is damaged at {where}: {flaw.what}") from None
    if recording.hash != hash_of(content):
        raise UserError(f"{name} is damaged: its numbers do not match its hash")
    recording = with_hash(recording)  # another, where names are sorted otherwise than in the file
    if isinstance(recording, Recording):
        try:
            check_agreement(recording)
        except DisagreementError as error:
            raise UserError(f"{name} is damaged: {error}") from None
    return recording


def unpack(raw: bytes, name: str) -> bytes:
    """Gunzip if gzipped, never past the size limit."""
    if raw[:2] != b"\x1f\x8b":
        text, complete = raw, True
    else:
        stream = zlib.decompressobj(wbits=31)
        try:
            text = stream.decompress(raw, MAX_BYTES + 1)
        except zlib.error:
            raise UserError(f"{name} is damaged: it does not unpack") from None
        complete = stream.eof
    if len(text) > MAX_BYTES:
        raise UserError(f"{name} is larger than {MAX_BYTES // 2**20} MiB unpacked")
    if not complete:
        raise UserError(f"{name} is truncated: the end of the file is missing")
    return text


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    # A recording's numbers are float32; Python makes infinity of 1e999.
    if not abs(number) <= MAX_NUMBER:
        raise ValueError(f"{text} is no number of a recording")
    return number


def parse(text: bytes, name: str) -> dict[str, Any]:
    """JSON text -> its object."""
    if too_heavy(text):
        raise UserError(
            f"{name} is not a recording that can be read: "
            f"it holds more than {MOST_PARTS} lists, objects and fields"
        )
    try:
        content = json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        raise UserError(f"{name} is not a recording: it is not valid JSON") from None
    if not isinstance(content, dict):
        raise UserError(f"{name} is not a recording: it holds no JSON object")
    return cast(dict[str, Any], content)
