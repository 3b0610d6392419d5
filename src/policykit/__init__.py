"""Guidance as duties with their legal basis and the checks that prove them.

The door: what programs use, each name loaded when it is asked for.

    import policykit as pk

    policy = pk.load("policy")
    results = pk.check(policy, policy.organisation("our-records"))

Whatever is not named here may change without notice. Misuse raises `PolicyError`, whose `problems` each say
`path:line: what - remedy`.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False  # what `typing` says too, but loading that takes longer than all else here
if TYPE_CHECKING:
    from policykit.door import check, lint, load, open_engines, prove, trace
    from policykit.door.policy import Policy
    from policykit.model.results import Outcome
    from policykit.problems import PolicyError, Problem
    from policykit.reading import Organisation
    from policykit.running import Results
    from policykit.tracing import Trace

__all__ = [
    "Organisation",
    "Outcome",
    "Policy",
    "PolicyError",
    "Problem",
    "Results",
    "Trace",
    "__version__",
    "check",
    "lint",
    "load",
    "open_engines",
    "prove",
    "trace",
]

_BEHIND = {
    "policykit.door": ("Policy", "check", "lint", "load", "open_engines", "prove", "trace"),
    "policykit.model.results": ("Outcome",),
    "policykit.running": ("Results",),
    "policykit.problems": ("PolicyError", "Problem"),
    "policykit.reading": ("Organisation",),
    "policykit.tracing": ("Trace",),
}
"""The names that stand in each module, which is imported when one of them is first asked for."""


if not TYPE_CHECKING:  # or a name that is not there would have a type

    def __getattr__(name: str) -> object:
        """A name of the door, kept here once it is loaded."""
        from importlib import import_module  # noqa: PLC0415 - not even this before something is asked for

        for module, names in _BEHIND.items():
            if name in names:
                return globals().setdefault(name, getattr(import_module(module), name))
        raise AttributeError(f"module 'policykit' has no attribute {name!r}")


def __dir__() -> list[str]:
    """What the door offers, loaded or not."""
    return sorted({*globals(), *__all__})
