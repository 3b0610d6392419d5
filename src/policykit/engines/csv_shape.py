"""The fast look at a CSV file: whether every record has as many values as there are columns, at a gigabyte in seconds.

What lies in quotes is cut out, so that commas and line ends that are left stand between values and records. The rest is
counting. DuckDB's own reader is not asked: it passes over empty lines and, told to be lenient, over whole records.
"""

_STRUCTURE = b",\n"
_ALL_ELSE = bytes(set(range(256)) - set(_STRUCTURE))


class Shape:
    """Looks at the body of one file, chunk by chunk; every chunk ends where a line ends.

    `fits` says whether the file is in order so far; once it is not, all else means nothing. `records` counts those
    seen, `folded` says that a quoted value goes over several lines, `longest` is at least the longest record in bytes.
    """

    def __init__(self, columns: int) -> None:
        self._pattern = b"," * (columns - 1) + b"\n"
        self._open = False
        self._outside = b""
        self._span = 0
        self.fits = True
        self.records = 0
        self.folded = False
        self.longest = 0

    @property
    def is_closed(self) -> bool:
        """Whether all quotes that were opened were closed."""
        return not self._open

    def take(self, chunk: bytes) -> bytes:
        """Look at a chunk; it comes back with LF for every line end that stands outside quotes."""
        parts = chunk.split(b'"')
        between = slice(1, None, 2) if self._open else slice(0, None, 2)
        outside = b'"'.join([self._outside, *parts[between]] if self._open else parts[between])
        self._open ^= len(parts) % 2 == 0
        while b'""' in outside:  # two quotation marks inside a value stand for one
            outside = outside.replace(b'""', b'"')
        self.folded |= chunk.count(b"\n") != outside.count(b"\n")
        self.fits &= self._fits_outside(outside, len(chunk)) and _is_text(chunk)
        if b"\r" not in chunk:
            return chunk
        parts[between] = [part.replace(b"\r\n", b"\n") for part in parts[between]]
        return b'"'.join(parts)

    def _fits_outside(self, outside: bytes, size: int) -> bool:
        whole, end, rest = outside.rpartition(b"\n")
        self._outside = rest
        self._measure(size, ends=bool(end))
        shape = (whole + end).translate(None, _ALL_ELSE)
        records = len(shape) // len(self._pattern)
        self.records += records
        return _in_place(outside) and shape == self._pattern * records and (self._open or not rest)

    def _measure(self, size: int, *, ends: bool) -> None:
        self._span += size
        self.longest = max(self.longest, self._span)
        if ends:
            self._span = size


def _is_text(chunk: bytes) -> bool:
    try:
        chunk.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in chunk


def _in_place(outside: bytes) -> bool:
    """Whether quotation marks stand only around whole values, and carriage returns only before a line feed."""
    if b"\r" in outside and outside.count(b"\r") != outside.count(b"\r\n"):
        return False
    marks = outside.count(b'"')
    if not marks:
        return True
    before = outside.count(b',"') + outside.count(b'\n"') + outside.startswith(b'"')
    after = outside.count(b'",') + outside.count(b'"\n') + outside.count(b'"\r\n') + outside.endswith(b'"')
    return marks == before == after
