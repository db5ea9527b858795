use super::*;

#[test]
fn lines_end_as_asked() {
    let data = b"a\rb\r\nc\nd";
    assert_eq!(next_line(data, Newlines::Translated, false), Some(2));
    assert_eq!(next_line(&data[2..], Newlines::Any, false), Some(3));
    assert_eq!(next_line(data, Newlines::Line, false), Some(5));
    assert_eq!(next_line(data, Newlines::Both, false), Some(5));
    assert_eq!(next_line(b"d", Newlines::Any, true), None);
    assert_eq!(next_line(b"d\r", Newlines::Any, false), None, "a newline may follow");
    assert_eq!(next_line(b"d\r", Newlines::Any, true), Some(2));
}

#[test]
fn line_ends_are_translated_and_noted() {
    let (newlines, kinds) = (Cell::new(Newlines::Translated), Cell::new(0));
    assert_eq!(translate(b"a\rb\r\nc\n".to_vec(), &newlines, &kinds), b"a\nb\nc\n");
    assert_eq!(kinds.get(), 7);
    newlines.set(Newlines::Any);
    assert_eq!(translate(b"a\r\n".to_vec(), &newlines, &kinds), b"a\r\n");
}

#[test]
fn characters_and_their_bytes() {
    let data = "aé€😀".as_bytes();
    assert_eq!(bytes_of(data, 2, Encoding::Utf8), Some(3));
    assert_eq!(bytes_of(data, 4, Encoding::Utf8), Some(data.len()));
    assert_eq!(bytes_of(data, 5, Encoding::Utf8), None);
    assert_eq!(bytes_of(data, 5, Encoding::Latin1), Some(5));
    assert_eq!(whole_characters(&data[..2]), 1);
    assert_eq!(whole_characters(&data[..5]), 3);
    assert_eq!(whole_characters(&data[..6]), 6);
    assert_eq!(whole_characters(&data[..9]), 6);
    assert_eq!(whole_characters(b""), 0);
}

#[test]
fn pairs_stay_together() {
    assert_eq!(keep_pairs(b"a\r\nb", Some(2), Newlines::Translated), Some(3));
    assert_eq!(keep_pairs(b"a\r", Some(2), Newlines::Translated), Some(1));
    assert_eq!(keep_pairs(b"a\r", Some(2), Newlines::Any), Some(2));
}
