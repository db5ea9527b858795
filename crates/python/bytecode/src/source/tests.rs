use super::{LineIndex, decode};

#[test]
fn encodings() {
    assert_eq!(decode("é".as_bytes(), "f").as_deref(), Ok("é"));
    assert_eq!(decode(b"\xef\xbb\xbfx", "f").as_deref(), Ok("x"));
    assert_eq!(decode(b"# -*- coding: latin-1 -*-\n\xe9", "f").map(|text| text.ends_with('é')), Ok(true));
    assert_eq!(
        decode(b"#!/bin/sh\n# vim: set fileencoding=iso-8859-1 :\n\xe9", "f").map(|t| t.ends_with('é')),
        Ok(true)
    );
}

#[test]
fn undecodable_sources() {
    let message = |bytes: &[u8]| decode(bytes, "f").expect_err("has to fail").message;
    assert_eq!(message(b"# coding: nonsense\n"), "unknown encoding: nonsense");
    assert_eq!(message(b"\xef\xbb\xbf# coding: latin-1\n"), "encoding problem: latin-1 with BOM");
    assert!(
        message(b"x\n\xf6").starts_with("Non-UTF-8 code starting with '\\xf6' on line 2, but no encoding declared")
    );
}

#[test]
fn positions() {
    let index = LineIndex::new("é = 1\r\nb\rc\n");
    assert_eq!(index.line_and_col(3), (1, 3));
    assert_eq!(index.line_and_char(3), (1, 2));
    assert_eq!(index.line_and_col(8), (2, 0));
    assert_eq!(index.line_text(3), "c\n");
    assert_eq!(index.line_text(9), "");
}
