"""What learns from unlabelled faces, behind one contract; how it is trained."""
