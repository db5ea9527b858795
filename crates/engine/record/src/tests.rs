//! The abort table's own consistency.

use std::collections::HashSet;

use crate::Abort;

#[test]
fn abort_codes_are_unique_and_sentences_are_plain() {
    let codes: HashSet<_> = Abort::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(codes.len(), Abort::ALL.len());
    for reason in Abort::ALL {
        assert!(reason.sentence().chars().next().is_some_and(char::is_lowercase), "{reason:?}");
    }
}
