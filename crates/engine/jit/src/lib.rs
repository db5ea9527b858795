//! Counters, recording policy, trace graph, governor, resume.
