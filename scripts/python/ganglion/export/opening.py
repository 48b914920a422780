"""Which kind of file a checkpoint is, told by its content; its name only serves in messages."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ganglion import safetensors

from . import pickles, torch_file
from .network import ExportError

# A vision head in front makes large files; this is beyond any that is meant.
MOST_BYTES = 4 << 30
HDF5 = b"\x89HDF\r\n\x1a\n"
# What other files begin with, what they are, and what to do.
OTHERS = (
    (b"version https://git-lfs", "a pointer of Git LFS, not the file itself", "fetch it with `git lfs pull`"),
    (b"\x1f\x8b", "compressed with gzip", "unpack it with gunzip"),
    (b"BZh", "compressed with bzip2", "unpack it with bunzip2"),
    (b"\xfd7zXZ", "compressed with xz", "unpack it with unxz"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "unpack it with unzstd"),
    (b"GGUF", "a GGUF file of a language model", "there is no liquid network in it"),
    (b"\x89MCAP", "a recording (MCAP)", "name the checkpoint that training wrote"),
    (b"ULogEnc", "an encrypted recording (PX4)", "name the checkpoint that training wrote"),
    (b"ULog", "a recording (ULog)", "name the checkpoint that training wrote"),
    (b"\xa3\x95", "a recording (ArduPilot DataFlash, or PX4 before 1.4)", "name the checkpoint that training wrote"),
    (b"#ROSBAG V", "a recording (ROS 1 bag)", "name the checkpoint that training wrote"),
    (b"SQLite format 3", "an SQLite database, as ROS 2 writes recordings", "name the checkpoint that training wrote"),
    (
        b"\x93NUMPY", "a single array of NumPy (.npy), which has no names",
        "save all tensors by their names, numpy.savez('policy.npz', **{name: value.numpy() for name, value in "
        "model.state_dict().items()})",
    ),
    (b"<!DOCTYPE", "a web page", "download the file itself"),
    (b"<html", "a web page", "download the file itself"),
)


@dataclass
class Opened:
    """What a file holds."""

    # "tensors" for what PyTorch, safetensors and NumPy write, "hdf5" for a Keras file, "keras" for a .keras archive.
    kind: str
    # Of what kind the file is, for people.
    format: str
    content: Any


def open_checkpoint(path: Path) -> Opened:
    """Opens a checkpoint of any kind. Raises `ExportError` that says what else the file is."""
    name = path.name
    try:
        if path.is_dir():
            found = "a TensorFlow SavedModel" if (path / "saved_model.pb").exists() else "a folder"
            raise ExportError(f"{path} is {found}: name a file; from Keras save it with model.save('policy.keras')")
        if not path.is_file():
            raise ExportError(f"{path}: {'is no regular file: name a file' if path.exists() else 'no such file'}")
        if path.stat().st_size > MOST_BYTES:
            raise ExportError(
                f"{path} has {path.stat().st_size} bytes: more than a checkpoint of a liquid network can have"
            )
        content = path.read_bytes()
    except OSError as error:
        raise ExportError(f"{path}: {error.strerror or error}") from error
    if not content:
        raise ExportError(f"{name} is empty: copy it again")
    if content.startswith(HDF5):
        return Opened("hdf5", "HDF5", content)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(content, name)
    if content.startswith(torch_file.LEGACY):
        return Opened("tensors", "torch.save before 1.6", torch_file.read_stream(content, name))
    for start, what, remedy in OTHERS:
        if content.startswith(start):
            raise ExportError(f"{name} is {what}: {remedy}")
    if len(content) > 8 and int.from_bytes(content[:8], "little") <= len(content) - 8 and content[8:9] in (b"{", b" "):
        return _safetensors(content, name)
    if content[:1] == b"\x80" and content[1:2] in b"\x02\x03\x04\x05":
        pickles.read(content, name=name)
        raise ExportError(f"{name} is a pickle that torch.save did not write: {torch_file.REMEDY}")
    if content[4:8] == b"TFL3":
        raise ExportError(f"{name} is a TensorFlow Lite model, which holds no weights by name: export what training saved")
    if content[257:262] == b"ustar":
        raise ExportError(f"{name} is a tar archive, as PyTorch before 0.2 wrote, or an archive of files: unpack it")
    if path.suffix == ".safetensors":
        return _safetensors(content, name)
    if path.suffix in (".h5", ".hdf5", ".keras"):
        raise ExportError(f"{name} is not a Keras weights file: it does not begin as HDF5 or a .keras archive does")
    if path.suffix == ".onnx" or content[:1] == b"\x08" and b"onnx" in content[:256] or b"pytorch" in content[:64]:
        raise ExportError(
            f"{name} is an ONNX model, which holds an unrolled graph and not the network: export what training saved"
        )
    raise ExportError(
        f"{name} is no checkpoint that is known: neither of PyTorch (.pt, .pth, .ckpt), safetensors, NumPy (.npz) nor Keras "
        "(.keras, .weights.h5, .h5)"
    )


def _safetensors(content: bytes, name: str) -> Opened:
    try:
        tensors, metadata = safetensors.decode(content)
    except ValueError as error:
        raise ExportError(f"{name}: {error}") from error
    # Its cells would pass for layers of ncps.torch, with other heads and signs than they have.
    if isinstance(metadata, dict) and "ganglion.format" in metadata:
        raise ExportError(f"{name} is a model of Ganglion already: run it as it is, or name the checkpoint that training wrote")
    return Opened("tensors", "safetensors", tensors)


def _arrays(arrays, archive: zipfile.ZipFile, name: str) -> dict[str, np.ndarray]:
    """The arrays of a .npz; one of Python's objects is a pickle, and not read."""
    for member in archive.namelist():
        if b"|O'" in archive.read(member)[:128]:
            raise ExportError(
                f"{name}: {member.removesuffix('.npy')} holds objects of Python, which are not read: save each tensor by its own name, "
                "numpy.savez(path, **{name: value.numpy() for name, value in model.state_dict().items()})"
            )
    return {key: arrays[key] for key in arrays.files}


