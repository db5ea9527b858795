//! Expressions over built-in types, against what the reference answered.
//!
//! Each file in `expressions/` holds lines `expression  ->  result`, the result being a `repr` or `Type: message`; they are made
//! by `expressions/expect.py`, run with the reference. A small evaluator walks the syntax tree, so no compiler and
//! no interpreter take part: what fails here is the runtime.

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{BigInt, Bytes, Complex, Heap, List, Obj, Slice, Tuple};
use pv_runtime::{Args, PyResult, Thread, Vm, attr, protocol, types};
use ruff_python_ast::{self as ast, CmpOp, Expr, Number, Operator, UnaryOp};

fn check(table: &str) {
    let cx = Thread::new(Vm::new());
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (source, expected) = line.split_once("  ->  ").unwrap_or_else(|| panic!("no result: {line}"));
        let found = answer(&cx, source);
        count += 1;
        if found != expected {
            wrong.push(format!("{source}\n    expected {expected}\n    found    {found}"));
        }
    }
    assert!(count > 0, "an empty table");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn numbers() {
    check(include_str!("expressions/numbers.txt"));
}

#[test]
fn strings() {
    check(include_str!("expressions/strings.txt"));
}

#[test]
fn formatting() {
    check(include_str!("expressions/formatting.txt"));
}

#[test]
fn byte_strings() {
    check(include_str!("expressions/bytes.txt"));
}

