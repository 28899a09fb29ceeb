"""Whether an ONNX model is whole, or takes tensors from files beside it.

onnxruntime follows such a reference from the working directory of the process, also where the model
came as bytes: what it then reads was hashed by nobody. So a model that names other files is refused
before it is loaded. The walk follows the messages of `onnx.proto` that can hold a tensor.
"""

from __future__ import annotations

from collections.abc import Iterator

_TENSOR = "tensor"
_FIELDS = {  # message -> number of a field -> the message in it
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: _TENSOR, 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: _TENSOR, 6: "graph", 10: _TENSOR, 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: _TENSOR, 2: _TENSOR},
    _TENSOR: {},
}
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14  # of a tensor
_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5
_MAX_DEPTH = 100  # that protobuf itself reads


def expect_whole(model: bytes) -> None:
    """Return if every tensor of a model is in the model itself.

    Raises:
        ValueError: one is not, or the bytes are no protobuf message.
    """
    _examine(memoryview(model), "model", _MAX_DEPTH)


def _examine(content: memoryview, message: str, depth: int) -> None:
    if depth == 0:
        raise ValueError(f"expected a model of at most {_MAX_DEPTH} nested messages")
    for number, value in _fields(content):
        if message == _TENSOR and (
            number == _EXTERNAL_DATA or (number == _DATA_LOCATION and value != 0)
        ):
            raise ValueError("expected a model that is whole, got one that takes data from files")
        inner = _FIELDS[message].get(number)
        if inner is not None and isinstance(value, memoryview):
            _examine(value, inner, depth - 1)


def _fields(content: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of one message: number, and a whole number or the bytes of what is in it."""
    place = 0
    while place < len(content):
        key, place = _varint(content, place)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, place = _varint(content, place)
            yield number, value
            continue
        if kind == _LENGTH:
            length, place = _varint(content, place)
        elif kind in (_EIGHT_BYTES, _FOUR_BYTES):
            length = 8 if kind == _EIGHT_BYTES else 4
        else:
            raise ValueError(f"expected an ONNX model, got a field of the unknown kind {kind}")
        if length > len(content) - place:
            raise ValueError("expected a whole ONNX model, got a part of one")
        yield number, content[place : place + length]
        place += length


def _varint(content: memoryview, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place == len(content):
            break
        byte = content[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (2**64 - 1), place
    raise ValueError("expected a whole ONNX model, got a number that does not end")
