//! Exits, bridges, links, polls.
