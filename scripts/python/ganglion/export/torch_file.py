"""Files of torch.save, read without PyTorch: the zip archives of today and the streams of before version 1.6.

Both hold a pickle, in which tensors refer to storages, and the storages' bytes. The pickle is read as data (pickles.py); a
tensor's numbers are looked up when they are asked for, and never outside its storage.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
from dataclasses import dataclass

import numpy as np

from ganglion.safetensors import bfloat16

from . import pickles
from .network import ExportError

LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
# Kinds of numbers by torch's names, and how NumPy reads them; bfloat16 is put together from its bytes.
TYPES = {
    "float64": "f8",
    "float32": "f4",
    "float16": "f2",
    "bfloat16": "u2",
    "int64": "i8",
    "int32": "i4",
    "int16": "i2",
    "int8": "i1",
    "uint8": "u1",
    "bool": "?",
}
STORAGES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}
# Numbers that no weights of a network here are: what they are called, and the bytes of one.
OTHER_STORAGES = {
    "ComplexFloatStorage": ("complex64", 8),
    "ComplexDoubleStorage": ("complex128", 16),
    "QInt8Storage": ("qint8", 1),
    "QUInt8Storage": ("quint8", 1),
    "QUInt4x2Storage": ("quint4x2", 1),
    "QUInt2x4Storage": ("quint2x4", 1),
    "QInt32Storage": ("qint32", 4),
}
OTHER_SIZES = dict(OTHER_STORAGES.values())
MOST_ELEMENTS = 1 << 28
REMEDY = "save the state_dict alone, where the network was trained: torch.save(model.state_dict(), 'policy.pt')"


@dataclass
class Kind:
    """Stands for a dtype or a storage's class in a pickle."""

    name: str


@dataclass
class Storage:
    kind: str
    count: int
    load: object  # () -> bytes


