"""Archives: saved pages and, one day, everything else that keeps captures. Each yields captures and reads none."""
