"""How fast it is, as ratios between things done one after the other in one run. `make bench` runs them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # as pytest has it: tests import each other by name
