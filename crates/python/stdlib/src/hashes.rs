//! `_md5`, `_sha1` and `_sha2`: hash functions.
//!
//! A hash object keeps what it was given and computes the digest when asked.

use std::cell::RefCell;

use ::sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use pv_object::{Bytes, Obj, Payload, Str};
use pv_runtime::{Args, PyResult, Thread, TypeTable, getsets, natives, text};

use crate::algorithm::digests;
use crate::support::{Parameters, bytes_like, class, create, functions, module_item, state};

/// A hash function.
#[derive(Clone, Copy)]
struct Function {
    module: &'static str,
    name: &'static str,
    block: i32,
    digest: fn(&[u8]) -> Vec<u8>,
}

fn digest_with<D: Digest>(data: &[u8]) -> Vec<u8> {
    D::digest(data).to_vec()
}

static FAMILY: [Function; 6] = [
    Function { module: "_sha2", name: "sha224", block: 64, digest: digest_with::<Sha224> },
    Function { module: "_sha2", name: "sha256", block: 64, digest: digest_with::<Sha256> },
    Function { module: "_sha2", name: "sha384", block: 128, digest: digest_with::<Sha384> },
    Function { module: "_sha2", name: "sha512", block: 128, digest: digest_with::<Sha512> },
    Function { module: "_md5", name: "md5", block: 64, digest: digests::md5 },
    Function { module: "_sha1", name: "sha1", block: 64, digest: digests::sha1 },
];

struct Hash {
    function: Function,
    data: RefCell<Vec<u8>>,
}

impl Payload for Hash {}

static PARAMETERS: Parameters = Parameters::new("hash", "(data=b'', *, usedforsecurity=True, string=None)");

fn input(cx: &Thread, data: &Obj) -> PyResult<Vec<u8>> {
    match data.downcast::<Str>() {
        Some(_) => Err(cx.type_error("Strings must be encoded before hashing")),
        None => bytes_like(cx, data),
    }
}

fn make<const INDEX: usize>(cx: &Thread, args: &Args<'_>) -> PyResult {
    let bound = PARAMETERS.bind(cx, args)?;
    let data = bound[0].as_ref().map_or(Ok(Vec::new()), |data| input(cx, data))?;
    let class = module_item(cx, FAMILY[INDEX].module, "_Hash")?;
    Ok(create(&class, Hash { function: FAMILY[INDEX], data: RefCell::new(data) }))
}

fn update(cx: &Thread, this: &Obj, data: &Obj) -> PyResult {
    let data = input(cx, data)?;
    state::<Hash>(cx, this)?.data.borrow_mut().extend(data);
    Ok(Obj::none())
}

fn bytes(cx: &Thread, this: &Obj) -> PyResult<Vec<u8>> {
    let hash = state::<Hash>(cx, this)?;
    Ok((hash.function.digest)(&hash.data.borrow()))
}

fn digest(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Bytes::create(&bytes(cx, this)?))
}

fn hex_digest(cx: &Thread, this: &Obj) -> PyResult {
    let shown: String = bytes(cx, this)?.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(text::new(&shown))
}

fn copy(cx: &Thread, this: &Obj) -> PyResult {
    let hash = state::<Hash>(cx, this)?;
    Ok(create(cx.type_of(this), Hash { function: hash.function, data: hash.data.clone() }))
}

fn name(cx: &Thread, this: &Obj) -> PyResult {
    Ok(text::new(state::<Hash>(cx, this)?.function.name))
}

fn block_size(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::small(state::<Hash>(cx, this)?.function.block))
}

fn digest_size(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::usize(bytes(cx, this)?.len()))
}

natives! { static METHODS:
    "copy" "(self, /)" F1(copy) "Return a copy of the hash object.";
    "digest" "(self, /)" F1(digest) "Return the digest value as a bytes object.";
    "hexdigest" "(self, /)" F1(hex_digest) "Return the digest value as a string of hexadecimal digits.";
    "update" "(self, obj, /)" F2(update) "Update this hash object's state with the provided string.";
}

getsets! { static GETSETS:
    "block_size" block_size => "";
    "digest_size" digest_size => "";
    "name" name => "";
}

static HASH: TypeTable = TypeTable { methods: METHODS, getsets: GETSETS, ..TypeTable::NONE };

natives! { static MD5:
    "md5" "" Raw(make::<4>) "Return a new MD5 hash object.";
}

natives! { static SHA1:
    "sha1" "" Raw(make::<5>) "Return a new SHA-1 hash object.";
}

natives! { static SHA2:
    "sha224" "" Raw(make::<0>) "Return a new SHA-224 hash object.";
    "sha256" "" Raw(make::<1>) "Return a new SHA-256 hash object.";
    "sha384" "" Raw(make::<2>) "Return a new SHA-384 hash object.";
    "sha512" "" Raw(make::<3>) "Return a new SHA-512 hash object.";
}

/// Fills the module `module`, which is one of the three.
pub(crate) fn init(cx: &Thread, namespace: &Obj, module: &str) -> PyResult<()> {
    let table = match module {
        "_md5" => MD5,
        "_sha1" => SHA1,
        _ => SHA2,
    };
    functions(cx, namespace, module, table);
    class(cx, namespace, module, "_Hash", &HASH);
    Ok(())
}
