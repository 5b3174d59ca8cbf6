"""Our `pulumi-language-python`: the engine's language host, for a CLI built from modules, which comes without one."""

REPORTED = 32
"""Exit code of a program whose error the engine knows already: nothing more need be said."""
