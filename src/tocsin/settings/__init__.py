"""Every setting there is, and how a file, the environment and secret files become them."""

from tocsin.settings.loading import FatalSetting, load, with_master_key
from tocsin.settings.parts import (
    SECTIONS,
    Email,
    Oidc,
    Other,
    PartProblem,
    Push,
    Secret,
    SettingLine,
    Settings,
    Twilio,
    Vonage,
    Webhook,
    every_setting,
)

__all__ = [
    "SECTIONS",
    "Email",
    "FatalSetting",
    "Oidc",
    "Other",
    "PartProblem",
    "Push",
    "Secret",
    "SettingLine",
    "Settings",
    "Twilio",
    "Vonage",
    "Webhook",
    "every_setting",
    "load",
    "with_master_key",
]