@dataclass
class Tensor:
    """A tensor that has not been looked up yet."""

    storage: Storage
    kind: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def whole(self) -> bool:
        """Whether it counts something rather than weighs it."""
        return self.kind in ("int64", "int32", "int16", "int8", "uint8", "bool")

    def array(self) -> np.ndarray:
        """Its numbers: float64 and whole ones as they are, all others as float32."""
        if self.kind not in TYPES:
            raise ExportError(f"a tensor of type {self.kind} is not read: convert it with .float() before saving")
        try:
            return self._array()
        except (ValueError, OverflowError) as error:  # NumPy's limits of dimensions, lengths and strides
            raise ExportError(f"a tensor's shape cannot be ({error}): the file is damaged, copy it again") from error

    def _array(self) -> np.ndarray:
        count = math.prod(self.shape)
        if count > MOST_ELEMENTS:
            raise ExportError(f"a tensor of more than {MOST_ELEMENTS} elements is too large")
        content, size = self.storage.load(), np.dtype(TYPES[self.kind]).itemsize
        numbers = np.frombuffer(content[: len(content) // size * size], "<" + TYPES[self.kind].replace("?", "u1"))
        last = self.offset + sum((size - 1) * stride for size, stride in zip(self.shape, self.strides))
        if count and (self.offset < 0 or last >= len(numbers)):
            raise ExportError("a tensor reaches beyond its storage: the file is damaged, copy it again")
        if count == 0:
            numbers = numbers[:0].reshape(self.shape)
        else:
            strides = [stride * numbers.itemsize for stride in self.strides]
            numbers = np.lib.stride_tricks.as_strided(numbers[self.offset :], self.shape, strides, writeable=False)
        if self.kind == "bfloat16":
            return bfloat16(numbers)
        return numbers.copy() if self.whole or self.kind == "float64" else numbers.astype(np.float32)


def _tensor(storage, offset, size, stride, *_, kind: str | None = None) -> Tensor:
    integers = [offset, *size, *stride]
    if (
        not isinstance(storage, Storage)
        or not all(type(value) is int and value >= 0 for value in integers)
        or len(size) != len(stride)
    ):
        raise ExportError("a tensor is not described as torch.save describes it: the file is damaged, copy it again")
    return Tensor(storage, kind or storage.kind, offset, tuple(size), tuple(stride))


def _typed(storage, offset, size, stride, gradient, hooks, kind, *_) -> Tensor:
    return _tensor(storage, offset, size, stride, kind=kind.name if isinstance(kind, Kind) else "of an unknown kind")


def _parameter(data, *_):
    return data


def _known() -> dict:
    known = {
        ("torch._utils", "_rebuild_tensor"): _tensor,
        ("torch._utils", "_rebuild_tensor_v2"): _tensor,
        ("torch._utils", "_rebuild_tensor_v3"): _typed,
        ("torch._utils", "_rebuild_parameter"): _parameter,
        ("torch._utils", "_rebuild_parameter_with_state"): _parameter,
        ("torch._tensor", "_rebuild_from_type_v2"): lambda function, kind, arguments, state: function(*arguments),
        ("torch.storage", "UntypedStorage"): Kind("uint8"),
        ("torch", "UntypedStorage"): Kind("uint8"),
    }
    others = {name: kind for name, (kind, _) in OTHER_STORAGES.items()}
    for name, kind in (STORAGES | others).items():
        known[("torch", name)] = known[("torch.cuda", name)] = Kind(kind)
    for name in (*TYPES, "complex64", "complex128", "float8_e4m3fn", "float8_e5m2"):
        known[("torch", name)] = Kind(name)
    return known


def _reference(given) -> tuple[str, str, int]:
    """Kind, key and length of the storage that a pickle refers to."""
    if (
        not isinstance(given, tuple)
        or len(given) < 5
        or given[0] != "storage"
        or not isinstance(given[1], Kind)
        or type(given[4]) is not int
        or given[4] < 0
    ):
        raise ExportError("a storage is not described as torch.save describes it: the file is damaged, copy it again")
    return given[1].name, str(given[2]), given[4]


def is_archive(names: list[str]) -> str | None:
    """The folder of the pickle in a zip archive of torch.save."""
    for name in names:
        if name == "data.pkl" or name.endswith("/data.pkl"):
            return name[: -len("data.pkl")]
    return None


def read_archive(archive: zipfile.ZipFile, folder: str, name: str):
    """What torch.save has put into a zip archive."""
    names = set(archive.namelist())
    if f"{folder}constants.pkl" in names:
        raise ExportError(f"{name} is a TorchScript program, which is not run here; {REMEDY}")
    if f"{folder}byteorder" in names and archive.read(f"{folder}byteorder").strip() != b"little":
        raise ExportError(f"{name} was saved on a machine with the other byte order; {REMEDY} on another machine")
    storages: dict[str, Storage] = {}

    def persistent(given):
        kind, key, count = _reference(given)
        member = f"{folder}data/{key}"
        if member not in names:
            raise ExportError(f"{name} has no {member}: the file is damaged, copy it again")
        if archive.getinfo(member).file_size > 8 * MOST_ELEMENTS:
            raise ExportError(f"{name}: {member} is too large")
        return storages.setdefault(key, Storage(kind, count, lambda: _member(archive, member, name)))

    return pickles.read(archive.read(f"{folder}data.pkl"), _known(), persistent, name)


def _member(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    """A storage's bytes, when they are asked for."""
    try:
        return archive.read(member)
    except Exception as error:  # a damaged archive raises many kinds
        raise ExportError(f"{name} is damaged: {str(error)[:200]}; copy it again") from error


def read_stream(content: bytes, name: str):
    """What torch.save wrote before version 1.6, and writes today when told to."""
    file = io.BytesIO(content)
    storages: dict[str, Storage] = {}

    def persistent(given):
        if isinstance(given, tuple) and len(given) > 1 and given[0] == "module":
            # The class of a module, beside its source.
            return given[1]
        kind, key, count = _reference(given)
        view = given[5] if len(given) > 5 else None
        if view is not None:
            raise ExportError(f"{name} has a storage within a storage, as PyTorch before 0.4 wrote; {REMEDY}")
        return storages.setdefault(key, Storage(kind, count, lambda: b""))

    for _ in range(3):
        pickles.read(file, name=name)  # magic number, version, machine
    found = pickles.read(file, _known(), persistent, name)
    for key in pickles.read(file, name=name):
        if key not in storages:
            raise ExportError(f"{name} has a storage that nothing refers to: the file is damaged, copy it again")
        storage = storages[key]
        head = file.read(8)
        single = OTHER_SIZES.get(storage.kind) or np.dtype(TYPES.get(storage.kind, "u1").replace("?", "u1")).itemsize
        size = storage.count * single
        data = file.read(size) if size <= len(content) else b""
        if len(head) != 8 or struct.unpack("<q", head)[0] != storage.count or len(data) != size:
            raise ExportError(f"{name} ends within its storages: the file is damaged, copy it again")
        storage.load = lambda data=data: data
    return found
