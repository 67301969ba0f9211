"""What the project's claims of speed are run by, peers included."""
