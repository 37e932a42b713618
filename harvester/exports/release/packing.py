"""Makes a release of a dataset: one folder or zip with all that vouches for it, whole or not at all."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from harvester.dataset.verify import verify
from harvester.errors import DatasetError, MissingExtra
from harvester.exports.destination import Options, find_destination
from harvester.exports.exported import Exported
from harvester.exports.release.carriers import Carrier, FolderCarrier, ZipCarrier
from harvester.exports.release.describing import describe_release
from harvester.exports.release.figures import count
from harvester.exports.release.manifest import write_manifest
from harvester.exports.release.parts import MANIFEST, PACKAGE, PARQUET, README, SQLITE
from harvester.exports.release.passing import Passing, chunks_of, opened_piece
from harvester.exports.release.pieces import AGAIN, Piece, check_unchanged, made_piece, passed_over, pieces_of
from harvester.exports.release.readme import write_readme
from harvester.exports.release.staging import check_room, place, staging
from harvester.exports.release.targets import check_target, is_zip
from harvester.exports.source import Source

_ZENODO = 50 * 10**9
_PRETTY = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


@dataclass(frozen=True, slots=True)
class Released:
    """What a release holds: how many records and files, its size in bytes; `notes` for people."""

    records: int
    files: int
    bytes: int
    notes: tuple[str, ...] = ()


def release(folder: Path, target: Path, left_out: Collection[str] = ()) -> Released:
    """Pack a dataset into a zip, or a folder if the target is not named so; an earlier zip gives way to the new one.

    Raises DatasetError if the dataset is not what was published or changes meanwhile, DestinationError if the release
    cannot be written, MissingExtra if a library is missing that one of its files needs. Nothing is changed then.
    """
    check_target(folder, target)
    with Source(folder) as source:
        findings, _ = verify(folder)
        if findings.faults:
            raise DatasetError(
                f"{folder} is not what was published: {findings.faults[0]}", advice="See harvest verify."
            )
        with staging(target) as place_beside:
            return _Packing(source, target, frozenset(left_out)).pack(place_beside)


class _Packing:
    """The files of one release as they are put; each one's digest is taken as it passes."""

    def __init__(self, source: Source, target: Path, left_out: frozenset[str]) -> None:
        self.source = source
        self.target = target
        self.left_out = left_out
        self.put: dict[str, tuple[int, str]] = {}
        self.notes: list[str] = []

    def pack(self, beside: Path) -> Released:
        """Make all, then let it take its place."""
        figures = count(self.source)
        pieces = list(pieces_of(self.source, self.left_out))
        check_room(beside, sum(one.bytes for one in pieces if one.is_packed or not is_zip(self.target)))
        pieces += self._made(beside)
        with _carrying(beside / "release", zipped=is_zip(self.target)) as carrier:
            for piece in pieces:
                self._carry(carrier, piece)
            names = set(self.put)
            self._write(carrier, README, write_readme(self.source, figures, names, self.left_out))
            package = describe_release(self.source, self.put, self.left_out)
            self._write(carrier, PACKAGE, orjson.dumps(package, option=_PRETTY))
            self._write(carrier, MANIFEST, write_manifest({name: digest for name, (_, digest) in self.put.items()}))
        check_unchanged(self.source)
        place(beside / "release", self.target)
        return Released(figures.records, len(self.put), self._size(), tuple(self._told()))

    def _made(self, beside: Path) -> Iterator[Piece]:
        """Make the Parquet and the SQLite file, as `harvest export` makes them."""
        for part, name in (("parquet", PARQUET), ("sqlite", SQLITE)):
            if part not in self.left_out:
                exported = self._export(part, beside / name)
                self.notes += [f"{name}: {note}" for note in exported.notes]
                yield made_piece(name, beside / name)

    def _export(self, part: str, path: Path) -> Exported:
        try:
            return find_destination(str(path)).export(self.source, Options())
        except MissingExtra as error:
            error.advice += f"\n  Or leave it out: --without {part}"
            raise

    def _carry(self, carrier: Carrier, piece: Piece) -> None:
        with ExitStack() as opened:
            body = opened_piece(piece, opened)
            self._put(carrier, piece.name, chunks_of(body, piece.name), piece.bytes, packed=piece.is_packed)
        if piece.digest is not None and self.put[piece.name][1] != piece.digest:
            raise DatasetError(f"{piece.name} is not the file that was published", advice=AGAIN)

    def _write(self, carrier: Carrier, name: str, body: bytes) -> None:
        self._put(carrier, name, [body], len(body), packed=False)

    def _put(self, carrier: Carrier, name: str, chunks: Iterable[bytes], size: int, *, packed: bool) -> None:
        passing = Passing(chunks)
        carrier.put(name, passing, size, packed=packed)
        self.put[name] = (passing.bytes, passing.hash)

    def _size(self) -> int:
        return self.target.stat().st_size if is_zip(self.target) else sum(size for size, _ in self.put.values())

    def _told(self) -> Iterator[str]:
        if self.left_out:
            yield f"left out of it: {', '.join(sorted(self.left_out))}"
        yield from self.notes
        yield from (
            f"the snapshot {name} is not in it: its name is none everywhere" for name in passed_over(self.source)
        )
        if self._size() > _ZENODO:
            yield "it has more than 50 GB, which Zenodo takes: --without snapshots, or --without files"


@contextmanager
def _carrying(path: Path, *, zipped: bool) -> Iterator[Carrier]:
    make: Callable[[Path], Carrier] = ZipCarrier if zipped else FolderCarrier
    carrier = make(path)
    try:
        yield carrier
        carrier.close()
    except BaseException:
        carrier.abandon()
        raise
