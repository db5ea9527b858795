//! Each op without memory, on interesting operands.

use pv_ir::{ArgKind, ImmKind, Op, ResultKind, SnapshotUse, Type};

use super::{agree, interesting_ints, word};

const FLOATS: [f64; 12] =
    [0.0, -0.0, 1.0, -1.5, 2.5, 1e78, -1e-90, 1e300, f64::INFINITY, f64::NEG_INFINITY, -3.999, 9.3e18];

/// How to make an operand of a type out of slot `slot`, into value `v{10 * (slot + 1)}`.
fn operand(ty: Type, slot: usize) -> String {
    let (name, loaded) = (10 * (slot + 1), slot);
    match ty {
        Type::Int => format!("v{name}: int = untag_int v{loaded}\n"),
        Type::Float => format!("v{name}: float = load_field[toy.f] v{loaded}\n"),
        Type::Bool => format!("v{name}: bool = is_int v{loaded}\n"),
        _ => format!("v{name}: word = txor v{loaded}, #0\n"),
    }
}

/// A trace that loads slots 0, 1 and 2, applies `op` and leaves with the result in slot 5.
fn body(op: Op, types: &[Type]) -> String {
    let info = op.info();
    let mut text = "b0:\nv0: word = load_slot[0]\nv1: word = load_slot[1]\nv2: word = load_slot[2]\n".to_string();
    types.iter().enumerate().for_each(|(slot, ty)| text += &operand(*ty, slot));
    let args: Vec<String> = (0..types.len()).map(|slot| format!("v{}", 10 * (slot + 1))).collect();
    let result = match info.result {
        ResultKind::Is(ty) => ty,
        ResultKind::Same | ResultKind::Cell => types[types.len() - 1],
    };
    let guard = if info.snapshot == SnapshotUse::Guard { " ? s0" } else { "" };
    let named = if result == Type::Unit { String::new() } else { format!("v50: {result} = ") };
    text += &format!("{named}{} {}{guard}\n", op.mnemonic(), args.join(", "));
    // A raw integer need not fit 62 bits: it leaves in two halves.
    let shown = match result {
        Type::Unit => "5 = #1".to_string(),
        Type::Int => {
            text += "v51: int = iand v50, 4294967295\nv52: int = ishr v50, 32\n";
            "5 = v51, 6 = v52".to_string()
        }
        _ => "5 = v50".to_string(),
    };
    text + "exit s1\ns0 = before 1 \"f\" base 0 depth 0 { }\ns1 = after 2 \"f\" base 0 depth 0 { " + &shown + " }\n"
}

fn operand_types(op: Op) -> Option<Vec<Type>> {
    let info = op.info();
    (info.imm == ImmKind::None && !info.args.is_empty()).then(|| {
        let kinds = info.args.iter().map(|kind| match kind {
            ArgKind::Is(ty) => *ty,
            _ => Type::Word,
        });
        kinds.collect()
    })
}

/// Ops of words and integers whose operands have no meaning as objects.
fn is_plain(op: Op) -> bool {
    use pv_ir::Effect::{Alloc, Pure};
    matches!(op.info().effect, Pure | Alloc)
}

/// The unguarded twins are meaningless outside their facts.
fn is_defined(op: Op, a: i64, b: i64) -> bool {
    let guarded = Op::ALL.iter().find(|guarded| guarded.unguarded() == Some(op));
    let int_op = match op {
        Op::TagInt => return true,
        Op::TAddFit => pv_machine::IntOp::Add,
        Op::TSubFit => pv_machine::IntOp::Sub,
        Op::TMulFit => pv_machine::IntOp::Mul,
        Op::TShlFit => pv_machine::IntOp::Shl,
        Op::TShrFit => pv_machine::IntOp::Shr,
        Op::TFloorDivFit => pv_machine::IntOp::FloorDiv,
        Op::TModFit => pv_machine::IntOp::Mod,
        _ => {
            assert!(guarded.is_none(), "{op:?}");
            return true;
        }
    };
    pv_machine::tagged_op(int_op, word(a), word(b)).is_some()
}

