"""Rules and whole networks on symbols, and derivations whose every "=" is checked."""