/// The `repr` of the expression's value, or its exception.
fn answer(cx: &Thread, source: &str) -> String {
    let parsed = ruff_python_parser::parse_expression(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    let result = evaluate(cx, parsed.expr()).and_then(|value| protocol::repr(cx, &value));
    let (class, shown) = match result {
        Ok(shown) => (None, shown),
        Err(raised) => {
            let exception = cx.take_exception(raised);
            let Ok(shown) = protocol::str(cx, &exception) else { panic!("{source}: an exception that has no text") };
            (Some(cx.type_name(&exception)), shown)
        }
    };
    let shown = pv_runtime::text::to_string(&shown);
    class.map_or(shown.clone(), |class| format!("{class}: {shown}"))
}

fn all(cx: &Thread, items: &[Expr]) -> PyResult<Vec<Obj>> {
    items.iter().map(|item| evaluate(cx, item)).collect()
}

fn optional(cx: &Thread, part: &Option<Box<Expr>>) -> PyResult {
    part.as_ref().map_or(Ok(Obj::none()), |part| evaluate(cx, part))
}

fn evaluate(cx: &Thread, expr: &Expr) -> PyResult {
    Ok(match expr {
        Expr::NoneLiteral(_) => Obj::none(),
        Expr::EllipsisLiteral(_) => Obj::ellipsis(),
        Expr::BooleanLiteral(literal) => Obj::bool(literal.value),
        Expr::NumberLiteral(literal) => number(&literal.value),
        Expr::StringLiteral(literal) => Obj::str(literal.value.to_str()),
        Expr::BytesLiteral(literal) => Bytes::create(&literal.value.bytes().collect::<Vec<u8>>()),
        Expr::Tuple(tuple) => Tuple::create(all(cx, &tuple.elts)?),
        Expr::List(list) => List::create(all(cx, &list.elts)?),
        Expr::Set(set) => panic!("no sets in these tests: {set:?}"),
        Expr::Dict(dict) => dictionary(cx, dict)?,
        Expr::Slice(slice) => {
            let (start, stop) = (optional(cx, &slice.lower)?, optional(cx, &slice.upper)?);
            Slice::create(start, stop, optional(cx, &slice.step)?)
        }
        Expr::Name(name) => builtin(cx, name.id.as_str())?,
        Expr::Attribute(access) => {
            let object = evaluate(cx, &access.value)?;
            attr::get_str(cx, &object, access.attr.as_str())?
        }
        Expr::Subscript(subscript) => {
            let (container, key) = (evaluate(cx, &subscript.value)?, evaluate(cx, &subscript.slice)?);
            protocol::get_item(cx, &container, &key)?
        }
        Expr::Call(call) => apply(cx, call)?,
        Expr::BinOp(binary) => {
            let (left, right) = (evaluate(cx, &binary.left)?, evaluate(cx, &binary.right)?);
            protocol::binary_op(cx, operator(binary.op), &left, &right)?
        }
        Expr::UnaryOp(unary) => {
            let value = evaluate(cx, &unary.operand)?;
            match unary.op {
                UnaryOp::USub => protocol::negative(cx, &value)?,
                UnaryOp::UAdd => protocol::positive(cx, &value)?,
                UnaryOp::Invert => protocol::invert(cx, &value)?,
                UnaryOp::Not => Obj::bool(!protocol::truth(cx, &value)?),
            }
        }
        Expr::Compare(compare) => comparison(cx, compare)?,
        other => panic!("not an expression of these tests: {other:?}"),
    })
}

fn number(value: &Number) -> Obj {
    match value {
        Number::Int(value) => match value.as_i64() {
            Some(small) => Obj::int(small),
            None => Obj::big(big(&value.to_string())),
        },
        Number::Float(value) => Obj::float(*value),
        Number::Complex { real, imag } => Complex::create(*real, *imag),
    }
}

fn big(digits: &str) -> BigInt {
    BigInt::parse(digits, 10).unwrap_or_else(|| panic!("not decimal: {digits}"))
}

fn dictionary(cx: &Thread, dict: &ast::ExprDict) -> PyResult {
    let made = types::dict::new();
    for item in &dict.items {
        let Some(key) = &item.key else { panic!("no unpacking in these tests") };
        types::dict::set(cx, &made, &evaluate(cx, key)?, evaluate(cx, &item.value)?)?;
    }
    Ok(made)
}

fn builtin(cx: &Thread, name: &str) -> PyResult {
    let found = types::dict::get_str(&cx.vm().builtins, &Heap::current().intern(name));
    found.ok_or_else(|| cx.name_error(format_args!("name '{name}' is not defined")))
}

fn apply(cx: &Thread, call: &ast::ExprCall) -> PyResult {
    let callee = evaluate(cx, &call.func)?;
    let mut values = all(cx, &call.arguments.args)?;
    let mut names = Vec::new();
    for keyword in &call.arguments.keywords {
        let Some(name) = &keyword.arg else { panic!("no unpacking in these tests") };
        names.push(Heap::current().intern(name.as_str()));
        values.push(evaluate(cx, &keyword.value)?);
    }
    protocol::call(cx, &callee, &Args::with_names(&values, &names))
}

fn operator(op: Operator) -> BinaryOp {
    match op {
        Operator::Add => BinaryOp::Add,
        Operator::Sub => BinaryOp::Sub,
        Operator::Mult => BinaryOp::Mul,
        Operator::MatMult => BinaryOp::MatMul,
        Operator::Div => BinaryOp::TrueDiv,
        Operator::FloorDiv => BinaryOp::FloorDiv,
        Operator::Mod => BinaryOp::Mod,
        Operator::Pow => BinaryOp::Pow,
        Operator::LShift => BinaryOp::LShift,
        Operator::RShift => BinaryOp::RShift,
        Operator::BitAnd => BinaryOp::And,
        Operator::BitOr => BinaryOp::Or,
        Operator::BitXor => BinaryOp::Xor,
    }
}

fn comparison(cx: &Thread, compare: &ast::ExprCompare) -> PyResult {
    let [op] = &*compare.ops else { panic!("no chains in these tests") };
    let (left, right) = (evaluate(cx, &compare.left)?, evaluate(cx, &compare.comparators[0])?);
    let op = match op {
        CmpOp::Eq => Compare::Eq,
        CmpOp::NotEq => Compare::Ne,
        CmpOp::Lt => Compare::Lt,
        CmpOp::LtE => Compare::Le,
        CmpOp::Gt => Compare::Gt,
        CmpOp::GtE => Compare::Ge,
        CmpOp::Is => return Ok(Obj::bool(protocol::identical(&left, &right))),
        CmpOp::IsNot => return Ok(Obj::bool(!protocol::identical(&left, &right))),
        CmpOp::In => return protocol::contains(cx, &right, &left).map(Obj::bool),
        CmpOp::NotIn => return protocol::contains(cx, &right, &left).map(|found| Obj::bool(!found)),
    };
    protocol::rich_compare(cx, op, &left, &right)
}
