"""How each dataset lies in its owner's folders: one file each."""
