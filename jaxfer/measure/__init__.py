"""Generated faces, measured: how near to real ones, and whether collapsed."""
