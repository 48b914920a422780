"""What can go wrong, by kind; the text of each is the library's own: what, where, and what to do."""


class GanglionError(Exception):
    """Any of the errors below."""


class LibraryError(GanglionError, OSError):
    """The library libganglion.so is not where it is looked for, or is not of this version."""


class LengthError(GanglionError, ValueError):
    """An array has another shape than the network needs."""


class InputError(GanglionError, ValueError):
    """An input, or a number of a restored state, is infinite or not a number."""


class TimeError(GanglionError, ValueError):
    """ts is negative, infinite or not a number."""


class ResultError(GanglionError, ArithmeticError):
    """In floating point: the outputs of the step or the state after it would not be finite, so it was not made."""


class ModelError(GanglionError, ValueError):
    """The file cannot be read, or holds no network that can be run."""


class KernelError(GanglionError, ValueError):
    """There is no kernel of that name, or this processor cannot run it."""


class FixedPointError(GanglionError, TypeError):
    """Integers were asked of a network that is computed in floating point."""


class ClosedError(GanglionError, ValueError):
    """The network has been closed."""


class LogError(GanglionError, ValueError):
    """The file is no log that can be read, or has nothing in it that is asked for."""


class ReportError(GanglionError, ValueError):
    """A report cannot be made of what was named, or cannot be put where it was to go."""


class TelemetryError(GanglionError, ValueError):
    """What a vehicle says of its telemetry cannot be read, or a subscription cannot be made."""


class VehicleGoneError(TelemetryError):
    """Nobody is at a vehicle's socket: it does not run, or has ended."""


class BridgeError(GanglionError, ValueError):
    """A bridge cannot be made as it was asked for."""


class UnprotectedWarning(UserWarning):
    """A model file of before format 3: its digest guards the tensors' bytes, and not what is said of them."""


class CalibrationWarning(UserWarning):
    """Something speaks against trusting a quantised network: a short recording, or a large error on rows kept aside."""


#: By the statuses of ganglion.h; a null pointer cannot come from here.
BY_STATUS = {
    1: GanglionError, 2: LengthError, 3: InputError, 4: TimeError, 5: ModelError, 6: KernelError, 7: FixedPointError,
    8: ResultError,
}
