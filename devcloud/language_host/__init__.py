"""Our `pulumi-language-python`: the engine's language host, for a CLI built from modules, which comes without one."""
