"""The encodings of SSH (RFC 4251, section 5), read strictly: one value has one form."""

from __future__ import annotations

import base64
import binascii


class WireError(ValueError):
    """The bytes are not what they should be; the message says what is wrong with them."""


class Reader:
    """Reads one value after the other from bytes that must be used up."""

    def __init__(self, data: bytes) -> None:
        """Read from the beginning of `data`."""
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        """Return the next bytes.

        Raises:
            WireError: there are not as many; the same of all methods below.
        """
        end = self._at + count
        if end > len(self._data):
            raise WireError("it ends too early")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def uint32(self) -> int:
        """Return a number of four bytes."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """Return bytes that have their length before them."""
        return self.take(self.uint32())

    def word(self) -> str:
        """Return a string of printable ASCII characters."""
        data = self.string()
        if not data.isascii() or not (text := data.decode("ascii")).isprintable():
            raise WireError("a name in it is not ASCII text")
        return text

    def positive(self) -> int:
        """Return a positive number of any length (mpint), in its shortest form."""
        data = self.string()
        number = int.from_bytes(data, "big", signed=True)
        if number <= 0 or len(data) != number.bit_length() // 8 + 1:
            raise WireError("a number in it is not a positive one in its shortest form")
        return number

    def end(self) -> None:
        """Check that nothing is left."""
        if self._at != len(self._data):
            raise WireError("something follows its end")


def string(data: bytes) -> bytes:
    """Return bytes with their length before them."""
    return len(data).to_bytes(4, "big") + data


def decoded(text: bytes) -> bytes:
    """Return what this base64 text encodes, if it is the only text that does.

    Raises:
        WireError: it is not base64, or there is another way to write the same.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise WireError("it is not base64") from error
    if base64.b64encode(data) != text:
        raise WireError("it is not base64 as ssh-keygen writes it")
    return data
