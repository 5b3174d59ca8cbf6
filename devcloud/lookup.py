"""The id of the live object that a cut-off create made, by what identifies it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from devcloud.engine import Engine
from devcloud.recovery import Lookup
