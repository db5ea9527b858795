use super::Liveness;
use crate::compile::tests::function;
use crate::insn::{Pc, Reg, instructions};
use crate::op::Op;
use crate::unit::CodeUnit;

fn pc_of(unit: &CodeUnit, op: Op) -> Pc {
    instructions(&unit.code).find(|insn| insn.op == op).expect("has the instruction").pc
}

fn names(unit: &CodeUnit, regs: impl Iterator<Item = Reg>) -> Vec<&str> {
    regs.map(|reg| unit.local_names.get(reg.index()).map_or("temporary", |name| name)).collect()
}

#[test]
fn a_loop_carries_what_it_and_its_rest_read() {
    let unit =
        function("def f(n, unused):\n    total = dead = 0\n    for i in n:\n        total += i\n    return total\n");
    let header = &unit.loops[0];
    assert_eq!(header.line, 3);
    assert_eq!(header.header, pc_of(&unit, Op::Loop));
    assert_eq!(names(&unit, header.live.iter()), ["total", "i", "temporary"]);
}

#[test]
fn handlers_keep_alive_what_they_read() {
    let unit = function("def f(a, b):\n    try:\n        a()\n    except:\n        return b\n    return 1\n");
    let liveness = Liveness::new(&unit).expect("decodes");
    let call = pc_of(&unit, Op::Call);
    let live = liveness.live(call).expect("an instruction starts there");
    assert_eq!(names(&unit, live.iter()), ["b", "temporary"]);
}

#[test]
fn filled_temporaries_and_the_top_at_a_yield() {
    let unit = function("def f(a):\n    return a.x + (yield a)\n");
    let liveness = Liveness::new(&unit).expect("decodes");
    let at = pc_of(&unit, Op::Yield);
    let filled = liveness.filled(at).expect("an instruction starts there");
    assert_eq!(names(&unit, filled.iter()), ["a", "temporary"]);
    assert_eq!(liveness.top(at), Some(Reg(2)));
    assert_eq!(liveness.live(Pc(9999)), None);
}
