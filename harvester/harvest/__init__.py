"""The core: captures become readings, readings become a walk; used alike by live crawls and replay."""