/// Every interesting int goes through every op, on both sides.
#[test]
fn words_and_integers() {
    for &op in Op::ALL.iter().filter(|op| is_plain(**op)) {
        let Some(types) = operand_types(op).filter(|types| !types.contains(&Type::Float)) else { continue };
        let values = interesting_ints();
        for (index, &a) in values.iter().enumerate() {
            // Each operand meets a few others; the random traces try the rest.
            let b = values[(index * 7 + op as usize) % values.len()];
            for (a, b) in [(a, b), (b, a)] {
                if is_defined(op, a, b) {
                    agree(&body(op, &types), |toy| {
                        toy.slot(0).set(word(a));
                        toy.slot(1).set(word(b));
                        toy.slot(2).set(word(3));
                    });
                }
            }
        }
    }
}

#[test]
fn floats() {
    for &op in Op::ALL.iter().filter(|op| is_plain(**op)) {
        let Some(types) = operand_types(op).filter(|types| types.contains(&Type::Float)) else { continue };
        for (index, &a) in FLOATS.iter().enumerate() {
            for b in [a, FLOATS[(index + op as usize) % FLOATS.len()]] {
                agree(&body(op, &types), |toy| {
                    for (slot, value) in [a, b, 0.5].into_iter().enumerate() {
                        toy.slot(slot).set(toy.cell(word(0), word(0), 0, value));
                    }
                });
            }
        }
    }
}

/// Constants on the right take shorter ways; guards see both sides of their borders.
#[test]
fn tagged_ops_with_a_constant() {
    let ops = [Op::TAdd, Op::TSub, Op::TMul, Op::TShl, Op::TShr, Op::TFloorDiv, Op::TMod];
    let constants = interesting_ints();
    for op in ops {
        for (index, &a) in constants.iter().enumerate() {
            let constant = constants[(index * 5 + op as usize) % constants.len()];
            let text = format!(
                "b0:
                   v0: word = load_slot[0]
                   v1: word = {} v0, #{constant} ? s0
                   exit s1
                 s0 = before 1 \"f\" base 0 depth 0 {{ }}
                 s1 = after 2 \"f\" base 0 depth 0 {{ 1 = v1 }}",
                op.mnemonic()
            );
            agree(&text, |toy| toy.slot(0).set(word(a)));
        }
    }
}

#[test]
fn raw_division_by_zero_and_minus_one_is_defined() {
    let raw = "b0:
           v0: int = ifloordiv -9223372036854775808, 0
           v1: int = ifloordiv -9223372036854775808, -1
           v2: int = imod -9223372036854775808, -1
           v3: int = imod 5, 0
           v4: int = ishr v1, 8
           exit s0
         s0 = before 1 \"f\" base 0 depth 0 { 0 = v0, 1 = v4, 2 = v2, 3 = v3 }";
    let dump = agree(raw, |_| ());
    assert!(dump.contains("0: 0\n1: -36028797018963968\n2: 0\n3: 0\n"), "{dump}");
}

#[test]
fn words_of_every_kind_are_told_apart() {
    let text = "b0:
           v0: word = load_slot[0]
           v1: bool = is_int v0
           v2: bool = is_float v0
           v3: bool = is_ptr v0
           v4: bool = both_ints v0, #1
           v5: bool = weq v0, #empty
           v6: bool = not v1
           v7: bool = or v6, v5
           v8: word = bool_word v7
           v9: word = select v3, v8, #8
           exit s0
         s0 = before 1 \"f\" base 0 depth 0 { 1 = v1, 2 = v2, 3 = v3, 4 = v4, 5 = v5, 6 = v7, 7 = v8, 8 = v9 }";
    for index in 0..4 {
        agree(text, |toy| {
            let words = [word(-3), pv_word::Word::from_f64(2.5).unwrap(), pv_word::Word::EMPTY, toy.list(&[])];
            toy.slot(0).set(words[index]);
        });
    }
}

#[test]
fn meaningless_divisions_do_not_trap() {
    for op in ["tfloordiv_fit", "tmod_fit"] {
        let text = format!(
            "b0:
               v0: word = load_slot[0]
               v1: word = {op} #5, v0
               v2: word = {op} #5, #0
               exit s0
             s0 = before 1 \"f\" base 0 depth 0 {{ }}"
        );
        agree(&text, |toy| toy.slot(0).set(word(0)));
    }
}
