"""Every setting: name, type, default, one sentence."""
