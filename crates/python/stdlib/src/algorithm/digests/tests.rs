use super::*;

fn hex(digest: Vec<u8>) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn md5_of_the_standard_s_examples() {
    assert_eq!(hex(md5(b"")), "d41d8cd98f00b204e9800998ecf8427e");
    assert_eq!(hex(md5(b"abc")), "900150983cd24fb0d6963f7d28e17f72");
    let digits = b"1234567890".repeat(8);
    assert_eq!(hex(md5(&digits)), "57edf4a22be3c955ac49da2e2107b67a");
}

#[test]
fn sha1_of_the_standard_s_examples() {
    assert_eq!(hex(sha1(b"")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert_eq!(hex(sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    let words = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    assert_eq!(hex(sha1(words)), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
}
