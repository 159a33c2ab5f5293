"""The reader of YAML that we have."""

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # where PyYAML was built without libyaml: ten times slower, alike
    from yaml import SafeLoader  # type: ignore[assignment]

__all__ = ["SafeLoader"]
