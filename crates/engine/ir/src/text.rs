//! The text form of traces: printer and parser.
//!
//! ```text
//! file      = "pitviper-ir 2" trace
//! trace     = "trace" tN ("header" | "entry" | "bridge") STRING  block+ snapshot* virtual*
//! block     = bN [ "(" vN ":" type { "," vN ":" type } ")" ] ":"  inst* end
//! inst      = [ vN ":" type "=" ] MNEMONIC [ "[" imm "]" ] [ operand { "," operand } ] [ "?" sN ]
//! imm       = INT | INT "," INT | NAME | NAME "," INT "+" INT          by the op table: slot or size, header or
//!                                                                      slots, frames; descriptor; window first + count
//! end       = "jump" target | "branch" operand "," target "," target | "exit" sN | "link" tN "," sN
//! target    = bN [ "(" operand { "," operand } ")" ]
//! snapshot  = sN "=" ("before" | "after" | "raising") INT STRING "base" INT "depth" INT "{" { item "," } "}"
//! item      = INT "=" slotval | operand "." place "=" slotval | "drop" operand
//! slotval   = operand | "acquire" operand | "virtual" oN
//! virtual   = oN "=" "virtual" INT "," INT "," operand "{" { place "=" slotval "," } "}"
//! place     = NAME | NAME "[" INT "]"
//! operand   = vN | constant
//! constant  = "#" (INT | FLOAT | "empty" | HEX)   word: small int, immediate float, empty, raw bits
//!           | INT | "&" STRING                    int: plain, labelled address
//!           | FLOAT "f" | HEX "f"                 float: decimal, raw bits
//!           | "true" | "false" | "@" STRING       bool; object by label
//! ```
//!
//! One construct per line; `;` starts a comment. Names are bare or quoted. Numbers of values, blocks, snapshots and
//! virtuals survive a round trip; instructions without a result are not named. Descriptors and labels are resolved
//! through a [`Descriptors`] registry; a trace holds no address in this form.

mod lex;
mod parse;
mod print;

pub use parse::{Descriptors, ParseError, parse};

/// First line of every file; the number rises whenever the grammar changes.
pub const HEADER: &str = "pitviper-ir 2";

#[cfg(test)]
mod tests;