def _refuse_twice(members: list[str], name: str):
    """Refuses an archive that has a name twice: one reader takes the first, another the last."""
    twice = sorted(member for member, count in Counter(members).items() if count > 1)
    if twice:
        shown = ", ".join(member.removesuffix(".npy") for member in twice[:4])
        raise ExportError(f"{name} has {shown} twice, and nobody knows which is meant: save it again, each name once")


def _archive(content: bytes, name: str) -> Opened:
    """A zip archive: of PyTorch, of Keras, or of NumPy."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.namelist()
        _refuse_twice(members, name)
        if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
            raise ExportError(f"{name} unpacks to more than a checkpoint of a liquid network can have")
        if "config.json" in members and any(member.endswith(".weights.h5") for member in members):
            return Opened("keras", "Keras 3 archive", archive)
        folder = torch_file.is_archive(members)
        if folder is not None:
            return Opened("tensors", "torch.save", torch_file.read_archive(archive, folder, name))
        if members and all(member.endswith(".npy") for member in members):
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                return Opened("tensors", "numpy.savez", _arrays(arrays, archive, name))
    except ExportError:
        raise
    except Exception as error:  # a damaged archive raises many kinds
        raise ExportError(f"{name} is damaged: {type(error).__name__}, {str(error)[:200]}; copy it again") from error
    shown = ", ".join(members[:4]) or "nothing"
    if any(member.rpartition("/")[2] == "archive_format" or member.endswith("/models/model.json") for member in members):
        raise ExportError(f"{name} is a program of torch.export (.pt2), which is not run here; {torch_file.REMEDY}")
    if any(member.endswith("model.json") or member.endswith("saved_model.pb") for member in members):
        raise ExportError(
            f"{name} is an archive of TensorFlow files ({shown}): save the model with model.save('policy.keras')"
        )
    raise ExportError(
        f"{name} is a zip archive of another kind; it holds {shown}: unpack it, and name the checkpoint in it"
    )
